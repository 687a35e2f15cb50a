"""From articles to a draft: what their texts say of rail traffic, each thing with its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.incident import DOCUMENT_ZONE, Catalogue, Document
from netmodel.evidence.vocabulary import Checks
from netmodel.network.formats import built_in_network
from netmodel.network.railway import Network
from netmodel.reading.article_files import (
    extract_main_text,
    find_headline,
    find_page_headline,
    read_titled_file,
)
from netmodel.reading.date_lines import find_other_day, put_in_doubt
from netmodel.reading.draft import ArticleSource, Draft, DraftIncident, Unused
from netmodel.reading.draft_fields import Span
from netmodel.reading.drafted_events import ArticleRead, StopKinds, draft_event
from netmodel.reading.events import gather_events
from netmodel.reading.extractors import Extracted, draft_extracted
from netmodel.reading.folded_text import LANGUAGES, FoldedText, Sentence
from netmodel.reading.further_claims import find_lost_buses
from netmodel.reading.heading_times import find_heading_day, find_lead_day
from netmodel.reading.known_incidents import KnownIncidents
from netmodel.reading.one_event import join_incidents
from netmodel.reading.place_mentions import PlaceFinder
from netmodel.reading.sentence_links import EventFound
from netmodel.reading.sentences_read import read_sentences
from netmodel.reading.time_bounds import ArticleCalendar
from netmodel.reading.timed_claims import TimedReader
from netmodel.reading.unused_sentences import list_unused_sentences
from netmodel.times import Bounds, load_zone, read_bounds

Extractor: TypeAlias = Callable[[str], Iterable[Extracted]]
"""Another program that finds spans in the text of an article."""
MOST_LETTERS = 1_000_000
"""Of an article; what is longer is many articles."""
_MARKUP = re.compile(r"^\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_ZONES_READ = ("Europe/Kyiv", "Europe/Moscow", "Europe/Simferopol", "Europe/Minsk",
               "Europe/Chisinau", "Europe/Warsaw", "Europe/Bucharest", "Europe/Budapest",
               "Europe/Bratislava")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A text to be read, with what is known of it.

    Parameters
    ----------
    published
        When it appeared, in any form of `netmodel.times.read_bounds`.
    zone
        Time zone in which it was published, and of clocks where a place has none.
    title
        The line over the text, if it has one, where none is given.
    id
        Made of the publisher and the day where none is given.

    Raises
    ------
    InputError
        With every argument that is wrong; the day of publication has to be known, and past.

    Examples
    --------
    >>> article = Article(text="No trains ran.", published="2024-03-12", publisher="The Paper")
    >>> article.source.id
    'the-paper-2024-03-12'
    """

    text: str
    published: object
    publisher: str = "unnamed"
    url: str | None = None
    title: str | None = None
    language: str | None = None
    zone: str = DOCUMENT_ZONE
    id: str | None = None
    file: str | None = None

    def __post_init__(self) -> None:
        where = self.file or self.id or "article"
        if not isinstance(self.text, str) or not self.text.strip():
            raise InputError([Problem(what="the text is empty", where=where)])
        if len(self.text) > MOST_LETTERS:
            what = f"longer than {MOST_LETTERS:,} letters, too long for an article"
            raise InputError([Problem(what=what, where=where, remedy="divide it")])
        if self.text.count("\ufffd") * 50 > len(self.text):
            what = "the text is in a broken encoding: too many unknown letters"
            raise InputError([Problem(what=what, where=where, remedy="save it as UTF-8")])
        if self.published is None:
            what = "the day of publication is missing"
            raise InputError([Problem(what=what, where=where, remedy="say when it appeared")])
        checks = Checks()
        checks.zone("zone", self.zone)
        checks.text("publisher", self.publisher)
        for name in ("url", "title", "language", "id", "file"):
            checks.text(name, getattr(self, name), optional=True)
        checks.done()
        _check_published(self, where)

    @property
    def source(self) -> ArticleSource:
        """It, as a draft keeps it."""
        given = self.published
        bounds = read_bounds(given, zone=self.zone)
        day = (bounds.earliest or bounds.latest or datetime.now(UTC)).astimezone(
            load_zone(self.zone)
        )
        name = self.id or f"{_slug(self.publisher)}-{day:%Y-%m-%d}"
        document = Document(
            id=name, publisher=self.publisher, title=self.title or find_headline(self.text),
            published=given,  # type: ignore[arg-type]
            url=self.url, language=self.language, zone=self.zone,
        )  # fmt: skip
        return ArticleSource.of(self.text, document, zone=self.zone, file=self.file)


