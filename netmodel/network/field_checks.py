"""What a hub, a link, a station and a network must be: every mistake at once."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from netmodel.errors import InputError, Problem, Suggestions, did_you_mean, nearest_names, shown

if TYPE_CHECKING:
    from netmodel.network.railway import Hub, Link, Network


UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What ids and names may not hold: control characters, halves of characters, and no characters."""
MOST = 10**10
"""More than anything that is counted here: inhabitants, tracks, millimetres of gauge."""
NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no text may hold, since XML or UTF-8 cannot carry it; lines and tabs may be."""


Refuse = Callable[..., None]
"""Called with what is wrong with a value and, where there is one, the remedy."""
Rule = Callable[[Any, Refuse], Any]
"""What a field must hold: given a value, returns it in its proper type, or refuses it."""
_Made = TypeVar("_Made")


class FieldChecks:
    """The mistakes found in the fields of one value, and the fields in their proper types.

    Parameters
    ----------
    owner
        The value whose fields are checked; a field that holds a number of another library, a
        list where a tuple belongs or such is put into its proper type.
    kind
        What the value is, such as ``hub``, for messages.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> checks = FieldChecks(SimpleNamespace(id="a", lon="33"), "hub")
    >>> checks.check({"id": text_rule(required=True), "lon": number_rule(least=-180, most=180)})
    >>> checks.finish()
    Traceback (most recent call last):
    netmodel.errors.InputError: lon: '33' is not a number (hub 'a')
    """

    def __init__(self, owner: Any, kind: str) -> None:
        self._owner = owner
        self._kind = kind
        self.problems: list[Problem] = []

    def check(self, rules: Mapping[str, Rule]) -> None:
        """Check each field by its rule."""
        for field, rule in rules.items():
            given = getattr(self._owner, field)
            value = rule(given, partial(self.refuse, field))
            if value is not given:
                object.__setattr__(self._owner, field, value)

    def refuse(self, field: str, what: str, remedy: str = "") -> None:
        """Note a mistake of a field."""
        identity = getattr(self._owner, "id", None) or getattr(self._owner, "name", None)
        named = isinstance(identity, str) and identity and field not in {"id", "name"}
        of = f"{self._kind} {identity!r}" if named else self._kind
        self.problems.append(Problem(what=f"{what} ({of})", where=field, remedy=remedy))

    def finish(self) -> None:
        """Raise all mistakes, if there are any.

        Raises
        ------
        InputError
            With each mistake at the name of its field.
        """
        if self.problems:
            raise InputError(self.problems)


def make_checked(kind: type[_Made], fields: Mapping[str, Iterable[object]]) -> list[_Made]:
    """Return frozen values with slots, of columns that hold what the rules of their fields say.

    Nothing is checked again: only what reads and checks whole columns may call this.

    Parameters
    ----------
    fields
        One value for each that is made, by the name of every field.
    """
    columns = {field: list(values) for field, values in fields.items()}
    count = len(next(iter(columns.values())))
    made = [object.__new__(kind) for _ in range(count)]
    for field, values in columns.items():
        deque(map(getattr(kind, field).__set__, made, values), maxlen=0)
    return made


def text_rule(*, required: bool = False, known: Sequence[str] = ()) -> Rule:
    """Return the rule of a text; required ones are ids and names, on one line and not empty."""

    def check(value: Any, refuse: Refuse) -> Any:
        if isinstance(value, str) and not known:
            _check_letters(value, refuse, strict=required)
        elif not isinstance(value, str):
            refuse(f"{shown(value)} is not text")
        elif value not in known:
            choices = [each for each in known if each]
            near = did_you_mean(nearest_names(value, choices))
            refuse(f"{value!r} is not known", near or f"one of {', '.join(choices)}")
        return value

    return check


def texts_rule(*, separator: str) -> Rule:
    """Return the rule of a tuple of texts in one cell of a file, a separator between them."""

    def check(value: Any, refuse: Refuse) -> Any:
        if isinstance(value, str) or not isinstance(value, Iterable):
            refuse(f"{shown(value)} is not a tuple of texts", "write (text, text)")
            return value
        texts = tuple(value)
        for each in texts:
            if not isinstance(each, str):
                refuse(f"{shown(each)} is not text")
            elif separator in each:
                what = f"{each!r} holds {separator!r}, which separates the texts of this column"
                refuse(what, "give two texts, or write a comma")
            else:
                _check_letters(each, refuse, strict=False, empty=False)
        return texts

    return check


def number_rule(
    *,
    least: float = -math.inf,
    most: float = math.inf,
    positive: bool = False,
    optional: bool = False,
    remedy: str = "",
) -> Rule:
    """Return the rule of a finite number; optional ones may be ``None``."""

    def check(value: Any, refuse: Refuse) -> Any:
        if value is None and optional:
            return value
        if isinstance(value, bool) or not isinstance(value, Real):
            refuse(f"{shown(value)} is not a number")
            return value
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            refuse(f"{shown(value)} is not a finite number")
        elif positive and number <= 0:
            refuse(f"{number:g} must be > 0")
        elif not least <= number <= most:
            bounded = f"between {least:g} and {most:g}"
            if math.isinf(most):
                bounded = f"at least {least:g}"
            elif math.isinf(least):
                bounded = f"at most {most:,.0f}"
            refuse(f"{number:g} must be {bounded}", remedy)
        elif type(value) not in {int, float}:
            return number
        return value

    return check


def wholes_rule(*, least: int = 0) -> Rule:
    """Return the rule of a tuple of whole numbers, each named once."""

    def check(values: Any, refuse: Refuse) -> Any:
        if isinstance(values, str) or not isinstance(values, Iterable):
            refuse(f"{shown(values)} is not a tuple of whole numbers", "write (1520,)")
            return values
        values = tuple(values)
        numbers = [_as_whole(each, refuse, least) for each in values]
        known = tuple(dict.fromkeys(each for each in numbers if each is not None))
        if len(known) == len(values):
            return known
        if None not in numbers:
            refuse(f"{values} names a number twice")
        return values

    return check


def whole_rule(*, least: int = 0) -> Rule:
    """Return the rule of a whole number that may be ``None``."""

    def check(value: Any, refuse: Refuse) -> Any:
        return None if value is None else _as_whole(value, refuse, least)

    return check


def _as_whole(value: object, refuse: Refuse, least: int) -> int | None:
    """Return a whole number within its bounds; anything else is refused."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, Integral):
        refuse(f"{shown(value)} is not a whole number")
        return None
    number = int(value)
    if number < least:
        refuse(f"{shown(number)} must be {'> 0' if least else 'at least 0'}")
    elif number > MOST:
        refuse(f"{shown(number)} must be at most {MOST:,}")
    else:
        return number
    return None


