"""What an article says of the railway and no field of its draft rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netmodel.reading.cause_words import TRAFFIC_STOPPING
from netmodel.reading.draft import DraftIncident, Unused
from netmodel.reading.drafted_events import ArticleRead
from netmodel.reading.sentence_links import EventFound
from netmodel.reading.sentences_read import SIDE, ReadSentence


def list_unused_sentences(
    reading: ArticleRead,
    sentences: Sequence[ReadSentence],
    events: Iterable[EventFound],
    incidents: Iterable[DraftIncident],
    listed: Sequence[Unused],
) -> list[Unused]:
    """List the sentences about the railway that no field rests on, each with the reason.

    Parameters
    ----------
    listed
        What is listed already: an effect without a place need not be listed twice.
    """
    nowhere = {
        each.number for event in events if not event.places for each in event.sentences
    }  # fmt: skip
    spans = [
        span
        for each in incidents
        for fields in (each.fields, *(claim.fields for claim in each.claims))
        for field in fields
        if field.name not in ("speaker", "party")
        for span in field.spans
    ]
    spans += [each.span for each in listed if each.seen == "effect"]
    done = []
    for each in sentences:
        whole = reading.span(each.sentence.start, each.sentence.end)
        rail = each.about_rail or any(x.value in TRAFFIC_STOPPING for x in each.told("cause"))
        rail = rail or any(x.value in SIDE for x in each.told("effect"))
        if not rail or any(span.start < whole.end and whole.start < span.end for span in spans):
            continue
        told = [cue for cue in each.cues if cue.group in ("effect", "cause", "return")]
        denied = bool(told) and all(cue.denied or cue.value == "normal" for cue in told)
        why = (
            "no_place" if each.number in nowhere
            else "background" if each.general or each.recalls or (told and not denied)
            else "denied" if denied
            else "no_event"
        )  # fmt: skip
        done.append(Unused(seen="claim", span=whole, why=why))
    return done
