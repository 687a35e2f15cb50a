"""Figures of restoration times: the estimate with the evidence below it, and the backtest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.files.whole import whole_file
from netmodel.plot.style import ACCENT, BAND, CLOSED, INK, MUTED, RULE, SOFT
from netmodel.restoration.distributions import FloatArray
from netmodel.restoration.durations import Duration, Durations
from netmodel.restoration.fit import RestorationFit
from netmodel.restoration.scores import Backtest
from netmodel.restoration.survival import TurnbullEstimate

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


SHORTEST_HOURS, LONGEST_HOURS = 0.25, 17520.0
_LEAST_WIDTH = 1.1
"""Bounds closer than by this factor are drawn as a dot: a line would not be seen."""
_DASHES = {"lognormal": (0, ()), "weibull": (0, (6, 2)), "loglogistic": (0, (2, 2))}
_TICKS = {
    0.25: "15 min", 1: "1 h", 4: "4 h", 24: "1 day", 168: "1 week", 720: "1 month", 8760: "1 year"
}  # fmt: skip


def draw_restoration(
    ax: Axes,
    turnbull: TurnbullEstimate,
    durations: Durations,
    *,
    fits: Mapping[str, RestorationFit] | None = None,
) -> Axes:
    """Draw the share still out over time, with every duration's bounds below.

    The band is Turnbull's estimate: between its edges the evidence does not say. Each line below
    zero is one duration, from its lower to its upper bound: a dot when (nearly) exact, an arrow
    where a side is open.

    Parameters
    ----------
    ax
        Axis to draw on; its scales are set.
    fits
        Fitted models by name. Each curve is the average over the kinds of the sample.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from netmodel.restoration.survival import fit_turnbull
    >>> sample = Durations.from_bounds([("a", "power", 2, 3), ("b", "power", 9, 9)])
    >>> draw_restoration(Figure().subplots(), fit_turnbull(sample), sample).get_ylabel()
    'still out'
    """
    _set_hours_axis(ax)
    left = np.concatenate([[SHORTEST_HOURS], np.minimum(turnbull.hours, LONGEST_HOURS)])
    ax.fill_between(
        left,
        np.append(turnbull.lowest, turnbull.lowest[-1]),
        np.append(turnbull.highest, turnbull.highest[-1]),
        step="post",
        color=BAND,
        linewidth=0.8,
        label=f"Turnbull ({turnbull.count} durations)",
    )
    grid = np.geomspace(SHORTEST_HOURS, LONGEST_HOURS, 200)
    for name, fit in (fits or {}).items():
        share = 1 - average_cdf(fit, durations, grid)
        ax.plot(grid, share, color=ACCENT, linestyle=_DASHES[name], linewidth=1.2, label=name)
    _draw_evidence(ax, durations)
    ax.axhline(0, color=RULE, linewidth=0.8)
    ax.set_ylabel("still out", fontsize=7)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    ax.legend(frameon=False, loc="upper right", fontsize=7)
    return ax


def average_cdf(fit: RestorationFit, durations: Durations, hours: FloatArray) -> FloatArray:
    """Return the probability of at most so many hours, averaged over the sample.

    Examples
    --------
    >>> from netmodel.restoration.fit import fit_restoration
    >>> rows = [(str(h), "power", h, h) for h in (2.0, 3.0, 5.0, 9.0)]
    >>> sample = Durations.from_bounds(rows)
    >>> bool(average_cdf(fit_restoration(sample), sample, np.array([1e6]))[0] > 0.99)
    True
    """
    total = np.zeros(len(hours))
    memo: dict[tuple[str, bool], FloatArray] = {}
    for row in durations.rows:
        key = (row.kind, row.effect == "closed")
        if key not in memo:
            memo[key] = fit.predict(row.kind, effect=row.effect, draws=300).cdf(hours)
        total += memo[key]
    return total / len(durations)


def draw_backtest(ax: Axes, backtest: Backtest, rule: str) -> Axes:
    """Draw each left-out incident's 80 % interval, with what the record says it was.

    Parameters
    ----------
    rule
        One of the backtest's rules.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    _set_hours_axis(ax)
    scores = sorted(
        backtest.of_rule(rule), key=lambda score: (score.duration.kind, score.median_hours)
    )
    for row, score in enumerate(scores):
        ends = [max(each, SHORTEST_HOURS) for each in (score.low_hours, score.high_hours)]
        ax.plot(ends, [row, row], color=BAND, linewidth=3.2, solid_capstyle="butt")
        ax.plot([score.median_hours], [row], "|", color=ACCENT, markersize=5)
        _draw_bounds(ax, score.duration, row)
    ax.set_yticks(
        range(len(scores)),
        [f"{score.duration.kind}  {score.duration.incident}" for score in scores],
        fontsize=5,
    )
    ax.set_ylim(len(scores) - 0.4, -0.6)
    ax.set_title(
        f"80 % interval and median forecast from the others ({rule}); in dark, the record",
        loc="left",
        fontsize=8,
        color=INK,
    )
    return ax


