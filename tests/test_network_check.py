"""The check of a network: each rule finds its mistake, and nothing in a sound network."""

from __future__ import annotations

import json
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from netmodel.cli.network_verbs import app
from netmodel.errors import InputError
from netmodel.files.shipped import network_folder
from netmodel.network.formats import built_in_network, read_network, write_network
from netmodel.network.railway import Hub, Link, Network, Station
from netmodel.network.review import Accepted, check_network, read_accepted
from netmodel.network.review_rules import RULES, bridge_links, component_labels

from .effort import counted_calls
from .railway_files import write_geojson


def hub(number: int, **changes: object) -> Hub:
    base = Hub(
        id=f"h{number}", name=f"Hub {number}", lon=30 + number / 2, lat=50, country="UA",
        region="R", kind="junction",
    )  # fmt: skip
    return replace(base, **changes)


def link(a: int, b: int, **changes: object) -> Link:
    base = Link(
        id=f"h{a}--h{b}", from_hub=f"h{a}", to_hub=f"h{b}", length_km=36.0 * abs(a - b),
        minutes=40.0 * abs(a - b), tracks=2, electrified=True, gauges_mm=(1520,),
        length_basis="tariff",
    )  # fmt: skip
    return replace(base, **changes)


def ring(**changes: object) -> Network:
    hubs = tuple(hub(number) for number in range(4))
    links = (link(0, 1), link(1, 2), link(2, 3), link(0, 3))
    return replace(Network(hubs=hubs, links=links), **changes)


def rules_of(network: Network) -> set[str]:
    return {finding.rule for finding in check_network(network).findings}


def test_sound_network_has_no_findings():
    report = check_network(ring())
    assert report.findings == ()
    assert report.passed
    assert "passed" in report.lines()[-1]


def test_empty_network_has_no_findings():
    assert check_network(Network(hubs=(), links=())).passed


SOUND = ring()
CASES = {
    "component": ring(
        hubs=(*SOUND.hubs, hub(5), hub(6)),
        links=(*SOUND.links, link(5, 6), link(6, 5, id="x", length_km=40)),
    ),
    "isolated_hub": ring(hubs=(*SOUND.hubs, hub(9))),
    "dead_end": ring(links=SOUND.links[:-1]),
    "bridge_between_regions": ring(
        hubs=(hub(0, region="Q", kind="terminus"), *SOUND.hubs[1:]),
        links=(link(0, 1), link(1, 2), link(2, 3), link(1, 3)),
    ),
    "length_below_great_circle": ring(links=(link(0, 1, length_km=20), *SOUND.links[1:])),
    "length_over_great_circle": ring(links=(link(0, 1, length_km=90), *SOUND.links[1:])),
    "length_off_course": ring(geometry={"h0--h1": ((30.0, 50.0), (30.2, 50.4), (30.5, 50.0))}),
    "course_off_hub": ring(geometry={"h0--h1": ((30.1, 50.0), (30.3, 50.15), (30.5, 50.0))}),
    "unusual_degree": ring(
        links=(*SOUND.links, *(link(0, 1, id=f"p{n}", length_km=37 + n) for n in range(8)))
    ),
    "duplicate_name": ring(hubs=(hub(0, aliases=("HUB-3",)), *SOUND.hubs[1:])),
    "duplicate_station": ring(
        stations=(Station(name="S", link="h0--h1", km=3), Station(name="s", link="h1--h2", km=3))
    ),
    "duplicate_link": ring(links=(*SOUND.links, link(0, 1, id="again"))),
    "hubs_at_one_place": ring(hubs=(*SOUND.hubs[:2], hub(2, lon=30.001), SOUND.hubs[3])),
    "implausible_speed": ring(links=(link(0, 1, minutes=2), *SOUND.links[1:])),
    "station_off_link": ring(stations=(Station(name="S", link="h0--h1", km=99),)),
    "missing_attribute": ring(links=(link(0, 1, tracks=None), *SOUND.links[1:])),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_finds_its_mistake(rule):
    report = check_network(CASES[rule])
    found = [finding for finding in report.open if finding.rule == rule]
    assert found, report.lines()
    assert all(finding.what and finding.remedy and finding.id for finding in found)
    assert all("\n" not in str(finding) for finding in found)


def test_every_rule_has_a_case():
    assert set(CASES) == {*RULES, "course_off_hub"}


def test_accepted_findings_pass_and_unused_ones_are_told():
    network = CASES["dead_end"]
    accepted = [
        Accepted(rule="dead_end", id=end, reason="ends at the quay") for end in ("h0", "h3")
    ]
    report = check_network(network, [*accepted, Accepted(rule="dead_end", id="h9", reason="no")])
    assert report.passed
    assert [each.id for each in report.unused] == ["h9"]
    assert "ends at the quay" in "\n".join(report.lines())
    assert not check_network(network, accepted[:1]).passed
    assert check_network(network, [Accepted(rule="dead_end", id="*", reason="all")]).passed


def test_accepted_file_names_unknown_rules_and_missing_reasons(tmp_path):
    path = tmp_path / "accepted.csv"
    path.write_text("rule,id,reason\ndeadend,h0,x\ndead_end,h1,\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_accepted(path)
    first, second = caught.value.problems
    assert first.where == "accepted.csv:2"
    assert "did you mean 'dead_end'" in first.remedy
    assert second.what == "no reason is given"
    path.write_text("rule,reason\n", encoding="utf-8")
    with pytest.raises(InputError, match="column 'id' is missing"):
        read_accepted(tmp_path)
    assert read_accepted(tmp_path / "none") == ()


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16))
def test_components_and_bridges_agree_with_networkx(pairs):
    hubs = tuple(hub(number) for number in range(8))
    links = tuple(link(a, b, id=f"l{n}", length_km=1) for n, (a, b) in enumerate(pairs) if a != b)
    network = Network(hubs=hubs, links=links)
    graph = network.to_networkx()
    labels = component_labels(network)
    parts = [{network.hub_index[each] for each in part} for part in nx.connected_components(graph)]
    assert {frozenset(part) for part in parts} == {
        frozenset(n for n in range(8) if labels[n] == label) for label in set(labels.tolist())
    }
    expected = set()
    for number, each in enumerate(links):
        less = graph.copy()
        less.remove_edge(each.from_hub, each.to_hub, each.id)
        if nx.number_connected_components(less) > len(parts):
            expected.add(number)
    assert bridge_links(network) == expected


