"""What a run should not pass over in silence, though nothing is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netmodel.study.run import Run

_NAMED = 5


def find_notices(run: Run) -> tuple[str, ...]:
    """Return notices about a run: a window without incidents, and incidents without an outage.

    Incidents whose effect is ``none`` are as they should be.

    Examples
    --------
    >>> from netmodel.study.run import run_scenario
    >>> find_notices(run_scenario("crimea-may-2023"))
    ()
    """
    if not run.placements:
        return ("no incident touches the window",)
    nowhere = [
        f"{each.incident.id} ({each.reason})"
        for each in run.placements
        if not each.outages and each.incident.effect != "none"
    ]
    if not nowhere:
        return ()
    count = "1 incident has" if len(nowhere) == 1 else f"{len(nowhere)} incidents have"
    more = f"; and {len(nowhere) - _NAMED} more" if len(nowhere) > _NAMED else ""
    return (f"{count} no outage: {'; '.join(nowhere[:_NAMED])}{more}; see the report",)
