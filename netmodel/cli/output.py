"""What the verbs share: their options, and what they print."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn, Optional

import typer

from netmodel.errors import InputError, Problem
from netmodel.files.shipped import scenario_names


def examples(*lines: str) -> str:
    """Return the end of a help text: each line an example to copy.

    Examples
    --------
    >>> examples("netmodel list").splitlines()[1:]
    ['Examples:', '  netmodel list']
    """
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def complete_scenario(incomplete: str) -> list[str]:
    """Return the names of scenarios that begin so, for the completion of a shell.

    Examples
    --------
    >>> complete_scenario("crimea-may")
    ['crimea-may-2023']
    """
    return [name for name in scenario_names() if name.startswith(incomplete)]


ScenarioArgument = Annotated[
    str,
    typer.Argument(
        help="A YAML file, or the name of a shipped scenario (see: netmodel list)",
        autocompletion=complete_scenario,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read")]
NetworkOption = Annotated[
    Path | None,
    typer.Option(
        "--network", help="Network: a folder, .gpkg, .graphml or .geojson (default: built-in)"
    ),
]
DocumentsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--documents",
        help="Further files of documents that the incidents name (show and match take "
        "documents.yaml beside them if none is given)",
    ),
]
LangOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--lang", help="Language of report.html, en or uk (report.md is in English)"),
]
XlsxOption = Annotated[
    bool, typer.Option("--xlsx", help="Write a workbook for a spreadsheet, run.xlsx, too")
]
BriefOption = Annotated[
    bool, typer.Option("--brief", help="Write a brief of one page for print, brief.html, too")
]
GpkgOption = Annotated[
    bool, typer.Option("--gpkg", help="Write layers over time for a GIS, run.gpkg, too")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        help="Number of processes or threads (default: 1, or with --executor as many as there are "
        "processors); the result is the same",
    ),
]
ExecutorOption = Annotated[
    str | None,
    typer.Option(
        "--executor",
        help="Who does the work: processes, threads or dask://HOST:PORT; the result is the same",
    ),
]
ResumeOption = Annotated[
    bool,
    typer.Option(
        "--resume/--no-resume",
        help="Go on where work that was interrupted left off; --no-resume does all of it anew",
    ),
]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Keep a folder that is in the way as NAME.old, then write"),
]


Row = Mapping[str, object]
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What would command a terminal, or turn the order of its letters."""
_ARGUMENT = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""A word that can be nothing but the name of an argument."""


def read_day(text: str, option: str) -> date | None:
    """Return the day that an option gives; ``None`` where it is empty.

    Raises
    ------
    InputError
        If the text is not a date.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        what = f"{option} {text!r} is not a date"
        raise InputError([Problem(what=what, remedy="write for example 2026-02-15")]) from None


@contextmanager
def named_as_options(**options: str) -> Iterator[None]:
    """Tell what is wrong with an argument by the option of the shell that gave it.

    Parameters
    ----------
    **options
        The option of each argument, such as ``start="--from"``.

    Raises
    ------
    InputError
        With the problems of the work within.
    """
    try:
        yield
    except InputError as error:
        raise InputError(_by_option(each, options) for each in error.problems) from None


def _by_option(problem: Problem, options: Mapping[str, str]) -> Problem:
    what, remedy = (
        _ARGUMENT.sub(lambda name: options.get(name[0], name[0]), text)
        for text in (problem.what, problem.remedy)
    )
    where = options.get(problem.where, problem.where)
    if problem.where in options:
        remedy = remedy.replace(f"give {problem.where}", f"give {where}")
    return replace(problem, what=what, where=where, remedy=remedy)


def prepare_streams() -> None:
    """Make standard output and error hold every letter, and be there even if they were closed.

    A stream of another encoding gets the code of a letter that it does not have.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Opened at once, it takes the free number, so that no file of ours gets it.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print lines of text on standard output.

    Characters that would command a terminal are shown as their codes.
    """
    sys.stdout.write(clean(text) + "\n")


def emit_table(rows: Sequence[Row], *, title: str = "", as_json: bool = False) -> None:
    """Print rows; the keys of the first one are the columns."""
    if as_json:
        print_json([dict(row) for row in rows])
        return
    columns = list(rows[0]) if rows else []
    if sys.stdout.isatty():
        _print_rich(rows, columns, title)
        return
    lines = ["\t".join(columns), *("\t".join(_cell(row[each]) for each in columns) for row in rows)]
    sys.stdout.write("\n".join(lines) + "\n")


def print_json(value: object) -> None:
    """Print a value as JSON, text as it is."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def report_problems(problems: Iterable[Problem]) -> None:
    """Print each problem on a line of standard error."""
    for problem in problems:
        sys.stderr.write(f"netmodel: {clean(str(problem))}\n")


def say_note(text: str) -> None:
    """Print a note on standard error."""
    sys.stderr.write(f"note: {clean(text)}\n")


def fail(message: str, *, code: int) -> NoReturn:
    """Print a message on standard error and end with an exit code."""
    sys.stderr.write(f"netmodel: {clean(message)}\n")
    sys.exit(code)


def clean(text: str) -> str:
    """Return a text in which no character commands a terminal.

    Examples
    --------
    >>> len(clean(chr(27) + "[31mred"))
    11
    """
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function ``(what, done, total)`` that moves a bar at a terminal.

    Elsewhere it does nothing.
    """
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def advance(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield advance


def _print_rich(rows: Sequence[Row], columns: Sequence[str], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(clean(title)) if title else None, title_justify="left")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        # As Text, so that no brackets in a report are taken for the markup of the library.
        table.add_row(*(Text(_cell(row[column])) for column in columns))
    Console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = "; ".join(str(each) for each in value)
    return clean(str(value).replace("\t", " ").replace("\n", " "))
