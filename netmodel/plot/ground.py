"""The ground of a map: its projection, its extent, the base map, the scale bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import ArrayLike, NDArray

from netmodel.plot.basemap import load_basemap
from netmodel.plot.style import BORDER, FONT_POINTS, LAND, MUTED, OBLAST, RIVER, SEA, SOFT
from netmodel.words.strings import Phrases

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pyproj import Proj


Line = NDArray[np.float64]
_UKRAINE = (22.1, 44.3, 40.3, 52.4)
_FLAT_DEGREES = 3.0
_WIDEST_DEGREES = 120.0
_MARGIN = 0.07
_SMALLEST_METRES = 20_000.0
_CREDIT = "Natural Earth · © OpenStreetMap contributors"
_LOOKS = {
    "sea": (SEA, 0.5, "solid"),
    "lakes": (SEA, 0.4, "solid"),
    "rivers": (RIVER, 0.9, "solid"),
    "streams": (RIVER, 0.5, "solid"),
    "oblasts": (OBLAST, 0.7, (0, (1, 2.2))),
    "countries": (BORDER, 0.7, (0, (6, 2.4, 1.2, 2.4))),
    "ukraine": (BORDER, 1.0, (0, (7, 2.2, 1.2, 2.2))),
}
"""Colour, width in points and dash of each layer of the base map."""


def fit_projection(lon: ArrayLike, lat: ArrayLike) -> Proj:
    """Return Albers' equal-area conic about some places, metres.

    Its two standard parallels lie a sixth of the extent inside its southern and northern edge.
    Where a cone does not fit, near the equator or over most of the globe, it is Lambert's
    azimuthal equal-area projection; without places it is that of Ukraine.

    Parameters
    ----------
    lon, lat
        Degrees, shape ``(n,)``.

    References
    ----------
    Snyder (1987), Map Projections: A Working Manual, doi:10.3133/pp1395, chapters 14 and 24.

    Examples
    --------
    >>> x, y = fit_projection([30.0, 32.0], [49.0, 49.0])([31.0], [49.0])
    >>> bool(abs(x[0]) < 1e-6)
    True
    """
    from pyproj import Proj

    west, south, east, north = _extent(lon, lat)
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
    if abs(middle_lat) < _FLAT_DEGREES or east - west > _WIDEST_DEGREES:
        return Proj(proj="laea", lon_0=middle_lon, lat_0=middle_lat, ellps="WGS84")
    inset = (north - south) / 6
    return Proj(
        proj="aea", lon_0=middle_lon, lat_0=middle_lat, lat_1=south + inset, lat_2=north - inset,
        ellps="WGS84",
    )  # fmt: skip


def _extent(lon: ArrayLike, lat: ArrayLike) -> tuple[float, float, float, float]:
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    if not len(x):
        return _UKRAINE
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def project_line(plane: Proj, degrees: ArrayLike) -> Line:
    """Return a line of lon, lat as metres, both of shape ``(n, 2)``."""
    line = np.asarray(degrees, float).reshape(-1, 2)
    return np.column_stack(plane(line[:, 0], line[:, 1]))


def set_extent(ax: Axes, places: Line) -> None:
    """Show some places with a margin, in equal scales, on empty land.

    Parameters
    ----------
    places
        Metres, shape ``(n, 2)``; without any, a square of 20 km.
    """
    if not len(places):
        places = np.zeros((1, 2))
    low, high = places.min(axis=0), places.max(axis=0)
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
    known = False
    for order, (name, layer) in enumerate(load_basemap().items()):
        near = _lines_near(ax, [project_line(plane, line) for line in layer])
        known |= bool(near)
        colour, width, dash = _LOOKS[name]
        shapes: PolyCollection | LineCollection
        if name in ("sea", "lakes"):
            shapes = PolyCollection(near, facecolor=colour, edgecolor=RIVER, linewidth=width)
        else:
            shapes = LineCollection(near, colors=colour, linewidths=width, linestyles=[dash])
        shapes.set_zorder(0.5 + order / 20)
        ax.add_collection(shapes, autolim=False)
    return known


def _lines_near(ax: Axes, lines: list[Line]) -> list[Line]:
    """Return the lines within one extent of what an axis shows."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    reach = max(east - west, north - south)
    low, high = np.array([west, south]) - reach, np.array([east, north]) + reach
    return [
        line
        for line in lines
        if np.isfinite(line).all()
        and (line.max(axis=0) > low).all()
        and (line.min(axis=0) < high).all()
    ]


def draw_furniture(ax: Axes, phrases: Phrases, *, credited: bool) -> None:
    """Add a scale bar and, where there is a base map, whose it is."""
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
