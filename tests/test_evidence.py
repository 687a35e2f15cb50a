"""From claims to bounds: conflicts widen, forecasts never bound, and nothing is lost."""

import re
import warnings
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.errors import InputError, InputWarning
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.evidence.closures import closure
from netmodel.evidence.incident import Catalogue, Claim, Document, Incident
from netmodel.evidence.notes import Note
from netmodel.evidence.places import NoPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.outages.outage import pick_times
from netmodel.times import Bounds, parse_time
from tests.conftest import at, exactly


def claim(about, bounds=None, *, basis="observed", **fields):
    return Claim(document="d", speaker="S", says="x", about=about, at=bounds, basis=basis, **fields)


def incident(*claims, effect="closed", then=None):
    return Incident(
        id="i", title="I", kind="other", zone="Europe/Kyiv", places=(NoPlace(reason="test"),),
        effect=effect, then=then, claims=claims,
    )  # fmt: skip


def test_contradicting_starts_widen_and_are_listed():
    resolution = resolve_incident(incident(claim("start", exactly(1)), claim("start", exactly(2))))
    assert resolution.start == Bounds(earliest=at(1), latest=at(2))
    assert [(each.about, each.claims) for each in resolution.conflicts] == [("start", (0, 1))]


def test_a_vague_claim_adds_nothing_to_a_precise_one():
    day = Bounds(earliest=at(0), latest=at(24))
    resolution = resolve_incident(incident(claim("start", day), claim("start", exactly(7))))
    assert resolution.start == exactly(7)
    assert not resolution.conflicts


def test_a_forecast_never_bounds():
    resolution = resolve_incident(
        incident(claim("start", exactly(1)), claim("first_traffic", exactly(5), basis="forecast"))
    )
    assert resolution.first_traffic == Bounds(earliest=at(1))
    assert resolution.set_aside == ((1, Note("forecast_aside")),)


def test_at_most_a_day_is_a_bound_and_not_a_number():
    resolution = resolve_incident(
        incident(
            claim("start", exactly(1)), claim("first_traffic", basis="rule", within_hours=24.0)
        )
    )
    assert resolution.first_traffic == Bounds(earliest=at(1), latest=at(25))


def test_an_observation_outweighs_a_general_rule():
    resolution = resolve_incident(
        incident(
            claim("start", exactly(0)),
            claim("first_traffic", basis="rule", within_hours=24.0),
            claim("first_traffic", exactly(40)),
        )
    )
    assert resolution.first_traffic == exactly(40)
    assert resolution.conflicts[0].about == "first_traffic"
    assert dict(resolution.set_aside)[1] == Note("rule_contradicted")


def test_still_out_bounds_from_below():
    resolution = resolve_incident(
        incident(
            claim("start", exactly(0)),
            claim("still_out", exactly(9)),
            claim("first_traffic", Bounds(earliest=at(0), latest=at(24))),
        )
    )
    assert resolution.first_traffic == Bounds(earliest=at(9), latest=at(24))


def test_a_closure_that_lasts_on_a_day_began_by_the_end_of_that_day():
    day = Bounds(earliest=at(24), latest=at(48))
    resolution = resolve_incident(incident(claim("still_out", day)))
    assert resolution.start == Bounds(latest=at(48))


def test_reported_length_of_a_closure():
    resolution = resolve_incident(
        incident(claim("start", exactly(2)), claim("first_traffic", lasted_hours=7.3))
    )
    assert resolution.first_traffic == exactly(9.3)


def test_two_milestones_can_lie_far_apart():
    resolution = resolve_incident(
        incident(
            claim("start", exactly(0)),
            claim("first_traffic", exactly(12)),
            claim("full_service", exactly(5000)),
            then="single_track",
        )
    )
    assert (resolution.first_traffic, resolution.full_service) == (exactly(12), exactly(5000))


def test_an_effect_other_than_a_closure_ends_with_full_service():
    resolution = resolve_incident(
        incident(claim("start", exactly(3)), claim("full_service", exactly(8)), effect="slowed")
    )
    assert (resolution.first_traffic, resolution.full_service) == (exactly(3), exactly(8))


def test_conflicting_figures_are_listed_and_not_resolved_away():
    resolution = resolve_incident(
        incident(
            claim("start", exactly(0), figures={"wagons": 5}),
            claim("figures", figures={"wagons": 8}),
        )
    )
    assert [each.about for each in resolution.conflicts] == ["wagons"]


def test_as_of_uses_only_what_was_public():
    documents = {
        "d": Document(id="d", publisher="P", published=exactly(3)),
        "later": Document(id="later", publisher="P", published=exactly(30)),
    }
    closed = claim("start", exactly(1))
    planted = Claim(
        document="later", speaker="S", says="open", about="first_traffic", at=exactly(6)
    )
    told = incident(closed, planted)
    catalogue = Catalogue(documents=documents, incidents={"i": told})
    then = resolve_incident(told, catalogue, as_of=at(10))
    without = resolve_incident(incident(closed), catalogue, as_of=at(10))
    assert then == without
    assert resolve_incident(told, catalogue, as_of=at(31)).first_traffic == exactly(6)


