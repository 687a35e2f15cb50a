"""Who reaches whom over one state: the places with demand against each other, as cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.font_manager import FontProperties
from matplotlib.legend_handler import HandlerPatch
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.transforms import Transform, offset_copy
from numpy.typing import NDArray

from netmodel.plot.state_map import moment_title
from netmodel.plot.style import (
    DOUBT,
    FONT_POINTS,
    INK,
    MATRIX_COLOURS,
    MUTED,
    SOFT,
    clean_text,
    set_plain_title,
    set_tick_texts,
)
from netmodel.runs.moment import choose_state, choose_traffic, demand_hubs, pairs_at
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import hub_names

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend


Cells = NDArray[np.int64]
_KINDS = ("connected", "longer", "bus", "cut", "base")
_LONGER_MINUTES = 0.5
_SMALLEST_POINTS = 3.6
_NO_DEMAND = -1
_NAME_LIMIT = 26
_MARKS: Mapping[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "longer": (((-0.04, 0.0), (0.04, 0.0)),),
    "bus": (((-0.2, 0.0), (0.2, 0.0)),),
    "cut": (((-0.19, -0.19), (0.19, 0.19)), ((-0.19, 0.19), (0.19, -0.19))),
    "doubt": (((-0.4, 0.4), (0.4, -0.4)),),
}
"""Strokes of the mark in a cell, in cells from its middle."""
_MARK_KINDS = {name: _KINDS.index(name) for name in _MARKS if name in _KINDS}


def draw_reachability_matrix(
    record: RunRecord,
    ax: Axes,
    *,
    state: int | None = None,
    traffic: str | None = None,
    language: str = "en",
) -> Axes:
    """Draw the places with demand against each other, by how they are connected over one state.

    A pair is cut (a cross) where it has a path by rail in the base state and none now, by bus
    only (a dash) where a documented replacement service closes the gap, longer (a dot) where the
    way takes longer than in the base state. A stroke across marks what is in doubt: the evidence
    allows both that there is a path and that there is none. Regions stand from west to east.

    Parameters
    ----------
    state
        Number of the state; by default the one with the lowest connected share.
    traffic
        Kind of traffic; the first of the run by default.
    language
        ``en`` or ``uk``.

    Raises
    ------
    UnknownNameError
        If the run has no such state or traffic.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from netmodel import run_scenario
    >>> record = run_scenario("crimea-may-2023").record
    >>> ax = draw_reachability_matrix(record, Figure().subplots(), traffic="freight")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['connected', 'cut']
    """
    phrases = Phrases(language)
    kind = choose_traffic(record, traffic)
    number = choose_state(record, state, kind)
    order = _order_hubs(record, kind, phrases)
    cells, doubt = _cells(pairs_at(record, number, kind), [hub for hub, _ in order])
    shown = _draw_cells(ax, cells)
    shown += _draw_marks(ax, cells, doubt)
    names = dict(zip(record.hubs.index, hub_names(record, language), strict=True))
    _draw_names(ax, [clean_text(names[hub], _NAME_LIMIT) for hub, _ in order])
    _draw_regions(ax, [region for _, region in order])
    if not shown:
        ax.text(
            0.5, 0.5, phrases("unit.none"), transform=ax.transAxes, ha="center", va="center",
            color=MUTED, fontsize=FONT_POINTS,
        )  # fmt: skip
    _draw_legend(ax, shown, [region for _, region in order], phrases)
    title = f"{moment_title(record, number, phrases)}, {phrases.find('traffic', kind).lower()}"
    set_plain_title(ax, clean_text(title))
    return ax


def _order_hubs(record: RunRecord, traffic: str, phrases: Phrases) -> list[tuple[str, str]]:
    """Return hub and region of every place with demand of a traffic, in the matrix's order.

    Regions stand from west to east, within them the places by name.
    """
    names = dict(zip(record.hubs.index, hub_names(record, phrases.language), strict=True))
    hubs = record.hubs.loc[demand_hubs(record, traffic)]
    region = hubs["region"].where(hubs["region"] != "", hubs["country"]).astype(str)
    west = hubs["lon"].groupby(region).mean()
    rows = sorted(
        zip(hubs.index, region, strict=True),
        key=lambda row: (west[row[1]], row[1], names[row[0]], row[0]),
    )
    return [(str(hub), phrases.find("region", name, name)) for hub, name in rows]


def _cells(pairs: pd.DataFrame, hubs: Sequence[str]) -> tuple[Cells, Cells]:
    """Return the kind of every pair, -1 where there is no demand, and whether it is in doubt.

    Both have shape ``(hubs, hubs)``.
    """
    position = {hub: number for number, hub in enumerate(hubs)}
    cells = np.full((len(hubs), len(hubs)), _NO_DEMAND, np.int64)
    doubt = np.zeros_like(cells)
    longer = pairs["minutes"] > pairs["base_minutes"] + _LONGER_MINUTES
    conditions = (
        (pairs["base_minutes"].isna(), "base"),
        ((pairs["connected"] == 0) & pairs["served_minutes"].notna(), "bus"),
        (pairs["connected"] == 0, "cut"),
        (longer, "longer"),
    )
    kinds = np.select(
        [mask.to_numpy(bool) for mask, _ in conditions],
        [_KINDS.index(name) for _, name in conditions],
        default=_KINDS.index("connected"),
    )
    start = pairs["from"].map(position).to_numpy(int)
    end = pairs["to"].map(position).to_numpy(int)
    # A pair that stands once holds both ways; one that stands twice keeps its own direction.
    for one, other in ((end, start), (start, end)):
        cells[one, other] = kinds
        doubt[one, other] = (pairs["certainty"] == "in doubt").to_numpy(int)
    return cells, doubt


def _draw_cells(ax: Axes, cells: Cells) -> list[str]:
    """Draw the cells of each kind as one shape; return the kinds there are."""
    shown = []
    size = len(cells)
    for number, name in enumerate(_KINDS):
        runs = list(_runs(cells == number))
        if not runs:
            continue
        shown.append(name)
        outline = Outline.make_compound_path(*(_rectangle(*run) for run in runs))
        shape = PathCollection([outline], facecolors=MATRIX_COLOURS[name], linewidths=0, zorder=1)
        shape.set_gid(f"cells-{name}")
        ax.add_collection(shape, autolim=False)
    for edge in range(size + 1):
        ax.axhline(edge - 0.5, color="white", linewidth=_grid_points(size), zorder=2)
        ax.axvline(edge - 0.5, color="white", linewidth=_grid_points(size), zorder=2)
    limit = max(size, 1) - 0.5
    ax.set_xlim(-0.5, limit)
    ax.set_ylim(limit, -0.5)
    ax.set_aspect("equal")
    ax.set_anchor("NW")
    for spine in ax.spines.values():
        spine.set_visible(False)
    return shown


def _draw_marks(ax: Axes, cells: Cells, doubt: Cells) -> list[str]:
    """Mark the cells, so that they can be told apart without colour; return the further kinds."""
    points = _row_points(ax, len(cells))
    if points < _SMALLEST_POINTS:
        return ["doubt"] if doubt.any() else []
    for name, strokes in _MARKS.items():
        wanted = doubt == 1 if name == "doubt" else (cells == _MARK_KINDS[name]) & (doubt == 0)
        colour = _mark_colour(name)
        lines = [
            [(column + x, row + y) for x, y in stroke]
            for row, column in np.argwhere(wanted)
            for stroke in strokes
        ]
        marks = LineCollection(
            lines, colors=colour, linewidths=points * (0.14 if name == "doubt" else 0.1),
            capstyle="butt" if name == "doubt" else "round", zorder=4,
        )  # fmt: skip
        marks.set_gid(f"marks-{name}")
        ax.add_collection(marks, autolim=False)
    return ["doubt"] if doubt.any() else []


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Return row, first column and the one after the last of every unbroken run."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    rows, firsts = np.nonzero(steps == 1)
    _, afters = np.nonzero(steps == -1)
    return [(int(r), int(a), int(b)) for r, a, b in zip(rows, firsts, afters, strict=True)]


def _rectangle(row: int, first: int, after: int) -> Outline:
    left, right, top, bottom = first - 0.5, after - 0.5, row - 0.5, row + 0.5
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return Outline(corners, closed=True)


def _grid_points(size: int) -> float:
    return float(np.clip(24.0 / max(size, 1), 0.15, 1.2))


def _row_points(ax: Axes, size: int) -> float:
    figure = ax.get_figure(root=True)
    if figure is None:
        return FONT_POINTS
    box = ax.get_position()
    height = min(box.height * figure.get_figheight(), box.width * figure.get_figwidth())
    return float(height * 72 / max(size, 1))


def _draw_names(ax: Axes, names: Sequence[str]) -> None:
    points = min(FONT_POINTS, _row_points(ax, len(names)) * 0.78)
    places = [float(number) for number in range(len(names))] if points >= _SMALLEST_POINTS else []
    texts = list(names) if places else []
    set_tick_texts(ax, "y", places, texts)
    set_tick_texts(ax, "x", places, texts)
    ax.tick_params(axis="both", length=0, pad=2.5, labelsize=points, labelcolor=INK)
    ax.tick_params(axis="x", labelrotation=90, top=False, bottom=False, labelbottom=True)


def _draw_regions(ax: Axes, regions: Sequence[str]) -> None:
    """Set the groups apart, and name them at the right."""
    size = len(regions)
    points = min(FONT_POINTS, max(_row_points(ax, size) * 0.78, _SMALLEST_POINTS))
    at = ax.get_yaxis_transform()
    first = 0
    for region, members in groupby(regions):
        after = first + len(list(members))
        if first:
            ax.axhline(first - 0.5, color="white", linewidth=2.6 * _grid_points(size), zorder=3)
            ax.axvline(first - 0.5, color="white", linewidth=2.6 * _grid_points(size), zorder=3)
        ax.plot(
            [1.012, 1.012], [first - 0.34, after - 0.66], transform=at, color=MUTED,
            linewidth=0.8, clip_on=False, solid_capstyle="butt",
        )  # fmt: skip
        ax.text(
            1.024, (first + after - 1) / 2, clean_text(region, _NAME_LIMIT), transform=at,
            ha="left", va="center", color=MUTED, fontsize=points, parse_math=False,
        )  # fmt: skip
        first = after


def _draw_legend(ax: Axes, shown: Sequence[str], regions: Sequence[str], phrases: Phrases) -> None:
    """Explain the cells at the right of the regions' names."""
    if not shown:
        return
    names = [clean_text(region, _NAME_LIMIT) for region in dict.fromkeys(regions)]
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
        for stroke in _MARKS.get(name, ()):
            xs = [width / 2 - xdescent + x * height for x, _ in stroke]
            ys = [height / 2 - ydescent - y * height for _, y in stroke]
            line = Line2D(
                xs, ys, color=_mark_colour(name), linewidth=1.0 if name == "doubt" else 0.8,
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


def _mark_colour(name: str) -> str:
    """Return the colour of the mark of a kind of cell."""
    return {"cut": "white", "doubt": DOUBT}.get(name, INK)
