"""A network to and from any of its formats, by the suffix of the path."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from netmodel.errors import InputError, Problem
from netmodel.files.exchange import Note
from netmodel.files.whole import check_place, write_file
from netmodel.network.account import Account, write_account
from netmodel.network.model import Network
from netmodel.network.rows import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, network_rows
from netmodel.network.tables import read_network, write_network

FORMATS = {
    "": "a folder of CSV files",
    ".gpkg": "GeoPackage with layers hubs, links and stations",
    ".geojson": "GeoJSON of hubs, links and stations, to look at",
    ".graphml": "GraphML, for networkx, Gephi and yEd",
}


def open_network(path: Path | str, *, name: str = "") -> Network:
    """Read a network from a folder of CSV files, a GeoPackage or GraphML.

    Raises
    ------
    InputError
        If there is nothing there, or it is no network.
    """
    path = Path(path)
    suffix = path.suffix.casefold()
    if not path.exists():
        raise InputError([Problem(what="no such network", where=str(path))])
    if path.is_dir():
        return read_network(path, name=name)
    if suffix == ".gpkg":
        from netmodel.network.geopackage import read_geopackage

        return read_geopackage(path, name=name)
    if suffix == ".graphml":
        from netmodel.network.graphml import read_graphml

        return read_graphml(path, name=name)
    remedy = "give a network folder, .gpkg or .graphml; bring others in by: netmodel network import"
    raise InputError([Problem(what="is no network", where=path.name, remedy=remedy)])


def check_target(path: Path, *, account: bool = False, force: bool = False) -> None:
    """Refuse what `save_network` would refuse to write to, before anything is read.

    Raises
    ------
    InputError
        If the suffix is not known, or something that netmodel did not write is in the way.

    Examples
    --------
    >>> check_target(Path("a/b.xlsx"))
    Traceback (most recent call last):
    netmodel.errors.InputError: format '.xlsx' is not known; one of .gpkg, .geojson, .graphml, ...
    """
    suffix = path.suffix.casefold()
    if suffix not in FORMATS:
        remedy = "one of " + ", ".join(each for each in FORMATS if each) + ", or a folder"
        raise InputError([Problem(what=f"format {suffix!r} is not known", remedy=remedy)])
    if not suffix:
        check_place(path, holds="network", force=force)
    elif account:
        check_place(path.with_suffix(".account"), holds="account", force=force)


def save_network(
    network: Network,
    path: Path | str,
    *,
    account: Account | None = None,
    force: bool = False,
    note: Note | None = None,
) -> Path:
    """Write a network in the format of the path: see `FORMATS`; return the path.

    Parameters
    ----------
    account
        Of an import; it goes into the folder of the network, or into ``NAME.account`` beside
        its file.
    force, note
        What to do with a folder that may not be replaced; see
        `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If the suffix is not known, the extra that writes it is absent, something that netmodel
        did not write is in the way, or the place cannot be written.
    """
    path = Path(path)
    check_target(path, account=account is not None, force=force)
    suffix = path.suffix.casefold()
    if suffix == ".gpkg":
        from netmodel.network.geopackage import write_geopackage

        write_geopackage(network, path)
    elif suffix == ".graphml":
        from netmodel.network.graphml import write_graphml

        write_graphml(network, path)
    elif suffix == ".geojson":
        write_geojson(network, path)
    else:
        write_network(network, path, account=account, force=force, note=note)
    if suffix and account is not None:
        write_account(account, path.with_suffix(".account"), force=force, note=note)
    return path


def write_geojson(network: Network, path: Path | str) -> None:
    """Write hubs and stations as points and links as lines, each with its columns and ``layer``."""
    tables = network_rows(network)
    features = []
    for row, hub in zip(tables["hubs.csv"][1], network.hubs, strict=True):
        features.append(_feature("hubs", row, "Point", [hub.lon, hub.lat]))
    for row, link in zip(tables["links.csv"][1], network.links, strict=True):
        course = [list(xy) for xy in network.line(link.id)]
        features.append(_feature("links", row, "LineString", course))
    for row, station in zip(tables["stations.csv"][1], network.stations, strict=True):
        lon, lat = place_on_link(network, station.link, station.km)
        features.append(_feature("stations", row, "Point", [lon, lat]))
    collection = {"type": "FeatureCollection", "name": network.name, "features": features}
    text = json.dumps(collection, ensure_ascii=False)
    write_file(path, text + "\n")


def _feature(layer: str, row: dict[str, str], kind: str, place: object) -> dict[str, object]:
    columns = {"hubs": HUB_COLUMNS, "links": LINK_COLUMNS, "stations": STATION_COLUMNS}[layer]
    shown = {key: text for key, text in row.items() if text or key in columns[:4]}
    return {
        "type": "Feature",
        "properties": {"layer": layer, **shown},
        "geometry": {"type": kind, "coordinates": place},
    }


def place_on_link(network: Network, link_id: str, km: float) -> tuple[float, float]:
    """Return the longitude and latitude of a place on a link, by its share of the course.

    Examples
    --------
    >>> from netmodel.network.model import Hub, Link
    >>> hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    >>> network = Network(hubs=hubs, links=(Link(id="l", from_hub="a", to_hub="b", length_km=120),))
    >>> place_on_link(network, "l", 30)
    (0.25, 0.0)
    """
    import math

    course = network.line(link_id)
    squeeze = math.cos(math.radians(course[0][1]))
    steps = [math.hypot((b[0] - a[0]) * squeeze, b[1] - a[1]) for a, b in pairwise(course)]
    left = sum(steps) * min(max(km / network.link(link_id).length_km, 0.0), 1.0)
    for start, end, step in zip(course, course[1:], steps, strict=False):
        if left <= step and step > 0:
            share = left / step
            return (
                start[0] + share * (end[0] - start[0]),
                start[1] + share * (end[1] - start[1]),
            )
        left -= step
    return course[-1]
