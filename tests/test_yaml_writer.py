"""Plain values in YAML: the bytes of ruamel.yaml, for whatever stands in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netmodel.files import yaml_writer
from netmodel.files.yaml import parse_yaml
from netmodel.files.yaml_writer import write_text

_WORDS = st.text(
    st.sampled_from(
        list("abnulltrue 0123456789-:#,.'\"[]{}&*!|>%@`?~=<_+Tії\n\t\x85\u2028\ufeff😀")
    )
    | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)
_SENTENCES = st.lists(
    st.text(st.sampled_from("abcdeіж0123:#'-,("), min_size=1, max_size=60) | st.just(""),
    max_size=30,
).map(" ".join)
_TIMES = st.datetimes().map(str) | st.dates().map(str)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | _WORDS | _SENTENCES | _TIMES
_KEYS = st.sampled_from(
    ["id", "title", "null", "no", "True", "y", "claims", "n", "a b", "1", "k" * 59]
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES)
def test_bytes_are_those_of_ruamel(value: object) -> None:
    assert write_text(value) == yaml_writer._write_by_ruamel(value)


@given(st.lists(_SENTENCES, max_size=4), st.integers(0, 9))
def test_texts_are_broken_where_ruamel_breaks_them(texts: list[str], depth: int) -> None:
    notes = [{"text": each} for each in texts]
    value: object = {"title": [*texts], "notes": notes, "s": [[[*texts]]]}
    for _ in range(depth):
        value = {"within": value}
    assert write_text(value) == yaml_writer._write_by_ruamel(value)


def test_what_stands_twice_is_written_as_before() -> None:
    shared = ["a"]
    value = {"one": shared, "two": shared}
    assert write_text(value) == yaml_writer._write_by_ruamel(value)
    empty: list[object] = []
    assert write_text([empty, empty]) == yaml_writer._write_by_ruamel([empty, empty])


def test_plain_values_are_not_asked_of_ruamel(monkeypatch) -> None:
    value = {
        "incidents": [
            {
                "id": "2026-01-01-a",
                "at": "2026-01-01T00:00Z",
                "title": "words " * 40 + "end",
                "n": 1,
            }
        ]
    }
    expected = yaml_writer._write_by_ruamel(value)
    monkeypatch.setattr(yaml_writer, "_write_by_ruamel", None)
    assert write_text(value) == expected
    assert parse_yaml(expected, name="t.yaml").value == value
