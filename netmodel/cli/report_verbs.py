"""The verbs report, compare and validate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import (
    BriefOption,
    GpkgOption,
    LangOption,
    NetworkOption,
    XlsxOption,
    examples,
    say,
)
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names

if TYPE_CHECKING:
    from netmodel.runs.record import RunRecord


LANGUAGES = ("en", "uk")
REPORT_EXAMPLES = examples(
    "netmodel report runs/crimea-may-2023 --lang uk",
    "netmodel report runs/crimea-may-2023 --xlsx --gpkg",
)
COMPARE_EXAMPLES = examples("netmodel compare runs/crimea-may-2023 runs/slow --out compare.html")
VALIDATE_EXAMPLES = examples(
    "netmodel validate",
    "netmodel validate --out validation.md",
    "netmodel validate --observations mine.yaml --documents documents.yaml --network my-network",
)


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
    run: Annotated[Path, typer.Argument(help="A folder that netmodel run wrote")],
    lang: LangOption = None,
    xlsx: XlsxOption = False,
    gpkg: GpkgOption = False,
    brief: BriefOption = False,
) -> None:
    """Write the report of a run again, without computing anything."""
    from netmodel.report.run_folder import refresh_reports

    check_language(lang)
    folder = refresh_reports(run, language=lang, xlsx=xlsx, gpkg=gpkg, brief=brief)
    _remark_on_changes(run)
    say(f"report: {folder / 'report.html'}")


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Two or more folders that netmodel run wrote")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Page to write")] = Path("compare.html"),
    lang: LangOption = None,
) -> None:
    """Write one page that shows several runs side by side."""
    from netmodel.files.whole import write_file
    from netmodel.report.compare import render_comparison

    check_language(lang)
    if len(runs) < 2:
        problem = Problem(what="compare needs at least 2 runs", remedy="name another folder")
        raise InputError([problem])
    page = render_comparison(_read_runs(runs), language=lang)
    write_file(out, page)
    _remark_on_changes(*runs)
    say(f"comparison: {out}")


def _read_runs(runs: Sequence[Path]) -> list[RunRecord]:
    """Read several runs; what is wrong with any of them is reported together."""
    from netmodel.runs.record import read_record

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
    from netmodel.cli.output import report_problems
    from netmodel.runs.record import find_changed_files

    report_problems(
        Problem(
            what="was changed since the run wrote it",
            where=f"warning: {run / name}",
            remedy="run the scenario again unless you changed it yourself",
        )
        for run in dict.fromkeys(runs)
        for name in find_changed_files(run)
    )


def validate(
    observations: Annotated[
        list[Path] | None,
        typer.Option(
            "--observations",
            "-i",
            help="A YAML file of observations (default: the built-in observations)",
        ),
    ] = None,
    documents: Annotated[
        list[Path] | None,
        typer.Option("--documents", help="Further files of documents that the observations name"),
    ] = None,
    network: NetworkOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Markdown file to write (default: none is written)"),
    ] = None,
) -> None:
    """Compare results with published timetables, detours, delays, and what became of trains.

    Trains are compared where observations and network are the built-in ones.
    """
    from netmodel.files.whole import write_file
    from netmodel.report.validation_page import render_validation
    from netmodel.validation.comparison import summarise_detours, validate_files
    from netmodel.validation.train_outcomes import summarise_outcomes

    validation, catalogue = validate_files(
        observations or None, documents=documents or (), network=network
    )
    for use in ("calibration", "check"):
        some = summarise_detours(each for each in validation.detours if each.report.use == use)
        say(
            f"{use}: {some.agreeing} of {some.named} named detours agree; "
            f"median error {some.median_error:.0f} min"
        )
    trains = None
    if not observations and network is None:
        from netmodel.validation.train_validation import validate_trains

        trains = validate_trains()
        for half in ("calibration", "check"):
            told = summarise_outcomes(each for each in trains.outcomes if each.half == half)
            say(
                f"{half}: {told.meeting} of {told.located} located reports meet their incident; "
                f"{told.ways_agreeing} of {told.ways} detours and {told.right} of {told.decided} "
                "decisions agree"
            )
    if out is not None:
        write_file(out, render_validation(validation, catalogue.documents, trains=trains))
        say(f"page: {out}")
