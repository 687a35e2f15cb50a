"""Which stations become hubs: by a rule, or by a list of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.network.names import normalise_name

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
