"""The verbs run, new, list and repair."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netmodel.cli.output import (
    BriefOption,
    ExecutorOption,
    ForceOption,
    GpkgOption,
    JsonOption,
    LangOption,
    ResumeOption,
    ScenarioArgument,
    WorkersOption,
    XlsxOption,
    examples,
    named_as_options,
    say,
    say_note,
)
from netmodel.cli.report_verbs import check_language
from netmodel.errors import InputError, NetmodelError, Problem, did_you_mean, nearest_names

if TYPE_CHECKING:
    from datetime import date, datetime

    from netmodel.runs.run import Run

WATCH_SECONDS = 1.0
"""Between two looks at the files of a scenario that is watched."""
_PAUSE = partial(time.sleep, WATCH_SECONDS)
TIME_RULES = ("earliest", "midpoint", "latest")
RUN_EXAMPLES = examples(
    "netmodel run crimea-may-2023",
    "netmodel run scenario.yaml --out runs/mine --lang uk",
    "netmodel run scenario.yaml --rule latest --repair-scale 2 --samples 200",
    "netmodel run scenario.yaml --watch",
)
NEW_EXAMPLES = examples(
    "netmodel new my-study",
    "netmodel new my-study --network my-network --place 'Aton - Beton' --zone Europe/Berlin",
    "netmodel new my-study --network feed.zip --place 'Aton - Beton'",
)
LIST_EXAMPLES = examples("netmodel list", "netmodel list --json")
REPAIR_EXAMPLES = examples(
    "netmodel repair crimea-may-2023 --at 2023-05-18T12:00+03:00",
    "netmodel repair scenario.yaml --at 2023-05-18T09:00Z --crews 2 --hours bridge=72",
)


def run(
    scenario: ScenarioArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder to write (default: runs/NAME)")
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option("--rule", help="earliest, midpoint or latest (default: the scenario's)"),
    ] = None,
    repair_scale: Annotated[
        float | None,
        typer.Option(
            "--repair-scale", help="Multiply repair times by this factor (2 = twice as slow)"
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option("--samples", help="Number of random samples of the restoration times"),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the samples")] = None,
    with_: Annotated[
        str | None,
        typer.Option(
            "--with",
            help="Long parts to compute however long they take: waiting, capacity, attribution",
        ),
    ] = None,
    without: Annotated[
        str | None, typer.Option("--without", help="Long parts to leave out: the same names")
    ] = None,
    workers: WorkersOption = None,
    executor: ExecutorOption = None,
    resume: ResumeOption = True,
    lang: LangOption = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Write the figures as PNG and SVG, too")
    ] = False,
    xlsx: XlsxOption = False,
    gpkg: GpkgOption = False,
    brief: BriefOption = False,
    format_: Annotated[
        str,
        typer.Option("--format", help="Of pairs, routes, flows and trains: csv or parquet"),
    ] = "csv",
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            help="Which pairs to write: pairs=none, affected or all "
            "(default: all, of more than a million rows the affected ones)",
        ),
    ] = None,
    force: ForceOption = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Run again whenever a file of the scenario is saved"),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Run a scenario and write its folder, with report.html."""
    from netmodel.cli.output import show_progress
    from netmodel.files.shipped import find_scenario
    from netmodel.files.whole import check_place
    from netmodel.report.run_folder import write_run
    from netmodel.runs.pair_rows import ROWS_KEPT
    from netmodel.runs.parquet import FORMATS
    from netmodel.runs.run import run_scenario

    changes: dict[str, Any] = {}
    if rule is not None:
        changes["time_rule"] = _one_of("rule", rule, TIME_RULES)
    if repair_scale is not None:
        changes["repair_scale"] = repair_scale
    parts = _read_parts(with_, without)
    keep_pairs = _read_keep(keep)
    _one_of("format", format_, FORMATS)
    check_language(lang)
    place = out or Path("runs") / find_scenario(scenario).stem
    check_place(place, holds="run", force=force)

    def render(over: bool) -> tuple[Path, ...]:
        """Run and write once; return the files that were read."""
        with show_progress() as progress:
            done = run_scenario(
                scenario, samples=samples, seed=seed, workers=workers, executor=executor,
                parts=parts, resume=resume, progress=progress, note=say_note, **changes,
            )  # fmt: skip
            folder = write_run(
                done.lay_out(progress, keep_pairs=keep_pairs), place, language=lang,
                figures=figures, xlsx=xlsx, gpkg=gpkg, brief=brief, tables=format_,
                force=over, note=say_note,
            )  # fmt: skip
        if keep_pairs is None and done.record.pair_table.keep != "all":
            say_note(
                f"pairs have more than {ROWS_KEPT:,} rows: only those that an outage touches or "
                "may touch are kept; --keep pairs=all keeps all"
            )
        _say_run(done, folder, as_json=json)
        return done.scenario.origin.files

    files = render(force)
    if watch:
        _render_on_change(files, lambda: render(over=False))


