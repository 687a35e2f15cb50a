"""Which sentence is of which event: another section, another day, buses, delays, headings."""

from __future__ import annotations

import pytest

from netmodel.evidence.incident import Catalogue
from netmodel.network.railway import Hub, Link, Network
from netmodel.reading import Article, Draft
from netmodel.reading.read_articles import ArticleReader
from tests.test_read_articles import read_one, times

STORM = (
    "Через негоду зупинено рух поїздів на Прикарпатті\n\n"
    "У ніч на 12 березня буревій повалив дерева на колію між станціями Стрий та Моршин. Рух поїздів"
    " на дільниці Стрий – Моршин припинено о 01:40. О 06:15 рух відновили. Електропостачання на"
    " дільниці Моршин – Долина обіцяють відновити до кінця доби, поки поїзди курсують під"
    " тепловозами."
)


def of_fields(draft: Draft) -> list[tuple[str, ...]]:
    names = ("place", "kind", "effect", "then")
    return [tuple(str(each.value(name)) for name in names) for each in draft.incidents]


def test_the_cause_of_an_event_is_its_own_and_not_that_of_the_next_section():
    assert of_fields(read_one(STORM)) == [
        ("Stryi–Morshyn", "weather", "closed", "None"),
        ("Morshyn–Dolyna", "power", "diesel_only", "None"),
    ]


def test_a_heading_with_a_region_alone_is_an_event_where_the_text_tells_of_no_other():
    text = "Через негоду зупинено рух поїздів на Прикарпатті\n\nСинодальний хор співав у неділю."
    assert [each[1:3] for each in of_fields(read_one(text))] == [("weather", "closed")]


@pytest.mark.parametrize(
    ("buses", "way"),
    [
        ("Passengers to Vinnytsia were taken by bus from Zhmerynka.", ("Zhmerynka", "Vinnytsia")),
        ("Пасажирів до Вінниці везли автобусами від Жмеринки.", ("Zhmerynka", "Vinnytsia")),
        ("Пассажиров из Жмеринки в Винницу везли автобусами.", ("Zhmerynka", "Vinnytsia")),
    ],
)
def test_a_sentence_about_buses_in_its_own_paragraph_is_of_the_event_before_it(buses, way):
    text = (
        "Trains between Zhmerynka and Vinnytsia stopped at 3:25 a.m. on Tuesday after a"
        f" derailment.\n\nNobody was hurt.\n\n{buses}"
    )
    draft = read_one(text)
    found = draft.incidents[0].value("replacement")
    assert (found["from"], found["to"]) == way
    assert buses not in [each.span.quotation for each in draft.unused]


def test_buses_of_no_event_are_listed_as_unused():
    text = "The railway museum has new rooms. Passengers were taken by bus to the theatre."
    draft = read_one(text)
    assert any("theatre" in each.span.quotation for each in draft.unused)


def test_a_sentence_about_delays_is_of_the_event_before_it():
    text = (
        "Trains between Zhmerynka and Vinnytsia stopped at 3:25 a.m. on Tuesday after a derailment."
        " Eleven passenger trains ran up to four hours late, among them No. 43 from"
        " Ivano-Frankivsk."
    )
    draft = read_one(text)
    (incident,) = draft.incidents
    (delay,) = [x for x in incident.claims if x.value("about") == "delay"]
    assert delay.value("figures") == {"delay_minutes": 240}


def test_a_limit_of_another_day_at_another_place_is_an_event_of_its_own():
    hubs = [Hub(id=x.lower(), name=x, lon=10 + n, lat=60) for n, x in enumerate(
        ("Brenna", "Moss", "Lund", "Fjordby"))]  # fmt: skip
    links = [
        Link(id=f"l{n}", from_hub=a, to_hub=b, length_km=9)
        for n, (a, b) in enumerate((("brenna", "moss"), ("moss", "lund"), ("lund", "fjordby")))
    ]
    reader = ArticleReader(Network(hubs=hubs, links=links), Catalogue(documents=[], incidents=[]))
    text = (
        "A tree on the tracks closed the line between Lund and Fjordby on Thursday at 7:15 in the"
        " morning, Fjordbanen said. Trains resumed at 5 p.m. On Friday a speed limit at Moss"
        " delayed trains by ten minutes."
    )
    draft = reader.read([Article(text=text, published="2025-03-15", zone="Europe/Oslo")])
    assert [each[0] for each in of_fields(draft)] == ["Lund–Fjordby", "Moss"]
    assert len(times(draft, "start")) == 2
    assert [str(each.value("then")) for each in draft.incidents] == ["None", "None"]


