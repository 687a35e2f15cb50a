"""The verb review: a person goes through what a draft leaves open, one question at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import (
    ForceOption,
    LangOption,
    NetworkOption,
    clean,
    examples,
    report_problems,
    say,
    say_note,
)
from netmodel.errors import InputError, NetmodelError

if TYPE_CHECKING:
    from netmodel.network.railway import Network
    from netmodel.reading.draft import Draft, DraftIncident
    from netmodel.reading.draft_fields import DraftField, Span
    from netmodel.reading.open_questions import Decision, Question

REVIEW_EXAMPLES = examples(
    "netmodel review drafts.yaml",
    "netmodel review drafts.yaml --browser",
    "netmodel review drafts.yaml --decisions ~/Downloads/drafts.decisions.yaml",
)
HOLDS = "accepted drafts"
"""What the folder of accepted incidents is."""
_VERBS = {
    "a": "accept", "c": "change", "d": "drop", "j": "join", "s": "skip", "x": "drop the incident",
    "q": "quit",
}  # fmt: skip
_SIDE = 160
"""Characters of the article shown before and after the words of a question."""
_MOST_SPANS = 4


def review(
    drafts: Annotated[Path, typer.Argument(help="A file that netmodel read wrote")],
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", help="Decisions to take over, such as those of the page"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for what is accepted (default: NAME-accepted)"),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser", help="Write a page to review in a browser instead")
    ] = False,
    network: NetworkOption = None,
    lang: LangOption = None,
    force: ForceOption = False,
) -> None:
    """Go through what a draft leaves open, and write what a person accepted.

    What was decided is kept beside the draft, in NAME.decisions.yaml, after every answer; the draft
    itself stays as it was read. Incidents of which nothing is open any more are written as
    incidents.yaml and documents.yaml. Exit code 1 while anything is open. Questions are asked at a
    terminal; elsewhere, such as in a pipe or a notebook, give --browser or --decisions.
    """
    from netmodel.network.formats import built_in_network, read_network
    from netmodel.reading.decisions import decisions_path
    from netmodel.reading.draft_file import read_draft
    from netmodel.reading.open_questions import list_questions

    draft = read_draft(drafts)
    kept_in = decisions_path(drafts)
    made = _gather(draft, kept_in, decisions)
    if browser:
        _write_page(draft, made, drafts, lang)
        return
    at_terminal = sys.stdin.isatty()
    if not at_terminal and decisions is None and list_questions(draft, made):
        say_note(
            "questions are asked at a terminal, and this is none: go through them with --browser, "
            "or give what was decided with --decisions FILE"
        )
    if at_terminal and list_questions(draft, made):
        railway = built_in_network() if network is None else read_network(network)
        walk = Walk(draft=draft, texts=_find_texts(draft, drafts), railway=railway, kept_in=kept_in)
        made = walk.go(made)
    _finish(draft, made, out or drafts.with_name(f"{drafts.stem}-accepted"), force=force)
    if list_questions(draft, made):
        raise typer.Exit(1)


def _gather(draft: Draft, kept_in: Path, given: Path | None) -> tuple[Decision, ...]:
    """Return what was decided before, with the decisions of a file taken over."""
    from netmodel.reading.decisions import read_decisions, split_fitting, write_decisions
    from netmodel.reading.open_questions import apply_decisions

    earlier, gone = split_fitting(draft, read_decisions(kept_in) if kept_in.exists() else ())
    for problem in gone:
        say_note(f"a decision no longer fits and is left out: {problem}")
    if given is None:
        return earlier
    taken, wrong = split_fitting(draft, read_decisions(given))
    if wrong:
        raise InputError(wrong)
    made = tuple({each.question: each for each in (*earlier, *taken)}.values())
    apply_decisions(draft, made)
    write_decisions(made, kept_in)
    return made


def _find_texts(draft: Draft, drafts: Path) -> Mapping[str, str]:
    """Return the texts of the articles that are at hand and are still those that were read."""
    from netmodel.reading.article_texts import find_texts

    texts, problems = find_texts(draft.articles, drafts.parent)
    for problem in problems:
        say_note(f"only the quotations are shown: {problem}")
    return texts


def _write_page(draft: Draft, made: Sequence[Decision], drafts: Path, lang: str | None) -> None:
    from netmodel.cli.report_verbs import check_language
    from netmodel.report.review_page import write_review_page

    check_language(lang)
    page = drafts.with_suffix(".review.html")
    write_review_page(
        draft, page, decisions=made, texts=_find_texts(draft, drafts), language=lang,
        drafts=drafts.name,
    )  # fmt: skip
    say(f"page: {page}")
    say(f"save the decisions there, then: netmodel review {drafts} --decisions FILE")


def _finish(draft: Draft, made: Sequence[Decision], out: Path, *, force: bool) -> None:
    """Write what is accepted, and say how much is open."""
    from netmodel.evidence.catalogue_file import built_in_catalogue
    from netmodel.files.whole import complete_folder
    from netmodel.reading.open_questions import accept_draft, list_questions
    from netmodel.scenario.writing import write_documents, write_incidents

    accepted = accept_draft(draft, made, record=built_in_catalogue())
    left = list_questions(draft, made)
    waiting = len({each.incident for each in left})
    dropped = len(draft.incidents) - len(accepted.incidents) - waiting
    if accepted.incidents:
        with complete_folder(out, holds=HOLDS, force=force, note=say_note) as partial:
            for name, text in (
                ("incidents.yaml", write_incidents(accepted.incidents.values())),
                ("documents.yaml", write_documents(accepted.documents.values())),
            ):
                (partial / name).write_text(text, encoding="utf-8", newline="")
        say(f"written: {out / 'incidents.yaml'}, {out / 'documents.yaml'}")
    say(
        f"incidents accepted: {len(accepted.incidents)}, open: {waiting}, dropped or joined: "
        f"{dropped}; questions open: {len(left)}"
    )


def say_open(path: Path) -> int:
    """Print what is open in a file of drafts, each with its line; return how many that is."""
    from netmodel.reading.decisions import decisions_path, locate_questions, read_decisions
    from netmodel.reading.decisions import split_fitting as split
    from netmodel.reading.draft_file import read_draft
    from netmodel.reading.open_questions import list_questions

    draft, kept_in = read_draft(path), decisions_path(path)
    made = split(draft, read_decisions(kept_in))[0] if kept_in.exists() else ()
    left = list_questions(draft, made)
    for question, where in zip(left, locate_questions(path, left), strict=True):
        say(f"{where}: open: {_describe(question)}")
    say(f"{path}: a draft; questions open: {len(left)}; next: netmodel review {path}")
    return len(left)


def _describe(question: Question) -> str:
    match question.part:
        case "incident":
            return f"is it an incident of its own? {question.about}"
        case "missing":
            return f"{question.incident} has {question.about}"
        case _:
            why = ", ".join(f"{each.name} {each.sure}: {each.why}" for each in question.doubtful)
            return f"{question.about} ({why})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One person at a terminal, and what they are asked."""

    draft: Draft
    texts: Mapping[str, str]
    railway: Network
    kept_in: Path

    def go(self, made: Iterable[Decision]) -> tuple[Decision, ...]:
        """Ask until nothing is open or the person quits; keep every answer at once."""
        from netmodel.reading.decisions import write_decisions
        from netmodel.reading.open_questions import list_questions

        decided = {each.question: each for each in made}
        skipped: set[str] = set()
        while True:
            left = list_questions(self.draft, decided.values())
            question = next((each for each in left if each.id not in skipped), None)
            if question is None:
                return tuple(decided.values())
            self._show(question, done=len(decided), left=len(left))
            decision = self._ask(question)
            if decision is None:
                return tuple(decided.values())
            if isinstance(decision, str):
                skipped.add(decision)
                continue
            decided[decision.question] = decision
            write_decisions(decided.values(), self.kept_in)

    # Showing

    def _show(self, question: Question, *, done: int, left: int) -> None:
        incident = self._incident(question)
        say(f"\n[{done} decided, {left} open] {incident.title}")
        if question.part == "incident":
            self._show_whole(incident)
        elif question.part == "missing":
            say(f"  {question.about} was read")
        for field in () if question.part == "incident" else question.fields:
            say(f"  {self._line(field)}")
        for span in question.spans[:_MOST_SPANS] if question.part != "incident" else ():
            self._show_span(span)

    def _show_whole(self, incident: DraftIncident) -> None:
        for field in incident.fields:
            say(f"  {self._line(field)}")
        for claim in incident.claims:
            at = claim.get("at")
            when = "" if at is None else f" {self._value(at)}"
            say(f"  claim: {claim.value('about')}{when}: {claim.value('says')}")
        known = incident.known
        if known.incident is not None:
            agrees = ", ".join(known.agrees)
            say(f"  the record: {known.status}, {known.incident} (agrees: {agrees})")
            for each in known.conflicts:
                say(f"    {each.name}: {each.ours} here, {each.theirs} there")

    def _line(self, field: DraftField) -> str:
        from netmodel.words.strings import Phrases

        words = Phrases("en")
        doubt = "" if field.sure == "certain" else f"{words.find('sure', field.sure)}: "
        return f"{field.name}: {self._value(field)}  ({doubt}{words.find('why', field.why)})"

    def _value(self, field: DraftField) -> str:
        from netmodel.reading.answers import write_answer

        return write_answer(field.value, self._zone)

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

    def _ask(self, question: Question) -> Decision | str | None:
        """Return a decision, the id of a question to skip, or ``None`` to quit."""
        from netmodel.reading.open_questions import Decision

        letters = [key for key, verb in _VERBS.items() if verb in question.can or key in "sxq"]
        choice = "  ".join(f"[{key}] {_VERBS[key]}" for key in letters)
        while True:
            said = _read(f"{choice} > ")
            if said is None or said == "q":
                return None
            given = next((key for key in letters if said in (key, _VERBS[key])), "")
            match _VERBS.get(given, ""):
                case "skip":
                    return question.id
                case "drop the incident":
                    whole = f"{question.incident}/incident"
                    about = self._incident(question).title
                    return Decision(question=whole, about=about, do="drop")
                case "change":
                    values = self._ask_values(question)
                    if values:
                        return Decision(
                            question=question.id, about=question.about, do="change", values=values
                        )
                case "":
                    say(f"  answer with one of {', '.join(letters)}")
                case verb:
                    return Decision(question=question.id, about=question.about, do=verb)

    def _ask_values(self, question: Question) -> dict[str, str]:
        """Return texts by field; empty where the person thinks better of it."""
        names = question.changes
        if len(names) == 1:
            text = self._ask_value(names[0])
            return {names[0]: text} if text else {}
        values: dict[str, str] = {}
        say(f"  fields: {', '.join(names)}; an empty line ends")
        while name := _read("  which field > "):
            if name not in names:
                say(f"  one of {', '.join(names)}")
                continue
            values[name] = self._ask_value(name, empty="takes it away")
        return values

    def _ask_value(self, name: str, empty: str = "leaves it") -> str:
        """Ask for a value until it can be read, and a place until the network has it."""
        from netmodel.reading.answers import describe_form, read_answer
        from netmodel.reading.open_questions import START

        field = "at" if name == START else name
        say(f"  write {describe_form(field)}; nothing {empty}")
        while text := _read(f"  {name} > "):
            if field == "title":
                return text
            try:
                value = read_answer(field, text, self._zone).value
                if field == "place":
                    self._match(value)
            except InputError as error:
                report_problems(error.problems)
            except NetmodelError as error:
                say(f"  {error}")
            else:
                return text
        return ""

    def _match(self, place: object) -> None:
        """Say which line a place means; raise where the network does not know it."""
        from netmodel.outages.matching import Matcher

        match = Matcher(self.railway).match(place)  # type: ignore[arg-type]
        say(f"  {match.status}: {', '.join(match.links or match.candidates) or 'no link'}")

    def _incident(self, question: Question) -> DraftIncident:
        return next(each for each in self.draft.incidents if each.id == question.incident)


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
