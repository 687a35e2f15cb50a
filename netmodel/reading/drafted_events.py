"""From the events that were found to the incidents of a draft, every field with its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from netmodel.evidence.places import HubPlace, Place, RegionPlace, SectionPlace, StationPlace
from netmodel.reading.cause_words import CAUSES
from netmodel.reading.clauses import clause_of, find_hope
from netmodel.reading.draft import DraftClaim, DraftIncident
from netmodel.reading.draft_fields import LONGEST_QUOTATION, DraftField, FieldValue, Span
from netmodel.reading.event_effects import read_effect, read_kind
from netmodel.reading.event_places import EventPlace
from netmodel.reading.folded_text import FoldedText
from netmodel.reading.found_claims import ClaimFound
from netmodel.reading.further_claims import find_buses, find_further, find_lost_buses
from netmodel.reading.sentence_links import EventFound
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.speakers import Speech, choose_speech
from netmodel.reading.time_bounds import ArticleCalendar
from netmodel.reading.time_roles import find_speech
from netmodel.reading.timed_claims import TimedReader
from netmodel.reading.told_cues import Cue
from netmodel.reading.word_forms import put_in_nominative
from netmodel.times import load_zone

KIND_ORDER = tuple(value for value, _ in CAUSES["en"])
"""Kinds, the one that decides first."""
_LONGEST_SAYS = 400
_ZONES = {"RU": "Europe/Moscow", "UA": "Europe/Kyiv", "BY": "Europe/Minsk", "MD": "Europe/Chisinau",
          "PL": "Europe/Warsaw", "RO": "Europe/Bucharest", "HU": "Europe/Budapest",
          "SK": "Europe/Bratislava"}  # fmt: skip
_OCCUPIED = ("Crimea", "Sevastopol")
_DIVIDED = ("Donetsk oblast", "Luhansk oblast", "Zaporizhzhia oblast", "Kherson oblast")
"""Regions on both sides of the front: their clocks are those of who writes."""
_MOSCOW = ("Europe/Moscow", "Europe/Simferopol")


@dataclass(frozen=True, slots=True)
class ArticleRead:
    """An article while it is read: its id, its folded text, and its zone where a place has none."""

    id: str
    folded: FoldedText
    zone: str

    def span(self, start: int, end: int) -> Span:
        """Return the span of a piece of the folded text."""
        first, last = self.folded.original(start, end)
        words = self.folded.text[first:last]
        first += len(words) - len(words.lstrip())
        last -= len(words) - len(words.rstrip())
        return Span(
            article=self.id, start=first, end=last,
            quotation=self.folded.text[first:last][:LONGEST_QUOTATION],
        )  # fmt: skip

    def words(self, start: int, end: int) -> str:
        """Return a piece of the text on one line."""
        first, last = self.folded.original(start, end)
        plain = self.folded.text[first:last]
        if not plain.isprintable():
            plain = "".join(each if each.isprintable() else " " for each in plain)
        return " ".join(plain.split())


@dataclass(frozen=True, slots=True)
class StopKinds:
    """What the names of a network's places are: hubs or stations, in which country and region."""

    hubs: frozenset[str]
    countries: Mapping[str, str]
    regions: Mapping[str, str]

    def place(self, found: EventPlace) -> Place:
        """Return a place of an event as a value."""
        if found.form == "region":
            return RegionPlace(region=found.names[0])
        if len(found.names) > 1:
            return SectionPlace(between=found.names)
        name = found.names[0]
        return HubPlace(hub=name) if name in self.hubs else StationPlace(station=name)

    def zone(self, found: Sequence[EventPlace], default: str) -> str:
        """Return the time zone of places: of the clocks that run there now."""
        for each in found:
            region = each.names[0] if each.form == "region" else self.regions.get(each.names[0])
            if region in _OCCUPIED:
                return "Europe/Simferopol"
            country = self.countries.get(each.names[0])
            if country == "UA" and region in _DIVIDED and default in _MOSCOW:
                return default
            if country in _ZONES:
                return _ZONES[country]
        return default