bounds = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(
    lambda pair: Bounds(earliest=at(min(pair)), latest=at(max(pair)))
)


@given(starts=st.lists(bounds, min_size=1, max_size=4), ends=st.lists(bounds, max_size=4))
def test_every_rule_picks_within_the_bounds_and_in_order(starts, ends):
    resolution = resolve_incident(
        incident(*(claim("start", b) for b in starts), *(claim("first_traffic", b) for b in ends))
    )
    for rule in ("earliest", "midpoint", "latest"):
        times = pick_times(resolution, rule)
        assert resolution.start.earliest <= times.start <= resolution.start.latest
        if resolution.first_traffic.latest is not None:
            assert times.first_traffic >= times.start
        elif rule != "earliest":
            assert times.first_traffic is None


@given(given=st.lists(bounds, min_size=1, max_size=5))
def test_the_bounds_of_one_milestone_are_covered_by_its_claims(given):
    """What is resolved lies within the hull of the claims."""
    resolved = resolve_incident(incident(*(claim("start", b) for b in given))).start
    hull = given[0]
    for each in given[1:]:
        hull = hull.hull(each)
    assert hull.hull(resolved) == hull


def test_times_are_read_as_their_words_allow():
    assert parse_time("2023-05-18", zone="Europe/Kyiv").width_hours == 24
    assert parse_time("2023-10-29", zone="Europe/Kyiv").width_hours == 25
    assert parse_time("2022-03", zone="Europe/Kyiv").width_hours == 31 * 24 - 1
    with pytest.raises(ValueError, match="no UTC offset"):
        parse_time("2023-05-18T07:40")
    with pytest.raises(ValueError, match="give a zone"):
        parse_time("2023-05-18")