@refuse_wrong_kinds
def read(
    articles: str | Article | Sequence[str | Article],
    *,
    published: object = None,
    url: str | None = None,
    publisher: str = "unnamed",
    lang: str = "auto",
    zone: str = DOCUMENT_ZONE,
    network: Network | None = None,
    catalogue: Catalogue | None = None,
    extractor: Extractor | None = None,
) -> Draft:
    """Return what articles say of rail traffic: places, times, effects, and who says it.

    Nothing is filled in: every field carries the words that support it, and what was seen and not
    used is listed. English, Ukrainian and Russian are read.

    Parameters
    ----------
    articles
        A text, several, or values of `Article`.
    published
        When the texts appeared; an `Article` has its own.
    lang
        ``en``, ``uk``, ``ru``, or ``auto`` for each sentence's own.
    zone
        Time zone of publication, and of clocks where a place has none.
    network, catalogue
        The network whose places are looked for, and the record with which each incident is
        compared; by default the built-in ones. With another network and no catalogue, nothing is
        compared.
    extractor
        Another program that finds spans in a text, in place of the rules; a span that is not in the
        text is refused.

    Raises
    ------
    InputError
        With every article that is empty, of the future or in no language that is read, or if the
        extra ``reading`` is not installed.

    Examples
    --------
    >>> draft = read("Рух на дільниці Ніжин – Чернігів зупинили о 06:15 через негоду.",
    ...              published="2024-03-12")
    >>> print(*draft.incidents[0].fields, sep="; ")
    place: Nizhyn–Chernihiv (certain); kind: weather (certain); effect: closed (certain)
    """
    if lang not in ("auto", *LANGUAGES):
        what = f"language {lang!r} is not read"
        raise InputError(
            [Problem(what=what, where="lang", remedy=f"one of auto, {', '.join(LANGUAGES)}")]
        )
    given = [articles] if isinstance(articles, str | Article) else list(articles)
    made = [
            each if isinstance(each, Article) else Article(
                text=text, title=title, published=published, url=url, publisher=publisher, zone=zone
            )
            for each in given
            for text, title in [("", None) if isinstance(each, Article) else _plain_text(each)]
        ]  # fmt: skip
    if not made:
        raise InputError([Problem(what="no article is given", where="articles")])
    railway = network or built_in_network()
    record = catalogue
    if record is None and network is None:
        record = built_in_catalogue()
    reader = ArticleReader(railway, record)
    return reader.read(made, lang=lang, extractor=extractor)


@refuse_wrong_kinds
def read_files(
    paths: Sequence[Path | str], *, published: object, publisher: str | None = None,
    url: str | None = None, zone: str = DOCUMENT_ZONE,
) -> tuple[Article, ...]:  # fmt: skip
    """Return the articles of files; their publisher is the name of the file where none is given.

    Raises
    ------
    InputError
        With every file that is wrong.
    """
    found: list[Article] = []
    problems: list[Problem] = []
    for path in map(Path, paths):
        try:
            text, title = read_titled_file(path)
            found.append(
                Article(
                    text=text, title=title, published=published,
                    publisher=publisher or path.stem, url=url, zone=zone, file=str(path),
                )
            )  # fmt: skip
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


