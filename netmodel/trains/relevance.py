"""Which trains ran on which days of a window: of rows of one train, the narrowest counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta, tzinfo

from netmodel.arguments import refuse_wrong_kinds
from netmodel.times import Window
from netmodel.trains.train import DAY_MINUTES, Timetable, Train, expand_days

NEAR_DAYS = 365
"""A timetable holds for a year; so long before and after its documents may a train have run."""
LOCAL = ("regional", "suburban")
"""Kinds whose numbers are given again in other parts of a country."""


@dataclass(frozen=True, kw_only=True)
class RelevantTrains:
    """The trains of a window and the days on which each runs.

    Parameters
    ----------
    timetable
        Those that depart on one day at least, or are under way when the window begins.
    days
        By id of the train, in order.
    before
        By id of each train whose times reach over midnight: on which of the days before the window
        it departed and is under way when that begins.

    Examples
    --------
    >>> train = Train(id="1", number="1", kind="suburban", stops=("A", "B"), days="daily")
    >>> both = date(2026, 2, 1), date(2026, 2, 2)
    >>> relevant = RelevantTrains(timetable=Timetable(trains=(train,)), days={"1": both})
    >>> relevant.share("1", [date(2026, 2, 2), date(2026, 2, 3)])
    0.5
    """

    timetable: Timetable
    days: Mapping[str, tuple[date, ...]]
    before: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    _sets: dict[str, frozenset[date]] = field(default_factory=dict, repr=False, compare=False)

    def runs_on(self, train: str, day: date) -> bool:
        """Whether a train runs on a day."""
        if train not in self._sets:
            self._sets[train] = frozenset(self.days.get(train, ()))
        return day in self._sets[train]

    def share(self, train: str, days: Sequence[date]) -> float:
        """Return the trains a day: on how many of some days it runs, over their number."""
        return sum(self.runs_on(train, day) for day in days) / len(days)


@refuse_wrong_kinds
def relevant_trains(
    timetable: Timetable,
    window: Window,
    *,
    zone: tzinfo = UTC,
    published: Mapping[str, date] | None = None,
    near_days: int = NEAR_DAYS,
) -> RelevantTrains:
    """Return the trains that run in a window, and their days.

    A day that a row leaves open is filled in: from `near_days` before the first of its documents
    to `near_days` after the last, or after its first day where that is later. A row whose
    documents have no known date either is open there. Where several rows of one train are valid
    on a day, the one of the narrowest validity counts. Rows are of one train if they have the
    same number and operator and do not run the opposite way; regional and suburban trains, whose
    numbers recur in other regions, must share their first or their last stop too. They complete
    each other if they have no day of running in common, or are valid from and to the same days
    between other ends. A train whose days of running are not stated runs on all.

    Parameters
    ----------
    zone
        Of the days.
    published
        Date of each document by its id.
    near_days
        For how long a document speaks for the days before and after it.

    Examples
    --------
    >>> from netmodel.times import parse_instant
    >>> window = Window(start=parse_instant("2026-02-01T00:00Z"),
    ...                 end=parse_instant("2026-02-03T00:00Z"))
    >>> usual = Train(id="u", number="1", kind="long_distance", stops=("A", "B", "C"))
    >>> short = Train(id="s", number="1", kind="long_distance", stops=("A", "B"),
    ...               from_date=date(2026, 2, 2), to_date=date(2026, 2, 2))
    >>> found = relevant_trains(Timetable(trains=(usual, short)), window)
    >>> {train: [day.day for day in days] for train, days in found.days.items()}
    {'u': [1], 's': [2]}
    """
    days = days_of(window, zone)
    nights = {train.id: _nights(train) for train in timetable.trains}
    earlier = max(nights.values(), default=0)
    all_days = [days[0] - timedelta(days=back) for back in range(earlier, 0, -1)] + [*days]
    dates = published or {}
    rivals: dict[str, list[Train]] = {}
    for train in timetable.trains:
        rivals.setdefault(train.number, []).append(train)
    chosen: dict[str, tuple[date, ...]] = {}
    for trains in rivals.values():
        chosen |= _share_days(trains, all_days, dates, timedelta(days=near_days))
    before = {
        train: tuple(day for day in mine if 0 < (days[0] - day).days <= nights[train])
        for train, mine in chosen.items()
        if nights[train]
    }
    inside = {train: tuple(day for day in mine if day >= days[0]) for train, mine in chosen.items()}
    kept = tuple(each for each in timetable.trains if inside.get(each.id) or before.get(each.id))
    return RelevantTrains(
        timetable=Timetable(trains=kept, origins=timetable.origins),
        days={train.id: inside[train.id] for train in kept},
        before={train.id: before[train.id] for train in kept if before.get(train.id)},
    )


def _nights(train: Train) -> int:
    """Return how many times the clock of a train passes midnight, by its known times."""
    clocks = [at for each in train.times for at in (each.arrival, each.departure) if at is not None]
    return int(max(clocks, default=0) // DAY_MINUTES)


def days_of(window: Window, zone: tzinfo = UTC) -> tuple[date, ...]:
    """Return the days that a window touches.

    Examples
    --------
    >>> from netmodel.times import parse_instant
    >>> start, end = parse_instant("2026-02-01T22:00Z"), parse_instant("2026-02-02T22:00Z")
    >>> from zoneinfo import ZoneInfo
    >>> [day.day for day in days_of(Window(start=start, end=end), ZoneInfo("Europe/Kyiv"))]
    [2]
    """
    first = window.start.astimezone(zone).date()
    last = (window.end - timedelta(microseconds=1)).astimezone(zone).date()
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def _share_days(
    trains: Iterable[Train],
    days: Sequence[date],
    published: Mapping[str, date],
    near: timedelta,
) -> dict[str, tuple[date, ...]]:
    """Return the days of each of the rows of one number that runs at all."""
    spans = [(each, valid_days(each, published, near)) for each in trains]
    spans = [(each, span) for each, span in spans if span[0] <= days[-1] and days[0] <= span[1]]
    spans.sort(key=lambda pair: (pair[1][1] - pair[1][0], -pair[1][0].toordinal(), pair[0].id))
    # Between two days on which a row begins or ends to be valid, the same rows count.
    turns = {days[0], *(first for _, (first, _) in spans)}
    turns.update(last + timedelta(days=1) for _, (_, last) in spans if last < days[-1])
    starts = sorted(day for day in turns if days[0] <= day <= days[-1])
    found: dict[str, list[date]] = {}
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        first = (start - days[0]).days
        part = days[first : None if end is None else (end - days[0]).days]
        for train in _narrowest(spans, start):
            found.setdefault(train.id, []).extend(_running_days(train, part))
    return {train: tuple(mine) for train, mine in found.items() if mine}


def _running_days(train: Train, days: Sequence[date]) -> Iterable[date]:
    """Return those of some days in a row, on all of which a row is valid, on which it runs."""
    if not train.days or train.days == "daily":
        return days
    if train.days in ("odd", "even"):
        return [day for day in days if train.runs_on(day)]
    week = [bool(train.runs_on(day)) for day in days[:7]]
    return [day for number, day in enumerate(days) if week[number % 7]]


def valid_days(train: Train, published: Mapping[str, date], near: timedelta) -> tuple[date, date]:
    """Return the first and the last day of a row, filled in where it leaves them open.

    Parameters
    ----------
    published
        Date of each document by its id.
    near
        For how long a document speaks for the days before and after it.

    Examples
    --------
    >>> train = Train(id="1", number="1", kind="suburban", stops=("A", "B"), documents=("d",))
    >>> first, last = valid_days(train, {"d": date(2026, 2, 1)}, timedelta(days=365))
    >>> first.isoformat(), last.isoformat()
    ('2025-02-01', '2027-02-01')
    """
    told = sorted(published[each] for each in train.documents if each in published)
    known = [*told, *([train.from_date] if train.from_date else [])]
    first, last = train.from_date, train.to_date
    if first is None:
        first = min(told[0], last or told[0]) - near if told else date.min
    if last is None:
        last = max(known) + near if known else date.max
    return first, last


def _narrowest(spans: Sequence[tuple[Train, tuple[date, date]]], day: date) -> list[Train]:
    """Return the rows that count on a day; the narrowest come first."""
    counted: list[tuple[Train, tuple[date, date]]] = []
    for train, span in spans:
        if span[0] <= day <= span[1] and not any(
            _are_one(train, other)
            and not _are_apart(train, other)
            and (span != narrower or _ends(train) == _ends(other))
            for other, narrower in counted
        ):
            counted.append((train, span))
    return [train for train, _ in counted]


def _ends(train: Train) -> tuple[str, str]:
    return train.stops[0], train.stops[-1]


def _are_apart(one: Train, other: Train) -> bool:
    """Whether two rows have no day of running in common."""
    if not one.days or not other.days or "daily" in (one.days, other.days):
        return False
    if one.days in ("odd", "even") or other.days in ("odd", "even"):
        return {one.days, other.days} == {"odd", "even"}
    return not {*expand_days(one.days)} & {*expand_days(other.days)}


def _are_one(one: Train, other: Train) -> bool:
    """Whether two rows of one number tell of one train, and not of two or of both directions."""
    if one.operator != other.operator:
        return False
    if one.stops[0] == other.stops[-1] or one.stops[-1] == other.stops[0]:
        return False
    if one.kind in LOCAL or other.kind in LOCAL:
        return one.stops[0] == other.stops[0] or one.stops[-1] == other.stops[-1]
    return True
