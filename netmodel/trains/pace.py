"""The pace of trains on each link as a sum of few parts, fitted to timed legs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.network.railway import Link, Network
from netmodel.routing.profiles import TIMED_PROFILES
from netmodel.trains.halts import stops_on_links
from netmodel.trains.timed_legs import TimedLeg, border_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BORDER_MINUTES = 60.0
"""What a border costs before anything is estimated."""
SPREAD = 0.12
"""How far, in logarithms, trains of one kind differ over the same leg."""
ROUNDING = 3.0
"""Minutes by which a clock time may be off against the running."""
PRIOR: Mapping[tuple[str, ...], float] = {
    ("scale",): 0.02,
    ("scale", "suburban"): 0.2,
    ("class",): 0.02,
    ("class", "suburban"): 0.1,
    ("tracks",): 0.15,
    ("electrified",): 0.1,
    ("link",): 0.06,
    ("kind",): 0.12,
    ("border",): 0.6,
}
"""How far, in logarithms, each part of the pace may plausibly be from its neighbour or class; the
row of a profile comes before that of all. The speeds of classes and those of a stop were chosen by
leaving out eighths of the lines for calibration in turn, for a small mean error on those left out,
each line counted once; of the links and `SPREAD` many figures do as well there, so that these let a
link take the minutes of its own trains (docs/speeds.md)."""
OWN_PARTS = ("passenger", "regional")
"""The profiles that single track and the want of wires may slow in a way of their own, chosen like
the speeds of classes."""
STOP_MINUTES = 2.0
"""What a stop costs a train that calls everywhere: the stop, braking and starting."""
BETWEEN_STOPS = 1.6
"""The speed of such a train between two stops over its speed with them."""
STEPS = 12
"""Steps of Gauss–Newton, at most."""
OUTLYING = 2.5
"""From how many spreads on a leg weighs clearly less."""


class PaceParts:
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
        pace = self.base["suburban"]
        for place, stops in stops_on_links(network).items():
            stopping = STOP_MINUTES * stops / network.links[place].length_km
            pace[place] = pace[place] / BETWEEN_STOPS + stopping

    def _columns(self, link: Link, profile: str) -> list[int]:
        names: list[tuple[str, ...]] = [
            ("scale", profile),
            ("class", profile, link.line_class),
            ("link", link.id),
            ("kind", profile, link.id),
        ]
        slow: list[tuple[str, ...]] = []
        if link.tracks == 1:
            slow.append(("tracks",))
        if link.electrified is False:
            slow.append(("electrified",))
        names += slow
        if profile in OWN_PARTS:
            names += [(*name, profile) for name in slow]
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
        """Return what each border costs."""
        return {name: BORDER_MINUTES * float(np.exp(x[at])) for name, at in self.border.items()}


def fit_pace(
    network: Network, legs: Sequence[TimedLeg]
) -> tuple[Mapping[str, NDArray[np.float64]], Mapping[str, float]]:
    """Return the minutes of each link by profile, and those of a border, by Gauss–Newton."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    parts = PaceParts(network)
    pull = part_precision(network, parts)
    x = np.zeros(len(parts.columns))
    weight = leg_weights(legs)
    robust = np.ones(len(legs))
    for _ in range(STEPS):
        times = [parts.times(leg, x) for leg in legs]
        totals = np.array([sum(minutes for _, minutes in each) for each in times])
        off = np.log([leg.running for leg in legs]) - np.log(totals)
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
        robust = outlying_weights(off, weight)
        if np.abs(step).max() < 1e-4:
            break
    return parts.minutes(x), parts.border_minutes(x)


def leg_weights(legs: Sequence[TimedLeg]) -> NDArray[np.float64]:
    """Return one over how far, in logarithms, each leg may be off, shape ``(legs,)``.

    Legs of one kind between the same two ends share the weight of one.
    """
    rounding = np.array([ROUNDING / leg.running for leg in legs])
    weights: NDArray[np.float64] = 1.0 / np.sqrt((SPREAD**2 + rounding**2) * _repeats(legs))
    return weights


def outlying_weights(off: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much less a leg weighs that is far off, from 0 to 1."""
    weights: NDArray[np.float64] = np.sqrt(1.0 / (1.0 + (off * weight / OUTLYING) ** 2))
    return weights


def part_precision(network: Network, parts: PaceParts) -> csr_matrix:
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
        spread = _prior(names)
        add(column, None, spread * 2 if names[0] in ("link", "kind") else spread)
    for hub in network.hubs:
        for one, other in pairwise(sorted(network.links_at_hub[hub.id])):
            if network.link(one).line_class != network.link(other).line_class:
                continue
            add(parts.columns["link", one], parts.columns["link", other], _prior(("link", one)))
            for name in TIMED_PROFILES:
                left, right = ("kind", name, one), ("kind", name, other)
                add(parts.columns[left], parts.columns[right], _prior(left))
    return sparse.csr_matrix((values, (rows, cols)), shape=(count, count))


def _prior(names: tuple[str, ...]) -> float:
    """Return how far a part may be from nothing."""
    return PRIOR.get(names[:2], PRIOR[names[:1]])


def _repeats(legs: Sequence[TimedLeg]) -> NDArray[np.float64]:
    """Return how many legs of one kind each leg shares its two ends with, itself included."""
    keys = [(leg.profile, frozenset((leg.start, leg.end))) for leg in legs]
    counts: dict[object, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return np.array([counts[key] for key in keys], dtype=np.float64)
