"""The verbs ``show`` and ``match``, and the tables that they print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import DocumentsOption, JsonOption, NetworkOption, examples
from netmodel.errors import InputError, Problem, UnknownNameError, nearest_names
from netmodel.evidence.incident import QUOTAS
from netmodel.evidence.notes import join_notes
from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.vocabulary import TIMED
from netmodel.files.shipped import find_scenario, network_folder, scenario_names
from netmodel.times import format_instant

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.evidence.incident import Catalogue, Claim, Incident
    from netmodel.evidence.milestone_bounds import Resolution
    from netmodel.network.railway import Network
    from netmodel.outages.matching import Match
    from netmodel.runs.record import RunRecord
    from netmodel.runs.run import Run


Row = dict[str, object]
View = tuple[str, list[Row]]


def find_view(
    what: str,
    view: str | None,
    *,
    incident: str | None = None,
    documents: Sequence[Path] = (),
    network: Path | None = None,
    every: bool = False,
) -> Iterator[View]:
    """Yield the titles and rows of the tables asked for.

    Parameters
    ----------
    every
        Whether the standing closures are shown too, and not the studied incidents alone.
    incident
        Id of the one incident of a file to show.
    documents
        Further documents that the incidents of a file name; by default ``documents.yaml`` beside
        it, if there is one.
    network
        On which the incidents of a file are placed; by default the built-in one where it has
        their places.

    Raises
    ------
    InputError
        If a network is given with something else than a file of incidents, or lacks a place.
    UnknownNameError
        If nothing carries the name; with the nearest names.
    """
    path = Path(what)
    if network is not None:
        _check_takes_network(path)
    if _holds_run(path):
        yield from run_views(path, view, every=every)
        return
    if what == "network" or (path.is_dir() and (path / "hubs.csv").exists()):
        yield from _network_views(path if what != "network" else network_folder(), view)
    elif what in {"incidents", "documents"}:
        yield from _catalogue_views(open_catalogue(), what if view is None else view)
    elif path.is_file() or what in scenario_names():
        file = path if path.is_file() else find_scenario(what)
        if incident is None:
            yield from _file_views(file, view, documents, network, every=every)
        else:
            yield from _chain_in_file(file, incident, documents, network)
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


def _check_takes_network(path: Path) -> None:
    """Refuse a network beside what has one of its own, or needs none."""
    from netmodel.runs.checking import tell_kind

    if not path.is_file() or tell_kind(path) != "incidents":
        what = f"{path} is no file of incidents, which a network is given for"
        remedy = "leave --network out; a scenario and a run have their own network"
        raise InputError([Problem(what=what, where="--network", remedy=remedy)])


def _holds_run(folder: Path) -> bool:
    """Tell whether a folder is that of a run; it too has a ``hubs.csv`` and a ``links.csv``."""
    return any((folder / name).exists() for name in ("summary.json", "provenance.json"))


def _network_views(folder: Path, view: str | None) -> Iterator[View]:
    from netmodel.network.formats import read_network
    from netmodel.network.rows import network_rows

    network = read_network(folder)
    rows = network_rows(network)
    for name in (view,) if view else ("hubs", "links", "stations"):
        if f"{name}.csv" not in rows:
            known = tuple(each.removesuffix(".csv") for each in rows)
            raise UnknownNameError.among("view of a network", str(name), known)
        columns, table = rows[f"{name}.csv"]
        kept = [column for column in columns if any(row.get(column) for row in table)]
        yield f"{network!r} {name}", [{each: row.get(each, "") for each in kept} for row in table]


def _file_views(
    path: Path,
    view: str | None,
    documents: Sequence[Path],
    network: Path | None,
    *,
    every: bool,
) -> Iterator[View]:
    from netmodel.runs.checking import tell_kind

    match tell_kind(path):
        case "incidents":
            catalogue = open_catalogue(path, documents)
            placed = {} if network is None else _place_on(network, catalogue)
            yield from _catalogue_views(catalogue, view or "incidents", placed)
        case "documents":
            from netmodel.evidence.catalogue_file import read_catalogue

            yield from _catalogue_views(read_catalogue([path]), "documents")
        case _:
            yield from _scenario_views(path, view, every=every)


def _place_on(
    network: Path, catalogue: Catalogue, only: str | None = None
) -> dict[str, Resolution]:
    """Return the bounds of incidents, or of one, beside all that ran on a network."""
    from netmodel.network.formats import read_network
    from netmodel.outages.outage import place_incidents

    incidents = [each for each in catalogue.incidents.values() if only in {None, each.id}]
    placements = place_incidents(read_network(network), incidents, catalogue)
    return {each.incident.id: each.resolution for each in placements}


def _chain_in_file(
    path: Path, incident: str, documents: Sequence[Path], network: Path | None
) -> Iterator[View]:
    """Yield the chain of an incident of an incidents file, or of those a scenario names."""
    from netmodel.runs.checking import tell_kind
    from netmodel.scenario.loading import read_scenario

    placed: Resolution | None = None
    if tell_kind(path) == "scenario":
        scenario = read_scenario(path)
        catalogue = scenario.selection.catalogue
        for each in (*scenario.placements, *scenario.background_placements):
            if each.incident.id == incident:
                placed = each.resolution
    else:
        catalogue = open_catalogue(path, documents)
    if incident not in catalogue.incidents:
        raise UnknownNameError(
            "incident", incident, nearest_names(incident, catalogue.incidents),
            otherwise=f"`netmodel show {path}` lists those that there are",
        )  # fmt: skip
    if network is not None:
        placed = _place_on(network, catalogue, incident)[incident]
    yield from incident_views(catalogue.incidents[incident], catalogue, placed)


def _catalogue_views(
    catalogue: Catalogue, view: str, placed: Mapping[str, Resolution] | None = None
) -> Iterator[View]:
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
        found = placed or {}
        rows = [_incident_row(each, found.get(each.id)) for each in catalogue.incidents.values()]
        yield f"{len(catalogue.incidents)} incidents", rows
    else:
        raise UnknownNameError.among("view of a catalogue", view, ("incidents", "documents"))


def _incident_row(incident: Incident, found: Resolution | None = None) -> Row:
    resolution = found or resolve_incident(incident)
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


def incident_views(
    incident: Incident, catalogue: Catalogue, placed: Resolution | None = None
) -> Iterator[View]:
    """Yield the chain of one incident: bounds, claims with their documents, conflicts.

    Parameters
    ----------
    placed
        The bounds that a scenario uses, beside its other incidents; else they are found.
    """
    resolution = placed or find_placed_bounds(incident, catalogue)
    set_aside = dict(resolution.set_aside)
    yield (
        f"{incident.id}: {incident.title}",
        [
            {"milestone": name, "bounds (UTC)": str(resolution.milestone(name))}
            for name in ("start", "first_traffic", "full_service")
        ],
    )
    if resolution.spells:
        yield (
            f"spells: {len(resolution.spells)}",
            [
                {
                    "spell": spell.number,
                    "traffic": ";".join(spell.traffic),
                    "links": ";".join(spell.links) or "all",
                    **{f"{name} (UTC)": str(spell.resolution.milestone(name))
                       for name in ("start", "first_traffic", "full_service")},
                }
                for spell in resolution.spells
            ],
        )  # fmt: skip
    quotas = [
        {"traffic": kind, **{name: getattr(incident, name).get(kind, "") for name in QUOTAS}}
        for kind in incident.traffic
    ]
    if incident.trains_per_day or incident.wagons_per_day:
        yield "limited to", quotas
    if resolution.notes:
        yield "on these times", [{"note": str(each)} for each in resolution.notes]
    rows: list[Row] = []
    for number, claim in enumerate(incident.claims):
        document = catalogue.documents[claim.document]
        fate = "used" if number in resolution.used else str(set_aside.get(number, ""))
        rows.append(
            {
                "claim": number,
                "about": claim.about,
                **_of_what(incident, claim),
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
        {
            "conflict about": each.about,
            "claims": list(each.claims),
            "treatment": str(each.treatment),
        }
        for each in resolution.conflicts
    ]
    yield ("conflicts" if conflicts else "no conflicts"), list(conflicts)


def _of_what(incident: Incident, claim: Claim) -> Row:
    """Return of whose trains and of which closure a claim speaks, where the incident tells."""
    row: Row = {}
    if any(each.traffic for each in incident.claims):
        row["traffic"] = ";".join(claim.traffic)
    if any(each.spell > 1 for each in incident.claims):
        row["spell"] = claim.spell if claim.about in TIMED else ""
    return row


def find_placed_bounds(incident: Incident, catalogue: Catalogue) -> Resolution:
    """Return the bounds of an incident, beside all that ran on the built-in network.

    An incident of another network has the bounds of its own claims.
    """
    from netmodel.network.formats import built_in_network
    from netmodel.outages.outage import place_incidents

    try:
        [placement] = place_incidents(built_in_network(), [incident], catalogue)
    except InputError:
        return resolve_incident(incident, catalogue)
    return placement.resolution


def _scenario_views(path: Path, view: str | None, *, every: bool) -> Iterator[View]:
    from netmodel.runs.run import run_scenario

    run = run_scenario(path)
    studied = {each.incident.id for each in run.placements}
    if every:
        studied |= {each.incident.id for each in run.background}
    views = {"incidents": _run_incidents, "outages": _run_outages, "timeline": _run_timeline}
    for name in (view,) if view else tuple(views):
        if name not in views:
            raise UnknownNameError.among("view of a scenario", str(name), tuple(views))
        yield f"{run.name}: {name}", views[name](run, studied)


def _run_incidents(run: Run, studied: set[str]) -> list[Row]:
    return [
        {
            **_incident_row(each.incident, each.resolution),
            "outages": len(each.outages),
            "reason": join_notes(each.reasons),
        }
        for each in (*run.placements, *run.background)
        if each.incident.id in studied
    ]


def _run_outages(run: Run, studied: set[str]) -> list[Row]:
    return [
        {str(column): value for column, value in row.items()}
        for row in run.outages.reset_index().to_dict("records")
        if row["incident"] in studied
    ]


def _run_timeline(run: Run, studied: set[str]) -> list[Row]:
    outages = run.timeline.outages
    shown = {number for number, each in enumerate(outages) if each.incident in studied}
    doubt = "perhaps out (start or end in doubt)"
    return [
        {
            "state": state.number,
            "start": format_instant(state.start),
            "end": format_instant(state.end),
            "links out": sorted({outages[n].link for n in state.active & shown}),
            doubt: sorted(
                {outages[each].link for each in (state.possible - state.certain) & shown}
            ),
        }
        for state in run.timeline.states
    ]


_TABLES = {
    "hubs": "hubs", "links": "links", "outages": "outages", "timeline": "states",
    "trains": "trains", "services": "services", "days": "train_days",
}  # fmt: skip


def run_views(
    folder: Path, view: str | None, *, every: bool = False
) -> Iterator[tuple[str, list[Row]]]:
    """Yield the title, window and figures of a run; or one of its tables.

    Raises
    ------
    InputError
        If the folder is damaged.
    UnknownNameError
        If a run has no such view.
    """
    from netmodel.runs.columns import write_instants
    from netmodel.runs.moment import background_incidents
    from netmodel.runs.record import read_record

    if view is not None and view not in _TABLES:
        raise UnknownNameError.among("view of a run", view, tuple(_TABLES))
    record = read_record(folder)
    summary, window = record.summary, record.summary.window
    title = (
        f"run {summary.name}: {summary.title}; {format_instant(window.start)} to "
        f"{format_instant(window.end)} (UTC), zone {window.zone}"
    )
    if view is not None:
        held = getattr(record, _TABLES[view])
        if held is None:
            known = [name for name, each in _TABLES.items() if getattr(record, each) is not None]
            raise UnknownNameError.among("view of this run", view, known)
        table = write_instants(held)
        table = table if table.index.name is None else table.reset_index()
        rows = table_rows(table)
        if view == "outages" and not every:
            background = background_incidents(record)
            rows = [row for row in rows if row["incident"] not in background]
        yield f"{title}; {view}", rows
        return
    yield title, figure_rows(record, every=every)


def table_rows(table: pd.DataFrame) -> list[Row]:
    """Return the rows of a table, empty where a value is missing, with days as texts."""
    texts = {
        str(name): column.dt.strftime("%Y-%m-%d")
        for name, column in table.select_dtypes("datetime").items()
    }
    shown = table.assign(**texts).astype(object)
    shown = shown.where(table.notna(), "")
    return [{str(name): cell for name, cell in row.items()} for row in shown.to_dict("records")]


def figure_rows(record: RunRecord, *, every: bool = False) -> list[Row]:
    """Return the figures of a run in words, with the range that the evidence leaves.

    Parameters
    ----------
    every
        Whether those that only say that nothing happened are shown too.
    """
    from netmodel.report.page.figures import view_figures
    from netmodel.words.strings import Phrases

    phrases = Phrases("en")
    return [
        {
            "traffic": each.traffic,
            "figure": each.label,
            "value": each.value,
            "range": each.range,
            "documents": each.documents,
        }
        for each in view_figures(record, phrases, {})
        if every or not each.trivial
    ]


def open_catalogue(extra: Path | None = None, documents: Sequence[Path] = ()) -> Catalogue:
    """Return the built-in documents with the built-in incidents, or with those of a file.

    Parameters
    ----------
    documents
        Further documents that the file names; by default ``documents.yaml`` beside it, if there
        is one.
    """
    from netmodel.evidence.catalogue_file import read_catalogue
    from netmodel.files.shipped import incident_files
    from netmodel.runs.checking import pool_documents, tell_kind

    files = incident_files() if extra is None else (extra,)
    if extra is not None and not documents:
        beside = extra.parent / "documents.yaml"
        documents = [beside] if beside.is_file() and tell_kind(beside) == "documents" else ()
    return read_catalogue([*pool_documents(documents), *files])


VIEWS = (
    "hubs", "links", "stations", "incidents", "outages", "timeline", "documents", "trains",
    "services", "days",
)  # fmt: skip
SHOW_EXAMPLES = examples(
    "netmodel show network --view stations",
    "netmodel show 2023-05-18-simferopol-chystenke",
    "netmodel show crimea-may-2023 --view timeline",
    "netmodel show incidents.yaml --incident ID --network my-network",
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
    network: NetworkOption = None,
    json: JsonOption = False,
) -> None:
    """Show a network, incidents, a scenario or a run as tables."""
    from netmodel.cli.output import emit_table, say

    if view is not None and view not in VIEWS:
        raise UnknownNameError.among("view", view, VIEWS)
    views = find_view(
        what, view, incident=incident, documents=documents or (), network=network, every=every
    )
    for title, rows in views:
        if title and not json:
            say(title)
        if rows:
            emit_table(rows, title=title, as_json=json)


def match(
    place: Annotated[
        str,
        typer.Argument(
            help="A hub, station or link; 'A - B' for a section; 'lon,lat'; 'region NAME'; "
            "'town NAME'; or a file of incidents"
        ),
    ],
    network: NetworkOption = None,
    documents: DocumentsOption = None,
    json: JsonOption = False,
) -> None:
    """Show which links a place means.

    Exit code 1 if it is ambiguous or on no link, 2 if nothing has that name. Of a file of incidents
    every place is shown; then 2 if some are unknown or ambiguous, each printed with its line.
    """
    from netmodel.cli.output import emit_table
    from netmodel.network.formats import built_in_network, read_network
    from netmodel.outages.matching import Matcher
    from netmodel.outages.outage import place_incidents

    railway = built_in_network() if network is None else read_network(network)
    path = Path(place)
    if path.suffix in {".yaml", ".yml"}:
        catalogue = open_catalogue(path, documents or ())
        placements = place_incidents(
            railway, catalogue.incidents.values(), catalogue, list_unplaced=True
        )
        matches = [(each.incident.id, match) for each in placements for match in each.matches]
        unplaced = [problem for each in placements for problem in each.unplaced]
    else:
        matches, unplaced = [("", Matcher(railway).match(place))], []
    rows = [row for name, each in matches for row in _match_rows(name, each, railway)]
    emit_table(rows, as_json=json)
    if unplaced:
        raise InputError(unplaced)
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
