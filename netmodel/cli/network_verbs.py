"""The verbs of ``netmodel network``: check, import and export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netmodel.cli.output import ForceOption, say_note

app = typer.Typer(
    name="network",
    help="Check a network, bring your own, or take one out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_BUILT_IN = "built-in"
NetworkArgument = Annotated[
    str, typer.Argument(help="A network folder, .gpkg or .graphml; the built-in one by default")
]


@app.command("check")
def check(
    network: NetworkArgument = _BUILT_IN,
    accepted: Annotated[
        Path | None,
        typer.Option("--accepted", help="CSV of rule,id,reason; accepted.csv in the folder"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for a program")] = False,
) -> None:
    """Check a network; exit 1 when there is a finding that nobody has accepted."""
    from netmodel.cli.output import print_json
    from netmodel.network.formats import read_network
    from netmodel.network.review import check_network, read_accepted

    path = _path_of(network)
    report = check_network(
        read_network(path, name=_BUILT_IN if network == _BUILT_IN else ""),
        read_accepted(accepted or path) if accepted or path.is_dir() else (),
    )
    if json:
        print_json(
            [
                {"rule": each.rule, "id": each.id, "what": each.what, "remedy": each.remedy,
                 "accepted": each.accepted}
                for each in report.findings
            ]
        )  # fmt: skip
    else:
        typer.echo("\n".join(report.lines()))
    if not report.passed:
        raise typer.Exit(1)


@app.command("import")
def import_verb(
    source: Annotated[
        Path,
        typer.Argument(help=".osm.pbf, GeoPackage, GeoJSON or shapefile of lines, or a folder"),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder (or .gpkg) to write")],
    hubs: Annotated[
        str,
        typer.Option(
            "--hubs", help="junctions, stations, 'towns over N', a file of names, or names"
        ),
    ] = "",
    clip: Annotated[
        str, typer.Option("--clip", help="west,south,east,north, or a file of polygons")
    ] = "",
    snap_m: Annotated[
        float | None,
        typer.Option("--snap", help="Join ends within so many metres; 30 for lines, 0 for OSM"),
    ] = None,
    parallel: Annotated[
        str, typer.Option("--parallel", help="attribute (counted in tracks) or links")
    ] = "attribute",
    hub_m: Annotated[
        float, typer.Option("--hub", help="Switches within so much track are one hub, metres")
    ] = 400.0,
    stub_m: Annotated[
        float, typer.Option("--stub", help="Shorter dead ends belong to their hub, metres")
    ] = 1000.0,
    station_m: Annotated[
        float, typer.Option("--station", help="How far a station may lie from its track, metres")
    ] = 300.0,
    include: Annotated[
        str, typer.Option("--include", help="Kinds to read too: light_rail,tram,disused,…")
    ] = "",
    without: Annotated[
        str, typer.Option("--without", help="Service tracks to leave out: yard,siding,spur")
    ] = "",
    stations: Annotated[
        Path | None, typer.Option("--stations", help="A file of points with names")
    ] = None,
    layer: Annotated[str, typer.Option("--layer", help="Which layer of a GeoPackage")] = "",
    id_column: Annotated[str, typer.Option("--id", help="The column that names a line")] = "",
    crs: Annotated[str, typer.Option("--crs", help="Of a file that states none")] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="Of a shapefile's text")] = "",
    name_key: Annotated[
        str, typer.Option("--names", help="Which name is the main one, such as name:en")
    ] = "name",
    force: ForceOption = False,
) -> None:
    """Bring your own network, with an account of every feature in account.csv."""
    from netmodel.importing.importer import Joining, import_network
    from netmodel.network.formats import check_target, write_network

    check_target(out, account=True, force=force)
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
        name_key=name_key,
        name=out.stem,
    )  # fmt: skip
    write_network(imported.network, out, account=imported.account, force=force, note=say_note)
    typer.echo("\n".join(imported.account.lines()))
    typer.echo(f"{imported.network!r}\nwritten to {out}; check it by: netmodel network check {out}")


@app.command("export")
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
    typer.echo(f"{read!r}\nwritten to {out}")


def _path_of(network: str) -> Path:
    from netmodel.files.shipped import network_folder

    return network_folder() if network == _BUILT_IN else Path(network)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
