"""The tables that ``netmodel show`` can print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.cli_run_view import run_views
from netmodel.cli_show import open_catalogue
from netmodel.errors import UnknownNameError, nearest_names
from netmodel.evidence.model import Catalogue, Incident
from netmodel.evidence.resolution import resolve_incident
from netmodel.instants import format_instant
from netmodel.shipped import find_scenario, network_folder, scenario_names

if TYPE_CHECKING:
    from netmodel.study.run import Run

Row = dict[str, object]
View = tuple[str, list[Row]]


def find_view(
    what: str,
    view: str | None,
    *,
    incident: str | None = None,
    documents: Sequence[Path] = (),
) -> Iterator[View]:
    """Yield the titles and rows of the tables asked for.

    Parameters
    ----------
    incident
        Id of the one incident of a file to show.
    documents
        Further documents that the incidents of a file name.

    Raises
    ------
    UnknownNameError
        If nothing carries the name; with the nearest names.
    """
    path = Path(what)
    if _holds_run(path):
        yield from run_views(path, view)
        return
    if what == "network" or (path.is_dir() and (path / "hubs.csv").exists()):
        yield from _network_views(path if what != "network" else network_folder(), view)
    elif what in {"incidents", "documents"}:
        yield from _catalogue_views(open_catalogue(), what if view is None else view)
    elif path.is_file() or what in scenario_names():
        file = path if path.is_file() else find_scenario(what)
        if incident is None:
            yield from _file_views(file, view, documents)
        else:
            yield from _chain_in_file(file, incident, documents)
    elif path.suffix in {".yaml", ".yml"}:
        find_scenario(what)
    else:
        catalogue = open_catalogue()
        if what not in catalogue.incidents:
            known = ["network", "incidents", "documents", *scenario_names(), *catalogue.incidents]
            raise UnknownNameError(
                "name", what, nearest_names(what, known),
                otherwise="show a file, `network`, `incidents`, `documents`, or an incident's id",
            )  # fmt: skip
        yield from incident_views(catalogue.incidents[what], catalogue)


def _holds_run(folder: Path) -> bool:
    """Tell whether a folder is that of a run; it too has a ``hubs.csv`` and a ``links.csv``."""
    return any((folder / name).exists() for name in ("summary.json", "provenance.json"))


def _network_views(folder: Path, view: str | None) -> Iterator[View]:
    from netmodel.network.rows import network_rows
    from netmodel.network.tables import read_network

    network = read_network(folder)
    rows = network_rows(network)
    for name in (view,) if view else ("hubs", "links", "stations"):
        if f"{name}.csv" not in rows:
            raise UnknownNameError("view of a network", str(name), ("hubs", "links", "stations"))
        columns, table = rows[f"{name}.csv"]
        kept = [column for column in columns if any(row.get(column) for row in table)]
        yield f"{network!r} {name}", [{each: row.get(each, "") for each in kept} for row in table]


def _file_views(path: Path, view: str | None, documents: Sequence[Path]) -> Iterator[View]:
    from netmodel.study.check import tell_kind

    match tell_kind(path):
        case "incidents":
            yield from _catalogue_views(open_catalogue(path, documents), view or "incidents")
        case "documents":
            from netmodel.evidence.files import read_catalogue

            yield from _catalogue_views(read_catalogue([path]), "documents")
        case _:
            yield from _scenario_views(path, view)


def _chain_in_file(path: Path, incident: str, documents: Sequence[Path]) -> Iterator[View]:
    """Yield the chain of an incident of an incidents file, or of those a scenario names."""
    from netmodel.study.check import tell_kind
    from netmodel.study.reading import read_inputs

    if tell_kind(path) == "scenario":
        catalogue = read_inputs(path)[1].catalogue
    else:
        catalogue = open_catalogue(path, documents)
    if incident not in catalogue.incidents:
        raise UnknownNameError(
            "incident", incident, nearest_names(incident, catalogue.incidents),
            otherwise=f"`netmodel show {path}` lists those that there are",
        )  # fmt: skip
    yield from incident_views(catalogue.incidents[incident], catalogue)


def _catalogue_views(catalogue: Catalogue, view: str) -> Iterator[View]:
    if view == "documents":
        yield (
            f"{len(catalogue.documents)} documents",
            [
                {
                    "id": each.id,
                    "publisher": each.publisher,
                    "published": each.published_text,
                    "title": each.title or "",
                    "url": each.url or "",
                }
                for each in catalogue.documents.values()
            ],
        )
    elif view == "incidents":
        incidents = catalogue.incidents.values()
        yield f"{len(catalogue.incidents)} incidents", [_incident_row(each) for each in incidents]
    else:
        raise UnknownNameError("view of a catalogue", view, ("incidents", "documents"))


def _incident_row(incident: Incident) -> Row:
    resolution = resolve_incident(incident)
    return {
        "id": incident.id,
        "place": "; ".join(str(place) for place in incident.places),
        "effect": incident.effect,
        "start": str(resolution.start),
        "first_traffic": str(resolution.first_traffic),
        "full_service": str(resolution.full_service),
        "claims": len(incident.claims),
        "conflicts": len(resolution.conflicts),
        "title": incident.title,
    }


def incident_views(incident: Incident, catalogue: Catalogue) -> Iterator[View]:
    """Yield the chain of one incident: bounds, claims with their documents, conflicts."""
    resolution = resolve_incident(incident)
    set_aside = dict(resolution.set_aside)
    yield (
        f"{incident.id}: {incident.title}",
        [
            {"milestone": name, "bounds (UTC)": str(resolution.milestone(name))}
            for name in ("start", "first_traffic", "full_service")
        ],
    )
    rows: list[Row] = []
    for number, claim in enumerate(incident.claims):
        document = catalogue.documents[claim.document]
        fate = "used" if number in resolution.used else set_aside.get(number, "")
        rows.append(
            {
                "claim": number,
                "about": claim.about,
                "basis": claim.basis,
                "at (UTC)": str(claim.at) if claim.at else "",
                "speaker": claim.speaker,
                "says": claim.says,
                "resolution": fate,
                "document": claim.document,
                "published": document.published_text,
                "url": document.url or "",
            }
        )
    yield f"claims, resolved by {resolution.rule}", rows
    conflicts: Sequence[Row] = [
        {"conflict about": each.about, "claims": list(each.claims), "treatment": each.treatment}
        for each in resolution.conflicts
    ]
    yield ("conflicts" if conflicts else "no conflicts"), list(conflicts)


def _scenario_views(path: Path, view: str | None) -> Iterator[View]:
    from netmodel.study.run import run_scenario

    run = run_scenario(path)
    views = {
        "incidents": _run_incidents,
        "outages": _run_outages,
        "timeline": _run_timeline,
    }
    for name in (view,) if view else tuple(views):
        if name not in views:
            raise UnknownNameError("view of a scenario", str(name), tuple(views))
        yield f"{run.name}: {name}", views[name](run)


def _run_incidents(run: Run) -> list[Row]:
    return [
        {**_incident_row(each.incident), "outages": len(each.outages), "reason": each.reason}
        for each in run.placements
    ]


def _run_outages(run: Run) -> list[Row]:
    return [
        {str(column): value for column, value in row.items()}
        for row in run.outages.reset_index().to_dict("records")
    ]


def _run_timeline(run: Run) -> list[Row]:
    outages = run.timeline.outages
    return [
        {
            "state": state.number,
            "start": format_instant(state.start),
            "end": format_instant(state.end),
            "links out": sorted({outages[each].link for each in state.active}),
            "in doubt": sorted({outages[each].link for each in state.possible - state.certain}),
        }
        for state in run.timeline.states
    ]
