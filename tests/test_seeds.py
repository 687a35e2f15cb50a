"""The built-in network, documents and incidents: complete, consistent and placeable."""

import csv
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import networkx as nx
import pytest

from netmodel.evidence.catalogue_file import built_in_catalogue, read_catalogue
from netmodel.evidence.incident import Catalogue, Document
from netmodel.evidence.places import HubPlace, NoPlace, RegionPlace, SectionPlace, StationPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.train_reports import built_in_train_reports
from netmodel.evidence.vocabulary import EFFECTS
from netmodel.files.shipped import (
    network_folder,
    shipped_folder,
)
from netmodel.network.formats import built_in_network, read_network
from netmodel.network.names import Names
from netmodel.network.railway import Network, great_circle_km
from netmodel.network.review import check_network, read_accepted
from netmodel.network.rows import network_rows
from netmodel.outages.outage import place_incidents
from netmodel.restoration.durations import collect_durations
from netmodel.times import parse_time
from netmodel.validation import list_observed_running, load_observations
from netmodel.validation.comparison import (
    built_in_observation_documents,
    built_in_observations,
)
from netmodel.validation.observations import read_observations

COUNTRIES = {"UA", "RU", "BY", "MD", "PL", "SK", "HU", "RO"}
KINDS = {"station", "junction", "border", "terminus"}

ENDS = {"still_out", "first_traffic", "full_service"}

ENDED_STANDING_CLOSURES = {"2014-12-27-crimea-kherson", "2014-12-27-crimea-novooleksiivka"}
TRACK_ROUND_A_TOWN = {"poltava--krutyi-bereh"}
"""Links over 1.8 times the great circle, since the line goes round the town."""

SPELLINGS = {
    "simferopol": ("Simferopol", "Сімферополь", "Симферополь"),
    "sevastopol": ("Sevastopol", "Севастополь", "Sebastopol"),
    "bakhchysarai": ("Bakhchysarai", "Бахчисарай", "Bakhchisaray"),
    "dzhankoi": ("Dzhankoi", "Джанкой", "Dzhankoy"),
    "kerch": ("Kerch", "Керч", "Керчь"),
    "feodosiia": ("Feodosia", "Феодосія", "Феодосия"),
    "vladyslavivka": ("Vladyslavivka", "Владиславівка", "Владиславовка"),
    "taman": ("Taman-Passazhirskaya", "Тамань-Пасажирська", "Тамань-Пассажирская"),
    "kyiv": ("Kyiv", "Київ", "Киев"),
    "kharkiv": ("Kharkov", "Харків", "Харьков"),
    "dnipro": ("Dnipro", "Дніпро", "Днепр"),
    "zaporizhzhia": ("Zaporizhzhia", "Запоріжжя", "Запорожье"),
    "synelnykove-1": ("Synelnykove", "Синельникове", "Синельниково"),
    "pavlohrad": ("Pavlohrad", "ПАВЛОГРАД", "Pavlograd"),
    "lozova": ("Lozova", "Лозова", "Лозовая"),
    "berestyn": ("Krasnohrad", "Берестин", "Красноград"),
    "barvinkove": ("Barvinkove", "Барвінкове", "Барвенково"),
    "sloviansk": ("Sloviansk", "Слов’янськ", "Славянск"),
    "kramatorsk": ("Kramatorsk", "Краматорськ", "Краматорск"),
    "pokrovsk": ("Pokrovsk", "Красноармійськ", "Красноармейск"),
    "kupiansk-vuzlovyi": ("Kupiansk", "Куп'янськ-Вузловий", "Купянск-Узловой"),
    "izium": ("Izyum", "Ізюм", "Изюм"),
    "lyman": ("Lyman", "Лиман", "Красный Лиман"),
    "sumy": ("Sumy", "Суми", "Сумы"),
    "konotop": ("Konotop", "Конотоп", "KONOTOP"),
    "nizhyn": ("Nizhyn", "Ніжин", "Нежин"),
    "chernihiv": ("Chernihiv", "Чернігів", "Чернигов"),
    "snovsk": ("Snovsk", "Сновськ", "Сновск"),
    "poltava": ("Poltava-Kyivska", "Полтава-Київська", "Полтава-Киевская"),
    "hrebinka": ("Hrebinka", "Гребінка", "Гребенка"),
    "znamianka": ("Znamianka", "Знам'янка", "Знаменка"),
    "koziatyn": ("Koziatyn", "Козятин", "Казатин"),
    "zdolbuniv": ("Zdolbuniv", "Здолбунів", "Здолбунов"),
    "lviv": ("Lviv", "Львів", "Львов"),
    "odesa": ("Odessa", "Одеса", "Одесса"),
    "mykolaiv": ("Mykolaiv", "Миколаїв", "Николаев"),
    "kherson": ("Kherson", "Херсон", "ХЕРСОН"),
    "basarabeasca": ("Basarabeasca", "Бессарабська", "Бессарабка"),
    "bryansk": ("Bryansk", "Брянськ", "Брянск"),
    "belgorod": ("Belgorod", "Бєлгород", "Белгород"),
}


