"""The verbs check and schema: what is wrong with files, and what they may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import DocumentsOption, NetworkOption, examples, say
from netmodel.errors import InputError, Problem

if TYPE_CHECKING:
    from netmodel.network.review import Review

CHECK_EXAMPLES = examples(
    "netmodel check scenario.yaml",
    "netmodel check incidents.yaml --documents documents.yaml --network my-network",
    "netmodel check built-in",
)
SCHEMA_EXAMPLES = examples(
    "netmodel schema scenario --out scenario.schema.json", "netmodel schema incidents"
)


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Scenarios (files or shipped names), files of incidents or documents, networks; "
            "built-in is the record that comes along"
        ),
    ],
    documents: DocumentsOption = None,
    network: NetworkOption = None,
    accepted: Annotated[
        Path | None,
        typer.Option("--accepted", help="CSV: rule,id,reason of contradictions that are right"),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if entries contradict each other")
    ] = False,
) -> None:
    """Check files together and report everything that is wrong, at file:line:column.

    Incidents that are in order are checked against each other too: closures without an end that
    another entry contradicts, and the like. Of drafts, what is still open is listed; then the exit
    code is 1.
    """
    from netmodel.cli.review_verb import say_open
    from netmodel.files.shipped import BUILT_IN
    from netmodel.runs.checking import check_files, tell_kind

    problems: list[Problem] = []
    drafts = [name for name in files if Path(name).is_file() and tell_kind(Path(name)) == "drafts"]
    own = [name for name in files if name != BUILT_IN and name not in drafts]
    for name, found in check_files(own, documents=documents or (), network=network):
        problems += found
        if not found:
            say(f"{name}: OK")
    if problems:
        raise InputError(dict.fromkeys(problems))
    left = sum(say_open(Path(name)) for name in drafts)
    kinds = {path: tell_kind(path) for path in map(Path, own) if path.exists()}
    reviews = list(_review(kinds, documents or (), network, accepted, own=BUILT_IN in files))
    for review in reviews:
        if review.findings or BUILT_IN in files:
            say("\n".join(review.lines(every=True)))
    if left or (strict and not all(review.passed for review in reviews)):
        raise typer.Exit(1)


def _review(
    kinds: Mapping[Path, str],
    documents: Sequence[Path],
    network: Path | None,
    accepted: Path | None,
    *,
    own: bool,
) -> Iterator[Review]:
    """Yield what entries contradict: of the record that comes along, of the files of incidents."""
    incidents = [path for path, kind in kinds.items() if kind == "incidents"]
    if not incidents and not own:
        return
    from netmodel.runs.checking import find_together
    from netmodel.validation.record_review import review_record

    if own:
        yield review_record(accepted=accepted)
    pool, network = find_together(kinds, documents=documents, network=network)
    if incidents:
        yield review_record(incidents, documents=pool, network=network, accepted=accepted)


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
