"""Values of the evidence are checked when they are made, from Python as from files."""

import copy
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.evidence import vocabulary
from netmodel.evidence.places import read_place
from netmodel.outages.outage import Outage
from netmodel.times import Bounds, Window, read_bounds
from tests.conftest import at, exactly

CLAIM = {"document": "d", "speaker": "S", "says": "x", "about": "start"}
INCIDENT = {
    "id": "x", "title": "X", "kind": "other", "zone": "Europe/Kyiv", "places": "Kyiv",
    "effect": "closed", "claims": (nm.Claim(**CLAIM, at=exactly(0)),),
}  # fmt: skip


def places_of(make, **fields):
    with pytest.raises(InputError) as caught:
        make(**fields)
    return [problem.where for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("document", ""), ("speaker", None), ("says", 3), ("about", "strat"), ("party", "Media"),
        ("basis", None), ("at", "2023-05-18"), ("at", "2023-05-18T06:00"), ("at", 5),
        ("at", datetime(2023, 5, 18)), ("at", {}), ("made", {"until": "2023"}),
        ("within_hours", 4), ("lasted_hours", "4"), ("lasted_hours", 0), ("within_hours", -1),
        ("says", "a\x07b"), ("speaker", "a\x1b[1m"), ("figures", {"trains": "4"}),
        ("figures", [4]), ("zone", "Europe/Kiyv"),
    ],
)  # fmt: skip
def test_a_claim_that_is_wrong_is_refused(field, value):
    wheres = places_of(nm.Claim, **{**CLAIM, field: value})
    assert {where.split(".")[0] for where in wheres} <= {field, "about"}


@pytest.mark.parametrize("length", ["within_hours", "lasted_hours"])
def test_a_claim_gives_a_time_or_a_length(length):
    reopened = {**CLAIM, "about": "first_traffic"}
    nm.Claim(**reopened, **{length: 4.0})
    assert places_of(nm.Claim, **reopened, at=exactly(0), **{length: 4.0}) == ["about"]
    assert places_of(nm.Claim, **reopened, **{length: 0}) == [length]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""), ("title", None), ("title", "a\x00b"), ("kind", "derailed"),
        ("zone", "Kyiv"), ("places", ()),
        ("places", None), ("effect", "clsoed"), ("claims", "d"), ("claims", [1]), ("then", "none"),
        ("traffic", ()), ("traffic", "trains"), ("slowed_minutes", -1), ("standing", 1),
        ("replacements", [{}]), ("note", 1), ("titles", {"xx": "X"}), ("titles", {"uk": ""}),
    ],
)  # fmt: skip
def test_an_incident_that_is_wrong_is_refused(field, value):
    wheres = places_of(nm.Incident, **{**INCIDENT, field: value})
    names = {where.split(".")[0].split("[")[0] for where in wheres}
    assert names == {"place" if (field, value) == ("places", None) else field}


@pytest.mark.parametrize("value", ["d", "", {"a": 1}, 5, None])
def test_what_is_no_list_of_values_is_refused_once_and_not_by_its_parts(value):
    checks = vocabulary.Checks()
    assert checks.items("claims", value, date) == ()
    assert [problem.where for problem in checks.problems] == ["claims"]


@pytest.mark.parametrize("given", [(), (1, "a"), [2], iter([date(2026, 1, 1), None])])
def test_each_value_of_a_list_is_refused_at_its_place(given):
    values = list(given)
    checks = vocabulary.Checks()
    kept = tuple(value for value in values if isinstance(value, date))
    assert checks.items("claims", iter(values), date) == kept
    wrong = [n for n, value in enumerate(values) if not isinstance(value, date)]
    assert [problem.where for problem in checks.problems] == [f"claims[{n}]" for n in wrong]


def test_all_mistakes_are_told_at_once_with_a_suggestion():
    with pytest.raises(InputError) as caught:
        nm.Incident(**{**INCIDENT, "effect": "clsoed", "zone": "Nowhere", "traffic": ["freigt"]})
    problems = {problem.where: problem for problem in caught.value.problems}
    assert set(problems) == {"effect", "zone", "traffic"}
    assert "'closed'" in problems["effect"].remedy
    assert "'freight'" in problems["traffic"].remedy


