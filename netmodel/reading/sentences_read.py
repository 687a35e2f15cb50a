"""What a sentence of an article says of the railway: its places, times and words for traffic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from netmodel.reading.cause_words import TRAFFIC_STOPPING
from netmodel.reading.clauses import count_breaks
from netmodel.reading.cues import does_recur, find_cues, is_about_rail, is_general, is_somewhere
from netmodel.reading.duration_phrases import DurationPhrase, find_durations
from netmodel.reading.event_places import (
    EventPlace,
    choose_places,
    find_event_places,
    is_over_list,
    is_row,
)
from netmodel.reading.folded_text import FoldedText, Sentence
from netmodel.reading.place_mentions import Mention
from netmodel.reading.railway_companies import name_companies
from netmodel.reading.speakers import Speech, find_speeches
from netmodel.reading.time_phrases import TimePhrase, find_times
from netmodel.reading.told_before import recalls
from netmodel.reading.told_cues import Cue

ALONE = TRAFFIC_STOPPING | {"power", "fire", "station_damage", "weather", "signalling"}
"""Kinds of which a sentence about the railway may tell without an effect."""
SIDE = ("replaced", "detoured")
LIMITS = ("single_track", "diesel_only", "limited", "slowed")


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with what was found in it."""

    number: int
    sentence: Sentence
    about_rail: bool
    cues: tuple[Cue, ...]
    places: tuple[EventPlace, ...]
    times: tuple[TimePhrase, ...]
    durations: tuple[DurationPhrase, ...]
    speeches: tuple[Speech, ...]
    somewhere: bool = False
    general: bool = False
    recurs: bool = False
    recalls: str = ""
    points_back: bool = False
    bare: bool = False

    @property
    def refused(self) -> tuple[Cue, ...]:
        """The words for a return that say, of hours, that there was none: "not one was let in"."""
        if not any(each.before in ("since", "until") for each in self.times):
            return ()
        return tuple(
            each for each in self.cues
            if each.group == "return" and each.denied and each.anchored and not each.future
        )  # fmt: skip

    def told(self, group: str) -> tuple[Cue, ...]:
        """Return the cues of a group that are said to be so."""
        return tuple(each for each in self.cues if each.group == group and each.told)


def read_sentences(
    folded: FoldedText, sentences: Sequence[Sentence], mentions: Sequence[Mention]
) -> list[ReadSentence]:
    """Return the sentences of paragraphs about the railway and of those after them.

    Sentences in a language that is not read are left out.
    """
    done: list[ReadSentence] = []
    previous, company = "", None
    low = folded.low
    named = Counter(each.sentence for each in mentions if each.kind == "stop")
    at = group_by_sentence(mentions)
    rail = {
        each.paragraph
        for number, each in enumerate(sentences)
        if named[number] or is_about_rail(low, each)
    }
    for number, sentence in enumerate(sentences):
        own = at.get(number, [])
        near = {sentence.paragraph, sentence.paragraph - 1}
        if _is_heading(number, sentence):
            near.add(sentence.paragraph + 1)
        if not sentence.language or not near & rail:
            previous = ""
            continue
        places = find_event_places(low, sentence, own)
        listed = is_row(low, sentence.start, sentence.end, places)
        if listed or is_over_list(low, sentence.start, sentence.end):
            previous = _LISTED[sentence.language]
        cues = _without_names(folded, sentence, find_cues(folded, sentence, previous), own)
        plain = is_about_rail(low, sentence) or _is_of_line(low, sentence, cues, places)
        bare = not plain and _is_bare(low, sentence, cues, places)
        whole = (low, sentence.start, sentence.end, sentence.language)
        durations = find_durations(*whole)
        times = find_times(*whole, durations)
        cues = _returned(low, cues, times)
        speeches, company = name_companies(folded, sentence, find_speeches(low, sentence), company)
        done.append(
            ReadSentence(
                number, sentence,
                plain or bare, cues,
                places,
                times,
                durations,
                speeches,
                is_somewhere(low, sentence), is_general(low, sentence), does_recur(low, sentence),
                recalls(low, sentence, times),
                _POINTS_BACK.search(low, sentence.start, sentence.end) is not None,
                bare,
            )
        )  # fmt: skip
        previous = low[sentence.start : sentence.end]
    return [_in_context(each, done) for each in done]


