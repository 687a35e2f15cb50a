"""The demand of a scenario, however it is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from netmodel.errors import Location
from netmodel.files.mistakes import explain_errors
from netmodel.impact.demand import (
    Demand,
    gravity_demand,
    read_demand,
    tabulate_demand,
    uniform_demand,
)
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.scenario.collecting import Collecting, find_hubs, list_items
from netmodel.scenario.file import DemandModel
from netmodel.scenario.plain import as_plain, without_key

if TYPE_CHECKING:
    import pandas as pd

Rule: TypeAlias = "DemandModel | Demand | pd.DataFrame"
"""A demand before it is laid on a network."""


def read_rule(given: object, location: Location, collecting: Collecting) -> Rule | None:
    """Return what is meant by a demand: a rule as in a file, or the demand itself.

    Parameters
    ----------
    given
        A `Demand`, a list of hubs, a mapping as in a file, or a table ``from, to, trips``.
    """
    if isinstance(given, Demand | DemandModel) or is_table(given):
        return given  # type: ignore[return-value]
    if isinstance(given, Mapping):
        value = as_plain(given)
    elif isinstance(given, list | tuple):
        value = {"hubs": list(given)}
    else:
        what = f"{type(given).__name__} is no demand"
        remedy = "give a list of hubs, a Demand, a table with from, to, trips, or a mapping"
        collecting.note(location, what, remedy)
        return None
    try:
        return DemandModel.model_validate(value)
    except ValidationError as error:
        places = lambda inner: collecting.locate((*location, *inner))  # noqa: E731
        collecting.problems += [
            without_key(each) for each in explain_errors(error, DemandModel, value, places)
        ]
    return None


def is_table(given: object) -> bool:
    """Whether something is a table of pandas, which is not imported for that."""
    return hasattr(given, "columns") and hasattr(given, "itertuples")


def build_demand(
    rule: Rule, location: Location, network: Network, folder: Path, collecting: Collecting
) -> Demand | None:
    """Return the demand that a rule gives on a network; what is wrong with it is noted.

    Parameters
    ----------
    folder
        Where the path of a table starts.
    """
    if isinstance(rule, Demand):
        find_hubs(rule.hubs, (*location, "hubs"), network, collecting)
        return rule
    if not isinstance(rule, DemandModel):
        return collecting.attempt(location, lambda: _from_table(rule, location, network))
    if rule.file is not None:
        path = folder / rule.file
        return collecting.attempt((*location, "file"), lambda: read_demand(path, network))
    return _by_rule(rule, location, network, collecting)


def _by_rule(
    rule: DemandModel, location: Location, network: Network, collecting: Collecting
) -> Demand | None:
    before = len(collecting.problems)
    hubs = list(find_hubs(rule.hubs or (), (*location, "hubs"), network, collecting))
    hubs += _hubs_by_rule(rule, location, network, collecting)
    hubs = list(dict.fromkeys(hubs))
    if len(collecting.problems) > before:
        return None
    if len(hubs) < 2:
        collecting.note(location, f"demand needs two hubs at least, this selects {len(hubs)}")
        return None
    if rule.kind == "gravity":
        return collecting.attempt(
            location,
            lambda: gravity_demand(
                network,
                hubs,
                exponent=rule.exponent,
                deterrence=rule.deterrence,
                scale_km=rule.scale_km,
            ),
        )
    return uniform_demand(hubs)


def _hubs_by_rule(
    rule: DemandModel, location: Location, network: Network, collecting: Collecting
) -> list[str]:
    if rule.population_over is None and rule.regions is None:
        return []
    names = Names(network)
    inside = {hub.id for hub in network.hubs}
    if rule.regions is not None:
        found = [
            collecting.attempt(
                (*location, "regions", number),
                lambda name=name: names.hubs_in(name)[1],  # type: ignore[misc]
            )
            for number, name in enumerate(rule.regions)
        ]
        inside = {hub.id for hubs in found for hub in hubs or ()}
    return [
        hub.id
        for hub in network.hubs
        if hub.id in inside
        and (rule.population_over is None or (hub.population or 0) > rule.population_over)
        and (hub.population or hub.kind != "junction")
    ]


def _from_table(table: pd.DataFrame, location: Location, network: Network) -> Demand:
    name = str(location[-1])
    missing = [each for each in ("from", "to", "trips") if each not in table.columns]
    if missing:
        raise ValueError(f"the table has no column {', '.join(missing)}")
    cells = table[["from", "to", "trips"]].itertuples(index=True, name=None)
    rows = ((f"{name}, row {index}", str(a), str(b), trips) for index, a, b, trips in cells)
    return tabulate_demand(rows, network, name=name)


def read_rules(given: object, location: Location, collecting: Collecting) -> dict[str, Rule]:
    """Return the demands that are given by kind of traffic."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        collecting.note(location, f"{given!r} is no mapping", "write {'freight': demand}")
        return {}
    found = {}
    for traffic, each in given.items():
        if traffic not in {"passenger", "freight"}:
            collecting.note(location, f"{traffic!r} is not known", "one of passenger, freight")
        rule = read_rule(each, (*location, str(traffic)), collecting)
        if rule is not None:
            found[str(traffic)] = rule
    return found


def read_anchors(given: object, network: Network, collecting: Collecting) -> tuple[str, ...]:
    """Return the ids of the anchors."""
    return find_hubs(list_items(given, ("anchors",), collecting), ("anchors",), network, collecting)
