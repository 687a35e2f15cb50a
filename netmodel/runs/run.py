"""A run: a scenario computed, with its tables and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.evidence.notes import Note, join_notes
from netmodel.files.whole import Note as Tell
from netmodel.forms import make_form
from netmodel.impact.attribution import Attribution
from netmodel.runs.computation import Computation, Progress, Shared, compute_states
from netmodel.runs.documents import Evidence, Provenance, Summary
from netmodel.runs.effort import is_included, left_out_for_time, tell_seconds
from netmodel.runs.pair_table import PairTable
from netmodel.runs.record import RunRecord
from netmodel.runs.summary import tabulate_figures
from netmodel.runs.tables import build_record
from netmodel.runs.train_tables import tell_empty_days
from netmodel.runs.uncertainty import attribute_run
from netmodel.scenario.given import is_built_in
from netmodel.scenario.loading import read_scenario
from netmodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from netmodel.files.workers import ExecutorGiven, Pool
    from netmodel.plot.figures_of_runs import RunPlots

_NAMED = 5


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Run(Computation):
    """A scenario that has been computed, with its tables.

    Notes
    -----
    Shown in a notebook, a run displays its headline figures and its states. Two runs are equal
    if their scenarios and all their tables are.

    Examples
    --------
    >>> run = run_scenario("crimea-may-2023")
    >>> len(run.states), len(run.hubs) == len(run.network.hubs)
    (7, True)
    """

    @cached_property
    def record(self) -> RunRecord:
        """The run as tables, the form in which it is written and reported."""
        return build_record(self, self.attribution)

    @cached_property
    def attribution(self) -> Attribution | None:
        """What each incident did to the loss, where ``attribution`` is part of the run.

        ``None`` else, see `nm.runs.expect_effort`; `nm.runs.attribute_run` tells it in any case.
        """
        return self._attribute(None)

    def _attribute(self, progress: Progress | None) -> Attribution | None:
        wanted = bool(self.incidents_with_outages) and is_included(self, "attribution")
        return attribute_run(self, progress=progress) if wanted else None

    def lay_out(
        self, progress: Progress | None = None, *, keep_pairs: str | None = None
    ) -> RunRecord:
        """Return `record`, computed now if it was not; `progress` is told as the work goes on.

        Parameters
        ----------
        keep_pairs
            Which pairs the tables hold: ``all``; ``affected``, those that an outage touches or may
            touch in some state; or ``none``. By default all, and the affected ones of a table
            of more than a million rows.

        Examples
        --------
        >>> run = run_scenario("crimea-may-2023")
        >>> run.lay_out() is run.record
        True
        """
        held = vars(self).get("record")
        if held is None or keep_pairs not in (None, held.pair_table.keep):
            attribution = vars(self).setdefault("attribution", self._attribute(progress))
            vars(self)["record"] = build_record(
                self, attribution, progress=progress, keep_pairs=keep_pairs
            )
        return self.record

    @property
    def states(self) -> pd.DataFrame:
        """One row for each state: start, end, and a column for each metric."""
        return self.record.states

    @property
    def pairs(self) -> pd.DataFrame:
        """One row for each state, kind of traffic and hub pair; minutes and km."""
        return self.record.pairs

    @property
    def pair_table(self) -> PairTable:
        """The pairs as they are kept: spans of states in which nothing changes for a pair."""
        return self.record.pair_table

    @property
    def hubs(self) -> pd.DataFrame:
        """One row for each hub: name, position, population, and the share of its demand cut."""
        return self.record.hubs

    @property
    def links(self) -> pd.DataFrame:
        """One row for each link: ends, km, class, course."""
        return self.record.links

    @property
    def outages(self) -> pd.DataFrame:
        """One row for each outage: incident, link, effect, bounds (UTC) and documents."""
        return self.record.outages

    @property
    def ways(self) -> pd.DataFrame | None:
        """Detours of each incident that closed links, pair by pair."""
        return self.record.ways

    @property
    def flows(self) -> pd.DataFrame | None:
        """Trips over each link whose flow in a state differs from that in the base.

        ``None`` where the table would be very large.
        """
        return self.record.flows

    @property
    def redundancy(self) -> pd.DataFrame | None:
        """Routes that share no link, of each pair; ``None`` where they take long to count."""
        return self.record.redundancy

    @property
    def capacity(self) -> pd.DataFrame | None:
        """Links that are full in a state; ``None`` where the scenario states no capacities."""
        return self.record.capacity

    @property
    def train_fates(self) -> pd.DataFrame | None:
        """What became of each train in each state, where it did not run as timetabled.

        The table ``trains.csv``; ``None`` where the run has no trains. ``run.trains`` is what was
        computed.
        """
        return self.record.trains

    @property
    def train_services(self) -> pd.DataFrame | None:
        """One row for each train that ran in the window, with its course; ``None`` without trains.

        The table ``services.csv``; ``run.services`` are the documented buses.
        """
        return self.record.services

    @property
    def train_days(self) -> pd.DataFrame | None:
        """Trains of each day by their worst fate; ``None`` where the run has no trains."""
        return self.record.train_days

    @property
    def summary(self) -> Summary:
        """The headline figures, each with its range, incidents and documents."""
        return self.record.summary

    @property
    def figures(self) -> pd.DataFrame:
        """One row for each headline figure: value, unit, bounds, and what it rests on.

        Examples
        --------
        >>> figures = run_scenario("crimea-may-2023").figures
        >>> figures.set_index("figure").loc["pairs_cut_at_worst", "value"].max().item()
        20.0
        """
        return tabulate_figures(self.record.summary.figures)

    @property
    def evidence(self) -> Evidence:
        """Incidents with claims, milestones, conflicts and matches; documents; services."""
        return self.record.evidence

    @property
    def provenance(self) -> Provenance:
        """The command, inputs with their hashes, versions, and the scenario as run."""
        return self.record.provenance

    @property
    def plot(self) -> RunPlots:
        """The figures of the run: ``run.plot.map()``, ``curve``, ``timeline`` and ``matrix``."""
        made: RunPlots = make_form(self, "plot")  # type: ignore[assignment]
        return made

    @refuse_wrong_kinds
    def write(self, folder: Path | str, **options: Any) -> Path:
        """Write tables, documents and reports; return the folder.

        Parameters
        ----------
        folder
            Appears whole or not at all. A folder of an earlier run is replaced if everything in
            it is as that run wrote it.
        **options
            ``language`` of the page, ``figures`` for pictures too, ``force`` to move what is in
            the way aside.

        Raises
        ------
        InputError
            If something that no run wrote stands in the way, or the place cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> folder = run_scenario("crimea-may-2023").write(tempfile.mkdtemp())
        >>> (folder / "report.html").is_file(), (folder / "inputs/scenario.yaml").is_file()
        (True, True)
        """
        written: Any = make_form(self, "folder", folder, **options)
        return Path(written)

    @refuse_wrong_kinds
    def to_geopandas(
        self, state: int | None = None, *, traffic: str | None = None
    ) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        """Return hubs as points and links as lines, with what holds on them over one state.

        Parameters
        ----------
        state
            Number of the state; by default the one with the lowest connected share.
        traffic
            Kind of traffic; the first of the run by default.

        Returns
        -------
        hubs, links : GeoDataFrame
            In EPSG:4326, degrees; with ``pairs, pairs_cut, access`` of each hub and ``effect,
            possible_effect, certain_effect, standing, incidents`` of each link.

        Raises
        ------
        InputError
            If geopandas is not installed.
        UnknownNameError
            If the run has no such state or traffic.
        """
        made: Any = make_form(self.record, "geopandas", state, traffic=traffic)
        hubs, links = made
        return hubs, links

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Run):
            return NotImplemented
        return self.scenario == other.scenario and self.record == other.record

    def __hash__(self) -> int:
        return hash(self.scenario)

    def __repr__(self) -> str:
        return f"<Run {self.name!r}: {self.scenario.title}; {self.timeline!r}>"

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


@refuse_wrong_kinds
def run(
    scenario: Scenario | Path | str,
    *,
    samples: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: ExecutorGiven = None,
    parts: Mapping[str, bool] | None = None,
    resume: bool = True,
    progress: Progress | None = None,
    note: Tell | None = None,
    **changes: Any,
) -> Run:
    """Run a scenario.

    Parameters
    ----------
    scenario
        A `Scenario`, the path of a YAML file, or the name of a scenario that comes with netmodel.
    samples, seed
        Of the ensemble; those of the scenario by default, and no ensemble if it has none.
    workers, executor
        Who draws the ensemble, see `runs.draw_ensemble`; the result does not depend on it.
    parts
        Long parts to compute (true) or to leave out (false), beside what the scenario says:
        ``waiting``, ``capacity``, ``attribution``; see `nm.runs.expect_effort`.
    resume
        Whether the ensemble goes on where one that was interrupted left off, see
        `runs.draw_ensemble`.
    progress
        Called as the work goes on.
    note
        Told how much an interrupted run had done, and the size of what is to come, if it is large.
    **changes
        Arguments of the scenario to give otherwise, such as ``time_rule="latest"``.

    Raises
    ------
    InputError
        With every mistake of the scenario and of what it refers to.
    UnknownNameError
        If no scenario of that name comes with netmodel.

    Examples
    --------
    >>> import netmodel as nm
    >>> late = nm.run("crimea-may-2023", time_rule="latest")
    >>> bool(late.states["connected_share"].min() < 1)
    True
    """
    # What draws samples is loaded where there are some.
    if any(each is not None for each in (samples, seed, workers, executor)):
        from netmodel.runs.ensemble import check_counts

        check_counts(samples=samples, seed=seed, workers=workers, executor=executor)
    asked = take_scenario(scenario)
    if parts:
        changes["parts"] = {**asked.parts, **parts}
    if changes:
        asked = asked.replace(**changes)
    if samples is not None or seed is not None:
        from netmodel.runs.ensemble import choose_sampling

        sampling = choose_sampling(asked.ensemble, samples=samples, seed=seed)
        asked = asked.replace(ensemble=sampling)
    if asked.ensemble is None:
        return compute_run(asked, progress=progress, note=note)
    from netmodel.files.workers import open_pool

    with open_pool(executor, workers) as pool:
        return compute_run(asked, pool=pool, resume=resume, progress=progress, note=note)


def take_scenario(given: object) -> Scenario:
    """Return a scenario: itself, or read by its path or shipped name.

    Raises
    ------
    InputError
        If it is something else, or with every mistake of the file.
    """
    if isinstance(given, Path | str):
        return read_scenario(given)
    if not isinstance(given, Scenario):
        what = f"{type(given).__name__} is no scenario"
        remedy = "give a Scenario, the path of a YAML file, or the name of a shipped one"
        raise InputError([Problem(what=what, where="scenario", remedy=remedy)])
    return given


@refuse_wrong_kinds
def run_scenario(
    scenario: Path | str,
    *,
    samples: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: ExecutorGiven = None,
    parts: Mapping[str, bool] | None = None,
    resume: bool = True,
    progress: Progress | None = None,
    note: Tell | None = None,
    **changes: Any,
) -> Run:
    """Run a scenario file by its path or shipped name; see `run`.

    Examples
    --------
    >>> run = run_scenario("crimea-may-2023")
    >>> bool(run.states["connected_share"].min() < 1)
    True
    """
    return run(
        scenario, samples=samples, seed=seed, workers=workers, executor=executor,
        parts=parts, resume=resume, progress=progress, note=note, **changes,
    )  # fmt: skip


def compute_run(
    scenario: Scenario,
    *,
    pool: Pool | None = None,
    resume: bool = True,
    progress: Progress | None = None,
    note: Tell | None = None,
    shared: Shared | None = None,
) -> Run:
    """Compute a scenario, with the samples that it asks for.

    Parameters
    ----------
    pool
        Who draws the samples; this process by default.
    resume, note
        See `run`.
    shared
        What earlier computations have solved, which this one uses and adds to.

    Raises
    ------
    InputError
        If the bounds of an incident exclude each other and times are to be drawn or scaled.
    """
    found = compute_states(scenario, progress=progress, shared=shared, note=note)
    wanted = scenario.ensemble
    if wanted is not None:
        from netmodel.runs.ensemble import draw_ensemble

        ensemble = draw_ensemble(
            found,
            samples=wanted.samples,
            seed=wanted.seed,
            executor=pool,
            resume=resume,
            progress=progress,
            note=note,
        )
        found = replace(found, ensemble=ensemble)
    return Run(**{each.name: getattr(found, each.name) for each in fields(found)})


@refuse_wrong_kinds
def find_notices(run: Run) -> tuple[str, ...]:
    """Return notices about a run: what it lacks, and what was left out.

    A window without incidents, incidents without an outage or without an end, incidents whose
    documents have no date in a run as of an instant, days without a train of the timetable, and
    long parts that would have taken more than some seconds.

    Incidents whose effect is ``none`` are as they should be. A place that could not be placed is
    told with file and line.

    Examples
    --------
    >>> find_notices(run_scenario("crimea-may-2023"))
    ()
    """
    notices = [] if run.placements else ["no incident touches the window"]
    unplaced = run.scenario.unplaced
    if unplaced:
        count = "1 place" if len(unplaced) == 1 else f"{len(unplaced)} places"
        more = f"\nand {len(unplaced) - _NAMED} more" if len(unplaced) > _NAMED else ""
        told = "\n".join(str(problem) for problem in unplaced[:_NAMED])
        notices.append(f"not placed, so without an outage: {count}\n{told}{more}")
    nowhere = [
        f"{each.incident.id} ({join_notes(each.reasons)})"
        for each in run.placements
        if not each.outages and not each.unplaced and each.incident.effect != "none"
    ]
    if nowhere:
        count = "1 incident has" if len(nowhere) == 1 else f"{len(nowhere)} incidents have"
        more = f"; and {len(nowhere) - _NAMED} more" if len(nowhere) > _NAMED else ""
        none = sum(each.incident.effect == "none" for each in run.placements)
        beside = f", {none} of effect none aside" if none else ""
        told = "; ".join(nowhere[:_NAMED])
        notices.append(f"{count} no outage{beside}: {told}{more}; see the report")
    open_ended = [f"{incident}: {note}" for incident, note in find_open_ends(run).items()]
    if open_ended:
        count = "1 incident holds" if len(open_ended) == 1 else f"{len(open_ended)} incidents hold"
        told = "\n".join(open_ended)
        notices.append(
            f"{count} to the end of the window for want of an end, standing closures aside\n{told}"
        )
    notices += [
        f"left out: {each.part}, expected to take {tell_seconds(each.seconds)}; ask for it by "
        f"--with {each.part}, or by `parts: {{{each.part}: true}}` in the scenario"
        for each in left_out_for_time(run)
    ]
    notices += filter(None, [tell_empty_days(run)])
    notices += _tell_undated(run.scenario)
    drawn = run.ensemble
    if drawn is not None and drawn.durations_of == "built-in" and not is_built_in(run.network):
        notices.append(
            f"ends that the record leaves open are drawn from {drawn.durations} durations of the "
            "built-in record, which is of Ukraine and its neighbours and not of this network; give "
            "one of your own by `restoration: FILE`, or open_ends: as-long-again"
        )
    if run.scenario.parts.get("capacity") and run.scenario.capacity is None:
        notices.append("the scenario asks for capacity and states no capacities: add `capacity:`")
    passed = () if run.scenario.origin.files else run.scenario.selection.passed_over
    if passed:
        names = ", ".join(passed[:_NAMED]) + (", ..." if len(passed) > _NAMED else "")
        notices.append(
            f"{len(passed)} of the catalogue began before the window and have no end in the "
            f"record: {names}; give an incident itself to study it"
        )
    return tuple(notices)


def _tell_undated(scenario: Scenario) -> Iterator[str]:
    """Yield what a run as of an instant leaves out because its documents have no date."""
    for names, what in (
        (scenario.selection.undated, "as_of leaves out, since no document of theirs has a date"),
        (
            scenario.selection.partly_undated,
            "as_of leaves out claims whose document has no date, of",
        ),
    ):
        if names:
            more = f", and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            yield (
                f"{what}: {', '.join(names[:_NAMED])}{more}; give the documents when they were "
                "`published`"
            )


@refuse_wrong_kinds
def find_open_ends(run: Run) -> Mapping[str, Note]:
    """Return the incidents that hold to the end of the window for want of an end.

    Standing closures have none by their nature, and are not among them.

    Returns
    -------
    mapping of str to Note
        By the id of the incident: that the record has no end, and the latest forecast of one if
        there is any.

    Examples
    --------
    >>> dict(find_open_ends(run_scenario("crimea-may-2023")))
    {}
    """
    return {
        each.incident.id: note
        for each in run.placements
        for note in each.resolution.notes
        if note.code in ("no_end", "no_end_forecast") and _holds_to_end(run, each.incident.id)
    }


def _holds_to_end(run: Run, incident: str) -> bool:
    """Whether an incident is in force when the window ends, and no end of it is in the record."""
    last = run.timeline.states[-1].active
    outages = (run.timeline.outages[number] for number in last)
    return any(each.incident == incident and each.end.latest is None for each in outages)
