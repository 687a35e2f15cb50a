"""Which events an article tells of: sentences that speak of one place, and what befell it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from netmodel.reading.cues import Cue, count_breaks
from netmodel.reading.event_places import EventPlace, choose_places, iterate_names
from netmodel.reading.sentences_read import ALONE, SIDE, ReadSentence
from netmodel.reading.time_phrases import TimePhrase

_REACH = 3
"""Sentences after which a word without a place no longer belongs to the last event."""


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


def gather_events(
    low: str,
    sentences: Sequence[ReadSentence],
    region_of: Mapping[str, str],
    beside: Mapping[str, frozenset[str]] = MappingProxyType({}),
    day_of: Callable[[TimePhrase], date | None] = lambda phrase: None,
) -> list[EventFound]:
    """Return the events of an article.

    Parameters
    ----------
    day_of
        The day that a time names if it is past; ``None`` for none.
    region_of
        Regions of hubs and stations, by their names.
    beside
        Hubs at the ends of the links on which a station or a hub lies, by its name.
    """
    events: list[EventFound] = []
    current: EventFound | None = None
    waiting: list[ReadSentence] = []
    for each in sentences:
        if current is not None and _is_of_another(each, current):
            events += _open_earlier(low, each, current)
            continue
        if current is not None and _is_before(each, current, day_of):
            events += _open_earlier(low, each, current)
            continue
        waiting = [earlier for earlier in waiting if each.number - earlier.number <= _WAIT]
        if not _belongs(each, current):
            waiting.append(each)
            continue
        chosen = _near_cues(low, each)
        home = _home(events, current, each, chosen, region_of)
        begins = _begins(each)
        far = current is None or each.number - current.last > _REACH
        if home is not None and not chosen and _leaves(each, current, far=far, begins=begins):
            home = None
            far = True
        if home is None and current is not None and (
            _tells_effect(each, current)
            or _only_leads(low, each, current)
            or _completes(each, current, beside)
        ):
            home, chosen = current, _as_section(chosen)
        if current is not None and (
            _means_it(low, each, current)
            or (home is None and _is_on_the_line(each, current, chosen, beside))
        ):
            home, begins = current, False
            _widen(home, chosen)
        if home is None and current is not None and _ends(low, each, current):
            home, begins, chosen = current, False, ()
        if home is None and begins and (chosen or far):
            home = _open(low, [] if each.somewhere else waiting, chosen, region_of)
            home.somewhere = each.somewhere and not chosen
            events.append(home)
            waiting = []
        home = home or _last_resort(each, events, current, begins=begins)
        if home is None:
            waiting.append(each)
            continue
        if begins and (each.told("effect") or not all(x.form == "onward" for x in chosen)):
            _refine(home, chosen)
        home.sentences.append(each)
        current = home
    return [each for each in events if _is_event(each, events)]


def _last_resort(
    each: ReadSentence,
    events: Sequence[EventFound],
    current: EventFound | None,
    *,
    begins: bool,
) -> EventFound | None:
    """Return the event of what holds in general, or of how the last one went on elsewhere."""
    if not begins and current is not None and _goes_on(each, current):
        return current
    return events[0] if each.general and events and each.cues else None


def _leaves(each: ReadSentence, current: EventFound | None, *, far: bool, begins: bool) -> bool:
    """Whether a sentence without a place no longer speaks of the last event."""
    back = current is not None and bool(current.places) and each.points_back
    return (far and not back) or (begins and each.somewhere)


_WAIT = 2
_IT = re.compile(
    r"\W*(?:the (?:crash|accident|collision|derailment|incident|blast|explosion|fire)\b"
    r"|the (?:attack|strike|landslide|failure|breakdown)\b"
    r"|(?:it|this) (?:happened|occurred)\b"
    r"|(?:авария|дтп|чп|инцидент|происшествие|столкновение|сход|взрыв|пожар|удар|все|это) "
    r"(?:произош|случил|прогремел|прозвучал|раздал)\w*"
    r"|(?:аварія|дтп|нп|інцидент|пригода|зіткнення|схід|вибух|пожежа|удар|подія|усе|все|це) "
    r"(?:ста(?:в|л)\w+|трапи\w+|відбу\w+|пролуна\w+|прогримі\w+))"
)
"""Words that begin a sentence and mean what was just told: "The crash", "Це сталося"."""


def _means_it(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence goes on with the event before it by a definite word for it."""
    sentence = each.sentence
    if _IT.match(low, sentence.start, sentence.end) is None or each.recalls:
        return False
    same = sentence.paragraph == current.sentences[-1].sentence.paragraph
    return same and each.number - current.last == 1 and not current.cues("return")


