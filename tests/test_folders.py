"""A folder of a run is no folder of a network, and the other way round."""

import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.report.run_folder import write_run

from .report_records import shipped_record
from .test_cli import netmodel


@pytest.fixture
def folder(tmp_path):
    return write_run(shipped_record(), tmp_path / "run")


def bytes_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_network_is_not_written_over_a_run(folder):
    before = bytes_of(folder)
    result = netmodel("network", "export", "built-in", "--out", folder)
    assert result.returncode == 2
    assert "is the folder of a run, not of a network; choose another --out" in result.stderr
    assert bytes_of(folder) == before


def test_a_network_is_not_written_among_other_files(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match=r"letter\.txt: was not written by netmodel"):
        nm.write_network(nm.built_in_network(), tmp_path)
    with pytest.raises(InputError, match=r"format '\.txt' is not known"):
        nm.write_network(nm.built_in_network(), tmp_path / "letter.txt")
    assert bytes_of(tmp_path) == {tmp_path / "letter.txt": b"mine"}


def test_a_network_is_written_over_a_network_and_into_an_empty_folder(tmp_path):
    for _ in range(2):
        nm.write_network(nm.built_in_network(), str(tmp_path))
    assert netmodel("network", "export", "built-in", "--out", tmp_path).returncode == 0
    assert len(nm.read_network(str(tmp_path)).hubs) == len(nm.built_in_network().hubs)


def test_accepted_findings_of_the_user_are_not_lost(tmp_path):
    nm.write_network(nm.built_in_network(), tmp_path)
    (tmp_path / "accepted.csv").write_text("rule,id,reason\n")
    result = netmodel("network", "export", "built-in", "--out", tmp_path)
    assert result.returncode == 2
    assert "accepted.csv: was not written by netmodel" in result.stderr
    assert (tmp_path / "accepted.csv").read_text() == "rule,id,reason\n"


def test_a_run_is_shown_as_a_run(folder):
    result = netmodel("show", folder)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(
        "run crimea-may-2023: Derailment near Simferopol, 18 May 2023; 2023-05-16T21:00:00Z to "
    )
    lines = result.stdout.splitlines()
    assert any(line.startswith("passenger\tPairs") and "\t20\t" in line for line in lines)
    shown = netmodel("show", folder, "--view", "timeline").stdout
    assert "2023-05-18T04:40:00Z" in shown
    assert "simferopol--bakhchysarai" in netmodel("show", folder, "--view", "outages").stdout
    refused = netmodel("show", folder, "--view", "stations")
    assert refused.returncode == 2
    assert "timeline" in refused.stderr
    (folder / "states.csv").unlink()
    damaged = netmodel("show", folder)
    assert damaged.returncode == 2
    assert "states.csv missing" in damaged.stderr
