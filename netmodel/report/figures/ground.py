"""The ground of a state map: its extent, the quiet base map, a scale bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from netmodel.report.basemap import load_basemap
from netmodel.report.figures.plane import project_line
from netmodel.report.figures.style import (
    BORDER,
    FONT_POINTS,
    LAND,
    MUTED,
    OBLAST,
    RIVER,
    SEA,
    SOFT,
)
from netmodel.report.strings import Phrases
from netmodel.study.moment import background_incidents
from netmodel.study.record import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pyproj import Proj

Line = NDArray[np.float64]

_MARGIN = 0.07
_SMALLEST_METRES = 20_000.0
_CREDIT = "Natural Earth · © OpenStreetMap contributors"


def set_extent(ax: Axes, record: RunRecord, places: Line, *, whole: bool) -> None:
    """Show the places with demand and the studied outages, or everything, with a margin."""
    chosen = places
    if not whole:
        position = {hub: number for number, hub in enumerate(record.hubs.index)}
        wanted = set(np.flatnonzero(record.hubs["in_demand"].to_numpy(int)).tolist())
        outages = record.outages
        studied = outages[~outages["incident"].isin(background_incidents(record))]["link"]
        ends = record.links.reindex(studied.unique())[["from", "to"]].dropna()
        wanted |= {position[hub] for hub in ends.to_numpy().ravel()}
        chosen = places[sorted(wanted)] if wanted else places
    if not len(chosen):
        chosen = np.zeros((1, 2))
    low, high = chosen.min(axis=0), chosen.max(axis=0)
    span = np.maximum(high - low, max(float((high - low).max()) * 0.35, _SMALLEST_METRES))
    middle = (low + high) / 2
    half = span / 2 + _MARGIN * float(span.max())
    # With limits that count as fixed, matplotlib grumbles when it widens them to the aspect.
    ax.set_xlim(middle[0] - half[0], middle[0] + half[0], auto=True)
    ax.set_ylim(middle[1] - half[1], middle[1] + half[1], auto=True)
    ax.update_datalim([middle - half, middle + half])
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_facecolor(LAND)
    for spine in ax.spines.values():
        spine.set_color(BORDER)
        spine.set_linewidth(0.6)


def draw_basemap(ax: Axes, plane: Proj) -> bool:
    """Draw coast, waters and borders near the extent; return whether there is any there."""
    looks = {
        "sea": (SEA, 0.5, "solid"),
        "lakes": (SEA, 0.4, "solid"),
        "rivers": (RIVER, 0.9, "solid"),
        "streams": (RIVER, 0.5, "solid"),
        "oblasts": (OBLAST, 0.7, (0, (1, 2.2))),
        "countries": (BORDER, 0.7, (0, (6, 2.4, 1.2, 2.4))),
        "ukraine": (BORDER, 1.0, (0, (7, 2.2, 1.2, 2.2))),
    }
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    reach = max(east - west, north - south)
    known = False
    for order, (name, lines) in enumerate(_basemap_lines(plane)):
        colour, width, dash = looks[name]
        near = [
            line
            for line in lines
            if np.isfinite(line).all()
            and line[:, 0].max() > west - reach
            and line[:, 0].min() < east + reach
            and line[:, 1].max() > south - reach
            and line[:, 1].min() < north + reach
        ]
        known |= bool(near)
        if name in ("sea", "lakes"):
            shapes = PolyCollection(near, facecolor=colour, edgecolor=RIVER, linewidth=width)
            ax.add_collection(_placed(shapes, order), autolim=False)
        else:
            strokes = LineCollection(near, colors=colour, linewidths=width, linestyles=[dash])
            ax.add_collection(_placed(strokes, order), autolim=False)
    return known


def _placed(shapes: PolyCollection | LineCollection, order: int) -> PolyCollection | LineCollection:
    shapes.set_zorder(0.5 + order / 20)
    return shapes


def _basemap_lines(plane: Proj) -> list[tuple[str, list[Line]]]:
    return [
        (name, [project_line(plane, line) for line in lines])
        for name, lines in load_basemap().items()
    ]


def draw_furniture(ax: Axes, phrases: Phrases, *, credited: bool) -> None:
    """Add a scale bar and whose base map it is."""
    from matplotlib.font_manager import FontProperties
    from mpl_toolkits.axes_grid1.anchored_artists import (  # type: ignore[import-untyped]
        AnchoredSizeBar,
    )

    metres = _round_length((ax.get_xlim()[1] - ax.get_xlim()[0]) / 4)
    bar = AnchoredSizeBar(
        ax.transData, metres, phrases("unit.km", n=f"{metres / 1000:g}"), "lower left",
        pad=0.5, sep=2, frameon=False, color=SOFT, size_vertical=0,
        fontproperties=FontProperties(size=FONT_POINTS - 1),
    )  # fmt: skip
    bar.set_zorder(8)
    ax.add_artist(bar)
    if credited:
        ax.text(
            0.995, 0.008, _CREDIT, transform=ax.transAxes, ha="right", va="bottom",
            fontsize=FONT_POINTS - 2.5, color=MUTED, zorder=8,
        )  # fmt: skip


def _round_length(metres: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is no longer."""
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(step * power for step in (1, 2, 5) if step * power <= metres))
