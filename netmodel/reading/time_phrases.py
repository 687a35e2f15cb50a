"""Where a sentence names a time or a duration, and of what parts: not yet which instant it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from netmodel.reading import time_words as words
from netmodel.reading.clock_phrases import clock_patterns
from netmodel.reading.date_phrases import date_patterns, day_patterns, month_patterns
from netmodel.reading.duration_phrases import DurationPhrase, find_durations
from netmodel.reading.folded_text import matches_at
from netmodel.reading.time_atoms import DATE_KINDS, Maker, TimeAtom, TimePattern


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """Words that together name one time.

    Parameters
    ----------
    start, end
        With the word before it; `core` is where the time itself begins.
    before
        ``since``, ``until``, ``by``, ``before``, ``after``, ``not_before``, ``between`` or
        nothing.
    pair
        Number of the phrase that ends the span which this one begins.
    """

    start: int
    core: int
    end: int
    before: str
    atoms: tuple[TimeAtom, ...]
    pair: int | None = None
    closes: int | None = None

    def get(self, *kinds: str) -> TimeAtom | None:
        """Return the first atom of one of some kinds."""
        return next((each for each in self.atoms if each.kind in kinds), None)


def find_times(
    low: str,
    start: int,
    end: int,
    language: str,
    durations: Sequence[DurationPhrase] | None = None,
) -> tuple[TimePhrase, ...]:
    """Return the times that a sentence names, in its order.

    Parameters
    ----------
    durations
        Its durations, if they are known.

    Examples
    --------
    >>> [(each.before, each.atoms[0].value) for each in find_times(
    ...     "closed from 22:05 until 01:40", 0, 29, "en")]
    [('since', (22, 5)), ('until', (1, 40))]
    """
    if durations is None:
        durations = find_durations(low, start, end, language)
    taken = [(each.start, each.end) for each in durations]
    atoms = _drop_inside(_find_atoms(low, start, end, language), taken)
    groups = list(_group(low, atoms, language))
    phrases = [_with_word_before(low, start, group, language) for group in groups]
    phrases = _share_half(low, phrases)
    return _share_back(low, _pair(low, phrases, language))


_NOON = 12
_LATER_HALF = re.compile(r"\bp\.?m\b|\b(?:afternoon|evening)\b|(?<!\w)(?:вечора|вечера|дня)(?!\w)")


def _share_half(low: str, phrases: Sequence[TimePhrase]) -> list[TimePhrase]:
    """Return times of which hours in words are of the half of the day that those before name.

    "At seven in the evening, then at nine".
    """
    done: list[TimePhrase] = []
    for each in phrases:
        clock = each.get("clock")
        last = done[-1] if done else None
        before = None if last is None else last.get("clock")
        if (
            clock is not None and before is not None and last is not None
            and len(each.atoms) == 1 and _LATER_HALF.search(low, last.core, last.end)
            and not any(x.isdigit() for x in low[each.core : each.end])
            and int(before.value[0] or 0) - _NOON < int(clock.value[0] or 0) < _NOON
            and int(before.value[0] or 0) >= _NOON
        ):  # fmt: skip
            later = (int(clock.value[0] or 0) + _NOON, *clock.value[1:])
            each = replace(each, atoms=(replace(clock, value=later),))
        done.append(each)
    return done


def _share_back(low: str, phrases: Sequence[TimePhrase]) -> tuple[TimePhrase, ...]:
    """Return spans with their first hour in the half of the day of the second.

    "Between six and nine in the evening".
    """
    done = list(phrases)
    for number, first in enumerate(phrases):
        if first.pair is None or len(first.atoms) != 1:
            continue
        last, clock = phrases[first.pair], first.get("clock")
        ends = last.get("clock")
        if clock is None or ends is None or _LATER_HALF.search(low, last.core, last.end) is None:
            continue
        if any(x.isdigit() for x in low[first.core : first.end]):
            continue
        hour = int(clock.value[0] or 0) + _NOON
        if _NOON < hour <= int(ends.value[0] or 0):
            later = replace(clock, value=(hour, *clock.value[1:]))
            done[number] = replace(first, atoms=(later,))
    return tuple(done)


@lru_cache(maxsize=4)
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], Maker, str], ...]:
    """Return what is looked for in a language, what comes first outranks what comes later."""
    return tuple(
        (re.compile(rf"(?<![\w])(?:{text})(?:(?<=\s)|(?!\w))"), make, needs)
        for text, make, needs in _table(language)
    )


def _table(language: str) -> tuple[TimePattern, ...]:
    return (
        *date_patterns(language), *clock_patterns(language), *day_patterns(language),
        *month_patterns(language),
    )  # fmt: skip


@lru_cache(maxsize=4)
def _needs(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    needs = {each.needs for each in _table(language) if each.needs}
    return tuple((each, re.compile(each)) for each in sorted(needs))


@lru_cache(maxsize=4)
def _of_any_word(language: str) -> re.Pattern[str]:
    """Return a pattern of where all that needs no word may begin: nowhere else does it."""
    each = "|".join(re.sub(r"\(\?P<\w+>", "(?:", x.text) for x in _table(language) if not x.needs)
    return re.compile(rf"(?<![\w])(?={each})")


@lru_cache(maxsize=2**15)
def _needs_in(word: str, language: str) -> frozenset[str]:
    """Return what a word has of what patterns need; most words have nothing of it."""
    return frozenset(name for name, pattern in _needs(language) if pattern.search(word))


def _find_atoms(low: str, start: int, end: int, language: str) -> list[TimeAtom]:
    found: list[TimeAtom] = []
    met = set().union(*(_needs_in(word, language) for word in low[start:end].split()))
    places = [each.start() for each in _of_any_word(language).finditer(low, start, end)]
    for pattern, make, needs in _patterns(language):
        if (needs not in met) if needs else not places:
            continue
        matches = (
            pattern.finditer(low, start, end) if needs else matches_at(pattern, low, places, end)
        )
        for match in matches:
            if any(match.start() < each.end and each.start < match.end() for each in found):
                continue
            atom = make(match)
            if atom is not None:
                found.append(atom)
    return sorted(found, key=lambda each: (each.start, each.end))


def _drop_inside(atoms: Sequence[TimeAtom], taken: Sequence[tuple[int, int]]) -> list[TimeAtom]:
    return [
        each for each in atoms
        if not any(start < each.end and each.start < end for start, end in taken)
    ]  # fmt: skip


def _group(low: str, atoms: Sequence[TimeAtom], language: str) -> Iterator[tuple[TimeAtom, ...]]:
    """Yield atoms that stand together as one time: a clock, a day and a part of it."""
    group: list[TimeAtom] = []
    for atom in atoms:
        if group and not _goes_on(low, group, atom, language):
            yield tuple(group)
            group = []
        group.append(atom)
    if group:
        yield tuple(group)


def _goes_on(low: str, group: Sequence[TimeAtom], atom: TimeAtom, language: str) -> bool:
    kinds = {"day" if each.kind in DATE_KINDS else each.kind for each in group}
    own = "day" if atom.kind in DATE_KINDS else atom.kind
    gap = low[group[-1].end : atom.start]
    if "," in gap and re.search(r"(?<!\w)(?:by|until|к|ко)(?!\w)", gap):
        return False
    if "," in gap and own == "day" and _FROM_THEN.match(low, atom.end):
        return False  # "until 14:40, on Sunday from 9:30"
    if _UP_TO.fullmatch(gap) and kinds == {"day"} and own in ("clock", "part"):
        left = low[max(0, group[0].start - 12) : group[0].start]
        return _FROM_DAY.search(left) is None
    if own in kinds:
        both = own == "day" and {group[-1].kind, atom.kind} in (
            {"weekday", "date"},
            {"day", "date"},
        )
        if not (both and words.JOIN[language].fullmatch(gap)):
            return False
    if words.JOIN[language].fullmatch(gap) is not None:
        return True
    return kinds == {"day"} and own == "clock" and _limit_in(gap, language) != ""


_LIMITS_OF_CLOCK = ("after", "not_before", "by")
"""Words that may stand between a day and its clock: "tomorrow after six"."""


def _limit_in(gap: str, language: str) -> str:
    """Return the word before a clock that stands between it and its day; nothing for none."""
    for name, pattern in _before_patterns(language):
        found = pattern.search(gap) if name in _LIMITS_OF_CLOCK else None
        if found and words.JOIN[language].fullmatch(gap[: found.start()]):
            return name
    return ""


_FROM_THEN = re.compile(r" (?:it was )?(?:from|between|з|із|від|між|с|со|от|между) ")
_UP_TO = re.compile(r" до ")
_FROM_DAY = re.compile(r"(?<!\w)(?:з|із|зі|від|між|с|со|от|между|until|до|по)(?: \w+)? $")
"""Words that make of a day the beginning of a span: "з понеділка до вечора середи"."""


def _with_word_before(
    low: str, start: int, group: tuple[TimeAtom, ...], language: str
) -> TimePhrase:
    core, end = group[0].start, group[-1].end
    left = low[start:core]
    gaps = [low[one.end : two.start] for one, two in pairwise(group)]
    if any(re.search(r"(?<!\w)(?:by|к|ко)(?!\w)", gap) for gap in gaps):
        return TimePhrase(core, core, end, "by", group)
    if any(re.search(r"(?<!\w)(?:until|до)(?!\w)", gap) for gap in gaps):
        return TimePhrase(core, core, end, "until", group)
    inner = next((x for gap in gaps if (x := _limit_in(gap, language))), "")
    if inner:
        return TimePhrase(core, core, end, inner, group)
    for name, pattern in _before_patterns(language):
        found = pattern.search(left)
        if (
            found
            and found[0].startswith(("to", "до", "на"))
            and _MOVED.search(left[: found.start()])
        ):
            return TimePhrase(core, core, end, "", group)
        if found:
            return TimePhrase(start + found.start(), core, end, name, group)
    if re.search(
        r"^[ ,(–]*(?:\w+ )?(?:at the earliest|(?:is|was|as) the earliest|щонайраніше|не раніше)(?! \w+(?:ої|го) )",
        low[end : end + 40],
    ):
        return TimePhrase(core, core, end, "not_before", group)
    if re.search(r"^ (?:at the latest|найпізніше|самое позднее)", low[end : end + 22]):
        return TimePhrase(core, core, end, "by", group)
    return TimePhrase(core, core, end, "", group)


_MOVED = re.compile(
    r"(?:\b(?:moved|postponed|put off|put back|shifted|rescheduled|brought forward)"
    r"|(?<!\w)(?:перенес|переніс|відкла|відсун|зсун|отлож|сдвин)\w*)(?: (?:from|з|із|с|со) [\w ]{2,20})? $"
)
"""Words before the day for which something is planned instead: "has been moved to 25 March"."""


@lru_cache(maxsize=8)
def _before_patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    small = {
        "en": r"(?:the |same (?:hour|time) (?:on )?|about |around |late |early |on |at |end of |beginning of |middle of |start of |mid-)*",
        "uk": r"(?:близько |приблизно |пізнього |раннього |самого |о |об |кінця |початку |середини )*",
        "ru": r"(?:примерно |около |позднего |раннего |самого |в |конца |начала |середины )*",
    }[language]
    return tuple(
        (name, re.compile(rf"(?<!\w)(?:{text})\s{small}$")) for text, name in words.BEFORE[language]
    )


_PAIRED: Mapping[str, frozenset[str]] = {
    "since": frozenset({"until", "by", ""}),
    "between": frozenset({"until", "by", ""}),
    "": frozenset({""}),
}


def _pair(low: str, phrases: Sequence[TimePhrase], language: str) -> tuple[TimePhrase, ...]:
    """Join the beginning and the end of spans: "from A until B", "between A and B", "A–B"."""
    done = list(phrases)
    for number in range(len(done) - 1):
        first, second = done[number], done[number + 1]
        if first.closes is not None or second.before not in _PAIRED.get(first.before, ()):
            continue
        gap = low[first.end : second.core]
        if _pairs(first.before, gap, language) or _are_next_days(first, second, gap):
            done[number] = replace(first, pair=number + 1)
            done[number + 1] = replace(second, closes=number)
    return tuple(done)


_TOGETHER = re.compile(r" (?:and|та|і|й|и) ")


def _are_next_days(first: TimePhrase, second: TimePhrase, gap: str) -> bool:
    """Whether two days are named in one breath, one after the other: "Saturday and Sunday"."""
    if first.before or second.before or not _TOGETHER.fullmatch(gap):
        return False
    one, two = first.atoms[-1], second.atoms[0]
    if len(first.atoms) + len(second.atoms) > 2 or one.kind != two.kind:
        return False
    if one.kind == "day":
        return (one.value[0], two.value[0]) in (("0", "+1"), ("-1", "0"))
    return one.kind == "weekday" and (int(one.value[0] or 0) + 1) % 7 == two.value[0]


def _pairs(before: str, gap: str, language: str) -> bool:
    if before == "":
        return re.fullmatch(r" ?[–-] ?", gap) is not None
    return words.AND[language].fullmatch(gap) is not None
