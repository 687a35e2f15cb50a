"""Sentences that the model itself writes into a record: a code with values, no text.

Why a claim was set aside, how a place was matched, what was done about a contradiction: each is
a `Note`. A page words it in its language; `str` gives it in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from netmodel.errors import InputError, Problem, did_you_mean, is_finite, nearest_names
from netmodel.evidence.vocabulary import FrozenMap

V = TypeVar("V")
NoteValue: TypeAlias = str | float | tuple[str, ...]
ValueKind = Literal["text", "name", "names", "link", "links", "region", "number", "instant"]
"""A text of an author; the name of a hub or station, or several in order; the id of a link, or
several; the name of a region; a number; an instant as in a file."""
BETWEEN: Mapping[ValueKind, str] = {"names": "–", "links": ", "}
"""What stands between the parts of a value that has several."""


@dataclass(frozen=True, slots=True)
class Template:
    """The English of a note, and what kind each of its values is.

    Examples
    --------
    >>> NOTES["all_of"].english
    'all of {region}'
    """

    english: str
    values: Mapping[str, ValueKind] = field(default_factory=dict)


NOTES: Mapping[str, Template] = {
    # How the bounds of an incident came about
    "observed_bounds": Template("observed-bounds"),
    "observed_bounds_scaled": Template(
        "observed-bounds, times after the start x {scale}", {"scale": "number"}
    ),
    # What was done about a contradiction
    "bounds_cover": Template("the bounds cover all of them"),
    "rule_aside": Template("the general rule is set aside in favour of what was observed"),
    "both_shown": Template("all are shown; no figure of the model rests on it"),
    "plan_aside": Template("the plan is set aside in favour of a surer or later claim"),
    "running_contradicted": Template(
        "a train passed by {instant} ({document}); the claims of a later end hold",
        {"instant": "instant", "document": "text"},
    ),
    "lengths_dropped": Template("only the bounds that follow are kept"),
    # Why a claim sets no bound
    "forecast_aside": Template("a forecast is not an observation"),
    "rule_contradicted": Template("an observation contradicts this general rule"),
    "plan_contradicted": Template("a surer or later claim contradicts this plan"),
    "technical_aside": Template("technical trains do not end a closure for other trains"),
    # What a reader should know of the bounds
    "planned_start": Template("the start is as planned: {document}", {"document": "text"}),
    "planned_first_traffic": Template(
        "first traffic is as planned: {document}", {"document": "text"}
    ),
    "planned_full_service": Template(
        "full service is as planned: {document}", {"document": "text"}
    ),
    "running_ends": Template(
        "a train passed by {instant}, so that the closure had ended: {document}",
        {"instant": "instant", "document": "text"},
    ),
    "no_end": Template("no end is in the record, and no forecast of one"),
    "no_end_forecast": Template(
        "no end is in the record; the last forecast was: {says} ({document})",
        {"says": "text", "document": "text"},
    ),
    "recurs": Template(
        "comes again {days}, {opens} to {closes}, until {until}: {n} times",
        {"days": "text", "opens": "text", "closes": "text", "until": "text", "n": "number"},
    ),
    # Why an incident has no outage
    "no_effect": Template("no effect on rail traffic was reported"),
    "no_link": Template("no link matched"),
    "not_reported": Template("not yet reported"),
    # How a place was matched
    "stated": Template("{text}", {"text": "text"}),
    "lies_at": Template(
        "{name} lies at km {km} of {link}", {"name": "name", "km": "number", "link": "link"}
    ),
    "several_hubs": Template("several hubs carry the name"),
    "several_stations": Template("several stations carry the name"),
    "parallel": Template("parallel links join {names}", {"names": "names"}),  # in earlier runs
    "tracks": Template("with parallel tracks: {n}", {"n": "number"}),
    "taken_line": Template(
        "taken: the line by {names}, {km} km; not taken: by {other_names}, {other_km} km",
        {"names": "names", "km": "number", "other_names": "names", "other_km": "number"},
    ),
    "taken_by_trains": Template("trains known to take this line: {n}", {"n": "number"}),
    "many_lines": Template("more than one line joins {names}", {"names": "names"}),
    "no_line": Template("no line joins {names}", {"names": "names"}),
    "same_place": Template("{names} is one place", {"names": "names"}),
    "unknown_name": Template("nothing on the network is called {name}", {"name": "text"}),
    "ambiguous_name": Template("several places are called {name}", {"name": "text"}),
    "several_links": Template("several links pass there"),
    "nearest": Template("the nearest link is {km} km away", {"km": "number"}),
    "town": Template(
        "{name} ({country}, population {population}, {lat}° N {lon}° E)",
        {"name": "name", "country": "text", "population": "number", "lat": "number",
         "lon": "number"},
    ),
    "no_link_near": Template("no link within {km} km of {town}", {"km": "number", "town": "name"}),
    "several_towns": Template("towns that carry the name: {n}", {"n": "number"}),
    "all_of": Template("all of {region}", {"region": "region"}),
    "no_section": Template(
        "no section of {region} was named; links that may be meant: {n}",
        {"region": "region", "n": "number"},
    ),
    # Another reading of the same place
    "rival_hub": Template("{name} ({id})", {"name": "name", "id": "text"}),
    "rival_station": Template(
        "{name} at km {km} of {link}", {"name": "name", "km": "number", "link": "link"}
    ),
    "rival_link": Template("{link}, {km} km", {"link": "link", "km": "number"}),  # earlier runs
    "rival_line": Template("by {names}, {km} km", {"names": "names", "km": "number"}),
    "rival_near": Template("{link} at {km} km", {"link": "link", "km": "number"}),
    "rival_town": Template(
        "{name} ({country}, {lat}° N {lon}° E): {links}",
        {"name": "name", "country": "text", "lat": "number", "lon": "number", "links": "links"},
    ),
    # A place
    "place_hub": Template("{name}", {"name": "name"}),
    "place_station": Template("{name} station", {"name": "name"}),
    "place_section": Template("{names}", {"names": "names"}),
    "place_near": Template(
        "within {km} km of {lat}° N {lon}° E", {"km": "number", "lat": "number", "lon": "number"}
    ),
    "place_town": Template("within {km} km of {town}", {"km": "number", "town": "name"}),
    "place_region": Template("{region}", {"region": "region"}),
    "place_somewhere": Template("somewhere in {region}", {"region": "region"}),
    "place_links": Template("{links}", {"links": "links"}),
    # Where the minutes of a bus come from
    "documented": Template("documented"),
    "estimated": Template("estimated"),
}  # fmt: skip
"""Every sentence by its code. The pages have the same English, and every other language."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of the model: its code and the values in it.

    Parameters
    ----------
    code
        One of `NOTES`.
    values
        By name, as the code has them.

    Raises
    ------
    InputError
        If there is no such code, or it has other values.

    Examples
    --------
    >>> print(Note("nearest", {"km": 7.25}))
    the nearest link is 7.25 km away
    >>> Note.from_dict(Note("nearest", {"km": 7.25}).to_dict()) == Note("nearest", {"km": 7.25})
    True
    """

    code: str
    values: Mapping[str, NoteValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = _find_mistakes(self.code, self.values)
        if problems:
            raise InputError(problems)
        object.__setattr__(self, "values", FrozenMap(_freeze_lists(self.values)))

    def __str__(self) -> str:
        template = NOTES[self.code]
        return template.english.format(
            **{
                name: _in_english(value, template.values[name])
                for name, value in self.values.items()
            }
        )

    def to_dict(self) -> dict[str, object]:
        """Return the note as a record keeps it: ``{"code": …, "values": {…}}``."""
        values = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        return {"code": self.code, "values": values}

    @classmethod
    def from_dict(cls, value: object) -> Note:
        """Return the note that a record keeps.

        Raises
        ------
        InputError
            If it is no note.
        """
        if not isinstance(value, Mapping) or not {"code"} <= set(value) <= {"code", "values"}:
            raise InputError([Problem(what=f"{value!r} is no note; it has code and values")])
        return cls(value["code"], value.get("values") or {})


def join_notes(notes: Iterable[Note]) -> str:
    """Return several notes in English, as one text.

    Examples
    --------
    >>> join_notes([Note("no_link"), Note("not_reported")])
    'no link matched; not yet reported'
    """
    return "; ".join(str(note) for note in notes)


def _freeze_lists(values: Mapping[str, V]) -> dict[str, V | tuple[str, ...]]:
    """Return values whose lists, as a record has them, are tuples."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


