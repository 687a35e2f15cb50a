"""The time axis of the figures: days as matplotlib counts them, ticks at round local times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from netmodel.instants import load_zone
from netmodel.report.figures.style import set_tick_texts
from netmodel.report.strings import Phrases
from netmodel.report.ticks import choose_ticks
from netmodel.report.wording import parse_utc
from netmodel.study.record import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NARROW_INCHES = 4.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def time_frame(ax: Axes, record: RunRecord, phrases: Phrases, *, widen: bool = False) -> None:
    """Set the window of a run as the extent of the time axis, with ticks at round local times.

    Parameters
    ----------
    widen
        Keep what the axis already shows in view.
    """
    window = cast("Mapping[str, str]", record.summary["window"])
    zone = load_zone(window["zone"])
    start, end = (
        cast("datetime", parse_utc(window[name])).astimezone(zone) for name in ("start", "end")
    )
    if widen:
        left, right = (moment_of(limit).astimezone(zone) for limit in ax.get_xlim())
        start, end = min(start, left), max(end, right)
    ax.set_xlim(day_number(start), day_number(end))
    width = "narrow" if width_inches(ax) < _NARROW_INCHES else "wide"
    ticks = choose_ticks([start, end], phrases)[width]
    places = [start + timedelta(minutes=float(str(minutes))) for minutes, _ in ticks]
    set_tick_texts(ax, "x", [day_number(place) for place in places], [str(t) for _, t in ticks])


def width_inches(ax: Axes) -> float:
    """Return the width of an axis in inches, before any layout."""
    figure = ax.get_figure(root=True)
    return 0.0 if figure is None else float(ax.get_position().width * figure.get_figwidth())


def day_number(instant: datetime) -> float:
    """Return an aware instant in days since 1970, as matplotlib's own dates count them.

    Examples
    --------
    >>> day_number(datetime(1970, 1, 2, 12, tzinfo=UTC))
    1.5
    """
    return (instant - _EPOCH) / timedelta(days=1)


def moment_of(days: float) -> datetime:
    """Return the instant of so many days since 1970, to the second."""
    return _EPOCH + timedelta(seconds=round(days * 86400))
