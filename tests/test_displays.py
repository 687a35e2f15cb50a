"""What a notebook shows of each value: the numbers of the value, every text escaped."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

import netmodel as nm
from netmodel.outages.timeline import Timeline
from netmodel.report.notebook import html_table
from tests.conftest import at
from tests.report_records import shipped_run

HOSTILE = "<script>alert('1')</script> & \"quoted\" <b>"


@pytest.fixture(scope="module")
def run():
    return shipped_run()


def bare(html: str) -> str:
    """Return a display without what it is allowed to have as tags."""
    return re.sub(r"</?(?:figure|figcaption|table|thead|tbody|tr|th|td|div|span|details|summary|"
                  r"svg|path|rect|text|code|p|b|br)\b[^<>]*>", "", html)  # fmt: skip


def shows_no_foreign_tag(html: str) -> bool:
    return "<script" not in html and "<b> " not in html and "<" not in bare(html)


def test_a_table_escapes_its_cells():
    assert shows_no_foreign_tag(html_table([HOSTILE], [[HOSTILE], [HOSTILE]], numeric=[0]))


def test_a_run_shows_figures_curve_and_states(run):
    shown = run._repr_html_()
    assert re.search(r"between \d+ h \d+ min and \d+ h \d+ min", shown)
    assert "69.7\u00a0%" in shown
    assert shown.count("<path") == 2
    assert shown.count("<tr>") >= len(run.states)
    assert "2023-05-18" in shown
    assert shows_no_foreign_tag(shown)


def test_many_states_are_cut_short():
    run = shipped_run("kupiansk-pokrovsk")
    assert len(run.states) > 14
    assert f"{len(run.states) - 13} more" in run._repr_html_()


def test_a_timeline_and_a_state(run):
    shown = run.timeline._repr_html_()
    assert "simferopol--bakhchysarai" in shown
    assert shown.count("<rect") == 2
    assert "0.33 hours" in run.timeline.states[2]._repr_html_()
    window = nm.times.Window(start=at(0), end=at(0) + timedelta(hours=5))
    assert "1 state" in Timeline(window=window, outages=(), times={})._repr_html_()


def test_inputs_are_shown_with_their_texts_escaped(run):
    incident = run.placements[0].incident
    assert "2023-05-18 05:20" in incident._repr_html_()
    claims = tuple(replace(claim, says=HOSTILE, speaker=HOSTILE) for claim in incident.claims)
    hostile = replace(incident, title=HOSTILE, claims=claims)
    assert shows_no_foreign_tag(hostile._repr_html_())
    catalogue = nm.built_in_catalogue()
    assert f"{len(catalogue.incidents)} incidents" in catalogue._repr_html_()
    document = nm.Document(
        id="d", publisher=HOSTILE, title=HOSTILE, url=f"https://example.org/{HOSTILE}"
    )
    shown = document._repr_html_()
    assert shows_no_foreign_tag(shown)
    assert "undated" in shown


def test_a_network_is_drawn_in_its_display():
    shown = nm.built_in_network()._repr_html_()
    assert "<path" in shown
    assert f"{len(nm.built_in_network().hubs)} hubs" in shown
    empty = nm.Network(hubs=(), links=())._repr_html_()
    assert "<path" not in empty
    assert "0 links" in empty
    hub = nm.network.Hub(id="a", name=HOSTILE, lon=0, lat=0)
    assert shows_no_foreign_tag(nm.Network(hubs=(hub,), links=(), name=HOSTILE)._repr_html_())


def test_a_scenario_shows_what_it_asks(run):
    scenario = run.scenario
    shown = scenario._repr_html_()
    assert scenario.title in shown
    assert scenario.zone in shown
    assert shows_no_foreign_tag(scenario.replace(title=HOSTILE, description=HOSTILE)._repr_html_())
