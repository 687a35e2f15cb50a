"""A scaffold runs as it stands; a watched scenario is rendered again after every save."""

import json
import re
from datetime import timedelta

import pytest

import netmodel as nm
from netmodel.cli.run_verbs import _render_on_change
from netmodel.errors import InputError, InputWarning, Problem
from netmodel.files.yaml import read_yaml
from netmodel.importing.gtfs import import_gtfs
from netmodel.scenario.scaffold import scaffold_texts
from tests.gtfs_feeds import CALENDAR, write_feed
from tests.gtfs_feeds import run as gtfs_run
from tests.own_network import command, write_own


def test_a_scaffold_on_the_built_in_network_runs_as_it_stands(tmp_path):
    said = command("new", tmp_path / "mine")
    assert said.code == 0, said.err
    scenario = tmp_path / "mine" / "scenario.yaml"
    for name in ("scenario", "incidents", "documents"):
        path = tmp_path / "mine" / f"{name}.yaml"
        schema = path.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
        jsonschema = pytest.importorskip("jsonschema")
        described = json.loads((path.parent / schema).read_text(encoding="utf-8"))
        jsonschema.validate(read_yaml(path).value, described)
    assert command("check", scenario).code == 0
    said = command("run", scenario, "--out", tmp_path / "run")
    assert said.code == 0, said.err
    assert nm.run(scenario).summary.incidents == 1
    again = command("new", tmp_path / "mine")
    assert again.code == 2
    assert "there already" in again.err


def test_a_scaffold_on_a_network_of_ones_own_takes_its_arguments(tmp_path):
    write_own(tmp_path)
    options = {
        "--network": tmp_path / "net", "--place": "Beton - Ceton", "--start": "2025-03-01T12:00",
        "--end": "2025-03-02", "--zone": "Europe/Berlin", "--title": 'A "line": shut',
        "--publisher": "No: 1", "--url": "https://example.org/a?b=1",
    }  # fmt: skip
    said = command("new", tmp_path / "mine", *(each for pair in options.items() for each in pair))
    assert said.code == 0, said.err
    run = nm.run(tmp_path / "mine" / "scenario.yaml")
    assert run.scenario.title == 'A "line": shut'
    assert {outage.link for outage in run.timeline.outages} == {"bc"}
    [document] = (run.scenario.catalogue.documents[each] for each in ("notice",))
    assert (document.publisher, document.url) == ("No: 1", "https://example.org/a?b=1")


def test_a_scaffold_on_the_built_in_network_is_of_the_time_that_it_studies(tmp_path):
    """With what was closed then, and between places of the country of its closure."""
    command("new", tmp_path / "mine", "--place", "Krasne - Ternopil")
    scenario = nm.read_scenario(tmp_path / "mine" / "scenario.yaml")
    assert scenario.background_placements
    assert {scenario.network.hub(hub).country for hub in scenario.demand.hubs} == {"UA"}


def test_a_scaffold_has_a_title_in_ukrainian_too(tmp_path):
    command("new", tmp_path / "mine", "--place", "Krasne - Ternopil")
    scenario = nm.read_scenario(tmp_path / "mine" / "scenario.yaml")
    assert scenario.title == "Closure: Krasne–Ternopil"
    assert scenario.titles == {"uk": "Закриття: Красне–Тернопіль"}
    assert scenario.incidents[0].titles == scenario.titles
    command("new", tmp_path / "own", "--title", "Shut", "--title-uk", "Перекрито: 1")
    assert nm.read_scenario(tmp_path / "own" / "scenario.yaml").titles == {"uk": "Перекрито: 1"}
    command("new", tmp_path / "other", "--title", "Shut")
    assert nm.read_scenario(tmp_path / "other" / "scenario.yaml").titles == {}
    assert "titles:" in (tmp_path / "other" / "scenario.yaml").read_text(encoding="utf-8")


def test_a_feed_is_a_report_of_its_trains_in_two_commands(tmp_path):
    trips = {str(n): gtfs_run("a b c d", 360 + 60 * n, 10) for n in range(12)}
    agency = (
        "agency_id,agency_name,agency_url,agency_timezone\nx,X,https://example.org,Asia/Tokyo\n"
    )
    feed = write_feed(tmp_path / "feed.zip", trips, agency=agency)
    said = command("new", tmp_path / "mine", "--network", feed, "--place", "Beton - Ceton")
    assert said.code == 0, said.err
    said = command("run", tmp_path / "mine" / "scenario.yaml", "--out", tmp_path / "run")
    assert said.code == 0, said.err
    run = nm.run(tmp_path / "mine" / "scenario.yaml")
    assert run.scenario.zone == "Asia/Tokyo"
    assert (tmp_path / "run" / "report.html").is_file()
    assert run.record.trains is not None
    assert run.train_days.groupby("day")["trains"].sum().tolist() == [12] * 3
    assert set(run.record.trains["fate"]) & {"cut short", "held", "split", "not run"}
    assert len(run.pairs) > 0


def test_a_network_with_trains_and_demand_beside_it_is_studied_when_they_run(tmp_path):
    write_own(tmp_path)
    net = tmp_path / "net"
    (net / "demand.csv").write_text("from,to,trips\nAton,Ceton,7\n")
    (net / "services.csv").write_text(
        "number,kind,stops,from_date\n1,regional,Aton;Beton;Ceton,2025-03-28\n2,regional,Ceton;Beton;Aton,2025-03-30\n"
    )
    said = command("new", tmp_path / "mine", "--network", net)
    assert said.code == 0, said.err
    assert "--zone" in said.err
    scenario = nm.read_scenario(tmp_path / "mine" / "scenario.yaml")
    assert scenario.demand.trips.sum() == 7
    assert nm.times.format_instant(scenario.window.start)[:7] == "2025-03"
    timed = command("new", tmp_path / "timed", "--network", net, "--start", "2026-01-02T08:00",
                    "--end", "2026-01-02T09:00", "--zone", "Europe/Berlin")  # fmt: skip
    assert (timed.code, "--zone" in timed.err) == (0, False)


