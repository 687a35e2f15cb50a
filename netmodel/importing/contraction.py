"""A network brought in and reduced to the hubs that a rule or a list asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.importing.clipping import OUTSIDE, read_clip
from netmodel.network.account import DROPPED, KEPT, MERGED, Account, Entry
from netmodel.network.aliases import keep_aliases
from netmodel.network.formats import read_network
from netmodel.network.names import normalise_name
from netmodel.network.railway import Hub, Link, Network, Station

RULES = ("junctions", "stations", "towns over N")
_TOWNS = re.compile(r"towns?\s+over\s+([\d_ .,]+)", re.IGNORECASE)
_TOWN_KM = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A station that may become a hub."""

    name: str
    aliases: tuple[str, ...]
    lon: float
    lat: float


def choose_hubs(rule: str | Sequence[str], candidates: Sequence[Candidate]) -> set[int]:
    """Return the positions of the stations that a rule or a list makes hubs.

    Junctions and the ends of lines are hubs under every rule.

    Parameters
    ----------
    rule
        ``junctions`` (no station but those at junctions and ends), ``stations`` (every one),
        ``towns over N`` (those within 6 km of a town of more than N inhabitants, by GeoNames),
        a file of names, one a line, or the names themselves.

    Raises
    ------
    InputError
        If no station carries a name of the list; all such names at once.

    Examples
    --------
    >>> places = [Candidate(name="Ромни", aliases=("Romny",), lon=33.5, lat=50.7),
    ...           Candidate(name="Бахмач", aliases=("Bakhmach",), lon=32.8, lat=51.2)]
    >>> choose_hubs("stations", places), choose_hubs(["romny"], places)
    ({0, 1}, {0})
    """
    if isinstance(rule, str):
        text = rule.strip()
        if text in {"junctions", "junction"}:
            return set()
        if text in {"stations", "station"}:
            return set(range(len(candidates)))
        towns = _TOWNS.fullmatch(text)
        if towns:
            return _near_towns(int(re.sub(r"\D", "", towns[1])), candidates)
        return _by_names(_listed(text), candidates)
    return _by_names(rule, candidates)


def _listed(text: str) -> list[str]:
    path = Path(text)
    if path.is_file():
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if path.suffix in {".txt", ".csv"}:
        remedy = f"give a rule ({', '.join(RULES)}), names, or a file of names"
        raise InputError([Problem(what="no such file of hubs", where=text, remedy=remedy)])
    return [part.strip() for part in text.split(",") if part.strip()]


def _by_names(names: Sequence[str], candidates: Sequence[Candidate]) -> set[int]:
    known: dict[str, list[int]] = {}
    shown: dict[str, str] = {}
    for number, each in enumerate(candidates):
        for spelling in (each.name, *each.aliases):
            known.setdefault(normalise_name(spelling), []).append(number)
            shown[spelling] = each.name
    problems = []
    for name in names:
        if normalise_name(name) not in known:
            near = nearest_names(name, {**shown, **{rule: rule for rule in RULES}})
            remedy = did_you_mean(near) or f"a rule is one of {', '.join(RULES)}"
            problems.append(Problem(what=f"no station {name!r}", where="hubs", remedy=remedy))
    if problems:
        raise InputError(problems)
    return {number for name in names for number in known[normalise_name(name)]}


def _near_towns(population: int, candidates: Sequence[Candidate]) -> set[int]:
    from netmodel.network.gazetteer import towns_over, towns_within

    towns = towns_over(population)
    places = np.array([(town.lon, town.lat) for town in towns]).reshape(-1, 2)
    return {
        number
        for number, each in enumerate(candidates)
        if towns_within(each.lon, each.lat, places, _TOWN_KM)
    }


ItemT = TypeVar("ItemT")
_CLASS_ORDER = ("main", "secondary", "branch", "connector", "industrial", "road")


def import_folder(
    folder: Path,
    *,
    hubs: str | Sequence[str] = "stations",
    clip: str | Path | Sequence[float] | None = None,
    name: str = "",
) -> tuple[Network, Account]:
    """Return the network of a folder, clipped and contracted, with its account.

    Parameters
    ----------
    hubs
        ``stations`` keeps every hub; otherwise hubs of two links that the rule does not choose
        become stations on the joint link, see `contract_network`.

    Raises
    ------
    InputError
        If the folder is not a network, or nothing of it is within the clip.
    """
    read = read_network(folder, name=name)
    inside, outside = _clip(read, clip)
    candidates = [
        Candidate(name=hub.name, aliases=(hub.id, *hub.aliases), lon=hub.lon, lat=hub.lat)
        for hub in inside.hubs
    ]
    wanted = choose_hubs(hubs, candidates)
    chosen = [hub.id for number, hub in enumerate(inside.hubs) if number in wanted]
    network, parts = contract_network(inside, chosen)
    link_of = {part: link for link, members in parts.items() for part in members}
    entries = [*_link_entries(read, parts, link_of), *_hub_entries(read, network, outside)]
    entries += _station_entries(read, link_of)
    figures = {
        "hubs read": len(read.hubs), "links read": len(read.links),
        "hubs": len(network.hubs), "links": len(network.links),
        "stations on links": len(network.stations),
        "length read, km": round(float(read.length_km.sum()), 3),
        "length of all links, km": round(float(network.length_km.sum()), 3),
    }  # fmt: skip
    account = Account(
        source=folder.name,
        entries=tuple(entries),
        settings={"hubs": hubs if isinstance(hubs, str) else ", ".join(hubs)},
        figures=figures,
    )
    return network, account


