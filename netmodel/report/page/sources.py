"""The documents of the page, and the claims that rest on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from urllib.parse import urlsplit

from netmodel.runs.documents import RunClaim, RunDocument
from netmodel.runs.record import RunRecord
from netmodel.words.sentences import Recorded, Spellings, word_recorded
from netmodel.words.strings import Phrases
from netmodel.words.wording import (
    describe_bounds,
    format_duration,
    format_number,
    format_published,
    show_controls,
)

MOST_CLAIMS = 1_500
"""A page tells no more claims than this; incidents past it stand there in short."""


def choose_told(records: Sequence[RunRecord]) -> frozenset[str]:
    """Return the ids of the incidents that a page tells with their claims: the studied ones first.

    The first is always told.
    """
    incidents = {each.id: each for record in records for each in record.evidence.incidents}
    ordered = sorted(incidents.values(), key=lambda each: each.background)
    told: set[str] = set()
    claims = 0
    for each in ordered:
        claims += len(each.claims) + 1
        if told and claims > MOST_CLAIMS:
            break
        told.add(each.id)
    return frozenset(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document; `url` is empty unless it is a plain http or https address."""

    number: int
    publisher: str
    title: str
    published: str
    url: str
    bare_url: str
    note: str


def safe_url(text: object) -> str:
    """Return an address if it is plain http or https, else an empty text.

    Examples
    --------
    >>> safe_url("https://example.org/a"), safe_url("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    url = str(text or "").strip()
    if any(char.isspace() or not char.isprintable() for char in url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme.lower() in ("http", "https") and host else ""


def view_documents(records: Sequence[RunRecord], phrases: Phrases) -> dict[str, DocumentView]:
    """Return the documents of all records by id, numbered in the order of their publishers.

    Those on which nothing but trains rest that no outage touched, or incidents told in short, are
    left to ``evidence.json``.
    """
    found: dict[str, RunDocument] = {}
    told = choose_told(records)
    for record in records:
        shown = record.evidence.documents.keys() - _left_out(record, told)
        found = {**{name: record.evidence.documents[name] for name in shown}, **found}
    ordered = sorted(found.items(), key=lambda item: (item[1].publisher.casefold(), item[0]))
    return {
        name: DocumentView(
            number=number,
            publisher=show_controls(each.publisher),
            title=show_controls(each.title or ""),
            published=show_controls(format_published(each.published, phrases)),
            url=safe_url(each.url),
            bare_url="" if safe_url(each.url) else show_controls(each.url or ""),
            note=show_controls(each.note or ""),
        )
        for number, (name, each) in enumerate(ordered, start=1)
    }


def _left_out(record: RunRecord, told: AbstractSet[str]) -> AbstractSet[str]:
    """Return the documents on which nothing rests that the page tells."""
    evidence = record.evidence
    cited, briefly = (
        {
            c.document
            for each in evidence.incidents
            if (each.id in told) is full
            for c in each.claims
        }
        for full in (True, False)
    )
    cited |= {each.document for each in evidence.services}
    of_trains: set[str] = set()
    if record.services is not None and record.trains is not None:
        touched = record.services.index.isin(record.trains["train"])
        of_trains, kept = (
            {name for cell in record.services["documents"][mask] for name in cell.split(";")}
            for mask in (~touched, touched)
        )
        cited |= kept
    return (of_trains | briefly) - cited


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim in words; `when` is what it says about a time."""

    number: int
    speaker: str
    party: str
    about: str
    says: str
    when: str
    qualifier: str
    published: str
    used: bool
    set_aside: str
    figures: str
    document: DocumentView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What the claims of one record are told with.

    Parameters
    ----------
    documents
        Of the page, by id.
    published
        When each document of the record was published, by id; empty where that is not known.
    """

    phrases: Phrases
    zone: str
    spellings: Spellings
    documents: Mapping[str, DocumentView]
    published: Mapping[str, str]

    def say(self, value: Recorded) -> str:
        """Return what the model itself says, in the language of the page."""
        return show_controls(word_recorded(value, self.phrases, self.spellings))

    def view(self, claim: RunClaim, number: int) -> ClaimView:
        """Return one claim in words."""
        phrases = self.phrases
        when = describe_bounds(claim.at, self.zone, phrases) if claim.at else ""
        for hours, key in ((claim.within_hours, "within"), (claim.lasted_hours, "lasted")):
            if hours is not None:
                when = phrases(f"incident.{key}", hours=format_duration(hours, phrases))
        qualifiers = {
            "forecast": "incident.forecast",
            "rule": "incident.general",
            "planned": "incident.planned",
        }
        basis = qualifiers.get(claim.basis)
        figures = ", ".join(
            f"{show_controls(name).replace('_', ' ')}: "
            f"{format_number(value, phrases.language, digits=0 if value == int(value) else 1)}"
            for name, value in claim.figures.items()
        )
        return ClaimView(
            number=number,
            speaker=show_controls(claim.speaker),
            party=phrases.find("party", claim.party),
            about=phrases.find("about", claim.about) + self._of_traffic(claim),
            says=show_controls(claim.says),
            when=when,
            qualifier=phrases(basis) if basis else "",
            published=self.published.get(claim.document, ""),
            used=claim.used,
            set_aside=self.say(claim.set_aside),
            figures=figures,
            document=self.documents.get(claim.document),
        )

    def _of_traffic(self, claim: RunClaim) -> str:
        kinds = ", ".join(self.phrases.find("traffic", kind) for kind in claim.traffic)
        return f" ({kinds})" if kinds else ""
