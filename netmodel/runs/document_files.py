"""The documents of a run as JSON files: written, and read back with all that is wrong in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from netmodel.errors import Problem
from netmodel.runs.damage import REMEDY
from netmodel.runs.documents import Evidence, Provenance, Summary

DOCUMENTS = ("summary", "evidence", "provenance")
D = TypeVar("D", bound=Summary | Evidence | Provenance)
_SAID = {
    "missing": "is missing",
    "dataclass_type": "is no object",
    "mapping_type": "is no object",
    "dict_type": "is no object",
    "tuple_type": "is no list",
    "string_type": "is no text",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    "int_type": "is no number",
    "int_parsing": "is no number",
    "int_from_float": "is no number",
}
"""What is said about each mistake; what is not here says it itself."""
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def write_document(document: Summary | Evidence | Provenance, path: Path) -> None:
    """Write a document of a run; the same document gives the same bytes."""
    value = as_json(document)
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def as_json(document: Summary | Evidence | Provenance) -> dict[str, object]:
    """Return a document as plain values that JSON can hold."""
    adapter: TypeAdapter[Any] = _adapter(type(document))
    value: dict[str, object] = adapter.dump_python(document, mode="json", by_alias=True)
    return value


def from_json(value: object, kind: type[D]) -> D:
    """Return the document that plain values are; pydantic says what is wrong in them."""
    return _adapter(kind).validate_python(value)


def read_document(path: Path, kind: type[D]) -> tuple[D | None, list[Problem]]:
    """Return a document of a run; ``None``, with the reasons, for a file that holds none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_refuse)
        return from_json(value, kind), []
    except ValidationError as error:
        return None, list(_shape_problems(path, error))
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        return None, [Problem(what=f"is no JSON ({error.msg})", where=where, remedy=REMEDY)]
    except (ValueError, RecursionError) as error:
        what = f"is no JSON ({error})"
        return None, [Problem(what=what, where=str(path), remedy=REMEDY)]


def _adapter(kind: type[D]) -> TypeAdapter[D]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")


def _shape_problems(path: Path, error: ValidationError) -> Iterator[Problem]:
    """Yield one problem for each kind of mistake, at the first place that has it."""
    places: dict[tuple[str, ...], set[str]] = {}
    said: dict[tuple[str, ...], str] = {}
    for each in error.errors(include_url=False, include_context=False):
        where = ".".join(map(str, each["loc"]))
        alike = tuple("" if isinstance(part, int) else str(part) for part in each["loc"])
        places.setdefault(alike, set()).add(where)
        if alike not in said:
            what = _SAID.get(each["type"]) or each["msg"].removeprefix("Value error, ")
            said[alike] = f"{where} {what}" if where else f"the whole {what}"
    for alike, what in said.items():
        more = len(places[alike]) - 1
        rest = f", and in {more:,} more places" if more else ""
        yield Problem(what=f"{what}{rest}", where=str(path), remedy=REMEDY)


def find_lost_references(
    folder: Path,
    summary: Summary | None,
    evidence: Evidence | None,
    provenance: Provenance | None,
) -> Iterator[Problem]:
    """Find what the summary or a claim names and the run lacks: incidents, documents, traffic."""
    figures = summary.figures if summary else ()
    kinds = None if provenance is None else {"", *provenance.scenario.traffic}
    for number, figure in enumerate(figures):
        if kinds is not None and figure.traffic not in kinds:
            what = f"figures.{number}: unknown kind of traffic"
            yield _lost(folder / "summary.json", what, figure.traffic)
    if evidence is None:
        return
    for number, incident in enumerate(evidence.incidents):
        for position, claim in enumerate(incident.claims):
            if claim.document not in evidence.documents:
                what = f"incidents.{number}.claims.{position}: unknown document"
                yield _lost(folder / "evidence.json", what, claim.document)
    incidents = {each.id for each in evidence.incidents}
    for number, figure in enumerate(figures):
        for each in figure.incidents:
            if each not in incidents:
                what = f"figures.{number}: unknown incident"
                yield _lost(folder / "summary.json", what, each)
        for each in figure.documents:
            if each not in evidence.documents:
                what = f"figures.{number}: unknown document"
                yield _lost(folder / "summary.json", what, each)


def _lost(path: Path, what: str, name: str) -> Problem:
    return Problem(what=f"{what} {name!r}", where=str(path), remedy=REMEDY)
