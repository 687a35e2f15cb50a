"""Names on a map that keep clear of each other, of markers and of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import NDArray

from netmodel.plot.style import LAND

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase


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