class ArticleReader:
    """Reads articles by the names of one network, and compares them with one record.

    Examples
    --------
    >>> reader = ArticleReader(built_in_network(), None)
    >>> reader.read([Article(text="No trains ran at Lviv on Monday.", published="2024-03-12")])
    <Draft: 1 incidents in 1 articles>
    """

    def __init__(self, network: Network, record: Catalogue | None) -> None:
        self.finder = _finder(network)
        hubs = frozenset(hub.name for hub in network.hubs)
        countries = {hub.name: hub.country for hub in network.hubs if hub.country}
        by_id = {hub.id: hub for hub in network.hubs}
        for station in network.stations:
            country = by_id[network.link(station.link).from_hub].country
            if country:
                countries.setdefault(station.name, country)
        for hub in network.hubs:
            if hub.region and hub.country:
                countries.setdefault(hub.region, hub.country)
        self.stops = StopKinds(hubs, countries, self.finder.region_of)
        self.known = None if record is None else KnownIncidents(record, network)

    def read(
        self, articles: Sequence[Article], *, lang: str = "auto", extractor: Extractor | None = None
    ) -> Draft:
        """Return the draft of articles; incidents of one event are put together."""
        incidents: list[DraftIncident] = []
        unused: list[Unused] = []
        sources = []
        for article in _number(articles):
            source = article.source
            own, left, language = self._read_one(article, source, lang, extractor)
            document = replace_language(source.document, language)
            sources.append(replace(source, document=document))
            incidents += own
            unused += left
        joined = join_incidents(incidents)
        if self.known is not None:
            joined = [self.known.compare(each) for each in joined]
        return Draft(articles=tuple(sources), incidents=tuple(joined), unused=tuple(unused))

    def _read_one(
        self, article: Article, source: ArticleSource, lang: str, extractor: Extractor | None
    ) -> tuple[list[DraftIncident], list[Unused], str]:
        folded = FoldedText(article.text)
        sentences = folded.sentences()
        if lang != "auto":
            sentences = tuple(replace(each, language=lang) for each in sentences)
        language = _check_language(sentences, article.file or source.id)
        reading = ArticleRead(source.id, folded, article.zone)
        if extractor is not None:
            given = draft_extracted(article.text, source.id, article.zone, extractor(article.text))
            return list(given), [], language
        return *self._read_events(reading, sentences, source), language

    def _read_events(
        self, reading: ArticleRead, sentences: tuple[Sentence, ...], source: ArticleSource
    ) -> tuple[list[DraftIncident], list[Unused]]:
        folded = reading.folded
        mentions, no_places = self.finder.find(folded, sentences)
        published = source.document.published or Bounds()
        other = find_other_day(folded, published, reading.zone)
        if other is not None:
            published = other.bounds(reading.zone)
        calendars = {
            zone: ArticleCalendar(published, zone) for zone in {reading.zone, *_ZONES_READ}
        }
        sentences_read = read_sentences(folded, sentences, mentions)
        found = gather_events(
            folded.low, sentences_read, self.finder.region_of, self.finder.beside,
            calendars[reading.zone].past_day,
        )  # fmt: skip
        told = {each.number for event in found for each in event.sentences}
        incidents: list[DraftIncident] = []
        unused = [_unused(reading, "place", each.start, each.end, each.why) for each in no_places]
        if other is not None:
            unused.append(_unused(reading, "time", other.start, other.end, "date_line"))
        anchor, paragraph = None, -1
        for event in found:
            if not event.places:
                first = event.sentences[0].sentence
                unused.append(_unused(reading, "effect", first.start, first.end, "no_place"))
                continue
            if event.sentences[0].sentence.paragraph != paragraph:
                anchor = None
            own = calendars[reading.zone]
            anchor = anchor or find_heading_day(sentences_read, own)
            begun = event.sentences[0].number
            anchor = anchor or find_lead_day(folded.low, sentences_read, begun, told, own)
            incident, timed = draft_event(reading, event, self.stops, calendars, anchor)
            anchor, paragraph = timed.anchor, event.sentences[-1].sentence.paragraph
            unused += _unused_times(reading, timed)
            if incident is not None and other is not None:
                incident = put_in_doubt(incident, reading.span(other.start, other.end))
            if incident is not None:
                incidents.append(incident)
                unused += _unused_buses(reading, event, incident)
        unused += [
            _unused(reading, "effect", cue.start, cue.end, "background")
            for each in sentences_read
            if each.about_rail and each.number not in told
            for cue in (*each.told("effect"), *each.told("cause"))[:1]
        ]
        unused += list_unused_sentences(reading, sentences_read, found, incidents, unused)
        used = _mark_used(len(folded.text), incidents)
        unused += [
            _unused(reading, "place", each.start, each.end, "no_event")
            for each in mentions
            if not used[folded.original(each.start, each.end)[0]]
        ]
        return incidents, unused