def _read_parts(wanted: str | None, unwanted: str | None) -> dict[str, bool] | None:
    """Return the long parts that are asked for, and those that are left out; ``None`` if none."""
    from netmodel.scenario.settings import PARTS

    parts: dict[str, bool] = {}
    for option, text, chosen in (("--with", wanted, True), ("--without", unwanted, False)):
        for name in filter(None, (part.strip() for part in (text or "").split(","))):
            if name not in PARTS:
                what = f"{option} {name!r} is no part of a run"
                remedy = did_you_mean(nearest_names(name, PARTS)) or f"one of {', '.join(PARTS)}"
                raise InputError([Problem(what=what, remedy=remedy)])
            if name in parts and parts[name] is not chosen:
                raise InputError([Problem(what=f"{name} is asked for and left out")])
            parts[name] = chosen
    return parts or None


def _read_keep(text: str | None) -> str | None:
    """Return which pairs are kept; ``None`` where that is left to their number."""
    from netmodel.runs.pair_table import KEEPS

    if text is None:
        return None
    table, _, chosen = text.partition("=")
    if table != "pairs" or chosen not in KEEPS:
        what = f"--keep {text!r} is not known"
        raise InputError([Problem(what=what, remedy=f"give pairs={', pairs='.join(KEEPS)}")])
    return chosen


def _say_run(done: Run, folder: Path, *, as_json: bool) -> None:
    """Print the notices of a run and its headline figures."""
    from netmodel.cli.output import emit_table, print_json
    from netmodel.cli.show import figure_rows
    from netmodel.report.page.headline import write_headline, write_trains
    from netmodel.report.page.opening import write_opening
    from netmodel.runs import document_files
    from netmodel.runs.run import find_notices
    from netmodel.words.strings import Phrases

    for notice in find_notices(done):
        say_note(str(notice))
    if as_json:
        print_json({"folder": str(folder), "summary": document_files.as_json(done.summary)})
        return
    say(done.summary.title)
    phrases = Phrases("en")
    say(
        " ".join(
            [
                *write_opening(done.record, phrases),
                *write_trains(done.record, phrases),
                *write_headline(done.record, phrases),
            ]
        )
    )
    say("")
    emit_table(figure_rows(done.record))
    say(f"\nreport: {folder / 'report.html'}")


def _render_on_change(
    files: Sequence[Path],
    render: Callable[[], Sequence[Path]],
    pause: Callable[[], None] = _PAUSE,
) -> None:
    """Render again after every change of the files, until the pause is interrupted.

    A mistake in a file is printed, and the next change is waited for.
    """
    from netmodel.cli.output import report_problems

    state = _state_of(files)
    say("watching; stop with Ctrl+C")
    while True:
        pause()
        now = _state_of(files)
        if now == state:
            continue
        try:
            files = render() or files
        except InputError as error:
            report_problems(error.problems)
        except NetmodelError as error:
            say_note(str(error))
        # A change during the work is seen at the next look, one of a new file from now on.
        state = {path: now.get(path, seen) for path, seen in _state_of(files).items()}


def _state_of(files: Sequence[Path]) -> dict[Path, tuple[int, int] | None]:
    """Return when each file was changed, and its size; none where it is not there just now."""
    found: dict[Path, tuple[int, int] | None] = {}
    for path in files:
        try:
            stat = path.stat()
        except OSError:
            found[path] = None
        else:
            found[path] = stat.st_mtime_ns, stat.st_size
    return found


