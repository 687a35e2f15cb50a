"""Large tables in Parquet: the same run as from CSV, read part by part, and by other programs."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from netmodel.errors import InputError, UnknownNameError
from netmodel.report.run_folder import refresh_reports, write_run
from netmodel.runs import pair_rows, parquet
from netmodel.runs.columns import PAIRS
from netmodel.runs.record import find_changed_files, read_record
from tests.own_network import command, write_own
from tests.report_records import shipped_run

pyarrow = pytest.importorskip("pyarrow", reason="the extra tables")


@pytest.fixture(scope="module")
def done():
    return shipped_run()


@pytest.fixture(scope="module")
def folder(done, tmp_path_factory):
    return write_run(done, tmp_path_factory.mktemp("out") / "run", tables="parquet")


def test_a_run_in_parquet_is_the_run(done, folder):
    packed, plain = read_record(folder), read_record(done.write(folder.with_name("csv")))
    assert packed.provenance.files.keys() ^ plain.provenance.files.keys() == {
        f"{name}.{suffix}"
        for name in ("pairs", "routes", "flows", "trains")
        for suffix in ("csv", "parquet")
    }
    assert replace(packed, provenance=plain.provenance) == plain
    assert not (folder / "pairs.csv").exists()
    assert find_changed_files(folder) == ()


def test_it_has_the_same_bytes_again(done, folder):
    other = write_run(done, folder.with_name("again"), tables="parquet")
    for path in folder.glob("*.parquet"):
        assert path.read_bytes() == (other / path.name).read_bytes()


def test_parts_are_groups_of_rows(done, tmp_path, monkeypatch):
    spans = done.record.pair_table.spans
    parts = [spans.iloc[first : first + 100] for first in range(0, len(spans), 100)]
    parquet.write_parquet(iter(parts), PAIRS, tmp_path)
    file = pyarrow.parquet.ParquetFile(tmp_path / "pairs.parquet")
    assert file.num_row_groups == len(parts) > 1
    again = list(parquet.read_parts(tmp_path / "pairs.parquet", PAIRS))
    assert [len(part) for part in again] == [len(part) for part in parts]
    assert pd.concat(again, ignore_index=True).equals(spans)


def test_no_rows_is_a_table_of_none(tmp_path, done):
    parquet.write_parquet(iter([done.record.pair_table.spans.iloc[:0]]), PAIRS, tmp_path)
    (part,) = parquet.read_parts(tmp_path / "pairs.parquet", PAIRS)
    assert len(part) == 0
    assert list(part.columns) == list(done.record.pair_table.spans.columns)


def test_pairs_are_read_when_they_are_asked_for(folder, monkeypatch):
    asked = []
    whole = parquet.read_parts
    monkeypatch.setattr(
        "netmodel.runs.record.read_parts",
        lambda path, schema: (asked.append(path.stem), whole(path, schema))[1],
    )
    record = read_record(folder)
    assert "pairs" not in asked
    assert len(record.pairs)
    assert {"pairs", "routes"} <= set(asked)


def test_a_changed_table_is_refused(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    content = bytearray((copy / "pairs.parquet").read_bytes())
    content[100] ^= 1
    (copy / "pairs.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"pairs\.parquet"):
        read_record(copy)
    (copy / "pairs.parquet").unlink()
    with pytest.raises(InputError, match="missing"):
        read_record(copy)


def test_reports_are_made_from_it(folder):
    before = (folder / "report.html").read_bytes()
    refresh_reports(folder)
    assert (folder / "report.html").read_bytes() == before


def test_duckdb_reads_the_folder(folder, done):
    duckdb = pytest.importorskip("duckdb", reason="the extra dev")
    found = duckdb.sql(
        f"select count(*), sum(last - first + 1) from '{folder}/pairs.parquet'"
    ).fetchall()
    assert found[0] == (len(done.record.pair_table.spans), len(done.pairs))
    ways = duckdb.sql(
        f"select p.minutes, r.via from '{folder}/pairs.parquet' p "
        f"left join '{folder}/routes.parquet' r on p.route = r.route"
    ).fetchall()
    assert len(ways) == len(done.record.pair_table.spans)


def test_polars_reads_the_folder(folder, done):
    polars = pytest.importorskip("polars", reason="the extra dev")
    cut = polars.scan_parquet(folder / "pairs.parquet").filter(polars.col("connected") == 0)
    expected = int((done.record.pair_table.spans["connected"] == 0).sum())
    assert cut.select(polars.len()).collect().item() == expected


@pytest.mark.parametrize("keep", ["all", "affected", "none"])
def test_which_pairs_are_kept_is_told_and_read_back(done, tmp_path, keep):
    record = done.lay_out(keep_pairs=keep)
    assert record.summary.pairs_kept == record.pair_table.keep == keep
    for tables in parquet.FORMATS:
        again = read_record(write_run(record, tmp_path / tables, tables=tables))
        assert again.pair_table == record.pair_table
    assert (tmp_path / "csv" / "pairs.csv").exists() == (keep != "none")
    done.lay_out(keep_pairs="all")


def test_affected_pairs_are_those_that_an_outage_touches(done):
    every = done.lay_out(keep_pairs="all").pair_table.spans
    kept = done.lay_out(keep_pairs="affected").pair_table.spans
    done.lay_out(keep_pairs="all")
    names = ["traffic", "from", "to"]
    alike = every.groupby(names)["minutes"].transform(lambda each: each.nunique(dropna=False)) == 1
    same = alike & (every["minutes"].eq(every["base_minutes"]) | every["base_minutes"].isna())
    changed = set(every.loc[~same, names].itertuples(index=False, name=None))
    assert changed <= set(kept[names].itertuples(index=False, name=None))
    assert len(kept) < len(every)
    assert np.isin(kept["certainty"].unique(), every["certainty"].unique()).all()


def test_a_large_table_keeps_the_affected_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(pair_rows, "ROWS_KEPT", 2)
    study = write_own(tmp_path)
    for option, said in ((), True), (("--keep", "pairs=all"), False):
        found = command("run", study, "--out", tmp_path / f"out{said}", *option)
        assert found.code == 0, found.err
        assert ("--keep pairs=all" in found.err) == said


@pytest.mark.parametrize(
    "options",
    [("--format", "parkett"), ("--keep", "flows=all"), ("--keep", "pairs=some"), ("--keep", "")],
)
def test_what_is_not_known_is_refused_before_anything_runs(tmp_path, options):
    said = command("run", "crimea-may-2023", "--out", tmp_path / "out", *options)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_from_python_too(done, tmp_path):
    with pytest.raises(UnknownNameError, match="parkett"):
        write_run(done, tmp_path / "out", tables="parkett")
    with pytest.raises(UnknownNameError, match="afected"):
        done.lay_out(keep_pairs="afected")


def test_without_pyarrow_it_says_what_to_install(done, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(InputError, match="tables"):
        write_run(done, tmp_path / "out", tables="parquet")
    assert not (tmp_path / "out").exists()
