"""What an incident meant for the pairs whose route it closed, in one plain sentence a traffic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netmodel.report.record_parts import Plain, as_number
from netmodel.report.strings import Phrases
from netmodel.report.wording import format_duration, format_number, show_controls


def describe_ways(incident: Plain, names: Mapping[str, str], phrases: Phrases) -> tuple[str, ...]:
    """Return what was left of the routes that an incident closed, and example pairs.

    Parameters
    ----------
    incident
        As in ``evidence.json``; one that closed no link, or is of an older run, has no ``ways``.
    names
        Of the hubs, by id.

    Returns
    -------
    tuple of str
        A sentence for each kind of traffic, one for all where they say the same.

    Examples
    --------
    >>> told = {"traffic": "passenger", "pairs": 66, "closed": 15, "with_way": 3,
    ...         "least_extra_minutes": 38.0, "median_extra_minutes": 40.0,
    ...         "greatest_extra_minutes": 250.0, "by": "d", "examples": []}
    >>> print(*describe_ways({"ways": [told]}, {"d": "Dzhankoi"}, Phrases("en")))
    Way round by rail: none for 12 of the 15 pairs whose route it closed; for the others +38 min
    to +4 h 10 min (median +40 min), most by Dzhankoi.
    """
    told: Sequence[Plain] = incident.get("ways") or ()
    said = [(each, _sentence(each, names, phrases)) for each in told]
    if len({text for _, text in said}) == 1:
        said = said[:1]
        label = phrases("ways.label")
        return tuple(show_controls(f"{label}: {text}") for _, text in said)
    return tuple(
        show_controls(
            phrases("ways.label_traffic", traffic=phrases.find("traffic", each["traffic"]).lower())
            + f": {text}"
        )
        for each, text in said
    )


def _sentence(told: Plain, names: Mapping[str, str], phrases: Phrases) -> str:
    closed, with_way = int(told["closed"]), int(told["with_way"])
    if not closed:
        return phrases("ways.unused")
    total = phrases.count("ways.pairs", closed)
    if not with_way:
        text = phrases("ways.none_one") if closed == 1 else phrases("ways.none", total=total)
    elif with_way == closed:
        shown = _range(told, names, phrases)
        text = (
            phrases("ways.one", range=shown)
            if closed == 1
            else phrases("ways.all", total=total, range=shown)
        )
    else:
        cut = format_number(closed - with_way, phrases.language)
        shown = _range(told, names, phrases)
        text = phrases("ways.some", cut=cut, total=total, range=shown)
    return text + _examples(told, names, phrases)


def _range(told: Plain, names: Mapping[str, str], phrases: Phrases) -> str:
    least, median, greatest = (
        _longer(told[f"{name}_extra_minutes"], phrases) for name in ("least", "median", "greatest")
    )
    text = (
        least
        if least == greatest
        else phrases("ways.range", least=least, median=median, greatest=greatest)
    )
    if not told["by"]:
        return text
    key = "ways.by" if int(told["with_way"]) == 1 else "ways.most_by"
    return text + phrases(key, hub=names.get(told["by"], told["by"]))


def _longer(minutes: object, phrases: Phrases) -> str:
    return f"+{format_duration((as_number(minutes) or 0.0) / 60, phrases)}"


def _examples(told: Plain, names: Mapping[str, str], phrases: Phrases) -> str:
    """Return a pair without a way round and those with the least and the longest one."""
    if int(told["closed"]) < 2:
        return ""
    shown = []
    for each in told["examples"]:
        ends = (names.get(each[end], each[end]) for end in ("from", "to"))
        pair = phrases("ways.example", **dict(zip(("origin", "destination"), ends, strict=True)))
        shown.append(f"{pair}: {_way(each, names, phrases)}" if told["with_way"] else pair)
    return " " + phrases("ways.examples", pairs="; ".join(shown)) if shown else ""


def _way(example: Plain, names: Mapping[str, str], phrases: Phrases) -> str:
    if example["extra_minutes"] is None:
        return phrases("ways.no_way")
    text = _longer(example["extra_minutes"], phrases)
    by = example["by"]
    return text + phrases("ways.by", hub=names.get(by, by)) if by else text
