"""The sentences of the model, and places, in the language of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from netmodel.evidence.notes import BETWEEN, NOTES, Note, NoteValue, ValueKind
from netmodel.evidence.places import Place, note_place
from netmodel.network.railway import Network
from netmodel.times import load_zone, parse_instant
from netmodel.words.strings import Phrases
from netmodel.words.wording import choose_name, format_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """How a page spells what notes name.

    Parameters
    ----------
    names
        What to show for a name of a hub; a name that is not here is shown as it is.
    links
        What to show for the id of a link; likewise.
    zone
        Time zone in which instants are told.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"


AS_WRITTEN = Spellings()
Recorded: TypeAlias = Note | str | Sequence[Note | str] | None


def word_recorded(value: Recorded, phrases: Phrases, spellings: Spellings = AS_WRITTEN) -> str:
    """Return what a record says in notes, in words.

    Parameters
    ----------
    value
        A note, several, or ``None`` for nothing. A text, as in folders written by earlier
        versions, is returned as it is, or as a note where it is the code of one.

    Examples
    --------
    >>> word_recorded([Note("no_link"), "an old text"], Phrases("uk"))
    'жодна ділянка не підійшла; an old text'
    """
    if value is None:
        return ""
    if isinstance(value, str):
        is_code = value in NOTES and not NOTES[value].values
        return phrases(f"note.{value}") if is_code else value
    if isinstance(value, Note):
        return word_note(value, phrases, spellings)
    return "; ".join(word_recorded(each, phrases, spellings) for each in value)


def word_place(place: Place | str, phrases: Phrases, spellings: Spellings = AS_WRITTEN) -> str:
    """Return a place in words; a text is returned as it is.

    Examples
    --------
    >>> from netmodel.evidence.places import TownPlace
    >>> word_place(TownPlace(town="Yalta", within_km=5), Phrases("uk"))
    'у межах 5 км від: Yalta'
    """
    return place if isinstance(place, str) else word_note(note_place(place), phrases, spellings)


def word_closure(place: Place, network: Network, language: str) -> str:
    """Return a title for the closure of a place, with the names of a language.

    Examples
    --------
    >>> from netmodel.evidence.places import SectionPlace
    >>> from netmodel.network.formats import built_in_network
    >>> word_closure(SectionPlace(between=("Krasne", "Ternopil")), built_in_network(), "uk")
    'Закриття: Красне–Тернопіль'
    """
    spelt = [(each.name, each.aliases) for each in network.stations]
    spelt += [(each.name, each.aliases) for each in network.hubs]
    names = {name: choose_name(name, ";".join(aliases), language) for name, aliases in spelt}
    phrases = Phrases(language)
    return phrases("scaffold.closure", place=word_place(place, phrases, Spellings(names=names)))


def word_note(note: Note, phrases: Phrases, spellings: Spellings = AS_WRITTEN) -> str:
    """Return a sentence of the model in the language of a page.

    Examples
    --------
    >>> note = Note("lies_at", {"name": "Chystenke", "km": 7.5, "link": "a--b"})
    >>> word_note(note, Phrases("uk"), Spellings(links={"a--b": "A – B"}))
    'Chystenke – на 7,5 км ділянки A – B'
    """
    kinds = NOTES[note.code].values
    values = {
        name: _word_value(value, kinds[name], phrases, spellings)
        for name, value in note.values.items()
    }
    return phrases(f"note.{note.code}", **values)


def _word_value(value: NoteValue, kind: ValueKind, phrases: Phrases, spellings: Spellings) -> str:
    if isinstance(value, int | float):
        return _word_number(value, phrases.language)
    shown = {"name": spellings.names, "names": spellings.names}.get(kind, spellings.links)
    if isinstance(value, tuple):
        return BETWEEN[kind].join(shown.get(each, each) for each in value)
    if kind == "instant":
        try:
            moment = parse_instant(value).astimezone(load_zone(spellings.zone))
        except ValueError:  # a record changed by hand: its text is shown as it is
            return value
        return format_moment(moment, phrases) + (" (UTC)" if spellings.zone == "UTC" else "")
    if kind == "region":
        return phrases.find("region", value, value)
    return value if kind == "text" else shown.get(value, value)


def _word_number(number: float, language: str) -> str:
    """Return a number with the separators of the language, and no more digits than it has."""
    text = f"{number:,.10g}"
    return text.translate({ord(","): "\u202f", ord("."): ","}) if language == "uk" else text
