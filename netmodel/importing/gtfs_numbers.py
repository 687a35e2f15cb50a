"""The numbers by which passengers know the trains of a GTFS feed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_SHORT_NUMBER = 10
_NUMBER = re.compile(r"\S*\d\S*")
_FEW = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberedTrain:
    """What tells a train of a feed from others of its number.

    Parameters
    ----------
    ends
        Its first and its last station.
    departs
        ``HH:MM``; empty where no time is known.
    active
        Whether it runs, shape ``(days,)``.
    """

    number: str
    id: str
    ends: tuple[int, int]
    departs: str
    active: NDArray[np.bool_]


def find_number(short: str, headsign: str, trip: str) -> str:
    """Return what passengers call a train: its short name, else a headsign that is a number.

    Examples
    --------
    >>> find_number("IC 715", "Kyiv", "t1"), find_number("", "6503", "t2")
    ('IC 715', '6503')
    """
    short, headsign = one_line(short), one_line(headsign)
    if short and (len(short) <= _SHORT_NUMBER or " " not in short):
        return short
    found = _NUMBER.search(short)
    if found:
        return found[0]
    if _NUMBER.fullmatch(headsign) and len(headsign) <= _SHORT_NUMBER:
        return headsign
    return one_line(trip)


def tell_apart(trains: Sequence[NumberedTrain]) -> list[str]:
    """Return the number of each train; where several of a day share one, with what parts them.

    Such a number is that of a line: the departure tells its trains apart, or their ids.
    """
    alike: dict[str, list[int]] = {}
    for place, train in enumerate(trains):
        alike.setdefault(train.number, []).append(place)
    numbers = [train.number for train in trains]
    for number, places in alike.items():
        mine = [trains[place] for place in places]
        if len(mine) == 1 or not _meet(mine):
            continue
        told = Counter((train.departs, train.ends) for train in mine)
        for place, train in zip(places, mine, strict=True):
            alone = train.departs and told[train.departs, train.ends] == 1
            numbers[place] = f"{number} {train.departs if alone else train.id}"
    return numbers


def one_line(text: str) -> str:
    """Return a text without breaks and with single blanks."""
    return " ".join(text.split())


def _meet(trains: Sequence[NumberedTrain]) -> bool:
    """Whether several trains run on one day, two that run opposite ways aside."""
    if np.sum([train.active for train in trains], axis=0, dtype=np.int32).max() < 2:
        return False
    if len(trains) > _FEW:
        return True
    return any(
        bool((one.active & other.active).any())
        for one, other in combinations(trains, 2)
        if one.ends[0] != other.ends[1] and one.ends[1] != other.ends[0]
    )
