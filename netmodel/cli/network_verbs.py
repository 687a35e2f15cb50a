"""The verbs of ``netmodel network``: show, check, import and export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netmodel.cli.output import (
    ForceOption,
    JsonOption,
    examples,
    named_as_options,
    read_day,
    say,
    say_note,
)
from netmodel.errors import InputError, Problem

if TYPE_CHECKING:
    from netmodel.network.review_rules import Finding

app = typer.Typer(
    name="network",
    help="Show, check, import or export a network.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_BUILT_IN = "built-in"
NetworkArgument = Annotated[
    str,
    typer.Argument(
        help="A network folder, .gpkg, .graphml or .geojson; built-in is the one that comes along"
    ),
]


@app.command(
    "check",
    epilog=examples("netmodel network check", "netmodel network check my-network --json"),
)
def check(
    network: NetworkArgument = _BUILT_IN,
    accepted: Annotated[
        Path | None,
        typer.Option(
            "--accepted", help="CSV: rule,id,reason (default: accepted.csv of the folder)"
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="List every finding, not one a rule")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if any finding is not in accepted.csv")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check a network; exit 1 if a finding is nearly surely a mistake and not in accepted.csv."""
    from netmodel.cli.output import print_json
    from netmodel.network.formats import read_network
    from netmodel.network.review import check_network, read_accepted

    path = _path_of(network)
    unproven = _find_unproven() if network == _BUILT_IN else ()
    report = check_network(
        read_network(path, name=_BUILT_IN if network == _BUILT_IN else ""),
        read_accepted(accepted or path) if accepted or path.is_dir() else (),
    )
    if json:
        print_json(
            [
                {"rule": each.rule, "id": each.id, "what": each.what, "remedy": each.remedy,
                 "accepted": each.accepted}
                for each in (*report.findings, *unproven)
            ]
        )  # fmt: skip
    else:
        say("\n".join(report.lines(every=every)))
        for each in unproven:
            say(f"accepted {each.rule} {each.id}: {each.accepted}" if each.accepted else str(each))
    passed = report.passed and all(each.accepted for each in unproven)
    if report.mistakes or (strict and not passed):
        raise typer.Exit(1)


@app.command(
    "show",
    epilog=examples("netmodel network show", "netmodel network show my-network --json"),
)
def show(network: NetworkArgument = _BUILT_IN, json: JsonOption = False) -> None:
    """Show what a network has, and what is known of it: zone, agency, publisher and licence."""
    from netmodel.cli.output import emit_table
    from netmodel.network.about import about_rows
    from netmodel.network.formats import read_network

    read = read_network(_path_of(network), name=_BUILT_IN if network == _BUILT_IN else "")
    rows: list[Mapping[str, object]] = [
        {"key": "name", "value": read.name},
        {"key": "hubs", "value": len(read.hubs)},
        {"key": "links", "value": len(read.links)},
        {"key": "stations", "value": len(read.stations)},
        {"key": "length_km", "value": round(float(read.length_km.sum()), 1)},
        *about_rows(read.about),
    ]
    emit_table(rows, as_json=json)


def _find_unproven() -> tuple[Finding, ...]:
    """Return the links for which nothing but closures of their neighbours in the record speaks."""
    from netmodel.validation.record_review import review_record

    return review_record(rules=["unproven_link"]).findings


