"""The scenario: one frozen value that says what is asked, checked when it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import (
    InputError,
    Location,
    Problem,
    did_you_mean,
    nearest_names,
    point_out,
)
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.incident import Catalogue, Document, Incident
from netmodel.evidence.milestone_bounds import Running
from netmodel.files.shipped import BUILT_IN
from netmodel.forms import make_form
from netmodel.impact.buses import Service, build_services
from netmodel.impact.capacity import link_capacities
from netmodel.impact.demand import Demand
from netmodel.impact.fate_rules import FateRules
from netmodel.impact.pair_ways import NEAR_MINUTES
from netmodel.network.railway import Network
from netmodel.outages.outage import Placement, place_incidents
from netmodel.outages.running import list_running
from netmodel.routing.profiles import Profile
from netmodel.scenario.collecting import Collecting, name_argument
from netmodel.scenario.file import DemandModel, ScenarioModel
from netmodel.scenario.given import (
    build_demand,
    check_options,
    is_built_in,
    is_table,
    read_anchors,
    read_given_network,
    read_given_window,
    read_instant,
    read_profiles,
    read_rule,
    read_rules,
    read_zone,
)
from netmodel.scenario.restoration_choice import read_restoration
from netmodel.scenario.selection import Choice, Selection, gather_evidence, select
from netmodel.scenario.settings import (
    Capacities,
    Departures,
    Origin,
    Sampling,
    change_origin,
    option_values,
    title_of,
    zone_of,
)
from netmodel.scenario.train_choice import (
    choose_rules,
    choose_trains,
    find_train_documents,
    find_unknown_documents,
)
from netmodel.times import Window, format_instant
from netmodel.trains.train import Timetable

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.restoration.fit import RestorationFit

IncidentsGiven: TypeAlias = Incident | Catalogue | Choice | Iterable[Incident | Catalogue]
DocumentsGiven: TypeAlias = Document | Catalogue | Iterable[Document | Catalogue]
ClosuresGiven: TypeAlias = str | Incident | Catalogue | Iterable[str | Incident | Catalogue] | None
Moment: TypeAlias = str | date | datetime
WindowGiven: TypeAlias = Window | tuple[Moment, Moment] | Mapping[str, str]
RestorationGiven: TypeAlias = "Catalogue | RestorationFit | Path | str | Sequence[Path | str]"
DemandGiven: TypeAlias = "Demand | Sequence[str] | Mapping[str, object] | pd.DataFrame"


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Scenario:
    """What is asked: a railway, what happened to it, when, and whose journeys count.

    Parameters
    ----------
    network
        A `Network`, the path of one, or ``built-in``.
    incidents
        What is studied: an incident, a catalogue, or an iterable of either. Of a catalogue of
        several, those that the record shows to touch the window.
    documents
        Documents that the incidents cite, beside those of their catalogues and the built-in ones.
    standing_closures
        Closures in force in the base state: ``all``, ``none``, or ids or incidents. By default
        all on the built-in network and none on another.
    window
        A `Window`, or start and end as texts, dates or instants; half-open.
    zone
        IANA zone in which days begin and times without an offset are read, and that the report
        shows. By default that of the network, or else that of the incidents for the report alone.
    demand
        A `Demand`, hubs by any of their names (one trip between each two), a table ``from, to,
        trips``, or a mapping as in a scenario file.
    demand_by_traffic
        Demand of a kind of traffic, where it differs.
    anchors
        A hub with no path to any of these is isolated.
    traffic
        ``passenger``, ``freight`` or both; the first one heads the tables.
    profiles
        Trains of your own by kind of traffic: a profile, the name of a built-in one, or a
        mapping as in a file.
    advisory
        ``use`` or ``avoid`` routes that the operator advises against.
    trains
        Published trains: a `Timetable`, the path of a table like ``services.csv``, ``built-in`` or
        ``none``. By default the built-in ones on the built-in network, else those of the
        ``services.csv`` in the folder of the network, if any.
    train_rules
        `FateRules` or a mapping of their fields: what becomes of a train whose course is closed.
    capacity, waiting, ensemble
        `Capacities`, `Departures` and `Sampling`, or mappings as in a file.
    restoration
        What fitted durations of open ends rest on: ``built-in``, a `Catalogue`, the path of a file
        of incidents or of a fit (or several), or a `nm.restoration.RestorationFit`. Used with
        ``ensemble={"open_ends": "fitted", ...}``.
    replacement
        ``documented`` or ``none``: whether documented buses run.
    time_rule
        ``earliest``, ``midpoint`` or ``latest``: how one time is chosen within its bounds.
    repair_scale
        Restoration takes so many times as long, > 0.
    near_minutes
        Two ways of a pair that differ by less count as equally quick: a train that is late by
        less keeps to its way. From 0 to 1,440.
    parts
        Long parts of a run, ``waiting``, ``capacity`` and ``attribution``: true for what is asked
        for, false for what is left out. One that is not named is left out where it would take
        more than some seconds; see `nm.runs.expect_effort`.
    metrics
        Names of metrics; all by default.
    as_of
        Use only what was published by this instant; an incident of whose documents none has a
        date is left out, with a warning.
    language
        Of the report.
    title, description, titles, descriptions
        In English, and by the code of another language. The title is that of the incidents by
        default.
    name
        Of the run.

    Raises
    ------
    InputError
        With everything that is wrong, each with the name of its argument.

    Examples
    --------
    >>> import netmodel as nm
    >>> scenario = nm.Scenario(
    ...     incidents=nm.built_in_catalogue(), window=("2023-05-18", "2023-05-25"),
    ...     zone="Europe/Simferopol", demand=["Simferopol", "Sevastopol", "Kerch"])
    >>> scenario.replace(time_rule="latest").time_rule
    'latest'
    """

    network: Network
    catalogue: Catalogue
    choice: Choice
    standing: tuple[Incident, ...]
    window: Window
    zone: str
    demand: Demand
    demand_by_traffic: Mapping[str, Demand]
    anchors: tuple[str, ...]
    traffic: tuple[str, ...]
    profiles: Mapping[str, Profile]
    advisory: str
    timetable: Timetable | None
    train_rules: FateRules
    capacity: Capacities | None
    waiting: Departures | None
    replacement: str
    time_rule: str
    repair_scale: float
    near_minutes: float
    parts: Mapping[str, bool]
    metrics: tuple[str, ...]
    as_of: datetime | None
    ensemble: Sampling | None
    restoration: Catalogue | RestorationFit | None
    language: str
    title: str
    description: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    name: str
    origin: Origin
    _given: dict[str, object]

    def __init__(
        self,
        *,
        window: WindowGiven,
        demand: DemandGiven,
        network: Network | Path | str = BUILT_IN,
        incidents: IncidentsGiven = (),
        documents: DocumentsGiven = (),
        standing_closures: ClosuresGiven = None,
        zone: str | None = None,
        demand_by_traffic: Mapping[str, DemandGiven] | None = None,
        anchors: Sequence[str] = (),
        traffic: Sequence[str] = ("passenger",),
        profiles: Mapping[str, Profile | str | Mapping[str, object]] | None = None,
        advisory: str = "use",
        trains: Timetable | Path | str | None = None,
        train_rules: FateRules | Mapping[str, object] | None = None,
        capacity: Capacities | Mapping[str, object] | None = None,
        waiting: Departures | Mapping[str, object] | None = None,
        replacement: str = "documented",
        time_rule: str = "midpoint",
        repair_scale: float = 1.0,
        near_minutes: float = NEAR_MINUTES,
        parts: Mapping[str, bool] | None = None,
        metrics: Sequence[str] | None = None,
        as_of: Moment | None = None,
        ensemble: Sampling | Mapping[str, object] | None = None,
        restoration: RestorationGiven = BUILT_IN,
        language: str = "en",
        title: str | None = None,
        description: str = "",
        titles: Mapping[str, str] | None = None,
        descriptions: Mapping[str, str] | None = None,
        name: str = "scenario",
    ) -> None:
        given = {key: value for key, value in locals().items() if key != "self"}
        vars(self).update(assemble(given, name_argument))

    def replace(self, **changes: Any) -> Scenario:
        """Return the scenario with some arguments given otherwise, checked as a new one.

        Raises
        ------
        InputError
            With everything that is wrong, an argument that there is not among it.

        Examples
        --------
        >>> import netmodel as nm
        >>> scenario = nm.read_scenario("crimea-may-2023")
        >>> scenario.replace(time_rul="latest")
        Traceback (most recent call last):
        netmodel.errors.InputError: unknown key 'time_rul'; did you mean 'time_rule'?
        """
        given: dict[str, object] = self._given
        unknown = [
            Problem(what=f"unknown key {name!r}", remedy=_nearest_argument(name, given))
            for name in changes
            if name not in given
        ]
        if unknown:
            raise InputError(unknown)
        made = make_scenario({**given, **changes}, name_argument, before=self)
        after = {
            key: vars(made)[key] if key == "ensemble" else each for key, each in changes.items()
        }
        vars(made)["origin"] = change_origin(self.origin, after, ensemble=self.ensemble)
        return made

    @property
    def argument_names(self) -> tuple[str, ...]:
        """The names of everything that `replace` takes."""
        return tuple(self._given)

    @cached_property
    def selection(self) -> Selection:
        """Studied incidents, background and catalogue, as known at `as_of`."""
        return select(self.choice, self.standing, self.catalogue, self.window, self.as_of)

    @cached_property
    def whole_selection(self) -> Selection:
        """The same from the whole record, whatever was public when."""
        if self.as_of is None:
            return self.selection
        return select(self.choice, self.standing, self.catalogue, self.window, None)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The studied incidents."""
        return self.selection.studied

    @property
    def background(self) -> tuple[Incident, ...]:
        """The standing closures."""
        return self.selection.background

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """What became of each studied incident, before restorations are scaled."""
        return self._place(self.incidents, list_unplaced=True)

    @cached_property
    def background_placements(self) -> tuple[Placement, ...]:
        """What became of each standing closure."""
        return self._place(self.background)

    @property
    def unplaced(self) -> tuple[Problem, ...]:
        """What is wrong with places of the studied incidents that are unknown or ambiguous."""
        return tuple(problem for each in self.placements for problem in each.unplaced)

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """The documented replacement services that run."""
        runs = self.replacement == "documented"
        return build_services(self.network, self.incidents) if runs else ()

    @cached_property
    def train_documents(self) -> Mapping[str, Document]:
        """The documents that the trains cite, by id."""
        return find_train_documents(self.timetable, self.catalogue.documents)

    @cached_property
    def link_capacities(self) -> NDArray[np.float64] | None:
        """Trains per day of each link; ``None`` where no capacity is stated."""
        if self.capacity is None:
            return None
        wanted = self.capacity
        return link_capacities(self.network, by_class=wanted.by_class, by_link=wanted.by_link)

    @property
    def demand_rules(self) -> tuple[object, Mapping[str, object]]:
        """How the demand was asked for, in general and by kind of traffic; else the demand."""
        own: Any = self._given["demand_by_traffic"]
        return self._given["demand"], own

    def demand_of(self, traffic: str) -> Demand:
        """Return the demand of a kind of traffic."""
        return self.demand_by_traffic.get(traffic, self.demand)

    def _place(
        self, incidents: Sequence[Incident], *, list_unplaced: bool = False
    ) -> tuple[Placement, ...]:
        catalogue = self.selection.catalogue
        known: tuple[Running, ...] = ()
        if is_built_in(self.network):  # whatever files it names, the record knows these trains
            known = list_running((), built_in_catalogue(), as_of=self.as_of)
        return place_incidents(
            self.network,
            incidents,
            catalogue,
            running=known,
            as_of=self.as_of,
            trains=self.timetable,
            list_unplaced=list_unplaced,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        names = [each.name for each in fields(Scenario) if not each.name.startswith("_")]
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def __hash__(self) -> int:
        return hash((self.name, self.title, self.window, self.demand, self.time_rule))

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))

    def __repr__(self) -> str:
        start, end = format_instant(self.window.start), format_instant(self.window.end)
        return (
            f"<Scenario {self.title!r}: {start} to {end}, {len(self.incidents)} incidents, "
            f"{len(self.demand.hubs)} hubs of demand>"
        )


