"""For how long an extreme holds, and which incidents a figure rests on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import netmodel as nm
from netmodel.report.page.figures import view_figures
from netmodel.runs.documents import Figure
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from tests.own_network import HUBS, LINKS, SCENARIO, write_own

FAR = HUBS + "eton,Eton,12.0,50.0,90000,XX\nfeton,Feton,12.5,50.0,9000,XX\n"
LINES = LINKS + "ce,ceton,eton,70,main\nef,eton,feton,40,main\n"
BOTH = SCENARIO.replace("[aton, beton, ceton]", "[aton, beton, ceton, eton, feton]")
BOTH += "traffic: [passenger, freight]\n"


def incident(name: str, place: str, effect: str, days: tuple[int, int]) -> str:
    """Return an incident of some days of March, in the form of a file."""
    ends = "first_traffic" if effect == "closed" else "full_service"
    return f"""\
- id: {name}
  title: {name}
  kind: weather
  zone: Europe/Berlin
  place: {{links: [{place}]}}
  effect: {effect}
  claims:
  - {{document: d1, speaker: S, says: began, about: start, at: "2025-03-0{days[0]}T00:00"}}
  - {{document: d1, speaker: S, says: over, about: {ends}, at: "2025-03-0{days[1]}T00:00"}}
"""


def study(folder: Path, *incidents: str, **texts: str) -> RunRecord:
    """Run incidents of a line of five places, whose first three lie on a ring."""
    texts = {"hubs": FAR, "links": LINES, "scenario": BOTH, **texts}
    return nm.run(write_own(folder, incidents="incidents:\n" + "".join(incidents), **texts)).record


def figures_of(record: RunRecord, name: str) -> dict[str, Figure]:
    """Return the figures of a name by kind of traffic."""
    return {each.traffic: each for each in record.summary.figures if each.name == name}


EXTREMES = {
    "longest_extra_minutes": "closed", "highest_rerouted_share": "closed",
    "highest_slowed_share": "slowed", "lowest_connected_share": "closed",
    "pairs_cut_at_worst": "closed",
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_an_extreme_holds_over_all_adjoining_states_with_its_value(
    tmp_path: Path, name: str
) -> None:
    cuts = name in ("lowest_connected_share", "pairs_cut_at_worst")
    record = study(
        tmp_path,
        incident("long", "ce" if cuts else "bc", EXTREMES[name], (2, 5)),
        incident("short", "ad", "single_track", (3, 4)),
    )
    found = figures_of(record, name)
    assert set(found) == {"passenger", "freight"}
    for figure in found.values():
        assert figure.value
        first, last = (record.states.loc[n] for n in figure.span)
        assert (first["start"].day, last["end"].day) == (1, 4), "from 23:00 UTC of the day before"
        assert figure.states[0] in range(figure.span[0], figure.span[1] + 1)
        assert figure.span[1] > figure.span[0]
    for language in ("en", "uk"):
        phrases = Phrases(language)
        views = [each for each in view_figures(record, phrases, {}) if each.name == name]
        assert len({each.moment for each in views}) == 1
        [wide] = {each.moment for each in views}
        narrow = [
            replace(each, span=(each.states[0], each.states[0])) if each.span else each
            for each in record.summary.figures
        ]
        shorter = replace(record, summary=replace(record.summary, figures=tuple(narrow)))
        views = [each for each in view_figures(shorter, phrases, {}) if each.name == name]
        assert all(each.moment != wide for each in views)


def test_another_pair_that_takes_as_long_does_not_end_the_span(tmp_path: Path) -> None:
    twins = HUBS.replace("deton,Deton,10.5,50.4,,XX", "deton,Deton,10.5,50.4,20000,XX")
    links = "id,from,to,length_km,minutes\nab,aton,beton,30,20\nac,aton,ceton,30,20\n"
    links += "ad,aton,deton,30,20\n"
    slowed = [
        incident(name, link, "slowed", days).replace(
            "effect: slowed", "effect: slowed\n  slowed: {minutes: 30}"
        )
        for name, link, days in (("late", "ab", (3, 4)), ("long", "ad", (2, 5)))
    ]
    (tmp_path / "trips.csv").write_text("from,to,trips\naton,beton,1\naton,deton,1\n")
    demand = "demand: {kind: table, file: trips.csv}"
    scenario = SCENARIO.replace("demand: {hubs: [aton, beton, ceton]}", demand)
    record = study(tmp_path, *slowed, hubs=twins, links=links, scenario=scenario)
    [figure] = figures_of(record, "longest_extra_minutes").values()
    assert (figure.start_hub, figure.end_hub) == ("aton", "deton")
    first, last = (record.states.loc[n] for n in figure.span)
    assert (first["start"].day, last["end"].day) == (1, 4)
    assert figure.span[1] - figure.span[0] == 2


def rests_on(record: RunRecord, name: str, traffic: str = "passenger") -> set[str]:
    return set(figures_of(record, name)[traffic].incidents)


def test_a_figure_rests_on_no_incident_that_certainly_has_no_part(tmp_path: Path) -> None:
    several = (
        incident("cut", "ef", "closed", (2, 5)),
        incident("round", "bc", "closed", (2, 5)),
        incident("slow", "ce", "slowed", (2, 5)),
        incident("diesel", "ce", "diesel_only", (2, 5)),
        incident("single", "ad", "single_track", (2, 5)),
    )
    record = study(tmp_path, *several)
    for name in ("pairs_cut_at_worst", "lowest_connected_share", "resilience_loss"):
        assert rests_on(record, name) == {"cut"}, "the ring joins the ends of the others"
    assert rests_on(record, "highest_rerouted_share") == {"round"}
    assert rests_on(record, "highest_slowed_share") == {"slow"}
    assert rests_on(record, "highest_diesel_share") == {"diesel"}
    assert {"slow", "round"} <= rests_on(record, "highest_extra_minutes")
    assert not {"cut", "single"} & rests_on(record, "highest_extra_minutes")
    assert rests_on(record, "highest_bus_share") == set(), "there is no bus"


def test_what_diverts_journeys_to_a_slowed_section_is_named_with_it(tmp_path: Path) -> None:
    record = study(
        tmp_path,
        incident("round", "bc", "closed", (2, 5)),
        incident("slow", "ad", "slowed", (2, 5)),
        incident("cut", "ef", "closed", (2, 5)),
    )
    assert rests_on(record, "highest_slowed_share") == {"round", "slow"}


def test_closures_that_cut_only_together_are_both_named(tmp_path: Path) -> None:
    record = study(
        tmp_path, incident("one", "bc", "closed", (2, 5)), incident("other", "ad", "closed", (3, 4))
    )
    assert rests_on(record, "pairs_cut_at_worst") == {"one", "other"}
    for alone in ("bc", "ad"):
        record = study(tmp_path, incident("one", alone, "closed", (2, 5)))
        assert rests_on(record, "pairs_cut_at_worst") == set()


def test_where_trains_may_not_turn_every_closure_may_cut(tmp_path: Path) -> None:
    own = "routing: {profiles: {passenger: {like: intercity, reversal_minutes: forbidden}}}\n"
    record = study(tmp_path, incident("one", "bc", "closed", (2, 5)), scenario=BOTH + own)
    assert rests_on(record, "pairs_cut_at_worst") == {"one"}
    assert rests_on(record, "pairs_cut_at_worst", "freight") == set()


@pytest.mark.parametrize("seed", range(3))
def test_without_what_a_figure_does_not_rest_on_it_stays_as_it_is(
    tmp_path: Path, seed: int
) -> None:
    drawn = np.random.default_rng(seed)
    effects = ("closed", "slowed", "diesel_only", "single_track")
    several = {
        f"i{n}": incident(f"i{n}", link, str(drawn.choice(effects)), (2, int(drawn.integers(3, 6))))
        for n, link in enumerate(("ab", "bc", "ad", "dc", "ce", "ef"))
    }
    record = study(tmp_path, *several.values())
    names = ("pairs_cut_at_worst", "lowest_connected_share", "resilience_loss",
             "highest_rerouted_share", "highest_extra_minutes")  # fmt: skip
    for traffic in ("passenger", "freight"):
        for name in names:
            kept = rests_on(record, name, traffic)
            known = tuple(sorted(kept))
            others = study(tmp_path, *(several[each] for each in known)) if known else None
            alone = figures_of(others, name)[traffic].value if others else 0.0
            value = figures_of(record, name)[traffic].value
            if not known:
                assert value in (0, 1.0)
            elif name in ("pairs_cut_at_worst", "lowest_connected_share", "resilience_loss"):
                assert alone == pytest.approx(value)
