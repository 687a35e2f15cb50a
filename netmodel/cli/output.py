"""What the command prints: tables at a terminal, tab-separated when piped, JSON when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer

from netmodel.errors import Problem

Row = Mapping[str, object]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Keep a folder that is in the way as NAME.old, and write"),
]


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
        sys.stderr.write(f"netmodel: {problem}\n")


def say_note(text: str) -> None:
    """Print a note on standard error."""
    sys.stderr.write(f"note: {text}\n")


def fail(message: str, *, code: int) -> NoReturn:
    """Print a message on standard error and end with an exit code."""
    sys.stderr.write(f"netmodel: {message}\n")
    sys.exit(code)


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a progress callback; it draws only at a terminal."""
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

    table = Table(title=title or None, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]).replace("[", "\\[") for column in columns))
    Console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)
    return str(value).replace("\t", " ").replace("\n", " ")