def save_restoration_figure(
    path: Path,
    turnbull: TurnbullEstimate,
    durations: Durations,
    fits: Mapping[str, RestorationFit],
) -> None:
    """Save the figure of the estimate as PNG, SVG or PDF, by the file's suffix."""
    figure = _new_figure(4.6)
    draw_restoration(figure.subplots(), turnbull, durations, fits=fits)
    _save(figure, path)


def save_backtest_figure(path: Path, backtest: Backtest, rule: str) -> None:
    """Save the figure of the backtest as PNG, SVG or PDF, by the file's suffix."""
    figure = _new_figure(0.8 + 0.11 * len(backtest.of_rule(rule)))
    draw_backtest(figure.subplots(), backtest, rule)
    _save(figure, path)


def _new_figure(height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Figure, path: Path) -> None:
    if path.suffix not in {".png", ".svg", ".pdf"}:
        problem = Problem(what="a figure is .png, .svg or .pdf", where=str(path))
        raise InputError([problem])
    metadata = {
        ".png": {"Software": None},
        ".svg": {"Date": None, "Creator": None},
        ".pdf": {"CreationDate": None},
    }[path.suffix]
    with whole_file(path) as partial:
        figure.savefig(partial, dpi=200, metadata=metadata)


def _set_hours_axis(ax: Axes) -> None:
    ax.set_xscale("log")
    ax.set_xlim(SHORTEST_HOURS, LONGEST_HOURS)
    ax.set_xticks(list(_TICKS), list(_TICKS.values()))
    ax.minorticks_off()
    ax.grid(visible=True, axis="x", color=RULE, linewidth=0.5)
    ax.tick_params(colors=SOFT, labelsize=7)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _draw_evidence(ax: Axes, durations: Durations) -> None:
    """Draw the bounds below zero, sorted, in a strip that is a third of the axis."""
    rows = sorted(durations.rows, key=lambda row: (row.lower_hours, row.upper_hours))
    step = 0.5 / max(len(rows), 1)
    for number, row in enumerate(rows):
        _draw_bounds(ax, row, -0.03 - step * number)
    ax.set_ylim(-0.06 - step * len(rows), 1.02)


def _draw_bounds(ax: Axes, row: Duration, height: float) -> None:
    low = max(row.lower_hours, SHORTEST_HOURS)
    high = min(row.upper_hours, LONGEST_HOURS)
    ax.plot([low, max(low, high)], [height, height], color=MUTED, linewidth=0.8)
    if high < _LEAST_WIDTH * low:
        ax.plot([low], [height], "o", color=CLOSED, markersize=2)
    if math.isinf(row.upper_hours):
        ax.plot([high / 1.03], [height], ">", color=MUTED, markersize=2)
    if row.lower_hours == 0:
        ax.plot([low * 1.03], [height], "<", color=MUTED, markersize=2)
