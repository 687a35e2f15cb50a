"""Running a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.evidence.notes import join_notes
from netmodel.files.shipped import find_scenario
from netmodel.forms import make_form
from netmodel.impact.assessment import Assessor, StateImpact
from netmodel.impact.buses import Service, build_services
from netmodel.network.railway import Network
from netmodel.outages.outage import (
    Outage,
    Placement,
    place_incidents,
    scale_repairs,
    times_by_incident,
)
from netmodel.outages.timeline import Timeline
from netmodel.scenario.file import ScenarioModel, change_scenario
from netmodel.scenario.loading import Inputs, read_inputs

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from netmodel.impact.attribution import Attribution
    from netmodel.plot.figures_of_runs import RunPlots
    from netmodel.runs.ensemble_result import Ensemble
    from netmodel.runs.record import RunRecord


_NAMED = 5


def find_notices(run: Run) -> tuple[str, ...]:
    """Return notices about a run: a window without incidents, and incidents without an outage.

    Incidents whose effect is ``none`` are as they should be.

    Examples
    --------
    >>> from netmodel.runs.run import run_scenario
    >>> find_notices(run_scenario("crimea-may-2023"))
    ()
    """
    if not run.placements:
        return ("no incident touches the window",)
    nowhere = [
        f"{each.incident.id} ({join_notes(each.reasons)})"
        for each in run.placements
        if not each.outages and each.incident.effect != "none"
    ]
    if not nowhere:
        return ()
    count = "1 incident has" if len(nowhere) == 1 else f"{len(nowhere)} incidents have"
    more = f"; and {len(nowhere) - _NAMED} more" if len(nowhere) > _NAMED else ""
    return (f"{count} no outage: {'; '.join(nowhere[:_NAMED])}{more}; see the report",)


COMMAND_OPTIONS = {"time_rule": "rule", "repair_scale": "repair-scale"}
"""Fields of a scenario that the command can set, and the options that do it."""
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and how much there is."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TrafficImpact:
    """The impact of every state on one kind of traffic."""

    traffic: str
    assessor: Assessor
    states: tuple[StateImpact, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """A scenario that has been computed.

    Parameters
    ----------
    placements, background
        What became of each studied incident, and of each standing closure.
    impacts
        One for each kind of traffic, in the order of the scenario.
    ensemble
        Samples of the restoration times, if the scenario asks for any.
    options
        What was set otherwise than in the scenario's file, as options of the command.

    Notes
    -----
    Shown in a notebook, a run displays its headline figures and its states.

    Examples
    --------
    >>> run = run_scenario("crimea-may-2023")
    >>> len(run.states), len(run.hubs) == len(run.network.hubs)
    (7, True)
    """

    name: str
    scenario: ScenarioModel
    inputs: Inputs
    placements: tuple[Placement, ...]
    background: tuple[Placement, ...]
    timeline: Timeline
    services: tuple[Service, ...]
    impacts: tuple[TrafficImpact, ...]
    ensemble: Ensemble | None = None
    options: tuple[str, ...] = ()

    @property
    def network(self) -> Network:
        """The railway the scenario ran on."""
        return self.inputs.network

    @cached_property
    def record(self) -> RunRecord:
        """The run as tables, the form in which it is written and reported."""
        from netmodel.runs.tables import build_record

        return build_record(self)

    @cached_property
    def attribution(self) -> Attribution | None:
        """What each incident did to the loss, where that is quick to tell; else ``None``.

        `netmodel.runs.uncertainty.attribute_run` tells it in any case.
        """
        from netmodel.runs.uncertainty import attribute_run, is_cheap

        return attribute_run(self) if is_cheap(self) else None

    @property
    def states(self) -> pd.DataFrame:
        """One row for each state: start, end, and a column for each metric."""
        return self.record.states

    @property
    def pairs(self) -> pd.DataFrame:
        """One row for each state, kind of traffic and hub pair; minutes and km."""
        return self.record.pairs

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
    def summary(self) -> Mapping[str, object]:
        """The headline figures, each with its range, incidents and documents."""
        return self.record.summary

    @property
    def plot(self) -> RunPlots:
        """The figures of the run: ``run.plot.map()``, ``curve``, ``timeline`` and ``matrix``."""
        made: RunPlots = make_form(self, "plot")  # type: ignore[assignment]
        return made

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
        from netmodel.runs.moment import to_geopandas

        return to_geopandas(self.record, state, traffic=traffic)

    def __repr__(self) -> str:
        return f"<Run {self.name!r}: {self.scenario.title}; {self.timeline!r}>"

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


def run_scenario(
    scenario: Path | str,
    *,
    samples: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    **changes: object,
) -> Run:
    """Run a scenario.

    Parameters
    ----------
    scenario
        Path of a YAML file, or the name of a scenario that comes with netmodel.
    samples, seed
        Of the ensemble; those of the scenario by default, and no ensemble if it has none.
    workers
        Processes for the ensemble; the result does not depend on it.
    progress
        Called as the work goes on.
    **changes
        Fields of the scenario to set differently, such as ``time_rule="latest"``.

    Raises
    ------
    InputError
        With every mistake of the scenario and of what it refers to.
    UnknownNameError
        If no scenario of that name comes with netmodel.

    Examples
    --------
    >>> run = run_scenario("crimea-may-2023")
    >>> bool(run.states["connected_share"].min() < 1)
    True
    """
    path = find_scenario(str(scenario))
    model, inputs = read_inputs(path, changes)
    if samples is not None or seed is not None:
        from netmodel.runs.ensemble import choose_ensemble

        changes["ensemble"] = choose_ensemble(model.ensemble, samples=samples, seed=seed)
        model = change_scenario(model, changes)
    return compute_run(
        path.stem, model, inputs, workers=workers, progress=progress,
        options=_describe_options(changes),
    )  # fmt: skip


def compute_run(
    name: str,
    scenario: ScenarioModel,
    inputs: Inputs,
    *,
    workers: int = 1,
    progress: Progress | None = None,
    options: tuple[str, ...] = (),
) -> Run:
    """Compute a scenario whose inputs are loaded.

    Raises
    ------
    InputError
        If the place of an incident is unknown or ambiguous on the network; if its bounds exclude
        each other and times are to be drawn or scaled.
    """
    as_of = scenario.as_of_instant()
    background = place_incidents(inputs.network, inputs.background, inputs.catalogue, as_of=as_of)
    placements = scale_repairs(
        place_incidents(inputs.network, inputs.incidents, inputs.catalogue, as_of=as_of),
        scenario.repair_scale,
    )
    outages = tuple(
        outage for placement in (*background, *placements) for outage in placement.outages
    )
    times = times_by_incident((*background, *placements), scenario.time_rule)
    timeline = Timeline(window=inputs.window, outages=outages, times=times)
    services = (
        build_services(inputs.network, inputs.incidents)
        if scenario.replacement == "documented"
        else ()
    )
    base = _base_outages(timeline, {placement.incident.id for placement in background})
    run = Run(
        name=name,
        scenario=scenario,
        inputs=inputs,
        placements=placements,
        background=background,
        timeline=timeline,
        services=services,
        impacts=tuple(
            _assess_traffic(traffic, scenario, inputs, timeline, base, services, progress)
            for traffic in scenario.traffic
        ),
        options=options,
    )
    if scenario.ensemble is None:
        return run
    return replace(run, ensemble=_draw(run, workers, progress))


def _assess_traffic(
    traffic: str,
    scenario: ScenarioModel,
    inputs: Inputs,
    timeline: Timeline,
    base: Sequence[Outage],
    services: Sequence[Service],
    progress: Progress | None,
) -> TrafficImpact:
    assessor = Assessor(
        inputs.network,
        inputs.demand_by_traffic.get(traffic, inputs.demand),
        inputs.profiles[traffic],
        base_outages=base,
        services=services,
        advisory=scenario.routing.advisory,
        anchors=inputs.anchors,
    )
    states = []
    for impact in assessor.assess(timeline, scenario.metrics):
        states.append(impact)
        if progress:
            progress(f"{traffic} states", len(states), len(timeline.states))
    return TrafficImpact(traffic=traffic, assessor=assessor, states=tuple(states))


def _draw(run: Run, workers: int, progress: Progress | None) -> Ensemble | None:
    from netmodel.runs.ensemble import draw_ensemble

    wanted = run.scenario.ensemble
    if wanted is None:
        return None
    return draw_ensemble(
        run, samples=wanted.samples, seed=wanted.seed, workers=workers, progress=progress
    )


def _describe_options(changes: Mapping[str, object]) -> tuple[str, ...]:
    """Return changes to a scenario as options of the command; others as a remark."""
    options = []
    for name, value in changes.items():
        if name == "ensemble" and isinstance(value, Mapping):
            options.append(f"--samples {value['samples']} --seed {value['seed']}")
        elif name in COMMAND_OPTIONS:
            options.append(f"--{COMMAND_OPTIONS[name]} {value}")
    others = sorted(name for name in changes if name not in {*COMMAND_OPTIONS, "ensemble"})
    return (*options, f"# with other {', '.join(others)}") if others else tuple(options)


def _base_outages(timeline: Timeline, background: set[str]) -> tuple[Outage, ...]:
    """Return the standing closures in force when the window begins."""
    first = timeline.states[0]
    return tuple(
        timeline.outages[number]
        for number in sorted(first.active)
        if timeline.outages[number].incident in background
    )
