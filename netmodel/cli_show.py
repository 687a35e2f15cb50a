"""The verbs ``show`` and ``match``: looking at what is there without running anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.errors import InputError, Problem, UnknownNameError, nearest_names

if TYPE_CHECKING:
    from netmodel.evidence.model import Catalogue, Place
    from netmodel.network.model import Network
    from netmodel.outages.match import Match

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read")]
NetworkOption = Annotated[
    Path | None, typer.Option("--network", help="A network folder; the built-in one by default")
]
DocumentsOption = Annotated[
    list[Path] | None,
    typer.Option("--documents", help="Documents that the incidents name (repeat for several)"),
]
VIEWS = ("hubs", "links", "stations", "incidents", "outages", "timeline", "documents")


def show(
    what: Annotated[
        str,
        typer.Argument(
            help="network, incidents, documents; an incident; a scenario; a file; a folder"
        ),
    ],
    view: Annotated[
        str | None, typer.Option("--view", help=f"Which table: {', '.join(VIEWS)}")
    ] = None,
    incident: Annotated[
        str | None,
        typer.Option("--incident", help="The chain of this incident of a scenario or file"),
    ] = None,
    documents: DocumentsOption = None,
    json: JsonOption = False,
) -> None:
    """Show the network, the incidents, or a scenario's outages and timeline as tables."""
    from netmodel.cli_output import emit_table
    from netmodel.cli_views import find_view

    if view is not None and view not in VIEWS:
        raise UnknownNameError("view", view, nearest_names(view, VIEWS) or VIEWS)
    for title, rows in find_view(what, view, incident=incident, documents=documents or ()):
        if title and not json:
            typer.echo(title)
        if rows:
            emit_table(rows, title=title, as_json=json)


def match(
    place: Annotated[
        str,
        typer.Argument(
            help="A hub or station; 'A - B' for a section; 'lon,lat'; 'region NAME'; 'town NAME'; "
            "or an incidents file"
        ),
    ],
    network: NetworkOption = None,
    documents: DocumentsOption = None,
    json: JsonOption = False,
) -> None:
    """Show which links a place means.

    Exit code 1 when it is ambiguous or passes no link, 2 when nothing carries the name.
    """
    from netmodel.cli_output import emit_table
    from netmodel.network.built_in import built_in_network
    from netmodel.network.export import open_network
    from netmodel.outages.match import Matcher

    railway = built_in_network() if network is None else open_network(network)
    matcher = Matcher(railway)
    path = Path(place)
    if path.suffix in {".yaml", ".yml"}:
        catalogue = open_catalogue(path, documents or ())
        matches = [
            (incident.id, matcher.match(each))
            for incident in catalogue.incidents.values()
            for each in incident.places
        ]
    else:
        matches = [("", matcher.match(parse_place(place)))]
    rows = [row for name, each in matches for row in _match_rows(name, each, railway)]
    emit_table(rows, as_json=json)
    if any(each.status in {"ambiguous", "none"} for name, each in matches if not name):
        raise typer.Exit(1)


def parse_place(text: str) -> Place:
    """Read a place from the command line.

    Raises
    ------
    InputError
        If the text is empty.

    Examples
    --------
    >>> parse_place("Simferopol - Sevastopol")
    SectionPlace(between=('Simferopol', 'Sevastopol'))
    >>> parse_place("region Sumy")
    RegionPlace(region='Sumy', extent='somewhere')
    """
    from netmodel.evidence.model import (
        HubPlace,
        NearPlace,
        RegionPlace,
        SectionPlace,
        TownPlace,
    )

    text = text.strip()
    if not text:
        raise InputError([Problem(what="the place is empty", remedy="name a hub or 'A - B'")])
    if text.casefold().startswith("region "):
        return RegionPlace(region=text[7:].strip(), extent="somewhere")
    if text.casefold().startswith("town "):
        return TownPlace(town=text[5:].strip(), within_km=10.0)
    point = _point(text)
    if point is not None:
        return NearPlace(lon=point[0], lat=point[1], within_km=10.0)
    for separator in ("–", "—", " - "):
        if separator in text:
            names = tuple(part.strip() for part in text.split(separator) if part.strip())
            if len(names) > 1:
                return SectionPlace(between=names)
    return HubPlace(hub=text)


def _point(text: str) -> tuple[float, float] | None:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(
            [Problem(what=f"{text!r} is not on Earth", remedy="give lon,lat in degrees")]
        )
    return lon, lat


def _match_rows(name: str, match: Match, network: Network) -> list[dict[str, object]]:
    base = {"incident": name} if name else {}
    found: list[dict[str, object]] = []
    readings = [("match", match.links, match.note)] if match.status != "ambiguous" else []
    readings += [("rival", rival.links, rival.reason) for rival in match.rivals]
    for reading, links, note in readings:
        found.append(
            {
                **base,
                "place": str(match.place),
                "status": match.status,
                "reading": reading,
                "links": list(links or match.candidates),
                "km": round(sum(network.link(link).length_km for link in links), 1),
                "note": note,
            }
        )
    return found


def open_catalogue(extra: Path | None = None, documents: Sequence[Path] = ()) -> Catalogue:
    """Return the built-in documents with the built-in incidents, or with those of a file.

    Parameters
    ----------
    documents
        Further documents that the file names.
    """
    from netmodel.evidence.files import read_catalogue
    from netmodel.shipped import incident_files
    from netmodel.study.check import pool_documents

    files = incident_files() if extra is None else (extra,)
    return read_catalogue([*pool_documents(documents), *files])
