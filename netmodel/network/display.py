"""How a network shows itself in a notebook: a drawing and its counts."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netmodel.network.model import Network

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
