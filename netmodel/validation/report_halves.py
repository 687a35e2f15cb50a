"""Which reports of trains choose rules and which check them; observations as such reports."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable

from netmodel.evidence.train_reports import TrainReport
from netmodel.validation.observations import DelayReport

SEED = "1"
"""What goes before the id of an incident in its hash: of 400 numbers, the one that parted the
trains held, diverted and cut of all incidents most nearly into halves when they were gathered;
chosen for that alone, and kept when the record grows."""


def half_of_incident(incident: str) -> str:
    """Return whether an incident serves to choose rules (``calibration``) or to check them.

    By a hash of its id.

    Examples
    --------
    >>> sorted({half_of_incident(str(number)) for number in range(9)})
    ['calibration', 'check']
    """
    return "check" if zlib.crc32(f"{SEED};{incident}".encode()) % 2 else "calibration"


def from_observations(
    delays: Iterable[DelayReport], incidents: Collection[str]
) -> tuple[TrainReport, ...]:
    """Return the detours and diesels among observations of single trains as reports.

    Those of incidents that are not in the record, or of no train by number, are left out.
    """
    return tuple(
        TrainReport(
            id=each.id,
            incident=each.incident,
            on=each.on.date(),
            number=each.train,
            origin=each.origin,
            destination=each.destination,
            did={"detour": "detoured", "diesel": "diesel"}[each.kind],
            document=each.document,
            delay_minutes=each.delay_minutes,
            qualifier=each.qualifier,
            via=each.via,
            where=each.where,
        )
        for each in delays
        if each.kind in ("detour", "diesel")
        and each.incident in incidents
        and any(letter.isdigit() for letter in each.train)
    )
