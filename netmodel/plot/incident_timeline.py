"""The incidents of a run as bars: solid where certainly in force, hatched where in doubt."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import offset_copy

from netmodel.evidence.vocabulary import OUTAGE_EFFECTS
from netmodel.plot.style import (
    FONT_POINTS,
    INK,
    MUTED,
    RULE,
    SOFT,
    STROKES,
    clean_text,
    day_number,
    quieten_frame,
    set_tick_texts,
    time_frame,
)
from netmodel.runs.moment import background_incidents, hold_on
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases, tell_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_ROW_FILLED = 0.66
_TITLE_CHARACTERS = 40
_TWO_LINES_POINTS, _SMALLEST_ROW_POINTS = 12.0, 4.6
_HATCH = "//////"
_LONG_AGO = pd.Timestamp("1700-01-01", tz="UTC").as_unit("us")
"""Stands for a start that the record does not bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One effect of an incident: its row, and bounds in days as matplotlib counts them.

    Parameters
    ----------
    first, surely
        Earliest and latest start; ``None`` where the record sets no bound.
    until, last
        Earliest and latest end; ``None`` where it holds on beyond any window.
    chosen
        Start and end under the chosen times.
    lane, lanes
        Which of how many effects of the incident this is.
    """

    row: int
    effect: str
    first: float | None
    surely: float | None
    until: float | None
    last: float | None
    chosen: tuple[float | None, float | None]
    lane: int
    lanes: int


def draw_incident_timeline(
    record: RunRecord, ax: Axes, *, background: bool = False, language: str = "en"
) -> Axes:
    """Draw each incident with an outage as a bar over the window, the earliest on top.

    A bar is solid from the latest start to the earliest end, when the incident holds on every
    reading of the evidence, and hatched between the bounds of either end. A tick marks the times
    that the scenario's rule chose; an arrow an end, or a start, beyond the window. Each effect of
    an incident has its own colour and its own lane.

    Parameters
    ----------
    background
        Show the standing closures too that the scenario does not study.
    language
        ``en`` or ``uk``.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from netmodel import run_scenario
    >>> record = run_scenario("crimea-may-2023").record
    >>> ax = draw_incident_timeline(record, Figure().subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Freight train derailed near Simferopol']
    """
    phrases = Phrases(language)
    record = tell_in(record, language)
    incidents = shown_incidents(record, background=background)
    bars = _bars(record, incidents)
    time_frame(ax, record, phrases)
    left, right = ax.get_xlim()
    for bar in bars:
        _draw_bar(ax, bar, left, right)
    points = _row_points(ax, len(incidents))
    titles = _titles(record, incidents, wrapped=points >= _TWO_LINES_POINTS)
    rows = [float(row) for row in range(len(incidents))] if points >= _SMALLEST_ROW_POINTS else []
    set_tick_texts(ax, "y", rows, titles[: len(rows)])
    ax.set_ylim(max(len(incidents), 1) - 0.4, -0.6)
    ax.grid(axis="x", color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)
    quieten_frame(ax)
    size = min(FONT_POINTS - 0.5, points * 0.78)
    ax.tick_params(axis="y", length=0, pad=5, labelcolor=INK, labelsize=size)
    ax.spines["left"].set_visible(False)
    if not incidents:
        ax.text(
            0.5, 0.5, phrases("map.affected_none"), transform=ax.transAxes, ha="center",
            va="center", color=MUTED, fontsize=FONT_POINTS,
        )  # fmt: skip
    _draw_legend(ax, bars, phrases)
    return ax


def shown_incidents(record: RunRecord, *, background: bool = False) -> list[str]:
    """Return the ids of the incidents that a timeline shows, from top to bottom."""
    outages = record.outages
    if not background:
        outages = outages[~outages["incident"].isin(background_incidents(record))]
    begins = outages["start_earliest"].fillna(_LONG_AGO)
    first = begins.groupby(outages["incident"], sort=False).min()
    return [str(incident) for incident in first.sort_values(kind="stable").index]


def _row_points(ax: Axes, rows: int) -> float:
    """Return the height of a row in points, before any layout."""
    figure = ax.get_figure(root=True)
    inches = 0.0 if figure is None else ax.get_position().height * figure.get_figheight()
    return float(inches * 72 / max(rows, 1))


def _titles(record: RunRecord, incidents: Sequence[str], *, wrapped: bool) -> list[str]:
    titles = {each.id: each.title for each in record.evidence.incidents}
    shown = [titles.get(incident, incident) for incident in incidents]
    if wrapped:
        return [_wrap(clean_text(title)) for title in shown]
    return [clean_text(title, 56) for title in shown]


def _wrap(title: str) -> str:
    """Return a title on two lines of about equal length, or on one where it fits."""
    for width in (_TITLE_CHARACTERS, *range(len(title) // 2, _TITLE_CHARACTERS)):
        lines = textwrap.wrap(title, max(width, 1), break_on_hyphens=False)
        if len(lines) <= (1 if width == _TITLE_CHARACTERS else 2):
            return "\n".join(lines)
    lines = textwrap.wrap(title, _TITLE_CHARACTERS, max_lines=2, placeholder="…")
    return "\n".join(lines)


def _bars(record: RunRecord, incidents: Sequence[str]) -> list[Bar]:
    bars = []
    of_incident = dict(iter(record.outages.groupby("incident", sort=False)))
    for row, incident in enumerate(incidents):
        mine = of_incident[incident]
        effects = [effect for effect in OUTAGE_EFFECTS if (mine["effect"] == effect).any()]
        # Stages of one incident stand in the order in which they come.
        begins = mine["start"].fillna(_LONG_AGO)
        effects.sort(key=lambda effect: begins[mine["effect"] == effect].min())
        for lane, effect in enumerate(effects):
            rows = mine[mine["effect"] == effect]
            bars.append(
                Bar(
                    row=row,
                    effect=effect,
                    first=_day(rows["start_earliest"].min(skipna=False)),
                    surely=_day(rows["start_latest"].min(skipna=False)),
                    until=_sure_until(rows),
                    last=_day(rows["end_latest"].max(skipna=False)),
                    chosen=(
                        _day(rows["start"].min(skipna=False)),
                        _day(rows["end"].max(skipna=False)),
                    ),
                    lane=lane,
                    lanes=len(effects),
                )
            )
    return bars


def _sure_until(rows: pd.DataFrame) -> float | None:
    """Return until when some outage surely holds; ``None`` for one that holds on."""
    if hold_on(rows).any():
        return None
    latest = _day(rows["end_earliest"].max())
    return float("-inf") if latest is None else latest


def _day(instant: pd.Timestamp) -> float | None:
    return None if pd.isna(instant) else day_number(instant.to_pydatetime())


def _draw_bar(ax: Axes, bar: Bar, left: float, right: float) -> None:
    first = left if bar.first is None else max(bar.first, left)
    last = right if bar.last is None else min(bar.last, right)
    if first >= right or last <= left:
        return
    height = _ROW_FILLED / bar.lanes
    bottom = bar.row - _ROW_FILLED / 2 + bar.lane * height
    colour = STROKES[bar.effect].colour
    tall = height * (1.0 if bar.lanes == 1 else 0.86)
    surely = right if bar.surely is None else min(max(bar.surely, left), right)
    until = right if bar.until is None else min(max(bar.until, left), right)
    solid = (surely, until) if until > surely else None
    doubtful = [(first, last)] if solid is None else [(first, surely), (until, last)]
    for start, end in doubtful:
        if end > start:
            ax.add_patch(
                Rectangle(
                    (start, bottom), end - start, tall, facecolor="white", edgecolor=colour,
                    hatch=_HATCH, linewidth=0.6, zorder=3, gid="in-doubt",
                )
            )  # fmt: skip
    if solid or last == first:
        start, end = solid or (first, last)
        ax.add_patch(
            Rectangle(
                (start, bottom), end - start, tall, facecolor=colour, edgecolor=colour,
                linewidth=0.6, zorder=4, gid="certain",
            )
        )  # fmt: skip
    middle = bottom + tall / 2
    exact = {bar.first if bar.first == bar.surely else None,
             bar.last if bar.last == bar.until else None}  # fmt: skip
    for instant in bar.chosen:
        if instant is not None and left < instant < right and instant not in exact:
            ax.plot(
                [instant] * 2, [bottom - 0.06, bottom + tall + 0.06], color=INK, linewidth=0.8,
                zorder=5, solid_capstyle="butt",
            )  # fmt: skip
    beyond = ((bar.first is None or bar.first < left, left, "<", -2.6),
              (bar.last is None or bar.last > right, right, ">", 2.6))  # fmt: skip
    for goes_on, place, marker, points in beyond:
        if goes_on:
            aside = offset_copy(ax.transData, ax.get_figure(root=True), x=points, units="points")
            ax.plot(
                place, middle, marker=marker, color=colour, markersize=4.0, clip_on=False,
                zorder=6, markeredgewidth=0, transform=aside,
            )  # fmt: skip


def _draw_legend(ax: Axes, bars: Sequence[Bar], phrases: Phrases) -> None:
    if not bars:
        return
    effects = sorted({bar.effect for bar in bars}, key=OUTAGE_EFFECTS.index)
    handles: list[object] = [
        Patch(color=STROKES[effect].colour, label=phrases(f"effect.{effect}")) for effect in effects
    ]
    handles.append(
        Patch(
            facecolor="white", edgecolor=SOFT, hatch=_HATCH, linewidth=0.6,
            label=phrases("effect.in_doubt"),
        )
    )  # fmt: skip
    handles.append(
        Line2D(
            [], [], color=INK, linestyle="none", marker="|", markersize=7, markeredgewidth=0.9,
            label=phrases("curve.chosen"),
        )
    )  # fmt: skip
    ax.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(handles),
        frameon=False, fontsize=FONT_POINTS - 0.5, labelcolor=SOFT, borderaxespad=0.1,
        handlelength=1.8, handleheight=0.9, columnspacing=1.4,
    )  # fmt: skip
