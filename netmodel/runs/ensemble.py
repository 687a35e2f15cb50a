"""Samples of the restoration times.

Draws are cut into spans of constant outages, a block at a time; distinct sets of outages are few
and each is measured once; what is left is counting. Durations are whole microseconds and counts
whole numbers, so nothing depends on how the work was divided: the result is the same to the byte
for any number of workers and chunks.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.incident import Incident
from netmodel.files.kept import Keeping, fingerprint, keep_pieces
from netmodel.files.whole import Note
from netmodel.files.workers import ExecutorGiven, Pool, find_executor_problems, open_pool
from netmodel.impact.assessment import Assessor, Measures
from netmodel.outages.draws import (
    BLOCK,
    MOST_SAMPLES,
    AsLongAgain,
    Drawing,
    Spans,
    Stages,
    draw_block,
    incidents_by_id,
)
from netmodel.outages.milestones import IntArray, milestone_limits
from netmodel.outages.outage import Outage
from netmodel.outages.timeline import State
from netmodel.runs.computation import Computation, Progress, TrafficImpact
from netmodel.runs.ensemble_result import Ensemble, Grid, SetValues, TrafficEnsemble
from netmodel.scenario.scenario import Scenario
from netmodel.scenario.settings import Sampling
from netmodel.times import Window, to_microseconds

KEEP_ROUTES_OF = 64
"""Sets whose routes are kept while an ensemble measures; more would fill the memory."""
ItemT = TypeVar("ItemT")


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


@dataclass(frozen=True, eq=False, kw_only=True)
class Measuring:
    """What is needed to measure any set of outages."""

    assessor: Assessor
    outages: tuple[Outage, ...]
    metrics: tuple[str, ...]

    @cached_property
    def measures(self) -> Measures:
        """What has been measured; for as many sets as a worker is given one after the other."""
        return Measures(self.assessor, self.outages, self.metrics, forget_every=KEEP_ROUTES_OF)


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
    assessor, measures = measuring.assessor, measuring.measures
    rows, columns = np.nonzero(assessor.demand.trips > 0)
    measures.expect(sets)
    found = []
    for active in sets:
        values = measures.of(active)
        routes = assessor.routes(measuring.outages[number] for number in sorted(active))
        found.append(
            SetValues(
                metrics=np.array([values[name] for name in measuring.metrics]),
                connected_bits=np.packbits(routes.connected[rows, columns]),
            )
        )
    return found


def divide(items: Sequence[ItemT], chunks: int) -> list[Sequence[ItemT]]:
    """Return the items in so many runs of nearly equal length, some empty if there are few.

    Examples
    --------
    >>> divide([1, 2, 3, 4, 5], 2)
    [[1, 2], [3, 4, 5]]
    """
    edges = [len(items) * number // chunks for number in range(chunks + 1)]
    return [items[start:end] for start, end in pairwise(edges)]


MOST_CELLS = 400
"""Cells of the common grid, at which the parts of a state become fewer."""
PARTS = (15, 9, 5, 3, 1)
"""Parts into which a state in doubt is divided: odd, so that one lies in its middle."""
WORTH_A_PROCESS = {"blocks": 200, "sets": 400}
"""For fewer of them, starting processes takes longer than doing the work."""
AT_ONCE = {"blocks": 8, "sets": 64}
"""How many make one piece of work for a worker, some tenths of a second."""


@refuse_wrong_kinds
def draw_ensemble(
    run: Computation,
    *,
    samples: int,
    seed: int = 0,
    workers: int | None = None,
    executor: ExecutorGiven = None,
    chunks: int | None = None,
    drawing: Drawing | None = None,
    resume: bool = True,
    progress: Progress | None = None,
    note: Note | None = None,
) -> Ensemble:
    """Draw restoration times within the evidence and run every sample through the timeline.

    Parameters
    ----------
    samples
        >= 1.
    seed
        >= 0; the same seed gives the same samples, and more samples only add to them.
    workers
        Processes; started only when there is enough to do. A script that asks for more than one
        must start its work under ``if __name__ == "__main__"``. With another executor, how many
        workers it has.
    executor
        Who does the work: an executor of `concurrent.futures`, ``processes``, ``threads``, or
        ``dask://HOST:PORT``. The result does not depend on it.
    chunks
        Into how many parts the work is divided; the result does not depend on it.
    drawing
        How times are drawn; by default as the scenario says, see `choose_drawing`.
    resume
        Whether sets of outages that were measured before are taken from the user's cache, and
        those measured now are kept there; see `files.kept`.
    progress
        Called as the work goes on.
    note
        Told how much was taken from the cache.

    Raises
    ------
    InputError
        With every figure out of range, and every incident whose bounds exclude each other.

    Examples
    --------
    >>> import netmodel as nm
    >>> ensemble = nm.run("crimea-may-2023", samples=100, seed=1).ensemble
    >>> low, high = ensemble.losses().min(), ensemble.losses().max()
    >>> bool(0 < low < high)
    True
    """
    check_counts(samples=samples, seed=seed, workers=workers, executor=executor, chunks=chunks)
    placements = (*run.background, *run.placements)
    limits = milestone_limits(placements, run.timeline.window)
    drawing = drawing or choose_drawing(run)
    grid = build_grid(run.timeline.window, run.timeline.states)
    draws = Draws(
        stages=Stages(limits, run.timeline.outages),
        incidents=incidents_by_id(placements),
        drawing=drawing,
        samples=samples,
        seed=seed,
        instants=grid.instants,
    )
    with open_pool(executor, workers) as pool:
        blocks = _draw(draws, pool, chunks, progress)
        keys, counts, sample, number, microseconds = _join_blocks(blocks, len(grid.instants))
        sets = tuple(draws.stages.active(key) for key in keys)
        pieces = _pieces(sets, "sets", chunks)
        known: dict[int, tuple[object, str]] = {}
        parts = {
            impact.traffic: _measure(
                _measuring(run, impact), pieces, pool, progress,
                keep_pieces(
                    partial(_inputs_of, run, impact.traffic, known),
                    resume=resume and len(pieces) > 1, pack=_pack, unpack=_unpack, note=note,
                ),
            )
            for impact in run.impacts
        }  # fmt: skip
    return Ensemble(
        samples=samples,
        seed=seed,
        drawing=drawing.name,
        **_durations_of(drawing),
        grid=grid,
        sets=sets,
        counts=counts,
        sample=sample,
        set_number=number,
        microseconds=microseconds,
        traffic=parts,
    )


def _measuring(run: Computation, impact: TrafficImpact) -> Measuring:
    return Measuring(
        assessor=impact.assessor.fresh(),
        outages=run.timeline.outages,
        metrics=tuple(dict.fromkeys(("connected_share", *run.scenario.metrics))),
    )


def choose_sampling(given: Sampling | None, *, samples: int | None, seed: int | None) -> Sampling:
    """Return the samples and seed asked for, and for the rest what the scenario says.

    Raises
    ------
    InputError
        If only a seed is given and there is nothing to seed.
    """
    if samples is None and given is None:
        what = f"a seed (={seed}) without samples"
        raise InputError([Problem(what=what, remedy="say how many samples to draw")])
    chosen = given or Sampling(samples=1)
    return replace(
        chosen,
        samples=chosen.samples if samples is None else samples,
        seed=chosen.seed if seed is None else seed,
    )


def choose_drawing(run: Computation) -> Drawing:
    """Return how a run draws its times: open ends by the rule or by the fitted model.

    The model is that of the scenario's `restoration`, or is fitted to its record, else to the
    catalogue that comes with netmodel, with only the claims that were public by the run's `as_of`.

    Raises
    ------
    InputError
        If the model is asked for and cannot be fitted.
    """
    wanted = run.scenario.ensemble
    if wanted is None or wanted.open_ends == "as-long-again":
        return Drawing()
    from netmodel.restoration.durations import CATALOGUE_BEGINS, collect_durations
    from netmodel.restoration.fit import RestorationFit, fit_restoration
    from netmodel.restoration.forecast import BUILT_IN_RECORD, OWN_RECORD, ends_from_fit

    given, as_of = run.scenario.restoration, run.scenario.as_of
    incidents = [each.incident for each in (*run.background, *run.placements)]
    source = BUILT_IN_RECORD if given is None else OWN_RECORD
    if isinstance(given, RestorationFit):
        return Drawing(ends=ends_from_fit(given, incidents, source=source))
    since = CATALOGUE_BEGINS if given is None else None
    durations = collect_durations(given or built_in_catalogue(), as_of=as_of, since=since)
    return Drawing(ends=ends_from_fit(fit_restoration(durations), incidents, source=source))


def _durations_of(drawing: Drawing) -> dict[str, Any]:
    """Return whose durations open ends are drawn from, and how many they are."""
    if isinstance(drawing.ends, AsLongAgain):
        return {}
    from netmodel.restoration.forecast import PredictedEnds

    ends = drawing.ends
    if not isinstance(ends, PredictedEnds):
        return {}
    return {"durations_of": ends.source, "durations": ends.count}


def check_counts(
    *,
    samples: int | None,
    seed: int | None,
    workers: int | None = None,
    executor: ExecutorGiven = None,
    chunks: int | None = None,
) -> None:
    """Refuse what is no count or no executor; ``None`` is what was not given.

    Raises
    ------
    InputError
        With every figure that is out of its range, and what is no executor.
    """
    given = {"samples": samples, "seed": seed, "chunks": chunks}
    wanted = [
        (name, value, 0 if name == "seed" else 1)
        for name, value in given.items()
        if value is not None
    ]
    problems = [
        Problem(what=f"{name} (={value!r}) must be a whole number, at least {least}")
        for name, value, least in wanted
        if isinstance(value, bool) or not isinstance(value, int) or value < least
    ]
    if not problems and samples is not None and samples > MOST_SAMPLES:
        problems.append(Problem(what=f"samples (={samples}) must be {MOST_SAMPLES} at most"))
    problems += find_executor_problems(executor, workers)
    if problems:
        raise InputError(problems)


def _pieces(items: Sequence[ItemT], kind: str, chunks: int | None) -> list[Sequence[ItemT]]:
    """Return items in pieces of work, which are the same for any number of workers."""
    return [each for each in divide(items, chunks or -(-len(items) // AT_ONCE[kind])) if each]


def _draw(draws: Draws, pool: Pool, chunks: int | None, progress: Progress | None) -> list[Block]:
    """Return all blocks of samples, cut."""
    numbers = range(draws.blocks)
    worth = draws.blocks >= WORTH_A_PROCESS["blocks"]
    blocks: list[Block] = []
    for found in pool.map(cut_blocks, draws, _pieces(numbers, "blocks", chunks), worth=worth):
        blocks += found
        if progress:
            progress("samples drawn", min(len(blocks) * BLOCK, draws.samples), draws.samples)
    return blocks


def build_grid(window: Window, states: Sequence[State]) -> Grid:
    """Return a grid on the break points of a run; states in doubt are divided further."""
    doubtful = sum(state.possible != state.certain for state in states)
    settled = len(states) - doubtful
    parts = next((p for p in PARTS if settled + p * doubtful <= MOST_CELLS), 1)
    edges: list[int] = []
    middle: list[int] = []
    for state in states:
        start = to_microseconds(state.start, window.start)
        end = to_microseconds(state.end, window.start)
        count = parts if state.possible != state.certain and end - start >= parts else 1
        middle.append(len(edges) + count // 2)
        edges += [start + (end - start) * number // count for number in range(count)]
    edges.append(to_microseconds(window.end, window.start))
    return Grid(
        window=window,
        edges=np.array(edges, dtype=np.int64),
        middle_cell=np.array(middle, dtype=np.int64),
    )


def _join_blocks(
    blocks: Sequence[Block], cells: int
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Return distinct keys, counts in cells, and the spans of all samples, numbered throughout."""
    every = [block.spans.keys for block in blocks] + [block.count_keys for block in blocks]
    keys, place = np.unique(np.concatenate(every), axis=0, return_inverse=True)
    places = np.split(place.reshape(-1), np.cumsum([len(each) for each in every])[:-1])
    counts = np.zeros((cells, len(keys)), dtype=np.int64)
    for block, found in zip(blocks, places[len(blocks) :], strict=True):
        counts[:, found] += block.counts
    return (
        keys,
        counts,
        np.concatenate([b.spans.sample + number * BLOCK for number, b in enumerate(blocks)]),
        np.concatenate([found[b.spans.number] for b, found in zip(blocks, places, strict=False)]),
        np.concatenate([block.spans.microseconds for block in blocks]),
    )


