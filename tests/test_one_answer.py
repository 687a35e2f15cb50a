"""One run, one answer: tables, documents, page and moment say the same of any incident."""

import json
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.cli.show import find_view, incident_views, run_views
from netmodel.evidence.vocabulary import OUTAGE_EFFECTS
from netmodel.outages.outage import TIME_RULES
from netmodel.report.page.incidents import view_incidents
from netmodel.report.page.payload import build_payload
from netmodel.runs.document_files import as_json, from_json
from netmodel.runs.documents import Evidence
from netmodel.runs.moment import link_states
from netmodel.runs.record import complete_tables, read_record, write_record
from netmodel.words.strings import Phrases
from netmodel.words.wording import describe_bounds
from tests.conftest import at
from tests.report_records import shipped_record
from tests.small_scenario import write_incident, write_scenario
from tests.test_settled_bounds import NETWORK, incidents

MILESTONES = {
    "start": "Start", "first_traffic": "First traffic", "full_service": "Full service",
}  # fmt: skip
SPAN_OF_COLUMN = {"effect": "active", "certain_effect": "certain", "possible_effect": "possible"}


several_incidents = st.lists(incidents(), min_size=10, max_size=10).map(
    lambda drawn: [replace(each, id=f"i{number}") for number, each in enumerate(drawn)]
)
"""Ten at once, so that a hundred runs show a thousand."""


def run_of(*incidents_of_run, rule="midpoint"):
    scenario = nm.Scenario(
        network=NETWORK, incidents=incidents_of_run, documents=[nm.Document(id="d", publisher="P")],
        window=(at(0), at(0) + timedelta(hours=30)), zone="UTC", demand=["a", "b", "c"],
        traffic=["passenger"], standing_closures=[], time_rule=rule, parts={"attribution": False},
    )  # fmt: skip
    return nm.run(scenario)


def gravest(outages, numbers):
    """The gravest effect on each link of the outages of these numbers."""
    held = {}
    for n in numbers:
        effect = OUTAGE_EFFECTS.index(outages[n].effect)
        held[outages[n].link] = min(effect, held.get(outages[n].link, effect))
    return {link: OUTAGE_EFFECTS[effect] for link, effect in held.items()}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=several_incidents)
def test_a_run_says_the_same_wherever_it_is_asked(drawn):
    run = run_of(*drawn)
    check_states(run)
    check_bounds(run)


def check_states(run):
    """Moment, page and timeline agree in every state."""
    record, outages = run.record, run.timeline.outages
    page = build_payload([record], Phrases("en"), ["x"], {})
    encoded = page["runs"][0]["outages"]
    for state in run.timeline.states:
        table = link_states(record, state.number)
        for column, kind in SPAN_OF_COLUMN.items():
            first, last = (encoded["chosen" if kind == "active" else kind][at::2] for at in (0, 1))
            shown = {}
            for place, effect, one, other in zip(
                encoded["link"], encoded["effect"], first, last, strict=True
            ):
                if one <= state.number < other:
                    shown[place] = min(effect, shown.get(place, effect))
            told = table[column].to_dict()
            expected = gravest(outages, getattr(state, kind))
            for number, link in enumerate(record.links.index):
                on_page = page["effects"][shown[number]] if number in shown else "open"
                assert told[link] == on_page == expected.get(link, "open")


def check_bounds(run):
    """Bounds are equal wherever they stand."""
    phrases, catalogue = Phrases("en"), run.scenario.catalogue
    stored = json.loads(json.dumps(as_json(run.evidence)))
    assert from_json(stored, Evidence) == run.evidence
    kept = {each.id: each for each in run.evidence.incidents}
    on_page = dict(zip(kept, view_incidents([run.record], phrases, {}), strict=True))
    for placement in (*run.placements, *run.background):
        incident = placement.incident
        resolution = nm.evidence.resolve_incident(incident)
        milestones = dict(on_page[incident.id].milestones)
        _, shown = next(iter(incident_views(incident, catalogue)))
        told = {row["milestone"]: row["bounds (UTC)"] for row in shown}
        for name, words in MILESTONES.items():
            bounds = placement.resolution.milestone(name)
            assert resolution.milestone(name) == bounds == getattr(kept[incident.id], name)
            assert told[name] == str(bounds)
            if words in milestones:
                assert milestones[words] == describe_bounds(bounds, "UTC", phrases)
    for outage, row in zip(run.timeline.outages, run.outages.itertuples(), strict=True):
        for end in ("start", "end"):
            for side in ("earliest", "latest"):
                told, known = getattr(row, f"{end}_{side}"), getattr(getattr(outage, end), side)
                assert pd.isna(told) if known is None else told == known


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(incident=incidents())
def test_a_folder_without_states_of_outages_gets_the_same(incident):
    record = run_of(incident).record
    spans = [name for name in record.outages if str(name).endswith(("_first", "_last"))]
    old = record.outages.drop(columns=[*spans, "slowed_minutes"])
    found = complete_tables({"states": record.states, "outages": old})["outages"]
    pd.testing.assert_frame_equal(found[spans], record.outages[spans], check_dtype=False)


