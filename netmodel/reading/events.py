"""Which events an article tells of: sentences that speak of one place, and what befell it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from netmodel.reading.cause_words import TRAFFIC_STOPPING
from netmodel.reading.cues import (
    Cue,
    count_breaks,
    does_recur,
    find_cues,
    is_about_rail,
    is_general,
    is_somewhere,
)
from netmodel.reading.duration_phrases import DurationPhrase, find_durations
from netmodel.reading.event_places import (
    EventPlace,
    choose_places,
    find_event_places,
    iterate_names,
)
from netmodel.reading.folded_text import FoldedText, Sentence
from netmodel.reading.place_mentions import Mention
from netmodel.reading.speakers import Speech, find_speeches
from netmodel.reading.time_phrases import TimePhrase, find_times
from netmodel.reading.told_before import recalls

_REACH = 3
"""Sentences after which a word without a place no longer belongs to the last event."""
SIDE = ("replaced", "detoured")
LIMITS = ("single_track", "diesel_only", "limited", "slowed")


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with what was found in it."""

    number: int
    sentence: Sentence
    about_rail: bool
    cues: tuple[Cue, ...]
    places: tuple[EventPlace, ...]
    times: tuple[TimePhrase, ...]
    durations: tuple[DurationPhrase, ...]
    speeches: tuple[Speech, ...]
    somewhere: bool = False
    general: bool = False
    recurs: bool = False
    recalls: str = ""
    points_back: bool = False
    bare: bool = False

    def told(self, group: str) -> tuple[Cue, ...]:
        """Return the cues of a group that are said to be so."""
        return tuple(each for each in self.cues if each.group == group and each.told)


@dataclass(slots=True)
class EventFound:
    """One event of an article while its sentences are gathered."""

    places: list[EventPlace] = field(default_factory=list)
    sentences: list[ReadSentence] = field(default_factory=list)
    somewhere: bool = False

    @property
    def last(self) -> int:
        """Number of its last sentence."""
        return self.sentences[-1].number

    def cues(self, group: str, *, told: bool = True) -> list[Cue]:
        """Return its cues of a group, in the order of the text."""
        return [
            cue
            for each in self.sentences
            for cue in each.cues
            if cue.group == group and (cue.told or not told)
        ]


def read_sentences(
    folded: FoldedText, sentences: Sequence[Sentence], mentions: Sequence[Mention]
) -> list[ReadSentence]:
    """Return the sentences of paragraphs about the railway and of those after them.

    Sentences in a language that is not read are left out.
    """
    done: list[ReadSentence] = []
    previous = ""
    low = folded.low
    named = Counter(each.sentence for each in mentions if each.kind == "stop")
    at = group_by_sentence(mentions)
    rail = {
        each.paragraph
        for number, each in enumerate(sentences)
        if named[number] or is_about_rail(low, each)
    }
    for number, sentence in enumerate(sentences):
        own = at.get(number, [])
        if not sentence.language or not {sentence.paragraph, sentence.paragraph - 1} & rail:
            previous = ""
            continue
        cues = _without_names(find_cues(folded, sentence, previous), own)
        places = find_event_places(low, sentence, own)
        plain = is_about_rail(low, sentence) or _is_of_line(low, sentence, cues, places)
        bare = not plain and _is_bare(low, sentence, cues, places)
        times = find_times(low, sentence.start, sentence.end, sentence.language)
        done.append(
            ReadSentence(
                number, sentence,
                plain or bare, cues,
                places,
                times,
                find_durations(low, sentence.start, sentence.end, sentence.language),
                find_speeches(low, sentence),
                is_somewhere(low, sentence), is_general(low, sentence), does_recur(low, sentence),
                recalls(low, sentence, times),
                _POINTS_BACK.search(low, sentence.start, sentence.end) is not None,
                bare,
            )
        )  # fmt: skip
        previous = low[sentence.start : sentence.end]
    return [_in_context(each, done) for each in done]


