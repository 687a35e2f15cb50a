"""How well articles are read: what was read in passages against what should be.

Expected and given are compared place by place, event by event and time by time. What was given
and is nowhere expected counts against the reader as what it left out does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, NetmodelError
from netmodel.evidence.places import HubPlace, LinksPlace, RegionPlace, SectionPlace, StationPlace
from netmodel.evidence.vocabulary import MILESTONES
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.reading.draft import Draft, DraftClaim, DraftIncident
from netmodel.reading.draft_fields import DraftField
from netmodel.times import Bounds, hours_between
from netmodel.validation.passages import ExpectedEvent, ExpectedTime, ReadingPassage

if TYPE_CHECKING:
    import pandas as pd

MEASURES = ("places", "events", "event_places", "effects", "kinds", "times", "bases", "speakers")
"""What is measured; `ReadingScores` says how."""
ALL = "all"
"""Stands for all languages together."""
Reader: TypeAlias = Callable[[ReadingPassage], Draft]
"""Reads a passage as an article."""
PlaceReader: TypeAlias = Callable[[ReadingPassage], Iterable[str]]
"""Gives the names of the hubs and stations that a passage names."""
_SAME_MINUTE = 1 / 60
_SAME_SHARE = 0.02
"""By so much of it may a number of hours differ that was written in words."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were expected, how many were given, and how many of these were right.

    Examples
    --------
    >>> tally = Tally(expected=10, given=8, right=6)
    >>> tally.recall, tally.precision
    (0.6, 0.75)
    """

    expected: int = 0
    given: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        """Share of what was expected that was right; 1 where nothing was."""
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        """Share of what was given that was right; 1 where nothing was."""
        return self.right / self.given if self.given else 1.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.expected + other.expected, self.given + other.given, self.right + other.right
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Something that was read otherwise than expected; one of the texts may be empty."""

    passage: str
    measure: str
    expected: str
    given: str

    def __str__(self) -> str:
        return f"{self.passage} {self.measure}: {self.expected or '-'} | {self.given or '-'}"


@dataclass(frozen=True, kw_only=True)
class ReadingScores:
    """What was read in passages against what should be.

    Parameters
    ----------
    tallies
        By language and measure:

        - ``places``: hubs and stations named in a passage, each once
        - ``events``: events with an effect on traffic, against incidents of the draft
        - ``event_places``: the place of each event, altogether right or wrong
        - ``effects``: the effect of each event; where trains ran all the same, no incident is as
          right as one of effect ``none``, and an incident without an event is a wrong effect
        - ``kinds``: of events that have one
        - ``times``: starts, first traffic, full service, still out; both ends right
        - ``bases``, ``speakers``: of the times that are right
    misses
        What was not right, one by one.
    without_span
        Fields of drafts that rest on no words.
    misquoted
        Drafts of which a span does not quote its passage.

    Examples
    --------
    >>> ReadingScores(tallies={("en", "places"): Tally(2, 2, 1)}).tally("places").recall
    0.5
    """

    tallies: Mapping[tuple[str, str], Tally]
    misses: tuple[Miss, ...] = ()
    without_span: int = 0
    misquoted: int = 0

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the passages, in their order."""
        return tuple(dict.fromkeys(language for language, _ in self.tallies))

    def tally(self, measure: str, language: str = ALL) -> Tally:
        """Return the tally of a measure, of one language or of all."""
        chosen = self.languages if language == ALL else (language,)
        return sum((self.tallies.get((each, measure), Tally()) for each in chosen), Tally())

    def to_pandas(self) -> pd.DataFrame:
        """Return one row for each measure and language, and for all languages together.

        Columns ``measure, language, expected, given, right, recall, precision``.
        """
        import pandas as pd

        rows = [
            {"measure": measure, "language": language, "expected": tally.expected,
             "given": tally.given, "right": tally.right, "recall": tally.recall,
             "precision": tally.precision}
            for measure in MEASURES
            for language in (*self.languages, ALL)
            if (tally := self.tally(measure, language)) != Tally()
        ]  # fmt: skip
        columns = ["measure", "language", "expected", "given", "right", "recall", "precision"]
        return pd.DataFrame(rows, columns=columns)


@refuse_wrong_kinds
def score_reading(
    passages: Iterable[ReadingPassage], read: Reader, network: Network
) -> ReadingScores:
    """Return how well a reader reads passages.

    Parameters
    ----------
    read
        Makes a draft of each; `netmodel.reading.read` or another.
    network
        Has the places of the passages and of the drafts.
    """
    sheet = _Sheet()
    names = Names(network)
    for passage in passages:
        draft = read(passage)
        sheet.without_span += sum(
            not each.spans and each.why != "reviewer" for each in _fields(draft)
        )
        sheet.misquoted += _misquotes(draft, passage.text)
        _score_events(sheet, passage, draft, names)
    return sheet.scores()


@refuse_wrong_kinds
def score_places(passages: Iterable[ReadingPassage], find: PlaceReader) -> ReadingScores:
    """Return how well the places that passages name are found, each counted once in a passage.

    Examples
    --------
    >>> passage = ReadingPassage(id="p", language="en", text="To Fastiv by Chop.",
    ...                          mentions=["Fastiv"], either=["Chop"])
    >>> score_places([passage], lambda each: ["Fastiv", "Chop", "Lviv"]).tally("places")
    Tally(expected=1, given=2, right=1)
    """
    sheet = _Sheet()
    for passage in passages:
        found = frozenset(find(passage)) - passage.either
        right = found & passage.mentions
        sheet.add(passage, "places", Tally(len(passage.mentions), len(found), len(right)))
        for name in sorted(found ^ passage.mentions):
            sides = (name, "") if name in passage.mentions else ("", name)
            sheet.miss(passage, "places", *sides)
    return sheet.scores()


@dataclass
class _Sheet:
    """Tallies and misses as they come."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)
    without_span: int = 0
    misquoted: int = 0

    def add(self, passage: ReadingPassage, measure: str, tally: Tally) -> None:
        key = passage.language, measure
        self.tallies[key] = self.tallies.get(key, Tally()) + tally

    def miss(self, passage: ReadingPassage, measure: str, expected: str, given: str) -> None:
        found = Miss(passage=passage.id, measure=measure, expected=expected, given=given)
        self.misses.append(found)

    def judge(
        self, passage: ReadingPassage, measure: str, *, right: bool, expected: str, given: str
    ) -> None:
        """Count one thing that was expected, given, or both."""
        self.add(passage, measure, Tally(bool(expected), bool(given), right))
        if not right:
            self.miss(passage, measure, expected, given)

    def scores(self) -> ReadingScores:
        return ReadingScores(
            tallies=self.tallies,
            misses=tuple(self.misses),
            without_span=self.without_span,
            misquoted=self.misquoted,
        )


