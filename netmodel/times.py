"""Instants, days and bounds in UTC.

A document says "18 May", "07:45 Moscow time" or "by the evening". All three are read as
`Bounds`: the earliest and the latest instant that the words allow. Intervals are half-open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names

__all__ = [
    "Bounds",
    "Window",
    "add_hours",
    "format_instant",
    "hours_between",
    "parse_instant",
    "parse_time",
    "read_bounds",
]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST_YEAR, LAST_YEAR = 1800, 2200
"""Years of which a time can be written."""
FIRST_INSTANT = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
LAST_READ = datetime(LAST_YEAR, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
"""What can be read; what is computed may lie later, up to `LAST_INSTANT`."""
LAST_INSTANT = datetime(9000, 1, 1, tzinfo=UTC)
"""Where the calendar of sums of hours ends; far enough from year 9999 for any time zone."""
_MONTH = re.compile(r"\d{4}-\d{2}")
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The earliest and latest instant at which something happened.

    Parameters
    ----------
    earliest, latest
        Aware UTC instants; ``None`` where the record sets no bound on that side.

    Raises
    ------
    ValueError
        If the latest instant lies before the earliest.

    Examples
    --------
    >>> parse_time("2023-05-18", zone="Europe/Simferopol").width_hours
    24.0
    >>> Bounds().censoring
    'unknown'
    """

    earliest: datetime | None = None
    latest: datetime | None = None

    def __post_init__(self) -> None:
        _keep_instants(self, ("earliest", "latest"), optional=True)
        if self.earliest and self.latest and self.latest < self.earliest:
            what = (
                f"latest ({format_instant(self.latest)}) is before earliest "
                f"({format_instant(self.earliest)})"
            )
            raise InputError([Problem(what=what)])

    @property
    def censoring(self) -> str:
        """``exact``, ``interval``, ``right``, ``left`` or ``unknown`` (no bound at all)."""
        if self.earliest is None and self.latest is None:
            return "unknown"
        if self.latest is None:
            return "right"
        if self.earliest is None:
            return "left"
        return "exact" if self.earliest == self.latest else "interval"

    @property
    def width_hours(self) -> float:
        """Hours between the two bounds; infinite when a side is open."""
        if self.earliest is None or self.latest is None:
            return float("inf")
        return hours_between(self.earliest, self.latest)

    def intersect(self, other: Bounds) -> Bounds | None:
        """Return what both allow, or ``None`` when they contradict each other."""
        starts = [value for value in (self.earliest, other.earliest) if value is not None]
        ends = [value for value in (self.latest, other.latest) if value is not None]
        earliest = max(starts, default=None)
        latest = min(ends, default=None)
        if earliest is not None and latest is not None and latest < earliest:
            return None
        return Bounds(earliest=earliest, latest=latest)

    def hull(self, other: Bounds) -> Bounds:
        """Return the smallest bounds that allow everything which either allows."""
        earliest = (
            None
            if self.earliest is None or other.earliest is None
            else min(self.earliest, other.earliest)
        )
        latest = (
            None if self.latest is None or other.latest is None else max(self.latest, other.latest)
        )
        return Bounds(earliest=earliest, latest=latest)

    def shift(self, shortest_hours: float, longest_hours: float) -> Bounds:
        """Return the bounds of an instant that lies between so many hours later."""
        return Bounds(
            earliest=None if self.earliest is None else reach_hours(self.earliest, shortest_hours),
            latest=None if self.latest is None else reach_hours(self.latest, longest_hours),
        )

    def __str__(self) -> str:
        if self.censoring == "unknown":
            return "not in the record"
        if self.censoring == "exact":
            return format_instant(self.earliest)
        if self.latest is None:
            return f"after {format_instant(self.earliest)}"
        if self.earliest is None:
            return f"before {format_instant(self.latest)}"
        return f"{format_instant(self.earliest)} to {format_instant(self.latest)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open interval of time, ``start <= t < end``.

    Examples
    --------
    >>> start = parse_time("2023-05-18T00:00:00Z").earliest
    >>> Window(start=start, end=add_hours(start, 6)).hours
    6.0
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        _keep_instants(self, ("start", "end"), optional=False)
        if self.end <= self.start:
            what = (
                f"the window is empty: its end ({format_instant(self.end)}) is not after "
                f"its start ({format_instant(self.start)})"
            )
            raise InputError([Problem(what=what)])

    @property
    def hours(self) -> float:
        """Length in hours."""
        return hours_between(self.start, self.end)