@cache
def network() -> Network:
    return built_in_network()


@cache
def catalogue() -> Catalogue:
    return built_in_catalogue()


@cache
def observation_documents() -> Mapping[str, Document]:
    return read_catalogue([built_in_observation_documents()]).documents


def test_network_covers_enough_and_hangs_together():
    built_in = network()
    assert len(built_in.hubs) >= 300
    assert len(built_in.links) >= 380
    assert nx.is_connected(nx.Graph(built_in.to_networkx()))


def test_every_hub_says_where_and_what_it_is():
    for hub in network().hubs:
        assert hub.country in COUNTRIES, hub.id
        assert hub.kind in KINDS, hub.id
        assert hub.region, hub.id
        assert hub.source, hub.id
        assert re.fullmatch(r"[a-z0-9-]+", hub.id), hub.id
        assert any(re.search("[Ѐ-ӿ]", alias) for alias in hub.aliases), hub.id


def test_places_are_no_finer_than_towns():
    """Two decimals, about a kilometre."""
    _, rows = network_rows(network())["hubs.csv"]
    for row in rows:
        assert re.fullmatch(r"\d+(\.\d{1,2})?", row["lon"]), row["id"]
        assert re.fullmatch(r"\d+(\.\d{1,2})?", row["lat"]), row["id"]


def test_every_link_says_what_it_is_and_how_it_was_measured():
    for link in network().links:
        assert link.line_class in {"main", "secondary", "branch", "industrial", "connector"}
        assert link.length_basis, link.id
        assert link.source, link.id
        assert link.gauges_mm in {(1520,), (1435,)}, link.id
        assert link.id.startswith(f"{link.from_hub}--{link.to_hub}"), link.id


def test_lengths_fit_the_great_circle():
    built_in = network()
    for link in built_in.links:
        ends = built_in.hub(link.from_hub), built_in.hub(link.to_hub)
        straight_km = great_circle_km(ends[0].lon, ends[0].lat, ends[1].lon, ends[1].lat)
        assert link.length_km >= 0.97 * straight_km - 2, link.id
        if link.id not in TRACK_ROUND_A_TOWN:
            assert link.length_km <= 1.8 * straight_km + 3, link.id


def test_stations_lie_within_their_links():
    built_in = network()
    for station in built_in.stations:
        assert 0 <= station.km <= built_in.link(station.link).length_km, station


def test_hub_has_all_its_sides_or_none():
    built_in = network()
    sides: dict[str, list[str]] = {hub.id: [] for hub in built_in.hubs}
    for link in built_in.links:
        sides[link.from_hub].append(link.from_side)
        sides[link.to_hub].append(link.to_side)
    sided = {hub: found for hub, found in sides.items() if any(found)}
    assert 20 <= len(sided) <= 60
    for hub, found in sided.items():
        assert set(found) == {"A", "B"}, hub
        assert len(found) > 2, f"{hub}: two ends on two sides need no reversal"


def test_large_towns_can_be_chosen_for_demand():
    for hub in network().hubs:
        if (hub.population or 0) > 50_000 and hub.country in {"UA", "RU", "MD"}:
            assert hub.kind in {"station", "terminus"}, hub.id
    large = [hub.id for hub in network().hubs if (hub.population or 0) > 50_000]
    assert len(large) >= 90
    for pair in (("kyiv", "darnytsia"), ("lviv", "pidzamche"), ("poltava", "poltava-pivdenna")):
        assert network().hub(pair[0]).population
        assert network().hub(pair[1]).population is None, "one hub carries the town"


def test_no_two_hubs_share_a_name():
    seen: dict[str, str] = {}
    names = Names(network())
    for hub in network().hubs:
        for name in (hub.name, *hub.aliases):
            assert len(names.find_hubs(name)) == 1, (name, seen)


@pytest.mark.parametrize("hub", SPELLINGS)
def test_main_places_resolve_in_three_spellings(hub: str):
    names = Names(network())
    for spelling in SPELLINGS[hub]:
        assert names.hub(spelling).id == hub