def _returned(low: str, cues: Sequence[Cue], times: Sequence[TimePhrase]) -> tuple[Cue, ...]:
    """Return cues with trains that run as usual by a clock, or since then, as their return."""
    return tuple(
        replace(cue, group="return", value="full")
        if cue.value == "normal" and not cue.denied and any(
            x.before in ("since", "by") and x.get("clock") is not None and x.end <= cue.start
            and not count_breaks(low, x.end, cue.start)
            for x in times
        )
        else cue
        for cue in cues
    )  # fmt: skip


_LISTED = {"en": "rail traffic", "uk": "рух поїздів", "ru": "движение поездов"}
"""What a list of sections is about, though its rows do not say it."""
_HEADING = 60
"""Letters that a line over a text has at most."""


def _is_heading(number: int, sentence: Sentence) -> bool:
    """Whether a sentence may say of what day or hour a text is: "Станом на 07:15"."""
    return number == 0 and sentence.end - sentence.start <= _HEADING


def _without_names(
    folded: FoldedText, sentence: Sentence, cues: Sequence[Cue], mentions: Sequence[Mention]
) -> tuple[Cue, ...]:
    """Leave out causes that are only a name, or a part of one: Lesia Moroz, Morozovskaya."""
    return tuple(
        cue
        for cue in cues
        if cue.group != "cause"
        or not (
            any(each.start <= cue.start and cue.end <= each.end for each in mentions)
            or _is_surname(folded, sentence, cue)
        )
    )


def _is_surname(folded: FoldedText, sentence: Sentence, cue: Cue) -> bool:
    """Whether a word for a cause has a capital after another word that has one."""
    low = folded.low
    if " " in low[cue.start : cue.end] or cue.start == sentence.start:
        return False
    first, last = folded.original(cue.start, cue.end)
    before, word = folded.text[:first].split(" ")[-2:-1], folded.text[first:last]
    return bool(before) and word.istitle() and before[0].istitle() and before[0].isalpha()


def _in_context(each: ReadSentence, sentences: Sequence[ReadSentence]) -> ReadSentence:
    """Return a sentence as about the railway, if what it tells of is so in the next to it."""
    happens = (
        each.told("effect")
        or (each.times and each.told("return"))
        or [c for c in each.told("cause") if c.value in ALONE]
    )
    if each.about_rail or not happens:
        return each
    beside = any(
        other.about_rail
        and abs(other.number - each.number) == 1
        and other.sentence.paragraph == each.sentence.paragraph
        for other in sentences
    )
    return replace(each, about_rail=True) if beside else each


def group_by_sentence(mentions: Sequence[Mention]) -> dict[int, list[Mention]]:
    """Return mentions by the number of their sentence."""
    found: dict[int, list[Mention]] = {}
    for each in mentions:
        found.setdefault(each.sentence, []).append(each)
    return found


_POINTS_BACK = re.compile(
    r"\b(?:these|those|this|that) (?:\w+ )?"
    r"(?:tracks?|lines?|sections?|stretch|railway|routes?|bridge|station|derailment|train)\b"
    r"|(?<!\w)(?:ц(?:і|их|ими|я|ій|ієї|ю|ей|ього|ьому)|т(?:і|их|ієї|ій)) (?:\w+ )?"
    r"(?:колі|рейк|лін|дільн|ділян|перег|міст|мост|станц|поїзд|сход)"
    r"|(?<!\w)(?:эт(?:и|их|ими|а|ой|у|от|ого|ом)|т(?:е|ех|ой)) (?:\w+ )?"
    r"(?:пут|рельс|лини|участ|перег|мост|станц|поезд|сход)"
)
"""Words that mean a line or a train of which the article has told: "those tracks"."""
_LINE = re.compile(
    r"\b(?:lines?|sections?|stretch|routes?|tracks?|bridge|embankment|station|junction|services|timetable|catenary|substation)\b"
    r"|(?<!\w)(?:м[іо]ст\w{0,2}|насип\w*|насып\w*|ліні[яїюєй]\w*|станці\w+|вуз(?:ол|л\w+)|сполученн\w+|перег[оі]н\w*|дільниц\w+|підстанці\w+|розклад\w*"
    r"|обох\sнапрям\w+|обоих\sнаправлени\w+|лини[яиюей]\w*|станци\w+|уз(?:ел|л\w+)|сообщени[еяю]\w*|перегон\w*|участ(?:ок|к\w+)|подстанци\w+|расписани\w+)(?!\w)"
)
_ROAD = re.compile(
    r"\b(?:roads?|highway|motorway|street|motorists|cars)\b|(?<!\w)(?:шосе|трас[аиуі]\w*|вулиц\w+|автомоб\w+|водії\w*"
    r"|шоссе|трасс\w+|улиц\w+|водител\w+|набережн\w+"
    r"|(?<!дирекции )(?<!управлении )(?<!управление )(?<!начальник )дорог[аиуі])(?!\w)"
)


