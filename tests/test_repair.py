"""Slower and faster repairs, and in which order to do them."""

from __future__ import annotations

import heapq
import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.evidence.notes import Note
from netmodel.impact.assessment import Assessor
from netmodel.impact.demand import uniform_demand
from netmodel.repair.jobs import RepairJob, collect_jobs, repair_speed_table, sweep_repair_speed
from netmodel.repair.order import plan_repairs, plan_run_repairs
from netmodel.repair.search import pairwise_bound
from netmodel.routing.profiles import PASSENGER
from netmodel.runs.run import run_scenario
from tests.conftest import COUNT, USUAL, at, make_network, make_outage
from tests.own_network import command
from tests.uncertain import make_placement

EDGES = [("a", "b", 10), ("b", "c", 10), ("c", "d", 15), ("d", "e", 9), ("e", "a", 40),
         ("b", "e", 12), ("c", "f", 7)]  # fmt: skip
NETWORK = make_network(EDGES)
LINKS = [link.id for link in NETWORK.links]
HUBS = [hub.id for hub in NETWORK.hubs]
ASSESSOR = Assessor(NETWORK, uniform_demand(HUBS), PASSENGER)


@pytest.fixture(scope="module")
def crimea():
    return run_scenario("crimea-may-2023", traffic=["passenger"])


def job(name, links, *hours, began=None):
    outages = tuple(make_outage(link, 0, None, incident=name) for link in links)
    return RepairJob(name=name, outages=outages, hours=tuple(hours), began=began)


def loss_of(order, jobs, crews, draw=0):
    """Loss of an order by playing it through, one event at a time."""
    free = [0.0] * crews
    ends = []
    for number in order:
        hours = jobs[number].hours
        end = heapq.heappop(free) + hours[draw if len(hours) > 1 else 0]
        heapq.heappush(free, end)
        ends.append((end, number))
    undone, now, loss = set(order), 0.0, 0.0
    for end, number in sorted(ends):
        out = [outage for each in undone for outage in jobs[each].outages]
        share = ASSESSOR.measure(out, ["connected_share"])["connected_share"]
        loss += (end - now) * (1 - share)
        now = end
        undone.discard(number)
    return loss


def best_by_enumeration(jobs, crews):
    draws = max(len(each.hours) for each in jobs)
    return min(
        np.mean([loss_of(order, jobs, crews, draw) for draw in range(draws)])
        for order in itertools.permutations(range(len(jobs)))
    )


LINE = make_network([("a", "b", 10), ("b", "c", 10), ("c", "d", 10)])
RING = make_network([("a", "b", 10), ("b", "c", 10), ("a", "c", 10)])


def finding(network, hours, *, crews=1, began=(0, 1)):
    """Return what a plan says of the first links of a network, closed and restored in so long."""
    assessor = Assessor(network, uniform_demand([hub.id for hub in network.hubs]), PASSENGER)
    jobs = [
        job(link.id, [link.id], float(each), began=at(since))
        for link, each, since in zip(network.links, hours, began, strict=False)
    ]
    return plan_repairs(assessor, jobs, crews=crews)


def test_that_the_order_makes_no_difference_is_said():
    detoured = finding(RING, [5])
    assert detoured.best.loss == 0
    assert "no difference" in detoured.finding
    assert detoured.metric in detoured.finding
    each_its_crew = finding(LINE, [9, 1], crews=2)
    assert each_its_crew.best.loss > 0
    assert "no difference" in each_its_crew.finding


def test_how_far_the_orders_compared_lie_apart_is_said():
    same = finding(RING, [4, 4])
    assert same.best.loss > 0
    assert {each.loss for each in same.alternatives} == {same.best.loss}
    assert "the same" in same.finding
    apart = finding(LINE, [9, 1])
    most = max(apart.alternatives, key=lambda each: each.loss)
    assert most.loss > apart.best.loss
    assert most.rule in apart.finding
    assert "same" not in apart.finding


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_the_command_says_what_the_orders_come_to(form):
    options = ("--at", "2023-05-18T12:00+03:00")
    said = command("repair", "crimea-may-2023", *options, *form)
    assert said.code == 0, said.err
    assert "order" in (json.loads(said.out)["finding"] if form else said.out.split("least loss")[1])


scenes = st.lists(
    st.tuples(
        st.lists(st.sampled_from(LINKS), min_size=1, max_size=2, unique=True), st.integers(1, 12)
    ),
    min_size=1,
    max_size=5,
).map(lambda rows: [job(f"j{n}", links, float(hours)) for n, (links, hours) in enumerate(rows)])


@pytest.mark.differential
@settings(max_examples=min(COUNT, 30) if COUNT <= USUAL else COUNT)
@given(jobs=scenes, crews=st.integers(1, 3))
def test_the_optimiser_equals_enumeration(jobs, crews):
    plan = plan_repairs(ASSESSOR, jobs, crews=crews)
    assert plan.exact
    assert plan.best.loss == pytest.approx(best_by_enumeration(jobs, crews))
    order = [int(name[1:]) for name in plan.best.order]
    assert plan.best.loss == pytest.approx(loss_of(order, jobs, crews))
    assert all(plan.best.loss <= each.loss + 1e-9 for each in plan.alternatives)


