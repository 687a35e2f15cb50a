"""Values at the ends of what can be written are refused or borne, never a traceback."""

import math
from dataclasses import replace

import pytest

from netmodel.errors import InputError
from netmodel.evidence.incident import Claim, Document
from netmodel.impact.demand import gravity_demand
from netmodel.network import Hub, Link, built_in_network
from netmodel.reading.draft import ArticleSource
from netmodel.routing.profiles import PASSENGER
from netmodel.runs.checking import check_file
from netmodel.runs.run import run_scenario
from netmodel.times import LAST_INSTANT, Bounds, Window, add_hours, parse_time
from tests.own_network import DOCUMENTS, INCIDENTS, LINKS, SCENARIO, command, write_own

REOPENED = "at: 2025-03-02T12:00+01:00"
BEGAN = "2025-03-01T12:00+01:00"
EXTREMES = {
    "window ends with the calendar": ({"scenario": SCENARIO.replace("2025-03-05", "9999-12-31")},
                                      "sc.yaml:3:", "1800 to 2200"),
    "window begins with the calendar": ({"scenario": SCENARIO.replace("2025-03-01", "0001-01-01")},
                                        "sc.yaml:3:", "1800 to 2200"),
    "claim at the end": ({"incidents": INCIDENTS.replace(BEGAN, "9999-12-31")},
                         "inc.yaml:9:", "1800 to 2200"),
    "claim at the beginning": ({"incidents": INCIDENTS.replace(BEGAN, "0001-01-01")},
                               "inc.yaml:9:", "1800 to 2200"),
    "claim with offset": ({"incidents": INCIDENTS.replace(BEGAN, "0001-01-01T00:00+05:00")},
                          "inc.yaml:9:", "1800 to 2200"),
    "claim within a month": ({"incidents": INCIDENTS.replace(BEGAN, "9999-12")},
                             "inc.yaml:9:", "1800 to 2200"),
    "published": ({"documents": DOCUMENTS.replace("2025-03-02", "9999-12-31")},
                  "docs.yaml:2:", "1800 to 2200"),
    "repair_scale 1e7": ({"scenario": SCENARIO + "repair_scale: 1e7\n"}, "sc.yaml:6:", "1000"),
    "repair_scale 1e300": ({"scenario": SCENARIO + "repair_scale: 1e300\n"}, "sc.yaml:6:", "1000"),
    "lasted_hours": ({"incidents": INCIDENTS.replace(REOPENED, "lasted_hours: 1e12")},
                     "inc.yaml:10:", "1000000"),
    "within_hours": ({"incidents": INCIDENTS.replace(REOPENED, "within_hours: 1e8")},
                     "inc.yaml:10:", "1000000"),
    "samples": ({"scenario": SCENARIO + "ensemble: {samples: 99999999999999999999, seed: 1}\n"},
                "sc.yaml:6:", "10000000"),
    "no links": ({"links": LINKS.splitlines()[0] + "\n"}, "sc.yaml:2:1", "no links"),
    "huge trips": ({"trips": "from,to,trips\naton,beton,1e308\naton,ceton,1e308\n"},
                   "trips.csv:", "1,000,000,000,000"),
}  # fmt: skip
TABLE = SCENARIO.replace("{hubs: [aton, beton, ceton]}", "{kind: table, file: trips.csv}")


@pytest.mark.parametrize("name", EXTREMES)
def test_an_extreme_value_is_refused_at_its_place(name, tmp_path):
    texts, where, what = EXTREMES[name]
    texts = dict(texts)
    if "trips" in texts:
        (tmp_path / "trips.csv").write_text(texts.pop("trips"), encoding="utf-8")
        texts["scenario"] = TABLE
    problems = check_file(write_own(tmp_path, **texts))
    assert problems
    assert all(where in str(each) for each in problems)
    assert any(what in str(each) for each in problems), problems


