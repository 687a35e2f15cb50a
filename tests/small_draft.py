"""A draft of a short article of our own, made by hand, with every kind of doubt in it."""

from __future__ import annotations

from netmodel.evidence.incident import Document
from netmodel.evidence.places import HubPlace, SectionPlace
from netmodel.reading.draft import (
    ArticleSource,
    Draft,
    DraftClaim,
    DraftIncident,
    Known,
    KnownConflict,
    Unused,
)
from netmodel.reading.draft_fields import DraftField, FieldValue, Span
from netmodel.times import read_bounds

ZONE = "Europe/Kyiv"
TEXT = """Four wagons of a freight train left the rails between Fastiv and Bila Tserkva at 5:40 on \
Tuesday, the operator said. The first train went through at 2:20 p.m. Perhaps it was frost.

A <b>tree</b> fell at Smila on Monday; <script>document.title = "taken"</script> trains stood \
for an hour, The Paper has learnt.
"""
NAME = "the-paper-2024-03-12"
DERAILED, TREE = "2024-03-12-fastiv-bila-tserkva", "2024-03-11-smila"


def span(words: str) -> Span:
    """Return the span of words that stand once in the text."""
    start = TEXT.index(words)
    return Span(article=NAME, start=start, end=start + len(words), quotation=words[:200])


def field(
    name: str, value: FieldValue, words: str, sure: str = "certain", why: str = "stated"
) -> DraftField:
    return DraftField(name=name, value=value, spans=(span(words),), sure=sure, why=why)


def claim(*fields: DraftField) -> DraftClaim:
    return DraftClaim(article=NAME, fields=fields)


def make_draft(known: Known | None = None) -> Draft:
    """Return two incidents: one with a doubtful place and start, one without kind and effect."""
    document = Document(id=NAME, publisher="The Paper", published="2024-03-12", language="en")
    between = SectionPlace(between=("Fastiv", "Bila Tserkva"))
    start = read_bounds("2024-03-12T05:40", zone=ZONE)
    again = read_bounds("2024-03-12T14:20", zone=ZONE)
    first = DraftIncident(
        id=DERAILED,
        title="Derailment: Fastiv–Bila Tserkva, 12 March 2024",
        zone=ZONE,
        known=known or Known(status="new"),
        fields=(
            field("place", between, "between Fastiv and Bila Tserkva", "likely", "nearby"),
            field("kind", "derailment", "left the rails"),
            field("effect", "closed", "left the rails", "doubtful", "inferred"),
        ),
        claims=(
            claim(
                field("about", "start", "left the rails"),
                field("says", "Four wagons left the rails.", "Four wagons of a freight train"),
                field("at", start, "at 5:40 on Tuesday", "likely", "tense"),
                field("speaker", "the operator", "the operator said"),
                field("party", "operator", "the operator said"),
            ),
            claim(
                field("about", "first_traffic", "The first train went through"),
                field("says", "The first train passed at 14:20.", "The first train went through"),
                field("at", again, "at 2:20 p.m.", "certain", "resolved"),
            ),
        ),
    )
    second = DraftIncident(
        id=TREE,
        title="Smila, 11 March 2024",
        zone=ZONE,
        fields=(field("place", HubPlace(hub="Smila"), "at Smila"),),
        claims=(
            claim(
                field("about", "effect", "trains stood"),
                field("says", "Trains stood for an hour.", "for an hour"),
            ),
        ),
    )
    unused = Unused(seen="place", why="publication", span=span("The Paper"))
    source = ArticleSource.of(TEXT, document, zone=ZONE, file="article.txt")
    return Draft(articles=(source,), incidents=(first, second), unused=(unused,))


def make_known(incident: str, status: str = "known") -> Known:
    conflict = KnownConflict(name="effect", ours="closed", theirs="single_track")
    return Known(
        status=status,
        incident=incident,
        agrees=("place", "time"),
        conflicts=(conflict,) if status == "contradiction" else (),
    )