def test_a_file_reports_all_its_problems(tmp_path):
    path = tmp_path / "incidents.yaml"
    path.write_text(
        "incidents:\n"
        "- {id: a, title: A, kind: other, zone: Europe/Kiyv, place: {hub: Kyiv}, effect: none,\n"
        "   claims: [{document: d, speaker: S, says: x, about: context, colour: red}]}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_catalogue([path])
    text = str(caught.value)
    assert "Europe/Kiyv" in text
    assert "unknown key 'colour'" in text
    assert "unknown document" in text
    assert text.count("incidents.yaml:") == 3


@pytest.mark.parametrize(
    ("start", "end", "sound"),
    [
        ("2026-02-02T06:00Z", "2026-02-02T05:00Z", False),
        ("2026-02-02T06:00Z", "2026-02-02T06:00Z", True),
        ("{after: 2026-02-02T04:00Z, before: 2026-02-02T06:00Z}", "2026-02-02T05:00Z", True),
        ("{after: 2026-02-02T04:00Z, before: 2026-02-02T06:00Z}", "2026-02-02T03:00Z", False),
        ("{before: 2026-02-02T06:00Z}", "2026-02-02T03:00Z", True),
    ],
)
def test_a_reopening_comes_no_earlier_than_its_closure_may(tmp_path, start, end, sound):
    path = tmp_path / "incidents.yaml"
    claim = "{{document: d, speaker: S, says: x, about: {about}, at: {at}}}"
    claims = [claim.format(about="start", at=start), claim.format(about="first_traffic", at=end)]
    path.write_text(
        "incidents:\n"
        "- {id: a, title: A, kind: other, zone: UTC, place: {hub: Kyiv}, effect: closed,\n"
        f"   claims: [{', '.join(claims)}]}}\n"
    )
    documents = tmp_path / "documents.yaml"
    documents.write_text("documents: [{id: d, publisher: P}]\n")
    with nullcontext() if sound else pytest.raises(InputError, match="before the start"):
        read_catalogue([documents, path])


def test_documents_of_a_file_that_cannot_be_read_are_not_called_unknown(tmp_path):
    documents, path = tmp_path / "documents.yaml", tmp_path / "incidents.yaml"
    documents.write_text("documents: [{id: d, publisher: P\n")
    path.write_text(
        "incidents:\n"
        "- {id: a, title: A, kind: other, zone: UTC, place: {hub: Kyiv}, effect: none,\n"
        "   claims: [{document: d, speaker: S, says: x, about: context}]}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_catalogue([documents, path])
    assert {"documents.yaml"} == {
        each.where.split(":")[0].rsplit("/")[-1] for each in caught.value.problems
    }


@pytest.mark.parametrize(
    ("given", "earliest", "latest"),
    [
        ("2023-05-18", "2023-05-18T00:00Z", "2023-05-19T00:00Z"),
        ("{after: 2023-04, before: 2023-05-18}", "2023-04-01T00:00Z", "2023-05-19T00:00Z"),
        ("{after: 2023-05-18}", "2023-05-18T00:00Z", None),
        ("{before: 2023-04}", None, "2023-05-01T00:00Z"),
    ],
)
def test_a_day_or_month_between_which_a_time_lies_is_meant_whole(tmp_path, given, earliest, latest):
    documents, path = tmp_path / "documents.yaml", tmp_path / "incidents.yaml"
    documents.write_text("documents: [{id: d, publisher: P, published: 2023-06-01}]\n")
    path.write_text(
        "incidents:\n"
        "- {id: a, title: A, kind: other, zone: UTC, place: {hub: Kyiv}, effect: closed,\n"
        f"   claims: [{{document: d, speaker: S, says: x, about: start, at: {given}}}]}}\n",
        encoding="utf-8",
    )
    ends = [None if text is None else parse_time(text).earliest for text in (earliest, latest)]
    (read,) = read_catalogue([documents, path]).incidents["a"].claims
    assert read.at == Bounds(earliest=ends[0], latest=ends[1])


def test_a_clock_without_offset_is_read_in_its_zone():
    assert parse_time("2023-05-18T07:40", zone="Europe/Kyiv") == parse_time("2023-05-18T04:40Z")
    for text, offered in (("2023-10-29T03:30", "+02:00"), ("2023-03-26T03:30", "+03:00")):
        with pytest.raises(ValueError, match=re.escape(offered)):
            parse_time(text, zone="Europe/Kyiv")


def write_incident(folder, keys, claim):
    """Write an incident with further keys and one claim, and its document of 3 February 2026."""
    path, documents = folder / "incidents.yaml", folder / "documents.yaml"
    path.write_text(
        f"incidents:\n- {{id: a, title: A, kind: other, zone: UTC, effect: none, {keys},\n"
        f"   claims: [{{document: d, speaker: S, says: x, about: context{claim}}}]}}\n"
    )
    documents.write_text("documents: [{id: d, publisher: P, published: 2026-02-03}]\n")
    return [documents, path]


@pytest.mark.parametrize(("made", "noted"), [("2027-02-03", True), ("2026-03-05", False)])
def test_a_claim_made_long_after_its_document_is_pointed_out(tmp_path, made, noted):
    files = write_incident(tmp_path, "place: {hub: Kyiv}", f", made: {made}")
    with pytest.warns(InputWarning, match="made") if noted else warnings.catch_warnings():
        if not noted:
            warnings.simplefilter("error")
        read_catalogue(files)


@pytest.mark.parametrize(("end", "sound"), [("06:00", True), ("05:59", False)])
def test_a_closure_in_python_may_end_when_it_began_and_not_before(end, sound):
    with nullcontext() if sound else pytest.raises(InputError, match="before the start"):
        closure(
            "c", "B - C", start="2026-02-02T06:00", end=f"2026-02-02T{end}", zone="UTC",
            source="Notice",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "at_line"),
    [
        (["about: start", "at: {after: 2026-02-03, before: 2026-02-01}"], 6),
        (["about: start", "lasted_hours: 2"], 4),
        (["about: figures", "figures: {trains: '12'}"], 6),
    ],
)
def test_a_claim_that_is_wrong_is_told_where_it_is_wrong(tmp_path, lines, at_line):
    path, documents = tmp_path / "incidents.yaml", tmp_path / "documents.yaml"
    path.write_text(
        "incidents:\n- id: a\n  claims:\n  - document: d\n"
        + "".join(f"    {line}\n" for line in lines)
        + "    speaker: S\n    says: x\n"
        + "  title: A\n  kind: other\n  zone: UTC\n  place: {hub: Kyiv}\n  effect: closed\n"
    )
    documents.write_text("documents: [{id: d, publisher: P}]\n")
    with pytest.raises(InputError) as caught:
        read_catalogue([documents, path])
    assert [int(each.where.split(":")[1]) for each in caught.value.problems] == [at_line]


@pytest.mark.parametrize(("km", "sound"), [(50_000, True), (50_001, False)])
def test_near_is_on_this_earth(tmp_path, km, sound):
    place = f"place: {{near: {{lon: 30, lat: 50, within_km: {km}}}}}"
    files = write_incident(tmp_path, place, "")
    with nullcontext() if sound else pytest.raises(InputError, match="within_km"):
        read_catalogue(files)


def test_what_a_mapping_looks_like_names_each_key_once(tmp_path):
    files = write_incident(tmp_path, "place: {near: Kyiv}", "")
    with pytest.raises(InputError, match="mapping") as caught:
        read_catalogue(files)
    assert str(caught.value).count("lon") == 1