def _without_names(cues: Sequence[Cue], mentions: Sequence[Mention]) -> tuple[Cue, ...]:
    """Leave out causes that are only a part of a name: the frost of Morozovskaya."""
    return tuple(
        cue
        for cue in cues
        if cue.group != "cause"
        or not any(each.start <= cue.start and cue.end <= each.end for each in mentions)
    )


def _in_context(each: ReadSentence, sentences: Sequence[ReadSentence]) -> ReadSentence:
    """Return a sentence as about the railway, if what it tells of is so in the next to it."""
    happens = (
        each.told("effect")
        or (each.times and each.told("return"))
        or [c for c in each.told("cause") if c.value in _ALONE]
    )
    if each.about_rail or not happens:
        return each
    beside = any(
        other.about_rail
        and abs(other.number - each.number) == 1
        and other.sentence.paragraph == each.sentence.paragraph
        for other in sentences
    )
    return replace(each, about_rail=True) if beside else each


def group_by_sentence(mentions: Sequence[Mention]) -> dict[int, list[Mention]]:
    """Return mentions by the number of their sentence."""
    found: dict[int, list[Mention]] = {}
    for each in mentions:
        found.setdefault(each.sentence, []).append(each)
    return found


_POINTS_BACK = re.compile(
    r"\b(?:these|those|this|that) (?:\w+ )?"
    r"(?:tracks?|lines?|sections?|stretch|railway|routes?|bridge|station|derailment|train)\b"
    r"|(?<!\w)(?:ц(?:і|их|ими|я|ій|ієї|ю|ей|ього|ьому)|т(?:і|их|ієї|ій)) (?:\w+ )?"
    r"(?:колі|рейк|лін|дільн|ділян|перег|міст|мост|станц|поїзд|сход)"
    r"|(?<!\w)(?:эт(?:и|их|ими|а|ой|у|от|ого|ом)|т(?:е|ех|ой)) (?:\w+ )?"
    r"(?:пут|рельс|лини|участ|перег|мост|станц|поезд|сход)"
)
"""Words that mean a line or a train of which the article has told: "those tracks"."""
_LINE = re.compile(
    r"\b(?:lines?|sections?|stretch|routes?|tracks?|bridge|embankment|station|junction|services|timetable|catenary|substation)\b"
    r"|(?<!\w)(?:м[іо]ст\w{0,2}|насип\w*|насып\w*|ліні[яїюєй]\w*|станці\w+|вуз(?:ол|л\w+)|сполученн\w+|перег[оі]н\w*|дільниц\w+|підстанці\w+|розклад\w*"
    r"|обох\sнапрям\w+|обоих\sнаправлени\w+|лини[яиюей]\w*|станци\w+|уз(?:ел|л\w+)|сообщени[еяю]\w*|перегон\w*|участ(?:ок|к\w+)|подстанци\w+|расписани\w+)(?!\w)"
)
_ROAD = re.compile(
    r"\b(?:roads?|highway|motorway|street|motorists|cars)\b|(?<!\w)(?:шосе|трас[аиуі]\w*|вулиц\w+|автомоб\w+|водії\w*"
    r"|шоссе|трасс\w+|улиц\w+|водител\w+|набережн\w+"
    r"|(?<!дирекции )(?<!управлении )(?<!управление )(?<!начальник )дорог[аиуі])(?!\w)"
)


_MOVEMENT = re.compile(r"(?<!\w)(?:рух(?:у|ом)?|движени[еяю]м?|traffic)(?!\w)")
"""Words for traffic of any kind: by rail where it is between two stations and no road is near."""
_BESIDE = 250
_BREAKS_TRAFFIC = ("power", "signalling", "track_damage", "bridge_damage", "derailment")
"""Kinds that stop traffic on a line of which nothing else is told."""


