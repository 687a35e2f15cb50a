"""For how long an extreme holds, and which incidents a figure rests on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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