def make_scenario(
    given: Mapping[str, object],
    locate: Callable[[Location], str],
    *,
    before: Scenario | None = None,
    folder: Path = Path(),
) -> Scenario:
    """Return the scenario of some arguments, checked.

    Parameters
    ----------
    locate
        How the place of an argument is called in messages.
    before
        A scenario whose matches are kept where they are the same.
    folder
        Where the path of a table of demand starts.
    """
    made: Scenario = object.__new__(Scenario)
    vars(made).update(assemble(given, locate, before=before, folder=folder))
    return made


def assemble(
    given: Mapping[str, object],
    locate: Callable[[Location], str],
    *,
    before: Scenario | None = None,
    folder: Path = Path(),
) -> dict[str, object]:
    """Return the fields of a scenario; everything that is wrong is told at once.

    Raises
    ------
    InputError
        With every problem at its place.
    """
    collecting = Collecting(locate)
    for each in given:
        if is_table(given[each]) and each != "demand":
            collecting.note((each,), "is given as a table of pandas", _INSTEAD.get(each, ""))
    collecting.settle()
    options = check_options(given, collecting)
    values = _read_data(given, options, collecting, folder)
    if values is None:
        raise InputError(dict.fromkeys(collecting.problems))
    values |= option_values(options)
    name, title = given["name"], given["title"]
    if not isinstance(name, str) or not name:
        collecting.note(("name",), f"{name!r} is no name")
    made: Scenario = object.__new__(Scenario)
    vars(made).update(values)
    _keep_matches(made, before)
    _check_places(made, given["standing_closures"], collecting)
    collecting.settle()
    if "origin" not in given:
        _point_out_undated(made)
    vars(made).update(
        zone=values["zone"] or zone_of(made.incidents),
        title=title or title_of(made.incidents),
        name=name,
        origin=given.get("origin", Origin()),
    )
    return vars(made)


