"""What a draft leaves to a person: its questions, and the draft that their answers make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.evidence.vocabulary import Checks, FrozenMap
from netmodel.reading.answers import FORMS, read_answer, write_answer
from netmodel.reading.draft import Draft, DraftClaim, DraftIncident, Known
from netmodel.reading.draft_fields import CLAIM_FIELDS, INCIDENT_FIELDS, DraftField, Span
from netmodel.reading.from_draft import missing, to_incident

PARTS = ("incident", "field", "missing", "claim", "more")
"""What a question is about: an incident as a whole, one of its fields, a field that it lacks, a
claim, or fields that it may have and that nobody needs to give."""
DOES = ("accept", "change", "drop", "join")
"""What can be decided; to ``join`` is to give the claims to the incident that the record has."""
START = "start"
"""The part that a draft lacks when nothing says when it began."""
_DECIDED = ("confirmed", "reviewer")
NEEDED = ("about", "says")
_TITLE = "title"
_ASKED = ("kind", "effect", "place")
_MORE = tuple(name for name in INCIDENT_FIELDS if name not in _ASKED)
"""Fields that an incident may have, and does well without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that a person has to decide.

    Parameters
    ----------
    id
        By which a decision names it: the incident, the part, and its name or number.
    incident
        Id of the incident.
    part
        One of `PARTS`.
    about
        In one line what was read; a decision repeats it, so that it fits no other reading.
    fields
        What was read and is in question; for an incident as a whole all its fields.
    changes
        Names of what an answer may give.
    can
        Which of `DOES` are possible.
    """

    id: str
    incident: str
    part: str
    about: str
    fields: tuple[DraftField, ...] = ()
    changes: tuple[str, ...] = ()
    can: tuple[str, ...] = ("accept", "change", "drop")

    @property
    def spans(self) -> tuple[Span, ...]:
        """The words that it rests on, in the order of the article, each once."""
        found = {span for each in self.fields for span in each.spans}
        return tuple(sorted(found, key=lambda span: (span.article, span.start, span.end)))

    @property
    def doubtful(self) -> tuple[DraftField, ...]:
        """Those of its fields that are not certain."""
        return tuple(each for each in self.fields if _is_in_doubt(each))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided.

    Parameters
    ----------
    question
        Id of the question.
    about
        What the question was about.
    do
        One of `DOES`.
    values
        With ``change``: texts by the names of fields, as `read_answer` takes them; an empty text
        takes a field of a claim away.

    Raises
    ------
    InputError
        With every argument that is wrong.

    Examples
    --------
    >>> Decision(question="x/field/0", about="kind: fire", do="change", values={"kind": "power"})
    Decision(question='x/field/0', about='kind: fire', do='change', values={'kind': 'power'})
    """

    question: str
    about: str
    do: str
    values: Mapping[str, str] = FrozenMap({})

    def __post_init__(self) -> None:
        checks = Checks()
        checks.text("question", self.question)
        checks.text("about", self.about)
        checks.word("do", self.do, DOES)
        values = checks.mapping("values", self.values)
        for name, text in values.items():
            checks.word("values", name, (*FORMS, _TITLE, START))
            checks.text(f"values.{name}", text, empty=True)
        if bool(values) != (self.do == "change"):
            checks.refuse(f"{self.do} with {len(values)} values", "values")
        checks.done()
        object.__setattr__(self, "values", FrozenMap({k: str(v) for k, v in values.items()}))


@refuse_wrong_kinds
def list_questions(draft: Draft, decisions: Iterable[Decision] = ()) -> tuple[Question, ...]:
    """Return what is still to be decided, in the order of the draft.

    Every incident is a question as a whole; so is each of its fields that is not certain, each
    claim with one, and what it lacks.

    Raises
    ------
    InputError
        If a decision does not fit the draft.

    Examples
    --------
    >>> list_questions(Draft(articles=(), incidents=()))
    ()
    """
    made = _by_incident(draft, decisions)
    return tuple(
        question
        for incident in draft.incidents
        for question in _list_open(incident, made.get(incident.id, {}))
    )


