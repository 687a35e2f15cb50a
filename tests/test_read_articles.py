"""From articles to drafts: what is read in three languages, and what is not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.errors import InputError
from netmodel.reading import Article, Draft, Extracted, draft_text, read, read_files
from netmodel.reading.draft_file import parse_draft
from netmodel.times import read_bounds
from tests.own_network import command

DAY = "2024-03-12"  # a Tuesday
DERAILED = (
    "Four wagons of a freight train left the rails between Fastiv and Bila Tserkva at 5:40 on"
    " Tuesday, Ukrzaliznytsia said. Passengers were carried by bus. The first train went through at"
    " 2:20 p.m."
)
HALTED = (
    "Рух на дільниці Ніжин – Чернігів зупинили о 06:15 через негоду, повідомили в Укрзалізниці."
    " Поїзди знову пішли о 13:40."
)
BLOWN = (
    "Под Новозыбковом в понедельник взорван путь, поезда встали. Губернатор говорит, что взрыв"
    " прогремел в 3:40. Снова поезда пошли в 11:15."
)


def read_one(text: str, published: str = DAY) -> Draft:
    draft = read(text, published=published, publisher="The Paper", catalogue=_no_record())
    draft.check({draft.articles[0].id: text})
    return draft


def _no_record() -> nm.evidence.Catalogue:
    return nm.evidence.Catalogue(documents=[], incidents=[])


def times(draft: Draft, about: str) -> list[str]:
    return [
        str(claim.value("at"))
        for incident in draft.incidents
        for claim in incident.claims
        if claim.value("about") == about
    ]


@pytest.mark.parametrize(
    ("text", "place", "kind", "start", "again"),
    [
        (DERAILED, "Fastiv–Bila Tserkva", "derailment", "12T03:40:00Z", "12T12:20:00Z"),
        (HALTED, "Nizhyn–Chernihiv", "weather", "12T04:15:00Z", "12T11:40:00Z"),
        (BLOWN, "hub Novozybkov", "track_damage", "11T00:40:00Z", "11T08:15:00Z"),
    ],
)  # fmt: skip
def test_a_closure_is_read_with_its_place_kind_and_times(text, place, kind, start, again):
    draft = read_one(text)
    (incident,) = draft.incidents
    assert incident.value("effect") == "closed"
    assert incident.value("kind") == kind
    assert str(incident.value("place")) in (place, place.removeprefix("hub "))
    assert f"2024-03-{start}" in times(draft, "start")
    assert f"2024-03-{again}" in times(draft, "first_traffic")


def test_the_words_of_a_place_begin_with_a_whole_word():
    text = "Рух поїздів призупинено на дільниці Лозова – Барвінкове через обстріл."
    (incident,) = read(text, published=DAY, publisher="P", catalogue=_no_record()).incidents
    (place,) = [each for each in incident.fields if each.name == "place"]
    assert [span.quotation for span in place.spans] == ["Лозова – Барвінкове"]


def test_who_speaks_is_read_with_the_party():
    (incident,) = read_one(HALTED).incidents
    first = incident.claims[0]
    assert first.value("party") == "operator"
    assert "Укрзалізниц" in str(first.value("speaker"))


@pytest.mark.parametrize(
    "text",
    [
        "Fragments fell beside the station at Konotop. The tracks were not damaged.",
        "У разі повені рух на дільниці Ніжин – Чернігів може бути зупинено. Поки все за графіком.",
        "Сообщения о закрытии вокзала в Воронеже не подтвердились. Поезда ходят в обычном режиме.",
    ],
)  # fmt: skip
def test_what_is_feared_or_denied_is_no_closure(text):
    assert {each.value("effect") for each in read_one(text).incidents} <= {"none"}


@pytest.mark.parametrize(
    "text",
    [
        "The summer theatre opened in Odesa on Thursday with a comedy of two hours.",
        "Народна депутатка Ірина Лозова розповіла, що влітку їздила до батьків поїздом.",
        "«Ростов» обыграл «Краснодар» со счётом 2:1. Игру остановили на десять минут.",
    ],
)
def test_a_text_without_an_event_on_the_railway_has_none(text):
    assert not read_one(text).incidents


def test_persons_and_newspapers_are_no_places():
    text = "Mr Fastiv told The Kyiv Independent that trains between Lviv and Stryi were halted."
    draft = read_one(text)
    assert [str(each.value("place")) for each in draft.incidents] == ["Lviv–Stryi"]
    assert {"person", "publication"} <= {each.why for each in draft.unused}


def test_nothing_told_as_past_lies_after_the_publication():
    for text in (DERAILED, HALTED, BLOWN):
        for day in ("2024-03-12", "2023-08-01", "2022-12-31"):
            latest = read_bounds(day, zone="Europe/Kyiv").latest
            for incident in read_one(text, day).incidents:
                for claim in incident.claims:
                    at = claim.value("at")
                    if at is not None and claim.value("basis") is None:
                        assert at.earliest is None or at.earliest <= latest


def test_a_draft_of_articles_is_written_and_read_back():
    draft = read_one(DERAILED)
    assert parse_draft(draft_text(draft)) == draft


def test_two_articles_of_one_event_are_put_together():
    other = "A freight train derailed between Fastiv and Bila Tserkva at 5:40 on Tuesday."
    articles = [
        Article(text=text, published=DAY, publisher=name)
        for text, name in ((DERAILED, "One"), (other, "Two"))
    ]
    draft = read(articles, catalogue=_no_record())
    (incident,) = draft.incidents
    assert set(incident.articles) == {"one-2024-03-12", "two-2024-03-12"}


def test_an_incident_of_the_record_is_recognised():
    text = (
        "A freight train derailed at Chystenke on Thursday at 7:45, and trains between Simferopol"
        " and Sevastopol were halted."
    )
    draft = read(text, published="2023-05-18", publisher="The Paper")
    known = draft.incidents[0].known
    assert known.incident == "2023-05-18-simferopol-chystenke"
    assert {"place", "time"} <= set(known.agrees)


# Another extractor


def test_spans_of_another_extractor_are_checked_against_the_text():
    text = "No trains ran at Lviv."
    right = Extracted(
        incident="a", claim="b", name="about", value="effect", start=0, end=9, quotation="No trains"
    )
    says = replace(right, name="says", value="None ran.")
    draft = read(text, published=DAY, extractor=lambda _: [right, says], catalogue=_no_record())
    assert draft.incidents[0].claims[0].fields[0].why == "extractor"
    wrong = Extracted(
        incident="a", name="kind", value="fire", start=0, end=9, quotation="No buses!"
    )
    with pytest.raises(InputError, match="is not at 0"):
        read(text, published=DAY, extractor=lambda _: [wrong], catalogue=_no_record())


@pytest.mark.parametrize("given", [None, 7, "No trains", [None], [{"name": "kind"}]])
def test_what_another_extractor_returns_is_a_list_of_what_it_found(given):
    with pytest.raises(InputError, match="extractor"):
        read("No trains ran at Lviv.", published=DAY, extractor=lambda _: given)


EXTRACTED = {"incident": "a", "name": "kind", "value": "fire", "start": 0, "end": 9,
             "quotation": "No trains"}  # fmt: skip
WRONG = (7, 1.5, True, ["a"], b"a", datetime(2025, 3, 28))


@pytest.mark.parametrize("name", ["incident", "name", "start", "end", "quotation", "claim"])
def test_a_field_that_was_found_has_texts_and_whole_numbers(name):
    for wrong in WRONG[1:] if name in ("start", "end") else WRONG:
        with pytest.raises(InputError) as refused:
            Extracted(**{**EXTRACTED, name: wrong})
        assert [each.where for each in refused.value.problems] == [name]


@pytest.mark.parametrize("name", ["publisher", "url", "title", "language", "zone", "id", "file"])
def test_what_is_known_of_an_article_is_text(name):
    for wrong in WRONG:
        with pytest.raises(InputError) as refused:
            Article(**{"text": "No trains.", "published": DAY, name: wrong})
        assert [each.where for each in refused.value.problems] == [name]


# Bad input


@pytest.mark.parametrize(
    ("text", "published", "said"),
    [
        ("", DAY, "empty"),
        ("  \n ", DAY, "empty"),
        (DERAILED, None, "missing"),
        (DERAILED, "soon", "not a time"),
        (DERAILED, "2199-01-01", "yet to come"),
        ("Die Züge zwischen Kiew und Lemberg fahren wieder nach Plan.", DAY, "no sentence"),
        ("\ufffd" * 40 + " trains", DAY, "encoding"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(text, published, said):
    with pytest.raises(InputError, match=said):
        read(text, published=published, catalogue=_no_record())


def test_a_language_that_is_not_read_is_refused():
    with pytest.raises(InputError, match="not read"):
        read(DERAILED, published=DAY, lang="de")


def test_a_page_is_read_without_its_scripts(tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><html><head><script>'Trains at Lviv were halted';</script></head>"
        f"<body><nav>Home | Odesa</nav><article><p>{DERAILED}</p></article></body></html>",
        encoding="utf-8",
    )
    articles = read_files([page], published=DAY)
    draft = read(articles, catalogue=_no_record())
    assert "Lviv" not in draft_text(draft)
    assert draft.incidents[0].value("kind") == "derailment"
    draft.check({draft.articles[0].id: articles[0].text})


@pytest.mark.parametrize("number", ["1" + "0" * 9, "9" * 20, "9" * 400, "2" + "0" * 6])
@pytest.mark.parametrize("unit", ["hours", "days", "weeks"])
def test_a_length_beyond_all_calendars_is_none(number, unit):
    draft = read_one(
        "Trains between Fastiv and Bila Tserkva stopped at 5:40 on Tuesday after a derailment. The"
        f" line was closed for {number} {unit}. The first train went through at 2:20 p.m. on"
        f" Tuesday, and full service was back after {number} {unit}."
    )
    told = draft_text(draft)
    assert "first_traffic" in told
    assert "lasted_hours" not in told


# Properties

PIECES = [
    "trains", "at", "Kyiv", "between", "Lviv and Stryi", "were halted", "5:40", "on Tuesday", ",",
    ". ", "until", "\n\n", "Рух", "зупинили", "о 06:15", "Ніжин – Чернігів", "до",
    "в ночь на среду",
    "поезда", "встали", "“", "е\u0301", "и\u0306", "\u00ad", "İ", "29 of 30", "Mr", "\ufb01",
    "31 февраля", "99:99", "24:00", "🚂", "not", "said", "за шість годин", "17–21 March",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=25))
def test_every_span_is_in_the_text_whatever_the_text(pieces):
    text = " ".join(pieces)
    try:
        draft = read(text, published=DAY, publisher="P", catalogue=_no_record())
    except InputError:
        return
    draft.check({draft.articles[0].id: text})
    for incident in draft.incidents:
        for claim in incident.claims:
            for field in claim.fields:
                assert field.spans


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        draft = read(text, published=DAY, publisher="P", catalogue=_no_record())
    except InputError:
        return
    draft.check({draft.articles[0].id: text})


def test_a_line_may_end_anywhere_in_a_sentence() -> None:
    text = (
        "No train ran between Fastiv and Bila Tserkva from 5:40 a.m. on Tuesday, the railway said."
    )
    plain = nm.reading.read(text, published="2024-03-12").incidents
    for at in [number for number, letter in enumerate(text) if letter == " "]:
        broken = text[:at] + "\n" + text[at + 1 :]
        (found,) = nm.reading.read(broken, published="2024-03-12").incidents
        assert [str(each) for each in found.fields] == [str(each) for each in plain[0].fields]
        assert str(found.claims[0].get("at")) == str(plain[0].claims[0].get("at"))


@pytest.mark.parametrize("text", ["Поезда стоят у Лозовой.", "Рух біля Ніжина зупинено."])
def test_a_short_sentence_without_a_telling_letter_has_a_language(text: str) -> None:
    assert nm.reading.read(text, published="2024-03-12").articles[0].document.language in {
        "uk",
        "ru",
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Рух на Феодосійській гілці зупинено о 05:40.", "Feodosiia"),
        ("Рух поїздів на Феодосійській лінії зупинено о 05:40.", "Feodosiia"),
        ("Движение на феодосийской ветке остановлено в 05:40.", "Feodosiia"),
        ("Рух поїздів біля Стрия зупинено о 05:40.", "Stryi"),
        ("Рух поїздів через міст через Керченську протоку перекрито о 05:40.", "Crimean Bridge"),
        ("Trains over the bridge across the Kerch Strait stopped at 5:40.", "Crimean Bridge"),
    ],
)
def test_adjectives_and_objects_are_places_in_any_case(text: str, place: str) -> None:
    (incident,) = nm.reading.read(text, published="2024-03-12").incidents
    assert place in str(incident.get("place"))
    assert incident.value("effect") == "closed"
    assert incident.value("kind") is None


# The command


def test_the_command_writes_a_draft_and_nothing_over_it(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(DERAILED, encoding="utf-8")
    out = tmp_path / "drafts.yaml"
    said = command("read", str(article), "--published", DAY, "--out", str(out))
    assert (said.code, said.err) == (0, "")
    before = out.read_bytes()
    again = command("read", str(article), "--published", DAY, "--out", str(out))
    assert again.code == 2
    assert again.err.count("\n") == 1
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.4 nonsense", "Рух".encode("cp1251"), b"\x00\x01"]
)
def test_the_command_says_what_is_wrong_with_a_file_in_one_line(
    content: bytes, tmp_path: Path
) -> None:
    article = tmp_path / "article.txt"
    article.write_bytes(content)
    said = command("read", str(article), "--published", DAY, "--out", str(tmp_path / "d.yaml"))
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert not (tmp_path / "d.yaml").exists()


def test_importing_the_package_loads_no_reader() -> None:
    code = "import sys, netmodel; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pymorphy3", "pypdf", "resiliparse"} & set(said.stdout.split())


# Buses, and what is in no field


@pytest.mark.parametrize(
    ("text", "way", "sure"),
    [
        (
            "Trains from Koziatyn to Popilnia stood. Relief buses ran from Koziatyn to Fastiv.",
            {"from": "Koziatyn", "to": "Fastiv"},
            "certain",
        ),
        (
            "A flood closed the line between Sarny and Kovel on Monday. Passengers went by bus.",
            {"from": "Sarny", "to": "Kovel"},
            "doubtful",
        ),
        (
            "Рух між Калушем і Долиною зупинено через паводок. Пасажирів перевозять автобусами.",
            {"from": "Kalush", "to": "Dolyna"},
            "doubtful",
        ),
        (
            "Поезда у Лисок встали 11 марта. Подменные автобусы ходят между Лисками и Россошью.",
            {"from": "Liski", "to": "Rossosh"},
            "certain",
        ),
    ],
)
def test_buses_are_read_with_their_way(text, way, sure):
    (incident,) = read_one(text).incidents
    field = incident.get("replacement")
    assert field is not None
    assert dict(field.value) == way
    assert field.sure == sure


@pytest.mark.parametrize(
    "text",
    [
        "The line between Sarny and Kovel was closed on Monday. Buses were parked at the market.",
        "The line between Sarny and Kovel was closed on Monday. Passengers from Lutsk came by bus.",
        "У зв'язку з ремонтом рух між Сарнами й Ковелем зупинено 11 березня.",
    ],
)
def test_no_way_of_buses_is_made_up(text):
    (incident,) = read_one(text).incidents
    assert incident.get("replacement") is None


def test_the_buses_of_a_draft_are_those_of_its_incident():
    text = "No trains ran on 11 March between Sarny and Kovel; buses ran between Sarny and Kovel."
    draft = read_one(text)
    incident = replace(draft.incidents[0], fields=(*draft.incidents[0].fields, _kind(draft)))
    (buses,) = nm.reading.to_incident(incident, draft.articles).replacements
    assert (buses.from_hub, buses.to_hub) == ("Sarny", "Kovel")
    assert buses.document == draft.articles[0].id


def _kind(draft: Draft) -> nm.reading.DraftField:
    return nm.reading.DraftField(
        name="kind", value="other", spans=(), sure="certain", why="reviewer"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "Trains at Kovel stood on Monday. The train may have been moving at the time.",
            "no_event",
        ),
        ("Rail traffic in the whole east was halted on Monday.", "no_place"),
        ("Trains at Kovel stood on Monday. Railways are always repaired soon.", "background"),
    ],
)
def test_what_is_said_of_the_railway_and_in_no_field_is_listed(text, why):
    draft = read_one(text)
    assert why in {each.why for each in draft.unused if each.seen in ("claim", "effect")}


@pytest.mark.parametrize(
    "text",
    [
        "He spoke after a spate of attacks on railway lines. A derailment stopped trains at Kovel.",
        "Після низки ударів по залізниці виступив міністр. У Ковелі вагон зійшов з рейок.",
    ],
)
def test_a_series_of_events_is_none_of_them(text):
    (incident,) = read_one(text).incidents
    assert incident.value("kind") == "derailment"
    assert not any("spate" in str(x.value("says")) for x in incident.claims)


def test_those_tracks_are_the_ones_that_were_told_of():
    text = (
        "A derailment interrupted traffic between Sarny and Kovel on Monday.\n\n"
        + "The weather was fine. " * 6
        + '\n\n"These tracks are not functioning for a while," said Ivan Petrenko, a spokesman for'
        " the railway."
    )
    (incident,) = read_one(text).incidents
    told = [each for each in incident.claims if each.value("about") == "effect"]
    assert [each.value("speaker") for each in told] == ["Ivan Petrenko"]


def test_an_end_before_the_start_is_of_something_else():
    text = (
        "A derailment interrupted traffic between Sarny and Kovel on Monday. Trains of this line"
        " were restored in 2014."
    )
    assert times(read_one(text), "first_traffic") == []


@pytest.mark.parametrize(
    "text",
    [
        "Движение между Лисками и Россошью перекрыто с 4 часов вторника: на шоссе упала опора.",
        "Рух між Калушем і Долиною зупинено через аварію. Водіїв просять обирати іншу трасу.",
    ],
)
def test_traffic_on_a_road_is_none_on_the_railway(text):
    assert not read_one(text).incidents


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Поезда между Ельцом и Липецком стоят с полуночи.", "Yelets–Lipetsk"),
        ("Участок Лихая – Морозовская закрыт на ремонт с 11 марта.", "Likhaya–Morozovskaya"),
        ("Часть электричек Таганрог – Азов отменена 12 марта.", "Taganrog–Azov"),
        ("Низку електричок Суми – Ворожба скасовано 12 березня.", "Sumy–Vorozhba"),
        ("Движение между Лисками и Россошью прервано с полуночи.", "Liski–Rossosh"),
        ("На Северо-Кавказской дороге у Лисок стоят поезда.", "Liski"),
    ],
)
def test_names_are_read_in_their_cases_and_are_no_causes(text, place):
    (incident,) = read_one(text).incidents
    assert str(incident.value("place")).removeprefix("hub ") == place
    assert incident.value("kind") != "weather"


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("Ремонтная бригада прибыла в Лиски в 6:00. Движение поездов открыли в 9:00.", "T07:00"),
        ("Пути у Лисок повреждены. Поезда пошли по графику в 9:00.", "T07:00"),
    ],
)
def test_the_coming_of_a_crew_is_no_return_of_traffic(text, again):
    draft = read_one(text)
    found = [*times(draft, "first_traffic"), *times(draft, "full_service")]
    assert [each for each in found if again in each or "T06:00" in each] == found
    assert not any("T03:00" in each for each in found)


def test_the_day_of_publication_is_the_same_in_a_zone_west_of_the_articles():
    text = "Вчера в 14:00 на станции Лозовая остановились поезда."
    draft = read(text, published=DAY, zone="Europe/Moscow", catalogue=_no_record())
    assert times(draft, "start") == ["2024-03-11T12:00:00Z"]


def test_a_span_over_midnight_ends_before_the_publication():
    draft = read_one("С 22:10 до 01:35 поезда между Лисками и Россошью не ходили.")
    assert times(draft, "start") == ["2024-03-11T19:10:00Z"]
    assert times(draft, "first_traffic") == ["2024-03-11T22:35:00Z"]


@pytest.mark.parametrize(
    "text",
    [
        "На станции Кочетовка подожгли электровоз, пожар потушили за час.",
        "Через Унечу снова ходят поезда, взрыв прогремел в 3:40.",
    ],
)
def test_no_length_and_no_detour_is_made_up(text):
    for incident in read_one(text).incidents:
        assert not any(each.value("lasted_hours") for each in incident.claims)
        assert not any(each.value("about") == "detour" for each in incident.claims)


@pytest.mark.parametrize(
    "text",
    [
        "Станцию Льгов обстреляли. О приостановке движения поездов не сообщалось.",
        "Обстріляли станцію Ворожба. Про зупинку поїздів не повідомлялося.",
        "The station at Kovel was shelled. A closure of the line was not reported.",
    ],
)
def test_what_nobody_reported_is_not_stated(text):
    for incident in read_one(text).incidents:
        assert incident.value("effect") != "closed" or incident.get("effect").sure == "doubtful"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Движение закрыто под Харьковом.", "Kharkiv"),
        ("Рух перекрито біля Фастова.", "Fastiv"),
        ("Traffic is halted outside Lozova.", "Lozova"),
        ("Руху немає за Покровськом.", "Pokrovsk"),
    ],
)
def test_traffic_at_a_place_of_which_no_more_is_said_is_in_doubt(text: str, place: str) -> None:
    (incident,) = read_one(text).incidents
    effect = incident.get("effect")
    assert [str(each.value) for each in incident.all("place")] == [place]
    assert effect is not None
    assert (effect.value, effect.sure) == ("closed", "doubtful")


@pytest.mark.parametrize(
    "text",
    [
        "Движение закрыто под Харьковом. Фура перевернулась на трассе.",
        "Рух у Харкові перекрито.",
        "Traffic is halted outside Lozova: a lorry lies across the road.",
    ],
)
def test_traffic_at_a_place_that_may_be_of_a_road_is_not_read(text: str) -> None:
    assert not read_one(text).incidents


@pytest.mark.parametrize(
    ("text", "about", "at"),
    [
        (
            (
                "Ukrzaliznytsia said that on Monday the line between Fastiv and Bila Tserkva was"
                " closed by a landslide."
            ),
            "start",
            "2024-03-10T22:00:00Z to 2024-03-11T22:00:00Z",
        ),
        (
            (
                "The first train passed between Fastiv and Bila Tserkva at 8:15, after both tracks"
                " had been blocked."
            ),
            "first_traffic",
            "2024-03-12T06:15:00Z",
        ),
        (
            (
                "Traffic between Fastiv and Bila Tserkva, halted by floods, should resume at 8:15"
                " on 13 March."
            ),
            "first_traffic",
            "2024-03-13T06:15:00Z",
        ),
        (
            (
                "Crews repaired the embankment, and on March 11 trains between Fastiv and Bila"
                " Tserkva ran again."
            ),
            "first_traffic",
            "2024-03-10T22:00:00Z to 2024-03-11T22:00:00Z",
        ),
    ],
)
def test_a_time_is_of_the_words_beside_it_and_not_of_a_name(text: str, about: str, at: str) -> None:
    assert times(read_one(text), about) == [at]
