"""What each incident did to the loss.

The loss of a set of incidents is the area over the performance curve when only they happen. It
is a sum over states, and in a state only the incidents active in it matter. So the Shapley value
(Shapley 1953, doi:10.1515/9781400881970-018) is a sum over states too, each a game between few
incidents, and is exact however many incidents a year has, as long as few coincide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.evidence.timing import ALWAYS, AllowedTimes
from netmodel.impact.loss import LossModel
from netmodel.outages.milestones import MilestoneLimits, as_microseconds
from netmodel.outages.outage import MilestoneTimes

EXACT_UP_TO = 12
"""Incidents in force at once up to which Shapley shares are exact."""
PERMUTATIONS = 512
"""Orders drawn for a state with more."""
TOLD_APART = 16_384
"""Sets of outages up to which those that several states share are counted once."""
_WITHOUT_COSTS = ("advisory", "limited", "single_track", "none")
"""Effects that change the cost of no link, as a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one incident did to the resilience loss, hours.

    Parameters
    ----------
    alone
        Loss if it were the only one, beyond that of the background.
    leave_one_out
        By how much the loss falls if it had not happened.
    share
        Shapley share: its mean contribution over all orders in which the incidents could be
        added. The shares sum to the loss of all, beyond the background.
    standard_error
        Of the share; 0 where it is exact.
    """

    incident: str
    alone: float
    leave_one_out: float
    share: float
    standard_error: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The resilience loss of a window, shared out among its incidents, hours.

    Parameters
    ----------
    loss
        Of everything together.
    background
        With none of the incidents, only what stands beside them.
    shares
        In the order of the incidents.
    """

    loss: float
    background: float
    shares: tuple[Share, ...]

    @property
    def compounding(self) -> float:
        """Loss together over the sum of the losses alone, both beyond the background.

        1 where incidents do not meet; above 1 where they are worse together, the systemic
        effect; below 1 where one only cuts what another has cut. nan when none does anything
        alone and nothing together; inf when they do something only together.
        """
        alone = sum(share.alone for share in self.shares)
        return compounding(self.loss - self.background, alone)


def compounding(together: float, alone: float) -> float:
    """Return the loss together over the sum of losses alone; see `Attribution.compounding`.

    Examples
    --------
    >>> compounding(30.0, 20.0), compounding(5.0, 0.0), compounding(0.0, 0.0)
    (1.5, inf, nan)
    """
    if abs(alone) < 1e-12:
        return math.inf if together > 1e-12 else math.nan
    return together / alone