def _fields(draft: Draft) -> Iterator[DraftField]:
    for incident in draft.incidents:
        yield from incident.fields
        for claim in incident.claims:
            yield from claim.fields


def _misquotes(draft: Draft, text: str) -> bool:
    try:
        draft.check({each.id: text for each in draft.articles})
    except InputError:
        return True
    return False


def _score_events(sheet: _Sheet, passage: ReadingPassage, draft: Draft, names: Names) -> None:
    pairs = _pair(passage.events, draft.incidents, names)
    for event, incident in pairs:
        _score_event(sheet, passage, event, incident, names)
        for time in event.times:
            _score_time(sheet, passage, time, incident)
        if incident is not None:
            _count_false_times(sheet, passage, event, incident)
    taken = {incident.id for _, incident in pairs if incident is not None}
    for incident in draft.incidents:
        effect = str(incident.value("effect") or "")
        if incident.id not in taken and effect != "none":
            for measure in ("events", "effects"):
                sheet.judge(
                    passage, measure, right=False, expected="", given=f"{effect} {incident.title}"
                )


def _pair(
    events: Sequence[ExpectedEvent], incidents: Sequence[DraftIncident], names: Names
) -> list[tuple[ExpectedEvent, DraftIncident | None]]:
    """Give each event the incident that is most like it, places first; none twice."""
    if not events or not incidents:
        return [(event, None) for event in events]
    from scipy.optimize import linear_sum_assignment

    likeness = np.array(
        [[_likeness(event, incident, names) for incident in incidents] for event in events]
    )
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    chosen = {int(row): incidents[int(column)] for row, column in zip(rows, columns, strict=True)}
    return [(event, chosen.get(number)) for number, event in enumerate(events)]


def _likeness(event: ExpectedEvent, incident: DraftIncident, names: Names) -> float:
    wanted = frozenset(name for each in event.places for name in each) | {event.region}
    shared = len(wanted & place_names(incident, names))
    same = (incident.value("effect") in event.effects) + (incident.value("kind") in event.kinds)
    return 10.0 * shared + same


def place_names(incident: DraftIncident, names: Names) -> frozenset[str]:
    """Return the names in the network of what the place of an incident is made of."""
    found: set[str] = set()
    for each in incident.all("place"):
        match each.value:
            case HubPlace(hub=name) | StationPlace(station=name):
                found.add(_name(name, names))
            case SectionPlace(between=stops):
                found |= {_name(name, names) for name in stops}
            case RegionPlace(region=region):
                found.add(region)
            case LinksPlace(links=links):
                ends = [names.network.link(link) for link in links]
                found |= {
                    names.network.hub(hub).name for x in ends for hub in (x.from_hub, x.to_hub)
                }
    return frozenset(found)


def _name(name: str, names: Names) -> str:
    """Return the main name of a stop; as it is written if the network has several or none."""
    try:
        return names.stops(name)[0].name
    except NetmodelError:
        return name


