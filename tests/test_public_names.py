"""The public names: few, documented by examples that run, and forgiving about paths."""

import doctest
import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import netmodel as nm
from tests.report_records import shipped_run

NAMES = {
    "Claim", "Document", "Incident", "Network", "Run", "Scenario", "built_in_catalogue",
    "built_in_network", "compare", "explore", "read_network", "read_scenario", "run",
    "run_scenario", "sweep", "write_network",
}  # fmt: skip
ROOMS = {
    "errors", "evidence", "impact", "importing", "network", "outages", "plot", "reading", "repair",
    "restoration", "routing", "runs", "scenario", "times", "trains", "validation",
}  # fmt: skip
TABLES = (
    "states", "pairs", "hubs", "links", "outages", "ways", "flows", "redundancy", "capacity",
)  # fmt: skip


@pytest.fixture(scope="module")
def run() -> nm.Run:
    return shipped_run()


def test_the_top_is_a_dozen_names_and_the_rooms():
    assert set(nm.__all__) - {"__version__"} == {*NAMES, *ROOMS}
    assert set(nm.__all__) <= set(dir(nm))


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_room_lists_names_that_it_has(room):
    module = getattr(nm, room)
    assert inspect.ismodule(module)
    assert inspect.getdoc(module)
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name), f"nm.{room}.{name}"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_public_name_has_an_example_that_is_run(name):
    value = getattr(nm, name)
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(value) or "")
    assert examples
    module = inspect.getmodule(value)
    found = doctest.DocTestFinder(recurse=False).find(value, name, module=module)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for test in found:
        assert runner.run(test).failed == 0


def test_the_version_is_that_of_the_package():
    from importlib.metadata import version

    assert nm.__version__ == version("netmodel")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nowhere"):
        _ = nm.nowhere


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, netmodel; print(*sorted(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pandas", "numpy", "matplotlib", "networkx", "scipy", "shapely", "pydantic"}
    heavy |= {"pymorphy3", "pypdf", "resiliparse"}
    assert not heavy & set(said.stdout.split())


def test_a_catalogue_that_is_not_there_is_reported_by_its_name():
    with pytest.raises(nm.errors.InputError, match=r"nowhere\.yaml"):
        nm.evidence.read_catalogue("nowhere.yaml")


def test_a_run_is_written_to_a_text_or_a_path(run, tmp_path):
    first = run.write(str(tmp_path / "a"))
    second = run.write(tmp_path / "b")
    assert (first, second) == (tmp_path / "a", tmp_path / "b")
    files = {path.relative_to(first) for path in first.rglob("*") if path.is_file()}
    assert files == {path.relative_to(second) for path in second.rglob("*") if path.is_file()}
    assert all((first / each).read_bytes() == (second / each).read_bytes() for each in files)


def test_a_network_is_written_and_read_by_text(tmp_path):
    nm.write_network(nm.built_in_network(), str(tmp_path / "n"))
    assert nm.read_network(str(tmp_path / "n")).hubs == nm.read_network(tmp_path / "n").hubs
    assert isinstance(tmp_path / "n", Path)


def test_tables_are_found_by_name():
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


@pytest.mark.parametrize("name", TABLES)
def test_a_run_has_the_tables_that_the_docs_list(run, name):
    table = getattr(run, name)
    assert isinstance(table, pd.DataFrame) or (name == "capacity" and table is None)


def test_a_run_survives_pickling(run):
    assert pickle.loads(pickle.dumps(run)) == run


def test_instants_are_datetimes(run, tmp_path):
    pd.to_datetime(run.states.start)
    assert ((run.states.end - run.states.start) > pd.Timedelta(0)).all()
    folder = run.write(tmp_path / "run")
    states = pd.read_csv(folder / "states.csv", parse_dates=["start", "end"])
    assert str(states["start"].dt.tz) == "UTC"