def new(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet, or empty")],
    network: Annotated[
        Path | None,
        typer.Option(
            "--network",
            help="Network: a folder, .gpkg, .graphml, .geojson or a GTFS feed (default: built-in)",
        ),
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", help="'A - B', or one hub or station")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--start", help="When it began: a day or a time")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", help="When trains ran again")] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="Time zone, such as Europe/Berlin")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Of the scenario")] = None,
    title_uk: Annotated[
        str | None,
        typer.Option(
            "--title-uk",
            help="The title in Ukrainian (default: if no title is given)",
        ),
    ] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who reported it")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where the report is")] = None,
) -> None:
    """Write the files of a first scenario, valid as they stand; run it, then change it.

    What no option gives is asked for at a terminal, and has a default elsewhere. A GTFS feed as
    network is imported into the folder, with its trains and the demand that they meet.
    """
    import os

    from netmodel.files.whole import write_file
    from netmodel.importing.gtfs import import_gtfs, save_feed
    from netmodel.importing.gtfs_tables import is_feed
    from netmodel.network.formats import built_in_network, read_network
    from netmodel.scenario.scaffold import scaffold_texts
    from netmodel.words.sentences import word_closure

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = f"{folder} is there already, and not an empty folder"
        raise InputError([Problem(what=what, remedy="choose another name")])
    given = {
        "place": place, "start": start, "end": end, "zone": zone, "title": title,
        "publisher": publisher, "url": url,
    }  # fmt: skip
    feed = None
    if network is None:
        railway, reference = built_in_network(), "built-in"
        given["zone"] = zone or "Europe/Kyiv"
    elif is_feed(network):
        feed = import_gtfs(network, name=folder.name)
        railway, reference = feed.network, "net"
        if start is None and end is None:
            given |= _hours_of(feed.first_day + timedelta(days=1))
        given["demand"] = "net/demand.csv"
    else:
        railway, reference = read_network(network), os.path.relpath(network, folder)
        given |= _find_beside(network, reference, with_times=start is None and end is None)
    given["zone"] = given["zone"] or railway.about.zone
    if not given["zone"]:
        say_note("the times are in UTC, for the network does not tell its zone: give --zone")
    if sys.stdin.isatty():
        given |= {name: _ask(name) for name in ("place", "start", "end") if given[name] is None}
    options: dict[str, Any] = {name: value for name, value in given.items() if value}
    if title_uk or not title:
        options["title_uk"] = title_uk or partial(word_closure, network=railway, language="uk")
    with named_as_options(**{name: f"--{name}" for name in ("place", "start", "end", "zone")}):
        texts = scaffold_texts(railway, reference=reference.replace(os.sep, "/"), **options)
    folder.mkdir(parents=True, exist_ok=True)
    if feed is not None:
        save_feed(feed, folder / "net", note=say_note)
        say("\n".join(feed.account.lines()))
    for name, text in texts.items():
        write_file(folder / name, text)
    say(f"written: {', '.join(str(folder / name) for name in texts if name.endswith('.yaml'))}")
    say(f"run it: netmodel run {folder / 'scenario.yaml'} --watch")


def _find_beside(network: Path, reference: str, *, with_times: bool) -> dict[str, str]:
    """Return the demand in the folder of a network, and a day on which its trains run."""
    from netmodel.scenario.scaffold import find_usual_day
    from netmodel.scenario.train_choice import SERVICES_FILE
    from netmodel.trains.services_file import read_trains

    found = {}
    if (network / "demand.csv").is_file():
        found["demand"] = (Path(reference) / "demand.csv").as_posix()
    if with_times and (network / SERVICES_FILE).is_file():
        day = find_usual_day(read_trains(network / SERVICES_FILE).trains)
        if day is not None:
            found |= _hours_of(day)
    return found


def _hours_of(day: date) -> dict[str, str]:
    return {"start": f"{day}T08:00", "end": f"{day}T17:00"}


_QUESTIONS = {
    "place": "Which line was closed ('A - B'; empty for an example)",
    "start": "When did it begin, such as 2024-03-01T08:00 (empty for an example)",
    "end": "When did trains run again (empty for an example)",
}


