"""The walk through a draft at a terminal: what is shown, what is asked, and the way back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import typer

from netmodel.cli.output import clean, report_problems, say
from netmodel.errors import InputError, NetmodelError
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.network.names import Names
from netmodel.outages.matching import Matcher
from netmodel.reading.answers import describe_form, read_answer, write_answer
from netmodel.reading.decisions import write_decisions
from netmodel.reading.open_questions import (
    START,
    Decision,
    Question,
    accept_draft,
    list_every,
    list_questions,
)
from netmodel.words.strings import Phrases

if TYPE_CHECKING:
    from pathlib import Path

    from netmodel.network.railway import Network
    from netmodel.reading.draft import Draft, DraftIncident
    from netmodel.reading.draft_fields import DraftField, Span

_VERBS = {
    "a": "accept", "c": "change", "d": "drop", "j": "join", "e": "change another field",
    "b": "back", "s": "skip", "x": "drop the incident", "q": "quit",
}  # fmt: skip
_SIDE = 160
"""Characters of the article shown before and after the words of a question."""
_MOST_SPANS = 4
_AWAY = "-"
"""What a person writes to take a field or a claim away."""
_TITLE = "title"


@dataclass(slots=True, eq=False)
class Trail:
    """What was decided and skipped so far, and the way back through it."""

    decided: dict[str, Decision]
    skipped: set[str] = field(default_factory=set)
    steps: list[tuple[str, Decision | None]] = field(default_factory=list)

    @classmethod
    def after(cls, made: Iterable[Decision]) -> Trail:
        """Return the trail of decisions that were made before, the last one last."""
        decided = {each.question: each for each in made}
        return cls(decided=decided, steps=[(name, None) for name in decided])

    def decide(self, decision: Decision) -> None:
        """Add a decision, in place of an earlier one of the same question."""
        self.steps.append((decision.question, self.decided.pop(decision.question, None)))
        self.decided[decision.question] = decision

    def skip(self, question: str) -> None:
        """Leave a question open."""
        self.steps.append((question, self.decided.get(question)))
        self.skipped.add(question)

    def go_back(self) -> str:
        """Undo the last step; return its question."""
        question, before = self.steps.pop()
        self.skipped.discard(question)
        self.decided.pop(question, None)
        if before is not None:
            self.decided[question] = before
        return question


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One person at a terminal, and what they are asked."""

    draft: Draft
    texts: Mapping[str, str]
    railway: Network
    kept_in: Path

    def go(self, made: Iterable[Decision]) -> tuple[Decision, ...]:
        """Ask until nothing is open or the person quits; keep every answer at once."""
        trail, again = Trail.after(made), ""
        while True:
            left = list_questions(self.draft, trail.decided.values())
            question = self._choose_next(left, trail, again)
            again = ""
            if question is None:
                if not self._is_taken_back(trail, len(left)):
                    return tuple(trail.decided.values())
                again = self._go_back(trail)
                continue
            self._show(question, trail, left=len(left))
            answer = self._ask(question, trail)
            if answer is None:
                return tuple(trail.decided.values())
            if answer == "back":
                again = self._go_back(trail)
            elif answer == "skip":
                trail.skip(question.id)
            elif isinstance(answer, Decision):
                again = self._decide(answer, trail)

    def _choose_next(self, left: Sequence[Question], trail: Trail, again: str) -> Question | None:
        """Return the question that was gone back to, else the first that is open."""
        asked = [each for each in left if each.id == again]
        asked += [each for each in left if each.id not in trail.skipped]
        return asked[0] if asked else None

    def _decide(self, decision: Decision, trail: Trail) -> str:
        """Keep a decision; one that its incident cannot have is undone and asked again."""
        trail.decide(decision)
        own = [each for each in self.draft.incidents if decision.question.startswith(f"{each.id}/")]
        made = [
            each
            for each in trail.decided.values()
            if any(each.question.startswith(f"{one.id}/") for one in own)
        ]
        alone = replace(self.draft, incidents=tuple(own))
        try:
            if not list_questions(alone, made):
                accept_draft(alone, made, record=built_in_catalogue())
        except InputError as error:
            report_problems(error.problems)
            say(f"  not kept, since it does not go together with the rest of {own[0].title}")
            return trail.go_back()
        write_decisions(trail.decided.values(), self.kept_in)
        return ""

    def _go_back(self, trail: Trail) -> str:
        question = trail.go_back()
        write_decisions(trail.decided.values(), self.kept_in)
        return question

    def _is_taken_back(self, trail: Trail, left: int) -> bool:
        """Ask, when nothing is left to ask, whether the last answer holds."""
        if not trail.steps:
            return False
        say(f"\n[{len(trail.decided)} decided, {left} open] that was the last question")
        return _read("[w] write what is accepted  [b] back > ") == "b"

    # Showing

    def _show(self, question: Question, trail: Trail, *, left: int) -> None:
        incident = self._incident(question)
        say(f"\n[{len(trail.decided)} decided, {left} open] {incident.title}")
        if question.part == "incident":
            self._show_lines(incident, trail)
            self._show_known(incident)
            return
        if question.part == "missing":
            say(f"  {question.about} was read")
        for each in question.fields:
            say(f"  {self._line(each)}")
        for span in question.spans[:_MOST_SPANS]:
            self._show_span(span)

    def _show_lines(self, incident: DraftIncident, trail: Trail) -> None:
        """Print every field and claim with its number, as it is decided so far."""
        for number, question in enumerate(self._list_lines(incident, trail), 1):
            say(f"  {number} {self._tell_line(question, trail.decided.get(question.id))}")
        more = trail.decided.get(f"{incident.id}/more")
        for name, text in ({} if more is None else more.values).items():
            say(f"  added: {name}: {text}")

    def _list_lines(self, incident: DraftIncident, trail: Trail) -> list[Question]:
        return [
            each
            for each in list_every(incident)
            if each.part in ("field", "claim")
            or (each.part == "missing" and each.id in trail.decided)
        ]

    def _tell_line(self, question: Question, decision: Decision | None) -> str:
        if decision is None and question.part == "field":
            return self._line(question.fields[0])
        if decision is None:
            told = {each.name: each for each in question.fields}
            says = self._value(told["says"]) if "says" in told else ""
            return f"{question.about}: {says}"
        if decision.do == "change":
            values = ", ".join(
                f"{name}: {text or 'none'}" for name, text in decision.values.items()
            )
            return f"{question.about}; changed, {values}"
        return f"{question.about}; {decision.do}{'p' if decision.do == 'drop' else ''}ed"

    def _show_known(self, incident: DraftIncident) -> None:
        known = incident.known
        if known.incident is not None:
            agrees = ", ".join(known.agrees)
            say(f"  the record: {known.status}, {known.incident} (agrees: {agrees})")
            for each in known.conflicts:
                say(f"    {each.name}: {each.ours} here, {each.theirs} there")

    def _line(self, each: DraftField) -> str:
        words = Phrases("en")
        doubt = "" if each.sure == "certain" else f"{words.find('sure', each.sure)}: "
        return f"{each.name}: {self._value(each)}  ({doubt}{words.find('why', each.why)})"

    def _value(self, each: DraftField) -> str:
        return write_answer(each.value, self._zone)

    @property
    def _zone(self) -> str:
        return self.draft.articles[0].zone

    def _show_span(self, span: Span) -> None:
        """Print the words with what stands around them, on lines of their own."""
        text = self.texts.get(span.article)
        if text is None:
            before, words, after = "", span.quotation, ""
        else:
            before = text[max(span.start - _SIDE, 0) : span.start]
            words, after = text[span.start : span.end], text[span.end : span.end + _SIDE]
        lit = _light(clean(" ".join(words.split())))
        around = [clean(_close_up(each)) for each in (before, after)]
        sys.stdout.write(f"    {span.article}: …{around[0]}{lit}{around[1]}…\n")

    # Asking

    def _ask(self, question: Question, trail: Trail) -> Decision | str | None:
        """Return a decision, ``back`` or ``skip``, or ``None`` to quit."""
        letters = [key for key, verb in _VERBS.items() if verb in question.can or key in "sxq"]
        letters += ["b"] if trail.steps else []
        letters += ["e"] if question.part != "incident" else []
        letters.sort(key=list(_VERBS).index)
        choice = "  ".join(f"[{key}] {_VERBS[key]}" for key in letters)
        while True:
            said = _read(f"{choice} > ")
            if said is None or said == "q":
                return None
            given = next((key for key in letters if said in (key, _VERBS[key])), "")
            decision: Decision | None = None
            match given:
                case "b" | "s":
                    return _VERBS[given]
                case "x":
                    about, whole = self._incident(question).title, f"{question.incident}/incident"
                    return Decision(question=whole, about=about, do="drop")
                case "e":
                    self._show_lines(self._incident(question), trail)
                    decision = self._ask_any(question, trail)
                case "c" if question.part == "incident":
                    decision = self._ask_any(question, trail)
                case "c":
                    decision = self._ask_change(question)
                case "":
                    say(f"  answer with one of {', '.join(letters)}")
                case _:
                    decision = _decide(question, _VERBS[given])
            if decision is not None:
                return decision

    def _ask_any(self, asked: Question, trail: Trail) -> Decision | None:
        """Return a change of any line of an incident, its title or a further field among them."""
        incident = self._incident(asked)
        lines = self._list_lines(incident, trail)
        more = next((each for each in list_every(incident) if each.part == "more"), None)
        names = () if more is None else more.changes
        titled = [_TITLE] if asked.part == "incident" else []
        say(f"  the number of a line, or one of {', '.join((*titled, *names))}; nothing leaves it")
        while said := _read("  which > "):
            if said.isdecimal() and 1 <= int(said) <= len(lines):
                question = lines[int(said) - 1]
                return self._ask_change(question, away="drop" in question.can)
            if said in titled:
                return self._ask_change(asked)
            if more is not None and said in names:
                return self._ask_more(more, said, trail.decided.get(more.id))
            say(f"  1 to {len(lines)}, or one of {', '.join((*titled, *names))}")
        return None

    def _ask_more(self, more: Question, name: str, before: Decision | None) -> Decision | None:
        """Return the decision about further fields with one more, or with another value."""
        text = self._ask_value(name)
        if not text:
            return None
        return _decide(more, "change", {**({} if before is None else before.values), name: text})

    def _ask_change(self, question: Question, *, away: bool = False) -> Decision | None:
        """Return a change of what a question is about; ``None`` where the person leaves it."""
        names = question.changes
        if question.part == "incident":
            names = (_TITLE,)
        if len(names) == 1:
            text = self._ask_value(names[0], away=away)
            if text == _AWAY and away:
                return _decide(question, "drop")
            return _decide(question, "change", {names[0]: text}) if text else None
        values: dict[str, str] = {}
        drops = f"{_AWAY} drops the claim; " if away else ""
        say(f"  fields: {', '.join(names)}; {drops}an empty line ends")
        while name := _read("  which field > "):
            if away and name == _AWAY:
                return _decide(question, "drop")
            if name not in names:
                say(f"  one of {', '.join(names)}")
                continue
            values[name] = self._ask_value(name, empty="takes it away")
        return _decide(question, "change", values) if values else None

    def _ask_value(self, name: str, empty: str = "leaves it", *, away: bool = False) -> str:
        """Ask for a value until it can be read, and a place until the network has it."""
        asked = "at" if name == START else name
        drops = f"{_AWAY} drops it; " if away else ""
        say(f"  write {describe_form(asked)}; {drops}nothing {empty}")
        while text := _read(f"  {name} > "):
            if asked == _TITLE or (away and text == _AWAY):
                return text
            try:
                value = read_answer(asked, text, self._zone).value
                if asked == "place":
                    self._match(value)
                elif asked == "replacement":
                    self._find_stops(value)
            except InputError as error:
                report_problems(error.problems)
            except NetmodelError as error:
                say(f"  {error}")
            else:
                return text
        return ""

    def _match(self, place: object) -> None:
        """Say which line a place means; raise where the network does not know it."""
        match = Matcher(self.railway).match(place)  # type: ignore[arg-type]
        say(f"  {match.status}: {', '.join(match.links or match.candidates) or 'no link'}")

    def _find_stops(self, bus: object) -> None:
        """Raise where the network does not know a stop of a bus."""
        names = Names(self.railway)
        for stop in bus.values() if isinstance(bus, Mapping) else ():
            if not names.find_stations(str(stop)):
                names.hub(str(stop))

    def _incident(self, question: Question) -> DraftIncident:
        return next(each for each in self.draft.incidents if each.id == question.incident)


def _decide(question: Question, do: str, values: Mapping[str, str] | None = None) -> Decision:
    return Decision(question=question.id, about=question.about, do=do, values=values or {})


def _read(prompt: str) -> str | None:
    """Return a line without the blanks around it; ``None`` at the end of the input."""
    try:
        return input(prompt).strip()
    except EOFError:
        say("")
        return None


def _light(words: str) -> str:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb"
    return f"[{words}]" if plain else typer.style(words, bold=True, underline=True)


def _close_up(text: str) -> str:
    """Return a text on one line; blanks at its ends stay one blank."""
    return " ".join(f"|{text}|".split())[1:-1]
