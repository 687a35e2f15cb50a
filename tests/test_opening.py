"""The opening of a report, and how it tells an instant that nobody reported."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.places import StationPlace
from netmodel.report.page.headline import write_headline
from netmodel.report.page.opening import write_opening
from netmodel.report.page.payload import build_payload
from netmodel.runs.instants import KNOWN, know_breaks
from netmodel.times import Bounds
from netmodel.words.strings import Phrases
from netmodel.words.wording import format_moment, load_zone, tell_break
from tests.report_records import shipped_record

SHIPPED = ("crimea-may-2023", "crimean-bridge-2022", "kupiansk-pokrovsk", "ukraine-february-2026")
RAILWAY = nm.Network(
    hubs=[nm.network.Hub(id=each, name=each.title(), lon=30 + n, lat=50) for n, each in
          enumerate(("east", "middle", "west"))],
    links=[nm.network.Link(id=f"{one}--{other}", from_hub=one, to_hub=other, length_km=70)
           for one, other in (("east", "middle"), ("middle", "west"))],
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("name", SHIPPED)
def test_the_opening_names_place_cause_and_length(name, language):
    sentences = write_opening(shipped_record(name), Phrases(language))
    assert sentences
    assert not [each for each in sentences if "{" in each or "None" in each or "nan" in each]


def test_the_opening_of_a_derailment():
    first, second, *_ = write_opening(shipped_record("crimea-may-2023"), Phrases("en"))
    assert first.startswith("Simferopol – Bakhchysarai (Chystenke station) was closed")
    assert "after a derailment" in first
    assert "07:40" in first
    assert "Sevastopol" in second
    assert "bus" in second


def test_a_run_in_which_nothing_happened_has_no_opening():
    quiet = nm.run("crimea-may-2023", incidents=(), standing_closures="none")
    assert write_opening(quiet.record, Phrases("en")) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_instants_that_no_document_reports_are_marked_in_the_headline(name):
    record, phrases = shipped_record(name), Phrases("en")
    check_marks(record, [*write_opening(record, phrases), *write_headline(record, phrases)])


def check_marks(record, sentences):
    """Check that each chosen instant that a text names is followed by its mark."""
    text, phrases, zone = " ".join(sentences), Phrases("en"), record.summary.window.zone
    for point in know_breaks(record):
        shown = format_moment(point.at.astimezone(load_zone(zone)), phrases)
        marked = tell_break(point, zone, phrases)
        assert (marked == shown) == point.is_reported
        if point.known in ("between", "assumed"):
            for found in re.finditer(re.escape(shown), text):
                assert text[found.start() :].startswith(marked)


HOURS = st.integers(0, 60)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=HOURS, width=st.integers(0, 20), length=st.integers(1, 30), late=st.integers(0, 20))
def test_random_instants_stand_without_a_mark_only_where_reported(start, width, length, late):
    hours = (start, start + width, start + width + length, start + width + length + late)
    at = [datetime(2023, 5, 16 + each // 24, each % 24, tzinfo=UTC).isoformat() for each in hours]
    incident = nm.evidence.closure(
        "storm",
        {"links": ["east--middle"]},
        zone="UTC",
        source="A railway",
        kind="weather",
        start={"after": at[0], "before": at[1]},
        end={"after": at[2], "before": at[3]},
    )
    scenario = nm.Scenario(
        network=RAILWAY, incidents=incident, window=("2023-05-15", "2023-05-25"), zone="UTC",
        demand=["east", "middle", "west"], metrics=["connected_share"],
    )  # fmt: skip
    run = nm.run(scenario)
    points = know_breaks(run.record)
    assert {each.known for each in points} <= set(KNOWN)
    between = {each.at for each in points if each.known == "between"}
    assert (len(between) > 0) == (width > 0 or late > 0)
    reported = {each.at.isoformat() for each in points if each.known == "reported"}
    assert reported <= set(at)
    phrases = Phrases("en")
    # What the slider, the ticks and the points of the curve are drawn from.
    drawn = build_payload([run.record], phrases, ["storm"], {})
    assert drawn["known"] == [KNOWN.index(each.known) for each in points]
    check_marks(
        run.record, [*write_opening(run.record, phrases), *write_headline(run.record, phrases)]
    )


def of_incident(**changes):
    """Return the record of a run that studies one incident, with some of its fields changed."""
    record = shipped_record()
    (studied,) = record.evidence.studied
    changed = replace(studied, **changes)
    every = tuple(changed if each is studied else each for each in record.evidence.incidents)
    return replace(record, evidence=replace(record.evidence, incidents=every))


def test_several_sections_were_closed():
    (studied,) = shipped_record().evidence.studied
    places = tuple(replace(studied.places[0], place=StationPlace(station=f"Halt {n}"))
                   for n in range(5))  # fmt: skip
    links = tuple(shipped_record().links.index[:5])
    first, *_ = write_opening(of_incident(places=places, links=links), Phrases("en"))
    assert first.startswith("5 sections were closed")


def test_days_stand_in_the_genitive_after_from_and_to():
    start, day = datetime(2023, 5, 18, tzinfo=UTC), timedelta(days=1)
    record = of_incident(
        start=Bounds(earliest=start, latest=start),
        first_traffic=Bounds(earliest=start + 4 * day, latest=start + 31 * day),
    )
    assert "від 4 днів до 31 дня" in write_opening(record, Phrases("uk"))[0]
    assert "4 days to 31 days" in write_opening(record, Phrases("en"))[0]


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_line_that_was_closed_twice_was_not_closed_all_the_time(language):
    scenario = nm.Scenario(
        window=("2025-10-30", "2025-12-01"), zone="Europe/Kyiv", trains="none",
        incidents=built_in_catalogue().incidents["2025-11-02-pysmenna-chaplyne"],
        demand=["Dnipro", "Pokrovsk", "Zaporizhzhia"],
    )  # fmt: skip
    record, phrases = nm.run(scenario).record, Phrases(language)
    (twice,) = record.evidence.studied
    first, last = twice.spells
    assert first.first_traffic.latest <= last.start.latest
    assert phrases("opening.first_of", n=2) in write_opening(record, phrases)[0]


def test_a_closure_of_two_kinds_of_traffic_is_one():
    phrases = Phrases("en")
    (bridge,) = shipped_record("crimean-bridge-2022").evidence.studied
    assert len(bridge.spells) == 2
    told = write_opening(shipped_record("crimean-bridge-2022"), phrases)[0]
    assert phrases("opening.first_of", n=2) not in told
