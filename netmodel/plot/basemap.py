"""The base map: its lines in degrees, and the plane in which a page draws them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM = 6371.0
UNITS_ACROSS = 16000.0
_FLAT = 0.02
_HIGHEST_LATITUDE = 85.0
LAYERS = ("sea", "rivers", "streams", "lakes", "oblasts", "countries", "ukraine")
_OF_UKRAINE = {"oblasts", "ukraine"}
_HUNDREDTHS = 100.0
_MARGIN_DEGREES = 3.0


@cache
def load_basemap() -> Mapping[str, tuple[NDArray[np.float64], ...]]:
    """Return the lines of every layer, each of shape ``(n, 2)``: lon, lat in degrees."""
    source = files("netmodel.plot").joinpath("basemap_data/basemap.json")
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


def find_sources(drawn: Mapping[str, Sized]) -> tuple[str, ...]:
    """Return whose lines a base map shows: ``world``, ``ukraine``; none of empty layers.

    Parameters
    ----------
    drawn
        The lines of each layer.

    Examples
    --------
    >>> find_sources({"sea": [[0, 0]], "ukraine": []}), find_sources({"sea": []})
    (('world',), ())
    """
    shown = {name for name, lines in drawn.items() if len(lines)}
    parts = {"world": shown - _OF_UKRAINE, "ukraine": shown & _OF_UKRAINE}
    return tuple(source for source, layers in parts.items() if layers)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneMap:
    """A conformal conic projection about a middle point, in units of `unit_km`, y downwards.

    Near the equator, where the cone opens into a cylinder, it is Mercator's.

    Parameters
    ----------
    lon, lat
        Middle point, degrees; scale is true along this parallel.
    unit_km
        Length of one unit on that parallel.

    Notes
    -----
    Snyder (1987), Map Projections: A Working Manual, doi:10.3133/pp1395, chapter 15.
    """

    lon: float
    lat: float
    unit_km: float

    def project(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Return x and y, shape ``(n, 2)``, in units.

        Examples
        --------
        >>> plane = PlaneMap(lon=31, lat=49, unit_km=0.1)
        >>> plane.project([31, 32], [49, 49]).round().tolist()
        [[0.0, 0.0], [729.0, -5.0]]
        """
        away = np.radians(np.asarray(lon, float) - self.lon)
        phi = np.radians(np.clip(np.asarray(lat, float), -_HIGHEST_LATITUDE, _HIGHEST_LATITUDE))
        middle = np.radians(self.lat)
        cone = float(np.sin(middle))
        radius = EARTH_RADIUS_KM / self.unit_km
        if abs(cone) < _FLAT:
            scale = radius * np.cos(middle)
            y = scale * (np.log(_stretch(phi)) - np.log(_stretch(middle)))
            return np.column_stack([scale * away, -y])
        factor = radius * np.cos(middle) * _stretch(middle) ** cone / cone
        rho = factor / _stretch(phi) ** cone
        rho_middle = factor / _stretch(middle) ** cone
        return np.column_stack([rho * np.sin(cone * away), rho * np.cos(cone * away) - rho_middle])


def fit_plane(lon: ArrayLike, lat: ArrayLike) -> PlaneMap:
    """Return a projection about the middle of some points, fine enough to tell them apart.

    Without points it is centred on Ukraine.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    if not len(x):
        return PlaneMap(lon=31.0, lat=48.5, unit_km=0.1)
    middle = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    in_km = PlaneMap(lon=float(middle[0]), lat=float(middle[1]), unit_km=1.0)
    extent = np.ptp(in_km.project(x, y), axis=0).max()
    return PlaneMap(lon=in_km.lon, lat=in_km.lat, unit_km=max(float(extent), 1.0) / UNITS_ACROSS)


def as_steps(points: NDArray[np.float64]) -> list[int]:
    """Return a line as whole numbers: its first point, then the difference to each next one.

    Points that fall on the one before are left out.

    Examples
    --------
    >>> as_steps(np.array([[0.2, 5.0], [3.0, 7.1], [3.2, 7.0]]))
    [0, 5, 3, 2]
    """
    whole = np.rint(points).astype(np.int64)
    keep = np.ones(len(whole), bool)
    keep[1:] = np.any(np.diff(whole, axis=0) != 0, axis=1)
    whole = whole[keep]
    steps = np.vstack([whole[:1], np.diff(whole, axis=0)])
    return [int(value) for value in steps.ravel()]


def _stretch(phi: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.tan(np.pi / 4 + np.asarray(phi) / 2)