def draft_event(
    article: ArticleRead,
    event: EventFound,
    stops: StopKinds,
    calendar_of: Mapping[str, ArticleCalendar],
    anchor: date | None = None,
) -> tuple[DraftIncident | None, TimedReader]:
    """Return an event as an incident of a draft; ``None`` where nothing makes a claim.

    Parameters
    ----------
    calendar_of
        Calendars by zone.
    anchor
        Day of which the article was speaking before, in the same paragraph.
    """
    zone = stops.zone(event.places, article.zone)
    effect, then = read_effect(event)
    kind = read_kind(event, KIND_ORDER)
    reader = TimedReader(
        article.folded.low, calendar_of[zone], event,
        "" if effect is None else effect.value, "" if kind is None else kind.value,
        anchor=anchor,
    )  # fmt: skip
    reader.read()
    fields = [*_place_fields(article, event, stops)]
    if kind is not None:
        fields.append(_field(article, "kind", kind.value, kind, "certain", "stated"))
    if effect is not None:
        found = _field(article, "effect", effect.value, effect.cue, effect.sure, effect.why)
        again = tuple(article.span(x.start, x.end) for x in _told_too(event, effect.cue))
        fields.append(replace(found, spans=(*found.spans, *again)))
    if then is not None and effect is not None and effect.value == "closed":
        fields.append(_field(article, "then", then.value, then.cue, then.sure, then.why))
    fields += find_further_fields(article, event, "" if effect is None else effect.value)
    claims = [_timed_claim(article, each) for each in reader.claims]
    claims += list(
        _other_claims(article, event, effect.cue if effect else None, kind, reader.claims)
    )
    if not claims:
        return None, reader
    began = min(
        (each.bounds.earliest for each in reader.claims
         if each.about == "start" and each.bounds is not None and each.bounds.earliest is not None),
        default=None,
    )  # fmt: skip
    places = [each.value for each in fields if each.name == "place"]
    title = _title(kind, places, began, zone, calendar_of[zone])
    return (
        DraftIncident(
            id=_identity(places, began or calendar_of[zone].latest, zone, known=began is not None),
            title=title, zone=zone, fields=tuple(fields), claims=tuple(claims),
        ),
        reader,
    )  # fmt: skip


def _told_too(event: EventFound, effect: Cue) -> Iterator[Cue]:
    """Yield the words of further sentences by which an event had the same effect."""
    for each in event.sentences:
        if each.general or each.recalls or effect in each.cues:
            continue
        same = [x for x in each.told("effect") if x.value == effect.value]
        yield from same[:1] if effect.group == "effect" else ()


def _place_fields(
    article: ArticleRead, event: EventFound, stops: StopKinds
) -> Iterator[DraftField]:
    seen: set[Place] = set()
    for each in event.places:
        place = stops.place(each)
        if place in seen:
            continue
        seen.add(place)
        yield DraftField(
            name="place", value=place, spans=(article.span(each.start, each.end),),
            sure=each.sure, why=each.why,
        )  # fmt: skip


def _field(
    article: ArticleRead, name: str, value: FieldValue, cue: Cue, sure: str, why: str
) -> DraftField:
    return DraftField(
        name=name, value=value, spans=(article.span(cue.start, cue.end),), sure=sure, why=why
    )


def find_further_fields(
    article: ArticleRead, event: EventFound, effect: str
) -> Iterator[DraftField]:
    """Yield what else an incident says: minutes lost, a quota of trains, the way of buses."""
    names: set[str] = set()
    buses = (
        find_buses(article.folded.low, event) if effect not in ("", "none", "advisory") else None
    )
    if buses is not None and buses.why == "inferred" and _go_elsewhere(article.folded, event):
        buses = None
    further = find_further(article.folded.low, event.sentences, effect)
    for found in (*further, *([buses] if buses is not None else [])):
        if found.of_incident and found.name not in names:
            names.add(found.name)
            spans = ((found.start, found.end), *found.also)
            yield DraftField(
                name=found.name, value=found.value, spans=tuple(article.span(*x) for x in spans),
                sure=found.sure, why=found.why,
            )  # fmt: skip


_ENDS = re.compile(
    r"(?:\b(?:from|to|between)|(?<!\w)(?:між|від|із|зі|з|до|между|от|из|с|со)) "
    r"(?:(?:the )?(?:station|станції|станции|станцією|станцией) )?[\"']*(?=[^\W\d])"
)
"""Words before the places between which buses go."""


