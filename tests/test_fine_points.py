"""Points where a small change of the code once went unseen by every test."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import netmodel as nm
from netmodel.evidence.as_of import known_incident
from netmodel.evidence.incident import Catalogue, Replacement
from netmodel.evidence.milestone_bounds import Resolution
from netmodel.impact.assessment import Assessor
from netmodel.impact.attribution import loss_alone
from netmodel.impact.buses import ROAD_OVER_GREAT_CIRCLE, ROAD_SPEED_KMH, build_services
from netmodel.impact.demand import uniform_demand
from netmodel.impact.loss import _meeting
from netmodel.network import Hub, Link, Network, Station
from netmodel.network.railway import great_circle_km
from netmodel.outages.milestones import milestone_limits
from netmodel.outages.outage import TIME_RULES, pick_times, place_incidents
from netmodel.routing.profiles import PASSENGER
from netmodel.times import Bounds
from netmodel.validation.observations import _midday
from tests.test_attribution import TWO_PARTS, attribute
from tests.uncertain import WINDOW, make_placement

HUBS = (
    Hub(id="a", name="Aton", lon=10.0, lat=50.0, region="North"),
    Hub(id="b", name="Beton", lon=10.5, lat=50.0, region="North"),
    Hub(id="c", name="Ceton", lon=11.0, lat=50.0, region="South"),
    Hub(id="c2", name="Ceton", lon=12.0, lat=50.0, region="South"),
)
RAILWAY = Network(
    hubs=HUBS,
    links=(
        Link(id="ab", from_hub="a", to_hub="b", length_km=38),
        Link(id="bc", from_hub="b", to_hub="c", length_km=37),
        Link(id="cc", from_hub="c", to_hub="c2", length_km=80),
        Link(id="road", from_hub="a", to_hub="c", length_km=80, line_class="road"),
    ),
)


def incident(place, **more):
    claim = nm.Claim(document="d", speaker="S", says="x", about="start", at="2025-03-01T12:00Z")
    return nm.Incident(id="i", title="I", kind="fire", zone="UTC", places=place, effect="closed",
                       claims=(claim,), **more)  # fmt: skip


def match(place):
    placed = place_incidents(RAILWAY, [incident(place)], Catalogue(documents={}, incidents={}))
    return placed[0]


@pytest.mark.parametrize("place", [{"hub": "Ceton"}, {"between": ["Beton", "Ceton"]}])
def test_two_hubs_of_one_name_are_never_chosen_between(place):
    with pytest.raises(nm.errors.NetmodelError, match="Ceton"):
        match(place)


def test_a_region_has_the_links_that_cross_its_border():
    assert match({"region": "North"}).matches[0].candidates == ("ab", "bc", "road")


def test_how_far_the_nearest_link_is_is_told():
    found = match({"near": {"lon": 10.2, "lat": 50.3, "within_km": 5}}).matches[0]
    assert found.links == ()
    assert [note.code for note in found.notes] == ["nearest"]
    assert found.notes[0].values["km"] == pytest.approx(33.4, abs=0.3)


def test_a_replacement_is_known_once_its_document_was_certainly_published():
    document = nm.Document(id="d", publisher="P", published="2025-03-01", zone="UTC")
    own = nm.Document(id="e", publisher="P", published="2025-02-28", zone="UTC")
    bus = Replacement(from_hub="Aton", to_hub="Beton", document="d")
    given = incident("Aton", replacements=(bus,))
    earlier = nm.Claim(document="e", speaker="S", says="x", about="start", at="2025-02-28T12:00Z")
    given = replace(given, claims=(earlier,))
    catalogue = Catalogue(documents={"d": document, "e": own}, incidents={"i": given})
    during = known_incident(given, catalogue, datetime(2025, 3, 1, 12, tzinfo=UTC))
    after = known_incident(given, catalogue, datetime(2025, 3, 2, tzinfo=UTC))
    assert (len(during.replacements), len(after.replacements)) == (0, 1)


def test_a_loss_alone_counts_on_the_side_of_losses():
    placements = [
        make_placement("x", ["a-b-0"], (2, 2), (8, 8)),
        make_placement("y", ["c-d-1"], (5, 5), (20, 20)),
    ]
    _, model, times = attribute(TWO_PARTS, placements)
    assert loss_alone(model, times, ["x", "y"]) == pytest.approx((10.5, 10.5))


def test_a_bus_without_minutes_takes_the_road_at_its_speed():
    bus = Replacement(from_hub="a", to_hub="b", document="d")
    (service,) = build_services(RAILWAY, [incident({"hub": "a"}, replacements=(bus,))])
    km = ROAD_OVER_GREAT_CIRCLE * great_circle_km(10.0, 50.0, 10.5, 50.0)
    assert service.link.length_km == pytest.approx(km, abs=0.05)
    assert service.link.minutes == pytest.approx(60 * km / ROAD_SPEED_KMH)
    assert service.minutes_basis.code == "estimated"
    (timed,) = build_services(
        RAILWAY, [incident({"hub": "a"}, replacements=(replace(bus, minutes=40.0),))]
    )
    assert (timed.minutes_basis.code, timed.link.minutes) == ("documented", 40.0)


@pytest.mark.parametrize(("km", "hub"), [(10, "a"), (19, "a"), (20, "b")])
def test_a_bus_from_a_station_on_a_link_leaves_from_the_nearer_end(km, hub):
    halt = Station(name="Halt", link="ab", km=km)
    railway = replace(RAILWAY, stations=(halt,))
    bus = Replacement(from_hub="Halt", to_hub="c", document="d")
    (service,) = build_services(railway, [incident({"hub": "a"}, replacements=(bus,))])
    assert service.link.from_hub == hub


def test_a_road_is_a_road():
    assessor = Assessor(RAILWAY, uniform_demand(["a", "b", "c"]), PASSENGER)
    assert assessor.is_road.tolist() == [0, 0, 0, 1]


def test_incidents_that_meet_through_a_third_are_one_group():
    placements = [
        make_placement("long", ["x"], (1, 1), (20, 20)),
        make_placement("early", ["y"], (2, 2), (3, 3)),
        make_placement("late", ["z"], (10, 10), (12, 12)),
        make_placement("after", ["z"], (21, 21), (22, 22)),
    ]
    assert _meeting(milestone_limits(placements, WINDOW), range(4)) == [[0, 1, 2], [3]]


@pytest.mark.parametrize("rule", TIME_RULES)
def test_a_start_of_which_one_side_is_open_is_chosen_at_the_side_that_is_known(rule):
    known = datetime(2025, 3, 1, 12, tzinfo=UTC)
    end = datetime(2025, 3, 9, tzinfo=UTC)
    for start in (Bounds(latest=known), Bounds(earliest=known)):
        assert pick_times(resolution(start, Bounds()), rule).start == known
    both = Bounds(earliest=known, latest=known + timedelta(hours=2))
    hours = {"earliest": 0, "midpoint": 1, "latest": 2}[rule]
    assert pick_times(resolution(both, Bounds()), rule).start == known + timedelta(hours=hours)
    assert pick_times(resolution(Bounds(), Bounds()), rule).start is None
    ended = pick_times(resolution(Bounds(latest=known), Bounds(earliest=end, latest=end)), rule)
    assert (ended.start, ended.first_traffic) == (known, end)
    begun = resolution(Bounds(earliest=known, latest=known), Bounds(earliest=end))
    sooner = pick_times(begun, rule)
    assert sooner == pick_times(begun, rule, standing=False)
    assert sooner.first_traffic == {"earliest": end}.get(rule)
    assert pick_times(begun, rule, standing=True).first_traffic is None


def resolution(start, end):
    return Resolution(incident="i", start=start, first_traffic=end, full_service=Bounds(), used=(),
                      set_aside=(), conflicts=())  # fmt: skip


def test_the_middle_of_a_day_is_noon():
    assert _midday("2025-03-02") == datetime(2025, 3, 2, 10, tzinfo=UTC)