def check_truth(value: Any, refuse: Refuse) -> Any:
    """Check ``True``, ``False`` or ``None``."""
    if isinstance(value, np.bool_):
        return bool(value)
    if value is not None and not isinstance(value, bool):
        refuse(f"{shown(value)} is not True, False or None")
    return value


def members_rule(kind: type) -> Rule:
    """Return the rule of a tuple of values of one kind."""

    def check(value: Any, refuse: Refuse) -> Any:
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            refuse(f"{shown(value)} is not a tuple of {kind.__name__}s")
            return value
        if hasattr(value, "columns"):
            refuse("is a table of pandas", "make the network with Network.from_pandas")
            return ()
        value = value if isinstance(value, tuple) else tuple(value)
        wrong = [number for number, each in enumerate(value) if not isinstance(each, kind)]
        if wrong:
            more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            what = f"{shown(value[wrong[0]])} at position {wrong[0]} is not a {kind.__name__}{more}"
            refuse(what)
        return value

    return check


def further_rule(known: Collection[str]) -> Rule:
    """Return the rule of the further columns of a row: texts by name; empty ones are left out."""

    def check(value: Any, refuse: Refuse) -> Any:
        if not isinstance(value, Mapping):
            refuse(f"{shown(value)} is not a mapping of columns to texts")
            return value
        for column, text in value.items():
            if not isinstance(column, str) or not isinstance(text, str):
                refuse(f"{shown(column)}: {shown(text)} is not text")
            elif column in known:
                refuse(f"{column!r} is a column of its own", "give it another name")
            elif not column.strip() or UNWRITABLE.search(column):
                refuse(f"{column!r} is not the name of a column")
            else:
                _check_letters(text, refuse, strict=False, blanks=True)
        return {column: text for column, text in value.items() if text != ""}

    return check


