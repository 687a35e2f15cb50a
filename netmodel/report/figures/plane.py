"""The projection of the state map: equal areas, true to scale around the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from pyproj import Proj

_UKRAINE = (22.1, 44.3, 40.3, 52.4)
_FLAT_DEGREES = 3.0
_WIDEST_DEGREES = 120.0


def fit_projection(lon: ArrayLike, lat: ArrayLike) -> Proj:
    """Return Albers' equal-area conic about some places, metres.

    Its two standard parallels lie a sixth of the extent inside its southern and northern edge.
    Where a cone does not fit, near the equator or over most of the globe, it is Lambert's
    azimuthal equal-area projection; without places it is that of Ukraine.

    Parameters
    ----------
    lon, lat
        Degrees, shape ``(n,)``.

    References
    ----------
    Snyder (1987), Map Projections: A Working Manual, doi:10.3133/pp1395, chapters 14 and 24.

    Examples
    --------
    >>> x, y = fit_projection([30.0, 32.0], [49.0, 49.0])([31.0], [49.0])
    >>> bool(abs(x[0]) < 1e-6)
    True
    """
    from pyproj import Proj

    west, south, east, north = _extent(lon, lat)
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
    if abs(middle_lat) < _FLAT_DEGREES or east - west > _WIDEST_DEGREES:
        return Proj(proj="laea", lon_0=middle_lon, lat_0=middle_lat, ellps="WGS84")
    inset = (north - south) / 6
    return Proj(
        proj="aea", lon_0=middle_lon, lat_0=middle_lat, lat_1=south + inset, lat_2=north - inset,
        ellps="WGS84",
    )  # fmt: skip


def _extent(lon: ArrayLike, lat: ArrayLike) -> tuple[float, float, float, float]:
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    if not len(x):
        return _UKRAINE
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def project_line(plane: Proj, degrees: ArrayLike) -> NDArray[np.float64]:
    """Return a line of lon, lat as metres, both of shape ``(n, 2)``."""
    line = np.asarray(degrees, float).reshape(-1, 2)
    return np.column_stack(plane(line[:, 0], line[:, 1]))
