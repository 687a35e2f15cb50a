"""A scaffold: the files of a first scenario, valid as they stand, with comments."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from netmodel.errors import InputError, Problem
from netmodel.evidence.places import Place, place_to_dict, read_place
from netmodel.network.names import is_known_place
from netmodel.network.railway import Link, Network
from netmodel.outages.matching import Matcher
from netmodel.outages.outage import tell_apart
from netmodel.scenario.file import json_schema
from netmodel.times import Bounds, check_zone, load_zone, parse_time
from netmodel.trains.train import Train

_SCHEMA = "# yaml-language-server: $schema={}.schema.json\n"
_MOST_HUBS = 8


def scaffold_texts(
    network: Network,
    *,
    reference: str = "built-in",
    demand: str = "",
    place: str = "",
    start: str = "2024-03-01T08:00",
    end: str = "",
    zone: str = "UTC",
    title: str = "",
    title_uk: str | Callable[[Place], str] = "",
    publisher: str = "The operator",
    url: str = "https://example.org/notice",
) -> dict[str, str]:
    """Return the texts of a scenario of one closure, by their file names.

    Parameters
    ----------
    reference
        What the scenario calls its network: ``built-in``, or a path from its folder.
    demand
        A table of trips, as a path from its folder; by default a trip between each two of some
        hubs.
    place
        ``A - B`` or one hub or station; by default a link between two named hubs.
    start, end
        Of the closure: a day, or a time in the zone. By default it ends nine hours after its start,
        or the day after.
    title, title_uk
        Of scenario and incident, in English and in Ukrainian; the latter may be what makes one of
        the place. By default there is no Ukrainian one.

    Returns
    -------
    dict
        ``scenario.yaml``, ``incidents.yaml``, ``documents.yaml``, and a schema for each, by which
        an editor completes and checks them.

    Raises
    ------
    InputError
        With everything that is wrong, each with the name of its argument.

    Examples
    --------
    >>> import netmodel as nm
    >>> texts = scaffold_texts(nm.built_in_network(), place="Krasne - Ternopil", zone="Europe/Kyiv")
    >>> sorted(texts)[:3]
    ['documents.schema.json', 'documents.yaml', 'incidents.schema.json']
    >>> "between: [Krasne, Ternopil]" in texts["incidents.yaml"]
    True
    """
    problems: list[Problem] = []
    try:
        check_zone(zone, "zone")
    except InputError as error:
        problems += error.problems
    times: dict[str, Bounds] = {}
    end = end or _end_after(start)
    for name, text in (("start", start), ("end", end)):
        try:
            times[name] = parse_time(text, zone="UTC" if problems else zone)
        except ValueError as error:
            if not (name == "end" and end == start):
                problems.append(Problem(what=str(error), where=name))
    if len(times) == 2:
        problems += _order_mistakes(times["start"], times["end"])
    where: Place | None = None
    try:
        where = read_place(place) if place else _first_place(network)
        problems += _find_mistakes(network, where)
    except InputError as error:
        problems += [replace(each, where=each.where or "place") for each in error.problems]
    if problems or where is None:
        raise InputError(problems)
    title, clock = title or f"Closure: {where}", load_zone(zone)
    title_uk = title_uk if isinstance(title_uk, str) else title_uk(where)
    values = {
        "title": _quote(title),
        "titles": f"titles: {{uk: {_quote(title_uk)}}}"
        if title_uk
        else "# titles: {uk: …}           # the title of a page in Ukrainian",
        "network": _quote(reference),
        "zone": _quote(zone),
        "first": _day(times["start"], -1, clock),
        "last": _day(times["end"], 2, clock),
        "demand": _DEMAND_TABLE.format(file=_quote(demand))
        if demand
        else _DEMAND_HUBS.format(
            hubs=", ".join(_quote(hub) for hub in _demand_hubs(network, where))
        ),
        "place": _write_place(where),
        "start": _quote(start),
        "end": _quote(end),
        "publisher": _quote(publisher),
        "published": _day(times["start"], 0, clock),
        "url": _quote(url),
    }
    files = {"scenario": _SCENARIO, "incidents": _INCIDENTS, "documents": _DOCUMENTS}
    texts = {
        f"{kind}.yaml": _SCHEMA.format(kind) + text.format(**values) for kind, text in files.items()
    }
    return texts | {f"{kind}.schema.json": json_schema(kind) for kind in files}


def find_usual_day(trains: Sequence[Train]) -> date | None:
    """Return a day for a closure that trains meet; ``None`` where no train has a first day.

    Of the week after the day from which most trains run, the first with most trains on it and on
    the days before and after it, so that no day of the window stands empty.

    Examples
    --------
    >>> train = Train(id="1", number="1", kind="regional", stops=("A", "B"), days="mon-fri",
    ...               from_date=date(2025, 1, 1))
    >>> find_usual_day([train])
    datetime.date(2025, 1, 2)
    """
    firsts = Counter(each.from_date for each in trains if each.from_date is not None)
    if not firsts:
        return None
    first = max(firsts, key=lambda day: firsts[day])

    def count(day: date) -> int:
        window = (day + timedelta(days=n) for n in range(-1, 2))
        return min(sum(each.runs_on(day) is not False for each in trains) for day in window)

    return max((first + timedelta(days=n) for n in range(1, 8)), key=count)


_SCENARIO = """\
# What is studied. Every key and its meaning: netmodel schema scenario
title: {title}
{titles}
network: {network}
window: {{start: {first}, end: {last}, zone: {zone}}}
incidents: {{files: [incidents.yaml], documents: [documents.yaml]}}
{demand}
# How a time is chosen where the evidence gives bounds: earliest, midpoint or latest.
time_rule: midpoint
"""
_DEMAND_HUBS = """\
# One trip a day between each two of these; or hubs: stations, or a table of trips.
demand: {{hubs: [{hubs}]}}"""
_DEMAND_TABLE = """\
# Trips between each two places; or hubs: with one trip a day between each two of them.
demand: {{kind: table, file: {file}}}"""
_INCIDENTS = """\
# What happened, as documents say it. Add a claim for each thing that a document says,
# contradictions too: netmodel check scenario.yaml tells what is missing.
incidents:
- id: first
  title: {title}
  {titles}
  kind: other                  # such as derailment, power, weather, planned_works
  zone: {zone}
  place: {place}
  effect: closed               # or single_track, limited, diesel_only, slowed, advisory, none
  claims:
  - document: notice
    speaker: {publisher}
    party: operator            # or authority, media, analyst, military, witness, other
    says: "no trains ran"
    about: start
    at: {start}
  - document: notice
    speaker: {publisher}
    party: operator
    says: "trains run again"
    about: first_traffic       # leave this claim out if no document says it
    at: {end}