@pytest.mark.parametrize("rule", TIME_RULES)
def test_instants_need_no_arguments(rule, tmp_path):
    record = shipped_record(time_rule=rule)
    write_record(record, tmp_path)
    begins_or_ends = [str(n) for n in record.outages if str(n).startswith(("start", "end"))]
    columns = {"states": ["start", "end"], "outages": begins_or_ends}
    for name, instants in columns.items():
        table = getattr(record, name)
        found = pd.read_csv(tmp_path / f"{name}.csv", parse_dates=instants)
        for column in instants:
            assert str(table[column].dtype) == "datetime64[us, UTC]"
            assert pd.to_datetime(table[column]).equals(table[column])
            assert isinstance(found[column].dtype, pd.DatetimeTZDtype)
            whole = table[column].dt.floor("s").reset_index(drop=True)
            pd.testing.assert_series_equal(found[column].dt.as_unit("us"), whole)
    assert ((record.states["end"] - record.states["start"]) > pd.Timedelta(0)).all()


def test_no_other_column_of_a_run_holds_instants(tmp_path):
    write_record(shipped_record(), tmp_path)
    for path in tmp_path.glob("*.csv"):
        for name, cells in pd.read_csv(path, dtype=str, keep_default_na=False).items():
            if cells.str.fullmatch(r"\d{4}-\d\d-\d\dT.*").any():
                assert path.stem in ("states", "outages"), (path, name)
                assert cells.str.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?").all(), name


def test_a_folder_of_the_first_version_is_read(tmp_path):
    record = shipped_record("crimean-bridge-2022")
    write_record(record, tmp_path)
    for name in ("states.csv", "outages.csv", "summary.json", "evidence.json"):
        path = tmp_path / name
        path.write_text(path.read_text(encoding="utf-8").replace(":00Z", "Z"), encoding="utf-8")
    outages = pd.read_csv(tmp_path / "outages.csv", dtype=str, keep_default_na=False)
    outages.iloc[:, :14].to_csv(tmp_path / "outages.csv", index=False)
    evidence = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))
    for incident in evidence["incidents"]:
        incident.pop("ways", None)
        incident |= {"rule": "observed-bounds", "reason": ""}
        for place in incident["places"]:
            place |= {"place": "Kerch", "note": "several links pass there"}
        for claim in incident["claims"]:
            claim["set_aside"] = "a forecast is not an observation" if claim["set_aside"] else ""
    (tmp_path / "evidence.json").write_text(json.dumps(evidence), encoding="utf-8")
    again = read_record(tmp_path)
    instants = record.outages.select_dtypes("datetimetz")
    whole = record.outages.assign(**{n: instants[n].dt.floor("s") for n in instants})
    pd.testing.assert_frame_equal(again.outages, whole, check_dtype=False)
    assert again.summary == record.summary
    assert [e.start for e in again.evidence.incidents] == [
        e.start for e in record.evidence.incidents
    ]
    assert "several links pass there" in view_incidents([again], Phrases("en"), {})[0].places[0]
    assert next(run_views(tmp_path, "timeline"))[1]


def test_show_has_the_bounds_that_a_run_of_the_scenario_uses(tmp_path):
    ran = "{document: d1, speaker: S, says: x, about: running, at: 2023-05-19T06:00Z"
    scenario = write_scenario(
        tmp_path,
        write_incident("x", "bc", end="{after: 2023-05-18T07:00Z}"),
        write_incident("y", "ab", more=f"  - {ran}, place: {{links: [bc]}}}}\n"),
    )
    [used] = [
        each.resolution for each in nm.read_scenario(scenario).placements if each.incident.id == "x"
    ]
    assert used.first_traffic.latest is not None
    title, shown = next(find_view(str(scenario), None, incident="x"))
    assert title.startswith("x:")
    assert shown[1]["bounds (UTC)"] == str(used.first_traffic)
