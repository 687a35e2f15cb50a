"""Document, Claim, Place and Incident: frozen values that hold what was reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from netmodel.errors import InputError, did_you_mean, nearest_names
from netmodel.evidence.claim_rules import ABOUT_FIELDS, TIME_FIELDS, find_time_conflict
from netmodel.evidence.places import Place, read_places
from netmodel.evidence.recurrence import MOST_OCCURRENCES, Recurrence
from netmodel.evidence.vocabulary import (
    ABOUTS,
    BASES,
    EFFECTS,
    KINDS,
    LANGUAGE_NAMES,
    LATER_EFFECTS,
    PARTIES,
    TIMED,
    TRAFFIC_TYPES,
    TRAINS,
    Checks,
    FrozenMap,
)
from netmodel.forms import make_form
from netmodel.times import Bounds

if TYPE_CHECKING:
    from netmodel.evidence.frames import CatalogueFrames

LONGEST_HOURS = 1_000_000
DOCUMENT_ZONE = "Europe/Kyiv"
"""In which the date of a document begins, where nothing else is said."""
V = TypeVar("V", "Document", "Incident")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A published text.

    Parameters
    ----------
    published
        When it appeared, in any form of `netmodel.times.read_bounds`; ``None`` when not in the
        record.
    published_text
        The same as written; taken from `published` where that is a text.
    zone
        Time zone of `published`, where it has no offset.

    Raises
    ------
    InputError
        With every argument that is wrong.

    Examples
    --------
    >>> import netmodel as nm
    >>> document = nm.Document(id="notice", publisher="The operator", published="2023-05-18")
    >>> document.published_text, document.published.width_hours
    ('2023-05-18', 24.0)
    """

    id: str
    publisher: str
    title: str | None = None
    published: Bounds | None = None
    published_text: str = ""
    url: str | None = None
    language: str | None = None
    note: str | None = None
    zone: InitVar[str | None] = DOCUMENT_ZONE

    def __post_init__(self, zone: str | None) -> None:
        checks = Checks()
        checks.identity("id", self.id, separator=";")
        checks.text("publisher", self.publisher)
        for name in ("title", "url", "language", "note"):
            checks.text(name, getattr(self, name), optional=True, empty=True)
        url: object = self.url
        if isinstance(url, str) and not url.startswith(("https://", "http://")):
            checks.refuse(f"{url!r} must start with https:// or http://", "url")
        given: object = self.published
        zone = checks.zone("zone", zone, optional=True)
        published = checks.time("published", given, zone)
        checks.done()
        object.__setattr__(self, "published", published)
        if isinstance(given, str) and not self.published_text:
            object.__setattr__(self, "published_text", given)

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that a document says about an incident, and who said it.

    Parameters
    ----------
    document
        Id of the document.
    says
        The claim in words.
    about
        ``start``, ``first_traffic``, ``full_service``, ``still_out``, ``running`` (a train
        passed, so that no closure held then), or what else it speaks of.
    basis
        ``observed``; ``planned`` for the operator's own schedule of works, which holds until an
        observation contradicts it; ``rule`` for a general statement that sets a bound;
        ``forecast``, which sets none.
    at
        When, for a claim about a milestone: in any form of `netmodel.times.read_bounds`.
    within_hours, lasted_hours
        For a claim about a restoration: at most, or exactly, so many hours after the start.
    made
        When it was said; ``None`` means when the document was published.
    figures
        Numbers reported, by name.
    traffic
        Whose trains it speaks of: ``passenger``, ``freight``, ``technical``; empty where it does
        not say. Technical trains end no closure of the other two.
    places
        For ``running``: what the train passed; empty for the place of the incident.
    spell
        Which closure of the incident it speaks of, where there are several: 1 is the first.
    zone
        Time zone of `at` and `made`: needed for a day, and for a time without an offset.

    Raises
    ------
    InputError
        With every argument that is wrong, or that does not go with another.

    Examples
    --------
    >>> import netmodel as nm
    >>> claim = nm.Claim(document="d", speaker="the operator", says="shut on the 18th",
    ...                  about="start", at="2023-05-18", zone="Europe/Kyiv")
    >>> claim.at.width_hours
    24.0
    """

    document: str
    speaker: str
    says: str
    about: str
    party: str = "other"
    basis: str = "observed"
    at: Bounds | None = None
    within_hours: float | None = None
    lasted_hours: float | None = None
    made: Bounds | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    traffic: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    spell: int = 1
    zone: InitVar[str | None] = None

    def __post_init__(self, zone: str | None) -> None:
        checks = Checks()
        for name in ("document", "speaker", "says"):
            checks.text(name, getattr(self, name))
        checks.word("about", self.about, ABOUTS)
        checks.word("party", self.party, PARTIES)
        checks.word("basis", self.basis, BASES)
        zone = checks.zone("zone", zone, optional=True)
        at, made = (checks.time(name, getattr(self, name), zone) for name in ("at", "made"))
        for name in ("within_hours", "lasted_hours"):
            hours = getattr(self, name)
            checks.number(name, hours, low=0, high=LONGEST_HOURS, above=True, optional=True)
        figures = checks.mapping("figures", self.figures)
        for name, value in figures.items():
            checks.number(f"figures.{name}", value)
        traffic = checks.texts("traffic", self.traffic)
        for kind in traffic:
            checks.word("traffic", kind, TRAINS)
        places: tuple[Place, ...] = ()
        try:
            places = read_places(self.places) if self.places else ()
        except InputError as error:
            checks.problems += error.problems
        spell: object = self.spell
        if isinstance(spell, bool) or not isinstance(spell, int) or spell < 1:
            checks.refuse(f"{spell!r} must be a whole number, at least 1", "spell")
        conflict = find_time_conflict(
            self.about,
            self.basis,
            [name for name in TIME_FIELDS if getattr(self, name) is not None],
            [name for name in ABOUT_FIELDS if getattr(self, name) not in ((), 1)],
        )
        if conflict and self.about in ABOUTS:
            checks.refuse(conflict, "about")
        checks.done()
        for name, value in (
            ("at", at), ("made", made), ("figures", FrozenMap(figures)), ("traffic", traffic),
            ("places", places),
        ):  # fmt: skip
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A documented road service that stood in for trains.

    Parameters
    ----------
    minutes, passengers_per_day
        ``None`` when not in the record.
    """

    from_hub: str
    to_hub: str
    document: str
    via: tuple[str, ...] = ()
    minutes: float | None = None
    passengers_per_day: float | None = None

    def __post_init__(self) -> None:
        checks = Checks()
        for name in ("from_hub", "to_hub", "document"):
            checks.text(name, getattr(self, name))
        if isinstance(self.from_hub, str) and self.from_hub == self.to_hub:
            checks.refuse(f"runs from {self.from_hub!r} to itself", "to_hub")
        via = checks.texts("via", self.via)
        checks.number("minutes", self.minutes, low=0, high=1e6, above=True, optional=True)
        checks.number("passengers_per_day", self.passengers_per_day, low=0, optional=True)
        checks.done()
        object.__setattr__(self, "via", via)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that happened, at a place, at a time, put together from claims.

    Parameters
    ----------
    zone
        Time zone of the place.
    places
        One or more, each a value, a mapping as in a file, or a text such as ``"Kyiv - Lviv"``.
    effect
        What it did to rail traffic from its start to first traffic (closures) or to full
        service (every other effect).
    then
        The effect between first traffic and full service, if there was one.
    slowed_minutes
        Reported extra minutes of a train over the whole place; ``None`` when not reported.
    standing
        A closure with no end in the record, such as a line cut by the front.
    titles
        The title in further languages, by their codes.
    tag
        A word of your own by which incidents are grouped.
    recurs
        Where it comes again, such as every night of planned works: see `Recurrence`.
    trains_per_day, wagons_per_day
        For ``limited``: how many a day may pass, both directions together, by kind of traffic.
        Where any is given, traffic that is not named is not limited; with none, that trains were
        limited is known and their number is not. Above 0: where none passes, the effect is
        ``closed``.

    Raises
    ------
    InputError
        With every argument that is wrong, or that does not go with another.

    Examples
    --------
    >>> import netmodel as nm
    >>> claim = nm.Claim(document="d", speaker="S", says="closed", about="start",
    ...                  at="2023-05-18T07:40+03:00")
    >>> incident = nm.Incident(id="x", title="X", kind="derailment", zone="Europe/Kyiv",
    ...                        places="Kyiv", effect="closed", claims=(claim,))
    >>> incident.documents, incident.places
    (('d',), (HubPlace(hub='Kyiv'),))
    """

    id: str
    title: str
    kind: str
    zone: str
    places: tuple[Place, ...]
    effect: str
    claims: tuple[Claim, ...]
    then: str | None = None
    traffic: tuple[str, ...] = TRAFFIC_TYPES
    slowed_minutes: float | None = None
    standing: bool = False
    replacements: tuple[Replacement, ...] = ()
    note: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    tag: str | None = None
    recurs: Recurrence | None = None
    trains_per_day: Mapping[str, float] = field(default_factory=dict)
    wagons_per_day: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checks = Checks()
        checks.identity("id", self.id)
        checks.text("title", self.title)
        checks.word("kind", self.kind, KINDS)
        checks.zone("zone", self.zone)
        checks.word("effect", self.effect, EFFECTS)
        if self.then is not None:
            checks.word("then", self.then, LATER_EFFECTS)
            if self.effect != "closed":
                checks.refuse("`then` follows effect closed only", "then")
        traffic = checks.texts("traffic", self.traffic, least=1)
        for kind in traffic:
            checks.word("traffic", kind, TRAFFIC_TYPES)
        minutes = self.slowed_minutes
        checks.number("slowed_minutes", minutes, low=0, high=1e6, above=True, optional=True)
        checks.flag("standing", self.standing)
        checks.text("note", self.note, optional=True, empty=True)
        checks.text("tag", self.tag, optional=True)
        titles = checks.mapping("titles", self.titles)
        for language, title in titles.items():
            checks.word("titles", language, LANGUAGE_NAMES)
            checks.text(f"titles.{language}", title)
        claims = checks.items("claims", self.claims, Claim)
        quotas = {name: _check_quota(checks, name, getattr(self, name)) for name in QUOTAS}
        if "limited" not in (self.effect, self.then):
            for name in (each for each in QUOTAS if quotas[each]):
                checks.refuse(f"{name} goes with the effect limited", name)
        _check_spells(checks, self, claims)
        replacements = checks.items("replacements", self.replacements, Replacement)
        places: tuple[Place, ...] = ()
        try:
            places = read_places(self.places)
        except InputError as error:
            checks.problems += error.problems
        checks.done()
        for name, value in (
            ("places", places), ("claims", claims), ("replacements", replacements),
            ("traffic", traffic), ("titles", FrozenMap(titles)), *quotas.items(),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that its claims rest on, in the order of the claims."""
        return tuple(dict.fromkeys(claim.document for claim in self.claims))

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


