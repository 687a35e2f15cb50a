"""The stations that a run names and that are no hubs, with their names in other languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from netmodel.evidence.notes import NOTES, Note
from netmodel.evidence.places import HubPlace, SectionPlace, StationPlace
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.runs.columns import STATIONS
from netmodel.runs.documents import Evidence, RunPlace

_STOPS = ("stops", "turned_at", "resumed_at", "stops_missed")
"""The columns of trains that hold names."""


def stations_table(
    network: Network, evidence: Evidence, trains: Sequence[pd.DataFrame | None]
) -> pd.DataFrame | None:
    """Return the stations that trains call at or incidents name, with their aliases.

    Parameters
    ----------
    trains
        The tables that name stops.

    Returns
    -------
    DataFrame or None
        Indexed by ``name``, in order of the names; ``None`` where the run names no station that
        has an alias.
    """
    if not network.stations:
        return None
    named = {name for table in trains if table is not None for name in _of_trains(table)}
    for incident in evidence.incidents:
        for place in incident.places:
            named |= set(_of_place(place))
    found = list_stations(network, named)
    if not found:
        return None
    rows = [(name, ";".join(found[name])) for name in sorted(found)]
    columns = [column.name for column in STATIONS.columns]
    return pd.DataFrame(rows, columns=columns).set_index(STATIONS.index)


def list_stations(network: Network, named: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the aliases of those of some names that are of stations and of no hub.

    Of several stations of one name, the aliases that all of them have; a name without one is
    left out.

    Examples
    --------
    >>> import netmodel as nm
    >>> list_stations(nm.built_in_network(), ["Nepliuieve", "Kyiv"])
    {'Nepliuieve': ('Неплюєве', 'Неплюево')}
    """
    names = Names(network)
    found = {}
    for name in named:
        stations = () if names.find_hubs(name) else names.find_stations(name)
        if stations:
            shared = dict.fromkeys(stations[0].aliases)
            for other in stations[1:]:
                shared = {each: None for each in shared if each in other.aliases}
            if shared:
                found[name] = tuple(shared)
    return found


def _of_trains(table: pd.DataFrame) -> Iterator[str]:
    for column in _STOPS:
        if column in table:
            for cell in table[column].unique():
                yield from filter(None, str(cell).split(";"))


def _of_place(place: RunPlace) -> Iterator[str]:
    """Yield what a place and the sentences on how it was matched name."""
    match place.place:
        case HubPlace(hub=name) | StationPlace(station=name):
            yield name
        case SectionPlace(between=names):
            yield from names
    for said in (*place.note, *(rival.reason for rival in place.rivals)):
        if isinstance(said, Note):
            yield from _of_note(said)


def _of_note(note: Note) -> Iterator[str]:
    kinds = NOTES[note.code].values  # noqa: PD011 - of a sentence, not of a table
    for key, value in note.values.items():  # noqa: PD011
        if kinds[key] in ("name", "names"):
            if isinstance(value, str):
                yield value
            elif isinstance(value, tuple):
                yield from value
