"""Published trains against reports of what became of them."""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from netmodel.errors import InputError
from netmodel.evidence.train_reports import built_in_train_reports, read_train_reports
from netmodel.impact.fate_rules import FateRules
from netmodel.network.railway import Hub, Link, Network
from netmodel.report.train_validation_page import render_trains
from netmodel.scenario.train_choice import document_days, find_train_documents
from netmodel.trains.relevance import NEAR_DAYS, valid_days
from netmodel.trains.services_file import built_in_timetable
from netmodel.trains.train import StopTime, Timetable, Train
from netmodel.validation.minute_checks import check_minutes
from netmodel.validation.report_halves import half_of_incident
from netmodel.validation.rule_choice import DECISION_GRID, WAY_GRID, confusion, decide
from netmodel.validation.train_outcomes import summarise_outcomes
from netmodel.validation.train_validation import TrainValidation, validate_trains


@pytest.fixture(scope="module")
def found() -> TrainValidation:
    return validate_trains()


def test_most_located_reports_meet_their_incident(found: TrainValidation) -> None:
    for half in ("calibration", "check"):
        told = summarise_outcomes(each for each in found.outcomes if each.half == half)
        assert told.located >= 50
        assert told.meeting / told.located >= 0.85


def test_detours_take_the_reported_way(found: TrainValidation) -> None:
    told = summarise_outcomes(found.outcomes)
    assert told.ways_agreeing / told.ways >= 0.85
    assert told.named == told.unchanged + told.ways + sum(
        bool(each.located and each.meets and each.report.via and each.way_agrees is None)
        for each in found.outcomes
    )


def test_decisions_of_incidents_not_used_are_right_in_sixty_percent(found: TrainValidation) -> None:
    told = summarise_outcomes(each for each in found.outcomes if each.half == "check")
    assert told.decided >= 40
    assert told.right / told.decided >= 0.6


def test_the_default_rules_are_those_that_the_calibration_chooses(found: TrainValidation) -> None:
    assert found.choice.rules == FateRules()


def test_what_is_decided_by_length_is_what_the_fates_are(found: TrainValidation) -> None:
    rules = FateRules()
    decided = [each for each in found.outcomes if each.decided]
    alike = sum(decide(rules, each) == each.modelled for each in decided)
    assert alike / len(decided) >= 0.95


def test_the_matrix_holds_every_decision(found: TrainValidation) -> None:
    told = summarise_outcomes(found.outcomes)
    counts = confusion(found.outcomes)
    assert sum(counts.values()) == told.decided
    assert sum(n for (did, model), n in counts.items() if did == model) == told.right


def test_halves_part_whole_incidents(found: TrainValidation) -> None:
    for each in found.outcomes:
        assert each.half == half_of_incident(each.report.incident)
    assert {each.half for each in found.outcomes if each.decided} == {"calibration", "check"}


def test_a_report_among_the_documents_of_its_train_is_not_blind(found: TrainValidation) -> None:
    blind = [each for each in found.outcomes if each.blind]
    assert blind
    assert all(each.report.document not in each.train.documents for each in blind if each.train)
    assert any(not each.blind for each in found.outcomes)


def test_ways_of_others_reproduce_more_lines_than_least_minutes(found: TrainValidation) -> None:
    assert len(found.ways) >= 40
    assert sum(each.inherited for each in found.ways) > sum(each.least for each in found.ways)


def test_the_page_in_the_docs_is_the_one_that_is_written(found: TrainValidation) -> None:
    page = (Path(__file__).parents[1] / "docs" / "validation.md").read_text(encoding="utf-8")
    assert "\n".join(render_trains(found)).strip() in page


def test_minutes_of_lines_left_out_are_within_the_aim(found: TrainValidation) -> None:
    for name, least in (("passenger", 60), ("regional", 35), ("suburban", 120)):
        errors = np.abs(found.minutes.line_out["check"][name])
        assert len(errors) >= least
        assert np.median(errors) <= 0.10
        assert np.quantile(errors, 0.9) <= 0.20


