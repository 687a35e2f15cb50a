"""Restorations that take so many times as long: milestones and their bounds, scaled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.evidence.resolution import Resolution
from netmodel.instants import Bounds, hours_between, reach_hours
from netmodel.outages.milestones import order_bounds
from netmodel.outages.outage import Placement


def scale_repairs(placements: Iterable[Placement], scale: float) -> tuple[Placement, ...]:
    """Return incidents whose restorations all take so many times as long.

    Every milestone after the start moves to start + scale x (milestone - start), and the bounds
    cover all instants to which an allowed start and restoration can move. Standing closures
    stay as they are.

    Parameters
    ----------
    scale
        > 0; 2 for repairs that take twice as long. 1 changes nothing.

    Raises
    ------
    InputError
        If the scale is not a positive number.
    """
    if not (np.isfinite(scale) and scale > 0):
        raise InputError([Problem(what=f"repair_scale (={scale}) must be a number > 0")])
    if scale == 1:
        return tuple(placements)
    return tuple(
        placement if placement.incident.standing else _scale_placement(placement, scale)
        for placement in placements
    )


def _scale_placement(placement: Placement, scale: float) -> Placement:
    stops = placement.incident.effect == "closed"
    resolution = scale_resolution(placement.resolution, scale, stops=stops)
    return replace(
        placement,
        resolution=resolution,
        outages=tuple(
            replace(
                outage,
                start=resolution.milestone(outage.start_milestone),
                end=resolution.milestone(outage.end_milestone),
            )
            for outage in placement.outages
        ),
    )


def scale_resolution(resolution: Resolution, scale: float, *, stops: bool = True) -> Resolution:
    """Return the bounds that hold if everything after the start took `scale` times as long.

    Parameters
    ----------
    stops
        Whether traffic stops; where it does not, first traffic is the start and stays there.
    """
    start, first, full = order_bounds(resolution)
    return replace(
        resolution,
        start=start,
        first_traffic=_scale_bounds(start, first, scale) if stops else start,
        full_service=_scale_bounds(start, full, scale),
        rule=f"{resolution.rule}, times after the start x {scale:g}",
    )


def _scale_bounds(start: Bounds, end: Bounds, scale: float) -> Bounds:
    """Return the hull of start + scale x (end - start) over all ordered starts and ends.

    The expression falls with the start when the scale is above 1, and rises with it below; a
    start that comes with its end leaves the end where it is.
    """
    low = _earlier(start.latest, end.earliest) if scale > 1 else start.earliest
    high = start.earliest if scale > 1 else _earlier(start.latest, end.latest)
    earliest, latest = start.earliest, None
    if low is not None and end.earliest is not None:
        earliest = reach_hours(low, scale * hours_between(low, end.earliest))
    if high is not None and end.latest is not None:
        latest = reach_hours(high, scale * hours_between(high, end.latest))
    return Bounds(earliest=earliest, latest=latest)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [each for each in (one, other) if each is not None]
    return min(known, default=None)
