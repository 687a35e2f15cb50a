"""What became of every feature of a source that was imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from netmodel.importing.assembly import Assembly
from netmodel.importing.source import Source
from netmodel.importing.stations import StationSite
from netmodel.importing.tracks import Tracks
from netmodel.network.account import DROPPED, KEPT, MERGED, Entry


def account_for(
    source: Source, tracks: Tracks, places: Sequence[StationSite], assembly: Assembly
) -> tuple[Entry, ...]:
    """Return what became of every feature of a source, in the order of kept, then dropped."""
    pieces_of: dict[int, list[int]] = {}
    for piece, feature in enumerate(tracks.feature.tolist()):
        pieces_of.setdefault(feature, []).append(piece)
    sharers: Counter[str] = Counter()
    into_links: dict[int, tuple[str, ...]] = {}
    for feature, pieces in pieces_of.items():
        ids = dict.fromkeys(x for p in pieces for x in assembly.links_of_piece.get(p, ()))
        into_links[feature] = tuple(ids)
        sharers.update(ids.keys())
    lines = [
        _line_entry(source, number, pieces_of.get(number, []), into_links, sharers, assembly)
        for number in range(len(source.features))
    ]
    points = []
    for number, place in enumerate(places):
        into = assembly.target_of_place.get(number, ())
        several = len(place.features) > 1
        for feature in place.features:
            disposition = MERGED if several else KEPT
            reason = "stops of one station" if several else ""
            if not into:
                disposition, reason = DROPPED, "its track was dropped"
            points.append(Entry(feature=feature, disposition=disposition, into=into, reason=reason))
    return (*lines, *points, *source.entries)


def _line_entry(
    source: Source,
    number: int,
    pieces: Sequence[int],
    into_links: Mapping[int, tuple[str, ...]],
    sharers: Mapping[str, int],
    assembly: Assembly,
) -> Entry:
    feature = source.features[number]
    note = source.notes.get(feature, "")
    links = into_links.get(number, ())
    hubs = tuple(
        dict.fromkeys(assembly.hub_of_piece[p] for p in pieces if p in assembly.hub_of_piece)
    )
    into = (*(f"link {each}" for each in links), *(f"hub {each}" for each in hubs))
    if not pieces:
        return Entry(feature=feature, disposition=DROPPED, reason="a line of no length", note=note)
    if not into:
        reason = "isolated track, shorter than a stub, without a station"
        return Entry(feature=feature, disposition=DROPPED, reason=reason, note=note)
    if len(links) == 1 and not hubs and sharers[links[0]] == 1:
        return Entry(feature=feature, disposition=KEPT, into=into, note=note)
    reason = "part of a link" if len(links) == 1 else "part of several links"
    if not links:
        reason = "track within a hub"
    return Entry(feature=feature, disposition=MERGED, into=into, reason=reason, note=note)
