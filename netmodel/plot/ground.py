"""The ground of a map: its extent, the base map, a scale bar, and names that do not collide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray

from netmodel.plot.basemap import find_sources, load_basemap
from netmodel.plot.style import BORDER, FONT_POINTS, LAND, MUTED, OBLAST, RIVER, SEA, SOFT
from netmodel.words.strings import Phrases

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase
    from pyproj import Proj


Boxes = NDArray[np.float64]
_GAP_POINTS = 3.2
_PADDING_POINTS = np.array([2.2, 0.6])
_EDGE_POINTS = 1.6
_MARKER_POINTS = 2.6
_STEP_POINTS = 3.0
_SIDES = ((1, 0), (1, 1), (1, -1), (-1, 0), (-1, 1), (-1, -1), (0, 1), (0, -1))
"""Where a name may stand beside its place, the best first."""
_PREFERENCE = np.array([0.0, 0.4, 0.5, 0.8, 0.9, 1.0, 1.2, 1.3])
_PER_CROSSING, _PER_MARKER = 0.45, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLabel:
    """A name beside a place.

    Parameters
    ----------
    x, y
        Of the place, data units.
    rank
        Names of lower rank are placed first, and keep their room.
    patience
        The greatest cost at which the name is still shown: points of lines covered, at about
        half a unit each, and markers, at four.
    """

    text: str
    x: float
    y: float
    rank: float
    colour: str
    size: float
    patience: float = 14.0
    weight: str = "normal"


class PlacedLabels(Artist):
    """Names that keep clear of each other, of markers and, where they can, of lines.

    A name that finds no room is left out. The greedy order is by rank, so the same map is drawn
    the same way every time.

    Parameters
    ----------
    markers
        Places to keep clear of, shape ``(n, 2)``, data units.
    lines
        Lines to cross as little as possible, each of shape ``(n, 2)``, data units.
    """

    def __init__(self, labels: Sequence[MapLabel], markers: Boxes, lines: Sequence[Boxes]) -> None:
        super().__init__()
        self.labels = sorted(labels, key=lambda label: (label.rank, label.text))
        self.markers = markers.reshape(-1, 2)
        self.lines = lines
        self.set_zorder(9)
        self.set_in_layout(False)

    def draw(self, renderer: RendererBase) -> None:
        """Place the names for the present extent and size, and draw them."""
        if not self.get_visible():
            return
        for label, box in self.place(renderer):
            text = self._text(label)
            text.set_position((float(box[0]), float(box[1])))
            text.draw(renderer)
        self.stale = False

    def place(self, renderer: RendererBase) -> list[tuple[MapLabel, Boxes]]:
        """Return each name that finds room with its box: left, bottom, right, top in pixels."""
        ax = cast("Axes | None", self.axes)
        if ax is None:
            return []
        pixel = float(np.asarray(renderer.points_to_pixels(1.0)))
        frame = np.array(ax.bbox.padded(-_EDGE_POINTS * pixel).extents)
        markers = ax.transData.transform(self.markers)
        crossings = self._crossings(ax, _STEP_POINTS * pixel, frame)
        taken: list[Boxes] = []
        placed = []
        for label in self.labels:
            place = ax.transData.transform((label.x, label.y))
            if not _inside(place, frame):
                continue
            extent = self._text(label).get_window_extent(renderer)
            boxes = _candidates(
                place, extent.width, extent.height, (_GAP_POINTS + label.size * 0.08) * pixel
            )
            cost = _PREFERENCE.copy()
            cost += _PER_CROSSING * _count_inside(crossings, boxes)
            near = _MARKER_POINTS * pixel
            others = markers[np.abs(markers - place).max(axis=1) > near * 0.5]
            cost += _PER_MARKER * _count_inside(others, boxes + near * np.array([-1, -1, 1, 1]))
            cost[~_fits(boxes, frame)] = np.inf
            padding = _PADDING_POINTS * pixel
            for other in taken:
                cost[_overlaps(boxes, other, padding)] = np.inf
            best = int(np.argmin(cost))
            if cost[best] <= label.patience:
                taken.append(boxes[best])
                placed.append((label, boxes[best]))
        return placed

    def _text(self, label: MapLabel) -> Text:
        text = Text(
            0, 0, label.text, color=label.colour, fontsize=label.size, fontweight=label.weight,
            ha="left", va="bottom", parse_math=False,
        )  # fmt: skip
        text.set_path_effects([withStroke(linewidth=1.8, foreground=LAND)])
        figure = self.get_figure()
        if figure is not None:
            text.set_figure(figure)
        if self.axes is not None:
            text.set_clip_box(self.axes.bbox)
        text.set_clip_on(True)
        return text

    def _crossings(self, ax: Axes, step: float, frame: Boxes) -> Boxes:
        """Return points along the lines within the frame, so close that no name slips between."""
        found = [np.empty((0, 2))]
        for line in self.lines:
            pixels = ax.transData.transform(line)
            low, high = pixels.min(axis=0), pixels.max(axis=0)
            if (high < frame[:2]).any() or (low > frame[2:]).any():
                continue
            for start, end in pairwise(pixels):
                count = min(2000, max(2, int(np.hypot(*(end - start)) / step) + 1))
                found.append(np.linspace(start, end, count))
        return np.vstack(found)


def _candidates(place: Boxes, width: float, height: float, gap: float) -> Boxes:
    """Return the boxes a name may take beside a place, shape ``(8, 4)``, pixels."""
    boxes = np.empty((len(_SIDES), 4))
    for number, (right, up) in enumerate(_SIDES):
        near = gap * (0.75 if right and up else 1.0)
        left = place[0] + right * near - {1: 0.0, 0: width / 2, -1: width}[right]
        bottom = place[1] + up * near - {1: 0.0, 0: height / 2, -1: height}[up]
        boxes[number] = left, bottom, left + width, bottom + height
    return boxes


def _inside(place: Boxes, frame: Boxes) -> bool:
    return bool((place >= frame[:2]).all() and (place <= frame[2:]).all())


def _fits(boxes: Boxes, frame: Boxes) -> NDArray[np.bool_]:
    within = (boxes[:, :2] >= frame[:2]).all(axis=1) & (boxes[:, 2:] <= frame[2:]).all(axis=1)
    return np.asarray(within)


def _overlaps(boxes: Boxes, other: Boxes, padding: Boxes) -> NDArray[np.bool_]:
    apart = (boxes[:, :2] > other[2:] + padding) | (boxes[:, 2:] < other[:2] - padding)
    return np.asarray(~apart.any(axis=1))


def _count_inside(points: Boxes, boxes: Boxes) -> NDArray[np.int64]:
    if not len(points):
        return np.zeros(len(boxes), np.int64)
    inside = (points[None] >= boxes[:, None, :2]) & (points[None] <= boxes[:, None, 2:])
    return np.asarray(inside.all(axis=2).sum(axis=1))


Line = NDArray[np.float64]
_UKRAINE = (22.1, 44.3, 40.3, 52.4)
_FLAT_DEGREES = 3.0
_WIDEST_DEGREES = 120.0
_MARGIN = 0.07
_SMALLEST_METRES = 20_000.0
_CREDITS = {"world": "Natural Earth", "ukraine": "© OpenStreetMap contributors"}
"""How each source of `find_sources` is named at the foot of a map."""
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


def draw_basemap(ax: Axes, plane: Proj) -> tuple[str, ...]:
    """Draw coast, waters and borders near the extent; return the sources of those there."""
    drawn: dict[str, list[Line]] = {}
    for order, (name, layer) in enumerate(load_basemap().items()):
        near = drawn[name] = _lines_near(ax, [project_line(plane, line) for line in layer])
        colour, width, dash = _LOOKS[name]
        shapes: PolyCollection | LineCollection
        if name in ("sea", "lakes"):
            shapes = PolyCollection(near, facecolor=colour, edgecolor=RIVER, linewidth=width)
        else:
            shapes = LineCollection(near, colors=colour, linewidths=width, linestyles=[dash])
        shapes.set_zorder(0.5 + order / 20)
        ax.add_collection(shapes, autolim=False)
    return find_sources(drawn)


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


def draw_furniture(ax: Axes, phrases: Phrases, *, sources: Sequence[str]) -> None:
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
    if sources:
        credit = " · ".join(_CREDITS[each] for each in sources)
        ax.text(
            0.995, 0.008, credit, transform=ax.transAxes, ha="right", va="bottom",
            fontsize=FONT_POINTS - 2.5, color=MUTED, zorder=8,
        )  # fmt: skip


def credited_sources(ax: Axes) -> tuple[str, ...]:
    """Return the sources that the foot of a map names."""
    texts = [text.get_text() for text in ax.texts]
    return tuple(name for name, words in _CREDITS.items() if any(words in each for each in texts))


def _round_length(metres: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is no longer."""
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(step * power for step in (1, 2, 5) if step * power <= metres))
