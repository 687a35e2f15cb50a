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
    text = "A new hall of the station was opened at Lviv on Monday. Passengers were taken by bus to the theatre."
    draft = read_one(text)
    assert any("theatre" in each.span.quotation for each in draft.unused)


def test_a_sentence_about_delays_is_of_the_event_before_it():
    text = (
        "Trains between Zhmerynka and Vinnytsia stopped at 3:25 a.m. on Tuesday after a derailment."
        " Eleven passenger trains ran up to four hours late, among them No. 43 from Ivano-Frankivsk."
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
    reader = ArticleReader(
        Network(hubs=hubs, links=links), Catalogue(documents=[], incidents=[])
    )
    text = (
        "A tree on the tracks closed the line between Lund and Fjordby on Thursday at 7:15 in the"
        " morning, Fjordbanen said. Trains resumed at 5 p.m. On Friday a speed limit at Moss delayed"
        " trains by ten minutes."
    )
    draft = reader.read([Article(text=text, published="2025-03-15", zone="Europe/Oslo")])
    assert [each[0] for each in of_fields(draft)] == ["Lund–Fjordby", "Moss"]
    assert len(times(draft, "start")) == 2
    assert [str(each.value("then")) for each in draft.incidents] == ["None", "None"]
