"""JSON Schemas of the files that an analyst writes, with which an editor completes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from netmodel.errors import UnknownNameError, nearest_names
from netmodel.evidence.catalogue_file import DocumentsFile, IncidentsFile
from netmodel.impact.situation import METRICS
from netmodel.scenario.file import ScenarioModel

SCHEMA_NAME = "scenario.schema.json"


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


def scenario_schema() -> str:
    """Return the JSON Schema of a scenario, for editors.

    Examples
    --------
    >>> json.loads(scenario_schema())["title"]
    'netmodel scenario'
    """
    schema = ScenarioModel.model_json_schema()
    schema["properties"]["metrics"]["items"] = {"enum": list(METRICS)}
    return _write_schema(schema, "netmodel scenario")


def _write_schema(schema: dict[str, Any], title: str) -> str:
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = title
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


SCHEMAS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "scenario": scenario_schema,
        "incidents": lambda: _write_schema(IncidentsFile.model_json_schema(), "netmodel incidents"),
        "documents": lambda: _write_schema(DocumentsFile.model_json_schema(), "netmodel documents"),
    }
)
"""What writes the schema of each kind of file."""
