"""The words of the evidence, and the checks by which its values examine themselves.

Each list stands here once, as a type that files are checked with and as a tuple of names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar, get_args

from netmodel.errors import InputError, Problem, did_you_mean, is_finite, nearest_names, shown
from netmodel.network.field_checks import NO_TEXT
from netmodel.times import Bounds, load_zone, read_bounds, unknown_zone

EffectName = Literal[
    "closed", "single_track", "limited", "diesel_only", "slowed", "advisory", "none"
]
EFFECTS: tuple[EffectName, ...] = get_args(EffectName)
"""What an incident did to rail traffic, the gravest first."""
OUTAGE_EFFECTS = EFFECTS[:-1]
"""The effects that an outage can have, the gravest first."""
LaterEffectName = Literal["single_track", "limited", "diesel_only", "slowed", "advisory"]
LATER_EFFECTS: tuple[LaterEffectName, ...] = get_args(LaterEffectName)
"""The effects that can hold between first traffic and full service."""
KindName = Literal[
    "derailment", "track_damage", "bridge_damage", "power", "station_damage", "train_struck",
    "fire", "front_line", "precaution", "suspension", "security", "weather", "flood", "landslide",
    "technical", "signalling", "rolling_stock", "accident_at_crossing", "planned_works",
    "strike_action", "other",
]  # fmt: skip
KINDS: tuple[KindName, ...] = get_args(KindName)
AboutName = Literal[
    "start", "first_traffic", "full_service", "still_out", "running", "effect", "place", "cause",
    "figures", "replacement", "detour", "delay", "context",
]  # fmt: skip
ABOUTS: tuple[AboutName, ...] = get_args(AboutName)
"""What a claim can be about."""
MILESTONES = ("start", "first_traffic", "full_service")
"""The instants that an incident is timed by, in order."""
TIMED = (*MILESTONES, "still_out", "running")
"""What a claim with a time can be about."""
BasisName = Literal["observed", "planned", "rule", "forecast"]
BASES: tuple[BasisName, ...] = get_args(BasisName)
"""What a claim can rest on, the surest first."""
PartyName = Literal["operator", "authority", "media", "analyst", "military", "witness", "other"]
PARTIES: tuple[PartyName, ...] = get_args(PartyName)
TrafficName = Literal["passenger", "freight"]
TRAFFIC_TYPES: tuple[TrafficName, ...] = get_args(TrafficName)
TrainsName = Literal["passenger", "freight", "technical"]
TRAINS: tuple[TrainsName, ...] = get_args(TrainsName)
"""Whose trains a claim can speak of; technical trains end no closure of the other two."""
LanguageName = Literal["en", "uk"]
LANGUAGE_NAMES: tuple[LanguageName, ...] = get_args(LanguageName)
"""Languages in which a title can be given."""
ExtentName = Literal["whole", "somewhere"]
EXTENTS: tuple[ExtentName, ...] = get_args(ExtentName)


V = TypeVar("V")


class Checks:
    """Collects every mistake in the arguments of a value, before any is raised.

    Each check returns the argument in the form in which it is kept.

    Examples
    --------
    >>> checks = Checks()
    >>> checks.word("effect", "clsoed", ("closed", "slowed"))
    'clsoed'
    >>> print(checks.problems[0])
    effect: unknown effect 'clsoed'; did you mean 'closed'?
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, what: str, where: str, remedy: str = "") -> None:
        """List a mistake."""
        self.problems.append(Problem(what=what, where=where, remedy=remedy))

    def done(self) -> None:
        """Raise what was found.

        Raises
        ------
        InputError
            If anything was.
        """
        if self.problems:
            raise InputError(self.problems)

    def text(
        self, name: str, value: object, *, optional: bool = False, empty: bool = False
    ) -> None:
        """Check a text; one that is not empty, unless it may be."""
        if optional and value is None:
            return
        if not isinstance(value, str):
            self.refuse(f"{shown(value)} is no text", name)
        elif not value.strip() and not empty:
            self.refuse("the text is empty", name)
        elif NO_TEXT.search(value):
            self.refuse(f"{value[:60]!r} has a control character", name, "write it without")

    def identity(self, name: str, value: object, *, separator: str = "") -> None:
        """Check an id: a text on one line without what separates ids where they are listed."""
        self.text(name, value)
        if not isinstance(value, str) or NO_TEXT.search(value):
            return
        if value != value.strip() or any(letter in value for letter in "\n\t"):
            self.refuse(f"{value!r} has blanks around it or more than one line", name)
        elif separator and separator in value:
            what = f"{value!r} holds {separator!r}, which separates ids in tables"
            self.refuse(what, name, "write another sign")

    def texts(self, name: str, value: object, *, least: int = 0) -> tuple[str, ...]:
        """Check several texts; one alone stands for itself where one is enough."""
        given = [value] if isinstance(value, str) and least < 2 else value
        if not isinstance(given, Sequence) or isinstance(given, str):
            self.refuse(f"{shown(value)} is no list of texts", name)
            return ()
        for each in given:
            self.text(name, each)
        if len(given) < least:
            self.refuse(f"{len(given)} given; at least {least} needed", name)
        return tuple(given)

    def word(self, name: str, value: object, among: Sequence[str]) -> object:
        """Check one of a few fixed words."""
        if not isinstance(value, str):
            self.refuse(f"{shown(value)} is none of {', '.join(among)}", name)
        elif value not in among:
            near = did_you_mean(nearest_names(value, among))
            self.refuse(f"unknown {name} {value!r}", name, near or f"one of {', '.join(among)}")
        return value

    def number(
        self,
        name: str,
        value: object,
        *,
        low: float = -math.inf,
        high: float = math.inf,
        above: bool = False,
        optional: bool = False,
    ) -> None:
        """Check a finite number from `low`, or above it, to `high`."""
        if optional and value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(f"{shown(value)} is no number", name)
        elif not is_finite(value) or value > high or value < low or (above and value == low):
            least = f"{'> ' if above else 'at least '}{low:g}"
            most = "" if math.isinf(high) else f" and at most {high:g}"
            rule = "finite" if math.isinf(low) else least
            self.refuse(f"{shown(value)} must be {rule}{most}", name)

    def flag(self, name: str, value: object) -> None:
        """Check a yes or no."""
        if not isinstance(value, bool):
            self.refuse(f"{shown(value)} is neither True nor False", name)

    def zone(self, name: str, value: object, *, optional: bool = False) -> str | None:
        """Check an IANA time zone; return it if it is one."""
        if optional and value is None:
            return None
        try:
            if not isinstance(value, str):
                raise ValueError(unknown_zone(value))  # noqa: TRY004, TRY301 - one message
            load_zone(value)
        except ValueError as error:
            self.refuse(str(error), name)
            return None
        return value

    def time(self, name: str, value: object, zone: str | None) -> Bounds | None:
        """Check a time, given as one of the forms of `read_bounds`."""
        try:
            return None if value is None else read_bounds(value, zone=zone)
        except ValueError as error:
            self.refuse(str(error), name)
            return None

    def items(self, name: str, value: object, kind: type[V]) -> tuple[V, ...]:
        """Check several values of one class; one alone stands for itself."""
        given = [value] if isinstance(value, kind) else value
        if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
            self.refuse(f"{shown(value)} is no list of {kind.__name__}", name)
            return ()
        found = []
        for number, each in enumerate(given):
            if isinstance(each, kind):
                found.append(each)
            else:
                self.refuse(f"{each!r} is no {kind.__name__}", f"{name}[{number}]")
        return tuple(found)

    def mapping(self, name: str, value: object) -> dict[str, object]:
        """Check a mapping with texts for keys."""
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            self.refuse(f"{shown(value)} is no mapping of names to values", name)
            return {}
        return dict(value)


class FrozenMap(Mapping[str, V]):
    """A mapping that nothing changes: it can be hashed, pickled and copied.

    Examples
    --------
    >>> figures = FrozenMap({"trains": 4})
    >>> figures == {"trains": 4}, hash(figures) == hash(FrozenMap({"trains": 4}))
    (True, True)
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, name: str) -> V:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)
