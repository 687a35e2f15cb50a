"""A name that nothing carries is one mistake among the others, with what there is instead."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import netmodel as nm
from netmodel.errors import AmbiguousNameError, InputError, UnknownNameError
from netmodel.network.names import Names
from tests.conftest import make_network
from tests.own_network import command, write_own
from tests.report_records import shipped_run
from tests.test_python_door import LINE, make, problems_of

TABLES = {"table": pd.DataFrame({"a": [1, 2]}), "series": pd.Series([1, 2]), "array": np.ones(2)}


def refused(call) -> InputError:
    with pytest.raises(InputError) as caught:
        call()
    return caught.value


CALLS = {
    "state": (lambda: shipped_run().to_geopandas(99), "states are 0 to"),
    "scenario to run": (lambda: nm.run("nope"), "crimea-may-2023"),
    "scenario to show": (lambda: nm.explore("x"), "crimea-may-2023"),
    "tables": (lambda: shipped_run().write("nowhere", tables="xml"), "csv, parquet"),
    "traffic": (lambda: shipped_run().to_geopandas(traffic="x"), "passenger, freight"),
    "link": (lambda: LINE.link("zz"), ""),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_unknown_name_is_an_input_error_with_the_choices(name):
    call, choices = CALLS[name]
    error = refused(call)
    assert isinstance(error, UnknownNameError)
    assert isinstance(error, KeyError)
    [problem] = error.problems
    assert choices in problem.remedy
    assert str(problem) == str(error)
    assert "did you mean" not in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.problems) == (str(error), error.problems)


def test_the_number_of_a_state_is_no_text():
    [problem] = refused(lambda: shipped_run().to_geopandas("2")).problems
    assert problem.where == "state"


def test_an_ambiguous_name_is_an_input_error():
    twice = make_network([("a", "b", 1), ("b", "c", 1)])
    hubs = tuple(replace(each, name="Aton") for each in twice.hubs)
    error = refused(lambda: Names(nm.Network(hubs=hubs, links=twice.links)).hub("Aton"))
    assert isinstance(error, AmbiguousNameError)
    assert len(error.problems) == 1


# Tables where something else is meant


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("name", sorted(make().argument_names))
def test_a_table_for_an_argument_of_a_scenario_is_told_by_name(name, kind):
    told = refused(lambda: make(**{name: TABLES[kind]})).problems
    assert any(name in each.where for each in told), told


def test_a_series_of_hours_is_told_by_name():
    run = shipped_run()
    at = run.scenario.window.start
    [problem] = refused(lambda: nm.repair.plan_run_repairs(run, at, TABLES["series"])).problems
    assert problem.where == "hours"


def test_the_built_in_trains_on_another_network_are_one_mistake():
    told = problems_of(trains="built-in")
    assert list(told) == ["trains"]
    assert "built-in network" in told["trains"]


# Zones


@pytest.mark.parametrize(("zone", "near"), [("Berlin", "Europe/Berlin"), ("Mars", "Europe/")])
def test_a_zone_that_there_is_not_is_told_with_one_like_it(zone, near, tmp_path):
    assert near in problems_of(zone=zone)["zone"]
    done = command("new", str(tmp_path / "study"), "--zone", zone)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "--zone" in done.err
    assert near in done.err


def test_trains_of_another_network_are_not_written_in_a_zone_of_ukraine(tmp_path):
    net, trains, feed = (
        write_own(tmp_path).parent / "net",
        tmp_path / "trains.csv",
        tmp_path / "feed.zip",
    )
    trains.write_text(
        "number,kind,stops,days,from_date,to_date,departs,arrives\n"
        "1,regional,Aton;Ceton,daily,2026-01-01,2026-01-31,08:00,09:00\n"
    )
    export = ["trains", "export", str(trains), "--network", str(net), "--gtfs", str(feed),
              "--url", "https://example.org"]  # fmt: skip
    done = command(*export)
    assert (done.code, feed.exists()) == (2, False)
    assert "--zone" in done.err
    assert command(*export, "--zone", "Europe/Oslo").code == 0
    assert nm.importing.import_gtfs(feed).zone == "Europe/Oslo"


def test_what_is_wrong_is_told_by_the_option_that_gave_it(tmp_path):
    net, trains = write_own(tmp_path).parent / "net", tmp_path / "trains.csv"
    trains.write_text(
        "number,kind,stops,days,departs,arrives\n1,regional,Aton;Ceton,daily,8:00,9:00\n"
    )
    export = ["trains", "export", trains, "--network", net, "--gtfs", tmp_path / "feed.zip",
              "--url", "https://example.org", "--zone", "Europe/Oslo"]  # fmt: skip
    said = command(*export).err.splitlines()
    assert [line.split(": ")[1] for line in said] == ["--from", "--to"]
    assert all("give --" in line for line in said)
    said = command("new", tmp_path / "study", "--start", "soon", "--end", "2025-13-13")
    assert {line.split(": ")[1] for line in said.err.splitlines()} == {"--start", "--end"}