def course(*points: str) -> str:
    coordinates = ", ".join(f"[{point}]" for point in points)
    return (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", '
        '"properties": {"id": "ab"}, "geometry": {"type": "LineString", '
        f'"coordinates": [{coordinates}]}}}}]}}'
    )


@pytest.mark.parametrize(
    "geometry",
    [course("10.0, 50.0", "NaN, 50.0"), course("10.0, 50.0", "1e400, 50.0"),
     course("10.0, 50.0", "10.5, 95.0"), course("10.0, 50.0"), course(),
     course("10.0, 50.0", "500.0, 50.0")],
)  # fmt: skip
def test_an_impossible_course_is_found_by_its_feature(geometry, tmp_path):
    problems = check_file(write_own(tmp_path, geometry=geometry))
    assert len(problems) == 1
    assert str(problems[0]).startswith("geometry.geojson: feature 1 ('ab'): ")


def test_a_course_of_an_unknown_link_is_found(tmp_path):
    geometry = course("10.0, 50.0", "10.5, 50.0").replace('"ab"', '"abc"')
    problems = check_file(write_own(tmp_path, geometry=geometry))
    assert "unknown link 'abc'" in str(problems[0])


def test_a_repair_scale_out_of_bounds_is_refused_by_option_and_from_python(tmp_path):
    path = write_own(tmp_path)
    said = command("run", path, "--repair-scale", "1e9", "--out", tmp_path / "out")
    assert said.code == 2
    assert "repair_scale" in said.err
    assert "1000" in said.err
    with pytest.raises(InputError, match="repair_scale"):
        run_scenario(path, repair_scale=1e300)
    said = command("run", path, "--samples", "99999999999999999999", "--out", tmp_path / "out")
    assert said.code == 2
    assert "10000000" in said.err


def test_the_greatest_values_that_are_allowed_run(tmp_path):
    path = write_own(
        tmp_path,
        incidents=INCIDENTS.replace(REOPENED, "within_hours: 1000000"),
        scenario=SCENARIO + "repair_scale: 1000\n",
    )
    run = run_scenario(path, time_rule="latest")
    assert math.isclose(run.states["connected_share"].min(), 1.0)


def test_instants_keep_to_the_calendar():
    start = parse_time("2200-12-31", zone="Europe/Kyiv").earliest
    assert start is not None
    with pytest.raises(OverflowError, match="beyond the year 9000"):
        add_hours(start, 1e12)
    assert Bounds(earliest=start, latest=start).shift(1, 1e12).latest == LAST_INSTANT
    assert Window(start=start, end=add_hours(start, 24)).hours == 24
    for text in ("9999-12-31", "0001-01-01", "2201-01-01", "1799-12-31T00:00Z", "9999-12"):
        with pytest.raises(ValueError, match="1800 to 2200"):
            parse_time(text, zone="Europe/Kyiv")


HUGE = 10**400
REFUSED = {
    "length": lambda: Link(id="l", from_hub="a", to_hub="b", length_km=HUGE),
    "population": lambda: Hub(id="a", name="A", lon=0, lat=0, population=HUGE),
    "longitude": lambda: Hub(id="a", name="A", lon=HUGE, lat=0),
    "hours": lambda: Claim(document="d", speaker="s", says="s", about="end", lasted_hours=HUGE),
    "speed": lambda: replace(PASSENGER, speed_kmh={**PASSENGER.speed_kmh, "main": HUGE}),
    "exponent": lambda: gravity_demand(built_in_network(), ["kyiv", "lviv"], exponent=HUGE),
    "letters of an article": lambda: ArticleSource(
        document=Document(id="a", publisher="P", published="2025-03-01"),
        zone="Europe/Kyiv", characters=HUGE, sha256="0" * 64,
    ),
}  # fmt: skip


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_a_number_beyond_all_others_is_refused_from_python(make):
    with pytest.raises(InputError):
        make()
