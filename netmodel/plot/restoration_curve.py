"""Figures of restoration times: the estimate with the evidence below it, and the backtest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError
from netmodel.plot.style import (
    ACCENT,
    BAND,
    CLOSED,
    INK,
    MUTED,
    RULE,
    SOFT,
    new_figure,
    open_axes,
    save_figure,
    wrong_type,
)
from netmodel.restoration.algebra import FloatArray
from netmodel.restoration.backtest import Backtest
from netmodel.restoration.durations import Duration, Durations
from netmodel.restoration.fit import RestorationFit
from netmodel.restoration.survival import TurnbullEstimate

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes


_HEIGHT_INCHES = 4.6
_TICKS = {
    1 / 3600: "1 s", 1 / 360: "10 s", 1 / 60: "1 min", 0.25: "15 min", 1: "1 h", 4: "4 h",
    24: "1 day", 168: "1 week", 720: "1 month", 8760: "1 year", 87600: "10 years",
}  # fmt: skip
"""Where the axis of hours may have a tick, and may begin."""
_USUAL_HOURS = (0.25, 17520.0)
"""From where to where the axis goes at least: 15 minutes to two years."""
_LEAST_WIDTH = 1.1
"""Bounds closer than by this factor are drawn as a dot: a line would not be seen."""
_DASHES = {"lognormal": (0, ()), "weibull": (0, (6, 2)), "loglogistic": (0, (2, 2))}
_DRAWS = 300
_MOST_ROWS = 250
"""Incidents in the figure of a backtest; of more, so many evenly from the first to the last."""


@refuse_wrong_kinds
def restoration(
    turnbull: TurnbullEstimate,
    durations: Durations,
    ax: Axes | None = None,
    *,
    fits: Mapping[str, RestorationFit] | None = None,
) -> Axes:
    """Draw the share still out over time, with every duration's bounds below.

    The band is Turnbull's estimate: between its edges the evidence does not say. Each line below
    zero is one duration, from its lower to its upper bound: a dot when (nearly) exact, an arrow
    where a side is open. The axis goes from 15 minutes to two years, and further where a
    duration does.

    Parameters
    ----------
    turnbull
        The estimate, from `netmodel.restoration.fit_turnbull`.
    durations
        The sample that it rests on.
    ax
        An axis of matplotlib, whose scales are set; by default that of a new figure.
    fits
        Fitted models by name. Each curve is the average over the kinds of the sample.

    Returns
    -------
    Axes
        The axis that was drawn on; its horizontal unit is hours.

    Raises
    ------
    InputError
        If an argument is of the wrong kind.

    Examples
    --------
    >>> import netmodel as nm
    >>> from matplotlib.figure import Figure
    >>> from netmodel.restoration.survival import fit_turnbull
    >>> sample = Durations.from_bounds([("a", "power", 2, 3), ("b", "power", 9, 9)])
    >>> nm.plot.restoration(fit_turnbull(sample), sample, Figure().subplots()).get_ylabel()
    'still out'
    """
    _check(turnbull, durations, fits)
    chosen = open_axes(ax, _HEIGHT_INCHES)
    first, last = _set_hours_axis(chosen, durations.rows)
    chosen.fill_between(
        np.concatenate([[first], np.clip(turnbull.hours, first, last)]),
        np.append(turnbull.lowest, turnbull.lowest[-1]),
        np.append(turnbull.highest, turnbull.highest[-1]),
        step="post",
        color=BAND,
        linewidth=0.8,
        label=f"Turnbull ({turnbull.count} durations)",
    )
    grid = np.geomspace(first, last, 200)
    for name, fit in (fits or {}).items():
        share = 1 - average_cdf(fit, durations, grid)
        dash = _DASHES.get(fit.distribution, (0, ()))
        chosen.plot(grid, share, color=ACCENT, linestyle=dash, linewidth=1.2, label=name)
    _draw_evidence(chosen, durations)
    chosen.axhline(0, color=RULE, linewidth=0.8)
    chosen.set_ylabel("still out", fontsize=7)
    chosen.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    chosen.legend(frameon=False, loc="upper right", fontsize=7)
    return chosen


def draw_backtest(ax: Axes, backtest: Backtest, rule: str) -> Axes:
    """Draw each left-out incident's 80 % interval, with what the record says it was.

    Of more than 250 incidents, sorted by kind and forecast, 250 are drawn, evenly from the first to
    the last.

    Parameters
    ----------
    rule
        One of the backtest's rules.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    every = sorted(
        backtest.of_rule(rule), key=lambda score: (score.duration.kind, score.median_hours)
    )
    places = np.linspace(0, len(every) - 1, min(len(every), _MOST_ROWS)).round().astype(int)
    scores = [every[place] for place in places]
    first, _ = _set_hours_axis(ax, [score.duration for score in scores])
    rows = np.arange(len(scores), dtype=float)
    low = np.array([max(score.low_hours, first) for score in scores])
    high = np.array([max(score.high_hours, first) for score in scores])
    ax.add_collection(
        LineCollection(_bars(low, high, rows), colors=BAND, linewidths=3.2, capstyle="butt")
    )
    ax.plot([score.median_hours for score in scores], rows, "|", color=ACCENT, markersize=5)
    _draw_bounds(ax, [score.duration for score in scores], rows)
    names = [f"{score.duration.kind}  {score.duration.incident}" for score in scores]
    ax.set_yticks(rows, names, fontsize=5)
    ax.set_ylim(len(scores) - 0.4, -0.6)
    title = f"80 % interval and median forecast from the others ({rule}); in dark, the record"
    if len(scores) < len(every):
        title += f"; {len(scores)} of {len(every)} incidents"
    ax.set_title(title, loc="left", fontsize=8, color=INK)
    return ax


