"""Reports of trains: what an operator did with one train under one incident."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.files.csv import Row, read_number, read_rows, read_text
from netmodel.files.shipped import shipped_folder

DID = ("held", "detoured", "cut short", "diesel", "late")
"""What became of the train by the report; ``late`` where it does not say how."""
PLACES = ("section", "network", "knock-on")
"""Whether the report ties the train to a section, only counts it among the trains late that day,
or says that other trains made it late."""
QUALIFIERS = ("", "exact", "about", "at_least", "at_most")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What one document says of one train under one incident.

    Parameters
    ----------
    number
        Of the train, or numbers of the pair as ``85/86``.
    origin, destination
        As the report names them.
    did
        One of `DID`.
    place
        One of `PLACES`.
    delay_minutes
        Total lateness; ``None`` where not reported.
    via
        Stops of the detour, as far as named.
    turned_at
        Where the train was cut.
    where
        ``file:line``, for messages.

    Examples
    --------
    >>> TrainReport(id="r", incident="i", on=date(2026, 1, 30), number="85/86", origin="Lviv",
    ...     destination="Zaporizhzhia", did="cut short", document="d").numbers
    ('85', '86')
    """

    id: str
    incident: str
    on: date
    number: str
    origin: str
    destination: str
    did: str
    document: str
    place: str = "section"
    delay_minutes: float | None = None
    qualifier: str = ""
    via: tuple[str, ...] = ()
    turned_at: str = ""
    where: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The number as given, or each number of a pair."""
        return tuple(part.strip() for part in self.number.split("/"))


def built_in_train_reports() -> Path:
    """Return the file of the built-in reports of trains."""
    return shipped_folder("seeds") / "train_reports.csv"


@cache
def built_in_decisions() -> tuple[TrainReport, ...]:
    """Return the built-in reports, unchecked against a record.

    Examples
    --------
    >>> any(report.did == "cut short" for report in built_in_decisions())
    True
    """
    return read_train_reports(built_in_train_reports())


def read_train_reports(
    path: Path | str,
    *,
    incidents: Collection[str] | None = None,
    documents: Collection[str] | None = None,
) -> tuple[TrainReport, ...]:
    """Read a table of reports.

    Parameters
    ----------
    path
        CSV with the columns ``id, incident, date, train, from, to, did, document`` and optionally
        ``place, delay_minutes, qualifier, via, turned_at, note``.
    incidents, documents
        Ids that the reports may name; by default any.

    Raises
    ------
    InputError
        With every mistake at ``file:line``.
    """
    problems: list[Problem] = []
    reports: list[TrainReport] = []
    columns = ("id", "incident", "date", "train", "from", "to", "did", "document")
    for row in read_rows(Path(path), problems, required=columns):
        before = len(problems)
        for name, known in (("incident", incidents), ("document", documents)):
            if known is not None:
                _check(row, name, known, problems)
        _check(row, "did", DID, problems)
        _check(row, "place", ("", *PLACES), problems)
        _check(row, "qualifier", QUALIFIERS, problems)
        on = _read_day(row, problems)
        delay = read_number(row, "delay_minutes", problems, required=False)
        if len(problems) == before and on is not None:
            reports.append(_build(row, on, delay))
    if problems:
        raise InputError(problems)
    return tuple(reports)


def _build(row: Row, on: date, delay: float | None) -> TrainReport:
    return TrainReport(
        id=read_text(row, "id"),
        incident=read_text(row, "incident"),
        on=on,
        number=read_text(row, "train"),
        origin=read_text(row, "from"),
        destination=read_text(row, "to"),
        did=read_text(row, "did"),
        document=read_text(row, "document"),
        place=read_text(row, "place") or "section",
        delay_minutes=delay,
        qualifier=read_text(row, "qualifier"),
        via=tuple(filter(None, (part.strip() for part in read_text(row, "via").split(";")))),
        turned_at=read_text(row, "turned_at"),
        where=row.where,
    )


def _check(row: Row, name: str, known: Collection[str], problems: list[Problem]) -> None:
    value = read_text(row, name)
    if value not in known:
        remedy = did_you_mean(nearest_names(value, known)) or ""
        problems.append(Problem(what=f"unknown {name} {value!r}", where=row.where, remedy=remedy))


def _read_day(row: Row, problems: list[Problem]) -> date | None:
    text = read_text(row, "date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(what=f"date (={text!r}) is no date", where=row.where))
        return None