"""
_DOCUMENTS = """\
# Who said it, and where it can be read.
documents:
- id: notice
  publisher: {publisher}
  title: null                  # null for what is not known
  published: {published}
  url: {url}
"""


def _quote(text: str) -> str:
    """Return a text as a value of YAML, quoted where a reader may take it for something else."""
    plain = text.replace(" ", "").replace("-", "").replace("_", "")
    is_word = plain.isalpha() and text.strip() == text and text[0].isalpha()
    taken = text.casefold() in {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}
    return text if is_word and not taken else json.dumps(text, ensure_ascii=False)


def _write_place(place: Place) -> str:
    """Return a place as a mapping in one line."""

    def write(value: object) -> str:
        if isinstance(value, dict):
            return f"{{{', '.join(f'{key}: {write(each)}' for key, each in value.items())}}}"
        if isinstance(value, list):
            return f"[{', '.join(write(each) for each in value)}]"
        return _quote(value) if isinstance(value, str) else json.dumps(value)

    return write(place_to_dict(place))


def _first_place(network: Network) -> Place:
    """Return a section for a start: between named hubs of one country, with most people there."""

    def people(link: Link) -> int:
        return sum(network.hub(end).population or 0 for end in (link.from_hub, link.to_hub))

    countries = Counter(hub.country for hub in network.hubs)
    home = max(countries, key=lambda country: countries[country], default="")
    known = {hub.id for hub in network.hubs if is_known_place(hub) and hub.country == home}
    links = [link for link in network.links if {link.from_hub, link.to_hub} <= known]
    chosen = max(links or network.links, key=people, default=None)
    if chosen is None:
        raise InputError([Problem(what="the network has no links", where="network")])
    return read_place({"links": [chosen.id]} if not links else {
        "between": [network.hub(end).name for end in (chosen.from_hub, chosen.to_hub)]
    })  # fmt: skip


def _find_mistakes(network: Network, place: Place) -> list[Problem]:
    match = Matcher(network).match(place)
    if match.status == "ambiguous":
        ways = "; or ".join(str(rival.reason) for rival in match.rivals[:3])
        what = f"{place} is ambiguous: {ways}"
        return [Problem(what=what, where="place", remedy=tell_apart(match))]
    if not match.links:
        why = "; ".join(str(note) for note in match.notes)
        return [Problem(what=f"{place} is on no link: {why}", where="place")]
    return []


def _order_mistakes(start: Bounds, end: Bounds) -> list[Problem]:
    first, last = start.earliest, end.latest
    if first is not None and last is not None and last <= first:
        return [Problem(what="the end is not after the start", where="end")]
    return []


def _end_after(start: str) -> str:
    """Return nine hours after a time, or the day after a day; a text that is neither as it is."""
    try:
        instant = datetime.fromisoformat(start)
    except ValueError:
        return start
    if len(start) == len("2024-03-01"):
        return (instant.date() + timedelta(days=1)).isoformat()
    return (instant + timedelta(hours=9)).isoformat(timespec="minutes")


def _day(bounds: Bounds, days: int, zone: tzinfo) -> str:
    """Return the day so many days after a time, for a window with room on both sides."""
    instant = bounds.earliest or bounds.latest or datetime.min.replace(tzinfo=UTC)
    return (instant.astimezone(zone).date() + timedelta(days=days)).isoformat()


def _demand_hubs(network: Network, place: Place) -> list[str]:
    """Return ids of hubs between which trips show the closure: at its ends, and the largest.

    Of the countries of its ends.
    """
    links = [network.link(link) for link in Matcher(network).match(place).links]
    ends = [end for link in (links[0], links[-1]) for end in (link.from_hub, link.to_hub)]
    home = {network.hub(end).country for end in ends}
    known = (hub for hub in network.hubs if is_known_place(hub) and hub.country in home)
    large = sorted(known, key=lambda hub: -(hub.population or 0))
    found = dict.fromkeys([*ends, *(hub.id for hub in large)])
    return list(found)[:_MOST_HUBS]