def _check_letters(
    text: str, refuse: Refuse, *, strict: bool, empty: bool = True, blanks: bool = False
) -> None:
    """Find what would not come back as it is from a file."""
    if not blanks and text != text.strip():
        refuse(f"{text!r} has blanks around it", f"write {text.strip()!r}")
    elif "\r" in text:
        refuse(f"{text!r} has a carriage return", "write it on one line")
    elif (UNWRITABLE if strict else NO_TEXT).search(text):
        refuse(f"{text!r} has a control character", "write it without")
    elif not text and (strict or not empty):
        refuse("is empty")


def without_owner(problem: Problem) -> str:
    """Return what is wrong without the value that it is wrong of, where a line says which.

    Examples
    --------
    >>> without_owner(Problem(what="-3 must be > 0 (link 'ab')", where="length_km"))
    '-3 must be > 0'
    """
    return problem.what.rpartition(" (")[0]


def find_mistakes(network: Network) -> Iterator[Problem]:
    """Find duplicate ids, references to nothing, and bad courses."""
    hub_ids = {hub.id for hub in network.hubs}
    yield from _find_twice(network.hubs, hub_ids, "hub")
    link_ids = {link.id for link in network.links}
    yield from _find_twice(network.links, link_ids, "link")
    hubs, links = Suggestions(hub_ids), Suggestions(link_ids)
    for link in network.links:
        for end in (link.from_hub, link.to_hub):
            if end not in hub_ids:
                remedy = did_you_mean(hubs.near(end))
                yield Problem(what=f"link {link.id!r}: unknown hub {end!r}", where="links",
                              remedy=remedy)  # fmt: skip
    for station in network.stations:
        if station.link not in link_ids:
            remedy = did_you_mean(links.near(station.link))
            what = f"station {station.name!r} lies on unknown link {station.link!r}"
            yield Problem(what=what, where="stations", remedy=remedy)
    yield from _find_bad_courses(network.geometry, link_ids)


def find_course_mistakes(course: Sequence[Sequence[float]]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a course, and what to do: it needs two points on Earth.

    Examples
    --------
    >>> list(find_course_mistakes([(30.0, 50.0), (31.0, 50.0)]))
    []
    """
    if len(course) < 2:
        yield f"a course needs at least 2 points, this has {len(course)}", ""
    if not len(course):
        return
    points = np.asarray(course, dtype=np.float64)
    if points.shape[1:] != (2,):
        yield "a course is made of points of lon and lat", ""
        return
    with np.errstate(invalid="ignore"):
        off = ~((np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90))
    if off.any():
        lon, lat = points[int(np.argmax(off))].tolist()
        what = f"the point lon, lat (={lon:g}, {lat:g}) is not on Earth"
        yield what, "give degrees, EPSG:4326, longitude first"


def _find_twice(
    members: Sequence[Hub] | Sequence[Link], ids: Collection[str], noun: str
) -> Iterator[Problem]:
    if len(ids) == len(members):
        return
    seen: set[str] = set()
    for each in members:
        if each.id in seen:
            yield Problem(what=f"{noun} id {each.id!r} is used twice", where=f"{noun}s")
        seen.add(each.id)


def _find_bad_courses(geometry: object, links: Collection[str]) -> Iterator[Problem]:
    if not isinstance(geometry, Mapping):
        what = f"{shown(geometry)} is not a mapping of link ids to courses"
        yield Problem(what=what, where="geometry")
        return
    near = Suggestions(links)
    for link_id, course in geometry.items():
        if link_id not in links:
            remedy = did_you_mean(near.near(str(link_id)))
            what = f"a course is given for unknown link {shown(link_id)}"
            yield Problem(what=what, where="geometry", remedy=remedy)
        try:
            found = list(find_course_mistakes(course))
        except (TypeError, ValueError):
            found = [(f"{shown(course)} is not a course of points of lon and lat", "")]
        for what, remedy in found:
            yield Problem(what=f"link {link_id!r}: {what}", where="geometry", remedy=remedy)
