"""Drafts: no field without words, files that say the same again, and nobody runs one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.errors import InputError
from netmodel.evidence.places import HubPlace, RegionPlace, SectionPlace, StationPlace
from netmodel.reading import (
    ArticleSource,
    Draft,
    DraftClaim,
    DraftField,
    DraftIncident,
    Known,
    Span,
    Unused,
    draft_text,
    missing,
    read_draft,
    to_incident,
    write_draft,
)
from netmodel.reading.draft import AGREES, UNUSED_WHY, KnownConflict
from netmodel.reading.draft_fields import SURE, WHY
from netmodel.reading.draft_file import parse_draft
from netmodel.reading.from_draft import build_claim
from netmodel.times import Bounds, parse_time
from tests.own_network import command

TEXT = "On Thursday a train derailed between Simferopol and Sevastopol. «Рух зупинено»: так — #1."


def span(words: str, article: str = "a") -> Span:
    start = TEXT.index(words)
    return Span(article=article, start=start, end=start + len(words), quotation=words)


def field(name: str, value: object, words: str = "derailed", **more: str) -> DraftField:
    how = {"sure": "certain", "why": "stated", **more}
    return DraftField(name=name, value=value, spans=(span(words),), **how)


def source(name: str = "a") -> ArticleSource:
    document = nm.Document(id=name, publisher="P", published="2023-05-18", language="en")
    return ArticleSource.of(TEXT, document, zone="Europe/Kyiv")


def claim(**values: object) -> DraftClaim:
    given = {"about": "start", "says": "a train derailed", **values}
    fields = tuple(field(name, value) for name, value in given.items())
    return DraftClaim(article="a", fields=fields)


def incident(*claims: DraftClaim, **values: object) -> DraftIncident:
    fields = {"kind": "derailment", "effect": "closed", "place": HubPlace(hub="Kyiv"), **values}
    return DraftIncident(
        id="x",
        title="X",
        zone="Europe/Kyiv",
        fields=tuple(field(name, value) for name, value in fields.items()),
        claims=claims or (claim(at=parse_time("2023-05-18", zone="Europe/Kyiv")),),
    )


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1
)
words = texts.filter(lambda text: text.strip() != "")
instants = st.datetimes(
    min_value=nm.times.parse_instant("2000-01-01T00:00Z").replace(tzinfo=None),
    max_value=nm.times.parse_instant("2100-01-01T00:00Z").replace(tzinfo=None),
).map(lambda naive: nm.times.parse_instant(f"{naive.isoformat()}+00:00"))
bounds = st.lists(instants, min_size=1, max_size=2).map(
    lambda ends: Bounds(earliest=min(ends), latest=max(ends))
) | instants.map(lambda end: Bounds(latest=end))
places = (
    words.map(lambda name: HubPlace(hub=name))
    | words.map(lambda name: StationPlace(station=name))
    | words.map(lambda name: RegionPlace(region=name))
    | st.lists(words, min_size=2, max_size=3).map(lambda names: SectionPlace(between=tuple(names)))
)
numbers = st.floats(min_value=0.001, max_value=1e6)
spans = st.builds(
    lambda start, quotation, more: Span(
        article="a",
        start=start,
        end=start + len(quotation) + (more if len(quotation) == 200 else 0),
        quotation=quotation,
    ),
    st.integers(0, 10**6), words.map(lambda text: text[:200]), st.integers(0, 50),
)  # fmt: skip
spans = spans.filter(lambda each: each.quotation.strip() != "")


def fields_of(**values: st.SearchStrategy) -> st.SearchStrategy:
    def build(name: str, strategy: st.SearchStrategy) -> st.SearchStrategy:
        return st.builds(
            DraftField, name=st.just(name), value=strategy, sure=st.sampled_from(SURE),
            spans=st.lists(spans, min_size=1, max_size=3).map(tuple), why=st.sampled_from(WHY),
        )  # fmt: skip

    return st.tuples(*(build(name, strategy) for name, strategy in values.items()))


claims = st.builds(
    DraftClaim, article=st.just("a"),
    fields=fields_of(
        about=st.just("start"), says=words, at=bounds, made=bounds, within_hours=numbers,
        figures=st.dictionaries(words, numbers), trains=st.lists(words, min_size=1).map(tuple),
        place=places,
    ),
)  # fmt: skip
known = st.just(Known(status="new")) | st.builds(
    Known, status=st.just("known"), incident=words, agrees=st.lists(st.sampled_from(AGREES)),
    conflicts=st.lists(st.builds(KnownConflict, name=words, ours=words, theirs=words), max_size=2),
)  # fmt: skip
drafts = st.builds(
    lambda fields, claims, known, unused: Draft(
        articles=(source(),),
        incidents=(
            DraftIncident(
                id="x", title="X", zone="Europe/Kyiv", fields=fields, claims=claims, known=known
            ),
        ),
        unused=unused,
    ),
    fields_of(kind=st.just("fire"), place=places, slowed_minutes=numbers,
              trains_per_day=st.dictionaries(words, numbers),
              replacement=st.dictionaries(words, words)),
    st.lists(claims, min_size=1, max_size=2), known,
    st.lists(st.builds(Unused, seen=st.just("place"), span=spans,
                       why=st.sampled_from(UNUSED_WHY)), max_size=2),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(drafts)
def test_a_draft_is_read_as_it_was_written(draft):
    assert parse_draft(draft_text(draft)) == draft


def test_a_field_rests_on_words_of_an_article():
    with pytest.raises(InputError, match="kind"):
        DraftField(name="kind", value="fire", spans=(), sure="certain", why="stated")
    own = DraftField(name="kind", value="fire", spans=(), sure="certain", why="reviewer")
    assert own.spans == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "derailed"), ("at", "2023"), ("place", "Kyiv"), ("figures", {"n": "x"}),
     ("within_hours", -1.0), ("traffic", ("ships",)), ("colour", "red"), ("at", Bounds())],
)  # fmt: skip
def test_a_value_fits_the_name_of_its_field(name, value):
    with pytest.raises(InputError):
        field(name, value)


@pytest.mark.parametrize(
    ("start", "end", "quotation"),
    [(0, 3, "On T"), (5, 5, "x"), (-1, 1, "xx"), (0, 2, "  "), (0, 300, "x" * 300), (True, 2, "x")],
)
def test_a_span_quotes_as_much_as_it_spans(start, end, quotation):
    with pytest.raises(InputError):
        Span(article="a", start=start, end=end, quotation=quotation)


def test_spans_are_checked_against_the_text():
    draft = Draft(articles=(source(),), incidents=(incident(),))
    draft.check({"a": TEXT})
    with pytest.raises(InputError) as error:
        draft.check({"a": "A" + TEXT[1:-1]})
    assert len(error.value.problems) == 1
    moved = TEXT.replace("a train", "the train")
    with pytest.raises(InputError) as error:
        draft.check({"a": moved})
    assert len(error.value.problems) == 1 + len(list(draft.spans()))


def test_a_draft_knows_its_articles():
    with pytest.raises(InputError, match="'a'"):
        Draft(articles=(source("b"),), incidents=(incident(),))


def test_mistakes_in_a_file_are_told_at_their_lines():
    text = draft_text(Draft(articles=(source(),), incidents=(incident(),)))
    wrong = text.replace("sure: certain", "sure: sertain", 1).replace(
        "value: closed", "value: shut"
    )
    with pytest.raises(InputError) as error:
        parse_draft(wrong)
    lines = wrong.splitlines()
    for problem, word in zip(error.value.problems, ("sertain", "shut"), strict=True):
        line = int(problem.where.split(":")[1])
        assert word in "\n".join(lines[line - 1 : line + 3])


@pytest.mark.parametrize("verb", ["run", "check"])
def test_nobody_runs_a_draft(verb, tmp_path):
    path = write_draft(Draft(articles=(source(),), incidents=(incident(),)), tmp_path / "d.yaml")
    said = command(verb, path)
    assert said.code == {"run": 2, "check": 1}[verb]
    assert "netmodel review" in said.out + said.err
    with pytest.raises(InputError, match="draft"):
        nm.evidence.read_catalogue(path)
    assert read_draft(path).incidents == (incident(),)


def test_a_draft_becomes_an_incident():
    made = to_incident(incident(), (source(),))
    assert (made.kind, made.effect, made.places) == (
        "derailment",
        "closed",
        (HubPlace(hub="Kyiv"),),
    )
    assert (made.claims[0].speaker, made.claims[0].party) == ("P", "media")


def test_what_an_incident_lacks_is_listed():
    bare = incident(claim(about="cause"))
    assert [each.where for each in missing(bare)] == ["claims"]
    with pytest.raises(InputError, match="start"):
        to_incident(bare, (source(),))


def test_what_does_not_go_with_the_subject_of_a_claim_is_left_out():
    day = parse_time("2023-05-18", zone="Europe/Kyiv")
    more = claim(about="cause", at=day, within_hours=24.0, traffic=("freight",))
    made = to_incident(incident(claim(at=day, lasted_hours=2.0), more), (source(),))
    assert made.claims[0].at == day
    assert made.claims[1].at is None
    assert made.claims[1].within_hours is None


def test_the_line_over_an_article_is_the_title_of_its_document():
    first = "Wagons derail near Fastiv\n\nTrains between Fastiv and Bila Tserkva stopped at 5:40."
    second = "Trains between Fastiv and Bila Tserkva stopped at 5:40. They ran again at 9:10."
    draft = nm.reading.read([first, second], published="2024-03-12", publisher="The Paper")
    titles = [each.document.title for each in draft.articles]
    assert titles == ["Wagons derail near Fastiv", None]


def test_the_heading_of_a_page_is_the_title_of_its_document():
    page = (
        "<html><head><title>The Paper</title></head><body><h1>Wagons\n derail</h1><article><p>"
        "Trains between Fastiv and Bila Tserkva stopped at 5:40.</p></article></body></html>"
    )
    for html, title in ((page, "Wagons derail"), (page.replace("h1", "h2"), "The Paper")):
        draft = nm.reading.read(html, published="2024-03-12", publisher="The Paper")
        assert draft.articles[0].document.title == title


def test_a_hard_wrapped_text_has_no_title():
    text = "Trains between Fastiv and Bila\nTserkva stopped at 5:40.\n\nThey ran again at 9:10."
    draft = nm.reading.read(text, published="2024-03-12", publisher="The Paper")
    assert draft.articles[0].document.title is None


def test_the_delay_of_a_train_keeps_its_number_and_its_minutes_when_it_is_accepted():
    text = (
        "Рух поїздів на дільниці Стрий – Моршин припинено о 01:40. О 06:15 рух відновили."
        " Приміський поїзд № 6401 затримався на 2 години 20 хвилин."
    )
    draft = nm.reading.read(text, published="2024-06-12", publisher="The Paper")
    (delay,) = [x for x in draft.incidents[0].claims if x.value("about") == "delay"]
    assert (delay.value("trains"), delay.value("figures")) == (("6401",), {"delay_minutes": 140})
    made = build_claim(delay, "The Paper")
    assert made.figures == {"train_6401_delay_minutes": 140}
