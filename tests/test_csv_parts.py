"""Tables with long texts are written as pandas writes them, to the byte."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.runs.csv_parts import csv_lines, write_csv_parts

letters = st.text(st.sampled_from([*'ab;ґ ",\n\r\t', "\x0b", "\u2028"]), max_size=6)


@given(
    texts=st.lists(st.tuples(letters, st.one_of(letters, st.none()), st.floats()), max_size=5),
    plain=st.booleans(), header=st.booleans(), index=st.booleans(),
)  # fmt: skip
def test_lines_are_those_of_pandas(texts, plain, header, index):
    table = pd.DataFrame(
        {
            "from": pd.Series([name for name, _, _ in texts], dtype=object),
            "km": pd.Series([km for _, _, km in texts], dtype=float),
            "via": pd.Series(["a;b" if plain else via for _, via, _ in texts], dtype=object),
        }
    ).rename_axis("route")
    expected = table.to_csv(header=header, index=index, lineterminator="\n")
    assert "".join(csv_lines(table, header=header, index=index)) == expected


@given(names=st.lists(letters, max_size=4), header=st.booleans(), index=st.booleans())
def test_lines_beside_one_column_are_those_of_pandas(names, header, index):
    table = pd.DataFrame({"from": pd.Series(names, dtype=object), "via": "a;b"})
    expected = table.to_csv(header=header, index=index, lineterminator="\n")
    assert "".join(csv_lines(table, header=header, index=index)) == expected


@pytest.mark.parametrize("parts", [[], [0], [3], [3, 0, 2]])
def test_parts_make_one_table(tmp_path, parts):
    tables = [pd.DataFrame({"n": range(size), "via": ["b;ґ"] * size}) for size in parts]
    write_csv_parts(tables, tmp_path / "table.csv", index=False)
    if not parts:
        assert not (tmp_path / "table.csv").exists()
        return
    whole = pd.concat(tables).to_csv(index=False, lineterminator="\n")
    assert (tmp_path / "table.csv").read_bytes() == whole.encode("utf-8")
