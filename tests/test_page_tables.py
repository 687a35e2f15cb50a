"""What a page reads of the pairs, and the names of the tables that it leads to."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from netmodel.report.page.figures import cited_tables
from netmodel.report.page.render import render_page
from netmodel.report.run_folder import refresh_reports, write_run
from netmodel.runs.pair_table import PairTable, no_pairs, pick_routes
from tests.report_records import shipped_record


def names_on(page: str) -> set[str]:
    """Return the files that a page names in its method, and those that it offers."""
    method = page[page.index('id="method"') : page.index('class="reproduce"')]
    return set(re.findall(r"\w+\.(?:csv|parquet|json)\b", method))


@pytest.mark.parametrize("tables", ["csv", "parquet"])
def test_a_page_names_the_tables_that_lie_beside_it(tmp_path: Path, tables: str) -> None:
    if tables == "parquet":
        pytest.importorskip("pyarrow")
    folder = write_run(shipped_record(), tmp_path / "run", tables=tables)
    first = (folder / "report.html").read_text(encoding="utf-8")
    named = names_on(first)
    assert f"pairs.{tables}" in named
    assert named <= {each.name for each in folder.iterdir()}
    assert (folder / cited_tables(shipped_record(), tables)[1]).is_file()
    refresh_reports(folder)
    assert (folder / "report.html").read_text(encoding="utf-8") == first


def test_a_run_that_keeps_no_pairs_names_none() -> None:
    record = replace(shipped_record(), pair_table=no_pairs())
    assert not any("pairs" in each for each in cited_tables(record, "csv"))


def in_parts(table: PairTable, read: list[int]) -> PairTable:
    """Return the pairs as a file yields them, noting how often they are read from the start."""

    def spans() -> Iterator[pd.DataFrame]:
        read.append(1)
        for first in range(0, len(table.spans), 50):
            yield table.spans.iloc[first : first + 50]

    return PairTable(spans, lambda among: iter([pick_routes(table.routes, among)]), keep=table.keep)


def test_the_page_of_pairs_in_parts_is_the_same_and_holds_only_some() -> None:
    record, read = shipped_record(), list[int]()
    assert len(record.pair_table.spans) > 100
    parted = replace(record, pair_table=in_parts(record.pair_table, read))
    assert render_page(parted) == render_page(record)
    assert "spans" not in vars(parted.pair_table)
    assert 0 < len(read) < 12


def test_picked_rows_are_those_of_the_state() -> None:
    table, read = shipped_record().pair_table, list[int]()
    columns = ["from", "to", "base_minutes", "connected", "served_minutes"]
    for state in (0, 3):
        expected = table.at(state, "passenger")[columns].sort_values(["from", "to"])
        picked = in_parts(table, read).pick(state, "passenger", columns)
        picked = picked.sort_values(["from", "to"])
        assert picked.reset_index(drop=True).equals(expected.reset_index(drop=True))
    assert table.count_in_base(0, "passenger") == expected["base_minutes"].notna().sum()