def test_every_name_in_an_incident_resolves_to_one_place():
    names = Names(network())
    for incident in catalogue().incidents.values():
        wanted: list[str] = []
        for place in incident.places:
            match place:
                case SectionPlace():
                    wanted += place.between
                case HubPlace():
                    wanted.append(place.hub)
                case StationPlace():
                    wanted.append(place.station)
                case RegionPlace():
                    names.hubs_in(place.region)
        for service in incident.replacements:
            wanted += [service.from_hub, service.to_hub, *service.via]
        for name in wanted:
            found = names.find_hubs(name) or names.find_stations(name)
            assert len(found) == 1, f"{incident.id}: {name}"


def test_every_incident_places_without_ambiguity():
    placements = place_incidents(network(), catalogue().incidents.values(), catalogue())
    assert len(placements) == len(catalogue().incidents)
    for each in placements:
        if each.outages:
            continue
        kinds = {type(place) for place in each.incident.places}
        assert each.reasons
        assert each.incident.effect == "none" or kinds <= {RegionPlace, NoPlace}, each.incident.id


def test_every_effect_occurs_and_every_effect_has_outages():
    placements = place_incidents(network(), catalogue().incidents.values(), catalogue())
    effects = {outage.effect for each in placements for outage in each.outages}
    assert {incident.effect for incident in catalogue().incidents.values()} | effects == set(
        EFFECTS
    )
    assert effects == set(EFFECTS) - {"none"}


def test_every_claim_has_a_document_and_every_document_a_claim():
    known = catalogue().documents
    used = set()
    for incident in catalogue().incidents.values():
        used |= {claim.document for claim in incident.claims}
        used |= {service.document for service in incident.replacements}
    assert used == set(known)


def test_documents_are_public_pages_once_each():
    urls = [document.url for document in catalogue().documents.values()]
    assert all(url and re.match(r"https?://[^/]+/", url) for url in urls)
    assert len(set(urls)) == len(urls)


def test_every_incident_with_an_effect_rests_on_a_dated_page_and_has_a_start():
    for incident in catalogue().incidents.values():
        if incident.effect == "none":
            continue
        pages = [catalogue().documents[document] for document in incident.documents]
        assert any(page.url and page.published for page in pages), incident.id
        start = resolve_incident(incident, catalogue()).start
        assert start.earliest or start.latest, incident.id


def test_bounds_of_an_end_are_not_invented():
    """An end is exact, or within days, unless the record itself speaks of months.

    Of three closures near Belgorod only a later report tells that trains had run again.
    """
    long_known = {
        "2022-10-14-novy-oskol",
        "2014-12-27-crimea-kherson",
        "2014-12-27-crimea-novooleksiivka",
        "2022-02-23-novyi-aidar-kindrashivska",
        "2022-03-19-snihurivka",
        "2022-04-14-sloviansk-origin-moved",
        "2023-06-10-nikopol",
        "2024-10-07-derhachi",
        "2025-05-18-kherson",
        "2025-10-07-poltava-depot",
        "2025-10-20-sumy-direction",
        "2025-11-04-altynivka",
        "2025-11-13-shostka-suspension",
        "2025-12-13-odesa",
        "2026-01-31-sumy-shelter-stops",
    }
    wide = set()
    for incident in catalogue().incidents.values():
        resolution = resolve_incident(incident, catalogue())
        closed = incident.effect == "closed"
        end = resolution.first_traffic if closed else resolution.full_service
        if end.earliest and end.latest and (end.latest - end.earliest).days > 14:
            wide.add(incident.id)
    assert wide == long_known


def test_no_train_of_the_observations_contradicts_a_closure():
    observations, known = load_observations()
    trains = list_observed_running(observations)
    assert len(trains) > 50
    alone = place_incidents(network(), known.incidents.values(), known)
    beside = place_incidents(network(), known.incidents.values(), known, running=trains)
    for one, other in zip(alone, beside, strict=True):
        assert one.resolution == other.resolution, one.incident.id


def test_standing_closures_have_no_end_or_lasted_for_years():
    every = [each for each in catalogue().incidents.values() if each.standing]
    ended = [each for each in every if each.id in ENDED_STANDING_CLOSURES]
    for incident in ended:
        resolution = resolve_incident(incident, catalogue())
        assert resolution.first_traffic.earliest - resolution.start.latest > timedelta(days=5 * 365)
    standing = [each for each in every if each not in ended]
    assert len(standing) >= 15
    for incident in standing:
        resolution = resolve_incident(incident, catalogue())
        for spell in resolution.spells or (resolution,):
            bounds = getattr(spell, "resolution", spell)
            ran = [note for note in bounds.notes if note.code == "running_ends"]
            assert (bounds.first_traffic.latest is None) == (not ran), incident.id
        assert resolution.full_service.latest is None, incident.id


