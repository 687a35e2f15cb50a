"""Which events an article tells of: sentences that speak of one place, and what befell it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from netmodel.reading.clauses import count_breaks
from netmodel.reading.event_places import EventPlace, choose_places, iterate_names
from netmodel.reading.listed_places import ListReader
from netmodel.reading.sentence_links import (
    REACH,
    STANDS,
    EventFound,
    belongs,
    completes,
    ends,
    goes_on,
    is_before,
    is_line_apart,
    is_next_section,
    is_of_another,
    is_older,
    is_on_the_line,
    is_planned_after,
    leaves,
    means_it,
    means_them,
    only_carries,
    only_delays,
    only_leads,
    only_returns,
    only_serves,
    only_waits,
    tells_effect,
    tells_length,
    tells_whole_stop,
)
from netmodel.reading.sentences_read import ALONE, SIDE, ReadSentence
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.told_cues import Cue


def _no_day(_: TimePhrase) -> None:
    """Return no day for any time."""


def gather_events(
    low: str,
    sentences: Sequence[ReadSentence],
    region_of: Mapping[str, str],
    beside: Mapping[str, frozenset[str]] = MappingProxyType({}),
    day_of: Callable[[TimePhrase], date | None] = _no_day,
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
    gatherer = _Gatherer(low, region_of, beside, day_of)
    lists = ListReader(low)
    for each in sentences:
        for piece in lists.take(each):
            gatherer.take(piece)
    gatherer.finish()
    return [each for each in gatherer.events if _is_event(each, gatherer.events)]


class _Gatherer:
    """Gives the sentences of an article, one after the other, to the events that they tell of."""

    def __init__(
        self,
        low: str,
        region_of: Mapping[str, str],
        beside: Mapping[str, frozenset[str]],
        day_of: Callable[[TimePhrase], date | None],
    ) -> None:
        self.low, self.region_of, self.beside, self.day_of = low, region_of, beside, day_of
        self.events: list[EventFound] = []
        self.current: EventFound | None = None
        self.heading: ReadSentence | None = None
        self.waiting: list[ReadSentence] = []

    def take(self, each: ReadSentence) -> None:
        """Give a sentence to the event before it, to another, or to a new one; or let it wait."""
        current = self.current
        if current is not None and (
            is_of_another(each, current) or is_before(each, current, self.day_of)
        ):
            self.events += _open_earlier(self.low, each, current)
            return
        if self._is_heading(each):
            self.heading = each
            return
        self.waiting = [one for one in self.waiting if each.number - one.number <= _WAIT]
        if not belongs(each, current):
            self.waiting.append(each)
            return
        home, chosen, begins = self._find_home(each)
        if home is None:
            self.waiting.append(each)
            return
        if begins and (each.told("effect") or not all(x.form == "onward" for x in chosen)):
            _refine(home, chosen)
        home.sentences.append(each)
        self.current = home

    def _is_heading(self, each: ReadSentence) -> bool:
        """Whether a line over a text tells what it is about, and no nearer place than a region."""
        line = each.number == 0 and bool(each.told("effect") or each.told("cause"))
        ends = self.low.find("\n\n", each.sentence.end, each.sentence.end + 4) >= 0
        wide = all(x.form == "region" for x in each.places)
        return line and ends and wide and bool(each.places) and not each.times

    def finish(self) -> None:
        """Take the line over the text into its first event, or as one where no other is told of."""
        each = self.heading
        if each is None:
            return
        told = {cue.value for group in ("effect", "cause") for cue in each.told(group)}
        for event in self.events[:1]:
            own = {x.value for group in ("effect", "cause") for x in event.cues(group)}
            if told & own:
                event.sentences.insert(0, replace(each, places=()))
                return
        self.events.insert(0, EventFound(places=list(each.places), sentences=[each]))

    def _find_home(
        self, each: ReadSentence
    ) -> tuple[EventFound | None, tuple[EventPlace, ...], bool]:
        """Return the event of a sentence, its places for it, and whether it may begin one."""
        current = self.current
        chosen = _near_cues(self.low, each)
        home = _home(self.events, current, each, chosen, self.region_of)
        begins = _begins(each) and not _is_of_one_train(self.low, each, current)
        begins = begins and not self._is_history(each)
        begins = begins and not (current is not None and only_returns(each, current))
        far = current is None or each.number - current.last > REACH
        if home is not None and not chosen and leaves(each, current, far=far, begins=begins):
            home, far = None, True
        if current is not None and begins and home is current and self._is_apart(each, current):
            home, chosen, far = None, chosen or tuple(current.places), True
        elif current is not None:
            if home is None and self._goes_with(each, current):
                home, chosen = current, _as_section(chosen)
            if means_it(self.low, each, current) or (
                home is None and is_on_the_line(each, current, chosen, self.beside)
            ):
                home, begins = current, False
                _widen(home, chosen)
            if home is None and (
                ends(self.low, each, current)
                or only_waits(self.low, each, current)
                or only_serves(each, current)
            ):
                home, begins, chosen = current, False, ()
        if home is None and begins and (chosen or far):
            home = _open(self.low, [] if each.somewhere else self.waiting, chosen, self.region_of)
            home.somewhere = each.somewhere and not chosen
            self.events.append(home)
            self.waiting = []
        return home or _last_resort(each, self.events, current, begins=begins), chosen, begins

    def _is_history(self, each: ReadSentence) -> bool:
        """Whether a sentence tells of years ago: "in 1943 no train ran here for two months"."""
        years = [x for x in each.times if (atom := x.get("month")) and atom.value[2] == "year"]
        others = [x for x in each.times if x not in years]
        if not years or any(x.get("clock", "date", "weekday", "day") for x in others):
            return False
        return all(
            x.before == "" and not _SINCE.search(self.low[max(0, x.core - 12) : x.core])
            for x in years
        )

    def _is_apart(self, each: ReadSentence, current: EventFound) -> bool:
        """Whether a sentence tells of another event than the last one, whose places it shares."""
        return (
            is_planned_after(each, current)
            or is_line_apart(self.low, each, current)
            or is_older(each, current, self.day_of)
        )

    def _goes_with(self, each: ReadSentence, current: EventFound) -> bool:
        """Whether a sentence is of the last event, though it names another place."""
        return (
            tells_effect(each, current)
            or only_delays(each, current)
            or only_carries(each, current)
            or tells_length(each, current)
            or only_leads(self.low, each, current)
            or completes(each, current, self.beside)
            or means_them(self.low, each, current)
        )


def _as_section(chosen: Sequence[EventPlace]) -> tuple[EventPlace, ...]:
    """Return the places of a sentence that say more of an event than it had: its section."""
    return tuple(x for x in chosen if x.form == "section" and x.why == "stated")


def _last_resort(
    each: ReadSentence,
    events: Sequence[EventFound],
    current: EventFound | None,
    *,
    begins: bool,
) -> EventFound | None:
    """Return the event of what holds in general, or of how the last one went on elsewhere."""
    if not begins and current is not None and goes_on(each, current):
        return current
    return events[0] if each.general and events and each.cues else None


_WAIT = 2
_SINCE = re.compile(r"\b(?:since|from)\b|(?<!\w)(?:з|із|від|с|со|от)(?!\w)")


def _widen(event: EventFound, chosen: Sequence[EventPlace]) -> None:
    """Take the section that is told of an event of which a place alone was known."""
    if chosen and chosen[0].form == "section" and event.places and len(event.places) == 1:
        if event.places[0].form != "section":
            event.places = list(chosen)
    elif not event.places:
        event.places = list(chosen)


def _open_earlier(low: str, each: ReadSentence, current: EventFound) -> list[EventFound]:
    """Return the event that a sentence recalls, if it says what befell trains and on what day."""
    if not (tells_whole_stop(each) and current.places):
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


_ONE_TRAIN = re.compile(
    r"\bthe (?:no\.? ?)?\d{1,4}(?:/\d+)? (?:from|to)\b|\btrain (?:no\.? ?)?\d+"
    r"|\b(?:one|a single) train\b|(?<!\w)(?:поїзд|потяг|рейс|поезд) (?:№ ?)?\d+"
    r"|(?<!\w)одн[уиоі]\w* (?:поїзд|потяг|рейс|поезд|електричк|электричк)"
)
"""Words for one train by its number: what befell it elsewhere is no stop of a line."""


def _is_of_one_train(low: str, each: ReadSentence, current: EventFound | None) -> bool:
    """Whether a sentence behind an event tells how one of its trains fared."""
    if current is None or each.told("cause") or not current.cues("effect"):
        return False
    clock = any(x.get("clock") is not None for x in each.times)
    if clock or any(x.form == "section" for x in each.places):
        return False
    stops = [x for x in each.told("effect") if x.value not in SIDE]
    found = _ONE_TRAIN.search(low, each.sentence.start, each.sentence.end)
    if found is None or not stops:
        return False
    return all(x.value == "closed" and found.start() < x.start for x in stops)


def _begins(each: ReadSentence) -> bool:
    """Whether a sentence may tell of an event that was not told of before."""
    if each.general or (each.recalls and not each.told("effect") and not each.told("cause")):
        return False
    effects = [cue for cue in each.cues if cue.group == "effect" and cue.value not in SIDE]
    causes = [cue for cue in each.told("cause") if cue.value in ALONE]
    leads = each.number == 0 and bool(each.places)
    where = leads or any(place.form in STANDS for place in each.places)
    over = [
        cue for cue in each.told("return")
        if (each.times and each.told("cause"))
        or (cue.anchored and each.about_rail and not cue.future and (each.times or where))
    ]  # fmt: skip
    late = each.about_rail and each.told("late")
    span = each.about_rail and each.told("cause") and any(x.pair is not None for x in each.times)
    return bool(effects or causes or over or late or span or each.told("effect") or each.refused)


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
        return None if is_next_section(sentence, chosen, current) else current
    for each in reversed(events):
        if each.places and fit(each.places, chosen, region_of):
            return None if is_next_section(sentence, chosen, each) else each
    near = current is not None and sentence.number - current.last <= REACH
    if near and current is not None and not current.places and not current.somewhere:
        return current
    if current is not None and all(each.form == "onward" for each in chosen):
        return current
    if near and sentence.places and all(each.form == "via" for each in sentence.places):
        return current  # where trains go round it
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
        opened = any(x.anchored and not x.future for x in event.cues("return"))
        if opened and causes and any(x.times for x in event.sentences):
            return True  # "a coupling parted at 21:03, and the line was opened at 21:44"
        return stopping and (not effects or event is events[0])
    return True
