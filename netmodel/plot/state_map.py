"""The network over one state: links by what holds on them, places by whether they are cut off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline
from matplotlib.transforms import IdentityTransform

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
    CLOSED,
    FONT_POINTS,
    INK,
    LAND,
    MUTED,
    OPEN,
    POINTS_PER_PIXEL,
    SOFT,
    STROKES,
    clean_text,
    set_plain_title,
)
from netmodel.runs.moment import (
    background_incidents,
    choose_state,
    choose_traffic,
    hub_states,
    link_courses,
    link_states,
)
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import hub_names, tell_span

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


Courses = Mapping[str, Line]
_NAME_LIMIT = 28
_HUB_POINTS = 2.3
_MARKS = ("all", "some", "none")
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

    A link is drawn by the gravest effect in force under the chosen times; where that is not a
    closure and the evidence allows one, as possibly closed. A place with demand is filled by the
    share that it has lost of the places it is connected to in the base state.

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
    '≈ 18 May 2023, 08:20 to ≈ 18 May 2023, 17:15 (Europe/Simferopol), passengers'
    """
    phrases = Phrases(language)
    kind = choose_traffic(record, traffic)
    number = choose_state(record, state, kind)
    plane = fit_projection(record.hubs["lon"], record.hubs["lat"])
    courses = {link: project_line(plane, course) for link, course in link_courses(record).items()}
    places = project_line(plane, record.hubs[["lon", "lat"]].to_numpy(float))
    links = link_states(record, number, kind)
    drawn = _stroke_names(links)
    hubs = hub_states(record, number, kind)
    set_extent(ax, places if whole else _studied_places(record, places))
    sources = draw_basemap(ax, plane)
    shown = _draw_links(ax, record, drawn, courses)
    accesses = _draw_hubs(ax, record, hubs, places)
    _add_labels(ax, record, hubs, drawn, places, courses, language)
    draw_furniture(ax, phrases, sources=sources)
    _draw_legend(ax, phrases, shown, accesses)
    title = f"{moment_title(record, number, phrases)}, {phrases.find('traffic', kind).lower()}"
    set_plain_title(ax, clean_text(title))
    return ax


def _studied_places(record: RunRecord, places: Line) -> Line:
    """Return the places with demand and the ends of studied outages; all if there are none."""
    position = {hub: number for number, hub in enumerate(record.hubs.index)}
    wanted = set(np.flatnonzero(record.hubs["in_demand"].to_numpy(int)).tolist())
    outages = record.outages
    studied = outages[~outages["incident"].isin(background_incidents(record))]["link"]
    ends = record.links.reindex(studied.unique())[["from", "to"]].dropna()
    wanted |= {position[hub] for hub in ends.to_numpy().ravel()}
    return places[sorted(wanted)] if wanted else places


def moment_title(record: RunRecord, state: int, phrases: Phrases) -> str:
    """Return start and end of a state in the window's zone."""
    interval = tell_span(record, state, state, phrases, with_bounds=False)
    return f"{interval} ({record.summary.window.zone})"


def _stroke_names(links: pd.DataFrame) -> pd.Series:
    """Return for each link which of the strokes it is drawn with."""
    possibly = (links["effect"] != "closed") & (links["possible_effect"] == "closed")
    standing = (links["effect"] == "closed") & links["standing"]
    return links["effect"].mask(possibly, "possibly").mask(standing, "standing")


def _draw_links(ax: Axes, record: RunRecord, drawn: pd.Series, courses: Courses) -> list[str]:
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
    for order, (name, stroke) in enumerate(reversed(list(STROKES.items()))):
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
    found = [access for access in _MARKS if (hubs["access"] == access).any()]
    for access in found:
        mask = (hubs["access"] == access).to_numpy()
        is_cut = access == "none"
        ax.add_collection(
            _dots(ax, [_circle()] * int(mask.sum()), where[mask], CLOSED if is_cut else "white",
                  edge=CLOSED if is_cut else INK, gid=f"hubs-{access}"),
            autolim=False,
        )  # fmt: skip
        if access == "some":
            lost = (hubs["pairs_cut"] / hubs["pairs"])[mask]
            wedges = [_wedge(float(share)) for share in lost]
            ax.add_collection(_dots(ax, wedges, where[mask], CLOSED), autolim=False)
        elif is_cut:
            crosses = [_cross()] * int(mask.sum())
            ax.add_collection(_dots(ax, crosses, where[mask], "none", edge="white"), autolim=False)
    return found


def _dots(
    ax: Axes, shapes: list[Outline], where: Line, fill: str, *, edge: str = "none", gid: str = ""
) -> PathCollection:
    """Return shapes of one size in points, each at a place of its own."""
    dots = PathCollection(
        shapes, sizes=[_HUB_POINTS**2], offsets=where, offset_transform=ax.transData,
        transform=IdentityTransform(), facecolors=fill, edgecolors=edge, linewidths=0.8, zorder=7,
    )  # fmt: skip
    dots.set_gid(gid or None)
    return dots


def _circle() -> Outline:
    return Outline.unit_circle()


def _wedge(share: float) -> Outline:
    """Return a slice of the circle from the top, clockwise; never too thin to be seen."""
    full = Outline.wedge(90 - 360 * min(max(share, 0.04), 0.9999), 90)
    return Outline(np.asarray(full.vertices) * 0.86, full.codes)


def _cross() -> Outline:
    arm = 0.48
    return Outline(
        [(-arm, -arm), (arm, arm), (-arm, arm), (arm, -arm)],
        [Outline.MOVETO, Outline.LINETO, Outline.MOVETO, Outline.LINETO],
    )


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
        cut = wanted and hubs.loc[hub, "access"] == "none"
        rank = (0.0 if cut else 1.0 if wanted else 2.0) - min(population[hub], 5e6) / 1e7
        labels.append(
            MapLabel(
                text=clean_text(names[hub], _NAME_LIMIT),
                x=float(places[number, 0]),
                y=float(places[number, 1]),
                rank=rank,
                colour=CLOSED if cut else INK if wanted else MUTED,
                size=FONT_POINTS if wanted else FONT_POINTS - 1,
                patience=14.0 if wanted else 4.0,
                weight="bold" if cut else "normal",
            )
        )
    markers = places[record.hubs.index.get_indexer(hubs.index)]
    ax.add_artist(PlacedLabels(labels, markers, list(courses.values())))


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
            [], [], linestyle="none", marker="o", markersize=3.8, label=phrases(words[access]),
            fillstyle="right" if access == "some" else "full",
            markerfacecolor="white" if access == "all" else CLOSED,
            markerfacecoloralt="white", markeredgewidth=0.8,
            markeredgecolor=CLOSED if access == "none" else INK,
        )
        for access in accesses
    ]  # fmt: skip
    if handles:
        ax.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0, -0.008), frameon=False,
            ncols=min(4, len(handles)), fontsize=FONT_POINTS - 0.5, handlelength=3.6,
            columnspacing=1.6, borderaxespad=0.2, labelcolor=SOFT,
        )  # fmt: skip