def _is_of_line(
    low: str, sentence: Sentence, cues: Sequence[Cue], places: Sequence[EventPlace]
) -> bool:
    """Whether a sentence without a word for rail speaks of it: a line, and what befell it."""
    if not places or _ROAD.search(low, sentence.start, sentence.end):
        return False
    effects = [cue for cue in cues if cue.group in ("effect", "return") and cue.anchored]
    between = any(each.form == "section" for each in (*places, *choose_places(places)))
    stopping = between and any(
        cue.group == "cause" and cue.value in _BREAKS_TRAFFIC for cue in cues
    )
    if (effects or stopping) and _LINE.search(low, sentence.start, sentence.end):
        return True
    around = low[max(0, sentence.start - _BESIDE) : sentence.end + _BESIDE]
    if effects and between and _MOVEMENT.search(low, sentence.start, sentence.end):
        return _ROAD.search(around) is None
    limits = [cue for cue in cues if cue.group == "effect" and cue.value in LIMITS]
    if limits and _LINE.search(low, sentence.start, sentence.end):
        return True
    return bool(limits) and any(each.form == "section" for each in places)


_VEHICLES = re.compile(
    rf"{_ROAD.pattern}|\b(?:lorr(?:y|ies)|trucks?|vehicles?|bus(?:es)?|pedestrians?|ferr(?:y|ies)|flights?)\b"
    r"|(?<!\w)(?:авто\w*|маршрутк\w*|вантажівк\w+|фур[аиуі]|дтп|пробк\w+|пішоход\w*|тролейбус\w*|транспорт\w*|пором\w*"
    r"|грузовик\w*|фур[аыу]|пешеход\w*|троллейбус\w*|паром\w*)(?!\w)"
)


def _is_bare(
    low: str, sentence: Sentence, cues: Sequence[Cue], places: Sequence[EventPlace]
) -> bool:
    """Whether a sentence tells of traffic at one place of the network, of which no word says more.

    "Traffic is closed near X" may be of a road, so none may be spoken of around it, and what is
    read of it stays in doubt.
    """
    near = [each for each in places if each.form == "at" and each.why == "nearby"]
    if not near or not any(cue.group == "effect" and cue.anchored and cue.told for cue in cues):
        return False
    if sentence.language == "uk" and all(low.startswith("у ", each.start) for each in near):
        return False  # in the town and not beside it
    around = low[max(0, sentence.start - _BESIDE) : sentence.end + _BESIDE]
    traffic = _MOVEMENT.search(low, sentence.start, sentence.end)
    return traffic is not None and _VEHICLES.search(around) is None


def gather_events(
    low: str, sentences: Sequence[ReadSentence], region_of: Mapping[str, str]
) -> list[EventFound]:
    """Return the events of an article.

    Parameters
    ----------
    region_of
        Regions of hubs and stations, by their names.
    """
    events: list[EventFound] = []
    current: EventFound | None = None
    waiting: list[ReadSentence] = []
    for each in sentences:
        if _is_of_another(each, current):
            continue
        waiting = [earlier for earlier in waiting if each.number - earlier.number <= _WAIT]
        if not _belongs(each, current):
            waiting.append(each)
            continue
        chosen = _near_cues(low, each)
        home = _home(events, current, each.number, chosen, region_of)
        begins = _begins(each)
        far = current is None or each.number - current.last > _REACH
        back = current is not None and bool(current.places) and each.points_back
        if home is not None and not chosen and ((far and not back) or (begins and each.somewhere)):
            home = None
            far = True
        if home is None and current is not None and _tells_effect(each, current):
            home = current
        if home is None and begins and (chosen or far):
            home = _open(low, [] if each.somewhere else waiting, chosen, region_of)
            home.somewhere = each.somewhere and not chosen
            events.append(home)
            waiting = []
        if home is None and each.general and events and each.cues:
            home = events[0]
        if home is None and not begins and current is not None and _goes_on(each, current):
            home = current
        if home is None:
            waiting.append(each)
            continue
        if begins:
            _refine(home, chosen)
        home.sentences.append(each)
        current = home
    return [each for each in events if _is_event(each, events)]