_INSTEAD = {
    "network": "make it with nm.Network.from_pandas",
    "incidents": "make them with nm.evidence.incidents_from",
    "trains": "write it as a CSV file and give the path, or nm.trains.read_trains(path)",
}
"""What to give in place of a table; `demand` may be one."""


def _read_data(
    given: Mapping[str, object], options: ScenarioModel, collecting: Collecting, folder: Path
) -> dict[str, object] | None:
    """Return the fields that are no options; ``None`` where too little of them can be used."""
    network = read_given_network(given["network"], collecting)
    zone = read_zone(given["zone"], collecting)
    if given["zone"] is None and network is not None:
        zone = network.about.zone or None
    window = read_given_window(given["window"], zone, collecting)
    wanted, as_of = given["as_of"], None
    if wanted is not None:
        as_of = collecting.attempt(("as_of",), lambda: read_instant(wanted, zone))
    evidence = gather_evidence(
        given["incidents"],
        given["documents"],
        given["standing_closures"],
        on_built_in=network is not None and is_built_in(network),
        collecting=collecting,
    )
    rule = read_rule(given["demand"], ("demand",), collecting)
    rules = read_rules(given["demand_by_traffic"], ("demand_by_traffic",), collecting)
    if network is None:
        return None
    demand = None
    if rule is not None:
        demand = build_demand(rule, ("demand",), network, folder, collecting)
    own = {
        traffic: build_demand(each, ("demand_by_traffic", traffic), network, folder, collecting)
        for traffic, each in rules.items()
    }
    restoration = read_restoration(given["restoration"], folder, collecting)
    profiles = read_profiles(given["profiles"], options, network, collecting)
    anchors = read_anchors(given["anchors"], network, collecting)
    trains = choose_trains(
        given["trains"], network, given["network"], documents=evidence.catalogue.documents,
        on_built_in=is_built_in(network), folder=folder, collecting=collecting,
    )  # fmt: skip
    if trains is not None and trains.timetable is not None:
        documents = evidence.catalogue.documents
        collecting.problems += find_unknown_documents(trains.timetable, documents)
    rules_of_trains = choose_rules(given["train_rules"], options, collecting)
    if window is None or demand is None:
        return None
    again = {
        "network": network,
        "documents": evidence.catalogue,
        "incidents": evidence.choice,
        "demand": _lasting(rule, demand),
        "demand_by_traffic": {key: _lasting(each, own[key]) for key, each in rules.items()},
        "trains": trains,
        "restoration": BUILT_IN if restoration is None else restoration,
    }
    return {
        "network": network,
        "catalogue": evidence.catalogue,
        "choice": evidence.choice,
        "standing": evidence.standing,
        "window": window,
        "zone": zone,
        "demand": demand,
        "demand_by_traffic": own,
        "anchors": anchors,
        "profiles": profiles,
        "timetable": None if trains is None else trains.timetable,
        "train_rules": rules_of_trains,
        "as_of": as_of,
        "restoration": restoration,
        "_given": {key: each for key, each in given.items() if key != "origin"} | again,
    }


