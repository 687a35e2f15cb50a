"""Runs of one or two uncertain incidents on three hubs: what the record says of their times."""

from __future__ import annotations

import pandas as pd
import pytest

from netmodel import run_scenario
from netmodel.evidence.notes import Note
from netmodel.repair.jobs import sweep_repair_speed
from netmodel.runs.documents import RunConflict
from netmodel.runs.moment import link_states

HUBS = "id,name,lon,lat\na,Aaa,30,50\nb,Bbb,31,50\nc,Ccc,32,50\n"
LINKS = "id,from,to,length_km,electrified\nab,a,b,60,yes\nbc,b,c,60,yes\n"
DOCUMENTS = """documents:
- {id: d, publisher: P, title: T, published: 2023-05-18, url: "https://example.org/x"}
"""
SCENARIO = """title: Times
network: net
window: {start: 2023-05-18T00:00Z, end: 2023-05-20T00:00Z}
incidents: {files: [incidents.yaml], documents: [documents.yaml], ids: [x]}
standing_closures: none
demand: {hubs: [a, b, c]}
traffic: [passenger]
"""


@pytest.fixture
def study(tmp_path):
    """Return a function that runs one incident on the link ab, given its claims by milestone."""

    def run(*claims, effect="closed", more="", **options):
        (tmp_path / "net").mkdir(exist_ok=True)
        lines = "".join(
            f"  - {{document: d, speaker: S, says: x, about: {about}, basis: observed, {time}}}\n"
            for about, time in claims
        )
        incident = (
            f"incidents:\n- id: x\n  title: X\n  kind: derailment\n  zone: UTC\n"
            f"  place: {{links: [ab]}}\n  effect: {effect}\n{more}  claims:\n{lines}"
        )
        for name, text in (
            ("net/hubs.csv", HUBS), ("net/links.csv", LINKS), ("documents.yaml", DOCUMENTS),
            ("incidents.yaml", incident), ("study.yaml", SCENARIO),
        ):  # fmt: skip
            (tmp_path / name).write_text(text, encoding="utf-8")
        return run_scenario(tmp_path / "study.yaml", **options)

    return run


def day(text):
    return f"at: 2023-05-18T{text}Z"


def span(after, before):
    return f"at: {{after: 2023-05-18T{after}Z, before: 2023-05-18T{before}Z}}"


def figure(run, name="resilience_loss"):
    return next(each for each in run.summary.figures if each.name == name)


def closed_hours(run):
    """Hours for which two of three pairs are cut: possible, chosen, guaranteed."""
    found = figure(run)
    return [round(1.5 * getattr(found, name), 3) for name in ("possible", "value", "guaranteed")]


def test_the_loss_counts_from_a_start_before_the_exact_end(study):
    claims = [("start", "at: 2023-05-18"), ("first_traffic", day("08:00"))]
    assert closed_hours(study(*claims)) == [0, 4, 8]
    assert closed_hours(study(*claims, time_rule="latest")) == [0, 0, 8]


@pytest.mark.parametrize("rule", ["earliest", "midpoint", "latest"])
def test_a_slowed_line_is_free_after_its_exact_end(study, rule):
    run = study(
        ("start", "at: {after: 2023-05-18T05:00Z}"), ("full_service", day("10:00")),
        effect="slowed", time_rule=rule, metrics=["efficiency_ratio"],
    )  # fmt: skip
    assert run.outages["end"].tolist() == [pd.Timestamp("2023-05-18T10:00Z")]
    assert run.states["efficiency_ratio_guaranteed"].iloc[-1] == 1


def test_four_hours_are_four_hours_in_every_figure(study):
    run = study(
        ("start", span("00:00", "12:00")), ("first_traffic", "lasted_hours: 4"),
        samples=200, seed=1,
    )  # fmt: skip
    assert closed_hours(run) == [4, 4, 4]
    quantiles = run.summary.ensemble.resilience_loss["passenger"]
    assert list(quantiles.values()) == pytest.approx([8 / 3] * len(quantiles), abs=1e-4)
    assert run.summary.value_of_evidence[0].shrinks_by == pytest.approx(0, abs=1e-6)


def test_figures_of_a_scaled_run_agree_with_the_sweep(study):
    claims = [("start", span("06:00", "08:00")), ("first_traffic", span("10:00", "12:00"))]
    run = study(*claims)
    assert closed_hours(study(*claims, repair_scale=0.25)) == [0.5, 1, 1.5]
    point = sweep_repair_speed(run, [0.25])[0]
    assert [1.5 * each for each in (point.possible, point.loss, point.guaranteed)] == (
        pytest.approx([0.5, 1, 1.5])
    )
    scaled = study(*claims, repair_scale=0.25).evidence.incidents[0]
    assert scaled.rule == Note("observed_bounds_scaled", {"scale": 0.25})
    assert scaled.first_traffic.latest == pd.Timestamp("2023-05-18T09:00Z")


def test_between_closed_and_slowed_a_link_is_certainly_slowed(study):
    run = study(
        ("start", day("06:00")), ("first_traffic", span("10:00", "14:00")),
        ("full_service", day("20:00")), more="  then: slowed\n",
    )  # fmt: skip
    found = [
        link_states(run.record, number).loc["ab", ["effect", "certain_effect"]].tolist()
        for number in run.states.index
    ]
    assert found == [
        ["open", "open"], ["closed", "closed"], ["closed", "slowed"], ["slowed", "slowed"],
        ["slowed", "slowed"], ["open", "open"],
    ]  # fmt: skip


def test_a_standing_closure_that_ended_is_certain_nowhere(study):
    run = study(
        ("start", "at: {before: 2023-05-10T00:00Z}"),
        ("first_traffic", "at: {before: 2023-05-18T12:00Z}"),
        more="  standing: true\n",
    )
    assert (run.states["outages_certain"] == 0).all()
    for number in run.states.index:
        assert link_states(run.record, number).loc["ab", "certain_effect"] == "open"


def test_a_conflict_between_milestones_is_in_the_record(study):
    run = study(
        ("start", day("06:00")), ("first_traffic", day("12:00")), ("full_service", day("10:00")),
        more="  then: slowed\n",
    )  # fmt: skip
    assert run.evidence.incidents[0].conflicts == (
        RunConflict(about="full_service", claims=(1, 2), treatment=Note("bounds_cover")),
    )
    assert closed_hours(run) == [4, 5, 6]
