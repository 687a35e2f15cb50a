"""The verbs show and match."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import DocumentsOption, JsonOption, NetworkOption, examples
from netmodel.errors import UnknownNameError, nearest_names
from netmodel.evidence.notes import join_notes

if TYPE_CHECKING:
    from netmodel.network.railway import Network
    from netmodel.outages.matching import Match

VIEWS = ("hubs", "links", "stations", "incidents", "outages", "timeline", "documents")
SHOW_EXAMPLES = examples(
    "netmodel show network --view stations",
    "netmodel show 2023-05-18-simferopol-chystenke",
    "netmodel show crimea-may-2023 --view timeline",
    "netmodel show runs/crimea-may-2023",
)
MATCH_EXAMPLES = examples(
    "netmodel match 'Kyiv - Fastiv'",
    "netmodel match Бахчисарай",
    "netmodel match 'town Yalta'",
    "netmodel match incidents.yaml --network my-network",
)


def show(
    what: Annotated[
        str,
        typer.Argument(
            help="network, incidents or documents; an incident; a scenario; a file; a folder"
        ),
    ],
    view: Annotated[
        str | None, typer.Option("--view", help=f"Which table: {', '.join(VIEWS)}")
    ] = None,
    incident: Annotated[
        str | None,
        typer.Option("--incident", help="One incident of a scenario or file, with its claims"),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Show standing closures and figures without effect, too"),
    ] = False,
    documents: DocumentsOption = None,
    json: JsonOption = False,
) -> None:
    """Show a network, incidents, a scenario or a run as tables."""
    from netmodel.cli.output import emit_table, say
    from netmodel.cli.views import find_view

    if view is not None and view not in VIEWS:
        raise UnknownNameError("view", view, nearest_names(view, VIEWS) or VIEWS)
    views = find_view(what, view, incident=incident, documents=documents or (), every=every)
    for title, rows in views:
        if title and not json:
            say(title)
        if rows:
            emit_table(rows, title=title, as_json=json)


def match(
    place: Annotated[
        str,
        typer.Argument(
            help="A hub or station; 'A - B' for a section; 'lon,lat'; 'region NAME'; 'town NAME'; "
            "or a file of incidents"
        ),
    ],
    network: NetworkOption = None,
    documents: DocumentsOption = None,
    json: JsonOption = False,
) -> None:
    """Show which links a place means.

    Exit code 1 if it is ambiguous or on no link, 2 if nothing has that name.
    """
    from netmodel.cli.output import emit_table
    from netmodel.cli.views import open_catalogue
    from netmodel.network.formats import built_in_network, read_network
    from netmodel.outages.matching import Matcher

    railway = built_in_network() if network is None else read_network(network)
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
        matches = [("", matcher.match(place))]
    rows = [row for name, each in matches for row in _match_rows(name, each, railway)]
    emit_table(rows, as_json=json)
    if any(each.status in {"ambiguous", "none"} for name, each in matches if not name):
        raise typer.Exit(1)


def _match_rows(name: str, match: Match, network: Network) -> list[dict[str, object]]:
    base = {"incident": name} if name else {}
    found: list[dict[str, object]] = []
    readings = []
    if match.status != "ambiguous":
        readings.append(("match", match.links, join_notes(match.notes)))
    readings += [("rival", rival.links, str(rival.reason)) for rival in match.rivals]
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
