"""netmodel: rail-network disruption, from documents to what stayed connected.

The names below load what they need when they are first used, so that ``import netmodel`` is
light. See the README for a tour.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netmodel.errors import InputError, NetmodelError, Problem, UnknownNameError
    from netmodel.evidence.built_in import built_in_catalogue
    from netmodel.evidence.files import read_catalogue
    from netmodel.evidence.model import Catalogue, Claim, Document, Incident
    from netmodel.evidence.resolution import Resolution, resolve_incident
    from netmodel.instants import Bounds, Window, parse_time
    from netmodel.network.built_in import built_in_network
    from netmodel.network.model import Hub, Link, Network, Station
    from netmodel.network.tables import read_network, write_network
    from netmodel.outages.match import Matcher
    from netmodel.outages.outage import Outage, place_incidents
    from netmodel.outages.timeline import Timeline
    from netmodel.report.explore import explore
    from netmodel.report.folder import write_run
    from netmodel.study.run import Run, run_scenario

_HOMES = {
    "Bounds": "netmodel.instants",
    "Catalogue": "netmodel.evidence.model",
    "Claim": "netmodel.evidence.model",
    "Document": "netmodel.evidence.model",
    "Hub": "netmodel.network.model",
    "Incident": "netmodel.evidence.model",
    "InputError": "netmodel.errors",
    "Link": "netmodel.network.model",
    "Matcher": "netmodel.outages.match",
    "NetmodelError": "netmodel.errors",
    "Network": "netmodel.network.model",
    "Outage": "netmodel.outages.outage",
    "Problem": "netmodel.errors",
    "Resolution": "netmodel.evidence.resolution",
    "Run": "netmodel.study.run",
    "Station": "netmodel.network.model",
    "Timeline": "netmodel.outages.timeline",
    "UnknownNameError": "netmodel.errors",
    "Window": "netmodel.instants",
    "built_in_catalogue": "netmodel.evidence.built_in",
    "built_in_network": "netmodel.network.built_in",
    "explore": "netmodel.report.explore",
    "parse_time": "netmodel.instants",
    "place_incidents": "netmodel.outages.outage",
    "read_catalogue": "netmodel.evidence.files",
    "read_network": "netmodel.network.tables",
    "resolve_incident": "netmodel.evidence.resolution",
    "run_scenario": "netmodel.study.run",
    "write_network": "netmodel.network.tables",
    "write_run": "netmodel.report.folder",
}

__all__ = [
    "Bounds",
    "Catalogue",
    "Claim",
    "Document",
    "Hub",
    "Incident",
    "InputError",
    "Link",
    "Matcher",
    "NetmodelError",
    "Network",
    "Outage",
    "Problem",
    "Resolution",
    "Run",
    "Station",
    "Timeline",
    "UnknownNameError",
    "Window",
    "built_in_catalogue",
    "built_in_network",
    "explore",
    "parse_time",
    "place_incidents",
    "read_catalogue",
    "read_network",
    "resolve_incident",
    "run_scenario",
    "write_network",
    "write_run",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'netmodel' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_HOMES)
