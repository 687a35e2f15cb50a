"""The documents of a record by name: window, figures, incidents, scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from netmodel.runs.record import RunRecord
from netmodel.times import load_zone

Plain: TypeAlias = Mapping[str, Any]


def window_zone(record: RunRecord) -> str:
    """Return the zone in which a run's times are told."""
    window: Any = record.summary["window"]
    return str(window["zone"])


def local_window(record: RunRecord) -> tuple[datetime, datetime]:
    """Return start and end of a run's window in its zone."""
    window: Any = record.summary["window"]
    zone = load_zone(window_zone(record))
    start, end = (datetime.fromisoformat(window[name]) for name in ("start", "end"))
    return start.astimezone(zone), end.astimezone(zone)


def local_span(record: RunRecord, first: object, last: object) -> tuple[datetime, datetime]:
    """Return the start of one state and the end of another, in the window's zone."""
    zone = load_zone(window_zone(record))
    states = record.states
    start, end = str(states["start"].loc[first]), str(states["end"].loc[last])  # type: ignore[call-overload]
    return (
        datetime.fromisoformat(start).astimezone(zone),
        datetime.fromisoformat(end).astimezone(zone),
    )


def figures_of(record: RunRecord) -> list[Plain]:
    """Return the headline figures of a record."""
    figures: Any = record.summary["figures"]
    return list(figures)


def incidents_of(record: RunRecord) -> list[Plain]:
    """Return the incidents of a record, the standing closures among them."""
    incidents: Any = record.evidence["incidents"]
    return list(incidents)


def documents_of(record: RunRecord) -> Mapping[str, Plain]:
    """Return the documents of a record by id."""
    documents: Any = record.evidence["documents"]
    return dict(documents)


def services_of(record: RunRecord) -> list[Plain]:
    """Return the replacement services of a record."""
    services: Any = record.evidence.get("services") or ()
    return list(services)


def scenario_of(record: RunRecord) -> Plain:
    """Return the scenario as it was run; empty if the record does not hold it."""
    scenario: Any = record.provenance.get("scenario")
    return scenario if isinstance(scenario, Mapping) else {}


def count_of(record: RunRecord, name: str) -> int:
    """Return a whole number of the summary; 0 where it has none."""
    return int(str(record.summary.get(name) or 0))


def pairs_in_base(record: RunRecord, traffic: str) -> int:
    """Return how many pairs with demand have a path in the base state."""
    pairs = record.pairs
    first = pairs[(pairs["state"] == record.states.index[0]) & (pairs["traffic"] == traffic)]
    return int(first["base_minutes"].notna().sum())


def as_number(value: object) -> float | None:
    """Return a number of a summary, where infinity is a text.

    Examples
    --------
    >>> as_number("inf"), as_number(None), as_number(3)
    (inf, None, 3.0)
    """
    return None if value is None or isinstance(value, bool) else float(str(value))


def traffic_prefixes(record: RunRecord) -> dict[str, str]:
    """Return the kinds of traffic with what stands before their metric columns."""
    kinds = [str(each["traffic"]) for each in figures_of(record)]
    kinds += [str(kind) for kind in record.pairs["traffic"].unique()]
    distinct = list(dict.fromkeys(kinds)) or ["passenger"]
    return {kind: "" if number == 0 else f"{kind}_" for number, kind in enumerate(distinct)}


def incident_numbers(records: Sequence[RunRecord]) -> dict[str, int]:
    """Return the number on the page of every incident, each once, in the order of the records."""
    numbers: dict[str, int] = {}
    for record in records:
        for each in incidents_of(record):
            numbers.setdefault(str(each["id"]), len(numbers))
    return numbers
