"""The ways of pairs on the built-in railway, against the stops that documents give."""

from datetime import date

import numpy as np
import pytest

import netmodel as nm
from netmodel.impact.assessment import Assessor
from netmodel.impact.demand import uniform_demand
from netmodel.impact.joining import find_pair_ways
from netmodel.impact.near_ways import find_near_ways
from netmodel.impact.redundancy import incident_ways
from netmodel.network.names import Names
from netmodel.routing.profiles import PASSENGER
from netmodel.trains.course import find_courses
from netmodel.trains.relevance import RelevantTrains
from netmodel.trains.train import Timetable
from tests.conftest import make_outage
from tests.report_records import shipped_run

INCIDENT = "2026-01-30-dnipro-zaporizhzhia"
ENOUGH = 60


@pytest.fixture(scope="module")
def railway():
    return nm.built_in_network()


@pytest.fixture(scope="module")
def run():
    return shipped_run("ukraine-february-2026")


def base_ways(run, start: str, end: str) -> list[tuple[float, list[str]]]:
    """Return the share and the names of the hubs of each way of a pair in the base."""
    assessor = run.impact_on("passenger").assessor
    names, place = Names(run.network), assessor.demand.hubs.index
    pair = place(names.hub(start).id), place(names.hub(end).id)
    shown = {hub.id: hub.name for hub in run.network.hubs}
    return [
        (float(assessor.ways.share[way]),
         [shown[hub] for hub in assessor.ways.hubs_along(way, assessor.network)])
        for way in assessor.ways.of(*pair)
    ]  # fmt: skip


def in_order(wanted: list[str], passed: tuple[str, ...]) -> bool:
    found = iter(passed)
    return all(hub in found for hub in wanted)


def test_ways_are_those_of_the_timetable_stop_by_stop(railway):
    """Of every train whose documents name stops between, each pair of towns where it calls."""
    names = Names(railway)
    told = [each for each in nm.trains.built_in_timetable().trains if len(each.stops) > 2]
    timetable = Timetable(trains=tuple(told))
    courses = find_courses(timetable, railway)
    hub_of = {stop: names.find_hubs(stop)[0].id
              for each in told for stop in each.stops if names.find_hubs(stop)}  # fmt: skip
    hubs = sorted({hub_of[stop] for each in told for stop in each.stops if stop in hub_of})
    assessor = Assessor(railway, uniform_demand(hubs), PASSENGER)
    ways = find_pair_ways(
        courses,
        RelevantTrains(timetable=timetable, days={each.id: (date(2026, 2, 1),) for each in told}),
        railway, hubs, costs=assessor.costs(()), least=assessor.base.cost, least_share=0.0,
    )  # fmt: skip
    place = {hub: number for number, hub in enumerate(hubs)}
    pairs = set()
    for train in told:
        if train.id not in courses.courses:
            continue
        called = [hub_of.get(stop) for stop in train.stops]
        for first in range(len(called)):
            for last in range(first + 2, len(called)):
                ends = called[first], called[last]
                between = [hub for hub in called[first : last + 1] if hub is not None]
                if None in ends or ends[0] == ends[1] or len(between) < 3:
                    continue
                mine = [
                    way for way in ways.of(place[ends[0]], place[ends[1]])
                    if train.id in ways.trains_of(way)
                ]  # fmt: skip
                assert any(in_order(between, ways.hubs_along(way, railway)) for way in mine), (
                    train.id, between,
                )  # fmt: skip
                pairs.add(ends)
    assert len({frozenset(pair) for pair in pairs}) >= ENOUGH
    np.testing.assert_allclose(
        ways.mean(np.ones(len(ways)), np.ones((len(hubs),) * 2)), 1.0, atol=1e-12
    )


@pytest.mark.parametrize("start", ["Kyiv", "Lviv", "Odesa"])
def test_ways_to_zaporizhzhia_go_by_dnipro_and_are_hit_by_its_closure(run, start):
    ways = base_ways(run, start, "Zaporizhzhia")
    assert ways
    for _, passed in ways:
        assert {"Dnipro", "Synelnykove-1"} <= set(passed)
    assert not {"Nikopol", "Snihurivka"} & {hub for _, passed in ways for hub in passed}
    names = Names(run.network)
    ends = {names.hub(start).id, names.hub("Zaporizhzhia").id}
    rows = run.record.ways
    rows = rows[(rows["incident"] == INCIDENT) & (rows["traffic"] == "passenger")]
    hit = rows[[{a, b} == ends for a, b in zip(rows["from"], rows["to"], strict=True)]]
    assert hit["share"].tolist() == [1.0]
    assert (hit["extra_minutes"] > 0).all()


def test_kyiv_odesa_goes_by_vinnytsia_and_kyiv_chernivtsi_not_by_moldova(run):
    for share, passed in base_ways(run, "Kyiv", "Odesa"):
        if share > 0.5:
            assert {"Vinnytsia", "Zhmerynka", "Podilsk"} <= set(passed)
    countries = {hub.name: hub.country for hub in run.network.hubs}
    ways = base_ways(run, "Kyiv", "Chernivtsi")
    assert ways
    assert {countries[hub] for _, passed in ways for hub in passed} == {"UA"}


@pytest.mark.parametrize("trains", [True, False])
def test_closing_korosten_names_kyiv_lviv(run, trains):
    whole = run.impact_on("passenger").assessor
    names = Names(run.network)
    pair = [names.hub(each).id for each in ("Kyiv", "Lviv")]
    assessor = whole if trains else Assessor(run.network, uniform_demand(pair), PASSENGER)
    korosten = names.hub("Korosten").id
    shut = [make_outage(link.id, 0, 1, incident="korosten")
            for link in run.network.links if korosten in (link.from_hub, link.to_hub)]  # fmt: skip
    ways = next(incident_ways(assessor, shut))
    place = tuple(assessor.demand.hubs.index(hub) for hub in pair)
    near = find_near_ways(assessor).get(place)
    assert ways.share[place] > 0 or (near and not ways.links.isdisjoint(near.links))
    if not trains:
        assert korosten in near.hubs


def test_every_pair_says_what_its_way_rests_on(run):
    pairs = run.pairs
    assert set(pairs[pairs["traffic"] == "freight"]["basis"]) == {"least cost"}
    assert set(pairs["basis"]) == {"trains", "passing trains", "trains with changes", "least cost"}
