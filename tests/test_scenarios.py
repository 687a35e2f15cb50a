"""The shipped scenarios: what issue and evidence say they must show."""

import filecmp

import numpy as np
import pandas as pd
import pytest

from netmodel.files.shipped import scenario_names
from netmodel.report.run_folder import write_run
from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
from netmodel.routing.router import Router
from netmodel.runs.record import read_record
from netmodel.runs.run import run_scenario
from netmodel.times import parse_instant
from tests.report_records import shipped_record, shipped_run

DERAILMENT = "2023-05-18-simferopol-chystenke"


@pytest.fixture(scope="module")
def crimea():
    return shipped_run()


@pytest.fixture(scope="module")
def ukraine():
    return shipped_run("ukraine-february-2026")


def test_only_the_pairs_that_need_the_section_are_cut_while_it_is_out(crimea):
    first = crimea.impacts[0]
    outages = crimea.timeline.outages
    link = next(each.link for each in outages if each.incident == DERAILMENT)
    network = first.assessor.network
    needs = first.assessor.base.sum_along(
        np.array([each.id == link for each in network.links], dtype=float)
    )
    minutes = running_minutes(network, PASSENGER)
    minutes[network.link_index[link]] = np.inf
    for outage in first.assessor.base_outages:
        if outage.effect == "closed" and "passenger" in outage.traffic:
            minutes[network.link_index[outage.link]] = np.inf
    for number, each in enumerate(network.links):
        if each.line_class == "road":
            minutes[number] = np.inf
    without = Router(network, crimea.scenario.demand.hubs).solve(
        costs_from_minutes(network, minutes)
    )
    must = first.assessor.base.connected & ~without.connected
    assert must.any()
    assert (needs[must] > 0).all()
    for result in first.states:
        cut = first.assessor.base.connected & ~result.routes.connected
        holds = any(outages[n].incident == DERAILMENT for n in result.state.active)
        assert np.array_equal(cut, must if holds else np.zeros_like(must))


def test_the_shown_window_of_the_outage_is_the_bounds_of_the_evidence(crimea):
    rows = crimea.outages[crimea.outages["incident"] == DERAILMENT]
    for _, row in rows.iterrows():
        assert row["start_earliest"] < row["start_latest"]
        assert row["end_earliest"] < row["end_latest"]
        assert row["start_earliest"] <= row["start"] <= row["start_latest"]


def test_the_conflict_in_the_evidence_is_shown(crimea):
    incident = next(each for each in crimea.record.evidence.incidents if each.id == DERAILMENT)
    about = {conflict.about for conflict in incident.conflicts}
    assert "start" in about
    assert any("wagons" in name for name in about)
    speakers = {claim.speaker for claim in incident.claims}
    assert len(speakers) > 4


def test_the_depot_fire_changes_nothing(crimea):
    fire = [each for each in crimea.scenario.catalogue.incidents.values() if each.kind == "fire"]
    assert any(each.effect == "none" and "Sevastopol" in each.title for each in fire)
    named = {placement.incident.id: placement for placement in crimea.placements}
    for each in fire:
        if each.id in named:
            assert not named[each.id].outages


def test_the_seed_article_is_cited_by_the_claims():
    run = shipped_run()
    claims = [
        claim
        for incident in run.record.evidence.incidents
        for claim in incident.claims
        if claim.document.startswith("nyt-2023-05-18")
    ]
    assert any(claim.about == "first_traffic" and claim.basis == "rule" for claim in claims)


def test_buses_advisories_shelter_stops_and_diesels_each_have_their_own_figure(ukraine):
    states = ukraine.states
    for column in ("bus_share", "advisory_share", "slowed_share", "diesel_share"):
        assert states[column].max() > 0, column
    columns = ["bus_share", "advisory_share", "slowed_share", "diesel_share"]
    assert len({tuple(states[column]) for column in columns}) == 4
    evidence = ukraine.record.evidence
    for effect in ("advisory", "slowed", "diesel_only", "closed"):
        incidents = [each for each in evidence.incidents if each.effect == effect]
        assert any(each.links and not each.background for each in incidents), effect
        for each in incidents:
            for claim in each.claims:
                assert claim.document in evidence.documents
    assert evidence.services