def _measure(
    measuring: Measuring,
    pieces: Sequence[Sequence[frozenset[int]]],
    pool: Pool,
    progress: Progress | None,
    keeping: Keeping[Sequence[frozenset[int]], list[SetValues]] | None,
) -> TrafficEnsemble:
    traffic = measuring.assessor.profile.traffic
    count = sum(map(len, pieces))
    worth = count >= WORTH_A_PROCESS["sets"]
    found: list[SetValues] = []
    for values in pool.map(measure_sets, measuring, pieces, worth=worth, keeping=keeping):
        found += values
        if progress:
            progress(f"{traffic} sets of outages", len(found), count)
    demand = measuring.assessor.demand
    rows, columns = np.nonzero(demand.trips > 0)
    return TrafficEnsemble(
        traffic=traffic,
        metrics=measuring.metrics,
        pairs=tuple(
            (demand.hubs[one], demand.hubs[other]) for one, other in zip(rows, columns, strict=True)
        ),
        of_sets=SetValues(
            metrics=np.stack([each.metrics for each in found]),
            connected_bits=np.stack([each.connected_bits for each in found]),
        ),
        in_base=measuring.assessor.base.connected[rows, columns],
    )


NOT_COMPUTED_WITH = frozenset(
    {
        "_given", "origin", "ensemble", "restoration", "language", "title", "description", "titles",
        "descriptions", "name",
    }
)  # fmt: skip
"""Fields of a scenario on which no figure depends."""