# Lists


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (("Planned works this week:\n- Lozova – Sloviansk: closed 08:00–14:00 on Thursday\n"
         "- Nizhyn – Chernihiv: closed 09:00–12:00 on Friday"), ["14T06:00", "15T07:00"]),
        (("Closures on Thursday, 14 March:\n• Lozova – Sloviansk: 08:00–14:00\n"
         "• Nizhyn – Chernihiv: 09:30–12:00"), ["14T06:00", "14T07:30"]),
        (("Перекриття рух поїздів 14 березня:\n• Лозова – Слов'янськ: 08:00–14:00\n"
         "• Ніжин – Чернігів: 09:30–12:00"), ["14T06:00", "14T07:30"]),
        (("Закрытие перегонов 14 марта:\n- Лозовая – Славянск: закрыто с 08:00 до 14:00\n"
         "- Нежин – Чернигов: закрыто 09:30–12:00"), ["14T06:00", "14T07:30"]),
    ],
)  # fmt: skip
def test_the_rows_of_a_list_are_stops_with_the_words_that_stand_over_them(text, starts):
    draft = read_one(text)
    assert [each[0] for each in of_fields(draft)] == ["Lozova–Sloviansk", "Nizhyn–Chernihiv"]
    assert {each[2] for each in of_fields(draft)} == {"closed"}
    assert [each[8:16] for each in times(draft, "start")] == starts
    assert len(times(draft, "first_traffic")) == 2


def test_a_row_alone_is_a_stop():
    draft = read_one("Lozova – Sloviansk: closed 08:00–14:00")
    assert of_fields(draft)[0][2] == "closed"


# After so long


@pytest.mark.parametrize(
    ("again", "hours"),
    [
        ("Three hours later the line was reopened.", 3),
        ("It was reopened two days after.", 48),
        ("Two days after, it was reopened.", 48),
    ],
)
def test_a_length_after_a_stop_is_that_until_trains_ran(again, hours):
    text = f"The line between Fastiv and Bila Tserkva was closed on 5 March at 5:40. {again}"
    (incident,) = read_one(text).incidents
    assert [x.value("lasted_hours") for x in incident.claims if x.get("lasted_hours")] == [hours]


def test_after_a_derailment_trains_pass_slowly():
    text = (
        "A freight train derailed between Fastiv and Bila Tserkva at 5:40 on Monday. The line was"
        " opened again at 9:20; trains then pass the place at 25 km/h."
    )
    assert of_fields(read_one(text)) == [("Fastiv–Bila Tserkva", "derailment", "closed", "slowed")]


# Several times in one breath


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        (
            (
                "Через тривогу у понеділок рух між Нікополем і Марганцем переривали тричі: о 06:20"
                " – на пів години, о 13:05 – на сорок п'ять хвилин, а востаннє – від 21:10 до"
                " 22:00."
            ),
            ["11T04:20", "11T11:05", "11T19:10"],
            ["11T04:50", "11T11:50", "11T20:00"],
        ),
        (
            (
                "Drones have twice brought trains between Chaplyne and Mezhova to a halt: for four"
                " hours from 21:30 on Sunday, and again from 00:40 to 02:15 on Tuesday."
            ),
            ["10T19:30", "11T22:40"],
            ["10T23:30", "12T00:15"],
        ),
    ],
)
def test_several_stops_have_their_own_lengths(text, starts, ends):
    draft = read_one(text)
    assert [each[8:16] for each in times(draft, "start")] == starts
    assert [each[8:16] for each in times(draft, "first_traffic")] == ends


@pytest.mark.parametrize(
    "text",
    [
        (
            "Trains at Suzemka stood until 19:50 on Monday after a shell smashed the track. The"
            " head of the district puts it at a quarter past two in the afternoon."
        ),
        "Поезд сошел у Кочетовки в понедельник в 14:15, движение стояло до 19:50.",
    ],
)
def test_an_account_of_the_hour_is_a_start(text):
    assert any("T12:15" in each or "T11:15" in each for each in times(read_one(text), "start"))


def test_the_second_track_is_counted_from_the_first():
    text = (
        "В понедельник в 1:00 ветер повалил деревья на оба пути между Воловцом и Лавочным, поезда"
        " встали. В 5:15 расчистили одну колею. Вторую освободили через шесть часов."
    )
    assert [each[8:16] for each in times(read_one(text), "full_service")] == ["11T09:15"]


def test_a_weekday_behind_what_is_planned_is_the_first_after_it():
    text = (
        "З 20 до 24 березня на дільниці Лубни – Гребінка ремонтуватимуть міст. Приміські поїзди в"
        " ці дні скасовано; від суботи вони знову курсуватимуть."
    )
    assert any("2024-03-29" in each or "2024-03-30" in each
               for each in times(read_one(text), "first_traffic"))  # fmt: skip


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("for a day and a half", 36),
        ("for half a day", 12),
        ("for four hours", 4),
    ],
)
def test_lengths_in_words(words, hours):
    text = f"The line between Fastiv and Bila Tserkva was closed {words} from 5:40 on Sunday."
    (incident,) = read_one(text).incidents
    assert [x.value("lasted_hours") for x in incident.claims if x.get("lasted_hours")] == [hours]


def test_a_dash_between_two_names_breaks_no_sentence():
    text = "Технологическое окно на перегоне Валуйки — Волоконовка начнётся 14 марта в 9:15."
    (incident,) = read_one(text).incidents
    assert [each.value("basis") for each in incident.claims if each.get("at")] == ["planned"]
