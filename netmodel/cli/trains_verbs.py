"""The verbs of ``netmodel trains``: show, check and export trains, and assume their ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import (
    JsonOption,
    emit_table,
    examples,
    named_as_options,
    read_day,
    say,
    say_note,
)
from netmodel.errors import InputError, Problem

if TYPE_CHECKING:
    from netmodel.network.railway import Network
    from netmodel.trains.course import Courses
    from netmodel.trains.train import Timetable

app = typer.Typer(
    name="trains",
    help="Show, check or export published trains, or assume their ways.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_BUILT_IN, _DEFAULT = "built-in", ""
TrainsArgument = Annotated[
    str,
    typer.Argument(
        help="A table like services.csv; built-in are those that come along, which is the default "
        "on the built-in network, and services.csv of its folder on another",
        show_default=False,
    ),
]
NetworkOption = Annotated[
    str, typer.Option("--network", help="The network that they run on; the built-in by default")
]


@app.command(
    "show",
    epilog=examples(
        "netmodel trains show --number 85",
        "netmodel trains show --network my-network --json",
        "netmodel trains show runs/ukraine-february-2026 --number 85",
    ),
)
def show(
    trains: TrainsArgument = _DEFAULT,
    number: Annotated[str, typer.Option("--number", help="Only trains of this number")] = "",
    network: NetworkOption = _BUILT_IN,
    json: JsonOption = False,
) -> None:
    """Show trains with the way that they take, or what became of them in the folder of a run."""
    from dataclasses import replace

    from netmodel.errors import UnknownNameError, nearest_names
    from netmodel.trains.course import find_courses

    if trains and (Path(trains) / "summary.json").exists():
        for title, rows in _run_rows(Path(trains), number):
            if not json:
                say(title)
            emit_table(rows, title=title, as_json=json)
        return
    timetable, railway = _read_trains(_name_trains(trains, network), network)
    if number:
        chosen = tuple(each for each in timetable.trains if each.number == number)
        if not chosen:
            numbers = dict.fromkeys(each.number for each in timetable.trains)
            raise UnknownNameError("train", number, nearest_names(number, numbers))
        timetable = replace(timetable, trains=chosen)
    emit_table(list(_rows(timetable, find_courses(timetable, railway))), as_json=json)


@app.command(
    "check",
    epilog=examples("netmodel trains check", "netmodel trains check services.csv --network net"),
)
def check(
    trains: TrainsArgument = _DEFAULT,
    network: NetworkOption = _BUILT_IN,
    documents: Annotated[
        list[Path] | None,
        typer.Option(
            "--documents", help="Files of the documents that the trains name, to check them too"
        ),
    ] = None,
) -> None:
    """Check a table of trains; exit 1 if the network has no way for some of them.

    All mistakes of the table are told at once, unknown stops and documents among them. Without
    `--documents` a document that is not built in is noted.

    A train that takes a day more between two stops than it needs is noted: it may stand for it,
    or have a `+1` too many. So are stays of more than half a day that the clock alone makes, and
    speeds that no train runs.
    """
    from netmodel.evidence.catalogue_file import read_catalogue
    from netmodel.network.formats import built_in_network, read_network
    from netmodel.scenario.train_choice import check_table, find_unknown_documents
    from netmodel.trains.course import find_courses
    from netmodel.trains.odd_times import find_odd_speeds

    trains = _name_trains(trains, network)
    if trains == _BUILT_IN:
        timetable, railway = _read_trains(trains, network)
    else:
        railway = built_in_network() if network == _BUILT_IN else read_network(network)
        known = read_catalogue(documents).documents if documents else None
        timetable = check_table(trains, railway, known)
        unknown = list(find_unknown_documents(timetable, known or {}))
        if unknown:
            say_note(f"{unknown[0]}; name the files of documents with --documents")
    found = find_courses(timetable, railway)
    for train in timetable.trains:
        if train.id in found.without:
            start, end = found.without[train.id]
            say(f"{timetable.where(train)}: no way from {start} to {end}")
    for odd in find_odd_speeds(timetable, railway):
        say_note(str(odd))
    _note_spare_days(timetable, found)
    say(f"{trains}: {len(found.courses):,} of {len(timetable.trains):,} trains have a way")
    if found.without:
        raise typer.Exit(1)


def _note_spare_days(timetable: Timetable, found: Courses) -> None:
    """Note the trains whose clocks alone would leave enough time, and that take a day more."""
    from netmodel.trains.train import DAY_MINUTES

    for course in found.courses.values():
        train = course.train
        for start, end, minutes in train.timed_legs():
            needed = sum(leg.minutes for leg in course.legs if start <= leg.start < end)
            if minutes - DAY_MINUTES >= needed:
                say_note(
                    f"{timetable.where(train)}: {minutes / 60:.1f} h from {train.stops[start]} to "
                    f"{train.stops[end]}; `+1` adds a day to what the clock alone says"
                )


@app.command(
    "ways",
    epilog=examples("netmodel trains ways --out train_ways.csv"),
)
def ways(
    out: Annotated[Path, typer.Option("--out", help="The table to write")],
    trains: TrainsArgument = _DEFAULT,
    network: NetworkOption = _BUILT_IN,
) -> None:
    """Write which way is assumed of trains whose own stops leave it open, and on what it rests."""
    from collections import Counter

    from netmodel.scenario.train_choice import document_days, find_train_documents
    from netmodel.trains.inherited import inherit_ways
    from netmodel.trains.services_file import write_train_ways

    trains = _name_trains(trains, network)
    timetable, railway = _read_trains(trains, network, ways=False)
    published = document_days(find_train_documents(timetable, {}))
    told = inherit_ways(timetable, railway, published=published)
    bases = Counter(train.way.basis for train in told.trains if train.way is not None)
    say(f"{trains}: the stops of {len(told.trains) - bases.total():,} trains tell their way")
    for basis, count in bases.most_common():
        say(f"assumed of {count:,} more: {basis}")
    say(f"written to {write_train_ways(told, out)}")


@app.command("speeds", epilog=examples("netmodel trains speeds --out speeds.csv"))
def speeds(
    out: Annotated[Path, typer.Option("--out", help="The table to write")],
    trains: TrainsArgument = _DEFAULT,
    network: NetworkOption = _BUILT_IN,
) -> None:
    """Write the minutes of every link by kind of train, estimated from published times."""
    from netmodel.trains.speeds import fit_link_speeds, write_link_speeds

    found = fit_link_speeds(*_read_trains(_name_trains(trains, network), network))
    used = [leg for leg in found.legs if not leg.unused]
    say(f"estimated from {len(used):,} timed legs")
    say(f"written to {write_link_speeds(found, out, used=used)}")


@app.command(
    "export",
    epilog=examples("netmodel trains export --gtfs trains.zip --url https://example.org"),
)
def export(
    gtfs: Annotated[Path, typer.Option("--gtfs", help="The GTFS file to write, a .zip")],
    url: Annotated[str, typer.Option("--url", help="Address of whoever publishes the feed")],
    trains: TrainsArgument = _DEFAULT,
    network: NetworkOption = _BUILT_IN,
    start: Annotated[
        str, typer.Option("--from", help="First day of the feed (default: the first validity)")
    ] = "",
    end: Annotated[
        str, typer.Option("--to", help="Last day of the feed (default: the last validity)")
    ] = "",
    zone: Annotated[
        str,
        typer.Option("--zone", help="Zone of the times (default: that of the network)"),
    ] = "",
    publisher: Annotated[str, typer.Option("--publisher", help="Name of the publisher")] = (
        "netmodel"
    ),
) -> None:
    """Write trains with known times as a GTFS feed, and say what was left out."""
    from netmodel.trains.gtfs_export import Publisher, export_gtfs

    timetable, railway = _read_trains(_name_trains(trains, network), network)
    with named_as_options(start="--from", end="--to", zone="--zone"):
        account = export_gtfs(
            timetable,
            railway,
            gtfs,
            publisher=Publisher(
                zone=zone or _zone_of(railway),
                name=publisher,
                url=url,
                agency=railway.about.agency,
            ),
            start=read_day(start, "--from"),
            end=read_day(end, "--to"),
        )
    say("\n".join(account.lines()))
    say(f"written to {gtfs}")


def _zone_of(network: Network) -> str:
    """Return the zone of the times of trains on a network; where it is not known, ask for it."""
    from netmodel.scenario.given import is_built_in

    if network.about.zone:
        return network.about.zone
    if is_built_in(network):
        return "Europe/Kyiv"
    what = "the zone of the trains' times is needed: the network does not tell it"
    remedy = "give that of their timetable, such as --zone Europe/Oslo"
    raise InputError([Problem(what=what, where="--zone", remedy=remedy)])


def _run_rows(folder: Path, number: str) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Yield the trains of a run, what became of them, and what was reported of them."""
    from netmodel.cli.show import table_rows
    from netmodel.errors import UnknownNameError, nearest_names
    from netmodel.runs.columns import write_instants
    from netmodel.runs.record import read_record

    record = read_record(folder)
    services, fates = record.services, record.trains
    if services is None or fates is None:
        yield "the run has no trains", []
        return
    if number and number not in set(services["number"]):
        raise UnknownNameError(
            "train of this run", number, nearest_names(number, services["number"])
        )
    mine = services[services["number"] == number] if number else services
    yield "trains", table_rows(mine.drop(columns="reported").reset_index())
    states = write_instants(record.states[["start", "end"]])
    told = fates[fates["train"].isin(mine.index)].join(states, on="state")
    first = ["state", "start", "end"]
    yield "not as timetabled", table_rows(told[[*first, *fates.columns.drop("state")]])
    reports = [
        (train, found)
        for train, cell in mine["reported"].items()
        for name in str(cell).split(";")
        if (found := record.evidence.claim_named(name)) is not None
    ]
    yield (
        "reported",
        [
            {
                "train": train,
                "incident": incident,
                "speaker": claim.speaker,
                "says": claim.says,
                "document": claim.document,
            }
            for train, (incident, claim) in reports
        ],
    )