def _keep_instants(value: object, names: tuple[str, str], *, optional: bool) -> None:
    """Keep the instants of a value in UTC.

    Raises
    ------
    InputError
        With every one that is no aware datetime.
    """
    problems = []
    for name in names:
        given: object = getattr(value, name)
        if (type(given) is datetime and given.tzinfo is UTC) or (optional and given is None):
            continue
        try:
            object.__setattr__(value, name, _to_utc(given, zone=None))
        except ValueError as error:
            problems.append(Problem(what=str(error), where=name))
    if problems:
        raise InputError(problems)


def _to_utc(value: object, *, zone: str | None) -> datetime:
    """Return a datetime, also one of pandas, as a plain one in UTC."""
    if not isinstance(value, datetime) or value != value:
        raise ValueError(f"{value!r} is no instant; give a datetime with a time zone")
    plain = datetime(
        value.year, value.month, value.day, value.hour, value.minute, value.second,
        value.microsecond, value.tzinfo, fold=value.fold,
    )  # fmt: skip
    return plain.astimezone(UTC) if plain.tzinfo else _in_zone(plain, zone, plain.isoformat())


def read_bounds(value: object, *, zone: str | None = None) -> Bounds:
    """Read a time in any form in which Python has it, as the bounds it sets.

    Parameters
    ----------
    value
        `Bounds`; a datetime, also one of pandas or numpy; a date; a text as in `parse_time`; or a
        mapping ``{"after": …, "before": …}`` of such, of which one may be left out. A datetime at
        midnight without an offset is the day: spreadsheets and pandas have no other form for one;
        the text ``2023-05-18T00:00`` is midnight. A time that is missing (NaT) sets no bound.
    zone
        IANA time zone in which days begin and clocks without an offset are read.

    Raises
    ------
    ValueError
        If it is no time, or needs a zone and has none.

    Examples
    --------
    >>> print(read_bounds({"after": "2023-05-18T07:40", "before": "2023-05-18"}, zone="UTC"))
    2023-05-18T07:40:00Z to 2023-05-19T00:00:00Z
    """
    if isinstance(value, Bounds):
        return value
    if _is_time(value) and value != value:
        return Bounds()
    value = as_text_or_day(value)
    if isinstance(value, str):
        return parse_time(value, zone=zone)
    if isinstance(value, Mapping):
        if not value or not set(value) <= {"after", "before"}:
            raise ValueError(f"{dict(value)!r} is no time; give after, before, or both")
        after, before = (
            Bounds() if value.get(side) is None else read_bounds(value[side], zone=zone)
            for side in ("after", "before")
        )
        return Bounds(earliest=after.earliest, latest=before.latest)
    if isinstance(value, datetime):
        exact = _to_utc(value, zone=zone)
        return Bounds(earliest=exact, latest=exact)
    if isinstance(value, date):
        return parse_time(value.isoformat(), zone=zone)
    raise ValueError(f"{value!r} is not a time; give a datetime with a time zone, or a text")


def as_text_or_day(value: object) -> object:
    """Return a time of numpy as its text, and midnight without an offset as its day.

    All else is returned as it is.

    Examples
    --------
    >>> as_text_or_day(datetime(2023, 5, 18)), as_text_or_day(datetime(2023, 5, 18, 7, 40))
    (datetime.date(2023, 5, 18), datetime.datetime(2023, 5, 18, 7, 40))
    """
    if _is_time(value) and not isinstance(value, datetime):
        day, _, clock = str(value).partition("T")
        return f"{day}T{clock}" if clock.strip("0:.") else day
    if isinstance(value, datetime) and is_bare_midnight(value):
        return value.date()
    return value


def _is_time(value: object) -> bool:
    """Whether a value is a datetime of Python, pandas or numpy, which is not imported for that."""
    return isinstance(value, datetime) or type(value).__name__ == "datetime64"


