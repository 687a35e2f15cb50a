"""A network from and to any of its formats, by the suffix of the path."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from netmodel.errors import InputError, Problem
from netmodel.files.absent import no_such
from netmodel.files.shipped import BUILT_IN, network_folder
from netmodel.files.whole import Note, check_place
from netmodel.network.account import Account, write_account
from netmodel.network.csv_folder import read_csv_folder, write_csv_folder
from netmodel.network.railway import Network

FORMATS = {
    "": "a folder of CSV files",
    ".gpkg": "GeoPackage with layers hubs, links and stations, for QGIS",
    ".geojson": "GeoJSON of hubs, links and stations",
    ".graphml": "GraphML, for networkx, Gephi and yEd",
}
"""What each suffix means; none is a folder."""


def read_network(path: Path | str, *, name: str = "") -> Network:
    r"""Read a network from a folder of CSV files, a GeoPackage, GraphML or GeoJSON.

    What `write_network` wrote reads back equal, in every format.

    Parameters
    ----------
    path
        A folder with ``hubs.csv`` and ``links.csv`` and, if wanted, ``stations.csv`` and
        ``geometry.geojson``; or a file of netmodel that ends in ``.gpkg``, ``.graphml`` or
        ``.geojson``. Other files come in through `netmodel.importing.import_network`.
    name
        The name of the network; by default that of the folder or file.

    Returns
    -------
    Network
        Hubs, links and stations in the order of the file.

    Raises
    ------
    InputError
        If there is nothing there, or it is not a network; with every wrong row.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "hubs.csv").write_text("id,name,lon,lat\na,A,33,45\nb,B,34,45\n")
    >>> _ = (folder / "links.csv").write_text("id,from,to,length_km\na--b,a,b,80\n")
    >>> read_network(folder, name="ab")
    <Network 'ab': 2 hubs, 1 link, 0 stations, 80 km>
    """
    path = Path(path)
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises for a name too long
        raise InputError([no_such("network", path)])
    match "" if path.is_dir() else path.suffix.casefold():
        case "":
            return read_csv_folder(path, name=name)
        case ".gpkg":
            from netmodel.network.geopackage import read_geopackage

            return read_geopackage(path, name=name)
        case ".graphml":
            from netmodel.network.graphml import read_graphml

            return read_graphml(path, name=name)
        case ".geojson":
            from netmodel.network.geojson import read_geojson

            return read_geojson(path, name=name)
        case suffix:
            what = f"format {suffix!r} is not known"
            remedy = f"{_known_formats()}; bring other files in with: netmodel network import"
            raise InputError([Problem(what=what, where=path.name, remedy=remedy)])


def write_network(
    network: Network,
    path: Path | str,
    *,
    account: Account | None = None,
    force: bool = False,
    note: Note | None = None,
) -> Path:
    """Write a network in the format that the suffix of the path says; return the path.

    Folders, GeoJSON and GraphML have the same bytes for the same network; a GeoPackage holds the
    time at which it was made. A network that netmodel wrote there before is replaced as a whole,
    unless it was changed since.

    Parameters
    ----------
    path
        A folder, or a file that ends in ``.gpkg``, ``.graphml`` or ``.geojson``.
    account
        Of an import; it goes into the folder of the network, or into ``NAME.account`` next to
        its file.
    force, note
        Whether to move what may not be replaced to ``NAME.old``, and a function that is given
        the sentence about it.

    Raises
    ------
    InputError
        If the suffix is not known, the extra that writes it is absent, something that netmodel
        did not write is in the way, or the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import netmodel as nm
    >>> path = Path(tempfile.mkdtemp()) / "railway.geojson"
    >>> railway = nm.built_in_network()
    >>> nm.read_network(write_network(railway, path), name=railway.name) == railway
    True
    """
    path = Path(path)
    check_target(path, account=account is not None, force=force)
    match _suffix_of(path):
        case ".gpkg":
            from netmodel.network.geopackage import write_geopackage

            write_geopackage(network, path)
        case ".graphml":
            from netmodel.network.graphml import write_graphml

            write_graphml(network, path)
        case ".geojson":
            from netmodel.network.geojson import write_geojson

            write_geojson(network, path)
        case _:
            write_csv_folder(network, path, account=account, force=force, note=note)
    if _suffix_of(path) and account is not None:
        write_account(account, path.with_suffix(".account"), force=force, note=note)
    return path


@cache
def built_in_network() -> Network:
    """Return the built-in railway: that of Ukraine with Crimea, and its neighbours.

    It is read once and shared; a network is never changed.

    Examples
    --------
    >>> built_in_network().hub("simferopol").name
    'Simferopol'
    """
    return read_csv_folder(network_folder(), name=BUILT_IN)


def check_target(path: Path, *, account: bool = False, force: bool = False) -> None:
    """Refuse what `write_network` would refuse to write to, before anything is read.

    Raises
    ------
    InputError
        If the suffix is not known, or something that netmodel did not write is in the way.

    Examples
    --------
    >>> check_target(Path("a/b.xlsx"))
    Traceback (most recent call last):
    netmodel.errors.InputError: b.xlsx: format '.xlsx' is not known; one of .gpkg, .geojson, ...
    """
    suffix = _suffix_of(path)
    if suffix not in FORMATS:
        what = f"format {suffix!r} is not known"
        raise InputError([Problem(what=what, where=path.name, remedy=_known_formats())])
    if not suffix:
        check_place(path, holds="network", force=force)
    elif path.is_dir():
        what = f"is a folder, where a file {suffix} would be written"
        raise InputError([Problem(what=what, where=str(path))])
    elif account:
        check_place(path.with_suffix(".account"), holds="account", force=force)


def _suffix_of(path: Path) -> str:
    """Return the suffix that says the format; a folder that is there may have any other."""
    suffix = path.suffix.casefold()
    return "" if suffix not in FORMATS and path.is_dir() else suffix


def _known_formats() -> str:
    return "one of " + ", ".join(each for each in FORMATS if each) + ", or a folder"