def _clip(
    network: Network, clip: str | Path | Sequence[float] | None
) -> tuple[Network, frozenset[str]]:
    """Return what lies within a clip (links with both ends), and the hubs left out."""
    if clip is None:
        return network, frozenset()
    import shapely

    area = read_clip(clip)
    inside = {hub.id for hub in network.hubs if shapely.intersects_xy(area, hub.lon, hub.lat)}
    links = tuple(x for x in network.links if x.from_hub in inside and x.to_hub in inside)
    if not links:
        raise InputError([Problem(what="no link lies within the clip", where=network.name)])
    kept = {link.id for link in links}
    hubs = tuple(hub for hub in network.hubs if hub.id in inside)
    stations = tuple(each for each in network.stations if each.link in kept)
    clipped = Network(
        hubs=hubs,
        links=links,
        stations=stations,
        geometry={link: line for link, line in network.geometry.items() if link in kept},
        name=network.name,
        aliases=keep_aliases(network.aliases, hubs, links, stations),
        about=network.about,
    )
    return clipped, frozenset(hub.id for hub in network.hubs if hub.id not in inside)


@refuse_wrong_kinds
def contract_network(
    network: Network, chosen: Iterable[str]
) -> tuple[Network, dict[str, tuple[str, ...]]]:
    """Join the two links of each hub that has just two and is not chosen.

    The hub becomes a station on the joint link, with its km; lengths and minutes add up. Links
    of different gauge or direction are not joined, nor two links between the same hubs.

    Returns
    -------
    Network
        The contracted network.
    parts
        The links that each link of it is made of, in order.

    Examples
    --------
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=112),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=111))
    >>> joined, parts = contract_network(Network(hubs=hubs, links=links), chosen=[])
    >>> joined.links[0].length_km, joined.stations[0].name, joined.stations[0].km, parts
    (223, 'B', 112, {'a--c': ('ab', 'bc')})
    """
    work = _Contraction(network)
    kept = set(chosen)
    for hub in network.hubs:
        pair = [work.links[link] for link in work.at[hub.id]]
        if hub.id not in kept and len(pair) == 2 and _may_join(hub.id, pair):
            work.join_at(hub, pair[0], pair[1])
    return work.to_network(), work.parts