def _go_elsewhere(folded: FoldedText, event: EventFound) -> bool:
    """Whether buses are told to go from or to a name that is no place of the network."""
    lost = find_lost_buses(folded.low, event)
    if lost is None:
        return False
    times = [(x.start, x.end) for each in event.sentences for x in each.times]
    return any(
        folded.has_capital(found.end())
        and not any(start <= found.end() < end for start, end in times)
        for found in _ENDS.finditer(folded.low, *lost)
    )


# Claims


def _timed_claim(article: ArticleRead, found: ClaimFound) -> DraftClaim:
    span = article.span(found.start, found.end)
    spans = (span, *(article.span(*each) for each in found.also))
    told = dict.fromkeys((span, *_cue_words(article, found)))
    fields = [
        *_said(
            article, found.sentence, found.about, tuple(told), found.speech, near=found.near_speech
        )
    ]
    if found.basis != "observed":
        hoped = dict.fromkeys((*told, *_words_of_hope(article, found)))
        fields.append(_plain("basis", found.basis, *hoped))
    elif found.why == "told_past":
        doubt = _plain("basis", found.basis, *told)
        fields.append(replace(doubt, sure="doubtful", why=found.why))
    for name, value in (
        ("at", found.bounds), ("within_hours", found.within_hours),
        ("lasted_hours", found.lasted_hours),
    ):  # fmt: skip
        if value is not None:
            fields.append(
                DraftField(name=name, value=value, spans=spans, sure=found.sure, why=found.why)
            )
    return DraftClaim(article=article.id, fields=tuple(fields))


def _cue_words(article: ArticleRead, found: ClaimFound) -> Iterator[Span]:
    """Yield the words that say what was then, where they are known."""
    cue, sentence = found.cue, found.sentence.sentence
    if cue is not None and sentence.start <= cue.start < cue.end <= sentence.end:
        yield article.span(cue.start, cue.end)


def _words_of_hope(article: ArticleRead, found: ClaimFound) -> Iterator[Span]:
    """Yield the words by which a claim is told as to come, beside the time or what is then."""
    low, sentence = article.folded.low, found.sentence.sentence
    places = [(found.start, found.end)]
    if found.cue is not None and sentence.start <= found.cue.start < found.cue.end:
        places.append((found.cue.start, found.cue.end))
    for place in places:
        hope = find_hope(low, *clause_of(low, sentence, *place), sentence.language)
        if hope is not None:
            yield article.span(*hope)
            return


def _said(
    article: ArticleRead,
    each: ReadSentence,
    about: str,
    words: Span | tuple[Span, ...],
    speech: Speech | None,
    *,
    near: bool = False,
) -> Iterator[DraftField]:
    """Yield what a claim is about, the sentence that says it, and who speaks."""
    sentence = each.sentence
    yield _plain("about", about, *(words if isinstance(words, tuple) else (words,)))
    says = article.words(sentence.start, sentence.end)
    if len(says) > _LONGEST_SAYS:
        says = says[: _LONGEST_SAYS - 1].rstrip() + "…"
    yield _plain("says", says, article.span(sentence.start, sentence.end))
    if speech is not None and speech.party:
        who = article.words(*speech.name)
        if speech.governed:
            who = put_in_nominative(who, sentence.language)
        near = near or speech.named is not None
        places = dict.fromkeys((speech.name, (speech.who_start, speech.who_end)))
        spans = tuple(article.span(*place) for place in places)
        sure, why = ("likely", "nearby") if near else ("certain", "stated")
        for name, value in (("speaker", who), ("party", speech.party)):
            yield DraftField(name=name, value=value, spans=spans, sure=sure, why=why)


def _plain(name: str, value: FieldValue, *spans: Span) -> DraftField:
    return DraftField(name=name, value=value, spans=spans, sure="certain", why="stated")