QUOTAS = ("trains_per_day", "wagons_per_day")


def _check_quota(checks: Checks, name: str, given: Mapping[str, float]) -> FrozenMap[float]:
    """Check a number for each kind of traffic."""
    quota = checks.mapping(name, given)
    for kind, number in quota.items():
        checks.word(name, kind, TRAFFIC_TYPES)
        checks.number(f"{name}.{kind}", number, low=0, high=1e6)
        if number == 0 and not isinstance(number, bool):
            what = f"{name} of {kind} (=0) lets nothing pass, which is no limit"
            remedy = f"write `effect: closed` with `traffic: [{kind}]`, or leave the number out"
            checks.refuse(what, f"{name}.{kind}", remedy)
    return FrozenMap(dict(given) if quota else {})


def _check_spells(checks: Checks, incident: Incident, claims: tuple[Claim, ...]) -> None:
    """Check that the closures of an incident are counted without a gap, and how they recur."""
    spells = {claim.spell for claim in claims if claim.about in TIMED}
    if spells and (missing := sorted(set(range(1, max(spells))) - spells)):
        checks.refuse(f"spell {missing[0]} has no claim with a time", "claims")
    recurs: object = incident.recurs
    if recurs is None:
        return
    if not isinstance(recurs, Recurrence):
        checks.refuse(f"{recurs!r} is no Recurrence", "recurs")
        return
    if incident.then is not None or spells - {1}:
        checks.refuse("`recurs` does not go with `then` or with several spells", "recurs")
    starts = [c.at.earliest for c in claims if c.about == "start" and c.at and c.at.earliest]
    if starts and incident.zone and not checks.problems:
        days = recurs.count_days(min(starts), incident.zone)
        if not 1 <= days <= MOST_OCCURRENCES:
            what = f"{days} days from the start to {recurs.until}; from 1 to {MOST_OCCURRENCES}"
            checks.refuse(what, "recurs")


