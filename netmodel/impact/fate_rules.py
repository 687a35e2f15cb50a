"""Rules for the fates of trains, and what they decide for one train in one state."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.trains.train import KINDS

FATES = (
    "as timetabled", "slower", "detoured", "held", "cut short", "split", "not run",
)  # fmt: skip
"""What a state can do to a train, the mildest first."""
GETS_THROUGH = ("yes", "no", "in doubt")


@dataclass(frozen=True, slots=True, kw_only=True)
class FateRules:
    """How trains are taken to be worked when their course is closed.

    They tell what the network allowed, not what the dispatcher did: no rolling stock, platforms
    or conflicts between trains. In this order: a train is held where the closure is short, else
    diverted where a detour is good enough, else held where the closure ends in time, else cut.

    Parameters
    ----------
    hold_first_minutes
        Where the closure of its course lasts at most so long, a train is held even if it could
        be diverted. 360 by default; 0 for trains diverted whenever possible.
    detour_at_most_minutes
        A train is diverted if the quickest way from its first to its last stop takes at most so
        many minutes longer than its course. 480 by default.
    detour_at_most_share
        And at most so many times as many minutes longer as its course takes. No such limit (inf)
        by default.
    kinds_held
        Kinds of train that are never diverted; ``suburban`` by default.
    kinds_electric
        Kinds whose detours keep to links that are not known to lack the overhead line; none by
        default.
    skipped_stop_minutes
        What leaving out a stop, or a town to turn in, counts when ways are compared, minutes. 20
        by default.
    hold_at_most_minutes
        A train that cannot be diverted is held if the closure lasts at most so long. 900 by
        default. A closure lasts from its start to its end under the chosen times, also where these
        lie outside of the window; one without an end holds no train.
    detour_passes_population
        A train is diverted only by a way that passes the towns of at least so many inhabitants on
        its course: it runs for their sake. 200,000 by default; ``None`` for no such towns.
    turn_over_population
        A train may also turn in a town on its course of at least so many inhabitants where its
        documents name no stop, since few name them all. 50,000 by default; ``None`` for stops
        alone.

    Notes
    -----
    The defaults are those that explain most of the decisions that operators are reported to have
    taken in the calibration incidents, among a few dozen simple rules; `netmodel validate --out
    FILE` chooses them anew and prints how many they explain in other incidents. One incident often
    decides alone: a closure of four hours in which 17 trains were held sets `hold_first_minutes`.
    In one closure of 13 hours the same trains were held in one direction and diverted in the
    other, which no such rule can tell.

    Raises
    ------
    InputError
        With every figure out of its range, every unknown kind, and rules that contradict
        each other.

    Examples
    --------
    >>> FateRules().detour_limit(600.0)
    480.0
    >>> try:
    ...     FateRules(hold_first_minutes=1000)
    ... except InputError as error:
    ...     print(error.problems[0].what)
    hold_first_minutes (=1000) is over hold_at_most_minutes (=900)
    """

    hold_first_minutes: float = 360.0
    detour_at_most_minutes: float = 480.0
    detour_at_most_share: float = math.inf
    kinds_held: tuple[str, ...] = ("suburban",)
    kinds_electric: tuple[str, ...] = ()
    skipped_stop_minutes: float = 20.0
    hold_at_most_minutes: float = 900.0
    detour_passes_population: int | None = 200_000
    turn_over_population: int | None = 50_000

    def __post_init__(self) -> None:
        problems = list(_find_problems(self))
        if problems:
            raise InputError(problems)

    def detour_limit(self, minutes: float) -> float:
        """Return the minutes that a detour may add to a course of so many minutes.

        Examples
        --------
        >>> FateRules(detour_at_most_share=2.0).detour_limit(40.0)
        80.0
        """
        return min(self.detour_at_most_minutes, self.detour_at_most_share * max(minutes, 1.0))


def _find_problems(rules: FateRules) -> Iterator[Problem]:
    sound = True
    for name in (
        "detour_at_most_minutes", "detour_at_most_share", "hold_at_most_minutes",
        "hold_first_minutes", "skipped_stop_minutes",
    ):  # fmt: skip
        value = getattr(rules, name)
        if not _is_number(value) or not value >= 0:
            sound = False
            what = f"{name} (={value!r}) must be a number of at least 0"
            yield Problem(what=what, where=name)
    if sound and rules.hold_first_minutes > rules.hold_at_most_minutes:
        first, most = rules.hold_first_minutes, rules.hold_at_most_minutes
        what = f"hold_first_minutes (={first:g}) is over hold_at_most_minutes (={most:g})"
        yield Problem(what=what, remedy="no train is held for longer than hold_at_most_minutes")
    for name in ("kinds_held", "kinds_electric"):
        kinds = getattr(rules, name)
        if not isinstance(kinds, tuple):
            yield Problem(what=f"{name} (={kinds!r}) must be a tuple of kinds", where=name)
            continue
        for kind in kinds:
            if kind not in KINDS:
                remedy = did_you_mean(nearest_names(str(kind), KINDS))
                remedy = remedy or f"one of {', '.join(KINDS)}"
                yield Problem(what=f"unknown kind {kind!r}", where=name, remedy=remedy)
    for name in ("detour_passes_population", "turn_over_population"):
        size = getattr(rules, name)
        if size is not None and (not _is_number(size) or not size >= 0):
            what = f"{name} (={size!r}) must be a number of at least 0 or None"
            yield Problem(what=what, where=name)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a train.

    Parameters
    ----------
    fate
        One of `FATES`.
    extra_minutes
        Over its timetable: of the slower course, of the detour, or of the wait on the mean over
        the state (`HeldRuns` has that of trains of known hours); at least 0, and nan where it does
        not run from end to end.
    extra_km
        Of the detour; it may be shorter. nan as before.
    via
        Ids of the hubs of the detour that the course does not pass.
    turned_at, resumed_at
        Where its first part ends before its last stop, and where a part begins after its first.
    stops_missed
        Names of the stops in its timetable where it does not call.

    Examples
    --------
    >>> AS_TIMETABLED.fate, AS_TIMETABLED.extra_minutes
    ('as timetabled', 0.0)
    """

    fate: str
    extra_minutes: float = 0.0
    extra_km: float = 0.0
    via: tuple[str, ...] = ()
    turned_at: str = ""
    resumed_at: str = ""
    stops_missed: tuple[str, ...] = ()


