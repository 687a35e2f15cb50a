"""The trains of one day: figure, first sentences and opening of the page speak of the same day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import netmodel as nm
from netmodel.report.page.figures import view_figures
from netmodel.report.page.headline import tell_trains, write_headline, write_trains
from netmodel.report.page.train_section import encode_trains
from netmodel.runs.moment import most_disrupted_day, told_state, worst_state
from netmodel.runs.reached import WORST_DAY
from netmodel.runs.record import RunRecord
from netmodel.times import Window, load_zone
from netmodel.trains.relevance import days_of
from netmodel.words.strings import Phrases
from tests.own_network import INCIDENTS, SCENARIO, write_own

WINDOW = "{start: 2025-03-01, end: 2025-03-05"
TRAINS = """\
number,kind,stops,days,from_date,to_date
1,regional,Aton;Beton;Ceton,daily,2025-03-04,2025-12-31
2,regional,Ceton;Beton;Aton,daily,2025-01-01,2025-12-31
"""
TREE = """\
- id: tree
  title: A tree on the line
  kind: weather
  zone: Europe/Berlin
  place: {between: [Aton, Beton]}
  effect: closed
  claims:
  - {document: d1, speaker: S, says: fell, about: start, at: 2025-03-10}
  - {document: d1, speaker: S, says: open, about: first_traffic, at: {before: 2025-03-10T17:00Z}}
"""


SLOWED = """\
- id: slow
  title: Trains run slowly
  kind: weather
  zone: Europe/Berlin
  place: {between: [Aton, Beton]}
  effect: slowed
  slowed: {minutes: 60}
  claims:
  - {document: d1, speaker: S, says: slow, about: start, at: "2025-03-04T00:00"}
