"""The work of an ensemble, in pieces that can be done in any number and by any process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.reduction import ForkingPickler
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from netmodel.evidence.model import Incident
from netmodel.impact.assessment import Assessor
from netmodel.impact.measures import Measures
from netmodel.outages.draws import BLOCK, Drawing, draw_block
from netmodel.outages.milestones import IntArray
from netmodel.outages.outage import Outage
from netmodel.outages.stages import Spans, Stages

KEEP_ROUTES_OF = 64
"""Sets whose routes are kept while an ensemble measures; more would fill the memory."""

WorkT = TypeVar("WorkT")
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, eq=False, kw_only=True)
class Draws:
    """What is needed to draw any block of samples.

    Parameters
    ----------
    instants
        Points in time at which the sets in force are counted, microseconds into the window.
    """

    stages: Stages
    incidents: Mapping[str, Incident]
    drawing: Drawing
    samples: int
    seed: int
    instants: IntArray

    @property
    def blocks(self) -> int:
        """How many blocks the samples fill."""
        return -(-self.samples // BLOCK)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Block:
    """One block of samples, cut up.

    Parameters
    ----------
    spans
        How long which outages hold in each sample.
    counts
        In how many samples each set of `count_keys` holds at each instant, shape
        ``(instants, sets)``.
    """

    spans: Spans
    counts: IntArray
    count_keys: IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SetValues:
    """What some sets of outages mean for one kind of traffic.

    Parameters
    ----------
    metrics
        Shape ``(sets, metrics)``.
    connected
        Whether each pair with demand has a route by rail, shape ``(sets, pairs)``.
    """

    metrics: NDArray[np.float64]
    connected: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Measuring:
    """What is needed to measure any set of outages."""

    assessor: Assessor
    outages: tuple[Outage, ...]
    metrics: tuple[str, ...]


def cut_block(draws: Draws, number: int) -> Block:
    """Draw and cut one block."""
    times = draw_block(
        draws.stages.limits, draws.incidents, draws.drawing, seed=draws.seed, block=number
    )
    times = times[: draws.samples - number * BLOCK]
    spans = draws.stages.cut(times)
    at_instants = draws.stages.cut(times, draws.instants)
    sets = len(at_instants.keys)
    place = np.tile(np.arange(len(draws.instants)), len(times)) * sets + at_instants.number
    counts = np.bincount(place, minlength=len(draws.instants) * sets)
    return Block(
        spans=spans,
        counts=counts.reshape(len(draws.instants), sets),
        count_keys=at_instants.keys,
    )


def cut_blocks(draws: Draws, numbers: Sequence[int]) -> list[Block]:
    """Draw and cut some blocks."""
    return [cut_block(draws, number) for number in numbers]


def measure_sets(measuring: Measuring, sets: Sequence[frozenset[int]]) -> list[SetValues]:
    """Measure some sets of outages, one result for each."""
    assessor = measuring.assessor.fresh()
    measures = Measures(assessor, measuring.outages, measuring.metrics, forget_every=KEEP_ROUTES_OF)
    rows, columns = np.nonzero(assessor.demand.trips > 0)
    found = []
    for active in sets:
        values = measures.of(active)
        routes = assessor.routes(measuring.outages[number] for number in sorted(active))
        found.append(
            SetValues(
                metrics=np.array([values[name] for name in measuring.metrics]),
                connected=routes.connected[rows, columns],
            )
        )
    return found


def spread_work(
    function: Callable[[WorkT, Sequence[ItemT]], list[ResultT]],
    work: WorkT,
    items: Sequence[ItemT],
    *,
    workers: int,
    chunks: int,
) -> list[ResultT]:
    """Apply a function to items, divided into chunks among processes; results in their order.

    Parameters
    ----------
    function
        A function of this module: what it is called with travels to other processes.
    workers
        Processes; 1 does everything in this one.
    """
    parts = [list(part) for part in divide(items, chunks) if part]
    if workers == 1 or len(parts) < 2:
        return [result for part in parts for result in function(work, part)]
    ForkingPickler.register(MappingProxyType, _reduce_proxy)
    with ProcessPoolExecutor(min(workers, len(parts)), mp_context=get_context("spawn")) as pool:
        results = pool.map(function, [work] * len(parts), parts)
        return [result for part in results for result in part]


def divide(items: Sequence[ItemT], chunks: int) -> list[Sequence[ItemT]]:
    """Return the items in so many runs of nearly equal length, some empty if there are few.

    Examples
    --------
    >>> divide([1, 2, 3, 4, 5], 2)
    [[1, 2], [3, 4, 5]]
    """
    edges = [len(items) * number // chunks for number in range(chunks + 1)]
    return [items[start:end] for start, end in pairwise(edges)]


def _reduce_proxy(
    proxy: MappingProxyType[object, object],
) -> tuple[Callable[[dict[object, object]], object], tuple[dict[object, object]]]:
    return _build_proxy, (dict(proxy),)


def _build_proxy(values: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(values)
