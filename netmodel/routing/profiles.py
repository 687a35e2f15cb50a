"""How trains of a kind run: speeds by class, and minutes of single links from timetables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, is_finite, shown
from netmodel.files.csv import RowTable, read_number, read_rows, read_text
from netmodel.files.shipped import shipped_folder
from netmodel.network.railway import LINE_CLASSES, Link, Network

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


def _column(rows: RowTable, name: str, problems: list[Problem]) -> Mapping[str, LinkTime]:
    times = {}
    for row in rows:
        length = read_number(row, "length_km", problems, required=True)
        minutes = read_number(row, name, problems, required=False)
        if length and minutes:
            times[read_text(row, "link")] = LinkTime(length_km=length, minutes=minutes)
    return MappingProxyType(times)


UNITS_PER_MINUTE = 600
"""Costs are whole tenths of a second, so that equal routes are exactly equal."""
SLOWEST_KMH = 1
"""Of a train; at a thousandth of it every link would count as closed."""
CLOSED = 2**29
"""The cost of what cannot be used; two of them still fit into 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a kind of train runs.

    Parameters
    ----------
    traffic
        ``passenger`` or ``freight``: which outages concern it.
    speed_kmh
        Average speed by line class, stops included, km/h, at least 1.
    times
        Minutes of single links by id, usual stops included, where timetables tell them; a link
        without them runs at the speed of its class.
    diesel_speed_share
        Speed under diesel on an electrified link whose power is out, over normal speed; 0 for a
        train that has no diesel, so that such a link is closed to it.
    slowed_speed_share
        Speed where traffic is slowed and no figure is reported, over normal speed.
    industrial_entry_minutes
        Added to each industrial link, so that no route runs over one unless it is the only way.
    reversal_minutes
        Running the engine round the train at a junction left by the side it was entered;
        infinite where it is forbidden.
    gauge_change_minutes
        Changing bogies or trains at a hub where links of different gauge meet; infinite where
        it is forbidden. A link whose gauge is not known fits every train, and a train keeps its
        gauge over a link that carries several.
    forbidden_classes
        Line classes that this train does not use.
    gauges_mm
        The gauges that it uses; ``None`` for all.

    Raises
    ------
    InputError
        With every figure that is out of its range and every unknown class.

    Examples
    --------
    >>> Profile(name="slow", traffic="freight", reversal_minutes=-5)
    Traceback (most recent call last):
    netmodel.errors.InputError: profile slow: reversal_minutes (=-5) must not be negative
    """

    name: str
    traffic: str
    speed_kmh: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {"main": 60.0, "secondary": 45.0, "branch": 35.0, "industrial": 15.0,
             "connector": 30.0, "road": 50.0}
        )
    )  # fmt: skip
    times: Mapping[str, LinkTime] = field(default_factory=dict)
    diesel_speed_share: float = 0.75
    slowed_speed_share: float = 0.6
    industrial_entry_minutes: float = 600.0
    reversal_minutes: float = 20.0
    gauge_change_minutes: float = 120.0
    forbidden_classes: tuple[str, ...] = ()
    gauges_mm: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        problems = list(_find_problems(self))
        if problems:
            raise InputError(problems)

    def __reduce__(self) -> tuple[object, ...]:
        """Return what copies and pickles it: a view of a mapping has no form of its own."""
        figures = {each.name: getattr(self, each.name) for each in fields(self)}
        return _build_profile, ({**figures, "speed_kmh": dict(self.speed_kmh)},)


def _build_profile(figures: dict[str, Any]) -> Profile:
    return Profile(**figures)


def _find_problems(profile: Profile) -> Iterator[Problem]:
    where = f"profile {profile.name}"
    for name in sorted({*LINE_CLASSES} - {*profile.speed_kmh} - {*profile.forbidden_classes}):
        yield Problem(what=f"speed_kmh has no speed for class {name}", where=where)
    for name, speed in profile.speed_kmh.items():
        if not (is_finite(speed) and speed >= SLOWEST_KMH):
            what = (
                f"speed_kmh of {name} (={shown(speed)}) must be {SLOWEST_KMH} at least, and finite"
            )
            yield Problem(what=what, where=where, remedy="to forbid a class: forbidden_classes")
    for name in sorted({*profile.speed_kmh, *profile.forbidden_classes} - {*LINE_CLASSES}):
        remedy = f"one of {', '.join(LINE_CLASSES)}"
        yield Problem(what=f"unknown line class {name!r}", where=where, remedy=remedy)
    if not 0 <= profile.diesel_speed_share <= 1:
        what = f"diesel_speed_share (={profile.diesel_speed_share:g}) must be from 0 to 1"
        yield Problem(what=what, where=where)
    if not 0 < profile.slowed_speed_share <= 1:
        what = f"slowed_speed_share (={profile.slowed_speed_share:g}) must be over 0, 1 at most"
        yield Problem(what=what, where=where)
    for name in ("industrial_entry_minutes", "reversal_minutes", "gauge_change_minutes"):
        value = getattr(profile, name)
        if not value >= 0:
            yield Problem(what=f"{name} (={value:g}) must not be negative", where=where)


PASSENGER = Profile(name="passenger", traffic="passenger")
FREIGHT = Profile(
    name="freight",
    traffic="freight",
    speed_kmh=MappingProxyType(
        {"main": 40.0, "secondary": 32.0, "branch": 25.0, "industrial": 15.0,
         "connector": 25.0, "road": 40.0}
    ),
    reversal_minutes=40.0,
    gauge_change_minutes=360.0,
)  # fmt: skip
INTERCITY = Profile(
    name="intercity",
    traffic="passenger",
    speed_kmh=MappingProxyType(
        {"main": 92.0, "secondary": 68.0, "branch": 54.0, "industrial": 15.0,
         "connector": 46.0, "road": 50.0}
    ),
)  # fmt: skip
REGIONAL = Profile(
    name="regional",
    traffic="passenger",
    speed_kmh=MappingProxyType(
        {"main": 70.0, "secondary": 52.0, "branch": 41.0, "industrial": 15.0,
         "connector": 35.0, "road": 50.0}
    ),
)  # fmt: skip
SUBURBAN = Profile(
    name="suburban",
    traffic="passenger",
    speed_kmh=MappingProxyType(
        {"main": 38.0, "secondary": 28.0, "branch": 22.0, "industrial": 15.0,
         "connector": 19.0, "road": 50.0}
    ),
)  # fmt: skip
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {profile.name: profile for profile in (PASSENGER, FREIGHT, INTERCITY, SUBURBAN)}
)
TIMED_PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: replace(profile, times=ShippedTimes(profile.name))
        for profile in (PASSENGER, INTERCITY, REGIONAL, SUBURBAN)
    }
)
"""Trains at the minutes that published timetables have on the links of the built-in network."""


@refuse_wrong_kinds
def running_minutes(network: Network, profile: Profile) -> NDArray[np.float64]:
    """Return the undisturbed running minutes of each link, shape ``(links,)``.

    The link's own minutes where they are known, then those of the profile for this very link,
    otherwise length over the speed of its class; inf on a link that the profile forbids.

    Raises
    ------
    InputError
        If the profile forbids every link of the network.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    >>> link = Link(id="a--b", from_hub="a", to_hub="b", length_km=120)
    >>> running_minutes(Network(hubs=hubs, links=(link,)), PASSENGER).tolist()
    [120.0]
    """
    minutes = np.full(len(network.links), np.inf)
    for number, link in enumerate(network.links):
        if link.line_class in profile.forbidden_classes or not _fits(link, profile):
            continue
        running = link.minutes
        if running is None:
            running = timed_minutes(link, profile.times)
        if running is None:
            running = 60.0 * link.length_km / profile.speed_kmh[link.line_class]
        entry = profile.industrial_entry_minutes if link.line_class == "industrial" else 0.0
        minutes[number] = running + entry
    if len(minutes) and not np.isfinite(minutes).any():
        what = "forbids every link of the network"
        remedy = "allow a class that it has (forbidden_classes) or its gauge (gauges_mm)"
        raise InputError([Problem(what=what, where=f"profile {profile.name}", remedy=remedy)])
    return minutes


def _fits(link: Link, profile: Profile) -> bool:
    """Whether a link has a gauge of a profile; one whose gauge is not known has."""
    if not link.gauges_mm or profile.gauges_mm is None:
        return True
    return not {*link.gauges_mm}.isdisjoint(profile.gauges_mm)


def whole_cost(minutes: float) -> int:
    """Return minutes as a whole-number cost; `CLOSED` at most.

    Examples
    --------
    >>> whole_cost(1.5), whole_cost(float("inf")) == CLOSED
    (900, True)
    """
    return CLOSED if minutes * UNITS_PER_MINUTE >= CLOSED else round(minutes * UNITS_PER_MINUTE)


@dataclass(frozen=True, slots=True)
class LinkCosts:
    """Whole-number cost of each link in both directions, in tenths of a second.

    Parameters
    ----------
    forward, backward
        Shape ``(links,)``, int32; `CLOSED` where a link cannot be used.

    Examples
    --------
    >>> costs = LinkCosts(np.array([600], np.int32), np.array([600], np.int32))
    >>> costs.forward.tolist()
    [600]
    """

    forward: NDArray[np.int32]
    backward: NDArray[np.int32]

    @property
    def key(self) -> bytes:
        """The same bytes for the same costs, to recognise a state already solved."""
        return self.forward.tobytes() + self.backward.tobytes()

    def key_beside(self, other: LinkCosts) -> bytes:
        """Return the same bytes for the same costs: what differs from others, so mostly little."""
        changed = np.flatnonzero(
            (self.forward != other.forward) | (self.backward != other.backward)
        )
        return b"".join(
            part.tobytes() for part in (changed, self.forward[changed], self.backward[changed])
        )


@refuse_wrong_kinds
def costs_from_minutes(network: Network, minutes: NDArray[np.float64]) -> LinkCosts:
    """Return whole-number costs of links with the given minutes; infinite minutes are closed.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("ab"))
    >>> network = Network(hubs=hubs, links=(Link(id="ab", from_hub="a", to_hub="b", length_km=60),))
    >>> costs_from_minutes(network, np.array([2.5])).forward.tolist()
    [1500]
    """
    units = np.where(
        np.isfinite(minutes), np.maximum(np.rint(minutes * UNITS_PER_MINUTE), 1), CLOSED
    )
    forward = np.minimum(units, CLOSED).astype(np.int32)
    backward = np.where(network.is_one_way, CLOSED, forward).astype(np.int32)
    return LinkCosts(forward=forward, backward=backward)