_WAIT = 2


def _is_of_another(each: ReadSentence, current: EventFound | None) -> bool:
    """Whether a sentence recalls another event than the one of which the article tells.

    "Nagadaiemo" with a date recalls another one, if of this one is known when it began or that
    trains ran all the same.
    """
    if current is None or not each.recalls:
        return False
    if each.recalls == "another":
        return True
    told = [cue for one in current.sentences for cue in one.told("effect")]
    spared = bool(told) and all(cue.value == "normal" for cue in told)
    began = any(
        phrase.before not in ("until", "by", "not_before", "as_of", "before")
        for one in current.sentences
        if one.told("effect") or one.told("cause") or one.told("occurred")
        for phrase in one.times
    )
    return spared or began


def _open(
    low: str,
    waiting: Sequence[ReadSentence],
    chosen: Sequence[EventPlace],
    region_of: Mapping[str, str],
) -> EventFound:
    """Return a new event, with the sentences before it that it may be about."""
    event = EventFound(places=list(chosen))
    for each in waiting:
        own = _near_cues(low, each)
        if chosen and own and not fit(own, chosen, region_of):
            continue
        stopping = [cue for cue in each.told("cause") if cue.value in _ALONE]
        timed = bool(each.times) or any(place.form == "section" for place in own)
        if not (each.about_rail or stopping or each.told("effect") or timed):
            continue
        if own and (not event.places or not chosen):
            event.places = list(own)
        if own or each.cues or each.times:
            event.sentences.append(each)
            _refine(event, own)
    return event


_FAR = 60
"""Letters by which a place has to be nearer to what befell traffic to outrank a better one."""


def _near_cues(low: str, each: ReadSentence) -> tuple[EventPlace, ...]:
    """Return the places of a sentence that what befell traffic was at: of several the nearest."""
    chosen = choose_places(each.places)
    cues = [cue for cue in (*each.told("effect"), *each.told("cause")) if cue.value not in SIDE]
    rivals = [place for place in each.places if place.form in ("section", "at", "region")]
    if not cues or len(rivals) < 2 or not chosen or chosen[0].form == "section":
        return chosen

    def away(place: EventPlace) -> int:
        return min(_distance(low, place, cue) for cue in cues)

    best = min(rivals, key=away)
    if best in chosen:
        near = [place for place in chosen if away(place) <= away(best) + _FAR]
        return tuple(_with_neighbours(low, near, each.places))
    return (best,) if away(best) + _FAR < min(map(away, chosen)) else chosen


def _with_neighbours(
    low: str, chosen: Sequence[EventPlace], places: Sequence[EventPlace]
) -> list[EventPlace]:
    """Return places with the regions that are named in one breath with them."""
    regions = [each for each in places if each.form == "region" and each not in chosen]
    found = list(chosen)
    for each in regions:
        gaps = [low[each.end : x.start] for x in chosen] + [low[x.end : each.start] for x in chosen]
        if any(_BREATH.fullmatch(gap) for gap in gaps if gap):
            found.append(each)
    return sorted(found, key=lambda each: each.start)


_BREATH = re.compile(r" (?:and|та|і|й|и)(?: (?:in|у|в))?(?: the)? ?")


def _distance(low: str, place: EventPlace, cue: Cue) -> int:
    first, last = (cue.end, place.start) if cue.end <= place.start else (place.end, cue.start)
    return 0 if first >= last else last - first + 30 * count_breaks(low, first, last)


def _belongs(each: ReadSentence, current: EventFound | None) -> bool:
    if each.about_rail:
        return True
    near = current is not None and each.number - current.last <= _REACH
    if not near or current is None:
        return False
    same = current.sentences[-1].sentence.paragraph == each.sentence.paragraph
    if not same:
        after = each.number - current.last == 1
        return after and any(cue.group in ("return", "occurred", "still") for cue in each.cues)
    return bool(each.cues or each.times or each.durations)


