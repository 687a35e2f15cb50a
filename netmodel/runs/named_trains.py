"""Which trains of a run a document means that names a number and the ends of its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from netmodel.impact.train_counts import TrainImpact
from netmodel.network.names import Names, normalise_name
from netmodel.network.railway import Network
from netmodel.trains.relevance import LOCAL
from netmodel.trains.train import Train


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How a document names a train.

    Parameters
    ----------
    numbers
        One, or those of a pair.
    start, end
        Where it says that the train runs from and to; empty where it does not.
    ordered
        Whether only that direction is meant; of a pair, as a rule, both are.
    """

    numbers: tuple[str, ...]
    incident: str
    start: str = ""
    end: str = ""
    ordered: bool = False


class NamedTrains:
    """The trains of a run by their numbers.

    A number recurs. A train is meant where its way passes the ends that are named in that order,
    or, if no such train has the number, in the other order; if neither, where one end is its own
    and the incident touches its course, as of a train that runs a part of its way for months.
    Where a document names other ends, it means none. Suburban and regional numbers recur in other
    regions: such a train is meant only where the incident touches its course.
    """

    def __init__(self, network: Network, trains: TrainImpact) -> None:
        self._trains, self._names = trains, Names(network)
        self._numbered: dict[str, list[Train]] = {}
        for train in trains.relevant.timetable.trains:
            for number in {*train.number.split("/")}:
                self._numbered.setdefault(number, []).append(train)

    def find(self, naming: Naming, day: date | None = None) -> list[str]:
        """Return the ids of the trains that are meant.

        Parameters
        ----------
        day
            On which they run; any day by default.
        """
        runs_on = self._trains.relevant.runs_on
        ranks = {
            train.id: self._rank(train, naming)
            for train in self._of_numbers(naming.numbers)
            if day is None or runs_on(train.id, day)
        }
        best = min(ranks.values(), default=_NONE)
        return [train for train, rank in ranks.items() if rank == best < _NONE]

    def _of_numbers(self, numbers: Sequence[str]) -> Iterable[Train]:
        known = {train.id: train for each in numbers for train in self._numbered.get(each, ())}
        return known.values()

    def _rank(self, train: Train, naming: Naming) -> int:
        """Return how well the ends that are named are those of a train; `_NONE` for not at all."""
        met = self._is_met(train, naming.incident)
        if train.kind in LOCAL and not met:
            return _NONE
        start, end = self._place(naming.start), self._place(naming.end)
        if not (start or end):
            return _SAME
        stops = [self._place(stop) for stop in train.stops]
        course = self._trains.courses.courses.get(train.id)
        ways = stops, () if course is None else course.hubs
        if any(_pass_in_order(way, start, end) for way in ways):
            return _SAME
        if any(_pass_in_order(way, end, start) for way in ways):
            return _SAME if len(naming.numbers) > 1 and not naming.ordered else _BACK
        one = stops[0] == start or stops[-1] == end
        return _ONE_END if one and met else _NONE

    def _is_met(self, train: Train, incident: str) -> bool:
        fates = self._trains.fates
        touching = fates.touching.get(fates.lines.line_of.get(train.id, -1), ())
        return any(fates.timeline.outages[each].incident == incident for each in touching)

    def _place(self, name: str) -> str:
        """Return the id of the hub of a name, else the name as it is compared."""
        hubs = self._names.find_hubs(name) if name else ()
        if hubs:
            return hubs[0].id
        stations = self._names.find_stations(name) if name else ()
        return normalise_name(stations[0].name if stations else name)


_SAME, _BACK, _ONE_END, _NONE = range(4)


def _pass_in_order(places: Sequence[str], start: str, end: str) -> bool:
    """Whether a way passes two places in that order; one that is not named is not asked for."""
    if not (start and end):
        return (start or end) in places
    return start in places and end in places[places.index(start) + 1 :]
