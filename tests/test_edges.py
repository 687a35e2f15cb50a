"""Scenarios at the edges: places without a way, links of one direction, a freight demand."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from typer.testing import CliRunner

from netmodel.cli.main import app
from netmodel.outages.outage import place_incidents
from netmodel.plot.reachability_matrix import draw_reachability_matrix
from netmodel.report.markdown import render_markdown
from netmodel.report.page.figures import view_provenance
from netmodel.runs.moment import hub_states
from netmodel.runs.record import OPTIONAL_TABLES, TABLES, read_record, write_record
from netmodel.runs.run import run_scenario
from netmodel.scenario.loading import read_scenario
from netmodel.words.strings import Phrases
from tests.small_scenario import HUBS, write_incident, write_scenario

FOUR_HUBS = HUBS + "d,Ddd,33,50\n"
CAPACITY = "capacity: {%s by_class: {main: 1000}}\n"


# Capacity


@pytest.mark.parametrize(
    ("trains", "each"), [("trains_per_day: {passenger: 300},", 100.0), ("", 1.0)]
)
def test_pairs_without_a_base_route_have_no_trains(tmp_path, trains, each):
    path = write_scenario(
        tmp_path, write_incident(), hubs=FOUR_HUBS, demand="{hubs: [a, b, c, d]}",
        more=CAPACITY % trains,
    )  # fmt: skip
    states = run_scenario(path).states
    assert states["trains_unserved"].tolist() == pytest.approx([0, 2 * each, 0])
    assert states["trains_served"].tolist() == pytest.approx([3 * each, each, 3 * each])


# Hubs


def test_cut_share_counts_both_ways_of_one_way_links(tmp_path):
    links = (
        "id,from,to,length_km,direction\n"
        "ab,a,b,60,forward\nba,b,a,60,forward\nbc,b,c,60,both\n"
    )  # fmt: skip
    incident = write_incident(link="ab", start="2023-05-18T00:00Z", end="2023-05-19T00:00Z")
    run = run_scenario(write_scenario(tmp_path, incident, links=links))
    # Demand stands above the diagonal: a to b, a to c, b to c; half of the window is cut.
    assert run.record.hubs["cut_share"].tolist() == [0.5, 0.25, 0.25]


def test_cut_share_of_demand_in_one_direction(tmp_path):
    (tmp_path / "trips.csv").write_text("from,to,trips\nc,a,3\nb,a,1\n", encoding="utf-8")
    incident = write_incident(start="2023-05-18T00:00Z", end="2023-05-19T00:00Z")
    path = write_scenario(tmp_path, incident, demand="{kind: table, file: trips.csv}")
    shares = run_scenario(path).record.hubs["cut_share"]
    assert shares.to_dict() == {"a": 0.375, "b": 0.0, "c": 0.5}


@pytest.fixture(scope="module")
def freight(tmp_path_factory):
    more = "traffic: [passenger, freight]\ndemand_by_traffic: {freight: {hubs: [b, c]}}\n"
    folder = tmp_path_factory.mktemp("freight")
    path = write_scenario(folder, write_incident(), demand="{hubs: [a, b]}", more=more)
    return run_scenario(path).record


def test_hubs_of_a_freight_demand_of_its_own(freight):
    assert freight.hubs["in_demand"].tolist() == [1, 1, 1]
    found = hub_states(freight, 1, "freight")
    assert found["access"].to_dict() == {"b": "none", "c": "none"}
    assert hub_states(freight, 1, "passenger")["access"].to_dict() == {"a": "all", "b": "all"}


def test_the_matrix_shows_the_hubs_of_its_traffic(freight):
    from matplotlib.figure import Figure

    def names(traffic: str) -> set[str]:
        ax = draw_reachability_matrix(freight, Figure().add_subplot(), state=1, traffic=traffic)
        return {text.get_text() for text in (*ax.get_yticklabels(), *ax.texts)} & {
            "Aaa", "Bbb", "Ccc"
        }  # fmt: skip

    assert names("passenger") == {"Aaa", "Bbb"}
    assert names("freight") == {"Bbb", "Ccc"}


# Ids and names that look like something else


def write_odd(folder, ids, links):
    a, b, c = ids
    return write_scenario(
        folder, write_incident("2023", link=links[0]),
        hubs=f"id,name,lon,lat,country,region\n{a},NA,30,50,NA,nan\n{b},null,31,50,UA,\n"
        f"{c},007,32,50,UA,\n",
        links=f"id,from,to,length_km\n{links[0]},{a},{b},60\n{links[1]},{b},{c},60\n",
        demand=f'{{hubs: ["{a}", "{b}", "{c}"]}}',
        more="capacity: {by_class: {main: 1}}\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ids", "links"),
    [
        (("001", "002", "003"), ("0010", "11")),
        (("NA", "null", "c"), ("nan", "None")),
        (("1.0", "1e5", "true"), ("1E5", "-0")),
    ],
)
def test_ids_that_look_like_numbers_or_nothing_come_back(tmp_path, ids, links):
    record = run_scenario(write_odd(tmp_path, ids, links)).record
    out = tmp_path / "out"
    out.mkdir()
    write_record(record, out)
    back = read_record(out)
    for name in (*TABLES, *OPTIONAL_TABLES):
        one, other = getattr(record, name), getattr(back, name)
        assert (one is None) == (other is None)
        if one is None:
            continue
        pd.testing.assert_frame_equal(one, other, check_dtype=False, obj=name)
    assert back.hubs["name"].tolist() == ["NA", "null", "007"]
    assert back.hubs["country"].tolist() == ["NA", "UA", "UA"]


def test_a_run_with_odd_ids_is_reported_and_shown(tmp_path):
    path = write_odd(tmp_path, ("NA", "1e5", "003"), ("001", "null"))
    out = tmp_path / "out"
    for arguments in (["run", str(path), "--out", str(out)], ["report", str(out)]):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
    assert "NA" in (out / "report.md").read_text(encoding="utf-8")


# As of an instant


AS_OF = 'as_of: "2023-05-20T00:00Z"\n'
KNOWN = write_incident("known", "ab")
LATER = write_incident(
    "later", "bc", start="2023-05-19T06:00Z", end="2023-05-19T10:00Z", document="d2"
)


def test_what_was_not_yet_reported_is_left_out(tmp_path):
    run = run_scenario(write_scenario(tmp_path, KNOWN, LATER, more=AS_OF))
    alone = run_scenario(write_scenario(tmp_path / "alone", KNOWN, more=AS_OF))
    pd.testing.assert_frame_equal(run.states, alone.states)
    assert set(run.outages["incident"]) == {"known"}
    assert all("d2" not in figure.documents for figure in run.summary.figures)
    assert list(run.evidence.documents) == ["d1"]
    assert run.summary.not_yet_reported == 1
    assert run_scenario(write_scenario(tmp_path, KNOWN)).summary.not_yet_reported is None


@pytest.mark.parametrize("wanted", ["ids: [known, later]", "also: [later]"])
def test_a_named_incident_not_yet_reported_is_left_out_too(tmp_path, wanted):
    path = write_scenario(tmp_path, KNOWN, LATER, more=AS_OF)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("documents: [docs.yaml]", f"documents: [docs.yaml], {wanted}"))
    run = run_scenario(path)
    assert [each.incident.id for each in run.placements] == ["known"]
    assert run.summary.not_yet_reported == 1


def test_nothing_reported_yet_leaves_an_undisturbed_run(tmp_path):
    run = run_scenario(write_scenario(tmp_path, LATER, more=AS_OF))
    assert run.states["connected_share"].tolist() == [1.0]
    assert run.states["connected_share_guaranteed"].tolist() == [1.0]
    assert "left out, not yet reported then: 1." in render_markdown(run.record)
    facts = view_provenance(run.record, "", Phrases("en")).provenance
    assert ("Left out because not yet reported then", "1 incident") in facts


def test_a_standing_closure_not_yet_reported_is_left_out(tmp_path):
    standing = LATER.replace("effect: closed", "effect: closed\n  standing: true")
    path = write_scenario(tmp_path, KNOWN, standing, more=AS_OF)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("standing_closures: none", "standing_closures: [later]"))
    run = run_scenario(path)
    assert run.background == ()
    assert run.summary.not_yet_reported == 1


def test_incidents_are_chosen_by_what_was_known(tmp_path):
    # In the whole record it ended before the window; by then it was only known to be out.
    early = """- id: early
  title: Title
  kind: derailment
  zone: UTC
  place: {links: [bc]}
  effect: closed
  claims:
  - {document: d1, speaker: S, says: x, basis: observed, about: start, at: 2023-05-17T06:00Z}
  - {document: d1, speaker: S, says: x, basis: observed, about: still_out, at: 2023-05-18T05:00Z}
  - {document: d2, speaker: S, says: x, basis: observed, about: first_traffic,
     at: 2023-05-18T06:00Z}