def list_all_questions(draft: Draft) -> tuple[Question, ...]:
    """Return every question that a draft can put, those of what it lacks included."""
    return tuple(question for each in draft.incidents for question in list_every(each))


@refuse_wrong_kinds
def apply_decisions(draft: Draft, decisions: Iterable[Decision]) -> Draft:
    """Return a draft as a person decided it should be.

    What was agreed to is certain and ``confirmed``; what was changed is the person's own and
    rests on no words; what was dropped is gone.

    Raises
    ------
    InputError
        With every decision that names no question of the draft, was made of another reading, or
        gives a value that cannot be read.
    """
    made = _by_incident(draft, decisions)
    problems: list[Problem] = []
    incidents = []
    for incident in draft.incidents:
        try:
            found = _decide(incident, made.get(incident.id, {}))
        except InputError as error:
            problems += error.problems
            continue
        if found is not None:
            incidents.append(found)
    if problems:
        raise InputError(problems)
    return replace(draft, incidents=tuple(incidents))


@refuse_wrong_kinds
def accept_draft(
    draft: Draft, decisions: Sequence[Decision], *, record: Catalogue | None = None
) -> Catalogue:
    """Return the incidents that nothing is open of any more, with their documents.

    Parameters
    ----------
    record
        Holds the incidents that claims may join; the result has such an incident with all its
        claims, the new ones last.

    Raises
    ------
    InputError
        If a decision does not fit, an incident to join is not in the record, or what was decided
        does not go together.
    """
    waiting = {each.incident for each in list_questions(draft, decisions)}
    joined = {each.question for each in decisions if each.do == "join"}
    incidents: list[Incident] = []
    problems: list[Problem] = []
    for each in apply_decisions(draft, decisions).incidents:
        if each.id in waiting:
            continue
        try:
            own = to_incident(each, draft.articles)
            if f"{each.id}/incident" in joined:
                own = _join(own, each.known, record, incidents)
            incidents.append(own)
        except InputError as error:
            problems += [replace(one, where=f"{each.id}: {one.where}") for one in error.problems]
    if problems:
        raise InputError(problems)
    return _with_documents(draft, incidents, record)


def _join(own: Incident, known: Known, record: Catalogue | None, done: list[Incident]) -> Incident:
    """Return the incident of the record with further claims; drop it from what is done already."""
    earlier = next((each for each in done if each.id == known.incident), None)
    if earlier is not None:
        done.remove(earlier)
    elif record is not None and known.incident is not None:
        earlier = record.incidents.get(known.incident)
    if earlier is None:
        what = f"the record has no incident {known.incident!r} to join"
        raise InputError([Problem(what=what, where="incident", remedy="accept it as its own")])
    new = [claim for claim in own.claims if claim not in earlier.claims]
    return replace(earlier, claims=(*earlier.claims, *new))


def _with_documents(
    draft: Draft, incidents: Sequence[Incident], record: Catalogue | None
) -> Catalogue:
    named = dict.fromkeys(name for each in incidents for name in each.documents)
    known = {each.id: each.document for each in draft.articles}
    if record is not None:
        known = {**record.documents, **known}
    return Catalogue(
        documents={name: known[name] for name in named if name in known},
        incidents={each.id: each for each in incidents},
    )


# Questions


def list_every(incident: DraftIncident) -> list[Question]:
    """Return every question of an incident, decided or not, open or certain."""
    found = [_ask_whole(incident)]
    found += [_ask_field(incident, at, field) for at, field in enumerate(incident.fields)]
    found += [_ask_missing(incident, name) for name in (*_ASKED, START)]
    found += [_ask_claim(incident, at, claim) for at, claim in enumerate(incident.claims)]
    more = tuple(name for name in _MORE if incident.get(name) is None)
    return [*found, _ask_more(incident, more)] if more else found


