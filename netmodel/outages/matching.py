"""From a place to links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import UnknownNameError
from netmodel.evidence.notes import Note, NoteValue
from netmodel.evidence.places import (
    HubPlace,
    LinksPlace,
    NearPlace,
    NoPlace,
    Place,
    RegionPlace,
    SectionPlace,
    StationPlace,
    TownPlace,
    note_place,
    read_place,
)
from netmodel.network.formats import built_in_network
from netmodel.network.gazetteer import Town, find_town
from netmodel.network.names import Names, is_known_place
from netmodel.network.railway import Hub, Network, Station
from netmodel.routing.line_shape import Line
from netmodel.routing.line_ways import REVERSAL_MINUTES, LineFinder
from netmodel.routing.profiles import PASSENGER, whole_cost
from netmodel.trains.course import Course, Courses, find_courses
from netmodel.trains.services_file import built_in_timetable
from netmodel.trains.train import Timetable

ABOUT_AS_LONG = 1.1
"""Two lines may be meant alike if each takes at most so many times the other's minutes or km."""
MOST_TRAINS = 0.9
"""The share of the trains that decide between lines that has to take one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another reading of the same place."""

    links: tuple[str, ...]
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The links that a place means.

    Parameters
    ----------
    status
        ``certain``; ``ambiguous`` when several readings are left, which `rivals` lists;
        ``unknown`` when nothing has the name, or several places do; ``region`` when a region was
        named and no section of it, so that `candidates` may be meant; ``none`` when the place is
        not on the network.
    links
        Ids of the links meant; empty unless the status is ``certain``.
    candidates
        For ``region``: ids of the links that may be meant.
    distance_km
        For a point: its distance from the nearest link.
    """

    place: Place
    status: str
    links: tuple[str, ...] = ()
    rivals: tuple[Rival, ...] = ()
    candidates: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    distance_km: float | None = None


class Matcher:
    """Matches places to the links of one network.

    Parameters
    ----------
    trains
        Known trains, which decide between lines that join the same two places; on the built-in
        network its own by default.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=45) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=80),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=80))
    >>> matcher = Matcher(Network(hubs=hubs, links=links))
    >>> matcher.match("A - C").links
    ('ab', 'bc')
    """

    def __init__(self, network: Network, *, trains: Timetable | None = None) -> None:
        self.network = network
        self.names = Names(network)
        self._given = trains
        self._lines = LineFinder(network)
        self._legs: dict[tuple[str, str], Match] = {}

    @cached_property
    def trains(self) -> Courses | None:
        """The courses of the trains that decide between lines, found when they first have to."""
        timetable = self._given
        if timetable is None and self.network == built_in_network():
            timetable = built_in_timetable()
        return None if timetable is None else find_courses(timetable, self.network)

    def match(self, place: Place | str | Mapping[str, object]) -> Match:
        """Return the links that a place means.

        Parameters
        ----------
        place
            A place, a mapping as in a file of incidents, or a text such as ``"Kyiv - Lviv"``.

        Raises
        ------
        UnknownNameError
            If no hub, station, link or region carries a name of the place.
        InputError
            If it is no place.
        """
        return self._match(read_place(place))

    def _match(self, place: Place) -> Match:
        match place:
            case HubPlace():
                return self._match_hub(place)
            case StationPlace():
                return self._match_station(place)
            case SectionPlace():
                return self._match_section(place)
            case NearPlace():
                return self._match_near(place)
            case TownPlace():
                return self._match_town(place)
            case RegionPlace():
                return self._match_region(place)
            case LinksPlace():
                links = tuple(self.network.link(link).id for link in place.links)
                return Match(place=place, status="certain", links=links)
            case NoPlace():
                return Match(place=place, status="none", notes=(note_place(place),))

    def _match_hub(self, place: HubPlace) -> Match:
        found = self.names.find_hubs(place.hub)
        if not found:
            if self.names.find_stations(place.hub):
                return self._match_station(StationPlace(station=place.hub), shown=place)
            if place.hub in self.network.link_index:
                return Match(place=place, status="certain", links=(place.hub,))
            raise UnknownNameError("hub", place.hub, self.names.suggest(place.hub))
        if len(found) > 1:
            rivals = [
                Rival(
                    links=self.network.links_at_hub[hub.id],
                    reason=Note("rival_hub", {"name": hub.name, "id": hub.id}),
                )
                for hub in found
            ]
            return _ambiguous(place, rivals, Note("several_hubs"))
        return Match(place=place, status="certain", links=self.network.links_at_hub[found[0].id])

    def _match_station(self, place: StationPlace, *, shown: Place | None = None) -> Match:
        stations = self.names.find_stations(place.station)
        if not stations:
            if self.names.find_hubs(place.station):
                return self._match_hub(HubPlace(hub=place.station))
            raise UnknownNameError("station", place.station, self.names.suggest(place.station))
        links = tuple(dict.fromkeys(station.link for station in stations))
        if len(links) > 1 and self.names.lie_apart(stations):
            rivals = [
                Rival(links=(each.link,), reason=_note_station("rival_station", each))
                for each in stations
            ]
            return _ambiguous(shown or place, rivals, Note("several_stations"))
        note = _note_station("lies_at", stations[0])
        return Match(place=shown or place, status="certain", links=links, notes=(note,))

    def _match_section(self, place: SectionPlace) -> Match:
        links: dict[str, None] = {}
        notes: list[Note] = []
        rivals: list[Rival] = []
        missing = False
        for names in pairwise(place.between):
            if names not in self._legs:
                self._legs[names] = self._match_leg(*names)
            leg = self._legs[names]
            links |= dict.fromkeys(leg.links)
            notes += leg.notes
            rivals += leg.rivals
            missing |= leg.status == "none"
        if rivals:
            return _ambiguous(place, rivals, *notes)
        status = "none" if missing else "certain"
        found = () if missing else tuple(links)
        return Match(place=place, status=status, links=found, notes=tuple(notes))

    def _match_leg(self, one: str, other: str) -> Match:
        """Match the line between two neighbouring places of a section."""
        place = SectionPlace(between=(one, other))
        start, end = self.names.stops(one), self.names.stops(other)
        if set(start) == set(end):
            note = Note("same_place", {"names": place.between})
            return Match(place=place, status="none", notes=(note,))
        shared = self._links_at(start) & self._links_at(end)
        if shared:
            lines = self._lines.joining(
                [link.id for link in self.network.links if link.id in shared]
            )
        else:
            lines = self._lines.find(start, end)
        if not lines:
            note = Note("no_line", {"names": place.between})
            return Match(place=place, status="none", notes=(note,))
        return self._choose(place, lines)

    def _links_at(self, stops: Sequence[Hub | Station]) -> set[str]:
        return {
            link
            for stop in stops
            for link in (
                (stop.link,) if isinstance(stop, Station) else self.network.links_at_hub[stop.id]
            )
        }

    def _choose(self, place: SectionPlace, lines: Sequence[Line]) -> Match:
        """Choose the line that trains take, else the first if no other is about as long."""
        reasons = self._describe(lines)
        number, trains = self._count_trains(lines)
        meant = [
            line for line in lines[1:] if _may_be_meant(lines[0], line) or self._stays(lines, line)
        ]
        if meant and not trains:
            readings = [
                Rival(links=(*line.links, *line.tracks), reason=reason)
                for line, reason in zip(lines, reasons, strict=True)
                if line is lines[0] or line in meant
            ]
            return _ambiguous(place, readings, Note("many_lines", {"names": place.between}))
        taken = lines[number]
        notes = []
        if trains:
            notes.append(Note("taken_by_trains", {"n": trains}))
        other = next((line for line in lines if line is not taken), None)
        if other is not None and (other.is_apart or _is_about_as_quick(lines[0], other)):
            this, that = reasons[number].values, reasons[0 if number else 1].values
            values = {f"other_{name}": value for name, value in that.items()}
            notes.append(Note("taken_line", {**this, **values}))
        if taken.tracks:
            notes.append(Note("tracks", {"n": len(taken.tracks)}))
        links = (*taken.links, *taken.tracks)
        return Match(place=place, status="certain", links=links, notes=tuple(notes))

    def _stays(self, lines: Sequence[Line], other: Line) -> bool:
        """Whether a line stays within the countries of its ends, while the first leaves them."""
        first, last = self._countries(lines[0].hubs), self._countries(other.hubs)
        home = self._countries((*lines[0].hubs[:1], *lines[0].hubs[-1:]))
        return other.is_apart and first > home >= last

    def _countries(self, hubs: Sequence[str]) -> set[str]:
        return {self.network.hub(hub).country for hub in hubs} - {""}

    def _describe(self, lines: Sequence[Line]) -> list[Note]:
        """Return how each line is told from the others: places on it, and km."""
        passed = [self._places_on(line) for line in lines]
        notes = []
        for number, line in enumerate(lines):
            others = {name for each in passed[:number] + passed[number + 1 :] for name in each}
            own = [name for name in passed[number] if name not in others]
            hubs = [self.network.hub(hub).name for hub in line.hubs]
            names = _pick_three(own or passed[number] or hubs)
            notes.append(Note("rival_line", {"names": names, "km": round(line.km)}))
        return notes

    def _places_on(self, line: Line) -> tuple[str, ...]:
        """Return the named hubs on the way; its stations where there are none."""
        hubs = [self.network.hub(hub) for hub in line.hubs]
        stations = [
            station.name
            for link in line.path
            for station in self.network.stations_on_link.get(link, ())
        ]
        return tuple(hub.name for hub in hubs if is_known_place(hub)) or tuple(stations)

    def _count_trains(self, lines: Sequence[Line]) -> tuple[int, int]:
        """Return the position of the line that known trains take, and how many; else 0 and none.

        A train counts for a line if it runs all along it and stops at a place that none of the
        other lines passes: the way between its stops is otherwise a guess like this one.
        """
        trains = self.trains if any(line.is_apart for line in lines[1:]) else None
        if trains is None:
            return 0, 0
        stops = [self._stops_on(line) for line in lines]
        counts = [0] * len(lines)
        for number, line in enumerate(lines):
            others = set().union(*stops[:number], *stops[number + 1 :])
            own = stops[number] - others
            if own and line.path:
                counts[number] = sum(
                    not own.isdisjoint(_stops_of(course, trains))
                    for course in trains.along(line.links)
                )
        most = int(np.argmax(counts))
        if counts[most] == 0 or counts[most] < MOST_TRAINS * sum(counts):
            return 0, 0
        return most, counts[most]

    def _stops_on(self, line: Line) -> set[str]:
        stations = self.network.stations_on_link
        names = {self.network.hub(hub).name for hub in line.hubs}
        return names.union(each.name for link in line.links for each in stations.get(link, ()))

    def _match_near(self, place: NearPlace) -> Match:
        """Match the links whose course passes within the distance of a point."""
        distances = self._distances_km(place.lon, place.lat)
        order = np.argsort(distances, kind="stable")
        within = [int(n) for n in order if distances[n] <= place.within_km]
        ids = [self.network.links[n].id for n in within]
        nearest = float(distances[order[0]]) if len(order) else None
        if not ids:
            notes = () if nearest is None else (Note("nearest", {"km": round(nearest, 1)}),)
            return Match(place=place, status="none", notes=notes, distance_km=nearest)
        if len(ids) > 1:
            rivals = [
                Rival(
                    links=(link,),
                    reason=Note("rival_near", {"link": link, "km": round(float(distances[n]), 1)}),
                )
                for n, link in zip(within, ids, strict=True)
            ]
            match = _ambiguous(place, rivals, Note("several_links"))
            return replace(match, distance_km=nearest)
        return Match(place=place, status="certain", links=tuple(ids), distance_km=nearest)

    def _match_town(self, place: TownPlace) -> Match:
        """Match the links near the town of a name; every town that carries it is a rival."""
        countries = sorted({hub.country for hub in self.network.hubs if hub.country})
        found = find_town(place.town, countries=countries)
        readings = []
        for town in (found.town, *found.rivals):
            near = NearPlace(lon=town.lon, lat=town.lat, within_km=place.within_km)
            match = self._match_near(near)
            if match.status != "none":
                readings.append((town, match))
        if not readings:
            note = Note("no_link_near", {"km": place.within_km, "town": found.town.name})
            return Match(place=place, status="none", notes=(note,))
        if len(readings) == 1:
            town, match = readings[0]
            return replace(
                match,
                place=place,
                notes=(_note_town("town", town, population=town.population), *match.notes),
            )
        rivals = [
            Rival(links=links, reason=_note_town("rival_town", town, links=links))
            for town, match in readings
            for links in [match.links or tuple(rival.links[0] for rival in match.rivals)]
        ]
        return _ambiguous(place, rivals, Note("several_towns", {"n": len(readings)}))

    def _distances_km(self, lon: float, lat: float) -> NDArray[np.float64]:
        """Return the distance of every link's course from a point, in a projection around it."""
        if not self.network.links:
            return np.zeros(0)
        import shapely
        from pyproj import Proj

        to_plane = Proj(proj="aeqd", lat_0=lat, lon_0=lon, units="km", datum="WGS84")
        lines = [self.network.line(link.id) for link in self.network.links]
        counts = np.array([len(line) for line in lines])
        flat = np.array([xy for line in lines for xy in line])
        x, y = to_plane(flat[:, 0], flat[:, 1])
        courses = shapely.linestrings(
            np.column_stack([x, y]), indices=np.repeat(np.arange(len(lines)), counts)
        )
        return np.asarray(shapely.distance(courses, shapely.Point(0, 0)))

    def _match_region(self, place: RegionPlace) -> Match:
        region, hubs = self.names.hubs_in(place.region)
        inside = {hub.id for hub in hubs}
        links = tuple(
            link.id
            for link in self.network.links
            if link.from_hub in inside or link.to_hub in inside
        )
        if place.extent == "whole":
            both = tuple(
                link
                for link in links
                if {self.network.link(link).from_hub, self.network.link(link).to_hub} <= inside
            )
            return Match(
                place=place,
                status="certain",
                links=both,
                notes=(Note("all_of", {"region": region}),),
            )
        note = Note("no_section", {"region": region, "n": len(links)})
        return Match(place=place, status="region", candidates=links, notes=(note,))


