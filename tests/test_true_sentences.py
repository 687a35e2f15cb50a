"""Sentences of the lead hold of the run that they are told of."""

import netmodel as nm
from netmodel.report.page.headline import write_headline, write_trains
from netmodel.report.page.opening import write_opening
from netmodel.runs.moment import traffic_prefixes
from netmodel.words.strings import Phrases
from tests.own_network import INCIDENTS, write_own

LINE = """\
id,from,to,length_km,minutes
ab,aton,beton,15,12
bc,beton,ceton,15,12
cd,ceton,deton,15,14
"""
TRAINS = """\
number,kind,stops,days,from_date,to_date
7,regional,aton;beton;ceton;deton,daily,2024-01-01,2026-12-31
8,regional,deton;aton,daily,2024-01-01,2026-12-31
"""


def run_with_trains(folder, incidents, trains=TRAINS):
    path = write_own(folder, links=LINE, incidents=incidents)
    (folder / "net" / "services.csv").write_text(trains)
    return nm.run(path).record


def test_trains_that_run_over_an_advisory_are_not_said_to_run_elsewhere(tmp_path):
    advisory = INCIDENTS.replace("effect: closed", "effect: advisory").replace(
        "about: first_traffic", "about: full_service"
    )
    record, phrases = run_with_trains(tmp_path, advisory), Phrases("en")
    assert len(record.services) == 2
    assert record.summary.figures[0].value == 0
    told = " ".join(write_trains(record, phrases))
    assert "None" not in told
    assert "2 trains" in told
    assert "as timetabled" in told


def test_without_any_incident_only_that_is_said(tmp_path):
    earlier = INCIDENTS.replace("2025-03-", "2024-03-")
    record = run_with_trains(tmp_path, earlier)
    assert record.summary.incidents == 0
    for language in ("en", "uk"):
        phrases = Phrases(language)
        assert write_headline(record, phrases) == [phrases("headline.no_incident")]
        assert not write_trains(record, phrases)
        assert not write_opening(record, phrases)


def test_without_any_incident_yet_reported_that_is_said():
    record = nm.run("crimea-may-2023", as_of="2023-05-17").record
    phrases = Phrases("en")
    assert not record.evidence.studied
    assert phrases("headline.no_incident_yet") in write_headline(record, phrases)


def slowed(place):
    return (
        INCIDENTS.replace("effect: closed", "effect: slowed")
        .replace("about: first_traffic", "about: full_service")
        .replace("[Beton, Ceton]", place)
    )


def test_a_slowed_section_makes_no_detour(tmp_path):
    record = run_with_trains(tmp_path, slowed("[Aton, Beton]"))
    longest = next(e for e in record.summary.figures if e.name == "longest_extra_minutes")
    assert longest.value > 0
    assert longest.other_way is False
    told = " ".join(write_headline(record, Phrases("en")))
    assert "detour" not in told
    assert "usual way" in told


def test_another_way_is_a_detour_though_it_is_as_long(tmp_path):
    ring = (
        "id,from,to,length_km,minutes\nab,aton,beton,30,12\nbc,beton,ceton,30,12\n"
        "ad,aton,deton,30,20\ndc,deton,ceton,30,20\n"
    )
    record = nm.run(write_own(tmp_path, links=ring)).record
    longest = next(e for e in record.summary.figures if e.name == "longest_extra_minutes")
    assert longest.other_way is True
    assert "detour" in " ".join(write_headline(record, Phrases("en")))


def test_a_figure_is_shown_as_rounded_once():
    record = nm.run("crimea-may-2023").record
    shares = [each for each in record.summary.figures if each.name == "lowest_connected_share"]
    prefixes = traffic_prefixes(record)
    for figure in shares:
        column = record.states[f"{prefixes[figure.traffic]}connected_share"]
        assert figure.value == column.min()
