"""The quiet base map under the network: coast, rivers, borders of oblasts and countries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from netmodel.report.projection import PlaneMap, as_steps

LAYERS = ("sea", "rivers", "streams", "lakes", "oblasts", "countries", "ukraine")
_HUNDREDTHS = 100.0
_MARGIN_DEGREES = 3.0


@cache
def load_basemap() -> Mapping[str, tuple[NDArray[np.float64], ...]]:
    """Return the lines of every layer, each of shape ``(n, 2)``: lon, lat in degrees."""
    source = files("netmodel.report").joinpath("basemap/basemap.json")
    layers = json.loads(source.read_text(encoding="utf-8"))
    return {
        name: tuple(
            np.cumsum(np.array(line, float).reshape(-1, 2), axis=0) / _HUNDREDTHS
            for line in layers[name]
        )
        for name in LAYERS
    }


def project_basemap(
    plane: PlaneMap, west: float, south: float, east: float, north: float
) -> dict[str, list[list[int]]]:
    """Return the layers near an extent in map units; empty layers far from the base map.

    Parameters
    ----------
    west, south, east, north
        Extent of the network, degrees.
    """
    low = np.array([west, south]) - _MARGIN_DEGREES
    high = np.array([east, north]) + _MARGIN_DEGREES
    return {
        name: [
            as_steps(plane.project(line[:, 0], line[:, 1]))
            for line in lines
            if np.all(line.max(axis=0) >= low) and np.all(line.min(axis=0) <= high)
        ]
        for name, lines in load_basemap().items()
    }
