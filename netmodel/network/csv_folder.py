"""A network to and from a folder of CSV files."""

from __future__ import annotations

import csv
from pathlib import Path

from netmodel.errors import InputError, Problem
from netmodel.files.csv import read_rows, read_text
from netmodel.files.exchange import Note
from netmodel.files.whole import complete_folder
from netmodel.network.account import Account, account_texts
from netmodel.network.courses import read_courses, write_courses
from netmodel.network.railway import Network
from netmodel.network.rows import network_rows, parse_rows


def read_csv_folder(folder: Path, *, name: str = "") -> Network:
    """Read a network from a folder; see `netmodel.network.read_network`.

    Raises
    ------
    InputError
        With every problem of all files, each at ``file:line``.
    """
    if not folder.is_dir():
        raise InputError([Problem(what="no such network folder", where=str(folder))])
    problems: list[Problem] = []
    hub_rows = read_rows(folder / "hubs.csv", problems)
    link_rows = read_rows(folder / "links.csv", problems)
    stations_file = folder / "stations.csv"
    station_rows = read_rows(stations_file, problems) if stations_file.exists() else []
    if problems and not (hub_rows and link_rows):
        raise InputError(problems)
    hubs, links, stations = parse_rows(hub_rows, link_rows, station_rows, problems)
    try:
        courses = folder / "geometry.geojson"
        geometry = read_courses(courses, [read_text(row, "id") for row in link_rows])
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return Network(
        hubs=hubs,
        links=links,
        stations=stations,
        geometry=geometry,
        name=name or folder.resolve().name,
    )


def write_csv_folder(
    network: Network,
    folder: Path,
    *,
    account: Account | None = None,
    force: bool = False,
    note: Note | None = None,
) -> None:
    """Write a network as a folder, the same bytes for the same network.

    A network that netmodel wrote there before is replaced as a whole, unless it was changed.

    Parameters
    ----------
    account
        Of an import, to be written into the same folder.
    force, note
        Whether to move what may not be replaced to ``NAME.old``, and a function that is given
        the sentence about it; see
        `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If the folder holds anything that netmodel did not write, such as a network made by
        hand, or is that of a run.
    """
    tables = network_rows(network)
    with complete_folder(folder, holds="network", force=force, note=note) as partial:
        for file_name, (columns, rows) in tables.items():
            with (partial / file_name).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows([row.get(column, "") for column in columns] for row in rows)
        if network.geometry:
            write_courses(network.geometry, partial / "geometry.geojson")
        for name, text in account_texts(account).items() if account else ():
            (partial / name).write_text(text, encoding="utf-8", newline="")