def _is_on_the_line(
    each: ReadSentence,
    current: EventFound,
    chosen: Sequence[EventPlace],
    beside: Mapping[str, frozenset[str]],
) -> bool:
    """Whether a sentence names the section on which the place of the event lies, or the reverse.

    It tells no cause of its own, and comes at once.
    """
    if each.number - current.last > 1 or len(current.places) != 1:
        return False
    if len(chosen) != 1 or any(cue.value in ALONE for cue in each.told("cause")) or each.recalls:
        return False
    effects = each.told("effect")
    if effects and all(cue.value == "normal" for cue in effects):
        return False
    one, two = current.places[0], chosen[0]
    if {one.form, two.form} != {"at", "section"}:
        return False
    at, section = (one, two) if one.form == "at" else (two, one)
    ends = beside.get(at.names[0], frozenset())
    return len(ends & set(section.names)) > 0


def _widen(event: EventFound, chosen: Sequence[EventPlace]) -> None:
    """Take the section that is told of an event of which a place alone was known."""
    if chosen and chosen[0].form == "section" and event.places and len(event.places) == 1:
        if event.places[0].form != "section":
            event.places = list(chosen)
    elif not event.places:
        event.places = list(chosen)


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


def _is_before(
    each: ReadSentence, current: EventFound, day_of: Callable[[TimePhrase], date | None]
) -> bool:
    """Whether a sentence tells of a whole stop on a day, or of any in a month, before the event."""
    if each.number == current.sentences[0].number:
        return False
    starts = [
        day
        for one in current.sentences
        if any(cue.value not in ("normal", *SIDE) for cue in one.told("effect"))
        for x in one.times
        if x.before in ("", "since") and (not one.speeches or x.get("clock") is not None)
        and (day := day_of(x)) is not None
    ]  # fmt: skip
    own = [(x, day) for x in each.times if not x.before and (day := day_of(x)) is not None]
    if not (own and starts):
        return False
    began = min(starts)
    months = [day for x, day in own if x.get("month") and not x.get("date")]
    if months and len(months) == len(own):
        stopped = [x for x in each.told("effect") if x.value not in ("normal", *SIDE)]
        stopped += [x for x in each.told("cause") if x.value in ALONE]
        return bool(stopped) and max(months).replace(day=1) < began.replace(day=1)
    return _tells_whole_stop(each) and max(day for _, day in own) < began


def _tells_whole_stop(each: ReadSentence) -> bool:
    """Whether a sentence says that trains stopped, when, and for how long."""
    dated = any(x.get("date", "weekday", "day") is not None for x in each.times)
    stops = [
        cue for cue in each.told("effect")
        if cue.value not in ("normal", *SIDE) and not cue.future
    ]  # fmt: skip
    whole = any(x.role == "lasted" for x in each.durations) or any(
        x.pair is not None for x in each.times
    )
    clock = any(x.get("clock") is not None for x in each.times)
    return dated and bool(stops) and (whole or (clock and each.recalls == "another"))


def _open_earlier(low: str, each: ReadSentence, current: EventFound) -> list[EventFound]:
    """Return the event that a sentence recalls, if it says what befell trains and on what day."""
    if not (_tells_whole_stop(each) and current.places):
        return []
    chosen = _near_cues(low, each)
    return [EventFound(places=list(chosen or current.places), sentences=[each])]


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
        if own and chosen and _make_a_line(own, chosen):
            event.places = list(choose_places([own[0], chosen[0]]))
        elif chosen and own and not fit(own, chosen, region_of):
            continue
        stopping = [cue for cue in each.told("cause") if cue.value in ALONE]
        timed = bool(each.times) or any(place.form == "section" for place in own)
        timed = timed or each.sentence.end - each.sentence.start <= _TITLE
        if not (each.about_rail or stopping or each.told("effect") or timed):
            continue
        if own and (not event.places or not chosen):
            event.places = list(own)
        if own or each.cues or each.times:
            event.sentences.append(each)
            _refine(event, own)
    return event


def _make_a_line(own: Sequence[EventPlace], chosen: Sequence[EventPlace]) -> bool:
    """Whether a place and one towards which no train goes from it are a section together."""
    return len(own) == len(chosen) == 1 and (own[0].form, chosen[0].form) == ("at", "onward")


_TITLE = 30
"""Letters of the name of a town that stands over a report."""
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
    if current is not None and not current.cues("return") and _promises(each):
        return each.number - current.last <= 2 * _REACH
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


def _promises(each: ReadSentence) -> bool:
    """Whether a sentence without a place tells until when all that was lost is to be back."""
    back = [cue for cue in each.told("return") if cue.anchored or cue.value == "full"]
    return bool(back and each.times and not each.places and not each.told("effect"))


