"""Where an event of a sentence is: between two places, at one, on the line to one, in a region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from netmodel.reading.folded_text import Sentence
from netmodel.reading.place_mentions import Mention

_BETWEEN = re.compile(
    r"(?:between|між|поміж|межу|между)(?: the)?(?: two| двома| двумя)?(?: (?:stations?|towns?|cities|станціями|містами|станциями|городами)(?: of)?,?)? [\"']*$"
)
_AND = re.compile(
    r"[\"']*(?:, | )?(?:and|to|і|й|та|и|до) (?:the )?(?:station |станцією |станцією |станцией )?[\"']*"
)
_DASH = re.compile(r"[\"']*(?: station)?(?: ?[–] ?|-| - )[\"']*")
_FROM = re.compile(
    r"(?<!\w)(?:from|between|із|зі|з|від|от|из|со?)(?: (?:station|станції|станции))? [\"']*$"
)
_TO = re.compile(
    r"[\"']* ?(?:to|до|в|у|на|towards|as far as|в бік|в сторону)(?: (?:station|станції|станции))? [\"']*"
)
_TRAIN = re.compile(
    r"(?:(?:trains?|express|поїзд\w*|потяг\w*|поезд\w*|рейс\w*|електричк\w+|электричк\w+|intercity|інтерсіті)(?: (?:no\.?|№|number))? ?№? ?\d[\d/ ,]*|№ ?\d[\d/]*|\bno\. ?\d[\d/]*|(?:^|\n|[▪•·●■▫])[^\w\n]{0,4}\d{1,4}[a-zа-яії]?|\bthe \d{1,2}[:.]\d\d)(?: \w+){0,2}? (?:from |з |із |из |с |за маршрутом |по маршруту |сполученням |сообщением )?[\"']*$"
)
_ROUTE_WORD = re.compile(
    r"(?:за маршрутом|по маршруту|сполученням|сообщением|on the way from|bound from|(?:a|the) (?:\w+ ){0,2}(?:train|express) from|(?:поїзд|потяг|поезд) (?:\w+ )?(?:з|із|из|с)?) [\"']*$"
)
_NAMED_TRAIN = re.compile(
    r" (?:night |overnight |regional |commuter |suburban |passenger |fast |morning |evening )*(?:express|sleeper|train)\b(?! (?:station|line))"
)
"""What follows a town of which a train has its name: "the Lviv express"."""
_ONE_TRAIN = re.compile(
    r"(?<!\w)(?:приміськ|пасажирськ|швидк|пассажирск|пригородн|скор)(?:ий|ого|ому|им|ый|ым|ой) [\"']*$"
    r"|(?<!\w)(?:поїзд|потяг|електропоїзд|електричка|експрес|поезд|электропоезд|электричка|экспресс)(?: \w+)? [\"']*$"
)
_VIA = re.compile(
    r"(?:by way of|via|over|through|round by|detour(?:ed)? (?:via|through|by)|через|в об'їзд через|в обход через|кружним шляхом через) (?:the )?(?:station |станцію |станцию )?[\"']*$"
)
_TRAFFIC_VIA = re.compile(
    r"(?:traffic|trains?|services?|movement|рух|руху|поїзд\w*|потяг\w*|движени\w+|поезд\w*)(?: (?!пусти|пуще|направ|скеров|спряму|sent|divert|re-?rout)\w+)? (?:through|over|через) (?:the )?(?:station |станцію |станцию )?[\"']*$"
)
_TRAINS = re.compile(
    r"(?<!\w)(?:trains?|expresses|поїзди|поїздів|потяги|потягів|поезда|поездов|електрички|электрички)(?: \w+)? [\"']*$"
)
_ONWARD = re.compile(
    r"(?:(?:line|lines|tracks?|trains?|traffic|services?|section|stretch|branch|way|route|bound|лін\w+|рух\w*|поїзд\w*|потяг\w*|електрич\w+|электрич\w+|рейс\w*|состав\w*|коли\w+|колі\w+|гіл[кц]\w+|гілок|дільниц\w+|ділян[кц]\w+|напрямк\w+"
    r"|лини\w+|дорог\w+|дороз\w+|движени\w+|поезд\w*|пут\w+|ветк\w+|веток|участ\w+|направлени\w+|сообщени\w+|сполученн\w+)(?: \w+){0,2}? (?:to|into|towards|for|as far as|на|до|в напрямку|у напрямку|в направлении|у бік|в сторону|з|із|к) (?:the )?)$|(?:towards|in the direction of|in the direction|(?:в|у) (?:бік|напрямку)|в (?:сторону|направлении)) $"
)
_AT = re.compile(
    r"(?:at|near|in|outside|by|around|of|from|beside|past|leaving|close to|not far from|station|junction|біля|поблизу|під|над|за|в|у|на|неподалік(?: від)?|коло|станці\w+|вузл\w+|від|близ|возле|под"
    r"|около|у|недалеко от|мимо|повз|станци\w+|узл\w+|депо|кілометр\w* від|километр\w* от|перед) (?:the )?(?:station (?:of )?|станці\w+ |станци\w+ |вокзал\w* |перегон\w* )?(?:of )?[\"']*$"
)
_TOWARDS = re.compile(
    r"(?:,|(?:скор|швидк|приміськ|пригородн|пассажирск|пасажирськ|нічн|ночн|перш|перв)\w{1,3}) на [\"']*$"
)
"""Words before a town to which a train goes: "скорый на Москву"."""
_GOES_TO = re.compile(r"(?:^|[.,;–] ?)(?:to|до|в|у|на) [\"']*$")
_TRAINS_GO = re.compile(
    r"[^.,;:]{0,30} (?:trains?|поїзд\w*|потяг\w*|поезд\w*|електричк\w*|электричк\w*)"
    r"(?: \w+){0,3}? (?:go|run|will|під|ход|йд|курсу|їзд|дістан|пойд|ход|ид|курсир|езд)\w*"
)
"""Words around a place by which trains go to it: "до Савинців поїзди не підуть"."""
_SIDE_OF = re.compile(
    r"(?:\bfrom(?: the direction of)?|(?:з|із|зі) (?:боку|сторони)|со стороны) (?:the )?[\"']*$"
)
"""Words before a place from which trains come."""
_AWAY_FROM = re.compile(
    r"(?:\d|km|kilomet\w+|miles?|far|away|metres?|meters?) from (?:the )?[\"']*$"
)
_NEAR = re.compile(
    r"(?:near|outside|around|beside|close to|not far from|біля|поблизу|під|неподалік|за|близ|возле|под|около|недалеко|у)\s+\S{0,2}$"
)
_OTHER = re.compile(
    r"(?:(?:authorities|officials|police|prosecutors|headquarters|reporters|courts?|ministry|department|government|administration|council|union) in|(?:власти|оперштаб\w*|полици\w+|мэри\w+|министерств\w+|минтранс\w*|управлени\w+|мініст\w+|управлінн\w+|влада|поліці\w+|міськрад\w+|мері\w+) (?:в|у)|comes? from|came from|sent from|arrived from|called from|brought from|прибу\w+ з|прибы\w+ из|направ\w+ из|вислан\w+ з|born in|residents? of|capital|native of|lives? in|hospital in|office in|родом з|уродженец|мешканц\w+|жител\w+|hospital\w* of|citing \w+ in|лікарн\w+|больниц\w+|told \w+ in|live in|worked in)(?: \w+)? ?$"
)


@dataclass(frozen=True, slots=True)
class EventPlace:
    """A place that an event of a sentence may have; half-open in the folded text.

    Parameters
    ----------
    form
        ``section``, ``at``, ``onward`` (the line to it), ``region``, ``train`` (the way of a named
        train), ``trains`` (of trains without a number), ``via`` or ``other``.
    names
        Of hubs and stations in order; of a region its own.
    """

    form: str
    names: tuple[str, ...]
    start: int
    end: int
    sure: str
    why: str
    sentence: int = 0


def find_event_places(
    low: str, sentence: Sentence, mentions: Sequence[Mention]
) -> tuple[EventPlace, ...]:
    """Return the places of a sentence with what they are in it.

    Examples
    --------
    >>> low = "no trains between lviv and stryi"
    >>> found = [Mention("stop", "Lviv", 18, 22, 0, "certain", "stated"),
    ...          Mention("stop", "Stryi", 27, 32, 0, "certain", "stated")]
    >>> [(each.form, each.names) for each in find_event_places(low, Sentence(0, 32, "en", 0), found)]
    [('section', ('Lviv', 'Stryi'))]
    """
    done: list[EventPlace] = []
    number = 0
    mentions = [each for each in mentions if sentence.start <= each.start < sentence.end]
    while number < len(mentions):
        size = _chain(low, sentence, mentions, number)
        group = mentions[number : number + size]
        done.append(_joined(low, done, _place(low, sentence, group)))
        number += size
    return tuple(done)


def _joined(low: str, before: Sequence[EventPlace], place: EventPlace) -> EventPlace:
    """Return a place in the form of the one that it is named in one breath with: "from A and B"."""
    if not before or place.form != "at" or before[-1].form not in _SHARED:
        return place
    last = before[-1]
    if place.sentence != last.sentence or not _BREATH.fullmatch(low, last.end, place.start):
        return place
    return replace(place, form=last.form)


_SHARED = ("onward", "via")
_BREATH = re.compile(r",? (?:and|та|і|й|и) ")


def _chain(low: str, sentence: Sentence, mentions: Sequence[Mention], number: int) -> int:
    """Return how many mentions from a number on make one section."""
    first = mentions[number]
    if first.kind != "stop":
        return 1
    left = low[sentence.start : first.start]
    same = 1  # two places of one object stand at one span
    while number + same < len(mentions) and mentions[number + same].start == first.start:
        same += 1
    if same > 1:
        return same
    size = 1
    while number + size < len(mentions) and mentions[number + size].kind == "stop":
        gap = low[mentions[number + size - 1].end : mentions[number + size].start]
        dash = _DASH.fullmatch(gap) is not None
        joined = dash or (
            size == 1
            and (
                (_BETWEEN.search(left) and _AND.fullmatch(gap))
                or (_FROM.search(left) and _TO.fullmatch(gap))
                or (gap == " to " and re.search(r"(?:the|on) $", left))
            )
        )
        if not joined:
            break
        size += 1
    return size


def _place(low: str, sentence: Sentence, group: Sequence[Mention]) -> EventPlace:
    start, end = group[0].start, group[-1].end
    left = low[max(sentence.start, start - 70) : start]
    names = tuple(dict.fromkeys(each.name for each in group))
    doubtful = [each for each in group if each.sure != "certain"]
    sure, why = (doubtful[0].sure, doubtful[0].why) if doubtful else ("certain", "stated")
    if group[0].kind == "region":
        return EventPlace("region", names, start, end, "likely", "region_only")
    if len(names) > 1:
        form = "train" if _TRAIN.search(left) else "section"
        lead = _BETWEEN.search(left) or _FROM.search(left)
        if form == "section" and not lead and (_TRAINS.search(left) or _ONE_TRAIN.search(left)):
            form = "trains"
        if form == "section" and not lead and _NAMED_TRAIN.match(low, end):
            form = "trains"
        begin = start - (len(lead[0]) if lead and form == "section" else 0)
        return EventPlace(form, names, begin, end, sure, why)
    if _TRAIN.search(left) or _ROUTE_WORD.search(left) or _NAMED_TRAIN.match(low, end):
        return EventPlace("train", names, start, end, sure, why)
    if _VIA.search(left) and not _TRAFFIC_VIA.search(left):
        return EventPlace("via", names, start, end, sure, why)
    if _OTHER.search(left):
        return EventPlace("other", names, start, end, sure, why)
    goes = _GOES_TO.search(left) and _TRAINS_GO.match(low, end, sentence.end)
    if _ONWARD.search(left) or _TOWARDS.search(left) or goes:
        return EventPlace("onward", names, start, end, sure, why)
    if _SIDE_OF.search(left) and not _AWAY_FROM.search(left):
        return EventPlace("onward", names, start, end, sure, why)
    near = _NEAR.search(left)
    at = _AT.search(left)
    if at:
        return EventPlace(
            "at",
            names,
            start - len(at[0]),
            end,
            sure,
            "nearby" if near and why == "stated" else why,
        )
    return EventPlace("at", names, start, end, "likely" if sure == "certain" else sure, why)


def choose_places(found: Sequence[EventPlace]) -> tuple[EventPlace, ...]:
    """Return those of a sentence that say where its event is: sections before single places.

    A place and "the line to" another are one section.

    Examples
    --------
    >>> choose_places([])
    ()
    """
    sections = [each for each in found if each.form == "section"]
    at = [each for each in found if each.form == "at"]
    onward = [each for each in found if each.form == "onward"]
    if sections:
        return tuple(sections)
    trains = [each for each in found if each.form == "trains"]
    if trains and not at:
        return tuple(replace(each, form="section") for each in trains)
    if at and onward and at[0].names != onward[0].names:
        return (_join(at[0], onward[0]), *at[1:])
    if at or onward:
        return tuple(at or onward)
    regions = [each for each in found if each.form == "region"]
    if regions or any(each.form in ("train", "other") for each in found):
        return tuple(regions)
    return tuple(replace(each, form="at", sure="likely", why="inferred") for each in found)


def _join(at: EventPlace, onward: EventPlace) -> EventPlace:
    first, last = sorted((at, onward), key=lambda each: each.start)
    return EventPlace(
        "section",
        (*at.names, *onward.names),
        first.start,
        last.end,
        "likely",
        "inferred",
        at.sentence,
    )


def iterate_names(places: Sequence[EventPlace]) -> Iterator[str]:
    """Yield every name of some places."""
    for each in places:
        yield from each.names


_ROW = re.compile(r"[\s•*·–-]*")
_BEHIND = re.compile(r"[\"')]*(?:,| ?[:|–-]) ?(?=\S)")
"""What stands before the section of a row, and behind it."""
_NOTED = re.compile(
    r"\b(?:clos(?:ed|ures?)|shut|block(?:ed|ades?)|works?|possessions?|no trains|stopp(?:ed|ages?)|suspen)"
    r"|(?<!\w)(?:закри|перекри|припин|зупин|скасов|перерв|робот|вікн|ремонт|закры|перекры|останов|прекращ|отмен|перерыв|работ|окн)"
)
"""Words of a line over a list by which its rows are stops of traffic."""


def is_row(low: str, start: int, end: int, places: Sequence[EventPlace]) -> bool:
    """Whether a line is one of a list: a section, and behind it what was there or when."""
    section = next((x for x in places if x.form in ("section", "trains")), None)
    if section is None or _ROW.fullmatch(low, start, section.start) is None:
        return False
    return _BEHIND.match(low, section.end, end) is not None


def is_over_list(low: str, start: int, end: int) -> bool:
    """Whether a line stands over a list of stops: "Closures on Thursday:"."""
    return low.endswith(":", start, end) and _NOTED.search(low, start, end) is not None
