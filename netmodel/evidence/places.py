"""Where something happened: the kinds of place, as values and as in a file of incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from netmodel.errors import InputError, Problem
from netmodel.evidence.notes import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPlace:
    """All links at one hub."""

    hub: str

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPlace:
    """The link on which a station lies."""

    station: str

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPlace:
    """The line through two or more hubs or stations, in order."""

    between: tuple[str, ...]

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPlace:
    """The links that pass within so many km of a point; degrees, EPSG:4326."""

    lon: float
    lat: float
    within_km: float = 5.0

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class TownPlace:
    """The links that pass within so many km of a town of the gazetteer."""

    town: str
    within_km: float = 10.0

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPlace:
    """A region: ``whole`` if the effect held all over it, ``somewhere`` if no section was named."""

    region: str
    extent: str

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksPlace:
    """Links given by their ids."""

    links: tuple[str, ...]

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPlace:
    """No place on the network, and why."""

    reason: str

    def __str__(self) -> str:
        return str(note_place(self))


Place: TypeAlias = (
    HubPlace
    | StationPlace
    | SectionPlace
    | NearPlace
    | TownPlace
    | RegionPlace
    | LinksPlace
    | NoPlace
)


def note_place(place: Place) -> Note:
    """Return how a place is said."""
    match place:
        case HubPlace():
            return Note("place_hub", {"name": place.hub})
        case StationPlace():
            return Note("place_station", {"name": place.station})
        case SectionPlace():
            return Note("place_section", {"names": place.between})
        case NearPlace():
            point = {"lat": round(place.lat, 2), "lon": round(place.lon, 2)}
            return Note("place_near", {"km": place.within_km, **point})
        case TownPlace():
            return Note("place_town", {"km": place.within_km, "town": place.town})
        case RegionPlace():
            code = "place_region" if place.extent == "whole" else "place_somewhere"
            return Note(code, {"region": place.region})
        case LinksPlace():
            return Note("place_links", {"links": place.links})
        case NoPlace():
            return Note("stated", {"text": place.reason})


def place_to_dict(place: Place) -> dict[str, object]:
    """Return a place as a file of incidents and a record have it.

    Examples
    --------
    >>> place_to_dict(TownPlace(town="Yalta", within_km=5))
    {'town': 'Yalta', 'within_km': 5}
    """
    match place:
        case HubPlace():
            return {"hub": place.hub}
        case StationPlace():
            return {"station": place.station}
        case SectionPlace():
            return {"between": list(place.between)}
        case NearPlace():
            return {"near": {"lon": place.lon, "lat": place.lat, "within_km": place.within_km}}
        case TownPlace():
            return {"town": place.town, "within_km": place.within_km}
        case RegionPlace():
            return {"region": place.region, "extent": place.extent}
        case LinksPlace():
            return {"links": list(place.links)}
        case NoPlace():
            return {"none": place.reason}


def place_from_dict(value: object) -> Place:
    """Return the place that a record keeps.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        match value:
            case {"hub": str(hub)}:
                return HubPlace(hub=hub)
            case {"station": str(station)}:
                return StationPlace(station=station)
            case {"between": [*names]}:
                return SectionPlace(between=tuple(str(name) for name in names))
            case {"near": {"lon": lon, "lat": lat, "within_km": km}}:
                return NearPlace(lon=float(lon), lat=float(lat), within_km=float(km))
            case {"town": str(town), "within_km": float() | int() as km}:
                return TownPlace(town=town, within_km=km)
            case {"region": str(region), "extent": str(extent)}:
                return RegionPlace(region=region, extent=extent)
            case {"links": [*links]}:
                return LinksPlace(links=tuple(str(link) for link in links))
            case {"none": str(reason)}:
                return NoPlace(reason=reason)
    except (TypeError, ValueError):
        pass
    raise InputError([Problem(what=f"{value!r} is no place")])
