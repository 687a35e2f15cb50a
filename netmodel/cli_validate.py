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
    from netmodel.files.whole import write_file
    from netmodel.report.validation_page import render_validation
    from netmodel.study.validation import summarise_detours
    from netmodel.study.validation_inputs import validate_files

    validation, catalogue = validate_files(
        observations or None, documents=documents or (), network=network
    )
    write_file(out, render_validation(validation, catalogue.documents))
    for use in ("calibration", "check"):
        some = summarise_detours(each for each in validation.detours if each.report.use == use)
        typer.echo(
            f"{use}: {some.agreeing} of {some.named} named ways agree; "
            f"median error {some.median_error:.0f} min"
        )
    typer.echo(f"page: {out}")
