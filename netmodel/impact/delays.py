"""Delays over departure times: means, demand-hours, and even departures.

Delays are in minutes, shape ``(departures, hubs, hubs)``: inf where a train never arrives, nan
where the base has no route. Demand is shape ``(hubs, hubs)``, trips from row to column.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from netmodel.instants import Window

Matrices = NDArray[np.float64]
"""Minutes of each departure and hub pair, shape ``(departures, hubs, hubs)``; inf for never."""


def over_base(minutes: Matrices, base_minutes: NDArray[np.float64]) -> Matrices:
    """Return minutes over those of the base; nan where the base has no route.

    Examples
    --------
    >>> over_base(np.array([[[90.0, np.inf]]]), np.array([[60.0, 60.0]])).tolist()
    [[[30.0, inf]]]
    """
    known = np.isfinite(base_minutes)
    return np.where(known, minutes - np.where(known, base_minutes, 0.0), np.nan)


def mean_delay_hours(delay_minutes: Matrices, trips: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of finite delays weighted by demand, in hours, for each departure.

    Examples
    --------
    >>> delay = np.array([[[0.0, 90.0], [np.inf, 0.0]]])
    >>> mean_delay_hours(delay, np.array([[0.0, 2.0], [1.0, 0.0]])).tolist()
    [1.5]
    """
    arrives = np.isfinite(delay_minutes)
    weights = np.where(arrives, trips, 0.0).sum(axis=(1, 2))
    total = (np.where(arrives, delay_minutes, 0.0) * trips).sum(axis=(1, 2))
    return np.where(weights > 0, total / np.where(weights > 0, weights, 1.0) / 60.0, np.nan)


def demand_hours(
    departures: Sequence[datetime],
    end: datetime,
    delay_minutes: Matrices,
    trips: NDArray[np.float64],
) -> float:
    """Return trips times hours of delay when demand is spread evenly over the departures.

    Examples
    --------
    >>> from netmodel.instants import parse_instant
    >>> day = [parse_instant(f"2023-05-18T{hour}:00Z") for hour in ("00", "06")]
    >>> delay = np.array([[[0.0, 60.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    >>> demand_hours(day, parse_instant("2023-05-18T12:00Z"), delay, 4 * np.eye(2)[::-1])
    2.0
    """
    wanted = (trips > 0) & ~np.isnan(delay_minutes)
    if not len(departures) or not wanted.any():
        return float("nan")
    hours = np.array(
        [
            (two - one).total_seconds() / 3600.0
            for one, two in zip(departures, [*departures[1:], end], strict=True)
        ]
    )
    if hours.min() < 0 or hours.sum() <= 0:
        raise ValueError("departures must rise and end before the end")
    if np.isinf(delay_minutes[wanted]).any():
        return float("inf")
    lost = (np.where(wanted, delay_minutes, 0.0) * trips).sum(axis=(1, 2)) / 60.0
    return float(np.average(lost, weights=hours))


def even_departures(window: Window, every_hours: float) -> tuple[datetime, ...]:
    """Return departures from the start of a window, so many hours apart.

    Raises
    ------
    ValueError
        If the hours are not positive.

    Examples
    --------
    >>> from netmodel.instants import parse_instant
    >>> day = Window(start=parse_instant("2023-05-18T00:00Z"),
    ...              end=parse_instant("2023-05-19T00:00Z"))
    >>> len(even_departures(day, 6))
    4
    """
    if not every_hours > 0:
        raise ValueError(f"every_hours (={every_hours}) must be > 0")
    count = int(np.ceil(window.hours / every_hours - 1e-9))
    return tuple(
        window.start + timedelta(seconds=round(3600 * every_hours * number))
        for number in range(count)
    )