def test_claims_are_attributed_and_titles_are_plain():
    for incident in catalogue().incidents.values():
        assert len(incident.title) <= 100, incident.id
        assert "!" not in incident.title, incident.id
        for claim in incident.claims:
            assert claim.speaker, incident.id
            assert claim.says.endswith("."), (incident.id, claim.says)


def test_what_a_page_calls_observed_had_happened_when_it_appeared():
    """An announcement is a forecast, however certain; a page says nothing of later days."""
    for incident in catalogue().incidents.values():
        for number, claim in enumerate(incident.claims):
            published = catalogue().documents[claim.document].published_text
            if claim.basis != "observed" or claim.at is None or not published:
                continue
            day = parse_time(published[:10], zone=incident.zone)
            if claim.at.earliest is not None:
                assert claim.at.earliest < day.latest, (incident.id, number)
            if claim.at.latest is not None:
                assert claim.at.latest <= day.latest, (incident.id, number)


def test_an_incident_begins_before_it_is_reported_out_and_before_it_ends():
    for incident in catalogue().incidents.values():
        start = resolve_incident(incident, catalogue()).start.latest
        if start is None:
            continue
        for number, claim in enumerate(incident.claims):
            if claim.basis == "observed" and claim.about in ENDS and claim.at is not None:
                latest = claim.at.latest
                assert latest is None or start <= latest, (incident.id, number)


def test_publishers_and_pages_are_named_in_one_way():
    """Over the documents of incidents and those of observations."""
    documents = [*catalogue().documents.values(), *observation_documents().values()]
    urls = [document.url for document in documents]
    assert len(set(urls)) == len(urls)
    spellings: dict[str, set[str]] = {}
    for document in documents:
        key = re.sub(r"\W", "", document.publisher.lower())
        spellings.setdefault(key, set()).add(document.publisher)
    assert not [each for each in spellings.values() if len(each) > 1]


def test_every_document_of_the_observations_is_used():
    known = {**catalogue().documents, **observation_documents()}
    observed = read_observations(built_in_observations(), known)
    used = {each.document for each in (*observed.timetables, *observed.delays)}
    with built_in_train_reports().open(encoding="utf-8", newline="") as file:
        reported = {row["document"] for row in csv.DictReader(file)}
    assert used <= set(known)
    assert set(observation_documents()) <= used | reported


def test_figures_are_named_in_one_way():
    for incident in catalogue().incidents.values():
        for claim in incident.claims:
            for name in claim.figures:
                assert re.fullmatch(r"[a-z0-9_]+", name), (incident.id, name)
                assert "min" not in name.split("_")[1:], (incident.id, name, "write minutes")


def test_what_ended_with_the_front_is_no_repair():
    apart = {each.incident: each.reason for each in collect_durations(catalogue()).apart}
    for incident in (
        "2022-04-08-kramatorsk-station",
        "2022-04-14-sloviansk-origin-moved",
        "2022-kupiansk-bridge",
    ):
        assert apart[incident] == "closed by the front"


def test_a_broken_closure_is_no_exact_one():
    """The third closure of the bridge on 23 February 2026: two ends are reported."""
    rows = {row.incident: row for row in collect_durations(catalogue()).rows}
    broken = rows["2026-02-23-crimean-bridge"]
    assert broken.lower_hours == pytest.approx(4 + 16 / 60)
    assert broken.upper_hours == pytest.approx(4 + 20 / 60)


def test_conflicting_reports_are_kept():
    """The derailment of 18 May 2023: three times of day, five or eight wagons."""
    resolution = resolve_incident(
        catalogue().incidents["2023-05-18-simferopol-chystenke"], catalogue()
    )
    assert {conflict.about for conflict in resolution.conflicts} == {"start", "wagons_derailed"}
    assert resolution.start.censoring == "interval"


def test_sources_of_the_network_are_attributed():
    text = (shipped_folder("seeds") / "network" / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for source in ("OpenStreetMap contributors", "ODbL", "GeoNames", "CC BY 4.0", "Natural Earth"):
        assert source in text


def test_the_built_in_network_passes_its_own_check():
    folder = network_folder()
    report = check_network(read_network(folder), read_accepted(folder))
    assert report.passed, "\n".join(report.lines())


def test_every_incident_has_a_ukrainian_title():
    foreign = re.compile(r"[A-Za-zЫыЭэЁёЪъ]")
    for incident in catalogue().incidents.values():
        title = incident.titles["uk"]
        assert re.search(r"[а-яіїєґ]", title), incident.id
        assert not foreign.search(title), (incident.id, title)
        assert len(title) <= 90, incident.id
        assert not title.endswith("."), incident.id
