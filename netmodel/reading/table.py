"""From a table of disruptions to incidents: row by row, with an account of every row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.evidence.catalogue_forms import KindName
from netmodel.evidence.incident import LONGEST_HOURS, Claim, Document, Incident
from netmodel.files.csv import Row
from netmodel.files.yaml import YamlSource
from netmodel.network.railway import Network
from netmodel.reading.sheet import find_columns, read_sheet
from netmodel.reading.table_map import DAY_NUMBER, TableMap, fill_in, read_table_map
from netmodel.reading.table_places import RowError, TablePlaces
from netmodel.times import Bounds, load_zone, parse_time
from netmodel.trains.train import Timetable

_END_OF_DAY = re.compile(r"(?<=[ T])24:00(:00)?$")
_SHOWS_HOURS = re.compile("%[HIcX]")
_CLOCK = r"%[-]?[HIMSfpzZ](?:[:.,h ]*%[-]?[HIMSfpzZ])*"
_CLOCK_AT_AN_END = re.compile(rf"[^\w%]*T?{_CLOCK}[^\w%]*$|^{_CLOCK}[^\w%]*")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


@dataclass(frozen=True, kw_only=True, repr=False)
class TableReading:
    """What became of the rows of a table: incidents, and the rows that are none, with reasons.

    Parameters
    ----------
    rows
        How many were read: as many as there are incidents and entries of `listed` together.
    incidents
        In the order of the table, each with its line in its note.
    listed
        Each row that is no incident, with file:line and why.
    partly
        Places of incidents that could not be placed beside others that could.
    without_kind
        How many rows have each cause for which the map has no kind.
    document
        That of the table, on which all claims rest.
    """

    rows: int
    incidents: tuple[Incident, ...]
    listed: tuple[Problem, ...]
    partly: tuple[Problem, ...]
    without_kind: Mapping[str, int] = field(default_factory=dict)
    document: Document

    @property
    def placed_share(self) -> float:
        """Incidents over rows; 1 for a table without rows."""
        return len(self.incidents) / self.rows if self.rows else 1.0

    def __repr__(self) -> str:
        return (
            f"<TableReading: {self.rows:,} rows = {len(self.incidents):,} incidents "
            f"+ {len(self.listed):,} listed>"
        )


@refuse_wrong_kinds
def read_table(
    path: Path | str,
    columns: TableMap | Path | str,
    network: Network,
    *,
    trains: Timetable | None = None,
) -> TableReading:
    r"""Read a table of disruptions as incidents on a network.

    Parameters
    ----------
    path
        A CSV file or a workbook.
    columns
        Which columns say what: a `TableMap`, or the path of one as YAML.
    network
        On which the places are found; a place that is not there lists its row.
    trains
        Known trains, which decide between lines: see `netmodel.outages.Matcher`.

    Raises
    ------
    InputError
        If the file or the map cannot be used at all. What is wrong with a row is listed.

    Examples
    --------
    >>> import netmodel as nm, tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("from,minutes,stations\n"
    ...                     "2023-05-18 07:40,95,Simferopol;Bakhchysarai\n"
    ...                     "2023-05-18 09:00,-5,Simferopol;Bakhchysarai\n", encoding="utf-8")
    >>> columns = nm.reading.TableMap.model_validate({
    ...     "document": {"id": "table", "publisher": "P"}, "zone": "Europe/Simferopol",
    ...     "start": "from", "minutes": "minutes",
    ...     "place": {"stations": {"column": "stations", "separator": ";"}}})
    >>> reading = nm.reading.read_table(path, columns, nm.built_in_network())
    >>> reading
    <TableReading: 2 rows = 1 incidents + 1 listed>
    >>> print(reading.listed[0])
    table.csv:3: minutes (=-5) must be more than 0; leave it empty where it is not known
    """
    path = Path(path)
    source: YamlSource | None = None
    if not isinstance(columns, TableMap):
        columns, source = read_table_map(columns)
    table = columns.table
    titles, rows = read_sheet(
        path,
        sheet=table.sheet,
        header=table.header,
        delimiter=table.delimiter,
        encoding=table.encoding,
    )
    named = {
        column: source.where(where) if source is not None else ".".join(where)
        for where, column in columns.columns()
    }
    problems = find_columns(titles, named, path.name)
    for name in ("title", "says"):
        template = getattr(columns, name)
        try:
            fill_in(template or "", {}, titles)
        except ValueError as error:
            where = source.where((name,)) if source is not None else name
            problems.append(Problem(what=str(error), where=where))
    if problems:
        raise InputError(problems)
    return _Reader(columns, titles, network, trains).read(rows)


class _Reader:
    """Turns rows into incidents, and keeps what it has found of places and causes."""

    def __init__(
        self, columns: TableMap, titles: list[str], network: Network, trains: Timetable | None
    ) -> None:
        self._map, self._titles = columns, titles
        self._places = TablePlaces(columns, network, trains)
        self._kinds = {key.casefold(): kind for key, kind in columns.kind.values.items()}
        self._effects = {key.casefold(): each for key, each in columns.effect.values.items()}
        self._without: Counter[str] = Counter()
        self.document = Document(**columns.document.model_dump())

    def read(self, rows: Sequence[Row]) -> TableReading:
        """Return all rows as incidents or as entries of the account."""
        incidents: dict[str, Incident] = {}
        lines: dict[str, int] = {}
        listed: list[Problem] = []
        partly: list[Problem] = []
        wanted = [row for row in self._filled(rows) if self._is_wanted(row)]
        for row in wanted:
            try:
                incident, missing = self._read_row(row, lines)
            except RowError as error:
                listed.append(Problem(what=error.what, where=row.where, remedy=error.remedy))
                continue
            incidents[incident.id] = incident
            lines[incident.id] = row.line
            partly += [replace(each, where=row.where) for each in missing]
        return TableReading(
            rows=len(wanted),
            incidents=tuple(incidents.values()),
            listed=tuple(listed),
            partly=tuple(partly),
            without_kind=dict(self._without.most_common()),
            document=self.document,
        )

    def _filled(self, rows: Sequence[Row]) -> list[Row]:
        """Return rows in which an empty cell of some columns has the value of the row above."""
        if not self._map.table.fill:
            return list(rows)
        found: list[Row] = []
        above: dict[str, str] = {}
        for row in rows:
            cells = dict(row.cells)
            for column in self._map.table.fill:
                cells[column] = cells[column] or above.get(column, "")
            above = cells
            found.append(Row(row.file, row.line, cells))
        return found

    def _is_wanted(self, row: Row) -> bool:
        return all(row.cells[column] in values for column, values in self._map.only.items())

    def _read_row(self, row: Row, lines: Mapping[str, int]) -> tuple[Incident, list[Problem]]:
        """Return the incident of a row, and what is wrong with those places that it lacks."""
        columns, cells = self._map, dict(row.cells)
        start, end = self._read_times(cells)
        effect = self._effect_of(cells)
        places, missing = self._places.find(cells)
        own = cells[columns.id] if columns.id else str(row.line)
        if not own:
            raise RowError(f"{columns.id} is empty", "fill it in, or leave `id` out of the map")
        if columns.prefix + own in lines:
            what = f"id {own!r} stands on line {lines[columns.prefix + own]} already"
            raise RowError(what, "give one of them another, or leave `id` out of the map")
        text = columns.says and fill_in(columns.says, cells, self._titles)
        claim = Claim(
            document=self.document.id,
            speaker=columns.speaker or self.document.publisher,
            party=columns.party,
            basis=columns.basis,
            says=f"{text or 'disruption'} (line {row.line})",
            about="start",
            at=start,
        )
        about = "first_traffic" if effect == "closed" else "full_service"
        claims = (claim,) if end is None else (claim, replace(claim, about=about, at=end))
        title = columns.title and fill_in(columns.title, cells, self._titles)
        try:
            incident = Incident(
                id=f"{columns.prefix}{own}",
                title=title or f"Line {row.line} of {row.file}",
                kind=self._kind_of(cells),
                zone=columns.zone,
                places=places,
                effect=effect,
                traffic=tuple(columns.traffic),
                claims=claims,
                note=f"{row.where}{''.join(f'; not placed: {each.what}' for each in missing)}",
            )
        except InputError as error:
            raise RowError("; ".join(str(each) for each in error.problems)) from None
        return incident, missing

    def _kind_of(self, cells: Mapping[str, str]) -> KindName:
        """Return the kind of the narrowest cause that the map has; it counts what it has not."""
        columns = self._map.kind
        causes = [cells[column] for column in columns.columns]
        for cause in reversed(causes):
            if cause.casefold() in self._kinds:
                return self._kinds[cause.casefold()]
        if causes:
            self._without[" / ".join(cause for cause in causes if cause) or "(empty)"] += 1
        return columns.otherwise

    def _effect_of(self, cells: Mapping[str, str]) -> str:
        wanted = self._map.effect
        if wanted.column is None:
            return wanted.otherwise
        return self._effects.get(cells[wanted.column].casefold(), wanted.otherwise)

    def _read_times(self, cells: Mapping[str, str]) -> tuple[Bounds, Bounds | None]:
        columns = self._map
        start = self._read_time("start", _join(columns.start, cells))
        if start is None:
            raise RowError("the start is empty", "fill it in; no incident is without one")
        end = None
        if columns.end is not None:
            end = self._read_time("end", _join(columns.end, cells))
        for column, unit in ((columns.minutes, 60), (columns.hours, 3600)):
            if end is None and column is not None and cells[column]:
                seconds = self._read_number(column, cells[column]) * unit
                if seconds <= 0:
                    what = f"{column} (={cells[column]}) must be more than 0"
                    raise RowError(what, "leave it empty where it is not known")
                if seconds > 3600 * LONGEST_HOURS:
                    what = f"{column} (={cells[column]}) is too long"
                    raise RowError(what, f"at most {LONGEST_HOURS:,g} hours; check its unit")
                end = start.shift(seconds / 3600, seconds / 3600)
        first = start.earliest
        last = None if end is None else end.latest
        if first is not None and last is not None and last <= first:
            raise RowError(
                f"the end ({_join(columns.end or '', cells)}) is not after the start "
                f"({_join(columns.start, cells)})",
                "correct one of them, or leave the end empty where it is not known",
            )
        return start, end

    def _read_number(self, column: str, text: str) -> float:
        comma = self._map.table.decimal == ","
        if not _NUMBER.fullmatch(text) or ("." if comma else ",") in text:
            remedy = "for decimal commas write `table: {decimal: ','}`" if "," in text else _NUMBERS
            raise RowError(f"{column} (={text!r}) is no number", remedy)
        return float(text.replace(",", "."))

    def _read_time(self, name: str, text: str) -> Bounds | None:
        """Return a time on the clocks of the zone; bounds where they show it twice."""
        if not text:
            return None
        plain, later = _END_OF_DAY.subn("00:00", text)
        try:
            found = self._parse_time(plain)
        except (ValueError, OverflowError) as error:
            what, _, remedy = str(error).partition("; ")
            if not self._map.formats and re.fullmatch(r"\d{5}([.,]\d+)?", text):
                remedy = "for the day numbers of a spreadsheet write `format: day number`"
            raise RowError(f"{name}: {what}", remedy or _GIVE_FORMAT) from None
        return found.shift(24, 24) if later else found

    def _parse_time(self, text: str) -> Bounds:
        forms = self._map.formats
        local, is_day = _read_in_forms(text, forms) if forms else (_as_local(text), False)
        if local is not None and is_day:
            return parse_time(local.date().isoformat(), zone=self._map.zone)
        if local is None or local.tzinfo is not None:
            return parse_time(text if local is None else local.isoformat(), zone=self._map.zone)
        tz = load_zone(self._map.zone)
        first, second = (local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
        if first < second:
            return Bounds(earliest=first, latest=second)
        return parse_time(local.isoformat(sep=" "), zone=self._map.zone)


_NUMBERS = "write a number, or leave it empty where it is not known"
_GIVE_FORMAT = "correct it, or give its form in `format`, one or a list, such as '%d.%m.%Y %H:%M'"


def _read_in_forms(text: str, forms: Sequence[str]) -> tuple[datetime, bool]:
    """Return what the first form that fits makes of a text, and whether that is only a day.

    A text that fits none is tried as the day alone of those forms that have a day and a time.

    Raises
    ------
    ValueError
        If it fits none.
    """
    days = [_CLOCK_AT_AN_END.sub("", form, count=1) for form in forms if form != DAY_NUMBER]
    for form in (*forms, *(day for day in days if "%d" in day or "%j" in day)):
        try:
            if form == DAY_NUMBER:
                seconds = round(86400 * float(text.replace(",", ".")))
                local = datetime(1899, 12, 30) + timedelta(seconds=seconds)
                return local, local.time() == time()
            return datetime.strptime(text, form), not _SHOWS_HOURS.search(form)
        except (ValueError, OverflowError):
            continue
    listed = " or ".join(repr(form) for form in forms)
    raise ValueError(f"{text!r} does not fit {listed}")


def _as_local(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) > len("2022-01-01") else None
    except ValueError:
        return None


def _join(names: str | Sequence[str], cells: Mapping[str, str]) -> str:
    """Return the cells of one or several columns, with a blank between."""
    columns = (names,) if isinstance(names, str) else names
    return " ".join(cells[column] for column in columns if cells.get(column)).strip()
