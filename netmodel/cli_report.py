"""The verbs ``report`` and ``compare``: pages from runs that are already written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names

if TYPE_CHECKING:
    from netmodel.study.record import RunRecord

LANGUAGES = ("en", "uk")
LangOption = Annotated[
    Optional[str], typer.Option("--lang", help="Language of the page: en, uk (not of report.md)")  # noqa: UP045
]


def check_language(lang: str | None) -> str | None:
    """Return the language if it is one that a page can be written in.

    Raises
    ------
    InputError
        If it is another.

    Examples
    --------
    >>> check_language("uk")
    'uk'
    """
    if lang is not None and lang not in LANGUAGES:
        remedy = did_you_mean(nearest_names(lang, LANGUAGES)) or f"one of {', '.join(LANGUAGES)}"
        raise InputError([Problem(what=f"--lang {lang!r} is not known", remedy=remedy)])
    return lang


def report(
    run: Annotated[Path, typer.Argument(help="A folder that `netmodel run` wrote")],
    lang: LangOption = None,
) -> None:
    """Render the report of a run again (report.md in English), without computing anything."""
    from netmodel.report.folder import refresh_reports

    check_language(lang)
    folder = refresh_reports(run, language=lang)
    _remark_on_changes(run)
    typer.echo(f"report: {folder / 'report.html'}")


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Two or more folders that `run` wrote")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Page to write")] = Path("compare.html"),
    lang: LangOption = None,
) -> None:
    """Write one page that shows several runs side by side."""
    from netmodel.files.whole import write_file
    from netmodel.report.compare import render_comparison

    check_language(lang)
    if len(runs) < 2:
        problem = Problem(what="compare needs two runs at least", remedy="name another folder")
        raise InputError([problem])
    page = render_comparison(_read_runs(runs), language=lang)
    write_file(out, page)
    _remark_on_changes(*runs)
    typer.echo(f"comparison: {out}")


def _read_runs(runs: Sequence[Path]) -> list[RunRecord]:
    """Read several runs; what is wrong with any of them is told together."""
    from netmodel.study.record import read_record

    problems: list[Problem] = []
    records = []
    for run in dict.fromkeys(runs):
        try:
            records.append((run, read_record(run)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    known = dict(records)
    return [known[run] for run in runs]


def _remark_on_changes(*runs: Path) -> None:
    """Say on standard error which files are no longer as their run wrote them."""
    from netmodel.cli_output import report_problems
    from netmodel.study.record import find_changed_files

    report_problems(
        Problem(
            what="is not as the run wrote it",
            where=f"warning: {run / name}",
            remedy="run the scenario again unless you changed it yourself",
        )
        for run in dict.fromkeys(runs)
        for name in find_changed_files(run)
    )
