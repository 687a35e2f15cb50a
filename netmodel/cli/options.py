"""Options and arguments that several verbs share, and the examples under their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

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
    typer.Option("--documents", help="Further files of documents that the incidents name"),
]
LangOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--lang", help="Language of report.html, en or uk (report.md is in English)"),
]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Keep a folder that is in the way as NAME.old, then write"),
]