def _find_mistakes(code: object, given: object) -> list[Problem]:
    if not isinstance(code, str) or code not in NOTES:
        remedy = did_you_mean(nearest_names(str(code), NOTES))
        return [Problem(what=f"unknown note {code!r}", where="code", remedy=remedy)]
    if not isinstance(given, Mapping):
        what = f"values (={given!r}) must be a mapping of names to values"
        return [Problem(what=what, where="values")]
    given = _freeze_lists(given)
    wanted = NOTES[code].values
    names = ", ".join(wanted) or "no values"
    if set(given) != set(wanted):
        what = f"note {code} has {names}, and not {', '.join(map(str, given)) or 'no values'}"
        return [Problem(what=what, where="values")]
    return [
        Problem(what=f"{name} (={value!r}) must be a {wanted[name]}", where=f"values.{name}")
        for name, value in given.items()
        if not _fits(value, wanted[name])
    ]


def _fits(value: object, kind: ValueKind) -> bool:
    if kind == "number":
        return not isinstance(value, bool) and isinstance(value, int | float) and is_finite(value)
    if kind in ("names", "links"):
        return isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    return isinstance(value, str)


def _in_english(value: NoteValue, kind: ValueKind) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return BETWEEN[kind].join(value)
    return f"{value:,.10g}"