@pytest.mark.parametrize("name", scenario_names())
def test_every_outage_names_an_incident_and_a_dated_document_with_url(name):
    run = shipped_run(name)
    documents = run.record.evidence.documents
    assert len(run.outages)
    for _, row in run.outages.iterrows():
        assert row["incident"] in run.scenario.catalogue.incidents
        sources = [documents[each] for each in row["documents"].split(";")]
        assert any(each.url and each.published for each in sources), row["incident"]


@pytest.mark.parametrize("name", scenario_names())
def test_every_headline_figure_leads_to_its_documents(name):
    record = shipped_record(name)
    documents = record.evidence.documents
    incidents = {each.id: each for each in record.evidence.incidents}
    for figure in record.summary.figures:
        for incident in figure.incidents:
            cited = {claim.document for claim in incidents[incident].claims}
            assert cited & set(figure.documents)
        assert all(each in documents for each in figure.documents)
        if figure.name == "resilience_loss" and figure.value:
            assert figure.documents


@pytest.mark.parametrize("name", ["crimea-may-2023", "kupiansk-pokrovsk"])
def test_only_standing_closures_that_may_hold_in_the_window_are_told(name):
    record = shipped_record(name)
    window = record.summary.window
    told = [each for each in record.evidence.incidents if each.background]
    assert len(told) == record.summary.standing_closures > 10
    for each in told:
        assert each.start.earliest is None or each.start.earliest < window.end, each.id
        assert each.full_service.latest is None or each.full_service.latest > window.start, each.id


def files_in(folder):
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.relative_to(folder).as_posix() for path in found)


@pytest.mark.parametrize("name", ["crimea-may-2023", "kupiansk-pokrovsk"])
def test_the_same_scenario_gives_the_same_bytes(name, tmp_path):
    for folder in ("one", "two"):
        write_run(shipped_record(name), tmp_path / folder)
    names = files_in(tmp_path / "one")
    _, different, failed = filecmp.cmpfiles(
        tmp_path / "one", tmp_path / "two", names, shallow=False
    )
    assert not different
    assert not failed


def test_a_run_reads_back_as_it_was_written(crimea, tmp_path):
    folder = write_run(crimea.record, tmp_path / "run")
    again = read_record(folder)
    pd.testing.assert_frame_equal(
        again.states.reset_index(), crimea.record.states.reset_index(), check_dtype=False
    )
    assert (again.summary, again.evidence) == (crimea.record.summary, crimea.record.evidence)
    copy = write_run(again, tmp_path / "copy")
    names = files_in(folder)
    assert not filecmp.cmpfiles(folder, copy, names, shallow=False)[1]


def test_an_interrupted_run_leaves_nothing(crimea, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("netmodel.report.run_folder.render_markdown", stop)
    with pytest.raises(KeyboardInterrupt):
        write_run(crimea.record, tmp_path / "run")
    assert not list(tmp_path.iterdir())


def test_resilience_loss_lies_between_possible_and_guaranteed(crimea):
    for figure in crimea.record.summary.figures:
        if figure.name == "resilience_loss":
            assert figure.possible <= figure.value <= figure.guaranteed


def test_the_bridge_has_two_milestones():
    run = shipped_run("crimean-bridge-2022")
    rows = run.outages[run.outages["incident"] == "2022-10-08-crimean-bridge"]
    assert set(rows["effect"]) == {"closed", "single_track"}
    closed = rows[rows["effect"] == "closed"].iloc[0]
    single = rows[rows["effect"] == "single_track"].iloc[0]
    assert closed["end_latest"] < parse_instant("2022-10-09T00:00Z")
    assert single["end_earliest"] > parse_instant("2023-05-01T00:00Z")


def test_rules_give_different_numbers_within_the_bounds():
    losses = {}
    for rule in ("earliest", "midpoint", "latest"):
        run = run_scenario("crimea-may-2023", time_rule=rule)
        losses[rule] = next(
            each.value for each in run.summary.figures if each.name == "resilience_loss"
        )
    assert losses["earliest"] < losses["midpoint"] < losses["latest"]
