"""Minutes of single links by kind of train, as timetables have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from netmodel.errors import InputError, Problem
from netmodel.files.csv import Row, read_number, read_rows, read_text
from netmodel.files.shipped import shipped_folder
from netmodel.network.railway import Link

COLUMNS = ("link", "length_km", "passenger", "regional", "intercity", "suburban", "legs", "basis")
SAME_LENGTH = 0.01
"""By how much the length of a link may differ from that of its row, as a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTime:
    """The running minutes of a kind of train over a whole link.

    Parameters
    ----------
    length_km
        Of the link that was timed.

    Examples
    --------
    >>> LinkTime(length_km=40, minutes=30).minutes
    30
    """

    length_km: float
    minutes: float


@dataclass(frozen=True, slots=True)
class ShippedTimes(Mapping[str, LinkTime]):
    """The minutes of ``seeds/speeds.csv`` of one kind of train, read when first asked for.

    Examples
    --------
    >>> len(ShippedTimes("passenger")) > 500
    True
    """

    profile: str

    def __getitem__(self, link: str) -> LinkTime:
        return _read_times()[self.profile][link]

    def __iter__(self) -> Iterator[str]:
        return iter(_read_times()[self.profile])

    def __len__(self) -> int:
        return len(_read_times()[self.profile])


def timed_minutes(link: Link, times: Mapping[str, LinkTime]) -> float | None:
    """Return the minutes of a link, or of a part of one between two stations.

    A row holds for the link of its id if that has its length, so that the times of the built-in
    network are no times of another network that happens to use an id of it.

    Returns
    -------
    float or None
        ``None`` where the link has no row.

    Examples
    --------
    >>> link = Link(id="a--b", from_hub="a", to_hub="b", length_km=40)
    >>> timed_minutes(link, {"a--b": LinkTime(length_km=40, minutes=30)})
    30.0
    """
    whole, mark, _ = link.id.partition("#")
    time = times.get(whole)
    if time is None:
        return None
    if not mark and abs(link.length_km - time.length_km) > SAME_LENGTH * time.length_km:
        return None
    return float(time.minutes * link.length_km / time.length_km)


@cache
def _read_times() -> Mapping[str, Mapping[str, LinkTime]]:
    problems: list[Problem] = []
    rows = read_rows(shipped_folder("seeds") / "speeds.csv", problems, required=COLUMNS)
    times = {name: _column(rows, name, problems) for name in COLUMNS[2:6]}
    if problems:
        raise InputError(problems)
    return MappingProxyType(times)


def _column(rows: list[Row], name: str, problems: list[Problem]) -> Mapping[str, LinkTime]:
    times = {}
    for row in rows:
        length = read_number(row, "length_km", problems, required=True)
        minutes = read_number(row, name, problems, required=False)
        if length and minutes:
            times[read_text(row, "link")] = LinkTime(length_km=length, minutes=minutes)
    return MappingProxyType(times)
