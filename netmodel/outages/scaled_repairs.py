"""Restorations that take so many times as long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.evidence.resolution import RESOLUTION_RULE
from netmodel.outages.outage import Placement, bound_outages


def scale_repairs(placements: Iterable[Placement], scale: float) -> tuple[Placement, ...]:
    """Return incidents whose restorations all take so many times as long.

    Times are chosen, drawn or taken at their extremes as if nothing were scaled; then every
    milestone after the start moves to start + scale x (milestone - start). The bounds of the
    outages cover all instants to which an allowed start and restoration can move. Standing
    closures stay as they are.

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
        placement if placement.incident.standing else _scale(placement, placement.scale * scale)
        for placement in placements
    )


def _scale(placement: Placement, scale: float) -> Placement:
    rule = f"{RESOLUTION_RULE}, times after the start x {scale:g}"
    resolution = replace(placement.resolution, rule=rule)
    return bound_outages(replace(placement, resolution=resolution, scale=scale))
