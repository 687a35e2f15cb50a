"""What an event did to traffic and what it was, from the words of its sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from netmodel.reading.cause_words import TRAFFIC_STOPPING
from netmodel.reading.sentence_links import EventFound
from netmodel.reading.sentences_read import LIMITS, SIDE, ReadSentence
from netmodel.reading.told_cues import Cue

_NEAR_LIMIT = 25
"""Letters between the first train and the one track that it went by: "passed at 09:50 on one"."""
_NEAR_FIRST = 40
"""Letters between the first train and another limit: "crossed it at 13:20 on Tuesday, slowly"."""
_AT_ONCE = 60
"""Letters between words for the return of traffic and those for its limit then."""


@dataclass(frozen=True, slots=True)
class EffectRead:
    """An effect, its cue, how sure it is and why."""

    value: str
    cue: Cue
    sure: str
    why: str


def read_effect(event: EventFound) -> tuple[EffectRead | None, EffectRead | None]:
    """Return the effect of an event, and the one that held between first traffic and the rest."""
    effect, then = _read_effect(event)
    if effect is not None and all(each.bare for each in event.sentences if each.about_rail):
        effect = replace(effect, sure="doubtful", why="inferred")
    return effect, then


def _read_effect(event: EventFound) -> tuple[EffectRead | None, EffectRead | None]:
    here = [each for each in event.sentences if not _is_elsewhere(event, each)]
    if any(each.told("effect") for each in here):
        event = replace(event, sentences=here)
    told = [
        cue for each in event.sentences if not each.general
        for cue in each.told("effect") if cue.value not in SIDE
    ]  # fmt: skip
    by_value: dict[str, Cue] = {}
    for cue in told:
        by_value.setdefault(cue.value, cue)
    for value in ("advisory",):
        if value in by_value and "closed" not in by_value:
            return _certain(value, by_value), None
    closed = by_value.get("closed")
    for value in LIMITS:
        if value not in by_value:
            continue
        if closed is not None and _stops_first(event, closed, by_value[value], value):
            return _certain("closed", by_value), _certain(value, by_value)
        opened = _opened_by_one(event, by_value[value])
        if opened is not None:
            return opened, _certain(value, by_value)
        return _certain(value, by_value), None
    if closed is not None:
        one = [cue for cue in event.cues("return") if cue.part]
        then = EffectRead("single_track", one[0], "likely", "inferred") if one else None
        return _certain("closed", by_value), then
    if "advisory" in by_value:
        return _certain("advisory", by_value), None
    if "normal" in by_value:
        return _spared(event, by_value["normal"]), None
    return _infer(event), None


def _certain(value: str, by_value: Mapping[str, Cue]) -> EffectRead:
    return EffectRead(value, by_value[value], "certain", "stated")


def _certain_none(cue: Cue) -> EffectRead:
    return EffectRead("none", cue, "certain", "stated")


def _spared(event: EventFound, normal: Cue) -> EffectRead:
    """Return the effect where trains are said to run: none, unless some of them were late."""
    late = [cue for cue in event.cues("late") if not normal.start <= cue.start < normal.end]
    if late:
        return EffectRead("slowed", late[0], "likely", "inferred")
    for cue in event.cues("cause"):
        if cue.value in _STOPS and normal.part:
            return EffectRead("closed", cue, "doubtful", "inferred")
    back = [
        x for x in event.cues("return") if x.anchored and not x.future and x.start < normal.start
    ]
    told = [
        x for each in event.sentences if normal not in each.cues and len(each.times) > 1
        for x in each.told("return") if x.anchored and not x.future
    ]  # fmt: skip
    if told:  # "at 21:03 …, opened at 21:44; no faults were recorded the day before"
        return EffectRead("closed", told[0], "doubtful", "inferred")
    if normal.part and back:  # what came back had been away, whatever else ran
        return EffectRead("closed", back[0], "doubtful", "inferred")
    return _certain_none(normal)


def _stops_first(event: EventFound, closed: Cue, limit: Cue, value: str) -> bool:
    """Whether traffic stopped before it was let through with a limit."""
    if value == "diesel_only" and closed.start < limit.start and _has_clock(event, closed):
        return True
    if any(_lasted_before(each, closed, limit) for each in event.sentences):
        return True
    if closed.start < limit.start and _is_until(event, closed):
        return True  # "until half past four all stood, then diesels took the trains"
    if any(_is_at_once(x, limit) for x in event.cues("return")):
        return True  # "resumed on one track; earlier all trains had been stopped"
    back = [x for x in event.cues("return") if closed.start < x.start <= limit.start]
    if back and limit.start - back[-1].end < _AT_ONCE:
        return True  # "stopped at 8:12, let through again at 10:12 on one track"
    if value == "diesel_only":
        return any(  # "diesel engines began to haul them at 5 a.m."
            limit in each.cues and closed not in each.cues and closed.start < limit.start
            and any(
                x.get("clock") is not None and x.before in ("", "since") and x.pair is None
                and x.closes is None
                for x in each.times
            )
            and not any(cue.value in ("closed", "still_out") for cue in each.told("effect"))
            for each in event.sentences
        )  # fmt: skip
    number = {
        id(cue): each.number for each in event.sentences for cue in each.cues
    }  # fmt: skip
    return closed.start < limit.start and number[id(closed)] < number[id(limit)]


def _is_until(event: EventFound, closed: Cue) -> bool:
    """Whether a sentence tells until which hour all stood."""
    return any(
        closed in each.cues and x.before == "until" and x.get("clock") is not None
        for each in event.sentences for x in each.times
    )  # fmt: skip


def _is_at_once(back: Cue, limit: Cue) -> bool:
    """Whether words for a limit say how traffic came back: "resumed on one track"."""
    told = back.value != "full" and not (back.future or back.denied)
    return told and back.start <= limit.start and limit.start - back.end < _NEAR_LIMIT


def _lasted_before(each: ReadSentence, closed: Cue, limit: Cue) -> bool:
    """Whether a sentence says how long all stood, and then with what limit trains ran."""
    if closed not in each.cues or limit not in each.cues:
        return False
    return any(
        x.role == "lasted" and closed.end <= x.start and x.end <= limit.start
        for x in each.durations
    )


def _has_clock(event: EventFound, cue: Cue) -> bool:
    """Whether the hour of a stop stands right behind the words for it."""
    return any(
        cue in each.cues and x.get("clock") is not None and 0 <= x.core - cue.end < _NEAR_LIMIT
        and x.before in ("", "since") and x.pair is None
        for each in event.sentences for x in each.times
    )  # fmt: skip


def _opened_by_one(event: EventFound, limit: Cue) -> EffectRead | None:
    """Return the stop that ended with a limit: "over one since 3 a.m.", "the first at a crawl"."""
    back = [
        cue
        for each in event.sentences
        if each.times
        for cue in each.told("return")
        if (cue.value == "first" or _opens(cue, limit)) and not cue.future
    ]
    lifted = any(x.value == "full" and x.start <= limit.start < x.end for x in event.cues("return"))
    earlier = [x for x in event.cues("return") if x.value != "full" and x.start < limit.start]
    if lifted and earlier and not earlier[0].future:
        stops = [x for x in event.cues("cause") if x.value in TRAFFIC_STOPPING]
        return EffectRead("closed", (stops or earlier)[0], "doubtful", "inferred")
    at_hour = [
        cue for each in event.sentences if any(x.get("clock") is not None for x in each.times)
        for cue in each.told("return")
        if cue.anchored and not cue.future and cue.value != "full" and cue.end <= limit.start
    ]  # fmt: skip
    barred = [
        x for x in event.cues("cause")
        if x.value in _BARS and at_hour and x.start < at_hour[0].start
    ]  # fmt: skip
    if barred:  # "derailed at 5:40; the line was opened at 9:20, and trains pass at 25 km/h"
        return EffectRead("closed", barred[0], "likely", "inferred")
    near = _NEAR_LIMIT if limit.value == "single_track" else _NEAR_FIRST
    if not any(x.start < limit.end + _NEAR_LIMIT and limit.start < x.end + near for x in back):
        return None
    stops = [
        cue
        for cue in event.cues("cause")
        if cue.value in _STOPS and (cue.start < limit.start or any(_opens(x, limit) for x in back))
    ]
    return EffectRead("closed", stops[0], "doubtful", "inferred") if stops else None


def _opens(back: Cue, limit: Cue) -> bool:
    """Whether words for a return follow those for one of two tracks: "on one track … opened"."""
    near = 0 <= back.start - limit.end < _AT_ONCE
    return limit.value == "single_track" and back.value == "return" and near


def _infer(event: EventFound) -> EffectRead | None:
    """Return the effect that a kind or buses suggest where none was told."""
    refused = [cue for each in event.sentences for cue in each.refused]
    if refused:  # "from 6:15 not one train was let in"
        return EffectRead("closed", refused[0], "likely", "inferred")
    hedged = [cue for cue in event.cues("effect", told=False) if cue.value not in SIDE]
    if hedged:
        return EffectRead("none", hedged[0], "likely", "hedged")
    replaced = [cue for cue in event.cues("effect") if cue.value in SIDE]
    if replaced:
        return EffectRead("closed", replaced[0], "likely", "inferred")
    late = event.cues("late")
    back = [x for x in event.cues("return") if x.anchored and not x.future]
    stopped = [x for x in back if x.value in ("first", "return")]
    stops = [cue for cue in event.cues("cause") if cue.value in _STOPS]
    if late and not stops and not stopped:
        return EffectRead("slowed", late[0], "likely", "inferred")
    for cue in event.cues("cause"):
        if cue.value in _INFERRED and (
            cue.value != "track_damage" or cue.broken or event.cues("return")
        ):
            return EffectRead("closed", cue, "doubtful", "inferred")
    for each in event.sentences:  # what lasted from one clock to another
        if each.told("cause") and any(phrase.pair is not None for phrase in each.times):
            return EffectRead("closed", each.told("cause")[0], "doubtful", "inferred")
    if back:  # what came back had been away
        return EffectRead("closed", back[0], "doubtful", "inferred")
    return None


_BARS = ("derailment", "accident_at_crossing", "flood", "landslide", "bridge_damage")
"""Kinds that leave no way past them: what was opened after them had been closed."""
_INFERRED = TRAFFIC_STOPPING | {"power", "signalling", "weather", "technical"}
_STOPS = ("derailment", "planned_works", "flood", "landslide", "bridge_damage", "strike_action")


_PLAIN = frozenset({"power", "signalling", "rolling_stock", "technical", "track_damage"})
"""Kinds that a sentence on the stop itself gives, whatever the weather was."""


def read_kind(event: EventFound, order: Sequence[str]) -> Cue | None:
    """Return the cue of the kind of an event: the first of an order of kinds that it tells of."""
    here = [each for each in event.sentences if not _is_elsewhere(event, each)]
    if any(each.told("cause") for each in here):
        event = replace(event, sentences=here)
    causes = event.cues("cause")
    stopped = [each for each in event.sentences if each.told("effect") or each.told("return")]
    first = [each for each in stopped if each.told("cause")][:1]
    own = {cue.value for each in first for cue in each.told("cause")}
    if own and "planned_works" not in own:  # repairs of what broke are no works that were planned
        causes = [cue for cue in causes if cue.value != "planned_works"]
    near = {cue.value for each in stopped for cue in each.told("cause")} & _PLAIN
    if near:  # "the wire tore …; it was hot that day": what is told beside is no kind
        beside = [cue for each in event.sentences if each not in stopped for cue in each.cues]
        causes = [x for x in causes if x.value not in ("weather", "fire") or x not in beside]
    for value in order:
        for cue in causes:
            if cue.value == value:
                return cue
    return None


def _is_elsewhere(event: EventFound, each: ReadSentence) -> bool:
    """Whether a later sentence names a section of line, and no place of the event."""
    names = {name for place in event.places for name in place.names}
    own = [place for place in each.places if place.form == "section"]
    later = each is not event.sentences[0]
    return later and bool(own) and not any(names & {*place.names} for place in own)