def _ask(name: str) -> str:
    answer: str = typer.prompt(_QUESTIONS[name], default="", show_default=False)
    return answer.strip()


def list_scenarios(json: JsonOption = False) -> None:
    """List the scenarios that come with netmodel."""
    from netmodel.cli.output import emit_table
    from netmodel.files.shipped import find_scenario, scenario_names
    from netmodel.scenario.file import read_scenario_file

    rows = []
    for name in scenario_names():
        scenario, _ = read_scenario_file(find_scenario(name))
        rows.append(
            {
                "name": name,
                "from": scenario.window.start,
                "to": scenario.window.end,
                "title": scenario.title,
            }
        )
    emit_table(rows, as_json=json)


def repair(
    scenario: ScenarioArgument,
    at: Annotated[
        str,
        typer.Option(
            "--at",
            help="Instant, such as 2023-05-18T12:00; in the zone of the scenario without an offset",
        ),
    ],
    crews: Annotated[int, typer.Option("--crews", help="Number of crews")] = 1,
    hours: Annotated[
        list[str] | None,
        typer.Option("--hours", help="INCIDENT=HOURS of repair; the rest of the record otherwise"),
    ] = None,
    traffic: Annotated[
        str | None, typer.Option("--traffic", help="passenger or freight (default: the first)")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Find the order in which to restore what is out at an instant, with least loss."""
    from netmodel.cli.output import emit_table, print_json
    from netmodel.repair.order import plan_run_repairs
    from netmodel.runs.run import run as run_scenario
    from netmodel.runs.run import take_scenario

    asked = take_scenario(scenario)
    problems: list[Problem] = []
    given = _parse_hours(hours or (), problems)
    if crews < 1:
        what = f"crews (={crews}) must be a whole number, at least 1"
        problems.append(Problem(what=what, where="--crews"))
    try:
        instant = parse_instant("--at", at, asked.zone)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    done = run_scenario(asked)
    plan = plan_run_repairs(done, instant, given, crews=crews, traffic=traffic)
    table = plan.to_table().round(3)
    rows = [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]
    if json:
        told = {"finding": plan.finding, "exact": plan.exact, "lower_bound": plan.lower_bound}
        print_json({**told, "orders": rows})
        return
    emit_table(rows)
    say(f"\n{plan.finding}")
    if plan.exact:
        say("no order loses less than the first")
    else:
        say(f"no order loses less than {plan.lower_bound:.3f} h ({plan.gap:.0%} below the first)")


def parse_instant(option: str, text: str, zone: str | None = None) -> datetime:
    """Return the instant that an option gives, in a zone where it has no offset.

    Raises
    ------
    InputError
        If the text is not an instant, or one that the clocks of the zone show twice or never, or
        has no offset where there is no zone.
    """
    from netmodel.times import parse_time

    try:
        bounds = parse_time(text, zone=zone)
    except ValueError as error:
        raise InputError([Problem(what=str(error), where=option)]) from None
    if bounds.earliest is None or bounds.earliest != bounds.latest:
        remedy = "give date and time, such as 2023-05-18T09:00Z"
        raise InputError([Problem(what=f"{text!r} is not an instant", where=option, remedy=remedy)])
    return bounds.earliest


def _parse_hours(texts: Iterable[str], problems: list[Problem]) -> dict[str, float]:
    """Return the hours of each incident; what is wrong with them is added to the problems."""
    found = {}
    for text in texts:
        incident, _, number = text.rpartition("=")
        try:
            hours = float(number)
        except ValueError:
            problems.append(Problem(what=f"{text!r} is not INCIDENT=HOURS", where="--hours"))
            continue
        if not 0 < hours < math.inf:
            what = f"hours of {incident.strip()} (={number.strip()}) must be a number > 0"
            problems.append(Problem(what=what, where="--hours"))
        found[incident.strip()] = hours
    return found


def _one_of(option: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        remedy = did_you_mean(nearest_names(value, choices)) or f"one of {', '.join(choices)}"
        raise InputError([Problem(what=f"--{option} {value!r} is not known", remedy=remedy)])
    return value
