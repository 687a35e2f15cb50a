"""The network over one state: links by what holds on them, places by whether they are cut off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

import numpy as np
from matplotlib.collections import CircleCollection, LineCollection, PolyCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from netmodel.instants import load_zone
from netmodel.report.basemap import load_basemap
from netmodel.report.figures.labels import MapLabel, PlacedLabels
from netmodel.report.figures.plane import fit_projection, project_line
from netmodel.report.figures.style import (
    BORDER,
    CLOSED,
    DOUBT,
    FONT_POINTS,
    INK,
    LAND,
    MUTED,
    OBLAST,
    OPEN,
    POINTS_PER_PIXEL,
    RIVER,
    SEA,
    SOFT,
    STROKES,
    clean_text,
    set_plain_title,
)
from netmodel.report.network_payload import hub_names
from netmodel.report.strings import Phrases
from netmodel.report.wording import format_interval, parse_utc
from netmodel.study.frames import link_courses
from netmodel.study.moment import (
    background_incidents,
    choose_state,
    choose_traffic,
    hub_states,
    link_states,
)
from netmodel.study.record import RunRecord

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Line = NDArray[np.float64]
Courses = Mapping[str, Line]

_MARGIN = 0.07
_SMALLEST_METRES = 20_000.0
_NAME_LIMIT = 28
_HUB_POINTS_SQUARED = 14.0
_CREDIT = "Natural Earth · © OpenStreetMap contributors"
_FILLS = {"all": "white", "some": DOUBT, "none": CLOSED}
_OPEN_WIDTHS = {"main": 1.9, "industrial": 0.8, "connector": 0.8}


def draw_state_map(
    record: RunRecord,
    ax: Axes,
    *,
    state: int | None = None,
    traffic: str | None = None,
    whole: bool = False,
    language: str = "en",
) -> Axes:
    """Draw the network over one state, in Albers' equal-area projection (metres).

    A link is drawn by the gravest effect in force under the chosen times; where there is none
    but the evidence allows a closure, as possibly closed. A place with demand is filled when it
    has lost some, or all, of the places it is connected to in the base state.

    Parameters
    ----------
    state
        Number of the state; by default the one with the lowest connected share.
    traffic
        Kind of traffic; the first of the run by default.
    whole
        Show the whole network rather than the places with demand and the studied outages.
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
    >>> ax = draw_state_map(run_scenario("crimea-may-2023").record, Figure().subplots())
    >>> ax.get_title("left")
    '18 May 2023, 08:20 to 17:15 (Europe/Simferopol), passengers'
    """
    phrases = Phrases(language)
    kind = choose_traffic(record, traffic)
    number = choose_state(record, state, kind)
    plane = fit_projection(record.hubs["lon"], record.hubs["lat"])
    courses = {
        link: project_line(plane, course) for link, course in link_courses(record).items()
    }
    places = project_line(plane, record.hubs[["lon", "lat"]].to_numpy(float))
    links = link_states(record, number, kind)
    drawn = _stroke_names(links)
    hubs = hub_states(record, number, kind)
    _set_extent(ax, record, places, whole=whole)
    known = _draw_basemap(ax, [plane_line for plane_line in _basemap_lines(plane)])
    shown = _draw_links(ax, record, drawn, courses)
    accesses = _draw_hubs(ax, record, hubs, places)
    _add_labels(ax, record, hubs, drawn, places, courses, language)
    _draw_furniture(ax, phrases, credited=known)
    _draw_legend(ax, phrases, shown, accesses)
    title = f"{moment_title(record, number, phrases)}, {phrases.find('traffic', kind).lower()}"
    set_plain_title(ax, clean_text(title))
    return ax


def moment_title(record: RunRecord, state: int, phrases: Phrases) -> str:
    """Return start and end of a state in the window's zone."""
    window = cast("Mapping[str, str]", record.summary["window"])
    zone = load_zone(window["zone"])
    row = record.states.loc[state]
    start, end = (
        cast("datetime", parse_utc(str(row[name]))).astimezone(zone) for name in ("start", "end")
    )
    return f"{format_interval(start, end, phrases)} ({window['zone']})"


def _stroke_names(links: pd.DataFrame) -> pd.Series:
    """Return for each link which of the strokes it is drawn with."""
    possibly = (links["effect"] == "open") & (links["possible_effect"] == "closed")
    standing = (links["effect"] == "closed") & links["background"]
    return links["effect"].mask(possibly, "possibly").mask(standing, "standing")


def _set_extent(ax: Axes, record: RunRecord, places: Line, *, whole: bool) -> None:
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
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_facecolor(LAND)
    for spine in ax.spines.values():
        spine.set_color(BORDER)
        spine.set_linewidth(0.6)


def _basemap_lines(plane: object) -> list[tuple[str, list[Line]]]:
    from pyproj import Proj

    projected = cast("Proj", plane)
    return [
        (name, [project_line(projected, line) for line in lines])
        for name, lines in load_basemap().items()
    ]


def _draw_basemap(ax: Axes, layers: list[tuple[str, list[Line]]]) -> bool:
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
    for order, (name, lines) in enumerate(layers):
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