def _other_claims(
    article: ArticleRead,
    event: EventFound,
    effect: Cue | None,
    kind: Cue | None,
    timed: Iterable[ClaimFound],
) -> Iterator[DraftClaim]:
    """Yield claims without a time: the effect, the cause, buses, delays, figures."""
    done = {each.sentence.number for each in timed}
    for about, cue in (("effect", effect), ("cause", kind)):
        home = _sentence_of(event, cue)
        if cue is None or home is None or home.number in done:
            continue
        done.add(home.number)
        speech = choose_speech(home.speeches, cue.start, cue.end)
        yield DraftClaim(
            article=article.id,
            fields=tuple(_said(article, home, about, article.span(cue.start, cue.end), speech)),
        )
    for home in event.sentences:
        causes = home.told("cause")
        speech = choose_speech(home.speeches, causes[0].start, causes[0].end) if causes else None
        if speech is not None and speech.party and home.number not in done:
            words = article.span(causes[0].start, causes[0].end)
            done.add(home.number)
            yield DraftClaim(
                article=article.id, fields=tuple(_said(article, home, "cause", words, speech))
            )
    yield from _told_again(article, event, effect, kind, done)
    for found in find_further(article.folded.low, event.sentences, ""):
        if found.of_incident:
            continue
        home = next(each for each in event.sentences if each.number == found.sentence)
        words = article.span(found.start, found.end)
        told = (words, *(article.span(*place) for place in found.also))
        speech = choose_speech(home.speeches, found.start, found.end)
        fields = [*_said(article, home, found.about, told, speech)]
        if found.name:
            fields.append(_plain(found.name, found.value, words))
        if found.trains:
            names = tuple(name for name, _ in found.trains)
            spans = tuple(article.span(*place) for _, place in found.trains)
            fields.append(_plain("trains", names, *spans))
        yield DraftClaim(article=article.id, fields=tuple(fields))


def _told_again(
    article: ArticleRead, event: EventFound, effect: Cue | None, kind: Cue | None, done: set[int]
) -> Iterator[DraftClaim]:
    """Yield the effect in the words of further speakers, and where it was more nearly."""
    names = {name for place in event.places for name in place.names}
    for home in event.sentences:
        if home.number in done:
            continue
        for cue in home.told("effect"):
            if effect is None or (cue.group, cue.value) != (effect.group, effect.value):
                continue
            speech, near = find_speech(article.folded.low, event, home, cue.start, cue.end)
            if speech is not None:
                done.add(home.number)
                words = article.span(cue.start, cue.end)
                said = _said(article, home, "effect", words, speech, near=near)
                yield DraftClaim(article=article.id, fields=tuple(said))
                break
        nearer = [x for x in home.places if x.form == "at" and {*x.names} < names]
        told = kind is not None and any(x.value == kind.value for x in home.told("cause"))
        if (
            nearer
            and told
            and home.number not in done
            and not any(x.form == "section" for x in home.places)
        ):
            done.add(home.number)
            words = article.span(nearer[0].start, nearer[0].end)
            speech = choose_speech(home.speeches, nearer[0].start, nearer[0].end)
            said = _said(article, home, "place", words, speech)
            yield DraftClaim(article=article.id, fields=tuple(said))


def _sentence_of(event: EventFound, cue: Cue | None) -> ReadSentence | None:
    if cue is None:
        return None
    for each in event.sentences:
        if each.sentence.start <= cue.start < each.sentence.end:
            return each
    return None


# Names


def _title(
    kind: Cue | None,
    places: Sequence[object],
    began: datetime | None,
    zone: str,
    calendar: ArticleCalendar,
) -> str:
    what = (kind.value if kind is not None else "incident").replace("_", " ").capitalize()
    where = _say_places(places)
    when = began.astimezone(load_zone(zone)).date() if began is not None else None
    title = f"{what}: {where}" if where else what
    return (
        f"{title}, {when:%Y-%m-%d}"
        if when is not None
        else f"{title}, read {calendar.today:%Y-%m-%d}"
    )


def _say_places(places: Sequence[object]) -> str:
    said = []
    for place in places:
        match place:
            case SectionPlace():
                said.append("–".join(place.between))
            case HubPlace():
                said.append(place.hub)
            case StationPlace():
                said.append(place.station)
            case RegionPlace():
                said.append(place.region)
    return ", ".join(said)


def _identity(places: Sequence[object], when: datetime, zone: str, *, known: bool) -> str:
    day = when.astimezone(load_zone(zone)).date()
    where = re.sub(r"[^a-z0-9]+", "-", _say_places(places).lower()).strip("-") or "no-place"
    return (
        f"{day:%Y-%m-%d}-{where[:60].strip('-')}"
        if known
        else f"by-{day:%Y-%m-%d}-{where[:60].strip('-')}"
    )
