"""A metric over the window: a step curve with what the evidence and the samples allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import offset_copy
from numpy.typing import NDArray

from netmodel.errors import UnknownNameError
from netmodel.impact.situation import METRICS
from netmodel.plot.style import (
    BAND,
    BAND_INNER,
    FONT_POINTS,
    RULE,
    RUN_COLOURS,
    RUN_DASHES,
    SOFT,
    clean_text,
    day_number,
    quieten_frame,
    set_plain_title,
    time_frame,
    width_inches,
)
from netmodel.runs.columns import THROUGH_SHARE
from netmodel.runs.moment import choose_traffic, default_metric, metric_column
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import format_number, format_share

if TYPE_CHECKING:
    from matplotlib.axes import Axes


Values = NDArray[np.float64]
_ROOMY_INCHES = 5.0
_INCHES_PER_CHARACTER = 0.05
_LINE_POINTS = 1.6
_HEADROOM = 0.06


def draw_resilience_curve(
    record: RunRecord,
    ax: Axes,
    *,
    metric: str | None = None,
    traffic: str | None = None,
    label: str | None = None,
    number: int = 0,
    language: str = "en",
) -> Axes:
    """Draw a metric over the window as a step curve, with bands.

    The pale band is what the evidence allows, from the guaranteed to the possible value
    (``<metric>_guaranteed``, ``<metric>_possible``); the darker one holds nine of ten samples
    (``<metric>_q05``, ``<metric>_q95``). Either is drawn where the run has the columns and they
    differ. Over the connected share, the share served by rail or bus is dotted where it differs.

    Parameters
    ----------
    metric
        Any metric column of the states, without the name of the traffic; by default the share of
        trains that get through by rail, and the connected share where no train met an outage.
    label
        What to call this curve; for several runs on one axis, call once for each.
    number
        Which colour and dash to use, 0 to 3.

    Raises
    ------
    UnknownNameError
        If the run has no such metric or traffic.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from netmodel import run_scenario
    >>> record = run_scenario("crimea-may-2023").record
    >>> ax = draw_resilience_curve(record, Figure().subplots(), metric="connected_share")
    >>> float(min(ax.lines[0].get_ydata()).round(3))
    0.697
    """
    phrases = Phrases(language)
    kind = choose_traffic(record, traffic)
    metric = metric or default_metric(record, kind)
    curve = _values(record, metric_column(record, metric, kind))
    edges = edges_of(record)
    earlier = (*ax.get_xlim(), *ax.get_ylim()) if ax.has_data() else None
    seen = [curve]
    colour, dash = RUN_COLOURS[number % 4], RUN_DASHES[number % 4]
    inner, outer = BAND_INNER if number == 0 else colour, BAND if number == 0 else colour
    bands = (
        ("guaranteed", "possible", outer, "curve.band"),
        ("q05", "q95", inner, "curve.quantiles"),
    )
    for order, (low, high, fill, words) in enumerate(bands):
        below, above = (_optional(record, f"{metric}_{side}", kind) for side in (low, high))
        if below is None or above is None or np.array_equal(below, above, equal_nan=True):
            continue
        seen += [below, above]
        ax.fill_between(
            edges, stepped(below), stepped(above), step="post", color=fill, linewidth=0,
            alpha=0.75 if number == 0 else 0.18, zorder=1 + order / 10,
            label=phrases(words) if label is None else "_",
        )  # fmt: skip
    line = ax.plot(
        edges, stepped(curve), drawstyle="steps-post", color=colour, linewidth=_LINE_POINTS,
        solid_joinstyle="miter", solid_capstyle="butt", zorder=3 + number / 10,
        label=phrases("curve.chosen") if label is None else clean_text(label, 60),
    )[0]  # fmt: skip
    if dash:
        line.set_dashes([part * 0.75 / _LINE_POINTS for part in dash])
    served = _optional(record, "served_share", kind)
    differs = served is not None and not np.array_equal(served, curve, equal_nan=True)
    if metric == "connected_share" and label is None and served is not None and differs:
        seen.append(served)
        ax.plot(
            edges, stepped(served), drawstyle="steps-post", color=SOFT, linewidth=1.0,
            linestyle=(0, (1.6, 2.4)), zorder=2.5, label=phrases("curve.served"),
        )  # fmt: skip
    if label is None:
        _mark_worst(ax, metric, edges, curve, phrases)
    set_plain_title(ax, _title(metric, kind, phrases))
    _frame(ax, record, metric, seen, earlier, phrases)
    return ax


def edges_of(record: RunRecord) -> Values:
    """Return the break points of a run as days of matplotlib."""
    instants = [*record.states["start"], record.states["end"].iloc[-1]]
    return np.array([day_number(instant.to_pydatetime()) for instant in instants])


def _values(record: RunRecord, column: str) -> Values:
    values = record.states[column].to_numpy(float, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _optional(record: RunRecord, metric: str, kind: str) -> Values | None:
    try:
        return _values(record, metric_column(record, metric, kind))
    except UnknownNameError:
        return None


def stepped(values: Values) -> Values:
    """Return the values with the last one once more, at the end of the window."""
    return np.append(values, values[-1:])


def _frame(
    ax: Axes,
    record: RunRecord,
    metric: str,
    seen: list[Values],
    earlier: tuple[float, float, float, float] | None,
    phrases: Phrases,
) -> None:
    """Set extent, ticks and legend for this curve and those already there."""
    if earlier is not None:
        ax.set_xlim(earlier[:2])
    time_frame(ax, record, phrases, widen=earlier is not None)
    low, high = _vertical_extent(metric, np.concatenate(seen))
    if earlier is not None:
        low, high = min(low, earlier[2]), max(high, earlier[3])
    ax.set_ylim(low, high)
    locator = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10])
    ax.yaxis.set_major_locator(locator)
    digits = _digits_needed([float(tick) for tick in locator.tick_values(low, high)])
    language = phrases.language
    if _is_share(metric):
        ax.yaxis.set_major_formatter(lambda value, _: format_share(value, language))
    else:
        ax.yaxis.set_major_formatter(lambda value, _: format_number(value, language, digits=digits))
    ax.grid(axis="y", color=RULE, linewidth=0.5)
    ax.set_axisbelow(True)
    quieten_frame(ax)
    if len(ax.get_legend_handles_labels()[0]) > 1 or earlier is not None:
        add_legend_beside(ax)


def add_legend_beside(ax: Axes, *, order: Sequence[str] = ()) -> None:
    """Add a legend at the right of the title; where it has no room there, below the ticks.

    Parameters
    ----------
    order
        The labels in the order of the legend; by default that in which they were drawn.
    """
    handles, labels = ax.get_legend_handles_labels()
    if order:
        known = dict(zip(labels, handles, strict=True))
        handles, labels = [known[each] for each in order], list(order)
    needed = sum(len(label) + 7 for label in labels) + len(ax.get_title("left"))
    below = width_inches(ax) < max(_ROOMY_INCHES, needed * _INCHES_PER_CHARACTER)
    under = offset_copy(ax.transAxes, ax.get_figure(root=True), y=-16, units="points")
    ax.legend(
        handles, labels,
        loc="upper left" if below else "lower right", bbox_to_anchor=(0, 0) if below else (1, 1),
        bbox_transform=under if below else ax.transAxes, frameon=False,
        ncols=_columns(ax, labels) if below else 4, fontsize=FONT_POINTS - 0.5,
        labelcolor=SOFT, borderaxespad=0.1, handlelength=2.4, columnspacing=1.4,
    )  # fmt: skip


def _columns(ax: Axes, labels: list[str]) -> int:
    """Return how many columns of a legend fit beside each other."""
    widest = max(len(label) for label in labels) + 7
    return max(1, min(4, int(width_inches(ax) / (widest * _INCHES_PER_CHARACTER))))


def _mark_worst(ax: Axes, metric: str, edges: Values, curve: Values, phrases: Phrases) -> None:
    """Write the worst value of a share beside the step where it is first reached."""
    definition = METRICS.get(metric)
    finite = curve[np.isfinite(curve)]
    if not _is_share(metric) or not len(finite) or not np.ptp(finite) > 0:
        return
    falls = definition.worse == "lower" if definition else metric == THROUGH_SHARE
    worst = float(finite.min() if falls else finite.max())
    steps = np.flatnonzero(curve == worst)
    right = edges[steps[0]] > (edges[0] + edges[-1]) / 2
    ax.annotate(
        format_share(worst, phrases.language), (edges[steps[0]], worst), textcoords="offset points",
        xytext=(-3 if right else 0, 0) if right else (0, -3 if falls else 3),
        ha="right" if right else "left", va="center" if right else "top" if falls else "bottom",
        fontsize=FONT_POINTS, color=RUN_COLOURS[0], fontweight="bold", zorder=6,
    )  # fmt: skip


def _digits_needed(ticks: list[float]) -> int:
    """Return after how many decimals all ticks can be told apart, four at most."""
    return next((n for n in range(4) if all(abs(t - round(t, n)) < 1e-9 for t in ticks)), 4)


def _vertical_extent(metric: str, values: Values) -> tuple[float, float]:
    """Return from where to where the vertical axis goes: a share to 100 %, a count from zero."""
    finite = values[np.isfinite(values)]
    low = float(finite.min()) if len(finite) else 0.0
    high = float(finite.max()) if len(finite) else 1.0
    definition = METRICS.get(metric)
    falls = metric == THROUGH_SHARE or (definition is not None and definition.worse == "lower")
    if falls and high <= 1.0:
        depth = max(1.0 - low, 0.02)
        return max(0.0, 1.0 - depth * 1.2), 1.0 + depth * _HEADROOM
    low = min(low, 0.0) if definition is None or definition.unit != "ratio" else min(low, 1.0)
    high = max(high, low + 1.0 if not _is_share(metric) else low + 0.05)
    return low, high + (high - low) * _HEADROOM


def _is_share(metric: str) -> bool:
    definition = METRICS.get(metric)
    return definition.unit == "share" if definition else metric.endswith("_share")


def _title(metric: str, kind: str, phrases: Phrases) -> str:
    return clean_text(f"{phrases.find('metric', metric)}, {phrases.find('traffic', kind).lower()}")