AS_TIMETABLED = Fate(fate="as timetabled")


@dataclass(frozen=True, slots=True)
class KeptWay:
    """A way of a diverted train by the points of its course that it keeps.

    Parameters
    ----------
    minutes
        inf where there is none.
    kept
        Positions of the points that it passes.
    """

    minutes: float
    kept: tuple[int, ...]


def keep_points(
    along: Sequence[float],
    direct: Sequence[Sequence[float]],
    *,
    skipped_minutes: float,
    free: bool = False,
    must: Collection[int] = (),
) -> KeptWay:
    """Return the best way from the first to the last point of a course.

    Parameters
    ----------
    along
        Minutes of the course from each point to the next; inf where it is closed.
    direct
        Minutes of the quickest way between two points, by position.
    skipped_minutes
        What each point left out counts, beside the minutes.
    free
        Whether the train may leave its course where that is open too.
    must
        Positions of points that no way may leave out.

    Examples
    --------
    >>> direct = [[0, 9, 60, 70], [9, 0, 50, 60], [60, 50, 0, 10], [70, 60, 10, 0]]
    >>> keep_points([10, float("inf"), 10], direct, skipped_minutes=20)
    KeptWay(minutes=70.0, kept=(0, 1, 2, 3))
    """
    size = len(along) + 1
    shut = [0]
    for minutes in along:
        shut.append(shut[-1] + math.isinf(minutes))
    best, taken = [0.0] + [math.inf] * (size - 1), [0.0] + [math.inf] * (size - 1)
    before = [-1] * size
    for last in range(1, size):
        for first in range(max((point for point in must if point < last), default=0), last):
            step = along[first] if last == first + 1 else math.inf
            if free or shut[last] > shut[first]:
                step = min(step, direct[first][last])
            score = best[first] + step + skipped_minutes * (last - first - 1)
            if score < best[last]:
                best[last], taken[last], before[last] = score, taken[first] + step, first
    kept = []
    place = size - 1 if math.isfinite(best[-1]) else -1
    while place >= 0:
        kept.append(place)
        place = before[place]
    return KeptWay(taken[-1], tuple(reversed(kept)))


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a course where a train stops or may turn.

    Parameters
    ----------
    stop
        Position of the stop; -1 where the timetable names none.
    must
        Whether a detour has to pass it.
    """

    name: str
    stop: int
    must: bool = False


def cut_course(points: Sequence[Point], is_open: Sequence[bool]) -> Fate:
    """Return the fate of a train that runs over the open pieces of its course alone.

    Parameters
    ----------
    is_open
        Whether the course is open from each point to the next.

    Examples
    --------
    >>> points = [Point("A", 0), Point("B", 1), Point("C", 2), Point("D", 3)]
    >>> cut_course(points, [True, False, True]).fate, cut_course(points, [True, False, False]).fate
    ('split', 'cut short')
    """
    pieces = [[0]]
    for place, passed in enumerate(is_open):
        if passed:
            pieces[-1].append(place + 1)
        else:
            pieces.append([place + 1])
    run = [piece for piece in pieces if len(piece) > 1 and any(points[p].stop >= 0 for p in piece)]
    served = {points[place].stop for piece in run for place in piece}
    missed = tuple(point.name for point in points if point.stop >= 0 and point.stop not in served)
    if not run:
        return Fate(fate="not run", extra_minutes=math.nan, extra_km=math.nan, stops_missed=missed)
    starts, ends = run[0][0] == 0, run[-1][-1] == len(points) - 1
    return Fate(
        fate="split" if len(run) > 1 else "cut short",
        extra_minutes=math.nan,
        extra_km=math.nan,
        turned_at=points[run[0][-1]].name if starts or not ends else "",
        resumed_at=points[run[-1][0]].name if ends or len(run) > 1 or not starts else "",
        stops_missed=missed,
    )