def _lasting(rule: object, demand: object) -> object:
    """Return a rule that gives the demand again wherever it is asked for, else the demand."""
    lasts = isinstance(rule, DemandModel) and rule.file is None
    return rule if lasts else demand


def _keep_matches(made: Scenario, before: Scenario | None) -> None:
    """Take over how incidents were matched by a scenario with the same ones."""
    if before is None or made.network is not before.network or made.as_of != before.as_of:
        return
    if made.incidents == before.incidents:
        vars(made)["placements"] = before.placements
    if made.background == before.background:
        vars(made)["background_placements"] = before.background_placements


def _check_places(made: Scenario, closures: object, collecting: Collecting) -> None:
    """Note places that the network does not have, and links without a capacity's line."""

    def place(location: Location, action: Callable[[], object]) -> None:
        before = len(collecting.problems)
        collecting.attempt(location, action)
        named = collecting.locate(location)
        for number, each in enumerate(collecting.problems[before:], before):
            if each.where.startswith(("incident ", "replacement ")):
                where = f"{named}, {each.where}" if named else each.where
                collecting.problems[number] = Problem(
                    what=each.what, where=where, remedy=each.remedy
                )

    def place_studied() -> None:
        if made.placements and all(each.unplaced for each in made.placements):
            raise InputError(made.unplaced)

    place(("incidents",), place_studied)
    place(("incidents",), lambda: made.services)
    try:
        _ = made.link_capacities
    except InputError as error:
        for each in error.problems:
            collecting.note(("capacity", "by_link"), each.what, each.remedy)
    before = len(collecting.problems)
    place(("standing_closures",), lambda: made.background_placements)
    named = isinstance(closures, str) and closures == "all"
    if named and not is_built_in(made.network) and len(collecting.problems) > before:
        del collecting.problems[before:]
        what = "the standing closures are of the built-in network and do not fit this one"
        remedy = "write none, or name your own by their ids"
        collecting.note(("standing_closures",), what, remedy)


def _point_out_undated(made: Scenario) -> None:
    """Warn of incidents given in Python that no `as_of` can have, for want of a date."""
    studied = {each.id for each in (*made.choice.candidates, *made.choice.sure)}
    for name in made.selection.undated:
        if name in studied:
            what = f"as_of leaves out incident {name!r}, since no document of it has a date"
            remedy = "give its source as nm.Document(id=..., publisher=..., published='2026-02-20')"
            point_out(Problem(what=what, where="as_of", remedy=remedy))


def _nearest_argument(name: str, given: Mapping[str, object]) -> str:
    return did_you_mean(nearest_names(name, given)) or f"known keys: {', '.join(sorted(given))}"
