"""The built-in record has no contradiction that is not accepted, and planted ones are found."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

import netmodel as nm
from netmodel.cli.main import app
from netmodel.evidence import Catalogue, Claim, Document, Incident
from netmodel.network import Accepted, Hub, Link, Network
from netmodel.outages import check_record
from netmodel.outages.record_check import RECORD_RULES
from tests.small_scenario import write_incident, write_scenario

ZONE = "Europe/Kyiv"


def make_network() -> Network:
    """A line Aton - Beton - Ceton - Deton; the last link is of general knowledge."""
    hubs = [
        Hub(id=name.casefold(), name=name, lon=30 + n, lat=50)
        for n, name in enumerate(("Aton", "Beton", "Ceton", "Deton"))
    ]
    pairs = pairwise(hubs)
    links = [Link(id=f"{a.id}--{b.id}", from_hub=a.id, to_hub=b.id, length_km=80) for a, b in pairs]
    links[-1] = replace(links[-1], source="estimated from general knowledge")
    return Network(hubs=hubs, links=links)


def say(about: str, at: str | None = None, says: str = "so it was", **more: object) -> Claim:
    return Claim(document="d", speaker="S", says=says, about=about, at=at, zone=ZONE, **more)


def make(name: str, place: str, *claims: Claim, **more: object) -> Incident:
    given = {"effect": "closed", "kind": "track_damage", **more}
    return Incident(id=name, title=name, zone=ZONE, places=place, claims=claims, **given)


def find(*incidents: Incident, documents: tuple[str, ...] = (), **more: object) -> set[str]:
    catalogue = Catalogue(
        documents=[Document(id=each, publisher="P") for each in ("d", *documents)],
        incidents=incidents,
    )
    report = check_record(catalogue, make_network(), **more)
    return {f"{each.rule} {each.id}" for each in report.open}


START = say("start", "2026-01-01")
END = say("first_traffic", "2026-01-03")
OPEN = make("open", "Aton - Beton", START)
PLANTED = {
    "no_end open": (OPEN, make("again", "Aton - Beton", say("start", "2026-02-01"),
                               say("first_traffic", "2026-02-02"))),
    "early_end early": (make("early", "Aton - Beton", START, END, say("still_out", "2026-01-05")),),
    "wide_place wide": (
        make("wide", "Aton - Ceton", START, END,
             say("place", says="The section Aton–Beton was hit.")),
    ),
    "hub_for_section hub": (
        make("hub", "Beton", START, END, say("place", says="Damage between Aton and Beton.")),
    ),
    "section_for_hub line": (
        make("line", "Aton - Beton", START, END, say("place", says="The station of Beton burned.")),
    ),
    "technical_end works": (
        make("works", "Aton - Beton", START,
             say("first_traffic", "2026-01-03", says="Technical trains passed.")),
    ),
    "unproven_link ceton--deton": (make("near", "Beton - Ceton", START, END),),
}  # fmt: skip


def test_a_second_place_is_not_one_station_alone() -> None:
    burned = (START, END, say("place", says="The station of Beton burned."))
    one, other = ({"between": ["Aton", "Beton"]}, {"between": ["Ceton", "Deton"]})
    two = replace(make("two", "Aton - Beton", *burned), places=[one, other])
    assert "section_for_hub two" not in find(two)
    assert "section_for_hub two" in find(replace(two, places=[one]))


@pytest.mark.parametrize("wanted", PLANTED)
def test_finds_a_planted_contradiction(wanted: str) -> None:
    assert wanted in find(*PLANTED[wanted], trains=nm.trains.Timetable(trains=()))


def test_an_unproven_link_names_only_the_neighbours_that_were_closed() -> None:
    near = make("near", "Beton - Ceton", START, END)
    catalogue = Catalogue(documents=[Document(id="d", publisher="P")], incidents=(near,))
    wider = make_network()
    spur = Link(id="spur", from_hub="deton", to_hub="aton", length_km=300)
    wider = replace(wider, links=(*wider.links, spur))
    report = check_record(catalogue, wider, trains=nm.trains.Timetable(trains=()))
    [found] = [each for each in report.open if each.rule == "unproven_link"]
    assert "beton--ceton" in found.what
    assert "spur" not in found.what


@pytest.mark.parametrize(("section", "proven"), [("Ceton - Deton", True), ("Aton - Beton", False)])
def test_a_train_that_was_seen_on_a_link_proves_it(section: str, proven: bool) -> None:
    near = PLANTED["unproven_link ceton--deton"][0]
    passed = say("running", "2026-01-09T10:00", places=(section,))
    seen = make("seen", "Aton", passed, effect="none")
    found = find(near, seen, trains=nm.trains.Timetable(trains=()))
    assert ("unproven_link ceton--deton" not in found) == proven


def test_one_spell_that_ended_is_no_end_of_the_next() -> None:
    twice = make("twice", "Aton - Beton", START, END, say("start", "2026-01-10", spell=2))
    ended = replace(twice, claims=(*twice.claims, say("first_traffic", "2026-01-11", spell=2)))
    again = PLANTED["no_end open"][1]
    assert "no_end twice" in find(twice, again)
    assert "no_end twice" not in find(ended, again)


def test_finds_a_train_of_another_entry_on_a_closed_line() -> None:
    passed = Claim(document="e", speaker="S", says="it passed", about="running", zone=ZONE,
                   at="2026-01-09T10:00", places=("Aton - Beton",))  # fmt: skip
    seen = make("seen", "Ceton", passed, effect="none")
    assert "no_end open" in find(OPEN, seen, documents=("e",))


def test_finds_unknown_incidents_and_documents_without_use() -> None:
    found = find(OPEN, documents=("idle",), named={"fire": "report 7", "open": "report 8"})
    assert {"unknown_incident fire", "uncited_document idle"} <= found
    assert "uncited_document d" not in found
    assert "unknown_incident open" not in found


def test_finds_a_train_before_a_claim_of_still_being_out() -> None:
    contradicted = make("c", "Aton - Beton", START, say("still_out", "2026-01-09"), END)
    later = replace(contradicted, claims=(START, say("still_out", "2026-01-09"),
                                          say("running", "2026-01-05")))  # fmt: skip
    assert "early_end c" in find(contradicted)
    assert "early_end c" in find(later)


@pytest.mark.parametrize(
    ("still", "found"),
    [
        ("2026-01-03T12:00Z", False), ("2026-01-03T12:01Z", True), ("2026-01-03", False),
        ({"before": "2026-01-09"}, False), ({"after": "2026-01-04", "before": "2026-01-09"}, True),
    ],
)  # fmt: skip
def test_an_end_is_early_only_if_all_of_the_later_time_is_after_it(still, found) -> None:
    end = say("first_traffic", "2026-01-03T12:00Z")
    incident = make("c", "Aton - Beton", START, end, say("still_out", still))
    assert ("early_end c" in find(incident)) is found


@pytest.mark.parametrize(
    "other", [{"spell": 2}, {"traffic": ("freight",)}, {"about": "first_traffic"}]
)
def test_an_end_is_not_early_for_another_closure_or_other_trains(other) -> None:
    about = other.pop("about", "still_out")
    end = say("first_traffic", "2026-01-03T12:00Z", traffic=("passenger",))
    more = [say("start", "2026-01-04", spell=2)] if "spell" in other else []
    incident = make("c", "Aton - Beton", START, end, *more, say(about, "2026-01-05", **other))
    assert "early_end c" not in find(incident)


def test_a_record_in_order_has_no_finding() -> None:
    right = make("right", "Aton - Beton", START, say("still_out", "2026-01-02"), END,
                 say("place", says="The section Aton–Beton was hit."))  # fmt: skip
    technical = say("first_traffic", "2026-01-02", says="Technical trains.", traffic=("technical",))
    both = make("both", "Aton - Beton", say("start", "2026-03-01"), technical,
                say("first_traffic", "2026-03-03"))  # fmt: skip
    assert find(right, both) == set()


def test_accepted_findings_are_kept_with_their_reason() -> None:
    accepted = [Accepted(rule="no_end", id="open", reason="known"),
                Accepted(rule="no_end", id="gone", reason="not needed")]  # fmt: skip
    catalogue = Catalogue(documents=[Document(id="d", publisher="P")],
                          incidents=PLANTED["no_end open"])  # fmt: skip
    report = check_record(catalogue, make_network(), accepted=accepted)
    assert report.passed
    assert [each.accepted for each in report.findings] == ["known"]
    assert [each.id for each in report.unused] == ["gone"]


def test_the_built_in_record_has_no_open_finding() -> None:
    report = nm.validation.review_record()
    assert [str(each) for each in report.open] == []
    assert report.unused == ()
    assert {each.rule for each in report.findings} <= set(RECORD_RULES)


@pytest.mark.parametrize("strict", [False, True])
def test_the_command_tells_contradictions_of_a_file(tmp_path: Path, strict: bool) -> None:
    path = tmp_path / "incidents.yaml"
    path.write_text(INCIDENTS, encoding="utf-8")
    documents = tmp_path / "documents.yaml"
    documents.write_text("documents:\n- {id: d, publisher: P}\n", encoding="utf-8")
    given = ["check", str(path), "--documents", str(documents), *(["--strict"] if strict else [])]
    done = CliRunner().invoke(app, given)
    assert "early_end early" in done.output
    assert done.exit_code == int(strict)


INCIDENTS = """\
incidents:
- id: early
  title: Early
  kind: track_damage
  zone: Europe/Kyiv
  place: {between: [Nizhyn, Chernihiv]}
  effect: closed
  claims:
  - {document: d, speaker: S, party: other, says: so, about: start, basis: observed,
     at: 2026-01-01}
  - {document: d, speaker: S, party: other, says: so, about: first_traffic, basis: observed,
     at: 2026-01-03}
  - {document: d, speaker: S, party: other, says: so, about: still_out, basis: observed,
     at: 2026-01-05}
"""


def test_a_document_that_the_trains_of_the_network_cite_is_cited(tmp_path):
    scenario = write_scenario(tmp_path, write_incident())
    files = {"documents": [tmp_path / "docs.yaml"], "network": tmp_path / "net"}
    rules = ["uncited_document"]
    before = nm.validation.review_record([tmp_path / "inc.yaml"], rules=rules, **files)
    assert [each.id for each in before.findings] == ["d2"]
    table = "number,kind,stops,document\n1,regional,a;b;c,d2\n"
    (scenario.parent / "net/services.csv").write_text(table)
    after = nm.validation.review_record([tmp_path / "inc.yaml"], rules=rules, **files)
    assert not after.findings
