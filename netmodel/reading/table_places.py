"""Where the rows of a table say that something happened, as places of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netmodel.errors import AmbiguousNameError, NetmodelError, Problem, UnknownNameError
from netmodel.evidence.places import (
    HubPlace,
    NearPlace,
    Place,
    RegionPlace,
    SectionPlace,
    StationPlace,
)
from netmodel.network.railway import Hub, Network, Station
from netmodel.outages.matching import Matcher
from netmodel.outages.outage import tell_apart
from netmodel.reading.table_map import (
    LinesModel,
    PointModel,
    RegionPart,
    StationsModel,
    TableMap,
)
from netmodel.routing.line_ways import LineFinder
from netmodel.trains.train import Timetable


class RowError(Exception):
    """What keeps a row from being an incident."""

    def __init__(self, what: str, remedy: str = "") -> None:
        self.what, self.remedy = what, remedy
        super().__init__(what)


class TablePlaces:
    """Finds the places of rows on a network, each name and line once."""

    def __init__(self, columns: TableMap, network: Network, trains: Timetable | None) -> None:
        self._map = columns.place
        self._decimal = columns.table.decimal
        self._matcher = Matcher(network, trains=trains)
        self._finder = LineFinder(network)
        self._stops: dict[str, tuple[Hub | Station, ...] | Problem] = {}
        self._checked: dict[Place, Problem | None] = {}

    def find(self, cells: Mapping[str, str]) -> tuple[tuple[Place, ...], list[Problem]]:
        """Return the places of a row, and what is wrong with others; of the first kind that does.

        Raises
        ------
        RowError
            If no kind of place gives any.
        """
        missing: list[Problem] = []
        for kind in self._map.kinds:
            wrong: list[Problem] = []
            part = getattr(self._map, kind)
            places = getattr(self, f"_read_{kind}")(part, cells, wrong)
            good = []
            for place in dict.fromkeys(places):
                problem = self._check(place)
                if problem is None:
                    good.append(place)
                else:
                    wrong.append(problem)
            missing += wrong
            if good:
                return tuple(good), wrong
        if not missing:
            raise RowError("no place is given", "fill in a column that the map names in `place`")
        more = f"; and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise RowError(f"not placed: {missing[0].what}{more}", missing[0].remedy)

    def _check(self, place: Place) -> Problem | None:
        """Return why a place is on no link; regions count as places."""
        if place not in self._checked:
            self._checked[place] = self._match(place)
        return self._checked[place]

    def _match(self, place: Place) -> Problem | None:
        try:
            match = self._matcher.match(place)
        except UnknownNameError as error:
            return Problem(what=f"unknown {error.kind} {error.name!r}", remedy=error.remedy)
        except NetmodelError as error:
            return Problem(what=str(error))
        if match.status == "ambiguous":
            ways = "; or ".join(str(rival.reason) for rival in match.rivals[:3])
            return Problem(what=f"{place} is ambiguous: {ways}", remedy=tell_apart(match))
        if match.status == "none":
            why = "; ".join(str(note) for note in match.notes)
            return Problem(what=f"{place} is on no link: {why}")
        return None

    def _read_lines(
        self, part: LinesModel, cells: Mapping[str, str], wrong: list[Problem]
    ) -> list[Place]:
        places: list[Place] = []
        for text in _parts(cells[part.column], part.separator):
            names = _parts(text, part.between)
            places += self._section(names, wrong) if len(names) > 1 else self._one(text, wrong)
        return places

    def _section(self, names: Sequence[str], wrong: list[Problem]) -> list[Place]:
        stops = [self._find_stop(name, wrong) for name in names]
        if None in stops:
            return []
        return [SectionPlace(between=tuple(self._spell(name) for name in names))]

    def _one(self, name: str, wrong: list[Problem]) -> list[Place]:
        stops = self._find_stop(name, wrong)
        if stops is None:
            return []
        name = self._spell(name)
        return [HubPlace(hub=name) if isinstance(stops[0], Hub) else StationPlace(station=name)]

    def _read_ends(
        self, part: Sequence[str], cells: Mapping[str, str], wrong: list[Problem]
    ) -> list[Place]:
        names = [cells[column] for column in part if cells[column]]
        if not names:
            return []
        distinct = list(dict.fromkeys(names))
        return self._one(names[0], wrong) if len(distinct) == 1 else self._section(names, wrong)

    def _read_stations(
        self, part: StationsModel, cells: Mapping[str, str], wrong: list[Problem]
    ) -> list[Place]:
        """Return the lines that join the stations of a row, each next to its neighbours."""
        names = list(dict.fromkeys(_parts(cells[part.column], part.separator)))
        found = {name: stops for name in names if (stops := self._find_stop(name, wrong))}
        if len(found) < 2:
            return [place for name in found for place in self._one(name, wrong)]
        known = list(found)
        runs = self._finder.span(list(found.values()))
        places: list[Place] = []
        for run in runs:
            names = [self._spell(known[each]) for each in run]
            places += (
                self._one(known[run[0]], wrong)
                if len(run) == 1
                else [SectionPlace(between=tuple(names))]
            )
        return places

    def _read_point(
        self, part: PointModel, cells: Mapping[str, str], wrong: list[Problem]
    ) -> list[Place]:
        texts = [cells[column].replace(self._decimal, ".") for column in (part.lon, part.lat)]
        if not any(texts):
            return []
        try:
            lon, lat = (float(text) for text in texts)
            return [NearPlace(lon=lon, lat=lat, within_km=part.within_km)]
        except ValueError as error:
            what = str(error).replace("could not convert string to float: ", "no degrees: ")
            wrong.append(Problem(what=what))
            return []

    def _read_region(
        self, part: RegionPart, cells: Mapping[str, str], _: list[Problem]
    ) -> list[Place]:
        name = cells[part.column]
        return [RegionPlace(region=name, extent=part.extent)] if name else []

    def _spell(self, name: str) -> str:
        """Return the name of what a code or a name of the table means, for a person to read."""
        found = self._stops[name]
        if isinstance(found, Problem):
            return name
        names = self._matcher.names
        spelled = found[0].name
        same = names.find_hubs(spelled) or names.find_stations(spelled)
        own = found[0].id if isinstance(found[0], Hub) else self._map.names.get(name, name)
        return spelled if same == found else own

    def _find_stop(self, name: str, wrong: list[Problem]) -> tuple[Hub | Station, ...] | None:
        """Return the hubs or stations of a name or code; ``None``, noted, where there is none."""
        if name not in self._stops:
            wanted = self._map.names.get(name, name)
            try:
                self._stops[name] = self._matcher.names.stops(wanted)
            except UnknownNameError as error:
                what = f"unknown {error.kind} {error.name!r}"
                self._stops[name] = Problem(what=what, remedy=error.remedy)
            except AmbiguousNameError as error:
                self._stops[name] = Problem(what=str(error))
        found = self._stops[name]
        if isinstance(found, Problem):
            wrong.append(found)
            return None
        return found


def _parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]