@pytest.mark.parametrize(
    ("make", "fields", "wheres"),
    [
        (nm.Document, {"id": "", "publisher": 1, "url": "ftp://x"}, ["id", "publisher", "url"]),
        (nm.Document, {"id": "d", "publisher": "P", "published": "soon"}, ["published"]),
        (nm.evidence.Replacement, {"from_hub": "", "to_hub": "B", "document": "d", "minutes": 0},
         ["from_hub", "minutes"]),
        (nm.evidence.NearPlace, {"lon": 190, "lat": "x", "within_km": 0},
         ["lon", "lat", "within_km"]),
        (nm.evidence.SectionPlace, {"between": ("A",)}, ["between"]),
        (nm.evidence.SectionPlace, {"between": "A - B"}, ["between"]),
        (nm.evidence.RegionPlace, {"region": "", "extent": "all"}, ["region", "extent"]),
        (nm.evidence.TownPlace, {"town": 3}, ["town"]),
        (nm.evidence.LinksPlace, {"links": ()}, ["links"]),
        (Bounds, {"earliest": "2023", "latest": datetime(2023, 5, 18)}, ["earliest", "latest"]),
        (Window, {"start": None, "end": 4}, ["start", "end"]),
    ],
)  # fmt: skip
def test_other_values_that_are_wrong_are_refused(make, fields, wheres):
    assert places_of(make, **fields) == wheres


def test_an_outage_that_is_wrong_is_refused():
    fields = {
        "incident": "x", "link": "ab", "effect": "none", "traffic": (), "start": at(0),
        "end": Bounds(), "start_milestone": "start", "end_milestone": "end", "documents": ("d",),
        "share": 2,
    }  # fmt: skip
    assert places_of(Outage, **fields) == ["effect", "traffic", "start", "end_milestone", "share"]


OUTAGE = {
    "incident": "x", "link": "ab", "effect": "closed", "traffic": "passenger", "start": Bounds(),
    "end": Bounds(), "start_milestone": "start", "end_milestone": "first_traffic",
    "documents": ("d",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("slowed_minutes", 0, None), ("share", 0, 1), ("trains_per_day", 0, None),
        ("wagons_per_day", 0, None), ("spell", 1, None),
    ],
)  # fmt: skip
def test_the_figures_of_an_outage_have_their_least_and_greatest(name, least, most):
    within = [least, least + 0.5, 1000 if most is None else most]
    for value in within:
        assert getattr(Outage(**{**OUTAGE, name: value}), name) == value
    for value in [least - 0.01, *([] if most is None else [most + 0.01])]:
        assert places_of(Outage, **{**OUTAGE, name: value}) == [name]


@pytest.mark.parametrize(("name", "most"), [("lon", 180), ("lat", 90)])
def test_a_point_lies_on_the_globe(name, most):
    fields = {"lon": 30, "lat": 50, "within_km": 5}
    for value in (-most, most):
        assert getattr(nm.evidence.NearPlace(**{**fields, name: value}), name) == value
        beyond = {**fields, name: value * (1 + 0.001)}
        assert places_of(nm.evidence.NearPlace, **beyond) == [name]


def test_a_note_and_a_tag_may_be_left_out():
    assert nm.Incident(**{**INCIDENT, "note": "", "tag": None}).note == ""


def test_half_a_minute_slower_is_slower():
    assert nm.Incident(**{**INCIDENT, "slowed_minutes": 0.5}).slowed_minutes == 0.5
    with pytest.raises(InputError, match="slowed_minutes"):
        nm.Incident(**{**INCIDENT, "slowed_minutes": 0})


