"""The headline of a report: what happened, in two or three plain sentences."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, time

import pandas as pd

from netmodel.impact.fate_rules import FATES
from netmodel.report.page.leads import Lead, LedSentence
from netmodel.runs.columns import FATE_COLUMNS
from netmodel.runs.documents import Figure
from netmodel.runs.moment import (
    has_touched_trains,
    later_closures,
    most_disrupted_day,
    pairs_in_base,
    traffic_prefixes,
    worst_state_for_trains,
)
from netmodel.runs.reached import WORST_DAY
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import (
    HubNames,
    format_day,
    format_duration,
    format_number,
    format_share,
    show_controls,
    tell_span,
)

_NAMED = 5


def write_headline(record: RunRecord, phrases: Phrases) -> list[str]:
    """Return the sentences that say what a run came to, for its first kind of traffic.

    Returns
    -------
    list of str
        How many pairs were cut and when, how long it lasted, what stood in, and what the
        statement rests on. Ranges are given wherever the evidence leaves any.
    """
    return [each.text for each in tell_headline(record, phrases)]


def tell_headline(record: RunRecord, phrases: Phrases) -> list[LedSentence]:
    """Return the sentences of `write_headline`, with what their numbers rest on."""
    figures = _first_traffic(record)
    if not figures:
        lead = Lead(name=phrases("figure.others"))
        return [LedSentence(text=phrases("headline.none_cut"), lead=lead)]
    if not record.evidence.studied:
        sentences = [_no_incident(record, phrases), *_undated(record, phrases)]
        if not any(
            _whole(each.guaranteed) for each in record.summary.figures if each.unit == "pairs"
        ):
            return sentences
        sentences += _cut(record, figures, phrases)
        return [*sentences, *_recovery(figures, phrases), *_other_traffic(record, phrases)]
    sentences = [*_cut(record, figures, phrases), *_recovery(figures, phrases)]
    sentences += _meanwhile(record, figures, phrases)
    sentences += _other_traffic(record, phrases)
    basis = Lead(name=phrases("figure.rests_on"), anchor="incidents")
    sentences.append(LedSentence(text=_basis(record, phrases), lead=basis))
    return [*sentences, *_undated(record, phrases)]


def _no_incident(record: RunRecord, phrases: Phrases) -> LedSentence:
    """Return the sentence of a run that no incident of the record touches."""
    later = (record.summary.not_yet_reported or 0) > len(record.summary.undated)
    text = phrases("headline.no_incident_yet" if later else "headline.no_incident")
    return LedSentence(text=text, lead=Lead(name=text, anchor="method"))


def _undated(record: RunRecord, phrases: Phrases) -> list[LedSentence]:
    """Return what a run as of an instant leaves out for want of a date; nothing for others."""
    names = record.summary.undated
    if not names:
        return []
    shown = ", ".join(map(show_controls, names[:_NAMED])) + (", …" if names[_NAMED:] else "")
    text = phrases.count("headline.undated", len(names), names=shown)
    return [LedSentence(text=text, lead=Lead(name=phrases("section.method"), anchor="method"))]


def lead_of(figure: Figure, phrases: Phrases, otherwise: str = "figures") -> Lead:
    """Return where a figure leads: to its incidents, else to the standing closures behind it.

    Parameters
    ----------
    otherwise
        Anchor of the table that holds it, where nothing sets it.
    """
    return Lead(
        name=phrases.find("figure", figure.name),
        incidents=figure.incidents,
        anchor="standing" if figure.standing_closures else otherwise,
    )


def _first_traffic(record: RunRecord) -> dict[str, Figure]:
    figures = record.summary.figures
    return {each.name: each for each in figures if each.traffic == figures[0].traffic}


def tell_trains(record: RunRecord, phrases: Phrases) -> list[LedSentence]:
    """Return the sentences of `write_trains`; their numbers lead to the table of trains."""
    state, touched = worst_state_for_trains(record), has_touched_trains(record)
    anchor = "trains" if touched else "figures"
    lead = Lead(name=phrases("section.trains"), state=state if touched else None, anchor=anchor)
    return [LedSentence(text=each, lead=lead) for each in write_trains(record, phrases)]


def write_trains(record: RunRecord, phrases: Phrases) -> list[str]:
    """Return how many trains did not get through on the worst day, and their fates."""
    trains = record.summary.trains
    if trains is None or not (record.evidence.studied or has_touched_trains(record)):
        return []
    worst = trains.worst_day
    if worst is None:
        if not trains.trains_a_day:
            return [phrases("headline.trains_idle")]
        key = "trains_none" if has_touched_trains(record) else "trains_untouched"
        sentence = phrases(f"headline.{key}", trains=_trains_a_day(record, phrases))
        return [sentence, *_most_disrupted_day(record, phrases)]
    certain, more = worst.certainly_not, worst.possibly_not - worst.certainly_not
    key = "trains" if certain and more else "trains_certain" if certain else "trains_possible"
    sentence = phrases(
        f"headline.{key}",
        day=format_day(datetime.combine(worst.day, time()), phrases),
        trains=phrases.count("count.of_trains", worst.trains),
        certain=format_number(certain, phrases.language),
        more=format_number(more, phrases.language),
    )
    fates = _tell_fates(worst.by_fate, phrases)
    return [sentence, phrases("headline.trains_fates", fates=fates)] if fates else [sentence]


def _tell_fates(by_fate: Mapping[str, int], phrases: Phrases) -> str:
    """Return how many trains met which fate, but as timetabled; empty where none did."""
    return ", ".join(
        phrases.count(f"headline.trains_{fate.replace(' ', '_')}", number)
        for fate, number in by_fate.items()
        if number and fate != FATES[0]
    )


def _most_disrupted_day(record: RunRecord, phrases: Phrases) -> list[str]:
    """Return what became of trains on the `most_disrupted_day`; nothing if there is none."""
    days, found = record.train_days, most_disrupted_day(record)
    if days is None or found is None:
        return []
    of_day = days[[FATE_COLUMNS[fate] for fate in FATES]][days.index == pd.Timestamp(found)]
    fates = _tell_fates(dict(zip(FATES, of_day.to_numpy(int)[0].tolist(), strict=True)), phrases)
    day = format_day(datetime.combine(found, time()), phrases)
    return [phrases("headline.trains_fates_of_day", day=day, fates=fates)]


def _trains_a_day(record: RunRecord, phrases: Phrases) -> str:
    """Return how many trains run on a day of the window; from the fewest to the most."""
    days = record.train_days
    if days is None or not len(days):
        return phrases.count("count.trains", 0)
    low, high = int(days["trains"].min()), int(days["trains"].max())
    if low == high:
        return phrases.count("count.trains", high)
    least = format_number(low, phrases.language)
    most = phrases.count("count.of_trains", high)
    return phrases("headline.trains_between", low=least, high=most)


def _cut(record: RunRecord, figures: Mapping[str, Figure], phrases: Phrases) -> list[LedSentence]:
    figure = figures.get("pairs_cut_at_worst")
    if figure is None:
        return []
    lead, closed = lead_of(figure, phrases), any(e.background for e in record.evidence.incidents)
    told = [LedSentence(text=each, lead=lead) for each in _say_cut(record, figure, phrases)]
    joined = pairs_in_base(record, figure.traffic)
    never = 0 if joined is None else record.summary.pairs - joined
    if figure.value and never > 0:
        standing = Lead(name=phrases("section.standing"), anchor="standing" if closed else "matrix")
        told.append(LedSentence(text=phrases.count("headline.never", never), lead=standing))
    return told


def _say_cut(record: RunRecord, figure: Figure, phrases: Phrases) -> list[str]:
    cut, low, high = _whole(figure.value), _whole(figure.possible), _whole(figure.guaranteed)
    if not cut:
        if high:
            shown = format_number(high, phrases.language)
            return [phrases("headline.none_cut_perhaps", high=shown)]
        return [phrases("headline.none_cut")]
    only = pairs_in_base(record, figure.traffic) == 1
    sentences = [
        phrases(
            "headline.cut_only" if only else "headline.cut",
            when=_when_worst(record, figure, phrases),
            cut=format_number(cut, phrases.language),
            total=_all_pairs(record, figure.traffic, phrases),
        )
    ]
    if low == high:
        sentences.append(phrases("headline.cut_exact"))
    else:
        least, most = (format_number(each, phrases.language) for each in (low, high))
        sentences.append(phrases("headline.cut_range", low=least, high=most))
    return sentences


def _all_pairs(record: RunRecord, traffic: str, phrases: Phrases) -> str:
    """Return how many pairs have a path in the base, in words; no number where it is not known."""
    joined = pairs_in_base(record, traffic)
    if joined is None:
        return phrases("headline.pairs_untold")
    total = phrases.count("headline.pairs_total", joined)
    if traffic in record.summary.directed:
        total += phrases("count.each_way")
    return total


def _whole(value: float | None) -> int:
    return int(value or 0)


def _when_worst(record: RunRecord, figure: Figure, phrases: Phrases) -> str:
    """Return how long the worst moment lasted: its state and its neighbours that are as bad."""
    if len(figure.states) == 1:
        states = record.states.index
        if _span_of_value(record, figure) == (states[0], states[-1]):
            return phrases("headline.all_along")
    return phrases("headline.worst_when", when=moment_of(record, figure, phrases))


def _recovery(figures: Mapping[str, Figure], phrases: Phrases) -> list[LedSentence]:
    figure = figures.get("time_to_recover")
    if figure is None or not figure.value:
        return []
    value, low, high = figure.value, figure.possible, figure.guaranteed
    if math.isinf(value):
        sentence = phrases("headline.not_recovered")
        if low is not None and math.isfinite(low) and low > 0:
            sentence += phrases("headline.not_recovered_low", low=format_duration(low, phrases))
        return [LedSentence(text=f"{sentence}.", lead=lead_of(figure, phrases))]
    sentence = phrases("headline.recovered", value=format_duration(value, phrases))
    if low is not None and high is not None and high != low:
        shown = format_duration(low, phrases, beside=high)
        sentence += (
            phrases("headline.recovered_low", low=shown)
            if math.isinf(high)
            else phrases("headline.recovered_range", low=shown, high=format_duration(high, phrases))
        )
    return [LedSentence(text=f"{sentence}.", lead=lead_of(figure, phrases))]


def _meanwhile(
    record: RunRecord, figures: Mapping[str, Figure], phrases: Phrases
) -> list[LedSentence]:
    sentences, worst = [], figures.get("pairs_cut_at_worst")
    for name in ("bus", "advisory"):
        figure = figures.get(f"highest_{name}_share")
        if figure is not None and figure.value:
            share = format_share(figure.value, phrases.language)
            when = moment_of(record, figure, phrases)
            if worst is not None and when == moment_of(record, worst, phrases):
                when = phrases("headline.then")
            text = phrases(f"headline.{name}", share=share, when=when)
            sentences.append(LedSentence(text=text, lead=lead_of(figure, phrases)))
    longest = figures.get("longest_extra_minutes")
    if longest is not None and longest.value and longest.start_hub and longest.end_hub:
        names = HubNames(record, phrases.language)
        ways = {True: "headline.detour", False: "headline.longer", None: "headline.extra"}
        text = phrases(
            ways[longest.other_way],
            origin=names.get(longest.start_hub, longest.start_hub),
            destination=names.get(longest.end_hub, longest.end_hub),
            extra=format_duration(longest.value / 60, phrases),
        )
        sentences.append(LedSentence(text=text, lead=lead_of(longest, phrases)))
    return sentences


def _other_traffic(record: RunRecord, phrases: Phrases) -> list[LedSentence]:
    """Return one sentence for each further kind of traffic."""
    figures = record.summary.figures
    sentences = []
    for each in figures:
        if each.name != "pairs_cut_at_worst" or each.traffic == figures[0].traffic:
            continue
        traffic = phrases.find("traffic", each.traffic)
        cut, high = _whole(each.value), _whole(each.guaranteed)
        if cut:
            shown = format_number(cut, phrases.language)
            total = _all_pairs(record, each.traffic, phrases)
            only = pairs_in_base(record, each.traffic) == 1
            key = "headline.other_cut_only" if only else "headline.other_cut"
            text = phrases(key, traffic=traffic, cut=shown, total=total)
        elif high:
            shown = format_number(high, phrases.language)
            text = phrases("headline.other_perhaps", traffic=traffic, high=shown)
        else:
            text = phrases("headline.other_none", traffic=traffic)
        sentences.append(LedSentence(text=text, lead=lead_of(each, phrases)))
    return sentences


def _basis(record: RunRecord, phrases: Phrases) -> str:
    studied = record.evidence.studied
    documents = {claim.document for each in studied for claim in each.claims}
    sentence = phrases(
        "headline.basis",
        incidents=phrases.count("count.incidents", len(studied)),
        documents=phrases.count("count.documents", len(documents)),
    )
    later = len(later_closures(record))
    if later:
        closures = phrases.count("count.later_standing", later)
        sentence += " " + phrases("headline.also_standing", closures=closures)
    without = record.summary.incidents_without_outage
    if without:
        sentence += " " + phrases.count("headline.no_outage", without)
    return sentence


def moment_of(record: RunRecord, figure: Figure, phrases: Phrases) -> str:
    """Return when a figure has its value: its state and adjoining ones with the same value.

    The day, of a figure of the worst day for trains. Empty where the figure speaks of no state or
    of several.
    """
    states, trains = figure.states, record.summary.trains
    of_worst = figure.name == WORST_DAY and states == (worst_state_for_trains(record),)
    if of_worst and trains is not None and trains.worst_day is not None:
        return format_day(datetime.combine(trains.worst_day.day, time()), phrases)
    if len(states) != 1 or states[0] not in record.states.index:
        return ""
    return tell_span(record, *_span_of_value(record, figure), phrases)


def _span_of_value(record: RunRecord, figure: Figure) -> tuple[int, int]:
    """Return the first and the last of the adjoining states in which a figure has its value."""
    if len(figure.span) == 2 and set(figure.span) <= set(record.states.index):
        return figure.span[0], figure.span[1]
    order, state = list(record.states.index), figure.states[0]
    metric = re.sub("^(lowest|highest)_", "", figure.name)
    metric = "connected_share" if metric == "pairs_cut_at_worst" else metric
    values = record.states.get(f"{traffic_prefixes(record)[figure.traffic]}{metric}")
    if values is None:
        return state, state
    same = values.to_numpy(float) == float(values.loc[state])
    first = last = order.index(state)
    while first > 0 and same[first - 1]:
        first -= 1
    while last + 1 < len(order) and same[last + 1]:
        last += 1
    return order[first], order[last]


WHOLE_UNITS = ("pairs", "trains", "train-hours", "stops")
"""Units of figures that are shown without decimals."""


def format_figure(number: float | None, unit: str, phrases: Phrases) -> str:
    """Return the value of a figure with its unit, as its card shows it."""
    if number is None or math.isnan(number):
        return phrases("unit.none")
    if unit == "share":
        return format_share(number, phrases.language)
    if unit == "hours":
        return format_duration(number, phrases)
    if unit == "minutes":
        digits = 0 if abs(number) >= 10 or number == int(number) else 1
        shown = format_number(number, phrases.language, digits=digits)
        return phrases("unit.minutes", n=shown)
    if unit in WHOLE_UNITS:
        return format_number(number, phrases.language)
    digits = 0 if number == int(number) else 2
    return show_controls(format_number(number, phrases.language, digits=digits))
