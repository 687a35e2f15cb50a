"""Where something happened: the kinds of place, as values and as in a file of incidents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.evidence.notes import Note
from netmodel.evidence.vocabulary import EXTENTS, Checks

MOST_KM = 50_000


def _check(
    place: object,
    *,
    texts: Sequence[str] = (),
    several: Mapping[str, int] = MappingProxyType({}),
    numbers: Mapping[str, tuple[float, float]] = MappingProxyType({}),
    words: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> None:
    """Check the fields of a place: texts, least counts of lists, ranges, and fixed words."""
    checks = Checks()
    for name in texts:
        checks.text(name, getattr(place, name))
    for name, least in several.items():
        found = checks.texts(name, getattr(place, name), least=least)
        object.__setattr__(place, name, found)
    for name, (low, high) in numbers.items():
        above = name == "within_km"
        checks.number(name, getattr(place, name), low=low, high=high, above=above)
    for name, among in words.items():
        checks.word(name, getattr(place, name), among)
    checks.done()


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPlace:
    """All links at one hub."""

    hub: str

    def __post_init__(self) -> None:
        _check(self, texts=["hub"])

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPlace:
    """The link on which a station lies."""

    station: str

    def __post_init__(self) -> None:
        _check(self, texts=["station"])

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPlace:
    """The line through two or more hubs or stations, in order."""

    between: tuple[str, ...]

    def __post_init__(self) -> None:
        _check(self, several={"between": 2})

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPlace:
    """The links that pass within so many km of a point; degrees, EPSG:4326."""

    lon: float
    lat: float
    within_km: float = 5.0

    def __post_init__(self) -> None:
        _check(self, numbers={"lon": (-180, 180), "lat": (-90, 90), "within_km": (0, MOST_KM)})

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class TownPlace:
    """The links that pass within so many km of a town of the gazetteer."""

    town: str
    within_km: float = 10.0

    def __post_init__(self) -> None:
        _check(self, texts=["town"], numbers={"within_km": (0, MOST_KM)})

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPlace:
    """A region: ``whole`` if the effect held all over it, ``somewhere`` if no section was named."""

    region: str
    extent: str = "somewhere"

    def __post_init__(self) -> None:
        _check(self, texts=["region"], words={"extent": EXTENTS})

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksPlace:
    """Links given by their ids."""

    links: tuple[str, ...]

    def __post_init__(self) -> None:
        _check(self, several={"links": 1})

    def __str__(self) -> str:
        return str(note_place(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPlace:
    """No place on the network, and why."""

    reason: str

    def __post_init__(self) -> None:
        _check(self, texts=["reason"])

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


def read_places(value: object) -> tuple[Place, ...]:
    """Return one place or several, each in any form of `read_place`.

    Raises
    ------
    InputError
        With every one that is wrong; or if there is none.
    """
    given = value if isinstance(value, list | tuple) else [value]
    checks = Checks()
    places = []
    for each in given:
        try:
            places.append(read_place(each))
        except InputError as error:
            checks.problems += error.problems
    if not given:
        checks.refuse("no place is given", "places", "write why not: {'none': 'reason'}")
    checks.done()
    return tuple(places)


@refuse_wrong_kinds
def read_place(value: object) -> Place:
    """Return a place that is given as a value, as in a file, or as a text.

    Raises
    ------
    InputError
        If it is no place, with what to write instead.

    Examples
    --------
    >>> read_place({"between": ["Kyiv", "Lviv"]}) == read_place("Kyiv - Lviv")
    True
    """
    if isinstance(value, Place):
        return value
    if isinstance(value, str):
        return parse_place(value)
    return place_from_dict(value)


_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "hub": (), "station": (), "between": (), "near": (), "town": ("within_km",),
    "region": ("extent",), "links": (), "none": (),
})  # fmt: skip
"""The keys of which a place has exactly one, and what else may stand beside each."""


def place_from_dict(value: object) -> Place:
    """Return a place that is given as in a file of incidents, or as a record keeps it.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> place_from_dict({"town": "Yalta"})
    TownPlace(town='Yalta', within_km=10.0)
    """
    checks = Checks()
    if not isinstance(value, Mapping):
        checks.refuse(f"{value!r} is no place", "place", "write 'A - B', or a mapping as in a file")
        checks.done()
    fields = checks.mapping("place", value)
    kinds = [kind for kind in _KINDS if kind in fields]
    more = [name for name in fields if name not in _KINDS]
    if fields and len(kinds) != 1:
        remedy = did_you_mean(nearest_names(more[0], _KINDS)) if more else ""
        checks.refuse(f"a place is exactly one of {', '.join(_KINDS)}", "place", remedy)
    elif wrong := [name for name in more if name not in _KINDS[kinds[0]]] if kinds else []:
        checks.refuse(f"{wrong[0]} does not go with {kinds[0]}", "place")
    elif not fields and not checks.problems:
        checks.refuse("the place is empty", "place")
    checks.done()
    [kind] = kinds
    if kind == "near":
        near = checks.mapping("near", fields["near"])
        wrong = [name for name in near if name not in ("lon", "lat", "within_km")]
        if wrong or not {"lon", "lat"} <= set(near):
            checks.refuse("near takes lon, lat and within_km", "near")
        checks.done()
        return NearPlace(**near)  # type: ignore[arg-type]
    build = {
        "hub": HubPlace, "station": StationPlace, "between": SectionPlace, "town": TownPlace,
        "region": RegionPlace, "links": LinksPlace,
    }.get(kind)  # fmt: skip
    return NoPlace(reason=fields["none"]) if build is None else build(**fields)  # type: ignore


def parse_place(text: str) -> Place:
    """Read a place from a text.

    Parameters
    ----------
    text
        ``A`` (a hub or station), ``A - B`` (the line between them), ``lon,lat``, ``region A`` or
        ``town A``.

    Raises
    ------
    InputError
        If the text is empty, or a point is not on Earth.

    Examples
    --------
    >>> parse_place("Simferopol - Sevastopol")
    SectionPlace(between=('Simferopol', 'Sevastopol'))
    >>> parse_place("region Sumy")
    RegionPlace(region='Sumy', extent='somewhere')
    """
    text = text.strip()
    if not text:
        raise InputError([Problem(what="the place is empty", remedy="name a hub or 'A - B'")])
    if text.casefold().startswith("region "):
        return RegionPlace(region=text[7:].strip())
    if text.casefold().startswith("town "):
        return TownPlace(town=text[5:].strip())
    point = _parse_point(text)
    if point is not None:
        return NearPlace(lon=point[0], lat=point[1], within_km=10.0)
    for separator in ("–", "—", " - "):
        names = tuple(part.strip() for part in text.split(separator) if part.strip())
        if len(names) > 1:
            return SectionPlace(between=names)
    return HubPlace(hub=text)


def _parse_point(text: str) -> tuple[float, float] | None:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(
            [Problem(what=f"{text!r} is not on Earth", remedy="give lon,lat in degrees")]
        )
    return lon, lat
