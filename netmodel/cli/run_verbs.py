"""The verbs run, list, check, schema and repair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netmodel.cli.output import (
    DocumentsOption,
    ForceOption,
    GpkgOption,
    JsonOption,
    LangOption,
    NetworkOption,
    ScenarioArgument,
    XlsxOption,
    examples,
    say,
    say_note,
)
from netmodel.cli.report_verbs import check_language
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names

if TYPE_CHECKING:
    from datetime import datetime

TIME_RULES = ("earliest", "midpoint", "latest")
RUN_EXAMPLES = examples(
    "netmodel run crimea-may-2023",
    "netmodel run scenario.yaml --out runs/mine --lang uk",
    "netmodel run scenario.yaml --rule latest --repair-scale 2 --samples 200",
)
LIST_EXAMPLES = examples("netmodel list", "netmodel list --json")
CHECK_EXAMPLES = examples(
    "netmodel check scenario.yaml",
    "netmodel check incidents.yaml --documents documents.yaml --network my-network",
)
SCHEMA_EXAMPLES = examples(
    "netmodel schema scenario --out scenario.schema.json", "netmodel schema incidents"
)
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
    workers: Annotated[
        int, typer.Option("--workers", help="Number of processes; the result is the same")
    ] = 1,
    lang: LangOption = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Write the figures as PNG and SVG, too")
    ] = False,
    xlsx: XlsxOption = False,
    gpkg: GpkgOption = False,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Run a scenario and write its folder, with report.html."""
    from netmodel.cli.output import emit_table, print_json, show_progress
    from netmodel.cli.show import figure_rows
    from netmodel.files.shipped import find_scenario
    from netmodel.files.whole import check_place
    from netmodel.report.page.headline import write_headline
    from netmodel.report.page.opening import write_opening
    from netmodel.report.run_folder import write_run
    from netmodel.runs.document_files import as_json
    from netmodel.runs.run import find_notices, run_scenario
    from netmodel.words.strings import Phrases

    changes: dict[str, Any] = {}
    if rule is not None:
        changes["time_rule"] = _one_of("rule", rule, TIME_RULES)
    if repair_scale is not None:
        changes["repair_scale"] = repair_scale
    check_language(lang)
    place = out or Path("runs") / find_scenario(scenario).stem
    check_place(place, holds="run", force=force)
    with show_progress() as progress:
        done = run_scenario(
            scenario, samples=samples, seed=seed, workers=workers, progress=progress, **changes
        )
        folder = write_run(
            done.record, place, language=lang, figures=figures, xlsx=xlsx, gpkg=gpkg,
            force=force, note=say_note,
        )  # fmt: skip
    for notice in find_notices(done):
        say_note(str(notice))
    if json:
        print_json({"folder": str(folder), "summary": as_json(done.summary)})
        return
    say(done.summary.title)
    phrases = Phrases("en")
    say(" ".join([*write_opening(done.record, phrases), *write_headline(done.record, phrases)]))
    say("")
    emit_table(figure_rows(done.record))
    say(f"\nreport: {folder / 'report.html'}")


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


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Scenarios (files or shipped names), files of incidents or documents, networks"
        ),
    ],
    documents: DocumentsOption = None,
    network: NetworkOption = None,
) -> None:
    """Check files together and report everything that is wrong, at file:line:column."""
    from netmodel.runs.checking import check_files

    problems: list[Problem] = []
    for name, found in check_files(files, documents=documents or (), network=network):
        problems += found
        if not found:
            say(f"{name}: OK")
    if problems:
        raise InputError(dict.fromkeys(problems))


def schema(
    kind: Annotated[str, typer.Argument(help="scenario, incidents or documents")] = "scenario",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write")] = None,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    from netmodel.files.whole import write_file
    from netmodel.scenario.file import json_schema

    text = json_schema(kind)
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_file(out, text)
        say(f"schema: {out}")


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

    given = dict(_parse_hours(each) for each in hours or ())
    asked = take_scenario(scenario)
    instant = parse_instant("--at", at, asked.zone)
    done = run_scenario(asked)
    plan = plan_run_repairs(done, instant, given, crews=crews, traffic=traffic)
    table = plan.to_table().round(3)
    rows = [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]
    if json:
        print_json({"exact": plan.exact, "lower_bound": plan.lower_bound, "orders": rows})
        return
    emit_table(rows)
    if plan.exact:
        say("\nno order loses less than the first")
    else:
        say(f"\nno order loses less than {plan.lower_bound:.3f} h ({plan.gap:.0%} below the first)")


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


def _parse_hours(text: str) -> tuple[str, float]:
    incident, _, number = text.rpartition("=")
    try:
        return incident.strip(), float(number)
    except ValueError:
        what = f"{text!r} is not INCIDENT=HOURS"
        raise InputError([Problem(what=what, where="--hours")]) from None


def _one_of(option: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        remedy = did_you_mean(nearest_names(value, choices)) or f"one of {', '.join(choices)}"
        raise InputError([Problem(what=f"--{option} {value!r} is not known", remedy=remedy)])
    return value
