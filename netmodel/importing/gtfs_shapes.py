"""The courses of trains in ``shapes.txt``, cut between stops."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.importing.gtfs_tables import Feed, refuse_rows
from netmodel.network.railway import great_circles_km

FARTHEST_KM = 1.0
"""How far a stop may lie from the course that is cut there."""
_KM_OF_DEGREE = 111.195
_DIGITS = 6


def read_shapes(feed: Feed, wanted: Collection[str]) -> dict[str, NDArray[np.float64]]:
    """Return the courses of some ids: longitude and latitude in order, shape ``(points, 2)``.

    Raises
    ------
    InputError
        With every number that is none, at its line.
    """
    if not wanted or not feed.has("shapes.txt"):
        return {}
    columns = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
    parts = []
    problems: list[Problem] = []
    for chunk in feed.chunks("shapes.txt", columns):
        part = chunk[chunk["shape_id"].isin(list(wanted))]
        numbers = part[list(columns[1:])].apply(pd.to_numeric, errors="coerce")
        for column in columns[1:]:
            wrong = ~np.isfinite(numbers[column].to_numpy(dtype=float))
            problems += refuse_rows("shapes.txt", part, column, wrong, "is not a finite number")
        parts.append(numbers.assign(shape_id=part["shape_id"]))
    if problems:
        raise InputError(problems)
    table = pd.concat(parts).sort_values(["shape_id", "shape_pt_sequence"], kind="stable")
    return {
        str(shape): group[["shape_pt_lon", "shape_pt_lat"]].to_numpy(dtype=float)
        for shape, group in table.groupby("shape_id")
    }


def cut_course(
    course: NDArray[np.float64], stops: NDArray[np.float64]
) -> list[tuple[float, tuple[tuple[float, float], ...]]]:
    """Return the length in km, and the points, of the course between each stop and the next.

    Stops are put on the course in their order where they lie nearest to it altogether, so that a
    course that comes by a stop twice is cut at the right time. Nothing is returned for a course
    from which a stop lies farther than `FARTHEST_KM`.

    Parameters
    ----------
    course, stops
        Longitude and latitude, shapes ``(points, 2)`` and ``(stops, 2)``.

    Examples
    --------
    >>> course = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> cut_course(course, np.array([[0.0, 0.001], [1.0, 0.5]]))
    [(166.793, ((0.0, 0.001), (1.0, 0.0), (1.0, 0.5)))]
    """
    if len(course) < 2 or len(stops) < 2:
        return []
    squeeze = np.array([np.cos(np.radians(course[:, 1].mean())), 1.0]) * _KM_OF_DEGREE
    where = _place_in_order(course * squeeze, stops * squeeze)
    if where is None:
        return []
    cuts = []
    for number in range(len(stops) - 1):
        (first, along), (last, until) = where[number], where[number + 1]
        points = np.concatenate(
            [
                [course[first] + along * (course[first + 1] - course[first])],
                course[first + 1 : last + 1],
                [course[last] + until * (course[last + 1] - course[last])],
            ]
        )
        steps = great_circles_km(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
        points[0], points[-1] = stops[number], stops[number + 1]
        rounded = [tuple(point) for point in points.round(_DIGITS).tolist()]
        cuts.append((round(float(steps.sum()), 3), tuple(dict.fromkeys(rounded))))
    return cuts


def _place_in_order(
    course: NDArray[np.float64], stops: NDArray[np.float64]
) -> list[tuple[int, float]] | None:
    """Return the segment and the share of it at which each stop lies; none if one is far off."""
    starts, steps = course[:-1], np.diff(course, axis=0)
    squares = np.maximum((steps**2).sum(axis=1), 1e-12)
    offsets = stops[:, None, :] - starts[None, :, :]
    shares = np.clip((offsets * steps).sum(axis=2) / squares, 0.0, 1.0)
    apart = ((offsets - shares[:, :, None] * steps) ** 2).sum(axis=2)
    total = apart[0]
    chosen = []
    segments = np.arange(len(total))
    for row in apart[1:]:
        least = np.minimum.accumulate(total)
        # The segment at which the least so far was reached.
        reached = np.maximum.accumulate(np.where(total <= least, segments, 0))
        chosen.append(reached)
        total = row + least
    places = [int(total.argmin())]
    for reached in reversed(chosen):
        places.append(int(reached[places[-1]]))
    places.reverse()
    found: list[tuple[int, float]] = []
    for stop, segment in enumerate(places):
        if apart[stop, segment] > FARTHEST_KM**2:
            return None
        share = float(shares[stop, segment])
        if found and found[-1][0] == segment:
            share = max(share, found[-1][1])
        found.append((segment, share))
    return found
