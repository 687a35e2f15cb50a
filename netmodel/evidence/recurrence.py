"""Closures that come again: the nights of planned works, each with its own start and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from netmodel.evidence.vocabulary import Checks
from netmodel.times import load_zone
from netmodel.trains.train import WEEKDAYS, expand_days

MOST_OCCURRENCES = 1000
"""So many outages of one incident on one link are enough; a longer series is another incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """On which days a closure comes again, and from when to when.

    Parameters
    ----------
    days
        ``daily``, or weekdays such as ``mon-fri`` and ``sat;sun``: those on which it begins.
    from_clock, to_clock
        ``HH:MM`` in the zone of the incident; an end that is not after the beginning is on the
        next day. Where the clocks show an hour twice, the beginning is the first and the end the
        second.
    until
        The last day on which it begins.

    Raises
    ------
    InputError
        With every argument that is wrong.

    Examples
    --------
    >>> nights = Recurrence(days="mon-fri", from_clock="23:00", to_clock="05:00",
    ...                     until="2026-03-13")
    >>> nights.until
    datetime.date(2026, 3, 13)
    """

    days: str
    from_clock: str
    to_clock: str
    until: date

    def __post_init__(self) -> None:
        checks = Checks()
        try:
            self.weekdays  # noqa: B018 - it is read to be checked
        except (ValueError, AttributeError):
            checks.refuse(f"{self.days!r} names no days", "days", "write daily, mon-fri or sat;sun")
        for name in ("from_clock", "to_clock"):
            if not isinstance(getattr(self, name), str) or _read_clock(getattr(self, name)) is None:
                what = f"{getattr(self, name)!r} is no time of day"
                checks.refuse(what, name.removesuffix("_clock"), "write it as 23:00")
        until = _read_day(self.until)
        if until is None:
            checks.refuse(f"{self.until!r} is no day", "until", "write it as 2026-03-13")
        checks.done()
        object.__setattr__(self, "until", until)

    @property
    def weekdays(self) -> tuple[str, ...]:
        """The days of the week on which it begins."""
        return WEEKDAYS if self.days == "daily" else expand_days(self.days)

    def count_days(self, start: datetime, zone: str) -> int:
        """Return how many days there are from a start to the last day, both included."""
        return max(0, (self.until - start.astimezone(load_zone(zone)).date()).days + 1)

    def occurrences(
        self, start: datetime, end: datetime | None, zone: str
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield the beginning and end of each closure that begins from a start on, UTC.

        Parameters
        ----------
        end
            None begins at or after it; ``None`` where only the last day ends the series.

        Examples
        --------
        >>> nights = Recurrence(days="daily", from_clock="23:00", to_clock="05:00",
        ...                     until="2026-03-29")
        >>> start = datetime(2026, 3, 26, 22, tzinfo=UTC)  # 27 March in Kyiv
        >>> [(last - first).total_seconds() / 3600
        ...  for first, last in nights.occurrences(start, None, "Europe/Kyiv")]
        [6.0, 5.0, 6.0]
        """
        tz = load_zone(zone)
        opens, closes = _read_clock(self.from_clock), _read_clock(self.to_clock)
        assert opens is not None  # noqa: S101 - checked at birth
        assert closes is not None  # noqa: S101
        day, weekdays = start.astimezone(tz).date(), self.weekdays
        while day <= self.until:
            begin = datetime.combine(day, opens, tz).astimezone(UTC)
            next_day = day + timedelta(days=closes <= opens)
            finish = datetime.combine(next_day, closes.replace(fold=1), tz).astimezone(UTC)
            if end is not None and begin >= end:
                return
            if begin >= start and WEEKDAYS[day.weekday()] in weekdays and begin < finish:
                yield begin, finish
            day += timedelta(days=1)


def _read_clock(text: str) -> time | None:
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError:
        return None


def _read_day(value: object) -> date | None:
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