def _draw_links(
    ax: Axes, record: RunRecord, drawn: pd.Series, courses: Courses
) -> list[str]:
    """Draw the links, the gravest on top; return the strokes that can be seen."""
    classes = dict(zip(record.links.index, record.links["line_class"], strict=True))
    is_open = drawn == "open"
    lines = [courses[str(link)] for link in drawn.index[is_open]]
    widths = [
        _OPEN_WIDTHS.get(str(classes[link]), 1.3) * POINTS_PER_PIXEL
        for link in drawn.index[is_open]
    ]
    quiet = LineCollection(lines, colors=OPEN, linewidths=widths, capstyle="round", zorder=3)
    quiet.set_gid("links-open")
    ax.add_collection(quiet, autolim=False)
    shown = ["open"] if lines else []
    for order, (name, stroke) in enumerate(reversed(STROKES.items())):
        members = [courses[str(link)] for link in drawn.index[drawn == name]]
        if name == "open" or not members:
            continue
        casing = LineCollection(
            members, colors=LAND, linewidths=stroke.width + 1.8, zorder=3.5 + order / 10
        )
        strokes = LineCollection(
            members, colors=stroke.colour, linewidths=stroke.width,
            linestyles=[stroke.linestyle], zorder=4 + order / 10,
            capstyle="round" if stroke.round else "butt",
        )  # fmt: skip
        strokes.set_gid(f"links-{name}")
        ax.add_collection(casing, autolim=False)
        ax.add_collection(strokes, autolim=False)
        if _any_in_view(ax, members):
            shown.append(name)
    return sorted(shown, key=list(STROKES).index)


def _any_in_view(ax: Axes, lines: list[Line]) -> bool:
    low = np.array([ax.get_xlim()[0], ax.get_ylim()[0]])
    high = np.array([ax.get_xlim()[1], ax.get_ylim()[1]])
    return any(bool((line.max(axis=0) > low).all() and (line.min(axis=0) < high).all())
               for line in lines)  # fmt: skip


def _draw_hubs(ax: Axes, record: RunRecord, hubs: pd.DataFrame, places: Line) -> list[str]:
    """Draw the places with demand; return the kinds of access among them."""
    where = places[record.hubs.index.get_indexer(hubs.index)]
    found = []
    for access, fill in _FILLS.items():
        mask = (hubs["access"] == access).to_numpy()
        if not mask.any():
            continue
        found.append(access)
        edge = CLOSED if access == "none" else INK
        dots = CircleCollection(
            [_HUB_POINTS_SQUARED] * int(mask.sum()), offsets=where[mask], facecolors=fill,
            edgecolors=edge, linewidths=0.9, offset_transform=ax.transData, zorder=7,
        )  # fmt: skip
        dots.set_gid(f"hubs-{access}")
        ax.add_collection(dots, autolim=False)
    return found


def _add_labels(
    ax: Axes,
    record: RunRecord,
    hubs: pd.DataFrame,
    drawn: pd.Series,
    places: Line,
    courses: Courses,
    language: str,
) -> None:
    names = dict(zip(record.hubs.index, hub_names(record, language), strict=True))
    population = record.hubs["population"].fillna(0).astype(float)
    grave = drawn[~drawn.isin(["open", "standing"])].index
    ends = set(record.links.loc[grave, ["from", "to"]].to_numpy().ravel())
    labels = []
    for number, hub in enumerate(record.hubs.index):
        wanted = hub in hubs.index
        if not wanted and hub not in ends:
            continue
        cut = wanted and hubs.at[hub, "access"] == "none"
        rank = (0.0 if cut else 1.0 if wanted else 2.0) - min(population[hub], 5e6) / 1e7
        labels.append(
            MapLabel(
                text=clean_text(names[hub], _NAME_LIMIT),
                x=float(places[number, 0]),
                y=float(places[number, 1]),
                rank=rank,
                colour=CLOSED if cut else INK if wanted else MUTED,
                size=FONT_POINTS if wanted else FONT_POINTS - 1,
                weight="bold" if cut else "normal",
            )
        )
    markers = places[record.hubs.index.get_indexer(hubs.index)]
    ax.add_artist(PlacedLabels(labels, markers, list(courses.values())))


def _draw_furniture(ax: Axes, phrases: Phrases, *, credited: bool) -> None:
    """Add a scale bar and whose base map it is."""
    from matplotlib.font_manager import FontProperties
    from mpl_toolkits.axes_grid1.anchored_artists import AnchoredSizeBar

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


def _draw_legend(ax: Axes, phrases: Phrases, shown: list[str], accesses: list[str]) -> None:
    handles = [
        Line2D(
            [], [], color=STROKES[name].colour, linewidth=STROKES[name].width,
            linestyle=STROKES[name].linestyle, label=phrases(f"effect.{name}"),
            dash_capstyle="round" if STROKES[name].round else "butt",
        )
        for name in shown
    ]  # fmt: skip
    words = {"all": "map.hub", "some": "map.hub_part", "none": "map.hub_cut"}
    handles += [
        Line2D(
            [], [], linestyle="none", marker="o", markersize=3.8, markerfacecolor=_FILLS[access],
            markeredgecolor=CLOSED if access == "none" else INK, markeredgewidth=0.9,
            label=phrases(words[access]),
        )
        for access in accesses
    ]  # fmt: skip
    if handles:
        ax.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0, -0.008), frameon=False,
            ncols=min(4, len(handles)), fontsize=FONT_POINTS - 0.5, handlelength=3.6,
            columnspacing=1.6, borderaxespad=0.2, labelcolor=SOFT,
        )  # fmt: skip