def _ends(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence ends the last event, though it names a place further on."""
    near = each.number - current.last <= _REACH
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    if _promises(each) and not current.cues("return"):
        return True
    if not (near and same) or each.told("effect") or each.told("cause"):
        return False
    closed = any(cue.value == "closed" for cue in current.cues("effect"))
    back = [cue for cue in each.told("return") if cue.anchored and not cue.future]
    if not closed or not back or not each.times or current.cues("return"):
        return False
    return all(
        count_breaks(low, min(place.start, back[0].end), max(place.start, back[0].end)) > 0
        for place in each.places
    )


def _is_next_section(each: ReadSentence, chosen: Sequence[EventPlace], home: EventFound) -> bool:
    """Whether a sentence tells of the line that begins where that of an event ends.

    It says itself what befell it and when, after the other began.
    """
    if not home.places or not chosen or len(home.places) > 1 or len(chosen) > 1:
        return False
    one, two = home.places[0], chosen[0]
    if one.form != "section" or two.form != "section":
        return False
    apart = len(set(one.names) & set(two.names)) == 1 and len(one.names) == len(two.names) == 2
    stops = [cue for cue in each.told("effect") if cue.value not in ("normal", *SIDE)]
    stops += [cue for cue in each.told("cause") if cue.value in ALONE]
    own = [x for x in each.times if x.before not in ("until", "by", "not_before", "as_of")]
    dated = any(x.get("clock") is not None for x in own)
    began = any(
        other.times and (other.told("effect") or other.told("cause")) for other in home.sentences
    )
    return apart and bool(stops) and dated and began


def _tells_effect(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence says how the trains of elsewhere fared by what was just told."""
    beside = each.number - current.last == 1
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    mild = all(cue.value in ("normal", *SIDE) for cue in each.told("effect"))
    return beside and same and mild and bool(each.told("late")) and not current.cues("effect")


def _only_leads(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence names only where trains come from and go to, right after an event."""
    beside = each.number - current.last <= 1 and bool(current.places)
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    if not (beside and same) or any(x.form in _STANDS for x in each.places):
        return False
    lines = [x for x in each.places if _LINE_TO.search(low, max(0, x.start - 30), x.start)]
    return not (lines and each.times and each.told("cause"))


_LINE_TO = re.compile(
    r"(?:\b(?:line|branch|section|track)|(?<!\w)(?:ліні|гіл[кц]|колі|дільниц|ділянк|лини|ветк|участ)\w*) \S+ (?:the )?$"
)
"""Words for a line that leads to a place: something may have befallen it by itself."""


def _completes(
    each: ReadSentence, current: EventFound, beside: Mapping[str, frozenset[str]]
) -> bool:
    """Whether a sentence gives the cause and the time of a stop or a return just told.

    It says nothing of trains itself, and its place lies on a line of those of the event.
    """
    near = each.number - current.last <= 1
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    causes = [cue for cue in each.told("cause") if cue.value in ALONE]
    if not (near and same and causes and each.times) or each.told("effect") or each.recalls:
        return False
    told = current.cues("effect") or current.cues("return")
    known = [cue for cue in current.cues("cause") if cue.value in ALONE]
    if not told or known or any(x.told("effect") and x.times for x in current.sentences):
        return False
    one = {name for x in current.sentences for place in x.places for name in place.names}
    two = set(iterate_names(each.places))
    ends = [beside.get(name, frozenset()) | {name} for name in one]
    others = [beside.get(name, frozenset()) | {name} for name in two]
    return any(a & b for a in ends for b in others)


def _as_section(chosen: Sequence[EventPlace]) -> Sequence[EventPlace]:
    """Return the places of a sentence that say more of an event than it had: its section."""
    return [x for x in chosen if x.form == "section" and x.why == "stated"]


_STANDS = ("section", "at", "region")
"""Forms of a place at which something can happen; others are of where trains go."""


def _begins(each: ReadSentence) -> bool:
    """Whether a sentence may tell of an event that was not told of before."""
    if each.general or (each.recalls and not each.told("effect") and not each.told("cause")):
        return False
    effects = [cue for cue in each.cues if cue.group == "effect" and cue.value not in SIDE]
    causes = [cue for cue in each.told("cause") if cue.value in ALONE]
    leads = each.number == 0 and bool(each.places)
    where = leads or any(place.form in _STANDS for place in each.places)
    over = [
        cue for cue in each.told("return")
        if (each.times and each.told("cause"))
        or (cue.anchored and each.about_rail and not cue.future and (each.times or where))
    ]  # fmt: skip
    late = each.about_rail and each.told("late")
    span = each.about_rail and each.told("cause") and any(x.pair is not None for x in each.times)
    return bool(effects or causes or over or late or span or each.told("effect"))


def _home(
    events: Sequence[EventFound],
    current: EventFound | None,
    sentence: ReadSentence,
    chosen: Sequence[EventPlace],
    region_of: Mapping[str, str],
) -> EventFound | None:
    """Return the event that a sentence speaks of; ``None`` for a new one."""
    if not chosen:
        return current
    if current is not None and fit(current.places, chosen, region_of):
        return None if _is_next_section(sentence, chosen, current) else current
    for each in reversed(events):
        if each.places and fit(each.places, chosen, region_of):
            return None if _is_next_section(sentence, chosen, each) else each
    near = current is not None and sentence.number - current.last <= _REACH
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
    causes = {cue.value for cue in event.cues("cause", told=False)}
    if effects and all(cue.value == "normal" for cue in effects) and causes <= {"planned_works"}:
        return False  # trains run, and nothing is told that could have stopped them
    if len(events) > 1 and all(cue.value in ("normal", *SIDE) for cue in effects):
        stopping = any(cue.value in ALONE for cue in event.cues("cause"))
        return stopping and (not effects or event is events[0])
    return True