class _Contraction:
    """The links, stations and courses of a network while hubs are taken out of it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.links = {link.id: link for link in network.links}
        self.at = {hub: dict.fromkeys(ids) for hub, ids in network.links_at_hub.items()}
        self.parts: dict[str, tuple[str, ...]] = {link: (link,) for link in self.links}
        self.stations: dict[str, list[Station]] = {
            link: list(network.stations_on_link.get(link, ())) for link in self.links
        }
        self.courses = {link: network.line(link) for link in self.links}
        self.stored = set(network.geometry)
        self.gone: set[str] = set()

    def join_at(self, hub: Hub, first: Link, second: Link) -> None:
        """Join two links at a hub, which becomes a station."""
        before = first if first.to_hub == hub.id else _turn(first)
        after = second if second.from_hub == hub.id else _turn(second)
        joint = _join(before, after, self.links)
        stop = Station(name=hub.name, link=joint.id, km=before.length_km, aliases=hub.aliases)
        self.stations[joint.id] = [
            *_stations_along(self.stations.pop(first.id), first, before, joint.id, 0.0),
            stop,
            *_stations_along(
                self.stations.pop(second.id), second, after, joint.id, before.length_km
            ),
        ]
        course = _run(self.courses.pop(first.id), first, before)
        self.courses[joint.id] = course + _run(self.courses.pop(second.id), second, after)[1:]
        self.parts[joint.id] = (
            *_run(self.parts.pop(first.id), first, before),
            *_run(self.parts.pop(second.id), second, after),
        )
        if {first.id, second.id} & self.stored:
            self.stored.add(joint.id)
        for link in (first, second):
            del self.links[link.id]
            self.at[link.from_hub].pop(link.id)
            self.at[link.to_hub].pop(link.id)
        self.links[joint.id] = joint
        self.at[joint.from_hub][joint.id] = None
        self.at[joint.to_hub][joint.id] = None
        self.gone.add(hub.id)

    def to_network(self) -> Network:
        """Return the network as it is now."""
        hubs = tuple(hub for hub in self.network.hubs if hub.id not in self.gone)
        links = tuple(self.links.values())
        stations = tuple(each for link in self.links for each in self.stations[link])
        return Network(
            hubs=hubs,
            links=links,
            stations=stations,
            geometry={link: self.courses[link] for link in self.links if link in self.stored},
            name=self.network.name,
            aliases=keep_aliases(self.network.aliases, hubs, links, stations),
            about=self.network.about,
        )


def _may_join(hub: str, pair: Sequence[Link]) -> bool:
    ends = [link.to_hub if link.from_hub == hub else link.from_hub for link in pair]
    gauges = {frozenset(link.gauges_mm) for link in pair if link.gauges_mm}
    one_way = any(link.direction != "both" for link in pair)
    return ends[0] != ends[1] and len(gauges) < 2 and not one_way


def _turn(link: Link) -> Link:
    return replace(
        link, from_hub=link.to_hub, to_hub=link.from_hub,
        from_side=link.to_side, to_side=link.from_side,
    )  # fmt: skip


def _join(before: Link, after: Link, taken: Mapping[str, Link]) -> Link:
    """Return two links as one: the lesser class, the fewest tracks, the sum of lengths."""
    base = f"{before.from_hub}--{after.to_hub}"
    link_id, number = base, 1
    while link_id in taken:
        number += 1
        link_id = f"{base}-{number}"
    tracks = [each.tracks for each in (before, after) if each.tracks is not None]
    capacity = [
        each.capacity_trains_per_day
        for each in (before, after)
        if each.capacity_trains_per_day is not None
    ]
    timed = before.minutes is not None and after.minutes is not None
    same_wire = before.electrified == after.electrified
    extra = {
        key: _both(before.extra.get(key, ""), after.extra.get(key, ""))
        for key in (*before.extra, *(key for key in after.extra if key not in before.extra))
    }
    return replace(
        before,
        id=link_id,
        to_hub=after.to_hub,
        to_side=after.to_side,
        length_km=before.length_km + after.length_km,
        minutes=(before.minutes or 0) + (after.minutes or 0) if timed else None,
        line_class=max(before.line_class, after.line_class, key=_CLASS_ORDER.index),
        tracks=min(tracks, default=None),
        capacity_trains_per_day=min(capacity, default=None),
        electrified=before.electrified if same_wire else _worse(before, after),
        gauges_mm=before.gauges_mm or after.gauges_mm,
        length_basis=before.length_basis if before.length_basis == after.length_basis else "",
        source=_both(before.source, after.source),
        extra=extra,
    )


def _worse(before: Link, after: Link) -> bool | None:
    return False if False in (before.electrified, after.electrified) else None


def _both(first: str, second: str) -> str:
    values = dict.fromkeys(part for text in (first, second) for part in text.split(";") if part)
    return ";".join(values)


def _stations_along(
    stations: Iterable[Station], link: Link, run: Link, joint: str, begin_km: float
) -> list[Station]:
    turned = run is not link
    moved = [
        replace(each, link=joint, km=begin_km + (link.length_km - each.km if turned else each.km))
        for each in stations
    ]
    return moved[::-1] if turned else moved


def _run(items: tuple[ItemT, ...], link: Link, run: Link) -> tuple[ItemT, ...]:
    """Return what lies along a link in the order in which it is run."""
    return items if run is link else items[::-1]


def _link_entries(
    read: Network, parts: Mapping[str, tuple[str, ...]], link_of: Mapping[str, str]
) -> Iterable[Entry]:
    for link in read.links:
        feature = f"link/{link.id}"
        into = link_of.get(link.id)
        if into is None:
            yield Entry(feature=feature, disposition=DROPPED, reason=OUTSIDE)
        else:
            whole = len(parts[into]) == 1
            yield Entry(
                feature=feature, disposition=KEPT if whole else MERGED, into=(f"link {into}",),
                reason="" if whole else "part of a link",
            )  # fmt: skip


def _hub_entries(read: Network, network: Network, outside: frozenset[str]) -> Iterable[Entry]:
    on_link: dict[str, list[str]] = {}
    for station in network.stations:
        on_link.setdefault(station.name, []).append(station.link)
    for hub in read.hubs:
        feature = f"hub/{hub.id}"
        if hub.id in network.hub_index:
            yield Entry(feature=feature, disposition=KEPT, into=(f"hub {hub.id}",))
        elif hub.id in outside:
            yield Entry(feature=feature, disposition=DROPPED, reason=OUTSIDE)
        else:
            into = tuple(f"station {hub.name} on {link}" for link in on_link[hub.name])
            reason = "a station on a link"
            yield Entry(feature=feature, disposition=MERGED, into=into, reason=reason)


def _station_entries(read: Network, link_of: Mapping[str, str]) -> Iterable[Entry]:
    seen: Counter[str] = Counter()
    for station in read.stations:
        base = f"station/{station.name} on {station.link}"
        seen[base] += 1
        feature = base if seen[base] == 1 else f"{base}#{seen[base]}"
        if station.link in link_of:
            into = (f"station {station.name} on {link_of[station.link]}",)
            yield Entry(feature=feature, disposition=KEPT, into=into)
        else:
            yield Entry(feature=feature, disposition=DROPPED, reason=OUTSIDE)