def test_minutes_of_half_of_the_lines_fit_the_others(found: TrainValidation) -> None:
    kept_apart = found.minutes.halves["check"]
    assert {name: len(errors) >= 10 for name, errors in kept_apart.items()} == dict.fromkeys(
        ("passenger", "regional", "intercity", "suburban"), True
    )
    for errors in kept_apart.values():
        assert np.median(np.abs(errors)) < 0.15
        assert np.quantile(np.abs(errors), 0.9) < 0.35


def test_trains_over_the_same_links_differ_less_than_minutes_of_links(
    found: TrainValidation,
) -> None:
    for name, errors in found.minutes.equal.items():
        apart = found.minutes.halves["check"][name]
        assert np.median(np.abs(errors)) < np.median(np.abs(apart))
        # Minutes of links come near to it at the far end, but hardly under it. Legs of one
        # stop hold its waits, so that they differ a little more than whole trains do.
        assert np.quantile(np.abs(errors), 0.9) < np.quantile(np.abs(apart), 0.9) + 0.03


def test_legs_are_compared_with_other_trains_over_the_same_links() -> None:
    hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("ab"))
    network = Network(hubs=hubs, links=(Link(id="ab", from_hub="a", to_hub="b", length_km=60),))
    trains = [
        Train(
            id=number, number=number, kind="suburban", stops=("A", "B"), documents=(paper,),
            times=(StopTime(departure=0), StopTime(arrival=minutes)),
        )
        for number, minutes, paper in (("1", 100, "x"), ("2", 100, "x"), ("3", 50, "y"))
    ]  # fmt: skip
    check = check_minutes(network, Timetable(trains=tuple(trains)))
    assert check.equal["suburban"].tolist() == pytest.approx([-0.25, -0.25, 1.0])
    assert check.equal_elsewhere["suburban"].tolist() == pytest.approx([-0.5, -0.5, 1.0])


def test_the_default_rule_comes_first_among_equals() -> None:
    grid = {**WAY_GRID, **DECISION_GRID}
    defaults = {name: getattr(FateRules(), name) for name in grid}
    assert {name: values[0] for name, values in grid.items()} == defaults


def test_a_report_speaks_of_a_section_where_it_says_no_more(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    places = ("section", "network", "knock-on", "")
    rows = [f"{n},i,2026-01-30,85/86,A,B,late,d,{place},,A; B ;" for n, place in enumerate(places)]
    head = "id,incident,date,train,from,to,did,document,place,delay_minutes,via"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    found = read_train_reports(path)
    assert [each.place for each in found] == ["section", "network", "knock-on", "section"]
    assert {each.via for each in found} == {("A", "B")}
    path.write_text(f"{head}\n1,i,2026-01-30,85,A,B,late,d,hub,,\n", encoding="utf-8")
    with pytest.raises(InputError, match="hub"):
        read_train_reports(path)


def test_mistakes_of_reports_are_told_at_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    with built_in_train_reports().open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))[:3]
    rows[0]["incident"], rows[1]["did"], rows[2]["date"] = "nowhere", "hled", "2026-02-30"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    known = {row["incident"] for row in rows[1:]}
    with pytest.raises(InputError) as raised:
        read_train_reports(path, incidents=known, documents={row["document"] for row in rows})
    lines = [each.where.rpartition(":")[2] for each in raised.value.problems]
    assert lines == ["2", "3", "4"]
    assert "held" in raised.value.problems[1].remedy


def test_no_train_of_an_older_timetable_runs_after_its_end() -> None:
    timetable = built_in_timetable()
    published = document_days(find_train_documents(timetable, {}))
    broken = date(2022, 2, 24)
    abroad = ("Sevastopol", "Simferopol", "Yevpatoriia", "Feodosiia", "Kerch")
    for train in timetable.trains:
        dates = [published[each] for each in train.documents if each in published]
        dates += [train.from_date] if train.from_date else []
        if dates and max(dates) < broken and not set(train.pair) & set(abroad):
            last = valid_days(train, published, timedelta(days=NEAR_DAYS))[1]
            assert last <= broken, train.id
