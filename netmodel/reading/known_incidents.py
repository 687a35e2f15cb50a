"""Whether the record has an incident already: by place, time, kind and effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from netmodel.errors import NetmodelError
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.evidence.places import NoPlace, Place, RegionPlace
from netmodel.network.railway import Network
from netmodel.outages.matching import Matcher
from netmodel.reading.draft import DraftIncident, Known, KnownConflict
from netmodel.times import Bounds

_DAY = timedelta(hours=24)


class KnownIncidents:
    """The incidents of a record, to be compared with those of drafts.

    Examples
    --------
    >>> import netmodel as nm
    >>> record = nm.evidence.Catalogue(documents=[], incidents=[])
    >>> len(KnownIncidents(record, nm.built_in_network()).starts)
    0
    """

    def __init__(self, record: Catalogue, network: Network) -> None:
        self.record = record
        self._matcher = Matcher(network)
        self._links: dict[Place, frozenset[str]] = {}
        self.starts: Mapping[str, Bounds] = {
            name: bounds
            for name, incident in record.incidents.items()
            if (bounds := _start_of(each.at for each in incident.claims if each.about == "start"))
        }
        limits = {name: _limits(bounds) for name, bounds in self.starts.items()}
        self._limits = [(min(each), max(each), name) for name, each in limits.items() if each]

    def compare(self, draft: DraftIncident) -> DraftIncident:
        """Return a draft with what the record knows of it."""
        start = draft_start(draft)
        places = [each.value for each in draft.all("place")]
        links = self._links_of(each for each in places if isinstance(each, Place))
        vague = all(isinstance(each, RegionPlace) for each in places)
        best: tuple[int, str] | None = None
        for name in self._about(start):
            bounds = self.starts[name]
            if start is None or not is_near(start, bounds):
                continue
            incident = self.record.incidents[name]
            if links.isdisjoint(self._links_of(incident.places)):
                continue
            if vague and draft.value("kind") != incident.kind:
                continue
            score = 2 * (draft.value("kind") == incident.kind) + (
                start.intersect(bounds) is not None
            )
            if best is None or (score, name) > best:
                best = score, name
        if best is None or start is None:
            return draft
        return replace(draft, known=self._known(draft, self.record.incidents[best[1]], start))

    def _about(self, start: Bounds | None) -> list[str]:
        """Return the incidents that began at about a time, and perhaps near enough to it."""
        limits = [] if start is None else _limits(start)
        if not limits:
            return []
        first, last = min(limits) - _DAY, max(limits) + _DAY
        return [name for low, high, name in self._limits if low <= last and first <= high]

    def _known(self, draft: DraftIncident, incident: Incident, start: Bounds) -> Known:
        agrees, conflicts = ["place"], []
        theirs = self.starts[incident.id]
        if start.intersect(theirs) is not None:
            agrees.append("time")
        else:
            conflicts.append(KnownConflict(name="start", ours=str(start), theirs=str(theirs)))
        for name, value in (("kind", incident.kind), ("effect", incident.effect)):
            ours = draft.value(name)
            if ours == value:
                agrees.append(name)
            elif ours is not None:
                conflicts.append(KnownConflict(name=name, ours=str(ours), theirs=value))
        ours = draft.value("effect")
        opposed = ours is not None and (ours == "none") != (incident.effect == "none")
        against = opposed or "time" not in agrees
        return Known(
            status="contradiction" if against else "known",
            incident=incident.id, agrees=tuple(agrees), conflicts=tuple(conflicts),
        )  # fmt: skip

    def _links_of(self, places: Iterable[Place]) -> frozenset[str]:
        found: set[str] = set()
        for place in places:
            if isinstance(place, NoPlace):
                continue
            if place not in self._links:
                self._links[place] = self._match(place)
            found |= self._links[place]
        return frozenset(found)

    def _match(self, place: Place) -> frozenset[str]:
        try:
            match = self._matcher.match(place)
        except NetmodelError:
            return frozenset()
        rivals = [link for rival in match.rivals for link in rival.links]
        return frozenset((*match.links, *match.candidates, *rivals))


def draft_start(draft: DraftIncident) -> Bounds | None:
    """Return when the event of a draft began, by the closest of its starts."""
    return _start_of(each.value("at") for each in draft.claims if each.value("about") == "start")


def _start_of(times: Iterable[object]) -> Bounds | None:
    """Return the bounds that several starts leave together, the closest of them."""
    found = [each for each in times if isinstance(each, Bounds) and each.censoring != "unknown"]
    return min(found, key=lambda each: each.width_hours, default=None)


def is_near(one: Bounds, other: Bounds) -> bool:
    """Whether two starts lie within a day of each other."""
    closed = all(each.earliest and each.latest for each in (one, other))
    if closed and one.intersect(other) is not None:
        return True
    first, last = _limits(one), _limits(other)
    return any(abs(a - b) <= _DAY for a in first for b in last)


def _limits(bounds: Bounds) -> list[datetime]:
    return [each for each in (bounds.earliest, bounds.latest) if each is not None]
