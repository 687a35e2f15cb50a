"""Incidents of several articles put together: a common place, no other kind, the same day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netmodel.reading.draft import DraftIncident
from netmodel.reading.known_incidents import draft_start, is_near
from netmodel.times import Bounds


def join_incidents(incidents: Sequence[DraftIncident]) -> list[DraftIncident]:
    """Return incidents with those of one event put together, claims apart, and ids of their own.

    An incident joins the first event before it that it may be of.

    Examples
    --------
    >>> join_incidents([])
    []
    """
    events: list[_Event] = []
    at: dict[str, list[int]] = {}
    for each in incidents:
        event = _Event.of(each)
        numbers = sorted({number for name in event.names for number in at.get(name, ())})
        fits = next((number for number in numbers if _are_one(events[number], event)), None)
        if fits is not None:
            events[fits] = _Event.of(_merge(events[fits].incident, each))
            continue
        for name in event.names:
            at.setdefault(name, []).append(len(events))
        events.append(event)
    return _name([each.incident for each in events])


@dataclass(frozen=True, slots=True)
class _Event:
    """An incident with what it is compared by."""

    incident: DraftIncident
    names: frozenset[str]
    articles: frozenset[str]
    kind: object
    start: Bounds | None

    @classmethod
    def of(cls, incident: DraftIncident) -> _Event:
        return cls(
            incident,
            _names_of(incident),
            frozenset(incident.articles),
            incident.value("kind"),
            draft_start(incident),
        )


def _names_of(incident: DraftIncident) -> frozenset[str]:
    found: set[str] = set()
    for each in incident.all("place"):
        for name in ("hub", "station", "region", "between"):
            value = getattr(each.value, name, ())
            found |= {value} if isinstance(value, str) else set(value)
    return frozenset(found)


def _are_one(one: _Event, other: _Event) -> bool:
    if one.articles & other.articles or len({one.kind, other.kind} - {None}) > 1:
        return False
    return one.start is not None and other.start is not None and is_near(one.start, other.start)


def _merge(one: DraftIncident, other: DraftIncident) -> DraftIncident:
    names = {each.name for each in one.fields}
    more = [each for each in other.fields if each.name not in names]
    return replace(one, fields=(*one.fields, *more), claims=(*one.claims, *other.claims))


def _name(incidents: Sequence[DraftIncident]) -> list[DraftIncident]:
    """Give each incident an id of its own."""
    taken: dict[str, int] = {}
    done = []
    for each in incidents:
        count = taken[each.id] = taken.get(each.id, 0) + 1
        done.append(each if count == 1 else replace(each, id=f"{each.id}-{count}"))
    return done