@pytest.mark.parametrize("crews", [1, 2, 3])
@pytest.mark.parametrize("count", [6, 7])
def test_the_optimiser_equals_enumeration_with_up_to_seven(crews, count):
    rng = np.random.default_rng(count * 10 + crews)
    jobs = [job(f"j{n}", [LINKS[n]], float(rng.integers(1, 15))) for n in range(count)]
    plan = plan_repairs(ASSESSOR, jobs, crews=crews)
    assert plan.exact
    assert plan.gap == 0
    assert plan.best.loss == pytest.approx(fast_enumeration(jobs, crews))


def fast_enumeration(jobs, crews):
    """As `best_by_enumeration`, with the shares of all sets worked out beforehand."""
    share = {}
    for bits in range(1 << len(jobs)):
        out = [o for n, each in enumerate(jobs) if bits >> n & 1 for o in each.outages]
        share[bits] = 1 - ASSESSOR.measure(out, ["connected_share"])["connected_share"]
    best = np.inf
    for order in itertools.permutations(range(len(jobs))):
        free = [0.0] * crews
        ends = []
        for number in order:
            end = heapq.heappop(free) + jobs[number].hours[0]
            heapq.heappush(free, end)
            ends.append((end, number))
        undone, now, loss = (1 << len(jobs)) - 1, 0.0, 0.0
        for end, number in sorted(ends):
            loss += (end - now) * share[undone]
            now = end
            undone &= ~(1 << number)
        best = min(best, loss)
    return best


@settings(max_examples=20)
@given(jobs=scenes, crews=st.integers(1, 2))
def test_the_bound_of_a_heuristic_lies_below_every_order(jobs, crews):
    plan = plan_repairs(ASSESSOR, jobs, crews=crews, exact_up_to=0)
    best = best_by_enumeration(jobs, crews)
    assert plan.lower_bound <= best + 1e-9
    assert plan.best.loss >= best - 1e-9
    assert pairwise_bound(ASSESSOR, jobs, crews, ()) <= best + 1e-9
    assert 0 <= plan.gap <= 1


def test_the_pairwise_bound_is_close_where_pairs_do_not_compete():
    jobs = [job("only", [LINKS[6]], 10.0)]
    plan = plan_repairs(ASSESSOR, jobs, exact_up_to=0, crews=1)
    assert plan.exact  # as many crews as jobs: they all begin at once
    assert pairwise_bound(ASSESSOR, jobs, 1, ()) == pytest.approx(plan.best.loss, rel=1e-3)


def test_orders_of_uncertain_durations_equal_enumeration():
    rng = np.random.default_rng(4)
    jobs = [job(f"j{n}", [LINKS[n]], *rng.integers(1, 20, 6).astype(float)) for n in range(4)]
    for crews in (1, 2):
        plan = plan_repairs(ASSESSOR, jobs, crews=crews)
        assert plan.exact
        assert plan.draws == 6
        assert plan.best.loss == pytest.approx(best_by_enumeration(jobs, crews))


def test_a_search_broken_off_says_so(monkeypatch):
    from netmodel.repair import order as repair_order

    monkeypatch.setattr(repair_order, "MOST_NODES", 3)
    jobs = [job(f"j{n}", [LINKS[n]], float(3 + n)) for n in range(5)]
    plan = plan_repairs(ASSESSOR, jobs, crews=2)
    assert not plan.exact
    assert 0 < plan.lower_bound <= plan.best.loss
    assert plan.gap == pytest.approx(1 - plan.lower_bound / plan.best.loss)


def test_obvious_orders_are_what_they_say():
    jobs = [
        job("late", ["c-f-6"], 9.0, began=at(5)),
        job("early", ["a-b-0"], 5.0, began=at(1)),
        job("unknown", ["d-e-3"], 2.0),
    ]
    plan = plan_repairs(ASSESSOR, jobs)
    orders = {each.rule: each.order for each in plan.alternatives}
    assert orders["first come"] == ("early", "late", "unknown")
    assert orders["shortest first"] == ("unknown", "early", "late")
    assert len(plan.to_table()) == 4
    assert plan.finish_hours[-1] == pytest.approx(16.0)


def test_what_stays_out_is_not_counted_as_loss():
    stays = [make_outage("c-f-6", 0, None, incident="front")]
    plan = plan_repairs(ASSESSOR, [job("x", ["a-b-0", "e-a-4"], 3.0)], standing=stays)
    both = ASSESSOR.measure([*stays, *job("x", ["a-b-0", "e-a-4"], 3.0).outages],
                            ["connected_share"])["connected_share"]  # fmt: skip
    rest = ASSESSOR.measure(stays, ["connected_share"])["connected_share"]
    assert plan.best.loss == pytest.approx(3.0 * (rest - both))