def fingerprint_inputs(
    scenario: Scenario, known: dict[int, tuple[object, str]] | None = None
) -> dict[str, str]:
    """Return a hash of every field of a scenario on which figures depend.

    Parameters
    ----------
    known
        Hashes of values that several scenarios share, by their identity.
    """
    known = {} if known is None else known
    found = {}
    for each in fields(scenario):
        if each.name not in NOT_COMPUTED_WITH:
            value = getattr(scenario, each.name)
            if id(value) not in known:
                known[id(value)] = value, fingerprint(value)
            found[each.name] = known[id(value)][1]
    return found


def _inputs_of(
    run: Computation, traffic: str, known: dict[int, tuple[object, str]]
) -> tuple[object, ...]:
    return fingerprint_inputs(run.scenario, known), run.timeline.outages, traffic


def _pack(values: Sequence[SetValues]) -> bytes:
    stream = io.BytesIO()
    np.savez(
        stream,
        metrics=np.stack([each.metrics for each in values]),
        connected=np.stack([each.connected_bits for each in values]),
    )
    return stream.getvalue()


def _unpack(packed: bytes, sets: Sequence[frozenset[int]]) -> list[SetValues]:
    with np.load(io.BytesIO(packed), allow_pickle=False) as found:
        metrics, bits = found["metrics"], found["connected"]
    if metrics.dtype != np.float64 or bits.dtype != np.uint8 or (metrics.ndim, bits.ndim) != (2, 2):
        raise ValueError("not the values of metrics")
    return [
        SetValues(metrics=values, connected_bits=joined)
        for values, joined, _ in zip(metrics, bits, sets, strict=True)
    ]
