"""Standing closures on the page: those that a run studies, and those that begin in its window."""

import re

import pytest

from netmodel.evidence.incident import Claim, Document, Incident
from netmodel.evidence.places import NoPlace
from netmodel.report.markdown import render_markdown
from netmodel.report.page.figures import view_figures, view_method
from netmodel.report.page.headline import write_headline
from netmodel.report.page.opening import write_opening
from netmodel.report.page.payload import number_incidents
from netmodel.report.page.render import describe_basis, render_page
from netmodel.runs.moment import background_incidents, later_closures, link_states
from netmodel.runs.run import run_scenario
from netmodel.words.strings import Phrases
from tests.report_records import data_of, shipped_record

SHIPPED = ("crimea-may-2023", "crimean-bridge-2022", "kupiansk-pokrovsk", "ukraine-february-2026")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_closure_that_a_run_studies_is_none_of_its_standing_closures(name):
    record = shipped_record(name)
    run = data_of(render_page(record))["runs"][0]
    outages, background = run["outages"], set(run["background"])
    for incident, standing in zip(outages["incident"], outages["standing"], strict=True):
        assert bool(standing) == (incident in background)
    links, known = link_states(record), background_incidents(record)
    for incidents in links.loc[links["standing"], "incidents"]:
        assert known & set(incidents.split(";"))


def test_a_place_closed_by_the_front_is_affected_where_the_front_is_studied():
    links = link_states(shipped_record("kupiansk-pokrovsk"))
    studied = links.loc["sloviansk--kramatorsk"]
    assert (studied["effect"], bool(studied["standing"])) == ("closed", False)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_opening_says_for_which_traffic_alone_a_line_was_closed(language):
    phrases = Phrases(language)
    alone = phrases("opening.only", traffic=phrases("traffic.passenger").lower())
    first, second, *_ = write_opening(shipped_record("ukraine-february-2026"), phrases)
    assert alone in first
    assert alone in second
    assert alone not in write_opening(shipped_record(), phrases)[0]


def test_the_report_in_words_says_it_too():
    assert "closed, passenger only" in render_markdown(shipped_record("ukraine-february-2026"))
    assert "closed, passenger only" not in render_markdown(shipped_record())


@pytest.mark.parametrize("language", ["en", "uk"])
def test_closures_that_begin_within_the_window_are_told_with_what_rests_on_them(language):
    record, phrases = shipped_record("kupiansk-pokrovsk"), Phrases(language)
    later = later_closures(record)
    assert len(later) > 20
    told = phrases.count("count.later_standing", len(later))
    assert told in " ".join(write_headline(record, phrases))
    views = {
        (v.name, v.traffic): v for v in view_figures(record, phrases, number_incidents([record]))
    }
    cut = views["pairs_cut_at_worst", "freight"]
    assert 0 < cut.later <= len(later)
    assert phrases.count("count.later_standing", cut.later) in describe_basis(cut, phrases)
    assert cut.standing + cut.later <= record.summary.standing_closures


def test_a_run_whose_closures_all_hold_from_the_start_tells_of_none_that_began_later():
    record, phrases = shipped_record(), Phrases("en")
    assert not later_closures(record)
    assert "also in force" not in render_page(record, language="en").split("<script")[0]
    assert not re.search(r"began within", " ".join(write_headline(record, phrases)))


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_method_does_not_deny_the_timetables_that_decide_the_ways(language):
    phrases, record = Phrases(language), shipped_record()
    told = " ".join(view_method(record, phrases))
    assert record.services is not None
    assert phrases("method.not_timetables") not in told
    assert phrases("method.text_ways") in told


def test_the_longest_extra_time_is_no_sum():
    phrases, record = Phrases("en"), shipped_record()
    views = {v.name: v for v in view_figures(record, phrases, number_incidents([record]))}
    assert views["highest_extra_minutes"].explanation == phrases("figure.explain_minutes")
    assert views["longest_extra_minutes"].explanation == ""


def test_a_standing_closure_that_closes_no_link_is_still_told():
    lost = Incident(
        id="lost", title="Lost", kind="front_line", zone="UTC", effect="closed", standing=True,
        places=(NoPlace(reason="not said"),),
        claims=(Claim(document="d", speaker="S", says="x", about="cause", basis="observed"),),
    )  # fmt: skip
    run = run_scenario(
        "crimea-may-2023", standing_closures=[lost], documents=[Document(id="d", publisher="P")]
    )
    assert [each.id for each in run.record.evidence.incidents if each.background] == ["lost"]
