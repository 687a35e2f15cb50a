"""Closures without a file: one by its times and source, or a table of them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names, point_out
from netmodel.evidence.incident import DOCUMENT_ZONE, Catalogue, Claim, Document, Incident
from netmodel.evidence.places import Place, read_places
from netmodel.evidence.recurrence import Recurrence
from netmodel.evidence.vocabulary import TRAFFIC_TYPES, Checks
from netmodel.times import Bounds, is_bare_midnight

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {"place": "place", "start": "from", "end": "to", "effect": "effect", "source": "source"}
_MORE_COLUMNS = {
    "id": "id", "title": "title", "kind": "kind", "traffic": "traffic", "basis": "basis",
    "tag": "tag",
}  # fmt: skip
"""Arguments of `closure`, and the columns of a table that give them."""
_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
    "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
}  # fmt: skip
_ENDS_IN_A_DAY = re.compile(
    r"(?P<publisher>.*\S),\s*(?:(?P<day>\d{1,2}) (?P<month>[A-Za-z]+) (?P<year>\d{4})"
    r"|(?P<iso>\d{4}-\d\d-\d\d))"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@refuse_wrong_kinds
def closure(
    id: str,  # noqa: A002 - as the field of an incident
    place: Place | str | Mapping[str, object],
    *,
    start: object,
    end: object = None,
    zone: str,
    source: str | Document,
    title: str | None = None,
    kind: str = "other",
    effect: str = "closed",
    traffic: Iterable[str] = TRAFFIC_TYPES,
    basis: str = "observed",
    tag: str | None = None,
    recurs: Recurrence | None = None,
    trains_per_day: Mapping[str, float] | None = None,
    wagons_per_day: Mapping[str, float] | None = None,
) -> Catalogue:
    """Return an incident of which one source gives place and times, and that source.

    Parameters
    ----------
    id
        Of the incident.
    place
        A place, a mapping as in a file of incidents, or a text such as ``"Kyiv - Lviv"``.
    start, end
        In any form of `netmodel.times.read_bounds`; without an end it is not restored in the
        record. The end is first traffic for a closure, full service for other effects.
    zone
        Time zone of days, and of times without an offset.
    source
        The document, or a text that says what it is; an address makes it a link. A day at its
        end, after a comma (``Notice of the operator, 20 February 2026``, or ``2026-02-20``), is
        when it was published; without one, no ``as_of`` of a scenario uses it. Otherwise give
        ``nm.Document(id=…, publisher=…, published="2026-02-20")``.
    title
        The place by default.
    basis
        ``planned`` for works that an operator announced.
    tag, recurs, trains_per_day, wagons_per_day
        As of an `Incident`. With `recurs`, `start` is when the series begins.

    Returns
    -------
    Catalogue
        Of one incident and its document.

    Raises
    ------
    InputError
        With every argument that is wrong.

    Examples
    --------
    >>> import netmodel as nm
    >>> works = nm.evidence.closure("works", "Lviv - Ternopil", start="2026-03-01T06:00",
    ...                             end="2026-03-02T18:00", zone="Europe/Kyiv",
    ...                             source="Notice of the operator, 20 February 2026")
    >>> print(nm.evidence.resolve_incident(works.incidents["works"]).first_traffic)
    2026-03-02T16:00:00Z
    >>> works.documents["works-source"].published_text
    '2026-02-20'
    """
    checks = Checks()
    known_zone = checks.zone("zone", zone)
    times = {name: checks.time(name, given, known_zone) if known_zone else None
             for name, given in (("start", start), ("end", end))}  # fmt: skip
    times = {name: None if at == Bounds() else at for name, at in times.items()}  # NaT, nothing
    unread = known_zone is None or any(each.where == "start" for each in checks.problems)
    if start is None or (times["start"] is None and not unread):
        checks.refuse("start is missing", "start", "give an instant, a day, or bounds")
    _check_order(checks, times["start"], times["end"])
    if basis not in ("observed", "planned"):
        checks.word("basis", basis, ("observed", "planned"))
        basis = "observed"
    document = _read_source(checks, id, source, known_zone)
    places: tuple[Place, ...] = ()
    try:
        places = read_places(place)
    except InputError as error:
        checks.problems += [replace(each, where="place") for each in error.problems]
    restored = "first_traffic" if effect == "closed" else "full_service"
    claims = [
        Claim(document=document.id, speaker=document.publisher, says=document.publisher,
              about=about, basis=basis, at=at)
        for about, at in (("start", times["start"]), (restored, times["end"]))
        if at is not None
    ]  # fmt: skip
    try:
        incident = Incident(
            id=id, title=title if title is not None else str(places[0]) if places else "untitled",
            kind=kind, zone=zone if known_zone else "UTC",
            places=places or ("unknown",),  # type: ignore[arg-type]
            effect=effect, claims=tuple(claims),
            traffic=_list_texts(traffic),
            tag=tag, recurs=recurs,
            trains_per_day=trains_per_day or {}, wagons_per_day=wagons_per_day or {},
        )  # fmt: skip
    except InputError as error:
        checks.problems += error.problems
    checks.done()
    return Catalogue(documents={document.id: document}, incidents={incident.id: incident})


def _check_order(checks: Checks, start: Bounds | None, end: Bounds | None) -> None:
    """Refuse an end that comes before the start, as in a file."""
    first = None if start is None else start.earliest
    last = None if end is None else end.latest
    if first is not None and last is not None and last < first:
        what = f"the end ({end}) is before the start ({start})"
        checks.refuse(what, "end", "a reopening follows its closure; check both times")


def _list_texts(given: object) -> tuple[str, ...]:
    """Return several texts, or one alone; what is none of them is left for `Incident`."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return given  # type: ignore[return-value]
    return tuple(given)