def test_a_window_outside_of_the_timetable_is_told(tmp_path):
    calendar = CALENDAR.replace("20240101,20241229", "20240301,20240430")
    feed = write_feed(tmp_path / "one.zip", {"1": gtfs_run("a b", 360, 10)}, calendar=calendar)
    for start, days in (("2024-06-05", 4), ("2024-05-01", 3), ("2024-04-05", 0)):
        folder = tmp_path / start
        assert command("new", folder, "--network", feed, "--start", start).code == 0
        notices = nm.runs.find_notices(nm.run(folder / "scenario.yaml"))
        told = [each for each in notices if "2024-03-01 to 2024-04-30" in each]
        assert [f"{days} days" in each for each in told] == ([True] if days else [])


@pytest.mark.parametrize(
    ("start", "hours"),
    [("2025-12-30", 24), ("2025-12-30T22:00", 9), ("2025-12-30T22:00+02:00", 9)],
)
def test_a_start_alone_has_an_end_after_it(tmp_path, start, hours):
    trips = {"1": gtfs_run("a b", 360, 10)}
    feed = write_feed(tmp_path / "one.zip", trips)
    for number, network in enumerate((["--network", feed], [])):
        folder = tmp_path / str(number)
        said = command("new", folder, *network, "--start", start)
        assert said.code == 0, said.err
        run = nm.run(folder / "scenario.yaml")
        [outage] = (each for each in run.timeline.outages if each.incident == "first")
        assert outage.end.earliest - outage.start.earliest == timedelta(hours=hours)


def test_a_start_that_is_no_time_is_one_mistake(tmp_path):
    said = command("new", tmp_path / "mine", "--start", "yesterday")
    assert (said.code, said.err.count("start"), said.err.count("end:")) == (2, 1, 0)


def test_a_feed_whose_zone_is_unknown_has_none(tmp_path):
    agency = "agency_id,agency_name,agency_url,agency_timezone\nx,X,https://example.org,Mars/One\n"
    trips = {"1": gtfs_run("a b", 360, 10)}
    with pytest.warns(InputWarning, match="Mars/One"):
        assert import_gtfs(write_feed(tmp_path / "one.zip", trips, agency=agency)).zone == ""


def test_what_is_wrong_with_a_new_study_is_told_at_once(tmp_path):
    said = command("new", tmp_path / "mine", "--place", "Nowhere - Kyiv", "--start", "soon",
                   "--end", "2025-13-13", "--zone", "Mars")  # fmt: skip
    assert sorted(line.split(": ")[1] for line in said.err.splitlines()) == [
        "--end", "--place", "--start", "--zone",
    ]  # fmt: skip
    said = command("new", tmp_path / "mine", "--zone", "Mars")
    assert (said.err.count("\n"), "--zone" in said.err) == (1, True)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"start": "yesterday"}, "start"),
        ({"end": "2024-02-01T08:00"}, "end"),
        ({"place": "region Sumy"}, "place"),
        ({"place": "Nowhere - Kyiv"}, "place"),
        ({"zone": "Mars"}, "zone"),
    ],
)
def test_what_is_wrong_with_an_argument_is_told_by_its_name(wrong, where):
    with pytest.raises(InputError) as caught:
        scaffold_texts(nm.built_in_network(), **wrong)
    assert [problem.where for problem in caught.value.problems] == [where]


@pytest.mark.parametrize("text", ["yes", "A: b", "# no", "'", "1e5", "null", "Köln – Bonn", "a\\b"])
def test_any_text_stands_in_the_files_as_it_was_given(tmp_path, text):
    texts = scaffold_texts(nm.built_in_network(), title=text, publisher=text)
    for name, key in (("scenario", ("title",)), ("documents", ("documents", 0, "publisher"))):
        path = tmp_path / f"{name}.yaml"
        path.write_text(texts[path.name], encoding="utf-8")
        value = read_yaml(path).value
        for each in key:
            value = value[each]
        assert value == text


class Stop(Exception):
    """What ends the watch in a test."""


def test_a_watched_scenario_is_rendered_after_each_save_and_a_mistake_does_not_end_it(
    tmp_path, capsys
):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("a", encoding="utf-8")
    rendered: list[str] = []

    def render():
        rendered.append(one.read_text(encoding="utf-8"))
        if rendered[-1] == "wrong":
            raise InputError([Problem(what="it is wrong", where="one.yaml:1")])
        return (one, two)

    steps = iter(
        [
            lambda: None,  # nothing was saved
            lambda: one.write_text("second", encoding="utf-8"),
            lambda: None,
            lambda: one.write_text("wrong", encoding="utf-8"),
            lambda: two.write_text("a new file", encoding="utf-8"),
            one.unlink,
            lambda: one.write_text("right again", encoding="utf-8"),
        ]
    )

    def pause():
        step = next(steps, None)
        if step is None:
            raise Stop
        step()
        if not one.exists():
            one.write_text("while it is saved", encoding="utf-8")

    with pytest.raises(Stop):
        _render_on_change([one], render, pause)
    assert rendered == ["second", "wrong", "wrong", "while it is saved", "right again"]
    assert len(re.findall("it is wrong", capsys.readouterr().err)) == 2
