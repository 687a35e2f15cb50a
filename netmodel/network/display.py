"""How a network shows itself in a notebook: a drawing and its counts."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netmodel.network.model import Network

_SHOWN_LINKS = 5000


def network_html(network: Network, *, width: int = 480) -> str:
    """Return counts by line class and, up to 5,000 links, a small drawing as inline SVG."""
    by_class: dict[str, float] = {}
    for link in network.links:
        by_class[link.line_class] = by_class.get(link.line_class, 0.0) + link.length_km
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td style='text-align:right'>{km:,.0f} km</td></tr>"
        for name, km in sorted(by_class.items(), key=lambda item: -item[1])
    )
    title = escape(repr(network).strip("<>"))
    drawing = _drawing(network, width) if 0 < len(network.links) <= _SHOWN_LINKS else ""
    return f"<figure><figcaption>{title}</figcaption>{drawing}<table>{rows}</table></figure>"


def _drawing(network: Network, width: int) -> str:
    middle = sum(hub.lat for hub in network.hubs) / len(network.hubs)
    squeeze = math.cos(math.radians(middle))

    def plane(lon: float, lat: float) -> tuple[float, float]:
        return lon * squeeze, -lat

    points = [plane(hub.lon, hub.lat) for hub in network.hubs]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    scale = (width - 20) / max(right - left, (bottom - top), 1e-9)

    def place(lon: float, lat: float) -> str:
        x, y = plane(lon, lat)
        return f"{(x - left) * scale + 10:.1f},{(y - top) * scale + 10:.1f}"

    lines = "".join(
        f"<polyline points='{' '.join(place(*xy) for xy in network.line(link.id))}'/>"
        for link in network.links
    )
    height = (bottom - top) * scale + 20
    return (
        f"<svg role='img' aria-label='map of the network' width='{width}' height='{height:.0f}' "
        f"fill='none' stroke='currentColor' stroke-width='1'>{lines}</svg>"
    )