"""


def study(
    folder: Path,
    *,
    window: str = WINDOW,
    trains: str = TRAINS,
    links: str = "",
    end: str = "2025-03-05T00:00",
    more: str = "",
) -> RunRecord:
    """Run a closure of 3 and 4 March; a second train begins on the second of the days."""
    incidents = INCIDENTS.replace("2025-03-01T12:00", "2025-03-03T00:00")
    incidents = incidents.replace("2025-03-02T12:00", end) + more
    first = "id,from,to,length_km,line_class\nab,aton,beton,38,main\nbc,beton,ceton,37,main\n"
    links = first + links
    path = write_own(
        folder, links=links, incidents=incidents, scenario=SCENARIO.replace(WINDOW, window)
    )
    (folder / "net" / "services.csv").write_text(trains)
    return nm.run(path).record


def test_the_figure_of_the_worst_day_counts_its_trains(tmp_path: Path) -> None:
    record = study(tmp_path)
    [figure] = (each for each in record.summary.figures if each.name == WORST_DAY)
    day = record.summary.trains.worst_day
    assert (day.day.isoformat(), day.trains, day.certainly_not) == ("2025-03-04", 2, 2)
    assert (figure.value, figure.possible, figure.guaranteed) == (2, 2, 2), "not the mean, 1.5"
    [state] = figure.states
    assert record.states["trains_certainly_not"][state] == 1.5
    assert figure.incidents == ("i1",)
    for language in ("en", "uk"):
        phrases = Phrases(language)
        [view] = (each for each in view_figures(record, phrases, {}) if each.name == WORST_DAY)
        assert view.moment in write_trains(record, phrases)[0]


@pytest.mark.parametrize("trains", ["", TRAINS.replace("daily", "sun")])
def test_a_window_whose_trains_all_get_through(tmp_path: Path, trains: str) -> None:
    elsewhere = "number,kind,stops,days\n3,regional,Aton;Beton,daily\n4,regional,Aton;Beton,sun\n"
    record = study(tmp_path, trains=trains or elsewhere)
    [figure] = (each for each in record.summary.figures if each.name == WORST_DAY)
    assert (figure.value, figure.possible, figure.guaranteed, figure.states) == (0, 0, 0, ())
    assert told_state(record) == worst_state(record)


def test_how_many_trains_run_on_a_day_is_that_of_days(tmp_path: Path) -> None:
    trains = "number,kind,stops,days\n3,regional,Aton;Beton,daily\n4,regional,Aton;Beton,sun\n"
    record = study(tmp_path, trains=trains)
    assert set(record.train_days["trains"]) == {1, 2}
    assert "between 1 and 2 trains a day" in write_trains(record, Phrases("en"))[0]
    assert "від 1 до 2 поїздів на добу" in write_trains(record, Phrases("uk"))[0]


def test_the_page_opens_at_the_moment_that_the_first_sentences_tell(tmp_path: Path) -> None:
    window = "{start: 2025-03-09, end: 2025-03-12"
    record = study(tmp_path, window=window, more=TREE)
    open_now = record.states["connected_share"] < 1
    [worst] = record.states.index[open_now]
    possible = record.states["trains_possibly_not"]
    assert (possible == possible.max()).sum() > 1, "the evidence allows the loss in others, too"
    assert record.states["hours"][worst] < record.states["hours"][possible > 0].max()
    assert told_state(record) == worst
    assert {each.lead.state for each in tell_trains(record, Phrases("en"))} == {worst}
    start = record.states["start"][worst].tz_convert("Europe/Berlin")
    assert f"{start:%H:%M}" in write_headline(record, Phrases("en"))[0]


def test_trains_that_are_held_are_told_though_all_get_through(tmp_path: Path) -> None:
    longer = "{start: 2025-03-02, end: 2025-03-07"
    detour = "ad,aton,deton,60,secondary\ndc,deton,ceton,61,secondary\n"
    record = study(tmp_path, window=longer, links=detour, end="2025-03-03T05:00", more=SLOWED)
    assert record.summary.trains.worst_day is None
    days = record.train_days.groupby(["held", "slower"]).size()
    assert {(1, 0), (0, 2)} <= set(days.index)
    told = write_trains(record, Phrases("en"))
    assert "4 March 2025" in told[1]
    assert "2 slower" in told[1]
    assert "2 їхали повільніше" in write_trains(record, Phrases("uk"))[1]
    [slower] = record.states.index[record.states["trains_slower"] == 2]
    assert told_state(record) == slower


def test_the_day_told_is_that_with_most_trains_not_as_timetabled(tmp_path: Path) -> None:
    longer = "{start: 2025-03-02, end: 2025-03-07"
    detour = "ad,aton,deton,60,secondary\ndc,deton,ceton,61,secondary\n"
    daily = TRAINS.replace("2025-03-04", "2025-01-01")
    record = study(
        tmp_path, window=longer, trains=daily, links=detour, end="2025-03-03T05:00", more=SLOWED
    )
    days = record.train_days
    assert days["held"].tolist() == [0, 2, 0, 0, 0], "as many as are slower later, and worse off"
    assert most_disrupted_day(record) == date(2025, 3, 3)
    untouched = replace(record, train_days=days.assign(held=0, slower=0, as_timetabled=2))
    assert most_disrupted_day(untouched) is None
    assert most_disrupted_day(replace(record, train_days=None)) is None
    more = days.assign(slower=[0, 0, 1, 2, 1], detoured=[0, 0, 1, 1, 1])
    assert most_disrupted_day(replace(record, train_days=more)) == date(2025, 3, 5)


def test_a_timetable_of_another_time_is_told(tmp_path: Path) -> None:
    record = study(tmp_path, trains=TRAINS.replace("2025-", "2024-"))
    assert not any("0 trains" in each for each in write_trains(record, Phrases("en")))


def test_the_page_counts_the_trains_of_a_moment_as_the_table_of_days(tmp_path: Path) -> None:
    nowhere = "3,regional,Aton;Deton,daily,2025-01-01,2025-12-31\n"
    record = study(tmp_path, trains=TRAINS + nowhere)
    assert record.summary.trains.without_course == ("3",)
    trains = encode_trains(record, Phrases("en"), incidents={}, papers={})
    zone = load_zone("Europe/Berlin")
    counts = dict(zip(record.train_days.index.date, record.train_days["trains"], strict=True))
    days = [
        days_of(Window(start=start, end=end), zone)
        for start, end in zip(record.states["start"], record.states["end"], strict=True)
    ]
    assert [trains["run"][n] for n, each in enumerate(days) if len(each) == 1] == [
        counts[each[0]] for each in days if len(each) == 1
    ]
    assert max(trains["run"]) == 2, "the third has no way"


@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_counts_by_the_share_of_the_day_is_told_so(tmp_path: Path, language: str) -> None:
    phrases = Phrases(language)
    views = view_figures(study(tmp_path), phrases, {})
    told = {each.name for each in views if each.explanation == phrases("figure.explain_by_time")}
    assert told == {"train_hours_late", "stops_not_served"}
