"""Numbers, durations, instants and names as a reader of one language expects them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from netmodel.runs.instants import BreakPoint, know_breaks
from netmodel.runs.record import RunRecord
from netmodel.times import Bounds, load_zone
from netmodel.words.strings import Phrases

_NARROW_SPACE = "\u202f"
_LEAST_HOURS_IN_DAYS = 72
_CYRILLIC_NAME = re.compile(r"[А-ЩЬЮЯҐЄІЇа-щьюяґєії’'ʼ\- .0-9()]+")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_NAME_LIMIT = 120
_DATE_LENGTH = len("2023-05-18")


def format_number(value: float, language: str, *, digits: int = 0) -> str:
    """Return a number with the separators of the language.

    Examples
    --------
    >>> format_number(12345.678, "en", digits=1), format_number(0.5, "uk", digits=1)
    ('12,345.7', '0,5')
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else "–"
    text = f"{abs(value):,.{digits}f}"
    if language == "uk":
        text = text.replace(",", _NARROW_SPACE).replace(".", ",")
    return ("−" if value < 0 and float(f"{value:.{digits}f}") else "") + text


def format_share(value: float, language: str) -> str:
    r"""Return a share as a percentage with one decimal, none where it is whole.

    Examples
    --------
    >>> format_share(0.69697, "en"), format_share(1.0, "en")
    ('69.7\xa0%', '100\xa0%')
    """
    percent = round(value * 100, 1)
    digits = 0 if percent == round(percent) else 1
    return f"{format_number(percent, language, digits=digits)}\u00a0%"


def format_duration(hours: float, phrases: Phrases, *, beside: float = 0.0) -> str:
    """Return a length of time in minutes, hours and minutes, or days and hours.

    Parameters
    ----------
    beside
        The other end of a range, in hours: where that is told in days, so is this from a day on.

    Examples
    --------
    >>> [format_duration(h, Phrases("en")) for h in (0.4, 12.625, 66, 100)]
    ['24 min', '12 h 38 min', '66 h', '4 d 4 h']
    >>> [format_duration(h, Phrases("en"), beside=100) for h in (12, 66)]
    ['12 h', '2 d 18 h']
    """
    if not math.isfinite(hours):
        return phrases("unit.never")
    sign = "−" if hours < 0 else ""
    minutes = round(abs(hours) * 60)
    if minutes >= (24 if _in_days(beside) else _LEAST_HOURS_IN_DAYS) * 60:
        days, rest = divmod(round(minutes / 60), 24)
        parts = [(days, "unit.days"), (rest, "unit.hours")]
    else:
        whole, rest = divmod(minutes, 60)
        parts = [(whole, "unit.hours"), (rest, "unit.minutes")]
    shown = [
        phrases(key, n=format_number(number, phrases.language)) for number, key in parts if number
    ]
    return sign + " ".join(shown) if shown else phrases("unit.minutes", n=0)


def _in_days(hours: float) -> bool:
    return math.isfinite(hours) and round(abs(hours) * 60) >= _LEAST_HOURS_IN_DAYS * 60