def _goes_on(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence that names another place still tells how the last event went on."""
    beside = each.number - current.last == 1
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    return beside and same and any(cue.group in ("return", "occurred") for cue in each.cues)


def _tells_effect(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence says how the trains of elsewhere fared by what was just told."""
    beside = each.number - current.last == 1
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    mild = all(cue.value in ("normal", *SIDE) for cue in each.told("effect"))
    return beside and same and mild and bool(each.told("late")) and not current.cues("effect")


def _begins(each: ReadSentence) -> bool:
    """Whether a sentence may tell of an event that was not told of before."""
    if each.general:
        return False
    effects = [cue for cue in each.cues if cue.group == "effect" and cue.value not in SIDE]
    causes = [cue for cue in each.told("cause") if cue.value in _ALONE]
    over = each.times and [
        cue for cue in each.told("return")
        if each.told("cause") or (cue.anchored and each.about_rail and not cue.future)
    ]  # fmt: skip
    late = each.about_rail and each.told("late")
    span = each.about_rail and each.told("cause") and any(x.pair is not None for x in each.times)
    return bool(effects or causes or over or late or span or each.told("effect"))


_ALONE = TRAFFIC_STOPPING | {"power", "fire", "station_damage", "weather", "signalling"}
"""Kinds of which a sentence about the railway may tell without an effect."""


def _home(
    events: Sequence[EventFound],
    current: EventFound | None,
    number: int,
    chosen: Sequence[EventPlace],
    region_of: Mapping[str, str],
) -> EventFound | None:
    """Return the event that a sentence speaks of; ``None`` for a new one."""
    if not chosen:
        return current
    if current is not None and fit(current.places, chosen, region_of):
        return current
    for each in reversed(events):
        if each.places and fit(each.places, chosen, region_of):
            return each
    near = current is not None and number - current.last <= _REACH
    if near and current is not None and not current.places and not current.somewhere:
        return current
    if current is not None and all(each.form == "onward" for each in chosen):
        return current
    return None


def fit(
    first: Sequence[EventPlace], second: Sequence[EventPlace], region_of: Mapping[str, str]
) -> bool:
    """Whether two groups of places may be of one event: a common name, or one in the other."""
    one, two = set(iterate_names(first)), set(iterate_names(second))
    if one & two:
        return True
    regions = {each.names[0] for each in first if each.form == "region"}
    others = {each.names[0] for each in second if each.form == "region"}
    return any(region_of.get(name) in regions for name in two - others) or any(
        region_of.get(name) in others for name in one - regions
    )


def _refine(event: EventFound, chosen: Sequence[EventPlace]) -> None:
    """Take the places of a further sentence where they say more than those before."""
    if not chosen:
        return
    order = {"section": 0, "at": 1, "onward": 2, "region": 3}
    if event.somewhere:
        return
    if not event.places:
        event.places = list(chosen)
    elif event.places[0].form == "at" and chosen[0].form == "onward":
        event.places = list(choose_places([event.places[0], chosen[0]]))
    elif order[chosen[0].form] < order[event.places[0].form]:
        known = {name for each in event.places for name in each.names}
        names = {name for each in chosen for name in each.names}
        if chosen[0].form != "section" or known <= names or event.places[0].form == "region":
            event.places = list(chosen)


def _is_event(event: EventFound, events: Sequence[EventFound]) -> bool:
    """Whether an event says anything of traffic: at places beside, only where it stopped."""
    effects = event.cues("effect", told=False)
    if not any(each.about_rail for each in event.sentences):
        return False
    if len(events) > 1 and all(cue.value in ("normal", *SIDE) for cue in effects):
        stopping = any(cue.value in _ALONE for cue in event.cues("cause"))
        return stopping and (not effects or event is events[0])
    return True
