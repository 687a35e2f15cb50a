"""The verb review: a person goes through what a draft leaves open, one question at a time."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import (
    ForceOption,
    LangOption,
    NetworkOption,
    examples,
    say,
    say_note,
)
from netmodel.errors import InputError

if TYPE_CHECKING:
    from netmodel.reading.draft import Draft
    from netmodel.reading.open_questions import Decision, Question

REVIEW_EXAMPLES = examples(
    "netmodel review drafts.yaml",
    "netmodel review drafts.yaml --browser",
    "netmodel review drafts.yaml --decisions ~/Downloads/drafts.decisions.yaml",
)
HOLDS = "accepted drafts"
"""What the folder of accepted incidents is."""


def review(
    drafts: Annotated[Path, typer.Argument(help="A file that netmodel read wrote")],
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", help="Decisions to take over, such as those of the page"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for what is accepted (default: NAME-accepted)"),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser", help="Write a page to review in a browser instead")
    ] = False,
    network: NetworkOption = None,
    lang: LangOption = None,
    force: ForceOption = False,
) -> None:
    """Go through what a draft leaves open, and write what a person accepted.

    What was decided is kept beside the draft, in NAME.decisions.yaml, after every answer; the draft
    itself stays as it was read. Incidents of which nothing is open any more are written as
    incidents.yaml and documents.yaml. Exit code 1 while anything is open. Questions are asked at a
    terminal; elsewhere, such as in a pipe or a notebook, give --browser or --decisions.
    """
    from netmodel.cli.review_walk import Walk
    from netmodel.network.formats import built_in_network, read_network
    from netmodel.reading.decisions import decisions_path
    from netmodel.reading.draft_file import read_draft
    from netmodel.reading.open_questions import list_questions

    draft = read_draft(drafts)
    kept_in = decisions_path(drafts)
    made = _gather(draft, kept_in, decisions)
    if browser:
        _write_page(draft, made, drafts, lang)
        return
    at_terminal = sys.stdin.isatty()
    if not at_terminal and decisions is None and list_questions(draft, made):
        say_note(
            "questions are asked at a terminal, and this is none: go through them with --browser, "
            "or give what was decided with --decisions FILE"
        )
    if at_terminal and draft.incidents and (decisions is None or list_questions(draft, made)):
        railway = built_in_network() if network is None else read_network(network)
        walk = Walk(draft=draft, texts=_find_texts(draft, drafts), railway=railway, kept_in=kept_in)
        made = walk.go(made)
    _finish(draft, made, out or drafts.with_name(f"{drafts.stem}-accepted"), force=force)
    if list_questions(draft, made):
        raise typer.Exit(1)


def _gather(draft: Draft, kept_in: Path, given: Path | None) -> tuple[Decision, ...]:
    """Return what was decided before, with the decisions of a file taken over."""
    from netmodel.reading.decisions import read_decisions, split_fitting, write_decisions
    from netmodel.reading.open_questions import apply_decisions

    earlier, gone = split_fitting(draft, read_decisions(kept_in) if kept_in.exists() else ())
    for problem in gone:
        say_note(f"a decision no longer fits and is left out: {problem}")
    if given is None:
        return earlier
    taken, wrong = split_fitting(draft, read_decisions(given))
    if wrong:
        raise InputError(wrong)
    made = tuple({each.question: each for each in (*earlier, *taken)}.values())
    apply_decisions(draft, made)
    write_decisions(made, kept_in)
    return made


def _find_texts(draft: Draft, drafts: Path) -> Mapping[str, str]:
    """Return the texts of the articles that are at hand and are still those that were read."""
    from netmodel.reading.article_texts import find_texts

    texts, problems = find_texts(draft.articles, drafts.parent)
    for problem in problems:
        say_note(f"only the quotations are shown: {problem}")
    return texts


def _write_page(draft: Draft, made: Sequence[Decision], drafts: Path, lang: str | None) -> None:
    from netmodel.cli.report_verbs import check_language
    from netmodel.report.review_page import write_review_page

    check_language(lang)
    page = drafts.with_suffix(".review.html")
    write_review_page(
        draft, page, decisions=made, texts=_find_texts(draft, drafts), language=lang,
        drafts=drafts.name,
    )  # fmt: skip
    say(f"page: {page}")
    say(f"save the decisions there, then: netmodel review {drafts} --decisions FILE")


def _finish(draft: Draft, made: Sequence[Decision], out: Path, *, force: bool) -> None:
    """Write what is accepted, and say how much is open."""
    from netmodel.evidence.catalogue_file import built_in_catalogue
    from netmodel.files.whole import complete_folder
    from netmodel.reading.open_questions import accept_draft, list_questions
    from netmodel.scenario.writing import write_documents, write_incidents

    accepted = accept_draft(draft, made, record=built_in_catalogue())
    left = list_questions(draft, made)
    waiting = len({each.incident for each in left})
    dropped = len(draft.incidents) - len(accepted.incidents) - waiting
    if accepted.incidents:
        with complete_folder(out, holds=HOLDS, force=force, note=say_note) as partial:
            for name, text in (
                ("incidents.yaml", write_incidents(accepted.incidents.values())),
                ("documents.yaml", write_documents(accepted.documents.values())),
            ):
                (partial / name).write_text(text, encoding="utf-8", newline="")
        say(f"written: {out / 'incidents.yaml'}, {out / 'documents.yaml'}")
    say(
        f"incidents accepted: {len(accepted.incidents)}, open: {waiting}, dropped or joined: "
        f"{dropped}; questions open: {len(left)}"
    )


def say_open(path: Path) -> int:
    """Print what is open in a file of drafts, each with its line; return how many that is."""
    from netmodel.reading.decisions import decisions_path, locate_questions, read_decisions
    from netmodel.reading.decisions import split_fitting as split
    from netmodel.reading.draft_file import read_draft
    from netmodel.reading.open_questions import list_questions

    draft, kept_in = read_draft(path), decisions_path(path)
    made = split(draft, read_decisions(kept_in))[0] if kept_in.exists() else ()
    left = list_questions(draft, made)
    for question, where in zip(left, locate_questions(path, left), strict=True):
        say(f"{where}: open: {_describe(question)}")
    say(f"{path}: a draft; questions open: {len(left)}; next: netmodel review {path}")
    return len(left)


def _describe(question: Question) -> str:
    match question.part:
        case "incident":
            return f"is it an incident of its own? {question.about}"
        case "missing":
            return f"{question.incident} has {question.about}"
        case _:
            why = ", ".join(f"{each.name} {each.sure}: {each.why}" for each in question.doubtful)
            return f"{question.about} ({why})"
