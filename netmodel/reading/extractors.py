"""Another program in place of the rules: what it returns is checked against the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netmodel.errors import InputError, Problem, shown
from netmodel.evidence.vocabulary import Checks
from netmodel.reading.draft import DraftClaim, DraftIncident
from netmodel.reading.draft_fields import (
    CLAIM_FIELDS,
    INCIDENT_FIELDS,
    LONGEST_QUOTATION,
    DraftField,
    FieldValue,
    Span,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """One field that another program found, and the words that support it.

    Parameters
    ----------
    incident
        A name of its own for the incident; fields of one name belong together.
    claim
        A name for the claim that it is a field of; ``None`` for a field of the incident.
    name, value
        As of a `netmodel.reading.DraftField`.
    start, end, quotation
        Half-open offsets in the text, and the words that stand there.

    Raises
    ------
    InputError
        With every argument of another kind.
    """

    incident: str
    name: str
    value: FieldValue
    start: int
    end: int
    quotation: str
    claim: str | None = None

    def __post_init__(self) -> None:
        checks = Checks()
        for name in ("incident", "name", "quotation"):
            checks.text(name, getattr(self, name), empty=name == "quotation")
        for name in ("start", "end"):
            number: object = getattr(self, name)
            if isinstance(number, bool) or not isinstance(number, int):
                checks.refuse(f"{shown(number)} is no whole number of characters", name)
        checks.text("claim", self.claim, optional=True)
        checks.done()


def draft_extracted(
    text: str, article: str, zone: str, found: Iterable[Extracted]
) -> tuple[DraftIncident, ...]:
    """Return what another program found as incidents of a draft, nothing in it certain.

    Raises
    ------
    InputError
        With every span that is not in the text, and every field that is wrong.

    Examples
    --------
    >>> draft_extracted("No trains.", "a", "UTC", [])
    ()
    """
    checks = Checks()
    given = checks.items("extractor", found, Extracted)
    checks.done()
    problems: list[Problem] = []
    fields: list[tuple[Extracted, DraftField]] = []
    for each in given:
        try:
            fields.append((each, _field(text, article, each)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(_incidents(fields, article, zone))


def _field(text: str, article: str, found: Extracted) -> DraftField:
    where = f"extractor: {found.incident}: {found.name}"
    if text[found.start : found.end] != found.quotation or found.start < 0:
        what = f"{found.quotation!r:.80} is not at {found.start} of the text"
        raise InputError([Problem(what=what, where=where, remedy="quote the text as it stands")])
    span = Span(
        article=article, start=found.start, end=found.end,
        quotation=found.quotation[:LONGEST_QUOTATION],
    )  # fmt: skip
    names = INCIDENT_FIELDS if found.claim is None else CLAIM_FIELDS
    if found.name not in names:
        what = f"{found.name!r} is no field of {'a claim' if found.claim else 'an incident'}"
        raise InputError([Problem(what=what, where=where)])
    return DraftField(
        name=found.name, value=found.value, spans=(span,), sure="doubtful", why="extractor"
    )


def _incidents(
    fields: Iterable[tuple[Extracted, DraftField]], article: str, zone: str
) -> Iterator[DraftIncident]:
    own: dict[str, list[DraftField]] = {}
    claims: dict[str, dict[str, list[DraftField]]] = {}
    for found, field in fields:
        own.setdefault(found.incident, [])
        claims.setdefault(found.incident, {})
        if found.claim is None:
            own[found.incident].append(field)
        else:
            claims[found.incident].setdefault(found.claim, []).append(field)
    for name, given in own.items():
        yield DraftIncident(
            id=name, title=name, zone=zone, fields=tuple(given),
            claims=tuple(
                DraftClaim(article=article, fields=tuple(each)) for each in claims[name].values()
            ),
        )  # fmt: skip