@lru_cache(maxsize=4)
def _finder(network: Network) -> PlaceFinder:
    return PlaceFinder(network)


def _mark_used(length: int, incidents: Iterable[DraftIncident]) -> bytearray:
    """Mark the letters of a text that some field rests on, whole sentences left out."""
    marks = bytearray(length + 1)
    for each in incidents:
        for fields in (each.fields, *(claim.fields for claim in each.claims)):
            for field in fields:
                for span in field.spans if field.name != "says" else ():
                    marks[span.start : span.end] = b"\1" * (span.end - span.start)
    return marks


def _unused(reading: ArticleRead, seen: str, start: int, end: int, why: str) -> Unused:
    span: Span = reading.span(start, end)
    return Unused(seen=seen, span=span, why=why)


def _unused_times(reading: ArticleRead, timed: TimedReader) -> list[Unused]:
    return [_unused(reading, "time", each.start, each.end, each.why) for each in timed.unused]


def _unused_buses(reading: ArticleRead, event: EventFound, incident: DraftIncident) -> list[Unused]:
    """Return the words for buses that make no field: between which places they ran is not known."""
    lost = find_lost_buses(reading.folded.low, event)
    if lost is None or incident.get("replacement") is not None:
        return []
    return [_unused(reading, "place", *lost, "no_place")]


def replace_language(document: Document, language: str) -> Document:
    """Return a document with its language, where it had none."""
    if document.language is not None or not language:
        return document
    return replace(document, language=language, zone=None)


# What is given


def _number(articles: Sequence[Article]) -> list[Article]:
    """Give each article an id of its own."""
    taken: dict[str, int] = {}
    done = []
    for each in articles:
        name = each.source.id
        count = taken[name] = taken.get(name, 0) + 1
        done.append(each if count == 1 else replace(each, id=f"{name}-{count}"))
    return done


def _plain_text(text: object) -> tuple[str, str | None]:
    """Return a text, of a page its main text, and the headline of a page."""
    if not isinstance(text, str):
        raise InputError([Problem(what=f"{text!r:.60} is no text", where="articles")])
    if _MARKUP.match(text):
        return extract_main_text(text), find_page_headline(text)
    return text, None


def _check_published(article: Article, where: str) -> None:
    try:
        bounds = read_bounds(article.published, zone=article.zone)
    except ValueError as error:
        raise InputError([Problem(what=str(error), where=f"{where}: published")]) from None
    first = bounds.earliest or bounds.latest
    if first is None:
        raise InputError([Problem(what="the day of publication is missing", where=where)])
    if first > datetime.now(UTC):
        what = f"published {first:%Y-%m-%d}, which is yet to come"
        raise InputError([Problem(what=what, where=where, remedy="check the day of publication")])


def _check_language(sentences: Sequence[Sentence], where: str) -> str:
    """Return the language of most of a text."""
    counts = {
        name: sum(s.end - s.start for s in sentences if s.language == name) for name in LANGUAGES
    }
    most = max(counts, key=lambda name: counts[name])
    if not counts[most]:
        what = "no sentence of it is English, Ukrainian or Russian"
        raise InputError([Problem(what=what, where=where, remedy="other languages are not read")])
    return most


def _slug(text: str) -> str:
    plain = re.sub(r"[^\w]+", "-", text.casefold()).strip("-_")
    return plain or "article"
