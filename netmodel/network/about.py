"""What is known of a railway as a whole: the zone of its times, who runs it, who published it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.files.csv import RowTable, read_text
from netmodel.network.field_checks import FieldChecks, text_rule, without_owner
from netmodel.times import load_zone

ABOUT_COLUMNS = ("key", "value")
_TEXT = text_rule()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a railway as a whole; a text is empty where it is not known.

    Parameters
    ----------
    zone
        IANA zone of the times of its trains: the default of what is made of the network.
    agency
        Who runs the trains.
    publisher
        Who published what the network was made of.
    licence
        Under which licence.

    Raises
    ------
    InputError
        If the zone is none, or a text is one that files could not carry.

    Examples
    --------
    >>> About(zone="Europe/Oslo", agency="Fjordbanen").zone
    'Europe/Oslo'
    """

    zone: str = ""
    agency: str = ""
    publisher: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        checks = FieldChecks(self, "about")
        checks.check(dict.fromkeys(ABOUT_KEYS, _TEXT))
        if isinstance(self.zone, str) and self.zone:
            try:
                load_zone(self.zone)
            except ValueError as error:
                checks.refuse("zone", str(error))
        checks.finish()


ABOUT_KEYS = tuple(each.name for each in fields(About))


def about_rows(about: About) -> list[dict[str, str]]:
    """Return what is known as rows of text.

    Examples
    --------
    >>> about_rows(About(zone="Europe/Oslo"))
    [{'key': 'zone', 'value': 'Europe/Oslo'}]
    """
    return [{"key": key, "value": text} for key in ABOUT_KEYS if (text := getattr(about, key))]


def parse_about(rows: RowTable, problems: list[Problem]) -> About:
    """Return what rows of text say; what is wrong with them goes to `problems`."""
    places: dict[str, str] = {}
    known: dict[str, str] = {}
    for row in rows or ():
        key, value = read_text(row, "key"), read_text(row, "value")
        if key not in ABOUT_KEYS:
            remedy = did_you_mean(nearest_names(key, ABOUT_KEYS)) or f"one of {ABOUT_KEYS}"
            problems.append(Problem(what=f"unknown key {key!r}", where=row.where, remedy=remedy))
        elif key in places:
            remedy = f"first at {places[key]}; delete one"
            problems.append(
                Problem(what=f"{key!r} is written twice", where=row.where, remedy=remedy)
            )
        else:
            places[key] = row.where
            known[key] = value
    try:
        return About(**known)
    except InputError as error:
        for each in error.problems:
            what = f"{each.where}: {without_owner(each)}"
            problems.append(Problem(what=what, where=places[each.where], remedy=each.remedy))
    return About()
