"""What trains really did: timetables, ways round, diesel running and waits, from documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from netmodel.evidence.model import Place
from netmodel.instants import Window

SERVICES = ("intercity", "long_distance", "regional", "suburban")
QUALIFIERS = ("exact", "about", "at_least", "at_most")
USES = ("calibration", "check")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableReport:
    """A published timetable of one train.

    Parameters
    ----------
    stops
        Hubs and stations in the order of the calls, both ends included.
    minutes
        From departure to arrival, stops included.
    use
        ``calibration`` or ``check``.
    on
        The day whose standing closures hold; ``None`` when not in the record.
    where
        ``file:line:column``, for messages.
    """

    id: str
    document: str
    train: str
    service: str
    use: str
    stops: tuple[str, ...]
    minutes: float
    on: datetime | None = None
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayReport:
    """What one train did under one incident.

    Parameters
    ----------
    kind
        ``detour``, ``diesel`` (drawn by a diesel over a section without power) or ``wait``.
    incident
        The incident that it belongs to; all reports of one incident have the same `use`.
    closed
        Places shut, or for ``diesel`` without power.
    closure
        For ``wait``: when they were shut.
    normally
        Stops of the usual way, where the report names it.
    left_at, joined_at
        Where the train left its usual way and came back to it; empty when not reported.
    via
        Stops of the way round, in order; empty when the report does not name it.
    delay_minutes
        Total lateness; ``None`` when not reported. It holds every cause, so that it is an upper
        limit of what the way round took.
    qualifier
        ``exact``, ``about``, ``at_least`` or ``at_most``; empty without a delay.
    """

    id: str
    kind: str
    document: str
    incident: str
    use: str
    train: str
    service: str
    on: datetime
    origin: str
    destination: str
    closed: tuple[Place, ...]
    closure: Window | None = None
    normally: tuple[str, ...] = ()
    left_at: str = ""
    joined_at: str = ""
    via: tuple[str, ...] = ()
    delay_minutes: float | None = None
    qualifier: str = ""
    note: str = ""
    where: str = ""

    @property
    def fixed_stops(self) -> tuple[str, ...]:
        """Both ends, and between them where the train left its usual way and came back."""
        return _distinct(self.origin, self.left_at, self.joined_at, self.destination)

    @property
    def usual_stops(self) -> tuple[str, ...]:
        """Both ends, and between them what is known of the usual way."""
        if not self.normally:
            return self.fixed_stops
        return _distinct(self.origin, *self.normally, self.destination)

    @property
    def reported_stops(self) -> tuple[str, ...]:
        """Both ends, and between them what is known of the way round."""
        return _distinct(self.origin, self.left_at, *self.via, self.joined_at, self.destination)


def _distinct(*stops: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stop for stop in stops if stop))


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """All reports of a file, in its order."""

    timetables: tuple[TimetableReport, ...] = ()
    delays: tuple[DelayReport, ...] = ()

    def __len__(self) -> int:
        return len(self.timetables) + len(self.delays)

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Every hub or station named as a stop, with where its report stands."""
        named = [(stop, each.where) for each in self.timetables for stop in each.stops]
        named += [
            (stop, each.where)
            for each in self.delays
            for stop in (*each.usual_stops, *each.reported_stops)
        ]
        return tuple(named)