def _read_source(checks: Checks, name: object, source: object, zone: str | None) -> Document:
    """Return the document that a source is; a stand-in where it is none."""
    if isinstance(source, Document):
        return source
    before = len(checks.problems)
    checks.text("source", source)
    text = str(source) if len(checks.problems) == before else "unknown"
    return _make_document(f"{name}-source", text, zone)


def _make_document(name: str, text: str, zone: str | None) -> Document:
    """Return the document that a text tells of: its address, or its publisher and its day."""
    if text.startswith(("https://", "http://")):
        return Document(id=name, publisher=text, url=text)
    publisher, day = _split_day(text)
    return Document(id=name, publisher=publisher, published=day, zone=zone or DOCUMENT_ZONE)  # type: ignore[arg-type]


def _split_day(text: str) -> tuple[str, str | None]:
    """Return what stands before the day that ends a text after a comma, and that day.

    A text with another year is left whole: which of two days is meant, is not said.

    Examples
    --------
    >>> _split_day("Notice of the operator, 20 February 2026")
    ('Notice of the operator', '2026-02-20')
    >>> _split_day("Timetable of 2025, 20 February 2026")
    ('Timetable of 2025, 20 February 2026', None)
    """
    found = _ENDS_IN_A_DAY.fullmatch(text.strip())
    if found is None or _YEAR.search(found["publisher"]):
        return text, None
    day, month, year, iso = found.group("day", "month", "year", "iso")
    try:
        if iso is None:
            iso = date(int(year), _MONTHS[month.lower()], int(day)).isoformat()
        return found["publisher"], date.fromisoformat(iso).isoformat()
    except (KeyError, ValueError):
        return text, None