def attribute_loss(
    model: LossModel,
    times: Mapping[str, MilestoneTimes],
    incidents: Sequence[str],
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Share the resilience loss out among incidents.

    Parameters
    ----------
    times
        Chosen milestone times of every incident of the model.
    incidents
        Those among which the loss is shared; all others are background.
    seed
        For the orders drawn in states with more than `EXACT_UP_TO` incidents in force.
    progress
        Called after each set of outages with about how many are measured, and of how many.

    Examples
    --------
    ``docs/uncertainty.md`` works a case by hand; `netmodel.runs.uncertainty.attribute_run`
    does it for a run.
    """
    game = _Game(model, incidents, progress)
    alone, left_out = np.zeros(len(incidents)), np.zeros(len(incidents))
    shares, variances = np.zeros(len(incidents)), np.zeros(len(incidents))
    loss = background = 0.0
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    states = model.hours_of_sets(as_microseconds(model.limits, times))
    game.expect(states)
    for active, hours in states.items():
        players, value = game.in_state(active)
        everyone = (1 << len(players)) - 1
        loss += hours * value(everyone)
        background += hours * value(0)
        if len(players) <= EXACT_UP_TO:
            state_shares = shapley_values(len(players), value)
            errors = np.zeros(len(players))
        else:
            state_shares, errors = sample_shapley(
                len(players), value, permutations=PERMUTATIONS, rng=rng
            )
        for place, player in enumerate(players):
            alone[player] += hours * (value(1 << place) - value(0))
            left_out[player] += hours * (value(everyone) - value(everyone & ~(1 << place)))
            shares[player] += hours * state_shares[place]
            variances[player] += (hours * errors[place]) ** 2
    return Attribution(
        loss=loss,
        background=background,
        shares=tuple(
            Share(
                incident=incident,
                alone=float(alone[number]),
                leave_one_out=float(left_out[number]),
                share=float(shares[number]),
                standard_error=float(math.sqrt(variances[number])),
            )
            for number, incident in enumerate(incidents)
        ),
    )


def loss_alone(
    model: LossModel, times: Mapping[str, MilestoneTimes], incidents: Sequence[str]
) -> tuple[float, float]:
    """Return the loss of all incidents together and the sum of their losses alone, hours.

    Both beyond that of the background; the first over the second is the compounding.
    """
    game = _Game(model, incidents)
    together = alone = 0.0
    for active, hours in model.hours_of_sets(as_microseconds(model.limits, times)).items():
        players, value = game.in_state(active)
        together += hours * (value((1 << len(players)) - 1) - value(0))
        alone += hours * sum(value(1 << place) - value(0) for place in range(len(players)))
    return together, alone


def sets_to_solve(
    model: LossModel, times: Mapping[str, MilestoneTimes], incidents: Sequence[str]
) -> tuple[int, int]:
    """Return about how many sets of outages an attribution measures, to tell what it costs.

    Returns
    -------
    sets : int
        Distinct ones.
    searches : int
        Those of them between which the cost of some link differs.
    """
    states = model.hours_of_sets(as_microseconds(model.limits, times))
    return _Game(model, incidents).count_sets(states)


class _Game:
    """What a coalition of the incidents active in a state costs there, as a share of demand."""

    def __init__(
        self,
        model: LossModel,
        incidents: Sequence[str],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._model = model
        self._player = {incident: number for number, incident in enumerate(incidents)}
        self._progress = progress
        self._expected = 0

    def expect(self, states: Iterable[frozenset[int]]) -> None:
        """Say which states will come, so that the engine is chosen for all of them."""
        self._expected, searches = self.count_sets(states)
        self._model.measures.assessor.router.expect(searches)
        self._tell()

    def in_state(self, active: frozenset[int]) -> tuple[list[int], Callable[[int], float]]:
        """Return the incidents active, and the loss rate of each subset of them as bits."""
        standing, held = self._divide(active)
        outages = list(held.values())

        def value(coalition: int) -> float:
            loss = 1.0 - self._model.performance(_unite(standing, outages, coalition))
            self._tell()
            return loss

        return list(held), value

    def count_sets(self, states: Iterable[frozenset[int]]) -> tuple[int, int]:
        """Return how many sets of outages are measured, and how many differ in costs of links.

        What states share is counted once as long as the sets are few.
        """
        measures = self._model.measures
        apart: set[frozenset[int]] = set()
        further = 0
        for active in {measures.concerned(each) for each in states}:
            standing, held = self._divide(active)
            sets = 2 ** len(held) if len(held) <= EXACT_UP_TO else PERMUTATIONS * len(held)
            if len(held) > EXACT_UP_TO or len(apart) + sets > TOLD_APART:
                further += sets
                continue
            found = [standing]
            for outages in held.values():
                found += [each | outages for each in found]
            apart.update(found)
        return len(apart) + further, self._count_costs(apart) + further

    def _count_costs(self, sets: Iterable[frozenset[int]]) -> int:
        """Return between how many sets of outages the cost of some link differs."""
        known: dict[object, int] = {}
        mark = {
            number: known.setdefault((each.link, each.effect, each.slowed_minutes), number)
            for number, each in enumerate(self._model.measures.outages)
            if each.effect not in _WITHOUT_COSTS
        }
        return len({frozenset(mark[each] for each in members & mark.keys()) for members in sets})

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(min(self._model.measures.solved, self._expected), self._expected)

    def _divide(self, active: frozenset[int]) -> tuple[frozenset[int], dict[int, set[int]]]:
        """Return the outages of no player, and those of each player in order."""
        outages = self._model.measures.outages
        held: dict[int, set[int]] = {}
        for number in active:
            player = self._player.get(outages[number].incident)
            if player is not None:
                held.setdefault(player, set()).add(number)
        return active.difference(*held.values()), dict(sorted(held.items()))


def _unite(standing: frozenset[int], outages: Sequence[set[int]], coalition: int) -> frozenset[int]:
    """Return what holds when the players of a coalition do, given as bits."""
    return standing.union(*(each for place, each in enumerate(outages) if coalition >> place & 1))


def shapley_values(count: int, value: Callable[[int], float]) -> NDArray[np.float64]:
    """Return the Shapley value of each of a few players, by all subsets.

    Parameters
    ----------
    value
        Worth of a coalition given as bits; bit k stands for player k.

    Returns
    -------
    ndarray
        Shape ``(count,)``; sums to value(all) - value(none).

    Examples
    --------
    >>> glove = lambda coalition: float(coalition in (0b011, 0b101, 0b111))
    >>> shapley_values(3, glove).round(4).tolist()
    [0.6667, 0.1667, 0.1667]
    """
    worth = np.array([value(coalition) for coalition in range(1 << count)])
    result = np.zeros(count)
    for player in range(count):
        others = [each for each in range(count) if each != player]
        for size in range(count):
            weight = 1.0 / (count * math.comb(count - 1, size))
            for members in combinations(others, size):
                coalition = sum(1 << each for each in members)
                result[player] += weight * (worth[coalition | 1 << player] - worth[coalition])
    return result


def sample_shapley(
    count: int,
    value: Callable[[int], float],
    *,
    permutations: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimate Shapley values from random orders, each followed by its reverse.

    Returns
    -------
    tuple of ndarray
        Estimates, which sum to value(all) - value(none) whatever the orders, and their standard
        errors, from the spread between pairs of an order and its reverse.

    Raises
    ------
    InputError
        With fewer than 4 permutations, from which no error can be told.
    """
    if permutations < 4:
        raise InputError([Problem(what=f"permutations (={permutations}) must be at least 4")])
    pairs = np.zeros((permutations // 2, count))
    for row in pairs:
        order = rng.permutation(count)
        for direction in (order, order[::-1]):
            coalition, before = 0, value(0)
            for player in direction:
                coalition |= 1 << int(player)
                after = value(coalition)
                row[player] += (after - before) / 2
                before = after
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))


EVIDENCE_POINTS = 9
"""Times tried for an open start or restoration within its bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceValue:
    """What it would tell to know one time that the record leaves open, hours of resilience loss.

    Parameters
    ----------
    about
        ``restoration`` (first traffic, and full service where it matters) or ``start``.
    width
        Of the answer as it is: guaranteed minus possible loss.
    known_width
        Mean width if it were known, over times spread evenly within its bounds.
    narrowest, widest
        Of the same widths.
    """

    incident: str
    about: str
    width: float
    known_width: float
    narrowest: float
    widest: float

    @property
    def shrinks_by(self) -> float:
        """By how much the answer's width shrinks on average."""
        return self.width - self.known_width


def value_of_evidence(
    model: LossModel,
    incidents: Sequence[str],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[EvidenceValue, ...]:
    """Return what it would tell to know when each incident's traffic stopped and was restored.

    One of the two is set to times spread evenly within its bounds, everything else stays as
    uncertain as it is, and the width between guaranteed and possible loss is taken anew. Bounds
    are cut off where the window ends: what lies beyond does not change the answer.

    Parameters
    ----------
    incidents
        Ids.
    progress
        Called after each incident with how many are done, and of how many.

    Returns
    -------
    tuple of EvidenceValue
        Only of what the record leaves open; what is most worth looking up comes first.
    """
    limits = model.limits
    width = model.bounds().width
    found = []
    wanted = set(incidents)
    for row, incident in enumerate(limits.incidents):
        if progress is not None:
            progress(row, len(limits.incidents))
        if incident not in wanted:
            continue
        for about in ("restoration", "start"):
            if not _is_open(limits, row, about):
                continue
            widths = [
                model.bounds(_known_at(limits, row, about, (point + 0.5) / EVIDENCE_POINTS)).width
                for point in range(EVIDENCE_POINTS)
            ]
            found.append(
                EvidenceValue(
                    incident=incident,
                    about=about,
                    width=width,
                    known_width=float(np.mean(widths)),
                    narrowest=min(widths),
                    widest=max(widths),
                )
            )
    return tuple(sorted(found, key=lambda each: -round(each.shrinks_by, 9)))


def count_open_times(model: LossModel, incidents: Sequence[str]) -> int:
    """Return how many starts and restorations `value_of_evidence` asks about."""
    wanted = set(incidents)
    return sum(
        _is_open(model.limits, row, about)
        for row, incident in enumerate(model.limits.incidents)
        if incident in wanted
        for about in ("restoration", "start")
    )


def _milestones(limits: MilestoneLimits, row: int, about: str) -> tuple[int, ...]:
    if about == "start":
        return (0,)
    return tuple(column for column in (1, 2) if limits.matters[row, column])


def _is_open(limits: MilestoneLimits, row: int, about: str) -> bool:
    """Whether the record leaves something open that falls into the window."""
    columns = list(_milestones(limits, row, about))
    low = np.clip(limits.earliest[row, columns], 0, limits.span)
    high = np.clip(limits.latest[row, columns], 0, limits.span)
    return bool((low < high).any())


def _known_at(limits: MilestoneLimits, row: int, about: str, part: float) -> MilestoneLimits:
    """Return the limits if one incident's start or restoration were known, part of the way."""
    allowed = limits.allowed[row]
    for milestone in _milestones(limits, row, about):
        low, high = allowed.earliest[milestone], allowed.latest[milestone]
        if low <= ALWAYS or allowed.scale == 1:  # what lies before the window does not matter
            low = min(max(low, 0), high)
        high = max(min(high, _last_that_matters(allowed, milestone, limits.span)), low)
        allowed = allowed.at(milestone, low + round(part * (high - low)))
    changed = (*limits.allowed[:row], allowed, *limits.allowed[row + 1 :])
    return replace(limits, allowed=changed)


def _last_that_matters(allowed: AllowedTimes, milestone: int, span: int) -> int:
    """Return the instant, without scale, from which on a milestone comes after the window."""
    start = allowed.earliest[0] if allowed.scale < 1 else allowed.latest[0]
    if milestone == 0 or not ALWAYS < start < span:
        return span
    return start + round((span - start) / allowed.scale)
