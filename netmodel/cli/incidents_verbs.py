"""The verb of ``netmodel incidents``: from a table of disruptions to files of incidents."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import NetworkOption, examples, say, say_note

if TYPE_CHECKING:
    from netmodel.reading.table import TableReading

app = typer.Typer(
    name="incidents",
    help="Make incidents from a table of disruptions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_SHOWN = 5


@app.callback()
def start() -> None:
    """Keep the verb a verb of its own."""


@app.command(
    "from-table",
    epilog=examples(
        "netmodel incidents from-table disruptions.csv --map map.yaml --network net --out mine",
        "netmodel incidents from-table works.xlsx --map map.yaml --out mine",
    ),
)
def from_table(
    file: Annotated[Path, typer.Argument(help="A CSV file or a workbook (.xlsx)")],
    columns: Annotated[
        Path, typer.Option("--map", help="YAML: which columns of the table say what")
    ],
    network: NetworkOption = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the files that are written")
    ] = Path("incidents"),
) -> None:
    """Write the rows of a table as incidents.yaml, with documents.yaml and account.csv.

    Every row is an incident or stands in account.csv with its line and the reason. Exit code 1 if
    no row is an incident.
    """
    from netmodel.files.whole import write_file
    from netmodel.network.formats import built_in_network, read_network
    from netmodel.reading.table import read_table
    from netmodel.scenario.writing import write_documents, write_incidents

    railway = built_in_network() if network is None else read_network(network)
    reading = read_table(file, columns, railway)
    out.mkdir(parents=True, exist_ok=True)
    write_file(out / "account.csv", _account(reading))
    _say_account(reading, out)
    if not reading.incidents:
        raise typer.Exit(1)
    write_file(out / "documents.yaml", write_documents([reading.document]))
    write_file(out / "incidents.yaml", write_incidents(reading.incidents))
    say(f"written: {out / 'incidents.yaml'}, {out / 'documents.yaml'}, {out / 'account.csv'}")


def _account(reading: TableReading) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("where", "fate", "reason", "remedy"))
    told = [("listed", each) for each in reading.listed]
    told += [("partly placed", each) for each in reading.partly]
    for fate, problem in told:
        writer.writerow((problem.where, fate, problem.what, problem.remedy))
    return stream.getvalue()


def _say_account(reading: TableReading, out: Path) -> None:
    say(
        f"rows read: {reading.rows:,} = incidents: {len(reading.incidents):,} "
        f"({reading.placed_share:.1%}) + listed: {len(reading.listed):,}"
    )
    if reading.partly:
        say(f"places not found beside others that were: {len(reading.partly):,}")
    for cause, count in list(reading.without_kind.items())[:_SHOWN]:
        say(f"no kind in the map for {cause}: {count:,}")
    for problem in reading.listed[:_SHOWN]:
        say_note(str(problem))
    if len(reading.listed) > _SHOWN:
        say_note(f"and {len(reading.listed) - _SHOWN:,} more: see {out / 'account.csv'}")
