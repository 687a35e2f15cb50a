"""What each key of a file means, and an example of it: for the schemas that editors read.

Not part of `netmodel.scenario.file`, since the texts speak of the files of evidence too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

Texts = Mapping[str, Mapping[str, tuple[str, Any]]]
"""Description and example of each key, by model; ``root`` for the file itself."""


@cache
def read_schema_texts() -> Mapping[str, Texts]:
    """Return the texts of each kind of file."""
    import tomllib

    text = resources.files("netmodel.scenario").joinpath("schema_texts.toml").read_text("utf-8")
    return tomllib.loads(text)


def explain_schema(schema: dict[str, Any], kind: str) -> None:
    """Give every property of a schema a description and an example, where it has none.

    Parameters
    ----------
    schema
        Of a kind of file, changed in place.
    kind
        ``scenario``, ``incidents`` or ``documents``.

    Examples
    --------
    >>> schema = {"properties": {"title": {"type": "string"}}}
    >>> explain_schema(schema, "scenario")
    >>> schema["properties"]["title"]["description"]
    'The headline of the report'
    """
    texts = read_schema_texts()[kind]
    for model, part in {"root": schema, **schema.get("$defs", {})}.items():
        for name, described in part.get("properties", {}).items():
            description, example = texts.get(model, {}).get(name, ("", None))
            if description:
                described.setdefault("description", description)
            if example is None and "enum" in described:
                example = described.get("default", described["enum"][0])
            if example is not None:
                described.setdefault("examples", [example])