def is_bare_midnight(value: object) -> bool:
    """Whether a value is a datetime at midnight without an offset, as a spreadsheet has days."""
    if not isinstance(value, datetime) or value != value or value.tzinfo is not None:
        return False
    return value.time() == time()


def parse_time(value: str, *, zone: str | None = None) -> Bounds:
    """Read an instant with offset, or a date, as the bounds it sets.

    Parameters
    ----------
    value
        ``2023-05-18T07:40+03:00`` (an instant), ``2023-05-18T07:40`` (an instant in `zone`),
        ``2023-05-18`` (some time that day) or ``2022-03`` (some time that month).
    zone
        IANA time zone in which the clock is read, and days and months begin; needed for all but
        the first.

    Raises
    ------
    ValueError
        If the text is no time, needs a zone and has none, is an hour that the clocks of the zone
        show twice or never, or is not in the years 1800 to 2200.

    Examples
    --------
    >>> print(parse_time("2023-05-18T07:40+03:00"))
    2023-05-18T04:40:00Z
    >>> print(parse_time("2023-05-18", zone="Europe/Kyiv"))
    2023-05-17T21:00:00Z to 2023-05-18T21:00:00Z
    """
    text = str(value).strip()
    bounds = _parse(text, zone)
    # A year on the clocks of a zone may be another in UTC, in which files are written.
    for each in (bounds.earliest, bounds.latest):
        if each is not None and not FIRST_INSTANT <= each <= LAST_READ:
            raise ValueError(f"{text!r} is not in the years {FIRST_YEAR} to {LAST_YEAR} in UTC")
    return bounds


def _parse(text: str, zone: str | None) -> Bounds:
    if _DATE.fullmatch(text) or _MONTH.fullmatch(text):
        return _parse_day_or_month(text, zone)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a time; write {_example(zone)}, or 2023-05-18 for a day"
        ) from None
    _check_year(instant.year, text)
    exact = instant.astimezone(UTC) if instant.tzinfo else _in_zone(instant, zone, text)
    return Bounds(earliest=exact, latest=exact)


def check_time(value: str) -> None:
    """Refuse a text that is no time in any zone; hours that one zone lacks are not looked at.

    Raises
    ------
    ValueError
        If the text is no time, or its day is not in the calendar.

    Examples
    --------
    >>> check_time("2025-13-13")
    Traceback (most recent call last):
    ValueError: '2025-13-13' is not in the calendar
    """
    _parse(str(value).strip(), "UTC")


def parse_instant(value: str, *, zone: str | None = None) -> datetime:
    """Read one instant; a date means the start of that day in `zone`.

    Examples
    --------
    >>> format_instant(parse_instant("2023-05-17", zone="Europe/Kyiv"))
    '2023-05-16T21:00:00Z'
    """
    instant = parse_time(value, zone=zone).earliest
    if instant is None:  # pragma: no cover - parse_time always bounds below
        raise ValueError(f"{value!r} is not an instant")
    return instant


