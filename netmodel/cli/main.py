"""The ``netmodel`` command: thin verbs over the library.

Exit codes: 0 for success, 1 when the answer is no (an ambiguous place, a failed check), 2 for bad
input. A mistake is reported on standard error, never as a traceback.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from netmodel.cli.output import ForceOption, fail, report_problems, say_note
from netmodel.cli.report_verbs import LangOption, check_language, compare, report, validate
from netmodel.cli.show import DocumentsOption, NetworkOption, show
from netmodel.cli.show import match as match_verb
from netmodel.errors import InputError, NetmodelError, Problem, UnknownNameError

app = typer.Typer(
    name="netmodel",
    help="Rail-network disruption: from documents to what stayed connected, and how sure one is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("show")(show)
app.command("match")(match_verb)
app.command("report")(report)
app.command("compare")(compare)
app.command("validate")(validate)


SUB_COMMANDS = {
    "network": "netmodel.cli.network_verbs",
    "restoration": "netmodel.cli.restoration_verbs",
}
"""Sub-commands, imported on use."""


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"netmodel {version('netmodel')}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is", callback=_say_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take the options that stand before a verb."""


OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder to write; runs/NAME by default")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read")]


@app.command("run")
def run_verb(
    scenario: Annotated[str, typer.Argument(help="A YAML file, or the name of a shipped scenario")],
    out: OutOption = None,
    rule: Annotated[
        str | None,
        typer.Option("--rule", help="earliest, midpoint or latest, instead of the scenario's"),
    ] = None,
    repair_scale: Annotated[
        float | None,
        typer.Option("--repair-scale", help="Restoration so many times as slow, such as 2"),
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", help="Draw so many samples of restoration times")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the samples")] = None,
    workers: Annotated[
        int, typer.Option("--workers", help="Processes; the result does not depend on it")
    ] = 1,
    lang: LangOption = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Write figures/ too, PNG and SVG")
    ] = False,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Run a scenario and write its folder, with report.html."""
    from netmodel.cli.output import emit_table, print_json, show_progress
    from netmodel.cli.show import figure_rows
    from netmodel.files.shipped import find_scenario
    from netmodel.files.whole import check_place
    from netmodel.report.run_folder import write_run
    from netmodel.runs.run import find_notices, run_scenario

    changes: dict[str, Any] = {}
    if rule is not None:
        changes["time_rule"] = _one_of("rule", rule, ("earliest", "midpoint", "latest"))
    if repair_scale is not None:
        changes["repair_scale"] = repair_scale
    check_language(lang)
    place = out or Path("runs") / find_scenario(scenario).stem
    check_place(place, holds="run", force=force)
    with show_progress() as progress:
        run = run_scenario(
            scenario, samples=samples, seed=seed, workers=workers, progress=progress, **changes
        )
        folder = write_run(
            run.record, place, language=lang, figures=figures, force=force, note=say_note
        )
    for notice in find_notices(run):
        typer.echo(f"note: {notice}", err=True)
    if json:
        print_json({"folder": str(folder), "summary": dict(run.summary)})
        return
    typer.echo(str(run.summary["title"]))
    emit_table(figure_rows(run.summary))
    typer.echo(f"report: {folder / 'report.html'}")


@app.command("list")
def list_verb(json: JsonOption = False) -> None:
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


@app.command("check")
def check_verb(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Scenarios (files or shipped names), incident or document files, networks"
        ),
    ],
    documents: DocumentsOption = None,
    network: NetworkOption = None,
) -> None:
    """Check files, taken together, and say everything that is wrong, at file:line:column."""
    from netmodel.runs.checking import check_files

    problems: list[Problem] = []
    for name, found in check_files(files, documents=documents or (), network=network):
        problems += found
        if not found:
            typer.echo(f"{name}: in order")
    if problems:
        raise InputError(dict.fromkeys(problems))


@app.command("schema")
def schema_verb(
    kind: Annotated[str, typer.Argument(help="scenario, incidents or documents")] = "scenario",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write")] = None,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    from netmodel.files.whole import write_file
    from netmodel.scenario.schema import json_schema

    text = json_schema(kind)
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_file(out, text)
        typer.echo(f"schema: {out}")


def main() -> None:
    """Run the command and turn every foreseen error into a message and an exit code."""
    for name, module in SUB_COMMANDS.items():
        app.add_typer(importlib.import_module(module).app, name=name)
    try:
        app()
    except InputError as error:
        report_problems(error.problems)
        sys.exit(2)
    except UnknownNameError as error:
        fail(str(error), code=2)
    except NetmodelError as error:
        fail(str(error), code=2)
    except KeyboardInterrupt:
        fail("stopped", code=1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        fail(f"{error.filename or 'file'}: {error.strerror or error}", code=2)


def _one_of(option: str, value: str, choices: tuple[str, ...]) -> str:
    from netmodel.errors import did_you_mean, nearest_names

    if value not in choices:
        remedy = did_you_mean(nearest_names(value, choices)) or f"one of {', '.join(choices)}"
        raise InputError([Problem(what=f"--{option} {value!r} is not known", remedy=remedy)])
    return value