@refuse_wrong_kinds
def incidents_from(frame: pd.DataFrame, *, zone: str) -> Catalogue:
    """Return the incidents of a table of closures, one a row, and their sources.

    Parameters
    ----------
    frame
        Columns ``place, from, to, effect, source``, as the arguments of `closure`; an empty
        ``to`` is not restored in the record. Also ``id``, ``title``, ``kind``, ``traffic``
        (several separated by ``;``), ``basis`` and ``tag`` where they are there. Other columns
        are left alone. A column of which every time is midnight has days, as a sheet read by
        ``pandas.read_excel``; among other times of the clock, midnight is an instant.
    zone
        Time zone of days, and of times without an offset.

    Returns
    -------
    Catalogue
        Rows with the same source share its document. Without ids, they are ``row-1`` and so on.

    Raises
    ------
    InputError
        With every cell that is wrong, by row (the first is 1) and column.

    Examples
    --------
    >>> import netmodel as nm
    >>> import pandas as pd
    >>> table = pd.DataFrame({"place": ["Kyiv - Fastiv", "Lviv"], "effect": "closed",
    ...                       "from": ["2026-03-01", "2026-03-02T06:00"],
    ...                       "to": ["2026-03-03", None], "source": "Notice of the operator"})
    >>> nm.evidence.incidents_from(table, zone="Europe/Kyiv")
    <Catalogue: 2 incidents, 1 documents>
    """
    names = [str(name) for name in frame.columns]
    problems = [
        Problem(
            what=f"column {column!r} is missing",
            where="frame",
            remedy=did_you_mean(nearest_names(column, names)),
        )
        for column in _COLUMNS.values()
        if column not in names
    ]
    if problems:
        raise InputError(problems)
    documents: dict[str, Document] = {}
    incidents: dict[str, Incident] = {}
    rows = frame.to_dict("records")
    _tell_midnights(rows)
    for number, row in enumerate(rows, 1):
        given = {name: row[column] for name, column in (_COLUMNS | _MORE_COLUMNS).items()
                 if column in names and not _is_missing(row[column])}  # fmt: skip
        try:
            found = closure(**_arguments(given, number, documents, zone), zone=zone)  # type: ignore[arg-type]
        except InputError as error:
            problems += [_at_row(each, number) for each in error.problems]
            continue
        [incident] = found.incidents.values()
        if incident.id in incidents:
            where = f"row {number}, column id"
            problems.append(Problem(what=f"id {incident.id!r} is used twice", where=where))
        incidents[incident.id] = incident
    if problems:
        raise InputError(dict.fromkeys(problems))
    used = {name for incident in incidents.values() for name in incident.documents}
    kept = {each.id: each for each in documents.values() if each.id in used}
    return Catalogue(documents=kept, incidents=incidents)


def _tell_midnights(rows: list[dict[Hashable, object]]) -> None:
    """Make midnight a text of the clock in columns that have other times; note where it stood."""
    for column in (_COLUMNS["start"], _COLUMNS["end"]):
        cells = [row[column] for row in rows]
        times = [each for each in cells if isinstance(each, datetime) and each == each]
        bare = [number for number, each in enumerate(cells) if is_bare_midnight(each)]
        if not bare or len(times) == len(bare):
            continue
        for number in bare:
            rows[number][column] = str(cells[number]).replace(" ", "T")
        most = ", ".join(str(number + 1) for number in bare[:3]) + (", …" if bare[3:] else "")
        day = str(cells[bare[0]])[:10]
        what = f"{day} 00:00 is read as midnight, since other rows have times of the clock"
        where = f"row {most}, column {column}"
        point_out(Problem(what=what, where=where, remedy=f"for the day write the text {day!r}"))


def _arguments(
    given: Mapping[str, object], number: int, documents: dict[str, Document], zone: str
) -> dict[str, object]:
    """Return the arguments of `closure` that a row gives; its source as a document."""
    arguments = {"id": f"row-{number}", "start": None, "place": None, "source": None, **given}
    source = arguments["source"]
    if isinstance(source, str) and source.strip():
        made = _make_document(f"source-{len(documents) + 1}", source, zone)
        arguments["source"] = documents.setdefault(source, made)
    if isinstance(arguments.get("traffic"), str):
        arguments["traffic"] = [each.strip() for each in str(arguments["traffic"]).split(";")]
    if not isinstance(arguments["id"], str):
        arguments["id"] = str(arguments["id"])
    return arguments


def _at_row(problem: Problem, number: int) -> Problem:
    if problem.where == "zone":
        return problem
    name = problem.where.split(".", maxsplit=1)[0]
    return replace(
        problem, where=f"row {number}, column {(_COLUMNS | _MORE_COLUMNS).get(name, name)}"
    )


def _is_missing(cell: object) -> bool:
    """Whether a cell is empty: no value, no number, no time, or a blank text."""
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or (not isinstance(cell, list | tuple | Mapping) and cell != cell)