SourceArgument = Annotated[
    Path,
    typer.Argument(
        help="OpenStreetMap (.osm.pbf, Overpass), lines (.gpkg, .geojson, .shp), GTFS (.zip), "
        "or a network"
    ),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder (or .gpkg, …) to write")]
HubsOption = Annotated[
    str,
    typer.Option(
        "--hubs", help="Which stations become hubs: junctions, stations, 'towns over N', names"
    ),
]
ClipOption = Annotated[
    str,
    typer.Option("--clip", help="Area to keep: west,south,east,north, or a file of polygons"),
]
SnapMOption = Annotated[
    float | None,
    typer.Option("--snap", help="Join line ends closer than this (metres; default: 30, OSM 0)"),
]
ParallelOption = Annotated[
    str,
    typer.Option("--parallel", help="Parallel tracks become: attribute (a number) or links"),
]
HubMOption = Annotated[
    float,
    typer.Option("--hub", help="Merge switches closer than this (metres of track)"),
]
StubMOption = Annotated[
    float, typer.Option("--stub", help="Absorb dead ends shorter than this (metres)")
]
StationMOption = Annotated[
    float, typer.Option("--station", help="Place stations on tracks nearer than this (metres)")
]
IncludeOption = Annotated[
    str,
    typer.Option("--include", help="Further kinds of track: light_rail,tram,disused,…"),
]
WithoutOption = Annotated[
    str, typer.Option("--without", help="Service tracks to leave out: yard,siding,spur")
]
StationsOption = Annotated[
    Path | None,
    typer.Option("--stations", help="A file of stations: points, areas, or CSV with lon, lat"),
]
ColumnsOption = Annotated[
    list[str] | None,
    typer.Option("--column", help="Which column is which, such as minutes=RUNTIME; repeatable"),
]
LayerOption = Annotated[str, typer.Option("--layer", help="Layer of a GeoPackage")]
IdColumnOption = Annotated[str, typer.Option("--id", help="Column with the ids of the lines")]
CrsOption = Annotated[
    str,
    typer.Option("--crs", help="Coordinate system, such as EPSG:4326"),
]
EncodingOption = Annotated[
    str, typer.Option("--encoding", help="Encoding of a shapefile, such as CP1251")
]
SidesOption = Annotated[
    bool | None,
    typer.Option(
        "--sides/--no-sides",
        help="Fill the sides of hubs, so that reversals cost time (default: for OSM)",
    ),
]
PopulationsOption = Annotated[
    bool, typer.Option("--populations", help="Fill inhabitants of stations from GeoNames")
]
NameKeyOption = Annotated[
    str, typer.Option("--names", help="OSM tag used as display name, such as name:en")
]
DayOption = Annotated[
    str, typer.Option("--date", help="Day of a GTFS feed (default: its week of most trips)")
]
WeekOption = Annotated[
    str, typer.Option("--week", help="Any day of the week of a GTFS feed to take, from its Monday")
]
RouteTypesOption = Annotated[
    str,
    typer.Option("--route-types", help="Route types of a feed to read: 2,1 (default: railways)"),
]
SamePlaceOption = Annotated[
    float,
    typer.Option("--same-place", help="Stops of one name so near each other are one (metres)"),
]
DemandHubsOption = Annotated[
    int | None,
    typer.Option("--demand-hubs", help="Demand of a feed between so many hubs of most calls"),
]
NetworkOption = Annotated[
    Path | None,
    typer.Option("--network", help="Put the trains of a GTFS feed on this network instead"),
]


@app.command(
    "import",
    epilog=examples(
        "netmodel network import country.osm.pbf --hubs 'towns over 20000' --out my-network",
        "netmodel network import lines.geojson --stations stops.geojson --out my-network.gpkg",
        "netmodel network import my-network --hubs junctions --clip 30,48,33,51 --out small",
        "netmodel network import feed.zip --out my-network",
    ),
)
def import_verb(
    context: typer.Context,
    source: SourceArgument,
    out: OutOption,
    hubs: HubsOption = "",
    clip: ClipOption = "",
    snap_m: SnapMOption = None,
    parallel: ParallelOption = "attribute",
    hub_m: HubMOption = 400.0,
    stub_m: StubMOption = 1000.0,
    station_m: StationMOption = 300.0,
    include: IncludeOption = "",
    without: WithoutOption = "",
    stations: StationsOption = None,
    columns: ColumnsOption = None,
    layer: LayerOption = "",
    id_column: IdColumnOption = "",
    crs: CrsOption = "",
    encoding: EncodingOption = "",
    sides: SidesOption = None,
    populations: PopulationsOption = False,
    name_key: NameKeyOption = "name",
    day: DayOption = "",
    week: WeekOption = "",
    route_types: RouteTypesOption = "",
    same_place_m: SamePlaceOption = 0.0,
    demand_hubs: DemandHubsOption = None,
    network: NetworkOption = None,
    force: ForceOption = False,
) -> None:
    """Import your own network, with an account of every feature in account.csv."""
    from netmodel.importing.gtfs_tables import is_feed
    from netmodel.importing.importer import Joining, import_network
    from netmodel.network.formats import check_target, write_network

    of_feed = is_feed(source)
    options = {each.name or "": each.opts[0] for each in context.command.params}
    _refuse_idle(context, options, of_feed=of_feed)
    if of_feed:
        with named_as_options(**options, date=options["day"]):
            taken = _read_feed_options(
                day, week, route_types, network, same_place_m=same_place_m, demand_hubs=demand_hubs
            )
            _import_feed(source, out, taken, network=network, force=force)
        return

    check_target(out, account=True, force=force)
    with named_as_options(**options):
        imported = import_network(
            source,
            hubs=hubs,
            clip=clip or None,
            joining=Joining(
                snap_m=snap_m, station_m=station_m, hub_m=hub_m, stub_m=stub_m, parallel=parallel,
                leave_out_service=_listed(without),
            ),
            include=_listed(include),
            layer=layer,
            id_column=id_column,
            crs=crs,
            encoding=encoding,
            stations=stations,
            columns=_paired(columns or ()),
            populations=populations,
            sides=sides,
            name_key=name_key,
            name=out.stem,
        )  # fmt: skip
    write_network(imported.network, out, account=imported.account, force=force, note=say_note)
    say("\n".join(imported.account.lines()))
    say(f"{imported.network!r}\nwritten to {out}; check it with: netmodel network check {out}")


_OF_FEEDS = ("day", "week", "route_types", "same_place_m", "demand_hubs", "network")
_OF_BOTH = (*_OF_FEEDS, "source", "out", "force")


def _refuse_idle(context: typer.Context, options: Mapping[str, str], *, of_feed: bool) -> None:
    """Refuse options that say nothing of the source at hand.

    Raises
    ------
    InputError
        With each of them.
    """
    given = [
        name
        for name in options
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE"
    ]
    idle = [each for each in given if (each not in _OF_BOTH if of_feed else each in _OF_FEEDS)]
    what = f"is for {'tracks' if of_feed else 'a GTFS feed'}, and the source is none"
    if idle:
        raise InputError(
            Problem(what=what, where=options[each], remedy="leave it out") for each in idle
        )


def _read_feed_options(
    day: str,
    week: str,
    route_types: str,
    network: Path | None,
    *,
    same_place_m: float,
    demand_hubs: int | None,
) -> dict[str, Any]:
    """Return what is given of how a feed is taken, by the names of its arguments.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    from netmodel.importing.gtfs import find_wrong_options

    taken: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, text, read in (
        ("date", day, lambda text: read_day(text, "--date")),
        ("week", week, lambda text: read_day(text, "--week")),
        ("route_types", route_types, _read_types),
    ):
        try:
            if text:
                taken[name] = read(text)
        except InputError as error:
            problems += error.problems
    problems += find_wrong_options(**taken, same_place_m=same_place_m, demand_hubs=demand_hubs)
    if network is None:
        taken |= {"same_place_m": same_place_m, "demand_hubs": demand_hubs}
    elif same_place_m or demand_hubs is not None:
        what = "--same-place and --demand-hubs are for a feed that becomes a network"
        problems.append(Problem(what=what, remedy="leave them out with --network"))
    if problems:
        raise InputError(problems)
    return taken


def _import_feed(
    source: Path, out: Path, taken: Mapping[str, Any], *, network: Path | None, force: bool
) -> None:
    """Bring a GTFS feed in as a network with its trains, or put its trains on a network."""
    from netmodel.importing.gtfs import import_gtfs, save_feed
    from netmodel.importing.gtfs_matching import match_gtfs, save_matched
    from netmodel.network.formats import check_target, read_network

    check_target(out, account=True, force=force)
    if network is None:
        imported = import_gtfs(source, name=out.stem, **taken)
        save_feed(imported, out, force=force, note=say_note)
        say("\n".join(imported.account.lines()))
        say(f"{imported.network!r}\nwritten to {out}")
    else:
        matched = match_gtfs(source, read_network(network), **taken)
        save_matched(matched, out, force=force, note=say_note)
        say("\n".join(matched.account.lines()))
        trains = matched.account.figures["trains"]
        say(f"{trains:,.0f} train{'s' * (trains != 1)}\nwritten to {out}")


@app.command(
    "export",
    epilog=examples(
        "netmodel network export --out network.gpkg",
        "netmodel network export my-network --out my-network.graphml",
    ),
)
def export(
    network: NetworkArgument = _BUILT_IN,
    out: Annotated[
        Path, typer.Option("--out", "-o", help=".gpkg, .geojson, .graphml, or a folder of CSV")
    ] = Path("network.gpkg"),
    force: ForceOption = False,
) -> None:
    """Write a network in another format; the suffix says which."""
    from netmodel.network.formats import read_network, write_network

    read = read_network(_path_of(network), name=_BUILT_IN if network == _BUILT_IN else "")
    write_network(read, out, force=force, note=say_note)
    say(f"{read!r}\nwritten to {out}")


def _path_of(network: str) -> Path:
    from netmodel.files.shipped import network_folder

    return network_folder() if network == _BUILT_IN else Path(network)


def _paired(texts: Iterable[str]) -> dict[str, str]:
    """Return the columns that texts such as ``minutes=RUNTIME`` name."""
    from netmodel.errors import InputError, Problem

    pairs = [text.partition("=") for text in texts]
    problems = [
        Problem(what=f"{name + mark!r} names no column", where="--column", remedy="minutes=RUNTIME")
        for name, mark, column in pairs
        if not (name.strip() and column.strip())
    ]
    if problems:
        raise InputError(problems)
    return {name.strip(): column.strip() for name, _, column in pairs}


def _read_types(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(each) for each in _listed(text))
    except ValueError:
        what = f"--route-types {text!r} is no list of numbers"
        raise InputError([Problem(what=what, remedy="write for example 2,1")]) from None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