_SECTION_NAMED = re.compile(
    r"(?:(?<!power )(?<!bus )\b(?:line|section|stretch|branch)(?: between| from)?"
    r"|(?<!\w)(?:ліні[яїюєй]\w*|перег[оі]н\w*|дільниц\w+|ділян[кц]\w+|лини[яиюей]\w*|перегон\w*|участ(?:ок|к)\w*)"
    r"(?: між| между)?) [\"']?$"
)
"""Words before two places that make of them a section of line."""
_MOVEMENT = re.compile(
    r"(?<!\w)(?:рух(?:у|ом)?|движени[еяю]м?)(?!\w)"
    r"(?! (?:\w+ )?(?:автобус|авто|транспорт|тролейб|троллейб|маршрут|машин|фур))"
    r"|\btraffic\b"
)
"""Words for traffic of any kind: by rail where it is between two stations and no road is near."""
_BESIDE = 250
_BREAKS_TRAFFIC = ("power", "signalling", "track_damage", "bridge_damage", "derailment")
"""Kinds that stop traffic on a line of which nothing else is told."""


def _is_of_line(
    low: str, sentence: Sentence, cues: Sequence[Cue], places: Sequence[EventPlace]
) -> bool:
    """Whether a sentence without a word for rail speaks of it: a line, and what befell it."""
    if not places or _ROAD.search(low, sentence.start, sentence.end):
        return False
    if cues and any(
        each.form == "section" and each.why == "stated"
        and _SECTION_NAMED.search(low, max(sentence.start, each.start - 24), each.start)
        for each in places
    ):  # fmt: skip
        return True
    effects = [cue for cue in cues if cue.group in ("effect", "return") and cue.anchored]
    between = any(each.form == "section" for each in (*places, *choose_places(places)))
    stopping = between and any(
        cue.group == "cause" and cue.value in _BREAKS_TRAFFIC for cue in cues
    )
    if (effects or stopping) and _LINE.search(low, sentence.start, sentence.end):
        return True
    around = low[max(0, sentence.start - _BESIDE) : sentence.end + _BESIDE]
    if effects and between and _MOVEMENT.search(low, sentence.start, sentence.end):
        return _ROAD.search(around) is None
    limits = [cue for cue in cues if cue.group == "effect" and cue.value in LIMITS]
    if limits and _LINE.search(low, sentence.start, sentence.end):
        return True
    return bool(limits) and any(each.form == "section" for each in places)


_VEHICLES = re.compile(
    rf"{_ROAD.pattern}|\b(?:lorr(?:y|ies)|trucks?|vehicles?|bus(?:es)?|pedestrians?|ferr(?:y|ies)|flights?)\b"
    r"|(?<!\w)(?:авто\w*|маршрутк\w*|вантажівк\w+|фур[аиуі]|дтп|пробк\w+|пішоход\w*|тролейбус\w*|транспорт\w*|пором\w*"
    r"|грузовик\w*|фур[аыу]|пешеход\w*|троллейбус\w*|паром\w*)(?!\w)"
)


def _is_bare(
    low: str, sentence: Sentence, cues: Sequence[Cue], places: Sequence[EventPlace]
) -> bool:
    """Whether a sentence tells of traffic at one place of the network, of which no word says more.

    "Traffic is closed near X" may be of a road, so none may be spoken of around it, and what is
    read of it stays in doubt.
    """
    near = [each for each in places if each.form == "at" and each.why == "nearby"]
    if not near or not any(cue.group == "effect" and cue.anchored and cue.told for cue in cues):
        return False
    if sentence.language == "uk" and all(low.startswith("у ", each.start) for each in near):
        return False  # in the town and not beside it
    around = low[max(0, sentence.start - _BESIDE) : sentence.end + _BESIDE]
    traffic = _MOVEMENT.search(low, sentence.start, sentence.end)
    return traffic is not None and _VEHICLES.search(around) is None
