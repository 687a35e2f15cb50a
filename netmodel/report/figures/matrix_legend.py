"""The marks in the cells of a reachability matrix, and the legend that explains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.artist import Artist
from matplotlib.font_manager import FontProperties
from matplotlib.legend_handler import HandlerPatch
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Transform, offset_copy

from netmodel.report.figures.style import (
    DOUBT,
    FONT_POINTS,
    INK,
    MATRIX_COLOURS,
    SOFT,
    clean_text,
)
from netmodel.report.strings import Phrases

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend

NAME_LIMIT = 26

MARKS: Mapping[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "longer": (((-0.04, 0.0), (0.04, 0.0)),),
    "bus": (((-0.2, 0.0), (0.2, 0.0)),),
    "cut": (((-0.19, -0.19), (0.19, 0.19)), ((-0.19, 0.19), (0.19, -0.19))),
    "doubt": (((-0.4, 0.4), (0.4, -0.4)),),
}
"""Strokes of the mark in a cell, in cells from its middle."""


def draw_matrix_legend(
    ax: Axes, shown: Sequence[str], regions: Sequence[str], phrases: Phrases
) -> None:
    """Explain the cells at the right of the regions' names."""
    if not shown:
        return
    names = [clean_text(region, NAME_LIMIT) for region in dict.fromkeys(regions)]
    points = _text_points(names) + 3 * FONT_POINTS
    aside = offset_copy(ax.transAxes, ax.get_figure(root=True), x=points, units="points")
    handles: list[Artist] = [
        Patch(
            facecolor=MATRIX_COLOURS["connected" if name == "doubt" else name],
            label=phrases(f"matrix.{name}"),
            gid=name,
        )
        for name in shown
    ]
    ax.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), bbox_transform=aside,
        frameon=False, fontsize=FONT_POINTS - 0.5, labelcolor=SOFT, borderaxespad=0.0,
        handlelength=1.2, handleheight=1.2, handler_map={Patch: _MarkedSquare()},
    )  # fmt: skip


class _MarkedSquare(HandlerPatch):
    """A square in the legend with the mark of its cells."""

    def create_artists(
        self, legend: Legend, orig_handle: Artist, xdescent: float, ydescent: float,
        width: float, height: float, fontsize: float, trans: Transform,
    ) -> list[Artist]:  # fmt: skip
        artists = list(
            super().create_artists(
                legend, orig_handle, xdescent, ydescent, width, height, fontsize, trans
            )
        )
        name = str(orig_handle.get_gid())
        for stroke in MARKS.get(name, ()):
            xs = [width / 2 - xdescent + x * height for x, _ in stroke]
            ys = [height / 2 - ydescent - y * height for _, y in stroke]
            line = Line2D(
                xs, ys, color=mark_colour(name), linewidth=1.0 if name == "doubt" else 0.8,
                solid_capstyle="butt" if name == "doubt" else "round",
            )  # fmt: skip
            line.set_transform(trans)
            artists.append(line)
        return artists


def _text_points(texts: Sequence[str]) -> float:
    """Return the width of the widest text at the usual size."""
    font = FontProperties(size=FONT_POINTS)
    # A dollar sign would start a formula; another sign is as wide.
    plain = [text.replace("$", "S") for text in texts if text]
    return max(
        (float(TextPath((0, 0), text, prop=font).get_extents().width) for text in plain),
        default=0.0,
    )


def mark_colour(name: str) -> str:
    """Return the colour of the mark of a kind of cell."""
    return {"cut": "white", "doubt": DOUBT}.get(name, INK)
