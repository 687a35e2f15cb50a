"""How values show themselves in a notebook."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, cast

from netmodel.evidence.resolution import Resolution, resolve_incident
from netmodel.evidence.vocabulary import EFFECTS
from netmodel.times import Bounds, format_instant, hours_between

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.evidence.incident import Catalogue, Incident
    from netmodel.network.railway import Network
    from netmodel.outages.outage import Outage
    from netmodel.outages.timeline import State, Timeline
    from netmodel.runs.run import Run


_SHOWN_LINKS = 5000
_WIDTHS = {"main": 1.6, "secondary": 1.0}
_THIN = 0.6
_LONGEST_WORD = 40


def html_table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, numeric: Collection[int] = ()
) -> str:
    """Return an HTML table of texts that reads well in a notebook; every cell is escaped.

    Parameters
    ----------
    numeric
        Numbers of the columns that are set to the right; the others are set to the left.

    Examples
    --------
    >>> "&lt;b&gt;" in html_table(["name"], [["<b>"]])
    True
    """

    def cell(tag: str, column: int, text: object) -> str:
        words = str(text)
        if column in numeric or tag == "th":
            wrap = "white-space:nowrap"
        else:
            # Only a monstrous word may be broken: elsewhere that would squeeze its neighbours.
            monstrous = any(len(word) > _LONGEST_WORD for word in words.split())
            wrap = f"overflow-wrap:{'anywhere' if monstrous else 'break-word'}"
        side = "right" if column in numeric else "left"
        style = f"text-align:{side};vertical-align:top;{wrap}"
        return f"<{tag} style='{style}'>{escape(words)}</{tag}>"

    head = "".join(cell("th", column, text) for column, text in enumerate(header))
    body = "".join(
        f"<tr>{''.join(cell('td', column, text) for column, text in enumerate(row))}</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_figure(title: str, note: str, *parts: str) -> str:
    """Return parts of HTML under a title and a note; both are escaped, the parts are not."""
    under = f"<br><span style='opacity:.75'>{escape(note)}</span>" if note else ""
    return (
        f"<figure style='margin:0'><figcaption><b>{escape(title)}</b>{under}</figcaption>"
        f"{''.join(parts)}</figure>"
    )


def network_html(network: Network, *, width: int = 480) -> str:
    """Return counts by line class and, up to 5,000 links, a small drawing as inline SVG."""
    count: dict[str, int] = {}
    length_km: dict[str, float] = {}
    for link in network.links:
        count[link.line_class] = count.get(link.line_class, 0) + 1
        length_km[link.line_class] = length_km.get(link.line_class, 0.0) + link.length_km
    rows = [
        (name, count[name], f"{km:,.0f}")
        for name, km in sorted(length_km.items(), key=lambda item: -item[1])
    ]
    table = html_table(("line class", "links", "km"), rows, numeric=(1, 2))
    drawing = _drawing(network, width) if 0 < len(network.links) <= _SHOWN_LINKS else ""
    title, _, counts = repr(network).strip("<>").partition(": ")
    side_by_side = (
        "<div style='display:flex;flex-wrap:wrap;gap:24px;align-items:flex-start'>"
        f"{drawing}<div>{table}</div></div>"
    )
    return html_figure(title, counts, side_by_side)


def _drawing(network: Network, width: int) -> str:
    middle = sum(hub.lat for hub in network.hubs) / len(network.hubs)
    squeeze = math.cos(math.radians(middle))
    points = [(hub.lon * squeeze, -hub.lat) for hub in network.hubs]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    scale = (width - 20) / max(right - left, bottom - top, 1e-9)

    def place(lon: float, lat: float) -> str:
        return f"{(lon * squeeze - left) * scale + 10:.1f},{(-lat - top) * scale + 10:.1f}"

    lines: dict[float, list[str]] = {}
    for link in network.links:
        course = " ".join(place(*xy) for xy in network.line(link.id))
        lines.setdefault(_WIDTHS.get(link.line_class, _THIN), []).append(f"M{course}")
    strokes = "".join(
        f"<path stroke-width='{weight}' d='{''.join(courses)}'/>"
        for weight, courses in sorted(lines.items())
    )
    wide, high = (right - left) * scale + 20, (bottom - top) * scale + 20
    return (
        f"<svg role='img' aria-label='map of the network' width='{wide:.0f}' "
        f"height='{high:.0f}' fill='none' stroke='currentColor' stroke-linejoin='round' "
        f"style='max-width:100%;opacity:.8'>{strokes}</svg>"
    )


_SHOWN_CHANGES, _SHOWN_BARS, _SHOWN_BARS = 30, 24, 6
_BAR_WIDTH, _LABEL, _ROW = 760, 250, 18
_LABEL_CHARACTERS = 38


def timeline_html(timeline: Timeline) -> str:
    """Return bars of the incidents of a timeline, and what begins and ends at each break point.

    Standing closures are counted, not listed. Bars are solid while an incident certainly holds
    and pale while it is in doubt.
    """
    standing = {outage.incident for outage in timeline.outages if outage.standing}
    window = timeline.window
    note = (
        f"{_told_instant(window.start)} to {_told_instant(window.end)} UTC · "
        f"{len(timeline.outages)} outages, {len(timeline.states)} states · "
        f"{len(standing)} standing closures"
    )
    rows = []
    for number, change in enumerate(timeline.changes()):
        state = timeline.states[number]
        rows.append(
            (
                number,
                _told_instant(change.start),
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
        f"{_told_instant(state.start)} to {_told_instant(state.end)} UTC, "
        f"{state.hours:,.2f} hours · "
        f"{len(state.active)} outages in force, {len(state.certain)} of them certainly, "
        f"{in_doubt} in doubt"
    )
    return html_figure(f"State {state.number}", note)


def _links(timeline: Timeline, numbers: Iterable[int]) -> str:
    links = sorted({timeline.outages[number].link for number in numbers})
    shown = ", ".join(links[:_SHOWN_BARS])
    more = len(links) - _SHOWN_BARS
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
        return _LABEL + min(max(share, 0.0), 1.0) * (_BAR_WIDTH - _LABEL)

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
        f"<svg role='img' aria-label='incidents over the window' width='{_BAR_WIDTH}' "
        f"height='{height}' fill='currentColor' font-size='11' style='max-width:100%'>"
        f"<path d='M{_LABEL} 0V{height}M{_BAR_WIDTH - 1} 0V{height}' stroke='currentColor' "
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


def _told_instant(instant: datetime) -> str:
    return format_instant(instant).replace("T", " ").replace("Z", "")


_COLUMNS = ("connected_share", "served_share", "rerouted_share", "extra_minutes")
_ALWAYS = ("pairs_cut_at_worst", "lowest_connected_share", "resilience_loss", "time_to_recover")
_SHOWN_STATES = 14
_WIDTH, _HEIGHT, _LEFT = 640, 96, 44
Figure = Mapping[str, object]


def run_html(run: Run) -> str:
    """Return title, headline figures with their range, the curve, and a row for each state."""
    record = run.record
    summary = record.summary
    window = cast("Mapping[str, str]", summary["window"])
    note = (
        f"{_instant(window['start'])} to {_instant(window['end'])} UTC · "
        f"{summary['hubs']} hubs, {summary['links']} links · "
        f"{_count(summary['incidents'], 'incident')}, "
        f"{_count(summary['standing_closures'], 'standing closure')} · "
        f"{_count(summary['states'], 'state')}"
    )
    hint = (
        "<p style='opacity:.75'>Tables: <code>run.states</code>, <code>run.pairs</code>, "
        "<code>run.outages</code>, <code>run.summary</code>. The report page: "
        "<code>nm.explore(run)</code>.</p>"
    )
    return html_figure(
        run.scenario.title,
        note,
        _figures(cast("list[Figure]", summary["figures"]), run.scenario.traffic),
        _curve(record.states),
        _states(record.states),
        hint,
    )


def _figures(figures: list[Figure], traffic: Sequence[str]) -> str:
    """Return one row for each figure that says something, one column for each traffic."""
    by_name: dict[str, dict[str, Figure]] = {}
    for each in figures:
        by_name.setdefault(str(each["name"]), {})[str(each["traffic"])] = each
    rows = [
        (name.replace("_", " "), *(_told(found.get(kind)) for kind in traffic))
        for name, found in by_name.items()
        if name in _ALWAYS or any(not _says_nothing(each) for each in found.values())
    ]
    return html_table(("", *traffic), rows)


def _says_nothing(figure: Figure) -> bool:
    nothing = 1.0 if str(figure["name"]).startswith("lowest") else 0.0
    return figure["value"] is None or figure["value"] == nothing


def _told(figure: Figure | None) -> str:
    """Return value and range of a figure in words."""
    if figure is None:
        return ""
    unit = str(figure["unit"])
    value = _value(figure["value"], unit)
    low, high = (_value(figure.get(name), unit) for name in ("possible", "guaranteed"))
    if not low or low == high == value:
        return value
    return f"{value} (evidence allows {low} to {high})"


def _value(value: object, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return "not within the window" if value == "inf" else value
    number = float(cast("float", value))
    if unit == "share":
        return f"{number:.1%}"
    if unit in ("hours", "ratio"):
        return f"{number:,.2f}{' h' if unit == 'hours' else ''}"
    return f"{number:,.0f}{' min' if unit == 'minutes' else ''}"


def _curve(states: pd.DataFrame) -> str:
    """Return the connected share over the window with its band, as a small drawing."""
    if "connected_share" not in states or states["connected_share"].isna().all():
        return ""
    share = states["connected_share"].fillna(1.0).tolist()
    low = states.get("connected_share_guaranteed", states["connected_share"]).fillna(1.0).tolist()
    high = states.get("connected_share_possible", states["connected_share"]).fillna(1.0).tolist()
    hours = [float(hour) for hour in states["hours"].cumsum()]
    floor = float(min(0.98, *low, *share))

    def x(hour: float) -> float:
        return _LEFT + hour / hours[-1] * (_WIDTH - _LEFT - 4)

    def y(value: float) -> float:
        return 8 + (1 - value) / (1 - floor) * (_HEIGHT - 16)

    def steps(values: list[float]) -> list[tuple[float, float]]:
        edges = [0.0, *hours]
        return [
            (x(edges[number + side]), y(value))
            for number, value in enumerate(values)
            for side in (0, 1)
        ]

    def path(points: list[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{across:.1f} {down:.1f}" for across, down in points)

    band = path([*steps(high), *reversed(steps(low))])
    return (
        f"<svg role='img' aria-label='connected share over the window' width='{_WIDTH}' "
        f"height='{_HEIGHT}' style='display:block;max-width:100%' font-size='11' "
        f"fill='currentColor'><path d='{band}Z' fill='#0b5a78' opacity='.25'/>"
        f"<path d='{path(steps(share))}' fill='none' stroke='#0b5a78' stroke-width='2'/>"
        f"<text x='0' y='12'>100%</text><text x='0' y='{_HEIGHT - 4}'>{floor:.1%}</text></svg>"
    )


def _states(states: pd.DataFrame) -> str:
    chosen = [column for column in _COLUMNS if column in states]
    rows = []
    for number, row in states.iterrows():
        shares = [
            f"{row[name]:.1%}" if name.endswith("_share") else f"{row[name]:,.0f}"
            for name in chosen
        ]
        in_doubt = int(row["outages_possible"] - row["outages_certain"])
        rows.append(
            (number, _instant(str(row["start"])), f"{row['hours']:,.1f}", int(row["outages"]),
             in_doubt, *shares)
        )  # fmt: skip
    header = ("state", "from (UTC)", "hours", "outages", "in doubt",
              *(name.replace("_", " ") for name in chosen))  # fmt: skip
    if len(rows) > _SHOWN_STATES:
        left_out = len(rows) - _SHOWN_STATES + 1
        gap = ("…", f"{left_out} more", *[""] * (len(header) - 2))
        rows = [*rows[: _SHOWN_STATES - 3], gap, *rows[-2:]]
    return html_table(header, rows, numeric=[0, *range(2, len(header))])


def _count(number: object, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _instant(text: str) -> str:
    return text.replace("T", " ").replace("Z", "")


_OF_TIMES = ("start", "still_out", "first_traffic", "full_service")
_CLAIMS = ("about", "says", "at (UTC)", "speaker", "document", "in the bounds")


def incident_html(incident: Incident) -> str:
    """Return the resolved milestones, the claims on times, and the others folded away."""
    resolution = resolve_incident(incident)
    milestones = html_table(
        ("milestone", "earliest (UTC)", "latest (UTC)"),
        [
            (name.replace("_", " "), _shown_instant(bounds.earliest), _shown_instant(bounds.latest))
            for name, bounds in (
                ("start", resolution.start),
                ("first_traffic", resolution.first_traffic),
                ("full_service", resolution.full_service),
            )
        ],
    )
    of_times = [n for n, claim in enumerate(incident.claims) if claim.about in _OF_TIMES]
    of_times.sort(key=lambda number: _OF_TIMES.index(incident.claims[number].about))
    others = [number for number in range(len(incident.claims)) if number not in of_times]
    folded = (
        f"<details><summary>{len(others)} further claims</summary>"
        f"{_claims(incident, resolution, others)}</details>"
        if others
        else ""
    )
    places = "; ".join(str(place) for place in incident.places)
    effect = f"{incident.effect}, then {incident.then}" if incident.then else incident.effect
    note = f"{incident.id} · {places} · {effect} · {len(incident.documents)} documents"
    claims = _claims(incident, resolution, of_times) if of_times else ""
    return html_figure(incident.title, note, milestones, claims, folded)


def catalogue_html(catalogue: Catalogue) -> str:
    """Return how many incidents of each kind there are, by their effect on traffic."""
    effects = [each for each in EFFECTS if any(i.effect == each for i in _incidents(catalogue))]
    kinds = Counter(incident.kind for incident in _incidents(catalogue))
    counts = Counter((incident.kind, incident.effect) for incident in _incidents(catalogue))
    rows = [
        (kind.replace("_", " "), total, *(counts[kind, effect] or "" for effect in effects))
        for kind, total in kinds.most_common()
    ]
    header = ("kind", "incidents", *(effect.replace("_", " ") for effect in effects))
    claims = sum(len(incident.claims) for incident in _incidents(catalogue))
    note = f"{claims:,} claims in {len(catalogue.documents):,} documents; to_pandas() lists them"
    numeric = range(1, len(header))
    title = f"{len(catalogue.incidents):,} incidents"
    return html_figure(title, note, html_table(header, rows, numeric=numeric))


def _incidents(catalogue: Catalogue) -> Iterable[Incident]:
    return catalogue.incidents.values()


def _claims(incident: Incident, resolution: Resolution, numbers: Iterable[int]) -> str:
    set_aside = dict(resolution.set_aside)
    rows = []
    for number in numbers:
        claim = incident.claims[number]
        used = "yes" if number in resolution.used else str(set_aside.get(number, ""))
        about = claim.about.replace("_", " ")
        if claim.basis != "observed":
            about = f"{about} ({claim.basis})"
        rows.append((about, claim.says, _span(claim.at), claim.speaker, claim.document, used))
    return html_table(_CLAIMS, rows)


def _span(bounds: Bounds | None) -> str:
    if bounds is None:
        return ""
    if bounds.earliest == bounds.latest:
        return _shown_instant(bounds.earliest)
    if bounds.earliest is None or bounds.latest is None:
        return str(bounds).replace("T", " ").replace("Z", "")
    return f"{_shown_instant(bounds.earliest)} to {_shown_instant(bounds.latest)}"


def _shown_instant(instant: datetime | None) -> str:
    if instant is None:
        return "not in the record"
    return format_instant(instant).replace("T", " ").replace("Z", "")