def test_a_catalogue_names_what_it_lacks_and_what_stands_twice():
    incident = nm.Incident(**INCIDENT)
    document = nm.Document(id="d", publisher="P")
    catalogue = nm.evidence.Catalogue(documents=[document], incidents=incident)
    assert catalogue.incidents["x"] is incident
    with pytest.raises(InputError, match="unknown document 'd'"):
        nm.evidence.Catalogue(documents={}, incidents=[incident])
    with pytest.raises(InputError, match="twice"):
        nm.evidence.Catalogue(documents=[document, document], incidents=[])


@pytest.mark.parametrize(
    "time",
    [
        exactly(6), at(6), pd.Timestamp(at(6)), "2023-05-18T06:00Z", "2023-05-18T09:00+03:00",
        {"after": at(6), "before": "2023-05-18T06:00:00Z"}, "2023-05-18T06:00",
        datetime(2023, 5, 18, 6),
    ],
)  # fmt: skip
def test_a_time_has_many_forms(time):
    claim = nm.Claim(**CLAIM, at=time, zone="UTC")
    assert claim.at == exactly(6)
    assert type(claim.at.earliest) is datetime


def test_days_missing_times_and_open_sides_are_bounds():
    assert read_bounds(date(2023, 5, 18), zone="UTC").width_hours == 24
    assert read_bounds(pd.NaT) == Bounds()
    assert read_bounds({"before": at(6)}) == Bounds(latest=at(6))


def test_values_are_kept_whole():
    incident = nm.Incident(
        **INCIDENT | {"titles": {"uk": "Х"}, "places": [{"town": "Yalta"}, "Kyiv - Lviv"]}
    )
    catalogue = nm.evidence.Catalogue(
        documents=[nm.Document(id="d", publisher="P", published="2023-05-18")], incidents=[incident]
    )
    for value in (catalogue, incident, incident.claims[0], Window(start=at(0), end=at(1))):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == copy.copy(value) == replace(value) == value
        hash(value)


def test_places_are_given_as_values_mappings_or_texts():
    section = nm.evidence.SectionPlace(between=("A", "B"))
    for given in (section, {"between": ["A", "B"]}, "A - B", "A – B"):
        assert read_place(given) == section
    for wrong in ("", {}, 3, {"hub": "A", "town": "B"}, {"hbu": "A"}, {"hub": "A", "extent": "x"}):
        with pytest.raises(InputError):
            read_place(wrong)


def test_words_for_effects_in_order_of_gravity():
    assert vocabulary.EFFECTS[0] == "closed"
    assert tuple(e for e in vocabulary.EFFECTS if e != "none") == vocabulary.OUTAGE_EFFECTS
    assert vocabulary.OUTAGE_EFFECTS[1:] == vocabulary.LATER_EFFECTS
    assert set(vocabulary.TIMED) <= set(vocabulary.ABOUTS)


# Closures without a file


def test_a_closure_is_an_incident_with_its_source():
    works = nm.evidence.closure(
        "works", "Lviv - Ternopil", start="2026-03-01T06:00", end="2026-03-02T18:00",
        zone="Europe/Kyiv", source="https://example.org/notice", effect="slowed",
    )  # fmt: skip
    [incident], [document] = works.incidents.values(), works.documents.values()
    resolution = nm.evidence.resolve_incident(incident, works)
    assert resolution.start.earliest == datetime(2026, 3, 1, 4, tzinfo=UTC)
    assert resolution.full_service.latest == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert document.url == "https://example.org/notice"


def test_every_mistake_of_a_closure_is_told():
    wheres = places_of(
        nm.evidence.closure, id="", place={"hbu": 1}, start=None, end="soon", zone="UTC",
        source="", kind="x", effect="y", traffic="z",
    )  # fmt: skip
    assert set(wheres) == {
        "id", "place", "start", "end", "source", "kind", "effect", "traffic",
    }  # fmt: skip
    assert "zone" in places_of(
        nm.evidence.closure, id="a", place="B", start="2026-03-01", zone="X", source="S"
    )