def _score_event(
    sheet: _Sheet,
    passage: ReadingPassage,
    event: ExpectedEvent,
    incident: DraftIncident | None,
    names: Names,
) -> None:
    effect = "" if incident is None else str(incident.value("effect") or "")
    harmless = "none" in event.effects and effect in {"", "none"}
    if "none" not in event.effects:
        sheet.judge(
            passage, "events", right=effect not in {"", "none"},
            expected=" or ".join(event.effects), given="" if effect == "none" else effect,
        )  # fmt: skip
    sheet.judge(
        passage, "effects", right=harmless or effect in event.effects,
        expected=" or ".join(event.effects), given=effect or ("none" if harmless else ""),
    )  # fmt: skip
    if incident is None and harmless:
        return
    found = frozenset() if incident is None else place_names(incident, names)
    wanted = event.places or (frozenset({event.region}),)
    sheet.judge(
        passage, "event_places", right=found in wanted,
        expected=", ".join(sorted(wanted[0])), given=", ".join(sorted(found)),
    )  # fmt: skip
    if event.kinds and not harmless:
        kind = "" if incident is None else str(incident.value("kind") or "")
        sheet.judge(
            passage, "kinds", right=kind in event.kinds,
            expected=" or ".join(event.kinds), given=kind,
        )  # fmt: skip


def _score_time(
    sheet: _Sheet, passage: ReadingPassage, time: ExpectedTime, incident: DraftIncident | None
) -> None:
    claims = () if incident is None else incident.claims
    fitting = [claim for claim in claims if _fits(claim, time)]
    if not fitting:
        if not time.optional:
            given = "; ".join(_said(each) for each in claims if each.value("about") in time.about)
            sheet.add(passage, "times", Tally(expected=1))
            sheet.miss(passage, "times", _wanted(time), given)
        return
    if not time.optional:
        sheet.add(passage, "times", Tally(1, 1, 1))
    best = max(fitting, key=lambda each: (_names_speaker(each, time), _has_basis(each, time)))
    sheet.judge(
        passage, "bases", right=_has_basis(best, time),
        expected=" or ".join(time.basis), given=_basis(best),
    )  # fmt: skip
    if time.speaker:
        sheet.judge(
            passage, "speakers", right=_names_speaker(best, time),
            expected=time.speaker, given=str(best.value("speaker") or ""),
        )  # fmt: skip


def _count_false_times(
    sheet: _Sheet, passage: ReadingPassage, event: ExpectedEvent, incident: DraftIncident
) -> None:
    """Count starts and restorations that nobody expected; the same one said twice counts once."""
    false = Counter(
        _said(claim)
        for claim in incident.claims
        if claim.value("about") in MILESTONES
        and any(claim.get(name) for name in ("at", "lasted_hours", "within_hours"))
        and not any(_fits(claim, time) for time in event.times)
    )
    for said in false:
        sheet.judge(passage, "times", right=False, expected="", given=said)


def _fits(claim: DraftClaim, time: ExpectedTime) -> bool:
    if claim.value("about") not in time.about:
        return False
    at = claim.value("at")
    if isinstance(at, Bounds) and any(_near(each, at, time.give_hours) for each in time.at):
        return True
    return any(
        wanted is not None
        and isinstance(given := claim.value(name), int | float)
        and abs(given - wanted) <= max(_SAME_SHARE * wanted, _SAME_MINUTE)
        for name, wanted in (
            ("lasted_hours", time.lasted_hours),
            ("within_hours", time.within_hours),
        )
    )


def _near(wanted: Bounds, given: Bounds, give_hours: float) -> bool:
    for one, other in ((wanted.earliest, given.earliest), (wanted.latest, given.latest)):
        if one is None or other is None:
            if one is not other:
                return False
        elif abs(hours_between(one, other)) > give_hours + _SAME_MINUTE:
            return False
    return True


def _basis(claim: DraftClaim) -> str:
    return str(claim.value("basis") or "observed")


def _has_basis(claim: DraftClaim, time: ExpectedTime) -> bool:
    return _basis(claim) in time.basis


def _names_speaker(claim: DraftClaim, time: ExpectedTime) -> bool:
    speaker = str(claim.value("speaker") or "")
    return time.speaker.casefold() in speaker.casefold()


def _said(claim: DraftClaim) -> str:
    parts = [
        f"{name} {claim.value(name):g}"
        for name in ("lasted_hours", "within_hours")
        if isinstance(claim.value(name), int | float)
    ]
    at = claim.value("at")
    return " ".join([str(claim.value("about")), *([str(at)] if at is not None else []), *parts])


def _wanted(time: ExpectedTime) -> str:
    parts = [str(each) for each in time.at]
    parts += [f"lasted {time.lasted_hours:g} h"] if time.lasted_hours is not None else []
    parts += [f"within {time.within_hours:g} h"] if time.within_hours is not None else []
    return f"{'/'.join(time.about)} {' or '.join(parts)}"
