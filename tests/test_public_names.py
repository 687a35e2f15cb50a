"""The public names: documented by examples that run, and forgiving about paths."""

import doctest
import inspect
from pathlib import Path

import pandas as pd
import pytest

import netmodel as nm
from netmodel.files.shipped import documents_file, incident_files

NAMES = [name for name in nm.__all__ if not inspect.ismodule(getattr(nm, name))]


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_has_an_example_that_is_run(name):
    value = getattr(nm, name)
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(value) or "")
    assert examples
    module = inspect.getmodule(value)
    found = doctest.DocTestFinder(recurse=False).find(value, name, module=module)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for test in found:
        assert runner.run(test).failed == 0


def test_a_catalogue_is_read_from_texts_and_paths():
    files = [documents_file(), *incident_files()]
    by_path, by_text = nm.read_catalogue(files), nm.read_catalogue([str(each) for each in files])
    assert list(by_path.incidents) == list(by_text.incidents)
    one = nm.read_catalogue(str(documents_file()))
    assert one.documents
    assert list(one.documents) == list(nm.read_catalogue(documents_file()).documents)


def test_a_catalogue_that_is_not_there_is_told_by_its_name():
    with pytest.raises(nm.InputError, match=r"nowhere\.yaml: no such file"):
        nm.read_catalogue("nowhere.yaml")


def test_a_run_or_its_record_is_written_to_a_text_or_a_path(tmp_path):
    run = nm.run_scenario("crimea-may-2023")
    first = nm.write_run(run, str(tmp_path / "a"))
    second = nm.write_run(run.record, tmp_path / "b")
    assert (first, second) == (tmp_path / "a", tmp_path / "b")
    for path in first.rglob("*"):
        assert path.is_dir() or path.read_bytes() == (second / path.relative_to(first)).read_bytes()
    with pytest.raises(TypeError, match="a Run or its record is needed, not str"):
        nm.write_run("crimea-may-2023", tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_a_network_is_written_and_read_by_text(tmp_path):
    nm.write_network(nm.built_in_network(), str(tmp_path / "n"))
    assert nm.read_network(str(tmp_path / "n")).hubs == nm.read_network(tmp_path / "n").hubs
    assert isinstance(tmp_path / "n", Path)


def test_tables_go_by_name():
    tables = nm.built_in_catalogue().to_pandas()
    incidents, claims, documents = tables
    assert tables.incidents is incidents
    assert tables.claims is claims
    assert tables.documents is documents
    railway = nm.built_in_network().to_pandas()
    hubs, links, stations = railway
    assert railway.hubs is hubs
    assert railway.links is links
    assert railway.stations is stations


def test_a_run_has_the_tables_that_the_readme_lists():
    run = nm.run_scenario("crimea-may-2023")
    for name in ("states", "pairs", "links", "outages", "hubs"):
        assert isinstance(getattr(run, name), pd.DataFrame)
        assert getattr(run, name) is getattr(run.record, name)
