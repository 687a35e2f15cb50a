"""A railway network as a map, without a run: its links by class, its hubs, the largest by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from netmodel.errors import InputError
from netmodel.network.railway import LINE_CLASSES, Network
from netmodel.plot.ground import (
    Line,
    MapLabel,
    PlacedLabels,
    draw_basemap,
    draw_furniture,
    fit_projection,
    project_line,
    set_extent,
)
from netmodel.plot.style import (
    FONT_POINTS,
    INK,
    OPEN,
    SOFT,
    clean_text,
    open_axes,
    set_plain_title,
    wrong_type,
)
from netmodel.words.strings import Phrases
from netmodel.words.wording import choose_name, show_controls

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_HEIGHT_INCHES = 5.0
_NAME_LIMIT = 28
_MOST_NAMES = 120
_WIDTHS = {"main": 1.5, "secondary": 1.0, "branch": 0.8, "road": 0.9}
_THIN = 0.6
_DASHES = {"industrial": (4.0, 2.0), "connector": (2.0, 1.5), "road": (1.0, 2.0)}
"""In points; the classes that carry no public trains are dashed."""


def draw_network(
    network: Network, ax: Axes | None = None, *, names: bool = True, language: str = "en"
) -> Axes:
    """Draw the links of a network by their class, and the hubs, in an equal-area projection.

    Parameters
    ----------
    network
        What is drawn.
    ax
        An axis of matplotlib; by default that of a new figure, 7.2 inches wide.
    names
        Name the hubs of the most people for which there is room.
    language
        Of names and legend: ``en`` or ``uk``.

    Returns
    -------
    Axes
        The axis that was drawn on; its units are metres.

    Raises
    ------
    InputError
        If the network or the axis is of another kind, or there is no such language.

    Examples
    --------
    >>> import netmodel as nm
    >>> from matplotlib.figure import Figure
    >>> ax = nm.built_in_network().plot(Figure().subplots())
    >>> [text.get_text() for text in ax.get_legend().get_texts()][0]
    'main'
    """
    _check(network)
    phrases = Phrases(language)
    chosen = open_axes(ax, _HEIGHT_INCHES)
    plane = fit_projection([hub.lon for hub in network.hubs], [hub.lat for hub in network.hubs])
    places = project_line(plane, [(hub.lon, hub.lat) for hub in network.hubs])
    courses = [project_line(plane, network.line(link.id)) for link in network.links]
    set_extent(chosen, places)
    sources = draw_basemap(chosen, plane)
    classes = _draw_links(chosen, network, courses)
    _draw_hubs(chosen, places)
    if names:
        _add_names(chosen, network, places, courses, language)
    draw_furniture(chosen, phrases, sources=sources)
    _draw_legend(chosen, classes, phrases)
    set_plain_title(chosen, _title(network, phrases))
    return chosen


def _check(network: object) -> None:
    if not isinstance(network, Network):
        remedy = "give what `nm.read_network` returns"
        raise InputError([wrong_type(network, "a network", "network", remedy)])


def _draw_links(ax: Axes, network: Network, courses: list[Line]) -> list[str]:
    """Draw the links of each class as one collection; return the classes there are."""
    classes = [link.line_class for link in network.links]
    shown = [name for name in LINE_CLASSES if name in classes]
    for order, name in enumerate(reversed(shown)):
        lines = [line for line, each in zip(courses, classes, strict=True) if each == name]
        strokes = LineCollection(
            lines, colors=OPEN, linewidths=_WIDTHS.get(name, _THIN), linestyles=[_dash(name)],
            capstyle="butt" if name in _DASHES else "round", zorder=3 + order / 10,
        )  # fmt: skip
        strokes.set_gid(f"links-{name}")
        ax.add_collection(strokes, autolim=False)
    return shown


def _dash(name: str) -> object:
    width = _WIDTHS.get(name, _THIN)
    dash = _DASHES.get(name)
    return "solid" if dash is None else (0.0, tuple(part / width for part in dash))


def _draw_hubs(ax: Axes, places: Line) -> None:
    """Draw each hub as a dot, the smaller the more there are."""
    size = float(np.clip(45.0 / np.sqrt(max(len(places), 1)), 0.8, 3.0))
    dots = ax.plot(
        places[:, 0], places[:, 1], linestyle="none", marker="o", markersize=size,
        markerfacecolor="white", markeredgecolor=INK, markeredgewidth=min(0.6, size / 4),
        zorder=7, scalex=False, scaley=False,
    )  # fmt: skip
    dots[0].set_gid("hubs")


def _add_names(
    ax: Axes, network: Network, places: Line, courses: list[Line], language: str
) -> None:
    people = [float(hub.population or 0) for hub in network.hubs]
    largest = sorted(range(len(people)), key=lambda number: (-people[number], number))
    labels = []
    for rank, number in enumerate(largest[:_MOST_NAMES]):
        hub = network.hubs[number]
        name = show_controls(choose_name(hub.name, ";".join(hub.aliases), language))
        labels.append(
            MapLabel(
                text=clean_text(name, _NAME_LIMIT),
                x=float(places[number, 0]),
                y=float(places[number, 1]),
                rank=float(rank),
                colour=INK,
                size=FONT_POINTS - 0.5,
                patience=6.0,
            )
        )
    ax.add_artist(PlacedLabels(labels, places[largest[:_MOST_NAMES]], courses))


def _draw_legend(ax: Axes, classes: list[str], phrases: Phrases) -> None:
    handles = [
        Line2D(
            [], [], color=OPEN, linewidth=_WIDTHS.get(name, _THIN), linestyle=_dash(name),  # type: ignore[arg-type]
            label=phrases.find("line_class", name),
        )
        for name in classes
    ]  # fmt: skip
    if handles:
        ax.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0, -0.008), frameon=False,
            ncols=len(handles), fontsize=FONT_POINTS - 0.5, handlelength=3.0,
            columnspacing=1.6, borderaxespad=0.2, labelcolor=SOFT,
        )  # fmt: skip


def _title(network: Network, phrases: Phrases) -> str:
    counts = (
        phrases.count("count.hubs", len(network.hubs)),
        phrases.count("count.links", len(network.links)),
    )
    return clean_text(", ".join([*([network.name] if network.name else []), *counts]))
