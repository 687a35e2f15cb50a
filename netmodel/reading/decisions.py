"""Files of what a person decided about a draft; the draft itself stays as it was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import Field

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Location, Problem
from netmodel.evidence.catalogue_forms import Text
from netmodel.files.strict import StrictModel
from netmodel.files.whole import write_file
from netmodel.files.yaml import read_yaml, to_yaml, validate
from netmodel.reading.draft import Draft
from netmodel.reading.open_questions import Decision, Question, find_misfit, list_all_questions


class DecisionModel(StrictModel):
    """One decision."""

    question: Text
    about: Text
    do: Text
    values: dict[str, str] = Field(default_factory=dict)


class DecisionsFile(StrictModel):
    """A file of decisions; its first key tells it from other files."""

    decisions_about: Literal["draft"]
    decisions: list[DecisionModel]


def decisions_path(drafts: Path | str) -> Path:
    """Return where the decisions about a file of drafts are kept: beside it.

    Examples
    --------
    >>> decisions_path("articles/drafts.yaml").as_posix()
    'articles/drafts.decisions.yaml'
    """
    return Path(drafts).with_suffix(".decisions.yaml")


@refuse_wrong_kinds
def read_decisions(path: Path | str) -> tuple[Decision, ...]:
    """Read a file of decisions, as `write_decisions` or the page of a review writes it.

    Raises
    ------
    InputError
        With every mistake at ``file:line:column``.
    """
    source = read_yaml(Path(path))
    file = validate(source, DecisionsFile)
    found: dict[str, Decision] = {}
    problems: list[Problem] = []
    for at, model in enumerate(file.decisions):
        where = source.where(("decisions", at))
        try:
            decision = Decision(
                question=model.question, about=model.about, do=model.do, values=model.values
            )
        except InputError as error:
            problems += [replace(each, where=f"{where}: {each.where}") for each in error.problems]
            continue
        if decision.question in found:
            what = f"question {decision.question!r} is decided twice"
            problems.append(Problem(what=what, where=where))
        found[decision.question] = decision
    if problems:
        raise InputError(problems)
    return tuple(found.values())


@refuse_wrong_kinds
def write_decisions(decisions: Iterable[Decision], path: Path | str) -> Path:
    """Write decisions into a file, whole or not at all; return its path.

    Raises
    ------
    InputError
        If something else than a file of decisions is there, or the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> one = Decision(question="x/incident", about="X", do="accept")
    >>> path = write_decisions([one], Path(tempfile.mkdtemp()) / "d.decisions.yaml")
    >>> read_decisions(path) == (one,)
    True
    """
    path = Path(path)
    if path.exists():
        read_decisions(path)  # Refuses what is not of its kind.
    write_file(path, decisions_text(decisions))
    return path


def decisions_text(decisions: Iterable[Decision]) -> str:
    """Return the text of a file of decisions."""
    told = []
    for each in decisions:
        form: dict[str, object] = {"question": each.question, "about": each.about, "do": each.do}
        told.append(form | ({"values": dict(each.values)} if each.values else {}))
    return to_yaml({"decisions_about": "draft", "decisions": told})


def locate_questions(path: Path | str, questions: Iterable[Question]) -> tuple[str, ...]:
    """Return where in a file of drafts each question has its cause, as ``file:line:column``."""
    source = read_yaml(Path(path), draft=True)
    value = source.value
    incidents = value.get("incidents") if isinstance(value, dict) else []
    place = {
        each.get("id"): at
        for at, each in enumerate(incidents if isinstance(incidents, list) else [])
        if isinstance(each, dict)
    }
    found = []
    for each in questions:
        at: Location = ("incidents", place.get(each.incident, 0))
        name = each.id.rpartition("/")[2]
        if each.part in ("field", "claim"):
            at = (*at, f"{each.part}s", int(name))
        found.append(source.where(at))
    return tuple(found)


def split_fitting(
    draft: Draft, decisions: Iterable[Decision]
) -> tuple[tuple[Decision, ...], tuple[Problem, ...]]:
    """Return the decisions that fit a draft, and why the others do not.

    A draft that was read anew may put other questions than those that were answered.
    """
    questions = {each.id: each for each in list_all_questions(draft)}
    fitting, problems = [], []
    for each in decisions:
        wrong = find_misfit(each, questions)
        if wrong is None:
            fitting.append(each)
        else:
            problems.append(wrong)
    return tuple(fitting), tuple(problems)
