"""Links and hubs of a run with their geometry, for geopandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem, install_extra
from netmodel.study.moment import hub_states, link_states

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from netmodel.study.record import RunRecord

_CRS = "EPSG:4326"


def to_geopandas(
    record: RunRecord, state: int | None = None, *, traffic: str | None = None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return hubs as points and links as lines, with what holds on them over one state.

    Parameters
    ----------
    state
        Number of the state; by default the one with the lowest connected share.
    traffic
        Kind of traffic; the first of the run by default.

    Returns
    -------
    hubs : GeoDataFrame
        The hubs of the record, and ``pairs, pairs_cut, access`` of `hub_states`; missing for hubs
        without demand.
    links : GeoDataFrame
        The links of the record, and the columns of `link_states`. Both in EPSG:4326, degrees.

    Raises
    ------
    InputError
        If geopandas is not installed.
    UnknownNameError
        If the run has no such state or traffic.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> hubs, links = to_geopandas(run_scenario("crimea-may-2023").record)
    >>> links[(links["effect"] == "closed") & ~links["standing"]].index.tolist()
    ['simferopol--bakhchysarai']
    """
    try:
        import geopandas as gpd
    except ImportError:
        raise InputError(
            [
                Problem(
                    what="geopandas is not installed",
                    where="to_geopandas",
                    remedy=install_extra("geo"),
                )
            ]
        ) from None
    reached = hub_states(record, state, traffic)
    reached = reached.astype({"pairs": "Int64", "pairs_cut": "Int64"})
    hubs = record.hubs.join(reached)
    links = record.links.drop(columns="course").join(link_states(record, state, traffic))
    points = gpd.points_from_xy(record.hubs["lon"], record.hubs["lat"])
    return (
        gpd.GeoDataFrame(hubs, geometry=points, crs=_CRS),
        gpd.GeoDataFrame(links, geometry=_lines(record), crs=_CRS),
    )


def link_courses(record: RunRecord) -> dict[str, list[tuple[float, float]]]:
    """Return the course of each link as lon, lat in degrees; straight where none is recorded."""
    places: pd.DataFrame = record.hubs[["lon", "lat"]]
    known = dict(zip(places.index, places.itertuples(index=False, name=None), strict=True))
    courses: dict[str, list[tuple[float, float]]] = {}
    rows = zip(
        record.links.index,
        record.links["from"],
        record.links["to"],
        record.links["course"],
        strict=True,
    )
    for link, start, end, course in rows:
        stored = [point.split(",") for point in str(course or "").split()]
        points = [(float(lon), float(lat)) for lon, lat in stored]
        courses[str(link)] = points if len(points) > 1 else [known[start], known[end]]
    return courses


def _lines(record: RunRecord) -> list[object]:
    import shapely

    return [shapely.LineString(course) for course in link_courses(record).values()]