def _list_open(incident: DraftIncident, made: Mapping[str, Decision]) -> list[Question]:
    now = _decide(incident, made)
    if now is None:
        return []
    lacks = set(_lacking(now))
    return [
        each
        for each in list_every(incident)
        if each.id not in made
        and (
            each.part == "incident"
            or (each.part == "missing" and each.changes[0] in lacks)
            or (each.part in ("field", "claim") and each.doubtful)
        )
    ]


def _lacking(incident: DraftIncident) -> list[str]:
    """Return the names of what an incident lacks; its start where nothing says when it began."""
    return [START if each.where == "claims" else each.where for each in missing(incident)]


def _ask_whole(incident: DraftIncident) -> Question:
    known = incident.known.incident is not None
    return Question(
        id=f"{incident.id}/incident",
        incident=incident.id,
        part="incident",
        about=incident.title,
        fields=(*incident.fields, *(each for claim in incident.claims for each in claim.fields)),
        changes=(_TITLE,),
        can=("accept", "join", "change", "drop") if known else ("accept", "change", "drop"),
    )


def _ask_field(incident: DraftIncident, at: int, field: DraftField) -> Question:
    return Question(
        id=f"{incident.id}/field/{at}",
        incident=incident.id,
        part="field",
        about=f"{field.name}: {write_answer(field.value, incident.zone)}",
        fields=(field,),
        changes=(field.name,),
    )


def _ask_claim(incident: DraftIncident, at: int, claim: DraftClaim) -> Question:
    shown = ("about", "at", "within_hours", "lasted_hours", "speaker")
    told = [claim.value(name) for name in shown]
    text = ", ".join(write_answer(each, incident.zone) for each in told if each is not None)
    return Question(
        id=f"{incident.id}/claim/{at}",
        incident=incident.id,
        part="claim",
        about=f"claim: {text}",
        fields=claim.fields,
        changes=tuple(CLAIM_FIELDS),
    )


def _ask_missing(incident: DraftIncident, name: str) -> Question:
    return Question(
        id=f"{incident.id}/missing/{name}",
        incident=incident.id,
        part="missing",
        about=f"no {name}",
        changes=(name,),
        can=("change",),
    )


def _ask_more(incident: DraftIncident, names: tuple[str, ...]) -> Question:
    return Question(
        id=f"{incident.id}/more",
        incident=incident.id,
        part="more",
        about=f"no {', '.join(names)}",
        changes=names,
        can=("change",),
    )


def _is_in_doubt(field: DraftField) -> bool:
    return field.sure != "certain" and field.why not in _DECIDED


# Decisions


def _by_incident(draft: Draft, decisions: Iterable[Decision]) -> dict[str, dict[str, Decision]]:
    """Return decisions by incident and question; refuse those that do not fit."""
    decisions = tuple(decisions)
    if not decisions:
        return {}
    questions = {each.id: each for each in list_all_questions(draft)}
    found: dict[str, dict[str, Decision]] = {}
    problems = []
    for each in decisions:
        wrong = find_misfit(each, questions)
        if wrong is not None:
            problems.append(wrong)
        else:
            found.setdefault(questions[each.question].incident, {})[each.question] = each
    if problems:
        raise InputError(problems)
    return found


def find_misfit(decision: Decision, questions: Mapping[str, Question]) -> Problem | None:
    """Return why a decision does not fit the questions of a draft; ``None`` if it does."""
    where = decision.question
    asked = questions.get(where)
    if asked is None:
        remedy = did_you_mean(nearest_names(where, questions))
        return Problem(what="no question of the draft has this id", where=where, remedy=remedy)
    if asked.about != decision.about:
        what = f"was decided of {decision.about!r}; the draft now has {asked.about!r}"
        return Problem(what=what, where=where, remedy="decide anew")
    if decision.do not in asked.can:
        what = f"{decision.do!r} is no answer to it"
        return Problem(what=what, where=where, remedy=f"one of {', '.join(asked.can)}")
    wrong = [name for name in decision.values if name not in asked.changes]
    if wrong:
        what = f"{wrong[0]!r} is nothing that it asks for"
        return Problem(what=what, where=where, remedy=f"give {', '.join(asked.changes)}")
    return None


