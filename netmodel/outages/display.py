"""How a timeline and a state show themselves in a notebook: bars, and what changes when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from netmodel.instants import format_instant, hours_between
from netmodel.network.display import html_figure, html_table

if TYPE_CHECKING:
    from netmodel.outages.outage import Outage
    from netmodel.outages.timeline import State, Timeline

_SHOWN_CHANGES, _SHOWN_BARS, _SHOWN_LINKS = 30, 24, 6
_WIDTH, _LABEL, _ROW = 760, 250, 18
_LABEL_CHARACTERS = 38


def timeline_html(timeline: Timeline) -> str:
    """Return bars of the incidents of a timeline, and what begins and ends at each break point.

    Standing closures are counted, not listed. Bars are solid while an incident certainly holds
    and pale while it is in doubt.
    """
    standing = {outage.incident for outage in timeline.outages if outage.standing}
    window = timeline.window
    note = (
        f"{_instant(window.start)} to {_instant(window.end)} UTC · "
        f"{len(timeline.outages)} outages, {len(timeline.states)} states · "
        f"{len(standing)} standing closures"
    )
    rows = []
    for number, change in enumerate(timeline.changes()):
        state = timeline.states[number]
        rows.append(
            (
                number,
                _instant(change.start),
                f"{state.hours:,.1f}",
                _links(timeline, change.begun) if number else f"{len(change.begun)} in force",
                _links(timeline, change.ended),
                len(state.active),
                len(state.possible - state.certain),
            )
        )
    more = len(rows) - _SHOWN_CHANGES
    table = html_table(
        ("state", "from (UTC)", "hours", "links hit", "links back", "outages", "in doubt"),
        rows[:_SHOWN_CHANGES],
        numeric=(0, 2, 5, 6),
    )
    rest = f"<p>and {more} more; see <code>timeline.states</code></p>" if more > 0 else ""
    return html_figure("Timeline", note, _bars(timeline), table, rest)


def state_html(state: State) -> str:
    """Return start, end and counts of a state."""
    in_doubt = len(state.possible - state.certain)
    note = (
        f"{_instant(state.start)} to {_instant(state.end)} UTC, {state.hours:,.2f} hours · "
        f"{len(state.active)} outages in force, {len(state.certain)} of them certainly, "
        f"{in_doubt} in doubt"
    )
    return html_figure(f"State {state.number}", note)


def _links(timeline: Timeline, numbers: Iterable[int]) -> str:
    links = sorted({timeline.outages[number].link for number in numbers})
    shown = ", ".join(links[:_SHOWN_LINKS])
    more = len(links) - _SHOWN_LINKS
    return f"{shown} and {more} more" if more > 0 else shown


def _bars(timeline: Timeline) -> str:
    incidents: dict[str, list[Outage]] = {}
    for outage in timeline.outages:
        if not outage.standing and _holds_within(outage, timeline):
            incidents.setdefault(outage.incident, []).append(outage)
    if not incidents:
        return ""
    start, hours = timeline.window.start, timeline.window.hours

    def place(instant: datetime | None, fallback: float) -> float:
        share = fallback if instant is None else hours_between(start, instant) / hours
        return _LABEL + min(max(share, 0.0), 1.0) * (_WIDTH - _LABEL)

    shapes = []
    for row, (incident, outages) in enumerate(list(incidents.items())[:_SHOWN_BARS]):
        top = row * _ROW + 4
        name = incident if len(incident) <= _LABEL_CHARACTERS else f"{incident[:37]}…"
        shapes.append(f"<text x='0' y='{top + 10}'>{escape(name)}</text>")
        first = min(place(outage.start.earliest, 0.0) for outage in outages)
        last = max(place(outage.end.latest, 1.0) for outage in outages)
        shapes.append(_bar(first, last, top, 0.3))
        for outage in outages:
            surely = place(outage.start.latest, 1.0)
            until = place(outage.end.earliest, 0.0)
            if until > surely:
                shapes.append(_bar(surely, until, top, 1.0))
    height = min(len(incidents), _SHOWN_BARS) * _ROW + 6
    return (
        f"<svg role='img' aria-label='incidents over the window' width='{_WIDTH}' "
        f"height='{height}' fill='currentColor' font-size='11' style='max-width:100%'>"
        f"<path d='M{_LABEL} 0V{height}M{_WIDTH - 1} 0V{height}' stroke='currentColor' "
        f"opacity='.25'/>{''.join(shapes)}</svg>"
    )


def _bar(first: float, last: float, top: float, opacity: float) -> str:
    width = max(last - first, 1.5)
    return (
        f"<rect x='{first:.1f}' y='{top}' width='{width:.1f}' height='11' "
        f"fill='#b32d14' opacity='{opacity}'/>"
    )


def _holds_within(outage: Outage, timeline: Timeline) -> bool:
    begins, ends = outage.start.earliest, outage.end.latest
    return (begins is None or begins < timeline.window.end) and (
        ends is None or ends > timeline.window.start
    )


def _instant(instant: datetime) -> str:
    return format_instant(instant).replace("T", " ").replace("Z", "")
