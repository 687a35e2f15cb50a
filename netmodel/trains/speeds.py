"""Minutes of single links by kind of train, estimated from the timed legs of published trains."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.files.whole import write_file
from netmodel.network.railway import Link, Network
from netmodel.routing.profiles import COLUMNS, TIMED_PROFILES, LinkTime, Profile
from netmodel.trains.course import Courses, Leg, find_courses
from netmodel.trains.train import Timetable, Train

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PROFILE_NAME: Mapping[str, str] = {
    "intercity": "intercity",
    "long_distance": "passenger",
    "international": "passenger",
    "regional": "regional",
    "suburban": "suburban",
}
"""The profile of each kind of train."""
ZONES: Mapping[str, int] = {"PL": -60, "SK": -60, "HU": -60}
"""Minutes of the clock of a country less those of Ukraine."""
STOP_MINUTES: Mapping[str, float] = {
    "intercity": 2.0, "passenger": 5.0, "regional": 2.0, "suburban": 2.0
}  # fmt: skip
"""What a stop costs: about the lower quartile of the stops for which documents give both times,
which are mostly the long ones. Minutes of links hold the usual stops; a train that is led another
way without its stops saves these."""
BORDER_MINUTES = 60.0
"""What a border costs before anything is estimated."""
HALVES = "175"
"""What goes before the ends of a line in its hash: of 400 numbers, the one that parts the legs and
lines of every kind of train most nearly into halves; chosen for that alone."""
QUICKEST_KMH: Mapping[str, float] = {
    "passenger": 100.0, "regional": 110.0, "intercity": 150.0, "suburban": 90.0
}  # fmt: skip
SLOWEST_KMH = 10.0
"""A leg outside of these is not used: a day is missing, or the train goes by another way."""
SPREAD = 0.08
"""How far, in logarithms, trains of one kind differ over the same leg."""
ROUNDING = 3.0
"""Minutes by which a clock time may be off against the running."""
PRIOR: Mapping[str, float] = {
    "scale": 0.05,
    "class": 0.05,
    "tracks": 0.15,
    "electrified": 0.1,
    "link": 0.03,
    "kind": 0.06,
    "border": 0.6,
}
"""How far, in logarithms, each part of the pace may plausibly be from its neighbour or class. That
of a link was chosen by leaving out quarters of the lines for calibration in turn: of 0.2, 0.12,
0.06 and 0.03 the last has the least mean error on those left out (14.0 %; 0.12 has 14.9 %)."""
STEPS = 12
"""Steps of Gauss–Newton, at most."""
OUTLYING = 2.5
"""From how many spreads on a leg weighs clearly less."""
ROUNDS = 4
"""Courses follow the minutes and these follow the courses, at most so often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedLeg:
    """A leg with published times and the links that it runs over.

    Parameters
    ----------
    minutes
        From departure to arrival, the clocks of both ends made one.
    km
        By position of the link in the network.
    borders
        Which borders it crosses: the countries of each, as ``MD-UA``.
    unused
        Why the leg says nothing about speeds; empty where it does.
    """

    train: Train
    start: str
    end: str
    minutes: float
    km: Mapping[int, float]
    borders: tuple[str, ...]
    unused: str = ""

    @property
    def profile(self) -> str:
        """Name of the profile of its kind."""
        return PROFILE_NAME[self.train.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSpeeds:
    """Estimated minutes of every link for every kind of train.

    Parameters
    ----------
    minutes
        By name of the profile: minutes of each link, borders included, shape ``(links,)``.
    border_minutes
        What a border costs, by the countries on its two sides.
    legs
        The timed legs on the courses that these minutes give, those not used with the reason.
    rounds
        After how many rounds the courses stood.
    """

    network: Network
    minutes: Mapping[str, NDArray[np.float64]]
    border_minutes: Mapping[str, float]
    legs: tuple[TimedLeg, ...]
    rounds: int = 0

    def profiles(self) -> Mapping[str, Profile]:
        """Return the profile of each kind of train with these minutes."""
        timed = {
            name: replace(profile, times=_times(self.network, self.minutes[name]))
            for name, profile in TIMED_PROFILES.items()
        }
        return {kind: timed[name] for kind, name in PROFILE_NAME.items()}

    def predict(self, leg: TimedLeg) -> float:
        """Return the minutes of a leg by these speeds."""
        minutes = self.minutes[leg.profile]
        length = [self.network.links[link].length_km for link in leg.km]
        shares = zip(leg.km.items(), length, strict=True)
        return sum(float(minutes[link]) * km / whole for (link, km), whole in shares)

    def errors(self, half: str) -> Mapping[str, NDArray[np.float64]]:
        """Return model over timetable less 1 of every train, by profile.

        Over all its timed legs together that are used.
        """
        sums: dict[tuple[str, str], NDArray[np.float64]] = {}
        for leg in self.legs:
            if not leg.unused and half_of(leg.train) == half:
                key = leg.profile, leg.train.id
                both = np.array([self.predict(leg), leg.minutes])
                sums[key] = sums.get(key, np.zeros(2)) + both
        found: dict[str, list[float]] = {}
        for (profile, _), (model, timetable) in sums.items():
            found.setdefault(profile, []).append(float(model / timetable - 1))
        return {name: np.array(found[name]) for name in sorted(found)}


def half_of(train: Train) -> str:
    """Return whether a train serves to estimate speeds (``calibration``) or to check them.

    By a hash of the two ends of its line, so that both directions, and the trains of all years,
    are on the same side.

    Examples
    --------
    >>> one = Train(id="1", number="1", kind="suburban", stops=("Kyiv", "Nizhyn"))
    >>> other = Train(id="2", number="2", kind="regional", stops=("Nizhyn", "Kyiv"))
    >>> half_of(one) == half_of(other)
    True
    """
    line = ";".join((HALVES, *sorted(train.pair)))
    return "check" if zlib.crc32(line.encode()) % 2 else "calibration"


def fit_link_speeds(
    timetable: Timetable,
    network: Network,
    *,
    use: Callable[[Train], bool] = lambda train: half_of(train) == "calibration",
) -> LinkSpeeds:
    """Estimate the minutes of each link by kind of train from timed legs.

    The logarithm of the minutes per kilometre is a sum: the speed of the class by kind of train;
    the number of tracks; what is particular to the link; and what is particular to the link for
    one kind. The last two are near to those of the neighbouring links of the same class, and each
    part is near to nothing, as far as `PRIOR` lets it be. The sum of squares of
    log(model / timetable) over the legs is least under these pulls, so that a link without
    timetables keeps the speed of its class and its surroundings, and none is negative. Legs that
    fit badly weigh less. The courses follow the minutes until they stand.

    Parameters
    ----------
    use
        Which trains serve to estimate; the legs of all are kept with the result.

    Raises
    ------
    InputError
        If the network does not know a stop.
    """
    timed = Timetable(
        trains=tuple(train for train in timetable.trains if any(train.timed_legs())),
        origins=timetable.origins,
    )
    profiles: Mapping[str, Profile] = {
        kind: replace(TIMED_PROFILES[name], times={}) for kind, name in PROFILE_NAME.items()
    }
    legs = timed_legs(find_courses(timed, network, profiles=profiles), network)
    for number in range(1, ROUNDS + 1):
        usable = [leg for leg in legs if not leg.unused and use(leg.train)]
        minutes, borders = _solve(network, usable)
        speeds = LinkSpeeds(
            network=network, minutes=minutes, border_minutes=borders, legs=legs, rounds=number
        )
        before = [leg.km for leg in legs]
        legs = timed_legs(find_courses(timed, network, profiles=speeds.profiles()), network)
        if [leg.km for leg in legs] == before:
            break
    return replace(speeds, legs=legs)


def timed_legs(courses: Courses, network: Network) -> tuple[TimedLeg, ...]:
    """Return the legs with known times of all trains that have a course."""
    inner = courses.promotion.network
    parent = {part: whole for whole, parts in courses.promotion.parts.items() for part in parts}
    between: dict[tuple[str, str], list[Link]] = {}
    for link in inner.links:
        for pair in ((link.from_hub, link.to_hub), (link.to_hub, link.from_hub)):
            between.setdefault(pair, []).append(link)
    legs = []
    for course in courses.courses.values():
        for start, end, minutes in course.train.timed_legs():
            run = [leg for leg in course.legs if leg.start >= start and leg.end <= end]
            parts = [part for leg in run for part in _parts(leg, between, parent)]
            legs.append(_timed_leg(course.train, start, end, minutes, parts, courses, network))
    return tuple(legs)


def _parts(
    leg: Leg, between: Mapping[tuple[str, str], Sequence[Link]], parent: Mapping[str, str]
) -> list[tuple[str, float]]:
    """Return the links of a leg, each with the km that it runs over it."""
    parts = []
    for pair in pairwise(leg.hubs):
        wanted = [each for each in between[pair] if parent.get(each.id, each.id) in leg.links]
        part = min(wanted, key=lambda each: each.length_km)
        parts.append((parent.get(part.id, part.id), part.length_km))
    return parts


def _timed_leg(
    train: Train,
    start: int,
    end: int,
    minutes: float,
    parts: Sequence[tuple[str, float]],
    courses: Courses,
    network: Network,
) -> TimedLeg:
    km: dict[int, float] = {}
    for link, length in parts:
        position = network.link_index[link]
        km[position] = km.get(position, 0.0) + length
    ends = [_country(train.stops[at], courses, network) for at in (start, end)]
    minutes += ZONES.get(ends[0], 0) - ZONES.get(ends[1], 0)
    borders = tuple(filter(None, (border_of(network, network.links[link]) for link in km)))
    total = sum(km.values())
    speed = 60.0 * total / minutes if minutes > 0 else np.inf
    unused = ""
    if total == 0:
        unused = "both ends are one place"
    elif speed > QUICKEST_KMH[PROFILE_NAME[train.kind]]:
        unused = f"{speed:.0f} km/h: the days under way are not stated"
    elif speed < SLOWEST_KMH:
        unused = f"{speed:.0f} km/h: it stands, or goes by another way"
    return TimedLeg(
        train=train,
        start=train.stops[start],
        end=train.stops[end],
        minutes=minutes,
        km=km,
        borders=borders,
        unused=unused,
    )


def _country(place: str, courses: Courses, network: Network) -> str:
    hub = courses.hub_of[place]
    return network.hub(hub).country if hub in network.hub_index else "UA"


def border_of(network: Network, link: Link) -> str:
    """Return the countries that a link joins, as ``MD-UA``; empty where there is no control.

    The trains over the Kerch strait are timed without a wait, and no other train of the record
    runs between Ukraine and Russia.
    """
    countries = sorted({network.hub(hub).country for hub in (link.from_hub, link.to_hub)} - {""})
    return "" if len(countries) < 2 or countries == ["RU", "UA"] else "-".join(countries)


class _Parts:
    """The parts of which the logarithm of the pace of each link, by profile, is the sum."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.columns: dict[tuple[str, ...], int] = {}
        self.of = {
            name: [self._columns(link, name) for link in network.links] for name in TIMED_PROFILES
        }
        self.borders = [border_of(network, link) for link in network.links]
        self.border = {
            name: self._column(("border", name)) for name in sorted({*self.borders} - {""})
        }
        self.base = {
            name: [60.0 / profile.speed_kmh[link.line_class] for link in network.links]
            for name, profile in TIMED_PROFILES.items()
        }

    def _columns(self, link: Link, profile: str) -> list[int]:
        names: list[tuple[str, ...]] = [
            ("scale", profile),
            ("class", profile, link.line_class),
            ("link", link.id),
            ("kind", profile, link.id),
        ]
        if link.tracks == 1:
            names.append(("tracks",))
        if link.electrified is False:
            names.append(("electrified",))
        return [self._column(name) for name in names]

    def _column(self, name: tuple[str, ...]) -> int:
        return self.columns.setdefault(name, len(self.columns))

    def times(self, leg: TimedLeg, x: NDArray[np.float64]) -> list[tuple[list[int], float]]:
        """Return the minutes of each link and border of a leg, with the parts that they hang on."""
        of, base = self.of[leg.profile], self.base[leg.profile]
        links = [
            (of[link], float(km * base[link] * np.exp(x[of[link]].sum())))
            for link, km in leg.km.items()
        ]
        crossed = [self.border[name] for name in leg.borders]
        return links + [([each], BORDER_MINUTES * float(np.exp(x[each]))) for each in crossed]

    def minutes(self, x: NDArray[np.float64]) -> Mapping[str, NDArray[np.float64]]:
        """Return the minutes of every link by profile."""
        length = np.array([link.length_km for link in self.network.links])
        cost = self.border_minutes(x)
        waits = np.array([cost.get(name, 0.0) for name in self.borders])
        return {
            name: length * self.base[name] * np.exp([x[each].sum() for each in of]) + waits
            for name, of in self.of.items()
        }

    def border_minutes(self, x: NDArray[np.float64]) -> Mapping[str, float]:
        return {name: BORDER_MINUTES * float(np.exp(x[at])) for name, at in self.border.items()}


def _solve(
    network: Network, legs: Sequence[TimedLeg]
) -> tuple[Mapping[str, NDArray[np.float64]], Mapping[str, float]]:
    """Return the minutes of each link by profile, and those of a border, by Gauss–Newton."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    parts = _Parts(network)
    pull = _pulls(network, parts)
    x = np.zeros(len(parts.columns))
    rounding = np.array([ROUNDING / leg.minutes for leg in legs])
    weight = 1.0 / np.sqrt((SPREAD**2 + rounding**2) * _repeats(legs))
    robust = np.ones(len(legs))
    for _ in range(STEPS):
        times = [parts.times(leg, x) for leg in legs]
        totals = np.array([sum(minutes for _, minutes in each) for each in times])
        off = np.log([leg.minutes for leg in legs]) - np.log(totals)
        cells = [
            (row, column, minutes / totals[row])
            for row, each in enumerate(times)
            for columns, minutes in each
            for column in columns
        ]
        rows, columns, shares = zip(*cells, strict=True)
        slope = sparse.csr_matrix((shares, (rows, columns)), shape=(len(legs), len(x)))
        slope = sparse.diags(weight * robust) @ slope
        left = (slope.T @ slope + pull).tocsc()
        step = spsolve(left, slope.T @ (weight * robust * off) - pull @ x)
        x = x + np.clip(step, -0.5, 0.5)
        robust = np.sqrt(1.0 / (1.0 + (off * weight / OUTLYING) ** 2))
        if np.abs(step).max() < 1e-4:
            break
    return parts.minutes(x), parts.border_minutes(x)


def _pulls(network: Network, parts: _Parts) -> csr_matrix:
    """Return the precision of the parts: each near nothing, those of neighbours near each other."""
    from scipy import sparse

    count = len(parts.columns)
    rows: list[int] = []
    cols: list[int] = []
    values: list[float] = []

    def add(one: int, other: int | None, spread: float) -> None:
        precision = 1.0 / spread**2
        pairs = [(one, one, 1.0)]
        if other is not None:
            pairs += [(other, other, 1.0), (one, other, -1.0), (other, one, -1.0)]
        for row, col, sign in pairs:
            rows.append(row)
            cols.append(col)
            values.append(sign * precision)

    for names, column in parts.columns.items():
        spread = PRIOR[names[0]]
        add(column, None, spread * 2 if names[0] in ("link", "kind") else spread)
    for hub in network.hubs:
        for one, other in pairwise(sorted(network.links_at_hub[hub.id])):
            if network.link(one).line_class != network.link(other).line_class:
                continue
            add(parts.columns["link", one], parts.columns["link", other], PRIOR["link"])
            for name in TIMED_PROFILES:
                left, right = ("kind", name, one), ("kind", name, other)
                add(parts.columns[left], parts.columns[right], PRIOR["kind"])
    return sparse.csr_matrix((values, (rows, cols)), shape=(count, count))


def _repeats(legs: Sequence[TimedLeg]) -> NDArray[np.float64]:
    """Return how many legs of one kind each leg shares its two ends with, itself included."""
    keys = [(leg.profile, frozenset((leg.start, leg.end))) for leg in legs]
    counts: dict[object, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return np.array([counts[key] for key in keys], dtype=np.float64)


def _times(network: Network, minutes: NDArray[np.float64]) -> Mapping[str, LinkTime]:
    return {
        link.id: LinkTime(length_km=link.length_km, minutes=float(minutes[number]))
        for number, link in enumerate(network.links)
        if link.line_class not in ("industrial", "road")
    }


def write_link_speeds(speeds: LinkSpeeds, path: Path | str, *, used: Iterable[TimedLeg]) -> Path:
    """Write ``speeds.csv``: the minutes of each link by kind of train; return the path.

    Parameters
    ----------
    used
        The legs that served to estimate them, to tell on how many each link rests.
    """
    counts = np.zeros(len(speeds.network.links), dtype=int)
    for leg in used:
        counts[list(leg.km)] += 1
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, link in enumerate(speeds.network.links):
        if link.line_class in ("industrial", "road"):
            continue
        minutes = [f"{speeds.minutes[name][number]:.1f}" for name in COLUMNS[2:6]]
        basis = "timetables" if counts[number] else "class and neighbouring links"
        if border_of(speeds.network, link):
            basis += "; with a border"
        writer.writerow([link.id, f"{link.length_km:g}", *minutes, counts[number], basis])
    write_file(Path(path), text.getvalue())
    return Path(path)
