"""Document, Claim, Place and Incident: frozen values that hold what was reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from netmodel.evidence.places import HubPlace as HubPlace
from netmodel.evidence.places import LinksPlace as LinksPlace
from netmodel.evidence.places import NearPlace as NearPlace
from netmodel.evidence.places import NoPlace as NoPlace
from netmodel.evidence.places import Place as Place
from netmodel.evidence.places import RegionPlace as RegionPlace
from netmodel.evidence.places import SectionPlace as SectionPlace
from netmodel.evidence.places import StationPlace as StationPlace
from netmodel.evidence.places import TownPlace as TownPlace
from netmodel.forms import make_form
from netmodel.times import Bounds

if TYPE_CHECKING:
    from netmodel.evidence.frames import CatalogueFrames


EFFECTS = ("closed", "single_track", "slowed", "diesel_only", "advisory", "none")
TRAFFIC_TYPES = ("passenger", "freight")
MILESTONES = ("start", "first_traffic", "full_service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A published text.

    Parameters
    ----------
    published
        When it appeared; ``None`` when not in the record.

    Examples
    --------
    >>> Document(id="tass-en-2023-05-18", publisher="TASS", published_text="2023-05-18").publisher
    'TASS'
    """

    id: str
    publisher: str
    title: str | None = None
    published: Bounds | None = None
    published_text: str = ""
    url: str | None = None
    language: str | None = None
    note: str | None = None

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
        ``start``, ``first_traffic``, ``full_service``, ``still_out``, or what else it speaks of.
    basis
        ``observed``, ``forecast``, or ``rule`` for a general statement that sets a bound.
    at
        When, for a claim about a milestone.
    within_hours, lasted_hours
        For a claim about a restoration: at most, or exactly, so many hours after the start.
    made
        When it was said; ``None`` means when the document was published.
    figures
        Numbers reported, by name.

    Examples
    --------
    >>> claim = Claim(document="d", speaker="the operator", says="a day at most",
    ...               about="first_traffic", basis="rule", within_hours=24)
    >>> claim.at is None
    True
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that happened, at a place, at a time, put together from claims.

    Parameters
    ----------
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

    Examples
    --------
    >>> claim = Claim(document="d", speaker="S", says="closed", about="start")
    >>> incident = Incident(id="x", title="X", kind="derailment", zone="Europe/Kyiv",
    ...                     places=(HubPlace(hub="Kyiv"),), effect="closed", claims=(claim,))
    >>> incident.documents
    ('d',)
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

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that its claims rest on, in the order of the claims."""
        return tuple(dict.fromkeys(claim.document for claim in self.claims))

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


@dataclass(frozen=True, kw_only=True, repr=False)
class Catalogue:
    """Documents and incidents by id.

    Parameters
    ----------
    origins
        File and position of each incident, for messages.

    Examples
    --------
    >>> Catalogue(documents={"d": Document(id="d", publisher="P")}, incidents={})
    <Catalogue: 0 incidents, 1 documents>
    """

    documents: Mapping[str, Document]
    incidents: Mapping[str, Incident]
    origins: Mapping[str, str] = field(default_factory=dict)

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
            Indexed by ``incident``: ``title, kind, effect, then, place, traffic, standing``; the
            bounds that the evidence sets to ``start``, ``first_traffic`` and ``full_service``,
            each with ``_earliest`` and ``_latest`` (UTC; NaT is not in the record); numbers of
            ``claims``, ``conflicts`` and ``documents``.
        claims : DataFrame
            Indexed by ``incident`` and ``claim``: ``about, basis, says, earliest, latest``
            (UTC), ``speaker, party, document``, whether it was ``used`` for a bound, and why it
            was ``set_aside`` if it was.
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