@pytest.mark.parametrize(
    ("jobs", "options", "message"),
    [
        ([], {}, "no outage to restore"),
        ([job("x", [LINKS[0]], 2.0)], {"crews": 0}, "crews (=0) must be"),
        ([job("x", [], 2.0)], {}, "job x: no link to restore"),
        ([job("x", [LINKS[0]], -2.0)], {}, "job x: hours must be"),
        ([job("x", [LINKS[0]], float("nan"))], {}, "job x: hours must be"),
        ([job("x", [LINKS[0]], 1.0), job("x", [LINKS[1]], 1.0)], {}, "more than once"),
        (
            [job("x", [LINKS[0]], 1.0, 2.0, 3.0), job("y", [LINKS[1]], 1.0, 2.0)], {},
            "job y: 2 draws of its hours, others have 3",
        ),
        ([job("x", [LINKS[0]], 2.0)], {"metric": "detour_ratio"}, "'detour_ratio' is no measure"),
    ],
)  # fmt: skip
def test_bad_jobs_are_refused(jobs, options, message):
    with pytest.raises(InputError) as caught:
        plan_repairs(ASSESSOR, jobs, **options)
    assert message in str(caught.value)


def test_jobs_of_a_run_at_an_instant(crimea):
    jobs, standing = collect_jobs(crimea, at(8))
    assert [each.name for each in jobs] == ["2023-05-18-simferopol-chystenke"]
    assert len(standing) > 20
    chosen = crimea.timeline.times["2023-05-18-simferopol-chystenke"].first_traffic
    assert at(8 + jobs[0].hours[0]) == chosen
    plan = plan_run_repairs(crimea, at(8), {"2023-05-18-simferopol-chystenke": 2.0})
    assert plan.best.loss == pytest.approx(2.0 * 20 / 66)


def test_incidents_that_cannot_be_repaired_are_named(crimea):
    without = replace(make_placement("depot", [], (1, 2), (3, 4)), reasons=(Note("no_link"),))
    crimea = replace(crimea, placements=(*crimea.placements, without))
    standing = crimea.background[0].incident.id
    with pytest.raises(InputError) as caught:
        collect_jobs(crimea, at(8), {without.incident.id: 1.0, standing: 1.0, "nothing": 1.0})
    told = str(caught.value)
    assert f"incident {without.incident.id} has no link to restore: no link matched" in told
    assert f"incident {standing} is a standing closure" in told
    assert "unknown incident 'nothing'" in told
    with pytest.raises(InputError, match="not in force at 2023-05-18T00:00:00Z"):
        collect_jobs(crimea, at(0), {"2023-05-18-simferopol-chystenke": 1.0})
    with pytest.raises(InputError, match="outside the window"):
        collect_jobs(crimea, at(-100))


def test_the_loss_of_one_incident_grows_in_step_with_its_repair(crimea):
    points = sweep_repair_speed(crimea, [0.5, 1, 2])
    half, one, two = (point.loss for point in points)
    assert one == pytest.approx(2 * half, rel=1e-3)
    assert two == pytest.approx(2 * one, rel=1e-3)
    for point in points:
        assert point.possible <= point.loss <= point.guaranteed
        assert point.compounding == pytest.approx(1.0)
    figure = next(f for f in crimea.summary.figures if f.name == "resilience_loss")
    assert one == pytest.approx(figure.value, abs=1e-4)
    assert points[1].guaranteed == pytest.approx(figure.guaranteed, abs=1e-4)
    assert list(repair_speed_table(points).index) == [0.5, 1.0, 2.0]


def test_a_scaled_run_equals_its_place_in_the_sweep(crimea):
    scaled = run_scenario("crimea-may-2023", traffic=["passenger"], repair_scale=2)
    figure = next(f for f in scaled.summary.figures if f.name == "resilience_loss")
    point = sweep_repair_speed(crimea, [2])[0]
    assert figure.value == pytest.approx(point.loss, abs=1e-4)
    assert figure.guaranteed == pytest.approx(point.guaranteed, abs=1e-4)
    assert scaled.placements[0].resolution.scale == 2


def test_slow_repairs_run_into_the_end_of_the_window(crimea):
    point = sweep_repair_speed(crimea, [50])[0]
    assert point.open_at_end == 1


def test_scales_that_make_no_sense_are_refused(crimea):
    for scales in ([], [0], [-1], [float("inf")]):
        with pytest.raises(InputError, match="scale"):
            sweep_repair_speed(crimea, scales)


PAGE = Path(__file__).parent.parent / "docs/how-to/repair.md"


def test_the_example_of_the_page_shows_the_difference_that_it_tells():
    text = PAGE.read_text("utf-8")
    names: dict[str, object] = {}
    exec(re.search(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1], names)
    plan = names["plan"]
    told = re.findall(r"^\| ([a-z ,]+) \| ([\d.]+) \| ([a-z; ]+) \|$", text, re.MULTILINE)
    shown = {rule: (loss, order) for rules, loss, order in told for rule in rules.split(", ")}
    orders = (plan.best, *plan.alternatives)
    assert shown == {each.rule: (f"{each.loss:.1f}", "; ".join(each.order)) for each in orders}
    assert len({loss for loss, _ in shown.values()}) > 1
