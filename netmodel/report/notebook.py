"""How values show themselves in a notebook."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from netmodel.evidence.milestone_bounds import Resolution
from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.vocabulary import EFFECTS
from netmodel.times import Bounds, hours_between

if TYPE_CHECKING:
    from netmodel.evidence.incident import Catalogue, Document, Incident
    from netmodel.network.railway import Network
    from netmodel.outages.outage import Outage
    from netmodel.outages.timeline import State, Timeline
    from netmodel.scenario.scenario import Scenario


_LONGEST_WORD = 40


def html_figure(title: str, note: str, *parts: str) -> str:
    """Return parts of HTML under a title and a note; both are escaped, the parts are not."""
    under = f"<br><span style='opacity:.75'>{escape(note)}</span>" if note else ""
    return (
        f"<figure style='margin:0'><figcaption><b>{escape(title)}</b>{under}</figcaption>"
        f"{''.join(parts)}</figure>"
    )


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
    head = "".join(_cell("th", text, column in numeric) for column, text in enumerate(header))
    body = "".join(
        f"<tr>{''.join(_cell('td', text, column in numeric) for column, text in enumerate(row))}"
        "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, text: object, numeric: bool) -> str:
    words = str(text)
    if numeric or tag == "th":
        wrap = "white-space:nowrap"
    else:
        # Only a monstrous word may be broken: elsewhere that would squeeze its neighbours.
        monstrous = any(len(word) > _LONGEST_WORD for word in words.split())
        wrap = f"overflow-wrap:{'anywhere' if monstrous else 'break-word'}"
    side = "right" if numeric else "left"
    return f"<{tag} style='text-align:{side};vertical-align:top;{wrap}'>{escape(words)}</{tag}>"


def show_instant(instant: datetime | None) -> str:
    """Return an instant in UTC, with seconds only where it has any.

    Examples
    --------
    >>> show_instant(datetime(2023, 5, 18, 5, 20, tzinfo=UTC)), show_instant(None)
    ('2023-05-18 05:20', 'not in the record')
    """
    if instant is None:
        return "not in the record"
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S}" if utc.second else f"{utc:%Y-%m-%d %H:%M}"


def plain(name: str) -> str:
    """Return the name of a column, a kind or an effect as words."""
    return name.replace("_", " ")


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one.

    Examples
    --------
    >>> count(1, "hub"), count(1200, "link")
    ('1 hub', '1,200 links')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_MOST_LINKS = 5000
_LINE_WIDTHS = {"main": 1.6, "secondary": 1.0}
_THIN = 0.6
_PIXELS = 480
_MOST_CHANGES, _MOST_BARS, _MOST_NAMES = 30, 24, 6
_BARS_WIDTH, _BARS_LABEL, _BAR_ROW, _BAR_TITLE = 760, 250, 18, 38
_OF_TIMES = ("start", "still_out", "running", "first_traffic", "full_service")
_CLAIM_COLUMNS = ("about", "says", "at (UTC)", "speaker", "document", "in the bounds")
_NARROW = ("<div style='display:flex;flex-wrap:wrap;gap:24px;align-items:flex-start'>", "</div>")


def network_html(network: Network) -> str:
    """Return counts by line class and, up to 5,000 links, a small drawing as inline SVG."""
    lengths: dict[str, list[float]] = {}
    for link in network.links:
        lengths.setdefault(link.line_class, []).append(link.length_km)
    longest = sorted(lengths.items(), key=lambda item: -sum(item[1]))
    rows = [(name, len(each), f"{sum(each):,.0f}") for name, each in longest]
    table = html_table(("line class", "links", "km"), rows, numeric=(1, 2))
    drawing = _draw_network(network) if 0 < len(network.links) <= _MOST_LINKS else ""
    title, _, counts = repr(network).strip("<>").partition(": ")
    return html_figure(title, counts, _NARROW[0], drawing, f"<div>{table}</div>", _NARROW[1])


def _draw_network(network: Network) -> str:
    """Return the links as lines of an SVG, about in their true shape."""
    middle = sum(hub.lat for hub in network.hubs) / len(network.hubs)
    squeeze = math.cos(math.radians(middle))
    points = [(hub.lon * squeeze, -hub.lat) for hub in network.hubs]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    scale = (_PIXELS - 20) / max(right - left, bottom - top, 1e-9)

    def place(lon: float, lat: float) -> str:
        return f"{(lon * squeeze - left) * scale + 10:.1f},{(-lat - top) * scale + 10:.1f}"

    lines: dict[float, list[str]] = {}
    for link in network.links:
        course = " ".join(place(*point) for point in network.line(link.id))
        lines.setdefault(_LINE_WIDTHS.get(link.line_class, _THIN), []).append(f"M{course}")
    strokes = "".join(
        f"<path stroke-width='{width}' d='{''.join(courses)}'/>"
        for width, courses in sorted(lines.items())
    )
    wide, high = (right - left) * scale + 20, (bottom - top) * scale + 20
    return (
        f"<svg role='img' aria-label='map of the network' width='{wide:.0f}' "
        f"height='{high:.0f}' fill='none' stroke='currentColor' stroke-linejoin='round' "
        f"style='max-width:100%;opacity:.8'>{strokes}</svg>"
    )


def catalogue_html(catalogue: Catalogue) -> str:
    """Return how many incidents of each kind there are, by their effect on traffic."""
    incidents = list(catalogue.incidents.values())
    effects = [name for name in EFFECTS if any(each.effect == name for each in incidents)]
    counts = Counter((each.kind, each.effect) for each in incidents)
    rows = [
        (plain(kind), total, *(counts[kind, effect] or "" for effect in effects))
        for kind, total in Counter(each.kind for each in incidents).most_common()
    ]
    header = ("kind", "incidents", *map(plain, effects))
    claims = count(sum(len(each.claims) for each in incidents), "claim")
    note = f"{claims} in {count(len(catalogue.documents), 'document')}; to_pandas() lists them"
    table = html_table(header, rows, numeric=range(1, len(header)))
    return html_figure(count(len(incidents), "incident"), note, table)


def incident_html(incident: Incident) -> str:
    """Return the resolved milestones, the claims on times, and the others folded away."""
    resolution = resolve_incident(incident)
    milestones = html_table(
        ("milestone", "earliest (UTC)", "latest (UTC)"),
        [
            (name, show_instant(bounds.earliest), show_instant(bounds.latest))
            for name, bounds in (
                ("start", resolution.start),
                ("first traffic", resolution.first_traffic),
                ("full service", resolution.full_service),
            )
        ],
    )
    of_times = [n for n, claim in enumerate(incident.claims) if claim.about in _OF_TIMES]
    of_times.sort(key=lambda number: _OF_TIMES.index(incident.claims[number].about))
    others = [number for number in range(len(incident.claims)) if number not in of_times]
    folded = (
        f"<details><summary>{count(len(others), 'further claim')}</summary>"
        f"{_claims(incident, resolution, others)}</details>"
    )
    places = "; ".join(str(place) for place in incident.places)
    effect = plain(incident.effect)
    effect = f"{effect}, then {plain(incident.then)}" if incident.then else effect
    documents = count(len(incident.documents), "document")
    return html_figure(
        incident.title,
        f"{incident.id} · {places} · {effect} · {documents}",
        milestones,
        _claims(incident, resolution, of_times) if of_times else "",
        folded if others else "",
    )


def _claims(incident: Incident, resolution: Resolution, numbers: Iterable[int]) -> str:
    set_aside = dict(resolution.set_aside)
    rows = []
    for number in numbers:
        claim = incident.claims[number]
        used = "yes" if number in resolution.used else str(set_aside.get(number, ""))
        basis = "" if claim.basis == "observed" else f" ({claim.basis})"
        about = f"{plain(claim.about)}{basis}"
        rows.append((about, claim.says, _span(claim.at), claim.speaker, claim.document, used))
    return html_table(_CLAIM_COLUMNS, rows)


def _span(bounds: Bounds | None) -> str:
    if bounds is None:
        return ""
    earliest, latest = bounds.earliest, bounds.latest
    if earliest == latest:
        return show_instant(earliest)
    if earliest is None:
        return f"before {show_instant(latest)}"
    if latest is None:
        return f"after {show_instant(earliest)}"
    return f"between {show_instant(earliest)} and {show_instant(latest)}"


def document_html(document: Document) -> str:
    """Return publisher, title and date of a document; its address as text, not as a link."""
    rows = [
        (name, value)
        for name, value in (
            ("title", document.title),
            ("published", document.published_text or "undated"),
            ("address", document.url),
            ("language", document.language),
            ("note", document.note),
        )
        if value
    ]
    return html_figure(document.publisher, document.id, html_table(("", ""), rows))


def scenario_html(scenario: Scenario) -> str:
    """Return what a scenario asks: railway, window, incidents, demand and options."""
    window = scenario.window
    network = scenario.network
    size = (count(len(network.hubs), "hub"), count(len(network.links), "link"))
    rows = [
        ("network", ", ".join((network.name, *size) if network.name else size)),
        ("window (UTC)", f"{show_instant(window.start)} to {show_instant(window.end)}"),
        ("zone", scenario.zone),
        ("incidents", f"{len(scenario.incidents):,}"),
        ("standing closures", f"{len(scenario.background):,}"),
        ("demand", f"between {count(len(scenario.demand.hubs), 'hub')}"),
        ("traffic", ", ".join(scenario.traffic)),
        ("time rule", scenario.time_rule),
        ("repair scale", f"{scenario.repair_scale:g}"),
    ]
    table = html_table(("", ""), rows)
    return html_figure(scenario.title, scenario.description, table)


def timeline_html(timeline: Timeline) -> str:
    """Return bars of the incidents of a timeline, and what begins and ends at each break point.

    Standing closures are counted, not listed. Bars are solid while an incident certainly holds
    and pale while it is in doubt.
    """
    window = timeline.window
    standing = {outage.incident for outage in timeline.outages if outage.standing}
    note = " · ".join(
        (
            f"{show_instant(window.start)} to {show_instant(window.end)} UTC",
            count(len(timeline.outages), "outage"),
            count(len(timeline.states), "state"),
            count(len(standing), "standing closure"),
        )
    )
    rows = [
        (
            number,
            show_instant(change.start),
            f"{state.hours:,.1f}",
            _links(timeline, change.begun) if number else f"{len(change.begun)} in force",
            _links(timeline, change.ended),
            len(state.active),
            len(state.possible - state.certain),
        )
        for number, (change, state) in enumerate(
            zip(timeline.changes(), timeline.states, strict=True)
        )
    ]
    table = html_table(
        ("state", "from (UTC)", "hours", "links hit", "links back", "outages", "in doubt"),
        rows[:_MOST_CHANGES],
        numeric=(0, 2, 5, 6),
    )
    more = len(rows) - _MOST_CHANGES
    rest = f"<p>and {more} more; see <code>timeline.states</code></p>" if more > 0 else ""
    return html_figure("Timeline", note, _bars(timeline), table, rest)


def _links(timeline: Timeline, numbers: Iterable[int]) -> str:
    links = sorted({timeline.outages[number].link for number in numbers})
    more = len(links) - _MOST_NAMES
    shown = ", ".join(links[:_MOST_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown


def _bars(timeline: Timeline) -> str:
    """Return a bar for each incident that is no standing closure, up to two dozen."""
    incidents: dict[str, list[Outage]] = {}
    for outage in timeline.outages:
        if not outage.standing and _touches_window(outage, timeline):
            incidents.setdefault(outage.incident, []).append(outage)
    if not incidents:
        return ""
    start, hours = timeline.window.start, timeline.window.hours

    def place(instant: datetime | None, fallback: float) -> float:
        share = fallback if instant is None else hours_between(start, instant) / hours
        return _BARS_LABEL + min(max(share, 0.0), 1.0) * (_BARS_WIDTH - _BARS_LABEL)

    shapes = []
    for row, (incident, outages) in enumerate(list(incidents.items())[:_MOST_BARS]):
        top = row * _BAR_ROW + 4
        long = len(incident) > _BAR_TITLE
        name = f"{incident[: _BAR_TITLE - 1]}…" if long else incident
        shapes.append(f"<text x='0' y='{top + 10}'>{escape(name)}</text>")
        first = min(place(outage.start.earliest, 0.0) for outage in outages)
        last = max(place(outage.end.latest, 1.0) for outage in outages)
        shapes.append(_bar(first, last, top, 0.3))
        for outage in outages:
            surely = place(outage.start.latest, 1.0)
            until = place(outage.end.earliest, 0.0)
            if until > surely:
                shapes.append(_bar(surely, until, top, 1.0))
    height = min(len(incidents), _MOST_BARS) * _BAR_ROW + 6
    return (
        f"<svg role='img' aria-label='incidents over the window' width='{_BARS_WIDTH}' "
        f"height='{height}' fill='currentColor' font-size='11' style='max-width:100%'>"
        f"<path d='M{_BARS_LABEL} 0V{height}M{_BARS_WIDTH - 1} 0V{height}' stroke='currentColor' "
        f"opacity='.25'/>{''.join(shapes)}</svg>"
    )


def _touches_window(outage: Outage, timeline: Timeline) -> bool:
    begins, ends = outage.start.earliest, outage.end.latest
    window = timeline.window
    return (begins is None or begins < window.end) and (ends is None or ends > window.start)


def _bar(first: float, last: float, top: float, opacity: float) -> str:
    width = max(last - first, 1.5)
    return (
        f"<rect x='{first:.1f}' y='{top}' width='{width:.1f}' height='11' "
        f"fill='#b32d14' opacity='{opacity}'/>"
    )


def state_html(state: State) -> str:
    """Return start, end and counts of a state."""
    note = (
        f"{show_instant(state.start)} to {show_instant(state.end)} UTC, "
        f"{state.hours:,.2f} hours · "
        f"{count(len(state.active), 'outage')} in force, {len(state.certain)} of them certainly, "
        f"{len(state.possible - state.certain)} in doubt"
    )
    return html_figure(f"State {state.number}", note)