def test_built_in_network_is_checked_with_few_calls():
    network = built_in_network()
    check_network(network)
    with counted_calls() as effort:
        report = check_network(network, read_accepted(network_folder()))
    assert effort.calls < 300_000
    assert not [each for each in report.open if each.rule in {"component", "isolated_hub"}]


# The command


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_check_verb_tells_by_its_exit_code(tmp_path):
    write_network(ring(), tmp_path / "sound")
    code, said = run("check", tmp_path / "sound")
    assert (code, "passed" in said) == (0, True)
    write_network(CASES["dead_end"], tmp_path / "bad")
    code, said = run("check", tmp_path / "bad", "--json", "--strict")
    assert code == 1
    assert run("check", tmp_path / "bad")[0] == 0
    assert {row["rule"] for row in json.loads(said)} == {"dead_end"}
    rows = "rule,id,reason\ndead_end,h0,quay\ndead_end,h3,quay\n"
    (tmp_path / "bad/accepted.csv").write_text(rows, encoding="utf-8")
    assert run("check", tmp_path / "bad", "--strict")[0] == 0
    write_network(CASES["length_below_great_circle"], tmp_path / "wrong")
    assert run("check", tmp_path / "wrong")[0] == 1


def test_import_and_export_verbs(tmp_path):
    pytest.importorskip("pyogrio")
    lines = [
        ([[30.0, 50.0], [30.3, 50.0]], {"id": "w"}),
        ([[30.3, 50.0], [30.5, 50.2]], {"id": "v"}),
    ]
    source = write_geojson(tmp_path / "mine.geojson", lines)
    code, said = run("import", source, "--out", tmp_path / "mine", "--snap", "10")
    assert code == 0
    assert "2 features read = 0 kept + 2 merged + 0 dropped" in said
    assert (tmp_path / "mine/account.csv").is_file()
    code, said = run("export", tmp_path / "mine", "--out", tmp_path / "mine.gpkg")
    assert code == 0
    code, said = run("export", tmp_path / "mine.gpkg", "--out", tmp_path / "back")
    assert read_network(tmp_path / "back").links == read_network(tmp_path / "mine").links
    assert run("check", tmp_path / "mine.gpkg")[0] == 0
