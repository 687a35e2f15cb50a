"""The verbs ``report`` and ``compare``: pages from runs that are already written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names

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
    """Render the report of a run again, without computing anything."""
    from netmodel.report.folder import write_run
    from netmodel.study.record import read_record

    check_language(lang)
    folder = write_run(read_record(run), run, language=lang)
    typer.echo(f"report: {folder / 'report.html'}")


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Two or more folders that `run` wrote")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Page to write")] = Path("compare.html"),
    lang: LangOption = None,
) -> None:
    """Write one page that shows several runs side by side."""
    from netmodel.report.compare import render_comparison
    from netmodel.report.folder import write_text
    from netmodel.study.record import read_record

    check_language(lang)
    if len(runs) < 2:
        problem = Problem(what="compare needs two runs at least", remedy="name another folder")
        raise InputError([problem])
    page = render_comparison([read_record(run) for run in runs], language=lang)
    write_text(out, page)
    typer.echo(f"comparison: {out}")