def _stops_of(course: Course, trains: Courses) -> Iterator[str]:
    """Yield the names of the places at which a train stops or that it is said to pass."""
    for place in (*course.train.stops, *course.train.via):
        yield trains.promotion.network.hub(trains.hub_of[place]).name


def _may_be_meant(first: Line, other: Line) -> bool:
    """Whether another line is about as long as the first, or shorter though it is slower.

    A line whose stations the first passes by on a chord may be meant even if it is longer.
    """
    if not other.is_apart:
        return False
    alike = _is_about_as_quick(first, other) and other.km <= ABOUT_AS_LONG * first.km
    return alike or other.is_passed_by or ABOUT_AS_LONG * other.km <= first.km


def _is_about_as_quick(first: Line, other: Line) -> bool:
    """Whether another line takes about as long, with or without the minutes that trains turn."""
    fewer = whole_cost(PASSENGER.reversal_minutes - REVERSAL_MINUTES) * (first.turns - other.turns)
    return other.cost <= ABOUT_AS_LONG * (first.cost + max(fewer, 0))


def _pick_three(names: Sequence[str]) -> tuple[str, ...]:
    """Return the first, the middle and the last of more than three names."""
    if len(names) <= 3:
        return tuple(names)
    return (names[0], names[len(names) // 2], names[-1])


def _note_station(code: str, station: Station) -> Note:
    return Note(code, {"name": station.name, "km": station.km, "link": station.link})


def _note_town(code: str, town: Town, **values: NoteValue) -> Note:
    point = {"lat": round(town.lat, 2), "lon": round(town.lon, 2)}
    return Note(code, {"name": town.name, "country": town.country, **point, **values})


def _ambiguous(place: Place, rivals: Sequence[Rival], *notes: Note) -> Match:
    return Match(place=place, status="ambiguous", rivals=tuple(rivals), notes=notes)
