"""JSON Schemas of the files that an analyst writes, with which an editor completes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from pydantic import BaseModel

from netmodel.errors import UnknownNameError, nearest_names
from netmodel.evidence.file_models import DocumentsFile, IncidentsFile
from netmodel.study.scenario import scenario_schema


def json_schema(kind: str = "scenario") -> str:
    """Return the JSON Schema of a kind of file.

    Raises
    ------
    UnknownNameError
        If there is no such kind of file.

    Examples
    --------
    >>> json.loads(json_schema("documents"))["title"]
    'netmodel documents'
    """
    if kind not in SCHEMAS:
        raise UnknownNameError("kind of file", kind, nearest_names(kind, SCHEMAS) or SCHEMAS)
    return SCHEMAS[kind]()


def _schema_of(model: type[BaseModel], title: str) -> str:
    schema = model.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = title
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


SCHEMAS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "scenario": scenario_schema,
        "incidents": lambda: _schema_of(IncidentsFile, "netmodel incidents"),
        "documents": lambda: _schema_of(DocumentsFile, "netmodel documents"),
    }
)
"""What writes the schema of each kind of file."""