def _in_zone(local: datetime, zone: str | None, text: str) -> datetime:
    """Return the instant of a time on the clocks of a zone, if they show it once."""
    if zone is None:
        raise ValueError(f"{text!r} has no UTC offset; give a zone, or write {text}+00:00 for UTC")
    tz = load_zone(zone)
    first, second = (local.replace(tzinfo=tz, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    ways = " or ".join(each.isoformat(timespec="minutes") for each in (first, second))
    how = "twice" if first.astimezone(UTC) < second.astimezone(UTC) else "never"
    raise ValueError(f"the clocks of {zone} show {text!r} {how}; write {ways}")


def _example(zone: str | None) -> str:
    """Return how a time is written, with the offset of a zone."""
    moment = datetime(2023, 5, 18, 7, 40, tzinfo=load_zone(zone) if zone else UTC)
    return moment.isoformat(timespec="minutes")


def _parse_day_or_month(text: str, zone: str | None) -> Bounds:
    if zone is None:
        raise ValueError(f"{text!r} is a day, not an instant; give a zone or a time with offset")
    tz = load_zone(zone)
    is_month = bool(_MONTH.fullmatch(text))
    try:
        first = date.fromisoformat(f"{text}-01" if is_month else text)
    except ValueError:
        raise ValueError(f"{text!r} is not in the calendar") from None
    _check_year(first.year, text)
    following = (
        date(first.year + first.month // 12, first.month % 12 + 1, 1)
        if is_month
        else first + timedelta(days=1)
    )
    return Bounds(earliest=_midnight(first, tz), latest=_midnight(following, tz))


def _check_year(year: int, text: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{text!r} is not in the years {FIRST_YEAR} to {LAST_YEAR}")


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=tz).astimezone(UTC)


@cache
def load_zone(name: str) -> ZoneInfo:
    """Return the IANA zone of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder, a name too long
        raise ValueError(unknown_zone(name)) from None


def check_zone(name: object, where: str) -> None:
    """Refuse a name that is no zone, at the place where it was given.

    Raises
    ------
    InputError
        If there is no such zone.
    """
    try:
        if not isinstance(name, str):
            raise ValueError(unknown_zone(name))  # noqa: TRY004, TRY301 - one message
        load_zone(name)
    except ValueError as error:
        raise InputError([Problem(what=str(error), where=where)]) from None


def unknown_zone(name: object) -> str:
    """Return what is said of a zone that there is not, with the zones like it.

    Examples
    --------
    >>> unknown_zone("berlin")
    "unknown time zone 'berlin'; did you mean 'Europe/Berlin'?"
    """
    known = sorted(available_timezones() - {"localtime", "Factory"})
    wanted = str(name).casefold().replace(" ", "_")
    cities = [each for each in known if each.casefold().rsplit("/", maxsplit=1)[-1] == wanted]
    near = did_you_mean(cities[:3] or nearest_names(str(name), known))
    return f"unknown time zone {name!r}; {near or 'write one such as Europe/Berlin, or UTC'}"


def format_instant(instant: datetime | None) -> str:
    """Return ``2023-05-18T04:40:00Z``; an empty text for ``None``."""
    return "" if instant is None else instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_instant(instant: datetime) -> str:
    """Return an instant in UTC, to the microsecond where it has any.

    Examples
    --------
    >>> write_instant(datetime(2023, 5, 18, 4, 40, tzinfo=UTC))
    '2023-05-18T04:40:00Z'
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def write_bounds(bounds: Bounds) -> str | dict[str, str] | None:
    """Return bounds as a file has them: what `read_bounds` reads; ``None`` for no bound.

    Examples
    --------
    >>> write_bounds(parse_time("2023-05-18", zone="UTC"))
    {'after': '2023-05-18T00:00:00Z', 'before': '2023-05-19T00:00:00Z'}
    """
    earliest, latest = bounds.earliest, bounds.latest
    if earliest is not None and earliest == latest:
        return write_instant(earliest)
    sides = {"after": earliest, "before": latest}
    return {name: write_instant(each) for name, each in sides.items() if each is not None} or None


def hours_between(start: datetime, end: datetime) -> float:
    """Return the hours from `start` to `end`."""
    return (end - start).total_seconds() / 3600.0


def add_hours(instant: datetime, hours: float) -> datetime:
    """Return the instant so many hours later, rounded to the second.

    Raises
    ------
    OverflowError
        If that is beyond the calendar.
    """
    if hours > hours_between(instant, LAST_INSTANT):
        raise OverflowError(f"{format_instant(instant)} + {hours:g} h is beyond the year 9000")
    return instant + timedelta(seconds=round(hours * 3600))


def to_microseconds(instant: datetime, origin: datetime) -> int:
    """Return the whole microseconds from an origin to an instant."""
    return (instant - origin) // _MICROSECOND


def reach_hours(instant: datetime, hours: float) -> datetime:
    """Return the instant so many hours later, or the end of the calendar if that comes first.

    Examples
    --------
    >>> start = parse_instant("2023-05-18T00:00:00Z")
    >>> format_instant(reach_hours(start, 6)), format_instant(reach_hours(start, 1e12))
    ('2023-05-18T06:00:00Z', '9000-01-01T00:00:00Z')
    """
    try:
        return add_hours(instant, hours)
    except OverflowError:
        return LAST_INSTANT


def sorted_instants(instants: Iterable[datetime | None]) -> tuple[datetime, ...]:
    """Return the distinct instants in order, leaving ``None`` out."""
    return tuple(sorted({instant for instant in instants if instant is not None}))
