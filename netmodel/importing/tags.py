"""What the tags of a line or point mean: kinds of track, facts, names, why one is dropped.

The keys are those of OpenStreetMap; a column of the same name in another source means the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

TRACK_KINDS = ("rail", "narrow_gauge")
"""Values of ``railway`` that are read unless more are asked for."""
LIFECYCLE = (
    "abandoned", "construction", "demolished", "destroyed", "disused", "dismantled", "historic",
    "planned", "proposed", "razed", "removed", "ruins", "was",
)  # fmt: skip
OTHER_KINDS = ("light_rail", "tram", "subway", "monorail", "funicular", "miniature", "preserved")
LIFECYCLE_KEYS = tuple(f"{stage}:railway" for stage in LIFECYCLE)
_TELLING = frozenset({"railway", "fclass", *LIFECYCLE, *LIFECYCLE_KEYS})
_OTHER_MODES = ("tram", "light_rail", "subway", "monorail", "funicular", "miniature", "bus")
_STATION_VALUES = (
    "station", "halt", "stop", "tram_stop", "railway_station", "railway_halt", "railway_stop",
)  # fmt: skip
"""Values of ``railway`` in OpenStreetMap, and of ``fclass`` in extracts made of it."""
_FACT_KEYS = (
    "line_class", "usage", "service", "tracks", "electrified", "gauge_mm", "gauge", "direction",
    "oneway", "railway:preferred_direction",
)  # fmt: skip
_NAME_KEYS = ("alt_name", "old_name", "int_name", "official_name", "short_name", "loc_name")
_STATION_KEYS = ("population", "railway:ref", "uic_ref", "uic_name", "iata", "operator")
_TRUE = frozenset(
    {"yes", "y", "true", "1", "t", "contact_line", "rail", "4th_rail", "3rd_rail", "third_rail",
     "ground-level_power_supply"}
)  # fmt: skip
_FALSE = frozenset({"no", "n", "false", "0", "f"})
_DIRECTIONS = {
    "forward": 1, "yes": 1, "true": 1, "1": 1, "backward": -1, "reverse": -1, "-1": -1,
}  # fmt: skip
_GROUPED = re.compile(r"\d+|\d{1,3}(?:[\s,.']\d{3})+", re.ASCII)
_THOUSANDS = re.compile(r"[\s,.']")
_SEPARATORS = re.compile(r"[;,/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFacts:
    """What the tags of one track say; ``None`` where they say nothing.

    Parameters
    ----------
    running
        Whether trains run through; false for yard, siding, spur and crossover.
    one_way
        1 where trains run only as the line is drawn, -1 where only against it, 0 where both.
    preferred
        The same for the direction in which they usually run.
    """

    line_class: str
    running: bool
    tracks: int | None
    electrified: bool | None
    gauges_mm: tuple[int, ...]
    one_way: int = 0
    preferred: int = 0


def reason_to_drop(tags: Mapping[str, str], include: Collection[str] = ()) -> str:
    """Return why a line is not a track in use, or nothing.

    Parameters
    ----------
    include
        Further kinds or stages to read, such as ``light_rail`` or ``disused``.

    Examples
    --------
    >>> reason_to_drop({"railway": "rail"}), reason_to_drop({"railway": "tram"})
    ('', 'railway=tram')
    >>> reason_to_drop({"railway": "rail", "disused": "yes"}, include=["disused"])
    ''
    """
    if _TELLING.isdisjoint(tags):
        return ""
    kind = tags.get("railway") or tags.get("fclass") or ""
    for stage in LIFECYCLE:
        if stage in include:
            continue
        if kind == stage:
            return f"railway={stage}"
        if tags.get(stage) == "yes" and kind:
            return f"{stage}=yes"
    if kind:
        known = kind in TRACK_KINDS or kind in include
        return "" if known else f"railway={kind}"
    for key in LIFECYCLE_KEYS:
        stage = key.split(":")[0]
        if key in tags and (stage not in include or tags[key] in OTHER_KINDS):
            return f"{key}={tags[key]}"
    return ""


def track_facts(tags: Mapping[str, str]) -> TrackFacts:
    """Return class, number of tracks, traction and gauge as the tags give them.

    Examples
    --------
    >>> facts = track_facts({"usage": "main", "electrified": "contact_line", "gauge": "1520;1435"})
    >>> facts.line_class, facts.electrified, facts.gauges_mm, facts.tracks
    ('main', True, (1435, 1520), None)
    >>> track_facts({"service": "yard"}).running
    False
    """
    return _facts_of(*(tags.get(key, "") for key in _FACT_KEYS))


@lru_cache(maxsize=4096)
def _facts_of(
    stated: str, usage: str, service: str, tracks: str, electrified: str, gauge_mm: str,
    gauge: str, direction: str, oneway: str, preferred: str,
) -> TrackFacts:  # fmt: skip
    if stated in {"main", "secondary", "branch", "industrial", "connector"}:
        line_class = stated
    elif usage in {"industrial", "military", "test"} or service in {"spur", "yard"}:
        line_class = "industrial"
    elif service in {"siding", "crossover"}:
        line_class = "connector"
    elif usage == "main":
        line_class = "main"
    elif usage in {"branch", "tourism", "leisure"}:
        line_class = "branch"
    else:
        line_class = "secondary"
    return TrackFacts(
        line_class=line_class,
        running=not service,
        tracks=whole_number(tracks),
        electrified=truth(electrified),
        gauges_mm=whole_numbers(gauge_mm or gauge),
        one_way=_DIRECTIONS.get((direction or oneway).strip().casefold(), 0),
        preferred=_DIRECTIONS.get(preferred.strip().casefold(), 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFigures:
    """The figures that a source states of one line; ``None`` where it states none.

    Parameters
    ----------
    unread
        The columns whose text is not a number > 0.
    """

    length_km: float | None
    minutes: float | None
    speed_kmh: float | None
    capacity_trains_per_day: float | None
    unread: tuple[str, ...] = ()


def stated_figures(tags: Mapping[str, str]) -> StatedFigures:
    """Return the length, the running time or speed, and the capacity that columns state.

    Examples
    --------
    >>> figures = stated_figures({"length_km": "14.5", "minutes": "soon"})
    >>> figures.length_km, figures.minutes, figures.unread
    (14.5, None, ('minutes',))
    """
    if FIGURE_COLUMNS.isdisjoint(tags):
        return _NO_FIGURES
    texts = {column: tags.get(column, "") for column in sorted(FIGURE_COLUMNS)}
    found = {column: _figure(text) for column, text in texts.items()}
    unread = tuple(each for each, text in texts.items() if text.strip() and found[each] is None)
    return StatedFigures(**found, unread=unread)


def _figure(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < math.inf else None


FIGURE_COLUMNS = frozenset({"length_km", "minutes", "speed_kmh", "capacity_trains_per_day"})
"""Columns of a source that state a figure of a line."""
_NO_FIGURES = StatedFigures(
    length_km=None, minutes=None, speed_kmh=None, capacity_trains_per_day=None
)


def truth(text: str) -> bool | None:
    """Return yes or no, or ``None`` where a text says neither; of a list, yes if one part does.

    Examples
    --------
    >>> truth("contact_line;rail"), truth("N"), truth("unknown")
    (True, False, None)
    """
    parts = {part.strip().casefold() for part in text.split(";")}
    if parts & _TRUE:
        return True
    return False if parts & _FALSE else None


def whole_numbers(text: str) -> tuple[int, ...]:
    """Return the whole numbers > 0 of a text such as ``1520;1435``, the smallest first.

    Examples
    --------
    >>> whole_numbers("1520;1435"), whole_numbers("narrow"), whole_numbers("1435.0 / 1000")
    ((1435, 1520), (), (1000, 1435))
    """
    parts = (part.strip().removesuffix(".0") for part in _SEPARATORS.split(text))
    return tuple(sorted({int(part) for part in parts if part.isdecimal() and int(part) > 0}))


def inhabitants(text: str) -> int | None:
    """Return the number of inhabitants that a text gives; of several, the greatest.

    Examples
    --------
    >>> inhabitants("500,000"), inhabitants("12 000;9000"), inhabitants("many")
    (500000, 12000, None)
    """
    found = [
        int(_THOUSANDS.sub("", part))
        for part in (each.strip().removesuffix(".0") for each in text.split(";"))
        if _GROUPED.fullmatch(part)
    ]
    return max(found, default=None)


def whole_number(text: str) -> int | None:
    """Return the first whole number > 0 of a text such as ``2;1``, or ``None``."""
    first = text.split(";")[0].strip().removesuffix(".0")
    return int(first) if first.isdecimal() and int(first) > 0 else None


def is_station(tags: Mapping[str, str]) -> bool:
    """Return whether a point is a station, a halt or a stop of some railway."""
    place = tags.get("railway") or tags.get("fclass") or ""
    if place in _STATION_VALUES:
        return True
    return not place and tags.get("public_transport", "") in {"station", "stop_position"}


def is_flat_crossing(tags: Mapping[str, str]) -> bool:
    """Return whether a point is one where tracks cross on the level, without a switch."""
    return (tags.get("railway") or tags.get("fclass") or "") == "railway_crossing"


def other_mode(tags: Mapping[str, str], include: Collection[str] = ()) -> str:
    """Return the tag by which a station belongs to a railway that is not read, or nothing.

    Examples
    --------
    >>> other_mode({"railway": "station", "station": "subway"})
    'station=subway'
    >>> other_mode({"railway": "stop", "train": "yes", "tram": "yes"})
    ''
    """
    if tags.get("train") == "yes":
        return ""
    if tags.get("railway") == "tram_stop" and not {"tram", "light_rail"} & set(include):
        return "railway=tram_stop"
    kind = tags.get("station", "")
    if kind in _OTHER_MODES and kind not in include:
        return f"station={kind}"
    for mode in _OTHER_MODES:
        if tags.get(mode) == "yes" and mode not in include:
            return f"{mode}=yes"
    return ""


def station_columns(tags: Mapping[str, str]) -> dict[str, str]:
    """Return what the tags of a station in OpenStreetMap say that a network has use for.

    The ``ref`` of a stop is the number of its track, and is left out.

    Examples
    --------
    >>> station_columns({"railway": "station", "railway:ref": "KK", "wheelchair": "yes"})
    {'railway:ref': 'KK'}
    """
    is_stop = tags.get("railway") == "stop" or tags.get("public_transport") == "stop_position"
    return {
        key: text
        for key, text in tags.items()
        if key in _STATION_KEYS or key.startswith("ref:") or (key == "ref" and not is_stop)
    }


def is_name_key(key: str) -> bool:
    """Return whether a key holds a name of a feature."""
    return key == "name" or key in _NAME_KEYS or key.startswith(("name:", "name_"))


def names_of(tags: Mapping[str, str], name_key: str = "name") -> tuple[str, tuple[str, ...]]:
    """Return the name and the other spellings that the tags give.

    Examples
    --------
    >>> names_of({"name": "Синельникове I", "name:en": "Synelnykove I"})
    ('Синельникове I', ('Synelnykove I',))
    """
    name = " ".join((tags.get(name_key) or tags.get("name") or "").split())
    others = [
        " ".join(part.split())
        for key, text in tags.items()
        if is_name_key(key)
        for part in text.split(";")
    ]
    return name, tuple(dict.fromkeys(each for each in others if each and each != name))
