"""Every property of the JSON Schemas says what it means, with an example that is valid."""

import json
from collections.abc import Iterator

import jsonschema
import pytest

from netmodel.scenario.file import SCHEMAS, json_schema
from netmodel.scenario.schema_texts import read_schema_texts


def properties(schema: dict) -> Iterator[tuple[str, str, dict]]:
    for model, part in {"root": schema, **schema.get("$defs", {})}.items():
        for name, described in part.get("properties", {}).items():
            yield model, name, described


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_property_has_a_description_and_a_valid_example(kind):
    schema = json.loads(json_schema(kind))
    bare = [
        f"{model}.{name}"
        for model, name, described in properties(schema)
        if not described.get("description") or not described.get("examples")
    ]
    assert not bare
    for _, name, described in properties(schema):
        for example in described["examples"]:
            if example != []:
                jsonschema.validate({name: example}, {
                    "properties": {name: described}, "$defs": schema.get("$defs", {})
                })  # fmt: skip


@pytest.mark.parametrize("kind", SCHEMAS)
def test_no_text_is_left_of_a_property_that_is_gone(kind):
    there = {(model, name) for model, name, _ in properties(json.loads(json_schema(kind)))}
    texts = {(model, name) for model, part in read_schema_texts()[kind].items() for name in part}
    assert texts <= there