TABLE = pd.DataFrame(
    {
        "place": ["Kyiv - Fastiv", "Lviv", "Odesa"], "effect": ["closed", "slowed", "closed"],
        "from": ["2026-03-01", pd.Timestamp("2026-03-02T06:00Z"), "2026-03-01T06:00"],
        "to": ["2026-03-03", None, pd.NaT], "source": ["N", "N", "M"],
        "traffic": ["freight", None, "passenger; freight"], "remark": 1,
    }
)  # fmt: skip


def wheres_of_closure(**given: object) -> set[str]:
    """Return which arguments of a closure are refused."""
    times = {"start": "2025-03-28T06:00", "end": "2025-03-29T06:00", "zone": "Europe/Madrid"}
    with pytest.raises(nm.errors.InputError) as refused:
        nm.evidence.closure("x", "A - B", source="n", **{**times, **given})
    return {each.where for each in refused.value.problems}


@pytest.mark.parametrize(
    "start", [None, pd.NaT, {"after": None}, {"before": pd.NaT}, nm.times.Bounds()]
)
def test_a_closure_has_a_start(start):
    assert wheres_of_closure(start=start) == {"start"}


def test_a_start_that_cannot_be_read_is_not_missing():
    assert wheres_of_closure(zone="Madrid") == {"zone"}
    assert wheres_of_closure(start="soon") == {"start"}


def test_a_closure_does_not_end_before_it_starts():
    assert wheres_of_closure(end="2025-03-27T06:00") == {"end"}
    assert wheres_of_closure(end="2025-03-27", effect="slowed") == {"end"}
    same = nm.evidence.closure(
        "x", "A - B", start="2025-03-28", end="2025-03-28", zone="UTC", source="n"
    )
    assert len(same.incidents["x"].claims) == 2
    row = {"place": "A - B", "from": "2025-03-28T06:00", "to": "2025-03-27T06:00",
           "effect": "closed", "source": "n"}  # fmt: skip
    with pytest.raises(nm.errors.InputError) as refused:
        nm.evidence.incidents_from(pd.DataFrame([row]), zone="UTC")
    assert [each.where for each in refused.value.problems] == ["row 1, column to"]


@pytest.mark.parametrize("traffic", [None, 7, [], [None]])
def test_a_closure_is_of_some_traffic(traffic):
    assert wheres_of_closure(traffic=traffic) == {"traffic"}


def test_a_table_of_closures_becomes_a_catalogue():
    found = nm.evidence.incidents_from(TABLE, zone="Europe/Kyiv")
    assert [each.publisher for each in found.documents.values()] == ["N", "M"]
    assert list(found.incidents) == ["row-1", "row-2", "row-3"]
    assert found.incidents["row-1"].traffic == ("freight",)
    assert found.incidents["row-3"].traffic == ("passenger", "freight")
    assert [len(each.claims) for each in found.incidents.values()] == [2, 1, 1]
    numbered = nm.evidence.incidents_from(TABLE.assign(id=[7, 8, 9]), zone="Europe/Kyiv")
    assert list(numbered.incidents) == ["7", "8", "9"]
    assert not nm.evidence.incidents_from(TABLE[:0], zone="Europe/Kyiv").incidents


def test_every_bad_cell_of_a_table_is_told():
    bad = TABLE.assign(
        id=["a", "a", "c"], place=["Kyiv", None, "Odesa"], effect=["clsoed", "slowed", "closed"]
    )
    bad.loc[2, "from"] = "spring"
    wheres = places_of(nm.evidence.incidents_from, frame=bad, zone="Europe/Kyiv")
    assert set(wheres) == {
        "row 1, column effect", "row 2, column place", "row 3, column from",
    }  # fmt: skip
    missing = places_of(nm.evidence.incidents_from, frame=TABLE.drop(columns="from"), zone="UTC")
    assert missing == ["frame"]


def test_rows_with_one_id_are_refused():
    twice = TABLE.assign(id="a")
    wheres = places_of(nm.evidence.incidents_from, frame=twice, zone="Europe/Kyiv")
    assert wheres == ["row 2, column id", "row 3, column id"]
