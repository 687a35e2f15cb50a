"""The verb ``netmodel validate``: the model beside what trains really did."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def validate(
    observations: Annotated[
        list[Path] | None,
        typer.Option("--observations", "-i", help="A YAML file of observations; the built-in one"),
    ] = None,
    documents: Annotated[
        list[Path] | None,
        typer.Option("--documents", help="Further documents that the observations name"),
    ] = None,
    network: Annotated[
        Path | None, typer.Option("--network", help="Folder of a network; the built-in one")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Markdown file to write")] = Path(
        "docs/validation.md"
    ),
) -> None:
    """Compare the model with timetables, ways round and waits from documents."""
    from netmodel.report.validation_page import render_validation
    from netmodel.study.validation import summarise_detours
    from netmodel.study.validation_inputs import validate_files

    validation, catalogue = validate_files(
        observations or None, documents=documents or (), network=network
    )
    write_page(out, render_validation(validation, catalogue.documents))
    for use in ("calibration", "check"):
        some = summarise_detours(each for each in validation.detours if each.report.use == use)
        typer.echo(
            f"{use}: {some.agreeing} of {some.named} named ways agree; "
            f"median error {some.median_error:.0f} min"
        )
    typer.echo(f"page: {out}")


def write_page(path: Path, text: str) -> None:
    """Write a page, with its folder where that is missing.

    Raises
    ------
    InputError
        If the place cannot be written.
    """
    from netmodel.errors import InputError, Problem

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = Problem(what=f"cannot write ({error.strerror})", where=str(path))
        raise InputError([problem]) from None