def tell_duration(
    hours: float, phrases: Phrases, *, days: str = "unit.long_days", beside: float = 0.0
) -> str:
    """Return a duration for a sentence: whole days in full, others as in a table.

    Parameters
    ----------
    days
        The words for whole days: ``unit.of_long_days`` where they follow *from* and *to*.
    beside
        See `format_duration`.

    Examples
    --------
    >>> [tell_duration(hours, Phrases("en")) for hours in (8.9, 768, 772)]
    ['8 h 54 min', '32 days', '32 d 4 h']
    """
    if _in_days(hours) and round(hours) % 24 == 0:
        return phrases.count(days, round(hours) // 24)
    return format_duration(hours, phrases, beside=beside)


def format_day(moment: datetime, phrases: Phrases) -> str:
    """Return day, month and year.

    Examples
    --------
    >>> format_day(datetime(2023, 5, 18), Phrases("uk"))
    '18 травня 2023'
    """
    return f"{moment.day} {phrases(f'month.{moment.month}')} {moment.year}"


def format_moment(moment: datetime, phrases: Phrases) -> str:
    """Return day and hour of an instant that is already in its zone."""
    return f"{format_day(moment, phrases)}, {format_clock(moment)}"


def format_clock(moment: datetime) -> str:
    """Return hour and minute, with the offset in the hour that the clocks of the zone have twice.

    Examples
    --------
    >>> once = datetime(2024, 10, 27, 3, 15, tzinfo=load_zone("Europe/Berlin"))
    >>> format_clock(once), format_clock(once.replace(hour=2))
    ('03:15', '02:15 (UTC+02:00)')
    """
    shown = f"{moment:%H:%M}"
    if moment.utcoffset() == moment.replace(fold=1 - moment.fold).utcoffset():
        return shown
    offset = f"{moment:%z}"
    return f"{shown} (UTC{offset[:3]}:{offset[3:5]})"


def format_interval(start: datetime, end: datetime, phrases: Phrases) -> str:
    """Return two local instants, the day only once where it is the same."""
    last = format_clock(end) if start.date() == end.date() else format_moment(end, phrases)
    return phrases("page.to", start=format_moment(start, phrases), end=last)


def format_short_interval(start: datetime, end: datetime, phrases: Phrases) -> str:
    """Return two local instants with short months, leaving out what both share.

    Examples
    --------
    >>> format_short_interval(datetime(2023, 5, 18, 8), datetime(2023, 5, 19), Phrases("en"))
    '18 May 2023, 08:00 – 19 May, 00:00'
    """
    first = (
        f"{start.day} {phrases(f'month_short.{start.month}')} {start.year}, {format_clock(start)}"
    )
    if start.date() == end.date():
        return f"{first} – {format_clock(end)}"
    year = "" if start.year == end.year else f" {end.year}"
    return f"{first} – {end.day} {phrases(f'month_short.{end.month}')}{year}, {format_clock(end)}"


def format_published(text: str | None, phrases: Phrases) -> str:
    """Return when a document appeared, in words where the text is a date or an instant.

    Examples
    --------
    >>> format_published("2023-05-18", Phrases("en")), format_published("", Phrases("en"))
    ('18 May 2023', 'undated')
    """
    if not text:
        return phrases("incident.undated")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (
        format_day(moment, phrases) if len(text) <= _DATE_LENGTH else format_moment(moment, phrases)
    )


def describe_bounds(bounds: Bounds, zone: str, phrases: Phrases) -> str:
    """Return in words what bounds allow, in the window's zone."""
    tz = load_zone(zone)
    first = None if bounds.earliest is None else bounds.earliest.astimezone(tz)
    last = None if bounds.latest is None else bounds.latest.astimezone(tz)
    if first is None:
        if last is None:
            return phrases("unit.unknown")
        return phrases("incident.before", instant=format_moment(last, phrases))
    if last is None:
        return phrases("incident.after", instant=format_moment(first, phrases))
    if bounds.earliest == bounds.latest:  # two hours of one name are not the same instant
        return format_moment(first, phrases)
    if last - first == timedelta(days=1) and (first.hour, first.minute) == (0, 0):
        return phrases("incident.on_day", day=format_day(first, phrases))
    end = format_clock(last) if first.date() == last.date() else format_moment(last, phrases)
    return phrases("incident.between", start=format_moment(first, phrases), end=end)


def tell_break(point: BreakPoint, zone: str, phrases: Phrases, *, with_bounds: bool = True) -> str:
    """Return a break point in words, marked where no document reports it.

    Parameters
    ----------
    with_bounds
        Whether the mark says what the evidence allows.
    """
    tz = load_zone(zone)
    instant = format_moment(point.at.astimezone(tz), phrases)
    if point.is_reported:
        return instant
    if not with_bounds:
        return f"≈ {instant}"
    bounds = describe_bounds(point.bounds, zone, phrases)
    return phrases(f"instant.{point.known}", instant=instant, bounds=bounds)


def tell_span(
    record: RunRecord, first: int, last: int, phrases: Phrases, *, with_bounds: bool = True
) -> str:
    """Return from when to when some states last, each end marked where no document reports it.

    Parameters
    ----------
    first, last
        The first and the last of the states.
    with_bounds
        Whether the marks say what the evidence allows.
    """
    points, order = know_breaks(record), list(record.states.index)
    start, end = points[order.index(first)], points[order.index(last) + 1]
    zone = record.summary.window.zone
    if start.is_reported and end.is_reported:
        tz = load_zone(zone)
        return format_interval(start.at.astimezone(tz), end.at.astimezone(tz), phrases)
    told = (tell_break(each, zone, phrases, with_bounds=with_bounds) for each in (start, end))
    return phrases("page.to", **dict(zip(("start", "end"), told, strict=True)))


def choose_name(name: str, aliases: str, language: str) -> str:
    """Return the name of a hub in a language.

    In Ukrainian, a hub goes by its first Cyrillic alias without a letter that Ukrainian does not
    have; a hub without one keeps its name.

    Examples
    --------
    >>> choose_name("Dzhankoi", "Джанкой;Dzhankoy", "uk")
    'Джанкой'
    >>> choose_name("Dzhankoi", "Джанкой;Dzhankoy", "en")
    'Dzhankoi'
    """
    if language != "uk":
        return name
    fitting = (alias.strip() for alias in aliases.split(";"))
    told = next((a for a in fitting if a and _CYRILLIC_NAME.fullmatch(a)), name)
    return told.replace("'", "\u2019").replace("\u02bc", "\u2019")


def show_controls(text: object) -> str:
    """Return a text with its invisible direction and control characters made visible.

    Examples
    --------
    >>> show_controls("a" + chr(0x202E) + "b")
    'a⟨U+202E⟩b'
    """
    return _INVISIBLE.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", str(text))


def hub_names(record: RunRecord, language: str) -> list[str]:
    """Return the hubs' names in a language, in the order of the table."""
    hubs = record.hubs
    return [
        _shown_name(str(name), str(aliases), language)
        for name, aliases in zip(hubs["name"], hubs["aliases"], strict=True)
    ]


def place_names(record: RunRecord, language: str) -> dict[str, str]:
    """Return what to show in a language for each name of a hub or station, and each alias.

    A name outranks an alias, and a hub a station. Stations that are no hubs are those of
    ``stations.csv``; runs written earlier have none.
    """
    known: dict[str, str] = {}
    if record.stations is not None:
        rows = zip(record.stations.index, record.stations["aliases"], strict=True)
        known = {str(name): _shown_name(str(name), str(told), language) for name, told in rows}
    hubs, shown = record.hubs, hub_names(record, language)
    for name, aliases in zip(shown, hubs["aliases"], strict=True):
        known |= dict.fromkeys(filter(None, str(aliases).split(";")), name)
    return known | dict(zip(map(str, hubs["name"]), shown, strict=True))


class HubNames(Mapping[str, str]):
    """The names of a record's hubs in a language by their ids, each made when it is asked for.

    For a few names of a network that may have hundreds of thousands; see `hub_names`.
    """

    def __init__(self, record: RunRecord, language: str) -> None:
        self._hubs = record.hubs
        self._language = language

    def __getitem__(self, hub: str) -> str:
        place = self._hubs.index.get_loc(hub)
        name, aliases = (self._hubs[column].iloc[place] for column in ("name", "aliases"))
        return _shown_name(str(name), str(aliases), self._language)

    def __iter__(self) -> Iterator[str]:
        return map(str, self._hubs.index)

    def __len__(self) -> int:
        return len(self._hubs)


class LinkNames(Mapping[str, str]):
    """The links of a record by their ids, each told by the names of its ends when asked for."""

    def __init__(self, record: RunRecord, names: Mapping[str, str]) -> None:
        self._links = record.links
        self._names = names

    def __getitem__(self, link: str) -> str:
        place = self._links.index.get_loc(link)
        start, end = (str(self._links[column].iloc[place]) for column in ("from", "to"))
        return f"{self._names.get(start, start)} – {self._names.get(end, end)}"

    def __iter__(self) -> Iterator[str]:
        return map(str, self._links.index)

    def __len__(self) -> int:
        return len(self._links)


@lru_cache(maxsize=2**17)
def _shown_name(name: str, aliases: str, language: str) -> str:
    """Return the name of a hub as a page shows it, which asks for all of them a dozen times."""
    return shorten(show_controls(choose_name(name, aliases, language)))


def shorten(text: str, limit: int = _NAME_LIMIT) -> str:
    """Return a text that is too long for a map or a table cell with its end left out."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


WIDE, NARROW = 10, 5
_HOURS = (1, 2, 3, 6, 12, 24, 48, 24 * 7, 24 * 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


def choose_ticks(local: Sequence[datetime], phrases: Phrases) -> dict[str, list[list[object]]]:
    """Return minutes after the first instant and label of each tick, ``wide`` and ``narrow``.

    Parameters
    ----------
    local
        Break points in their zone; only the first and the last count.
    """
    start, end = local[0], local[-1]
    return {
        "wide": _ticks(start, end, WIDE, phrases),
        "narrow": _ticks(start, end, NARROW, phrases),
    }


def _ticks(start: datetime, end: datetime, most: int, phrases: Phrases) -> list[list[object]]:
    hours = (end - start).total_seconds() / 3600
    step = next((each for each in _HOURS if hours / each <= most), None)
    if step is not None:
        return [
            [_minutes(start, moment), _hour_label(moment, step, phrases)]
            for moment in _hour_ticks(start, end, step)
        ]
    months = hours / (24 * 30.4)
    step = next((each for each in _MONTHS if months / each <= most), _MONTHS[-1])
    return [
        [_minutes(start, moment), _month_label(moment, step, phrases)]
        for moment in _month_ticks(start, end, step)
    ]


def _hour_ticks(start: datetime, end: datetime, step: int) -> list[datetime]:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    days = 0
    while midnight + timedelta(days=days) < end:
        day = midnight + timedelta(days=days)
        inside = range(0, 24, step) if step < 24 else (0,)
        found += [day + timedelta(hours=hour) for hour in inside]
        days += max(1, step // 24)
    return [moment for moment in found if start <= moment < end]


def _month_ticks(start: datetime, end: datetime, step: int) -> list[datetime]:
    found = []
    number = start.year * 12
    while number // 12 <= end.year:
        moment = start.replace(
            year=number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0
        )
        if start <= moment < end:
            found.append(moment)
        number += step
    return found


def _hour_label(moment: datetime, step: int, phrases: Phrases) -> str:
    if step < 24 and moment.hour:
        return f"{moment:%H:%M}"
    return f"{moment.day} {phrases(f'month_short.{moment.month}')}"


def _month_label(moment: datetime, step: int, phrases: Phrases) -> str:
    if step >= 12:
        return str(moment.year)
    return f"{phrases(f'month_short.{moment.month}')} {moment.year}"


def _minutes(start: datetime, moment: datetime) -> float:
    return round((moment.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 60, 1)