def _rows(timetable: Timetable, found: Courses) -> Iterator[dict[str, object]]:
    for train in timetable.trains:
        course = found.courses.get(train.id)
        yield {
            "id": train.id,
            "number": train.number,
            "kind": train.kind,
            "stops": ", ".join(train.stops),
            "days": train.days,
            "from": "" if train.from_date is None else train.from_date.isoformat(),
            "to": "" if train.to_date is None else train.to_date.isoformat(),
            "minutes": "" if course is None else round(course.minutes),
            "hubs": "no way" if course is None else " ".join(course.hubs),
            "way": "stated" if train.way is None else f"assumed ({train.way.basis})",
            "documents": ", ".join(train.documents),
        }


def _name_trains(trains: str, network: str) -> str:
    """Return which trains are meant: without a name those of the network, as in a scenario.

    Raises
    ------
    InputError
        If the network has none.
    """
    from netmodel.scenario.train_choice import SERVICES_FILE

    if trains:
        return trains
    if network == _BUILT_IN:
        return _BUILT_IN
    beside = Path(network) / SERVICES_FILE
    if not Path(network).exists() or beside.is_file():
        return str(beside)
    remedy = "name a table of its trains, such as my/services.csv"
    raise InputError([Problem(what=f"no {SERVICES_FILE} there", where=network, remedy=remedy)])


def _read_trains(trains: str, network: str, *, ways: bool = True) -> tuple[Timetable, Network]:
    """Return trains and the network on which they run.

    Raises
    ------
    InputError
        If either cannot be read, or the built-in trains are to run on another network.
    """
    from netmodel.network.formats import built_in_network, read_network
    from netmodel.trains.course import find_unknown_stops
    from netmodel.trains.services_file import built_in_timetable, read_trains

    railway = built_in_network() if network == _BUILT_IN else read_network(network)
    if trains != _BUILT_IN:
        return read_trains(trains), railway
    timetable = built_in_timetable(ways=ways)
    lacking = [] if network == _BUILT_IN else list(find_unknown_stops(timetable, railway))
    if lacking:
        what = f"the built-in trains are of the built-in network, not of {network}"
        remedy = "name a table of its own trains, or none for its services.csv"
        raise InputError([Problem(what=what, where="trains", remedy=remedy)])
    return timetable, railway