"""
    window = "{start: 2023-05-18T04:00Z, end: 2023-05-20T00:00Z}"
    run = run_scenario(write_scenario(tmp_path, early, more=AS_OF, window=window))
    assert run.outages["end_earliest"].tolist() == [pd.Timestamp("2023-05-18T05:00Z")]
    assert run.outages["end_latest"].isna().all()
    assert run.outages["documents"].tolist() == ["d1"]
    claims = run.evidence.incidents[0].claims
    assert [claim.document for claim in claims] == ["d1", "d1"]


def test_a_bus_not_yet_reported_does_not_run(tmp_path):
    bus = "  replacement:\n  - {from: b, to: c, document: d2, minutes: 90}\n"
    path = write_scenario(tmp_path, write_incident(more=bus), more=AS_OF)
    assert run_scenario(path).services == ()
    path = write_scenario(tmp_path, write_incident(more=bus))
    assert len(run_scenario(path).services) == 1


def test_placing_an_incident_before_its_report(tmp_path):
    scenario = read_scenario(write_scenario(tmp_path, KNOWN, LATER))
    for as_of, expected in (
        (datetime(2023, 5, 20, tzinfo=UTC), {"known": [], "later": ["not_reported"]}),
        (datetime(2023, 6, 20, tzinfo=UTC), {"known": [], "later": []}),
    ):
        placements = place_incidents(
            scenario.network, scenario.incidents, scenario.catalogue, as_of=as_of
        )
        assert {
            each.incident.id: [note.code for note in each.reasons] for each in placements
        } == expected
        assert all(bool(each.outages) != bool(each.reasons) for each in placements)


# Links that no train of the scenario can use


WIRED = "id,from,to,length_km,electrified\nab,a,b,60,yes\nbc,b,c,60,yes\n"
NO_DIESELS = (
    "anchors: [a]\nrouting: {profiles: {passenger: {like: passenger, diesel_speed_share: 0}}}\n"
)
COLUMNS = ["connected_share", "components", "isolated_hubs", "rerouted_share"]


@pytest.mark.parametrize("around", ["", "ac,a,c,200,no\n"])
def test_a_dead_wire_without_diesels_is_a_closure_in_every_figure(tmp_path, around):
    runs = [
        run_scenario(
            write_scenario(
                tmp_path / effect, write_incident(link="ab", effect=effect),
                links=WIRED + around, more=NO_DIESELS,
            )
        )
        for effect in ("diesel_only", "closed")
    ]  # fmt: skip
    tables = [run.states[COLUMNS] for run in runs]
    pd.testing.assert_frame_equal(*tables)
    pd.testing.assert_frame_equal(*(run.record.ways for run in runs))
    expected = [1.0, 1.0, 0.0, 2 / 3] if around else [1 / 3, 2.0, 2.0, 0.0]
    assert tables[0].loc[1].tolist() == pytest.approx(expected, abs=1e-6)
    assert len(runs[0].record.ways) == 2


def test_a_link_without_wire_stays_open_when_the_wire_is_dead(tmp_path):
    path = write_scenario(
        tmp_path, write_incident(link="ab", effect="diesel_only"),
        links=WIRED.replace("ab,a,b,60,yes", "ab,a,b,60,no"), more=NO_DIESELS,
    )  # fmt: skip
    run = run_scenario(path)
    assert run.states.loc[1, COLUMNS].tolist() == [1, 1, 0, 0]
    assert len(run.record.ways) == 0


def test_components_respect_what_the_profile_forbids(tmp_path):
    more = (
        "anchors: [a]\nrouting: {profiles: {passenger: "
        "{like: passenger, forbidden_classes: [branch], gauges_mm: [1520]}}}\n"
    )
    path = write_scenario(
        tmp_path, write_incident(link="ab"), hubs=FOUR_HUBS,
        links="id,from,to,length_km,line_class,gauge_mm\n"
        "ab,a,b,60,main,1520\nbc,b,c,60,branch,1520\nbd,b,d,60,main,1435\n",
        demand="{hubs: [a, b, c, d]}", more=more,
    )  # fmt: skip
    states = run_scenario(path).states
    assert states["components"].tolist() == [3, 4, 3]
    assert states["isolated_hubs"].tolist() == [2, 3, 2]


def test_ways_round_advice_that_is_heeded(tmp_path):
    path = write_scenario(
        tmp_path, write_incident(link="ab", effect="advisory"),
        links=WIRED + "ac,a,c,200,no\n", more="routing: {advisory: avoid}\n",
    )  # fmt: skip
    run = run_scenario(path)
    assert run.states.loc[1, "rerouted_share"] == pytest.approx(2 / 3, abs=1e-6)
    assert run.record.ways["extra_minutes"].notna().sum() == 2
