"""How many times a train that calls everywhere stops on a link of the built-in network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netmodel.errors import InputError, Problem
from netmodel.files.csv import read_number, read_rows, read_text
from netmodel.files.shipped import shipped_folder
from netmodel.network.railway import Network
from netmodel.routing.profiles import SAME_LENGTH

COLUMNS = ("link", "length_km", "halts")


def stops_on_links(network: Network, path: Path | None = None) -> Mapping[int, int]:
    """Return the stops on each link whose halts are counted, by its position in the network.

    The halts between its two ends, and one of the ends. A row holds for the link of its id if
    that has its length.

    Parameters
    ----------
    path
        A table like ``halts.csv``; the built-in one by default.

    Raises
    ------
    InputError
        With every mistake of the table at ``file:line``.

    Examples
    --------
    >>> stops_on_links(Network(hubs=(), links=()))
    {}
    """
    problems: list[Problem] = []
    rows = read_rows(path or shipped_folder("seeds") / "halts.csv", problems, required=COLUMNS)
    stops = {}
    for row in rows:
        length = read_number(row, "length_km", problems, required=True)
        halts = read_number(row, "halts", problems, required=True)
        place = network.link_index.get(read_text(row, "link"))
        if length is None or halts is None or place is None:
            continue
        if abs(network.links[place].length_km - length) <= SAME_LENGTH * length:
            stops[place] = int(halts) + 1
    if problems:
        raise InputError(problems)
    return stops
