"""The documents of a run from their files, checked as far as a report needs them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from netmodel.errors import Problem
from netmodel.study.record_shapes import EvidenceShape, ProvenanceShape, SummaryShape
from netmodel.study.record_tables import REMEDY

_FIGURE_MEMBERS = ("float", "constrained-float", "literal['inf']")
_SAID = {
    "missing": "is missing",
    "model_type": "is no object",
    "dict_type": "is no object",
    "list_type": "is no list",
    "string_type": "is no text",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    **dict.fromkeys(
        ("float_type", "float_parsing", "int_type", "int_parsing", "int_from_float",
         "finite_number", "literal_error"),
        "is no number",
    ),
}  # fmt: skip
"""What is said about each mistake of a shape; what is not here says it itself."""

_SHAPES: Mapping[str, type[BaseModel]] = {
    "summary": SummaryShape,
    "evidence": EvidenceShape,
    "provenance": ProvenanceShape,
}


def read_document(path: Path) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    """Return a document of a run as plain values; ``None``, with the reasons, if it is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_refuse)
        _SHAPES[path.stem].model_validate(value)
    except ValidationError as error:
        return None, list(_shape_problems(path, error))
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        return None, [Problem(what=f"is no JSON ({error.msg})", where=where, remedy=REMEDY)]
    except (ValueError, RecursionError) as error:
        what = f"is no JSON ({error})"
        return None, [Problem(what=what, where=str(path), remedy=REMEDY)]
    return value, []


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")


def _shape_problems(path: Path, error: ValidationError) -> Iterator[Problem]:
    """Yield one problem for each kind of mistake, at the first place that has it."""
    places: dict[tuple[str, ...], set[str]] = {}
    told: dict[tuple[str, ...], str] = {}
    for each in error.errors(include_url=False, include_context=False):
        # A figure is a number or "inf", and each of the two adds its name to the place.
        steps = [part for part in each["loc"] if not str(part).startswith(_FIGURE_MEMBERS)]
        alike = tuple("" if isinstance(part, int) else str(part) for part in steps)
        places.setdefault(alike, set()).add(".".join(map(str, steps)))
        if alike not in told:
            where = ".".join(map(str, steps))
            what = _SAID.get(each["type"]) or each["msg"].removeprefix("Value error, ")
            told[alike] = f"{where} {what}" if where else f"the whole {what}"
    for alike, what in told.items():
        more = len(places[alike]) - 1
        rest = f", and in {more:,} more places" if more else ""
        yield Problem(what=f"{what}{rest}", where=str(path), remedy=REMEDY)


def find_lost_references(
    folder: Path, documents: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Find incidents and documents that the summary or a claim names and the evidence lacks."""
    if "evidence" not in documents:
        return
    evidence = documents["evidence"]
    known = {
        "incidents": {each["id"] for each in evidence["incidents"]},
        "documents": set(evidence["documents"]),
    }
    for number, incident in enumerate(evidence["incidents"]):
        for position, claim in enumerate(incident["claims"]):
            if claim["document"] not in known["documents"]:
                what = f"incidents.{number}.claims.{position}: unknown document"
                yield _lost(folder / "evidence.json", what, claim["document"])
    for number, figure in enumerate(documents.get("summary", {}).get("figures", ())):
        for name, ids in known.items():
            for each in figure[name]:
                if each not in ids:
                    what = f"figures.{number}: unknown {name.removesuffix('s')}"
                    yield _lost(folder / "summary.json", what, each)


def _lost(path: Path, what: str, name: str) -> Problem:
    return Problem(what=f"{what} {name!r}", where=str(path), remedy=REMEDY)