def _decide(incident: DraftIncident, made: Mapping[str, Decision]) -> DraftIncident | None:
    """Return an incident as decided; ``None`` where it or every claim of it was dropped."""
    whole = made.get(f"{incident.id}/incident")
    if whole is not None and whole.do == "drop":
        return None
    problems: list[Problem] = []
    fields: list[DraftField] = []
    for at, field in enumerate(incident.fields):
        decision = made.get(f"{incident.id}/field/{at}")
        fields += _try(problems, incident, (field,), decision, whole=whole)
    claims = []
    for at, claim in enumerate(incident.claims):
        decision = made.get(f"{incident.id}/claim/{at}")
        kept = _try(problems, incident, claim.fields, decision, whole=whole)
        if kept:
            claims.append(replace(claim, fields=tuple(kept)))
    for name in (*_ASKED, START):
        decision = made.get(f"{incident.id}/missing/{name}")
        if decision is not None and name == START:
            claims += _add_start(problems, incident, decision)
        elif decision is not None:
            fields += _try(problems, incident, (), decision, whole=whole)
    decision = made.get(f"{incident.id}/more")
    if decision is not None:
        fields += _try(problems, incident, (), decision, whole=whole)
    if problems:
        raise InputError(problems)
    title = whole.values[_TITLE] if whole is not None and whole.do == "change" else incident.title
    if not claims:
        return None
    return replace(incident, title=title, fields=tuple(fields), claims=tuple(claims))


def _try(
    problems: list[Problem],
    incident: DraftIncident,
    fields: Sequence[DraftField],
    decision: Decision | None,
    *,
    whole: Decision | None,
) -> list[DraftField]:
    """Return fields as one decision makes them; note what cannot be read."""
    try:
        return _change(fields, decision, incident.zone, whole=whole)
    except InputError as error:
        where = incident.id if decision is None else decision.question
        problems += [replace(each, where=f"{where}: {each.where}") for each in error.problems]
        return list(fields)


def _change(
    fields: Sequence[DraftField], decision: Decision | None, zone: str, *, whole: Decision | None
) -> list[DraftField]:
    if decision is None:
        agreed = whole is not None
        return [_confirm(each) if agreed and not _is_in_doubt(each) else each for each in fields]
    if decision.do == "drop":
        return []
    values = dict(decision.values)
    taken_away = [name for name, text in values.items() if not text.strip()]
    for name in taken_away:
        if name in NEEDED or (name in INCIDENT_FIELDS and name not in CLAIM_FIELDS):
            raise InputError([Problem(what="the text is empty", where=name, remedy="or drop it")])
    kept = [_confirm(each) for each in fields if each.name not in values]
    order = [each.name for each in fields]
    new = [read_answer(name, text, zone) for name, text in values.items() if text.strip()]
    return sorted(
        [*kept, *new],
        key=lambda each: order.index(each.name) if each.name in order else len(order),
    )


def _confirm(field: DraftField) -> DraftField:
    if field.why in _DECIDED:
        return field
    return replace(field, sure="certain", why="confirmed")


def _add_start(
    problems: list[Problem], incident: DraftIncident, decision: Decision
) -> list[DraftClaim]:
    """Return the claim about the start that a person gives, of the first article."""
    try:
        at = read_answer("at", decision.values[START], incident.zone)
    except InputError as error:
        problems += [replace(each, where=decision.question) for each in error.problems]
        return []
    told = {"about": START, "says": "It began then, as a reader of the article understood it."}
    fields = [read_answer(name, text, incident.zone) for name, text in told.items()]
    return [DraftClaim(article=incident.articles[0], fields=(*fields, at))]
