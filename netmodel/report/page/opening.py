"""The opening of a report: what was closed, where, why, for how long, and who was cut off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from netmodel.evidence.places import HubPlace, SectionPlace, StationPlace, TownPlace
from netmodel.evidence.vocabulary import OUTAGE_EFFECTS
from netmodel.report.page.leads import Lead, LedSentence
from netmodel.runs.documents import RunIncident, RunSpell
from netmodel.runs.json_values import Where
from netmodel.runs.moment import unreached_at_worst, worst_state
from netmodel.runs.record import RunRecord
from netmodel.times import Bounds, hours_between
from netmodel.words.sentences import Spellings, word_place
from netmodel.words.strings import Phrases
from netmodel.words.wording import (
    HubNames,
    describe_bounds,
    place_names,
    show_controls,
    tell_duration,
)

_JOIN = " – "
MOST_TOLD = 2
"""Incidents that the opening tells one by one; of the others it says how many there are."""
MOST_NAMED = 3
"""Places cut off that it names."""


def write_opening(record: RunRecord, phrases: Phrases) -> list[str]:
    """Return the sentences that say what happened to the railway.

    Returns
    -------
    list of str
        The gravest incidents: what was closed or slowed, why, from when and for how long, with
        bounds; how many more there are; which places could not be reached by rail. Empty where
        no incident is studied or none touched a link.
    """
    return [each.text for each in tell_opening(record, phrases)]


def tell_opening(record: RunRecord, phrases: Phrases) -> list[LedSentence]:
    """Return the sentences of `write_opening`, with the incidents that their numbers rest on."""
    told = _by_weight(record)
    first, more = told[:MOST_TOLD], told[MOST_TOLD:]
    sentences = [
        LedSentence(
            text=_tell(each, record, phrases),
            lead=Lead(name=show_controls(each.title), incidents=(each.id,)),
        )
        for each in first
    ]
    if more:
        text = phrases.count("opening.more", len(more))
        incidents = [each.id for each in more]
        sentences.append(LedSentence(text=text, lead=Lead(name=text, incidents=incidents)))
    # The places that were cut off then stand under the map of that moment, each by its name.
    lead = Lead(name=phrases("map.affected"), state=worst_state(record), anchor="map")
    cut_off = [LedSentence(text=each, lead=lead) for each in _cut_off(record, phrases)]
    return [*sentences, *cut_off]


def _by_weight(record: RunRecord) -> list[RunIncident]:
    """Return the studied incidents that touched a link in the window, the gravest first."""
    hours = _hours_held(record)
    studied = [
        each
        for each in record.evidence.studied
        if each.id in hours and each.effect in OUTAGE_EFFECTS
    ]
    trains = _trains_touched(record)
    return sorted(
        studied,
        key=lambda each: (
            -(each.share_of_loss or 0.0),
            OUTAGE_EFFECTS.index(each.effect),
            -trains.get(each.id, 0),
            -hours.get(each.id, 0.0),
            each.id,
        ),
    )


def _hours_held(record: RunRecord) -> Mapping[str, float]:
    """Return for how long each incident is in force within the window, at most."""
    states, found = record.states["hours"].to_numpy(float), dict[str, float]()
    columns = (record.outages[name] for name in ("incident", "chosen_first", "chosen_last"))
    for incident, first, last in zip(*columns, strict=True):
        if pd.isna(first):
            continue
        length = float(states[int(first) : int(last) + 1].sum())
        found[incident] = max(length, found.get(incident, 0.0))
    return found


def _trains_touched(record: RunRecord) -> Mapping[str, int]:
    """Return the rows of trains that each incident touched and that did not run as timetabled."""
    trains, counts = getattr(record, "trains", None), dict[str, int]()
    if trains is None:
        return counts
    late = trains[trains["fate"] != "as timetabled"]
    for incidents in late["incidents"].dropna():
        for incident in str(incidents).split(";"):
            counts[incident] = counts.get(incident, 0) + 1
    return counts


def _tell(incident: RunIncident, record: RunRecord, phrases: Phrases) -> str:
    """Return one sentence on an incident: place, effect, cause, start and length."""
    zone = record.summary.window.zone
    cause = phrases.find("cause", incident.kind, "")
    begin, end, times = _first_time(incident)
    start = describe_bounds(begin, zone, phrases)
    places = _places(incident, record, phrases)
    named = bool(places)
    if not named:
        places = [phrases.count("opening.sections", len(incident.links))]
    quota = _quota(incident, record)
    text = phrases.count(
        f"opening.{incident.effect}{'' if quota is None else '_to'}",
        len(places) if named else len(incident.links),
        trains="" if quota is None else phrases.count("count.of_trains", quota),
        place=_enumerate(places, phrases),
        cause=f" {cause}" if cause else "",
        start=start + _only(incident, phrases),
        length=_length(begin, end, phrases)
        + (phrases("opening.first_of", n=times) if times > 1 else ""),
    )
    return show_controls(text[:1].upper() + text[1:])


def _quota(incident: RunIncident, record: RunRecord) -> int | None:
    """Return how many trains a day may run, where that is reported and the same for all."""
    if incident.effect != "limited" or "trains_per_day" not in record.outages:
        return None
    mine = record.outages[record.outages["incident"] == incident.id]
    told = mine["trains_per_day"].dropna().unique()
    return int(told[0]) if len(told) == 1 and float(told[0]).is_integer() else None


def _first_time(incident: RunIncident) -> tuple[Bounds, Bounds, int]:
    """Return start and end of an incident, or of its first closure of several; and how many.

    Spells that differ in their traffic or their links are parts of one closure.
    """
    parts: dict[tuple[object, ...], list[RunSpell]] = {}
    for spell in incident.spells:
        parts.setdefault((*spell.traffic, None, *spell.links), []).append(spell)
    again = max(parts.values(), key=len, default=[])
    told: RunIncident | RunSpell = again[0] if len(again) > 1 else incident
    end = told.full_service
    if incident.effect == "closed" and told.first_traffic != Bounds():
        end = told.first_traffic
    return told.start, end, len(again)


def _only(incident: RunIncident, phrases: Phrases) -> str:
    """Return for which traffic alone it held; nothing where it held for all."""
    if len(incident.traffic) != 1:
        return ""
    return phrases("opening.only", traffic=phrases.find("traffic", incident.traffic[0]).lower())


def _places(incident: RunIncident, record: RunRecord, phrases: Phrases) -> list[str]:
    """Return where it was: a section by its ends, else the places as the record names them.

    None where they are too many to be named.
    """
    names = HubNames(record, phrases.language)
    links = [each for each in incident.links if each in record.links.index]
    ids = dict(zip(map(str, record.hubs.index), names.values(), strict=True))
    known = {**ids, **place_names(record, phrases.language)}
    shown = ids if phrases.language == "en" else known
    places = [each.place for each in incident.places if each.links]
    if len(links) == 1:
        row = record.links.loc[links[0]]
        section = [names[str(row["from"])], names[str(row["to"])]]
        told = [_word_place(each, phrases, shown) for each in places if _is_named(each)]
        if len(places) != 1 or not told or _is_between(places[0], section, known):
            return [_JOIN.join(section)]
        key = "on_section" if isinstance(places[0], SectionPlace) else "at_place"
        return [phrases(f"opening.{key}", place=told[0], section=_JOIN.join(section))]
    told = list(dict.fromkeys(_word_place(each, phrases, shown) for each in places))
    return told if len(told) <= MOST_NAMED else []


def _is_named(place: Where) -> bool:
    """Whether documents call a place by a name."""
    return isinstance(place, HubPlace | StationPlace | SectionPlace | TownPlace)


def _is_between(place: Where, ends: Sequence[str], known: Mapping[str, str]) -> bool:
    """Whether a place is a section between two hubs, by any of their names."""
    if not isinstance(place, SectionPlace):
        return False
    return {known.get(each, each) for each in place.between} == set(ends)


def _word_place(place: Where, phrases: Phrases, shown: Mapping[str, str]) -> str:
    if isinstance(place, SectionPlace):
        return _JOIN.join(shown.get(each, each) for each in place.between)
    return word_place(place, phrases, Spellings(names=shown))


def _length(start: Bounds, end: Bounds, phrases: Phrases) -> str:
    """Return for how long it lasted, by the bounds of both ends."""
    low = high = None
    if start.latest is not None and end.earliest is not None:
        low = max(0.0, hours_between(start.latest, end.earliest))
    if start.earliest is not None and end.latest is not None:
        high = hours_between(start.earliest, end.latest)
    if high is None:
        if not low:
            return phrases("opening.length_unknown")
        return phrases("opening.length_open", low=tell_duration(low, phrases))
    if low is not None and round(low * 60) == round(high * 60):
        return phrases("opening.length_exact", hours=tell_duration(high, phrases))
    if not low:
        return phrases("opening.length_most", high=tell_duration(high, phrases))
    return phrases(
        "opening.length_range",
        low=tell_duration(low, phrases, days="unit.of_long_days", beside=high),
        high=tell_duration(high, phrases, days="unit.of_long_days"),
    )


def _cut_off(record: RunRecord, phrases: Phrases) -> list[str]:
    """Return which places had no path by rail at the worst moment to any that they had one to.

    To any anchor, where the run has anchors; else to any place that they have demand with.
    """
    names, unreached = HubNames(record, phrases.language), unreached_at_worst(record)
    anchors = [names[str(hub)] for hub in record.hubs.index[record.hubs["is_anchor"] == 1]]
    whence = "one" if len(anchors) == 1 else "anchors" if anchors else "demand"
    found = []
    for key, hubs in (("bus_only", unreached.by_bus), ("cut_off", unreached.cut_off)):
        if hubs:
            shown = _enumerate([names.get(hub, hub) for hub in hubs], phrases)
            source = phrases.count(f"opening.from_{whence}", len(hubs), anchor="".join(anchors[:1]))
            found.append(show_controls(phrases(f"opening.{key}", places=shown, whence=source)))
    return found


def _enumerate(names: Sequence[str], phrases: Phrases) -> str:
    """Return names in a row; of many the first few, and how many more there are."""
    if len(names) > MOST_NAMED:
        more = phrases("unit.and_more", n=len(names) - MOST_NAMED)
        return f"{', '.join(names[:MOST_NAMED])} {more}"
    *first, last = names
    return phrases("opening.and", first=", ".join(first), last=last) if first else last