@dataclass(frozen=True, kw_only=True, repr=False)
class Catalogue:
    """Documents and incidents by id.

    Parameters
    ----------
    documents, incidents
        By id; or simply several of them.
    origins
        File and position of each incident, for messages.

    Raises
    ------
    InputError
        With every id that stands for two things, and every document that a claim or a replacement
        names and the catalogue lacks.

    Examples
    --------
    >>> import netmodel as nm
    >>> nm.evidence.Catalogue(documents=[nm.Document(id="d", publisher="P")], incidents=[])
    <Catalogue: 0 incidents, 1 documents>
    """

    documents: Mapping[str, Document]
    incidents: Mapping[str, Incident]
    origins: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checks = Checks()
        documents = _by_id(checks, "documents", self.documents, Document)
        incidents = _by_id(checks, "incidents", self.incidents, Incident)
        for incident in incidents.values():
            for name in (
                *incident.documents,
                *dict.fromkeys(each.document for each in incident.replacements),
            ):
                if name not in documents:
                    remedy = did_you_mean(nearest_names(name, documents)) or "add it"
                    where = f"incident {incident.id}"
                    checks.refuse(f"unknown document {name!r}", where, remedy)
        origins = checks.mapping("origins", self.origins)
        checks.done()
        object.__setattr__(self, "documents", FrozenMap(documents))
        object.__setattr__(self, "incidents", FrozenMap(incidents))
        object.__setattr__(self, "origins", FrozenMap(origins))

    def from_files(self, names: Iterable[str]) -> tuple[Incident, ...]:
        """Return the incidents that stand in files of these names."""
        wanted = set(names)
        return tuple(
            incident
            for incident in self.incidents.values()
            if self.origins.get(incident.id, "").split(":")[0] in wanted
        )

    def to_pandas(self) -> CatalogueFrames:
        """Return ``incidents, claims, documents``: tables, to be unpacked or taken by name.

        Returns
        -------
        incidents : DataFrame
            Indexed by ``incident``: ``title, kind, tag, effect, then, place, traffic,
            standing``; the bounds that the evidence sets to ``start``, ``first_traffic`` and
            ``full_service``, each with ``_earliest`` and ``_latest`` (UTC; NaT is not in the
            record); numbers of ``claims``, ``conflicts`` and ``documents``.
        claims : DataFrame
            Indexed by ``incident`` and ``claim``: ``about, spell, traffic, basis, says,
            earliest, latest`` (UTC), ``speaker, party, document``, whether it was ``used`` for a
            bound, and why it was ``set_aside`` if it was.
        documents : DataFrame
            Indexed by ``document``: ``publisher, title, published, url``, number of ``claims``.

        Examples
        --------
        >>> from netmodel.evidence.catalogue_file import built_in_catalogue
        >>> incidents, claims, documents = built_in_catalogue().to_pandas()
        >>> str(incidents.loc["2023-05-18-simferopol-chystenke", "start_latest"])
        '2023-05-18 05:20:00+00:00'
        """
        made: CatalogueFrames = make_form(self, "pandas")  # type: ignore[assignment]
        return made

    def __repr__(self) -> str:
        return f"<Catalogue: {len(self.incidents)} incidents, {len(self.documents)} documents>"

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))

    def known_at(self, claim: Claim) -> datetime | None:
        """Return the latest instant at which a claim may have become public, if recorded."""
        if claim.made is not None and claim.made.latest is not None:
            return claim.made.latest
        published = self.documents[claim.document].published
        return None if published is None else published.latest


def _by_id(checks: Checks, name: str, given: object, kind: type[V]) -> dict[str, V]:
    """Return values by id; each id is used once."""
    values = list(given.values()) if isinstance(given, Mapping) else given
    found: dict[str, V] = {}
    for each in checks.items(name, values, kind):
        if each.id in found:
            checks.refuse(f"id {each.id!r} is used twice", name)
        found[each.id] = each
    return found