def save_restoration_figure(
    path: Path,
    turnbull: TurnbullEstimate,
    durations: Durations,
    fits: Mapping[str, RestorationFit],
) -> None:
    """Save the figure of the estimate as PNG, SVG or PDF, by the file's suffix."""
    figure = new_figure(_HEIGHT_INCHES)
    restoration(turnbull, durations, figure.axes[0], fits=fits)
    save_figure(figure, path)


def save_backtest_figure(path: Path, backtest: Backtest, rule: str) -> None:
    """Save the figure of the backtest as PNG, SVG or PDF, by the file's suffix."""
    figure = new_figure(0.8 + 0.11 * min(len(backtest.of_rule(rule)), _MOST_ROWS))
    draw_backtest(figure.axes[0], backtest, rule)
    save_figure(figure, path)


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
    cells = Counter((row.kind, row.effect, row.traffic) for row in durations.rows)
    for (kind, effect, traffic), count in cells.items():
        forecast = fit.predict(kind, effect=effect, traffic=traffic, draws=_DRAWS)
        total += count * forecast.cdf(hours)
    return total / len(durations)


def _check(turnbull: object, durations: object, fits: object) -> None:
    problems = []
    if not isinstance(turnbull, TurnbullEstimate):
        remedy = "give what `nm.restoration.fit_turnbull` returns"
        problems.append(wrong_type(turnbull, "an estimate", "turnbull", remedy))
    if not isinstance(durations, Durations):
        remedy = "give what `nm.restoration.collect_durations` returns"
        problems.append(wrong_type(durations, "a sample of durations", "durations", remedy))
    models = fits.values() if isinstance(fits, Mapping) else [fits] if fits is not None else []
    if not all(isinstance(each, RestorationFit) for each in models):
        remedy = "give what `nm.restoration.fit_all` returns"
        problems.append(wrong_type(fits, "a mapping of names to fits", "fits", remedy))
    if problems:
        raise InputError(problems)


def _set_hours_axis(ax: Axes, durations: Sequence[Duration]) -> tuple[float, float]:
    """Set a logarithmic axis of hours that holds every duration; return its ends."""
    first, last = _hours_to_show(durations)
    ticks = {hours: text for hours, text in _TICKS.items() if first <= hours <= last}
    ax.set_xscale("log")
    ax.set_xlim(first, last)
    ax.set_xticks(list(ticks), list(ticks.values()))
    ax.minorticks_off()
    ax.grid(visible=True, axis="x", color=RULE, linewidth=0.5)
    ax.tick_params(colors=SOFT, labelsize=7)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return first, last


def _hours_to_show(durations: Sequence[Duration]) -> tuple[float, float]:
    """Return the ends of the axis: the usual ones, or wider where a bound lies beyond."""
    bounds = np.array([(row.lower_hours, row.upper_hours) for row in durations]).ravel()
    known = bounds[np.isfinite(bounds) & (bounds > 0)]
    shortest, longest = _USUAL_HOURS
    if not len(known):
        return shortest, longest
    if known.min() < shortest:
        reached = [hours for hours in _TICKS if hours <= known.min()]
        shortest = max(reached, default=float(known.min()))
    return shortest, max(longest, float(known.max()) * 1.2)


def _draw_evidence(ax: Axes, durations: Durations) -> None:
    """Draw the bounds below zero, sorted, in a strip that is a third of the axis."""
    rows = sorted(durations.rows, key=lambda row: (row.lower_hours, row.upper_hours))
    step = 0.5 / max(len(rows), 1)
    _draw_bounds(ax, rows, -0.03 - step * np.arange(len(rows), dtype=np.float64))
    ax.set_ylim(-0.06 - step * len(rows), 1.02)


def _draw_bounds(ax: Axes, rows: Sequence[Duration], heights: FloatArray) -> None:
    """Draw durations as lines, dots and arrows; one artist of each sort, however many."""
    first, last = ax.get_xlim()
    lower = np.array([row.lower_hours for row in rows])
    upper = np.array([row.upper_hours for row in rows])
    low, high = np.clip(lower, first, last), np.clip(upper, first, last)
    lines = LineCollection(_bars(low, high, heights), colors=MUTED, linewidths=0.8, gid="bounds")
    ax.add_collection(lines, autolim=False)
    marks = (
        ("exact", "o", CLOSED, high < _LEAST_WIDTH * low, low),
        ("open-end", ">", MUTED, np.isinf(upper), high / 1.03),
        ("open-start", "<", MUTED, lower == 0, low * 1.03),
    )
    for gid, marker, colour, chosen, hours in marks:
        ax.plot(
            hours[chosen], heights[chosen], marker, color=colour, markersize=2, gid=gid, zorder=3
        )


def _bars(low: FloatArray, high: FloatArray, heights: FloatArray) -> list[FloatArray]:
    """Return a level line for each row, each of shape ``(2, 2)``."""
    starts, ends = np.column_stack([low, heights]), np.column_stack([high, heights])
    return list(np.stack([starts, ends], axis=1))
