"""Bundles of track put beside each other, and one after another."""

from __future__ import annotations

import numpy as np

from netmodel.network.chains import Bundle, Step
from netmodel.network.tracks import FloatArray, Tracks

_PAIRED = 6


def merge_parallel(leader: Bundle, other: Bundle) -> Bundle:
    """Return two parallel bundles as one; the leader's course and length stand."""
    counted = other.running or not leader.running
    stated = [n for n in (leader.stated_tracks, other.stated_tracks if counted else None) if n]
    scale = leader.length_m / other.length_m if other.length_m else 1.0
    known = {area for area, _ in leader.stops}
    stops = [*leader.stops, *((a, at * scale) for a, at in other.stops if a not in known)]
    others = [*leader.others, *leader_courses(other)] if counted else leader.others
    uncounted = [] if counted else [p for steps, _ in leader_courses(other) for p, _ in steps]
    return Bundle(
        tail=leader.tail,
        head=leader.head,
        steps=leader.steps,
        length_m=leader.length_m,
        running=leader.running,
        drawn_tracks=leader.drawn_tracks + (other.drawn_tracks if counted else 0),
        stated_tracks=max(stated) if stated else None,
        others=others,
        absorbed=[*leader.absorbed, *other.absorbed, *uncounted],
        stops=sorted(stops, key=lambda stop: stop[1]),
    )


def leader_courses(bundle: Bundle) -> list[tuple[list[Step], float]]:
    """Return the courses of all tracks of a bundle, the leading one first."""
    return [(bundle.steps, bundle.length_m), *bundle.others]


def join_bundles(before: Bundle, after: Bundle, tracks: Tracks, station: int | None) -> Bundle:
    """Return two bundles that meet as one, with the station where they meet as a stop."""
    first, second = leader_courses(before), leader_courses(after)
    pairs = _pair_courses([x for x, _ in first], [x for x, _ in second], tracks)
    joined = []
    for i, j in pairs:
        steps, saved = _cancel(first[i][0], second[j][0], tracks.length_m)
        joined.append((steps, max(first[i][1] + second[j][1] - saved, 1.0), saved))
    steps, length, saved = joined[0]
    lead = pairs[0]
    meeting = max(first[lead[0]][1] - saved / 2, 0.0)
    rest = [x for n, x in enumerate(first) if n not in {i for i, _ in pairs}]
    rest += [x for n, x in enumerate(second) if n not in {j for _, j in pairs}]
    stated = [number for number in (before.stated_tracks, after.stated_tracks) if number]
    before_share = meeting / before.length_m if before.length_m else 1.0
    after_share = (length - meeting) / after.length_m if after.length_m else 1.0
    return Bundle(
        tail=before.tail,
        head=after.head,
        steps=steps,
        length_m=length,
        running=before.running and after.running,
        drawn_tracks=min(before.drawn_tracks, after.drawn_tracks),
        stated_tracks=min(stated) if stated else None,
        others=[(course, metres) for course, metres, _ in joined[1:]],
        absorbed=[
            *before.absorbed, *after.absorbed, *(p for course, _ in rest for p, _ in course),
        ],
        stops=[
            *((area, at * before_share) for area, at in before.stops),
            *([(station, meeting)] if station is not None else []),
            *((area, meeting + at * after_share) for area, at in after.stops),
        ],
    )  # fmt: skip


def _pair_courses(
    before: list[list[Step]], after: list[list[Step]], tracks: Tracks
) -> list[tuple[int, int]]:
    """Return which tracks go on as which: none crosses over, or over and back, needlessly."""
    if len(before) == 1 or len(after) == 1 or len(before) > _PAIRED or len(after) > _PAIRED:
        return [(number, number) for number in range(min(len(before), len(after)))]
    ends = [_place(tracks, *course[-1], at_end=True) for course in before]
    starts = [_place(tracks, *course[0], at_end=False) for course in after]
    ranked = sorted(
        (float(np.hypot(*(ends[i] - starts[j]))) - _saved_m(first, second, tracks), i, j)
        for i, first in enumerate(before)
        for j, second in enumerate(after)
    )
    pairs: dict[int, int] = {}
    for _, i, j in ranked:
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return sorted(pairs.items())


def _place(tracks: Tracks, piece: int, forward: bool, *, at_end: bool) -> FloatArray:
    """Return the place in the plane where a step begins or ends."""
    last = int(tracks.offsets[piece + 1]) - 1 if forward == at_end else int(tracks.offsets[piece])
    place: FloatArray = tracks.xy[last]
    return place


def extend_bundle(lane: Bundle, onward: Bundle, length_m: FloatArray) -> Bundle:
    """Return a bundle that begins farther back; its tracks all begin with the same lane."""
    steps, saved = _cancel(lane.steps, onward.steps, length_m)
    length = max(lane.length_m + onward.length_m - saved, 1.0)
    shift = length - onward.length_m
    others = []
    for course, course_m in onward.others:
        joined, saved = _cancel(lane.steps, course, length_m)
        others.append((joined, max(lane.length_m + course_m - saved, 1.0)))
    onward.tail = lane.tail
    onward.steps, onward.length_m, onward.others = steps, length, others
    onward.stops = [(area, max(at + shift, 0.0)) for area, at in onward.stops]
    return onward


def _saved_m(before: list[Step], after: list[Step], tracks: Tracks) -> float:
    """Return how much of two courses would be run straight back where they meet, metres."""
    back = after[: _back(before, after)]
    return sum(2 * float(tracks.length_m[piece]) for piece, _ in back)


def _back(before: list[Step], after: list[Step]) -> int:
    """Return how many steps the second course would run straight back."""
    back, most = 0, min(len(before), len(after)) - 1
    while back < most:
        (first, first_forward), (second, second_forward) = before[-1 - back], after[back]
        if first != second or first_forward == second_forward:
            break
        back += 1
    return back


def _cancel(
    before: list[Step], after: list[Step], length_m: FloatArray
) -> tuple[list[Step], float]:
    """Join two courses; leave out what the second would run straight back, and say how much."""
    back = _back(before, after)
    saved = sum(2 * float(length_m[piece]) for piece, _ in after[:back])
    return [*before[: len(before) - back], *after[back:]], saved


def course_of(tracks: Tracks, steps: list[Step], vertices: FloatArray) -> FloatArray:
    """Return the vertices along a course, in degrees or in the plane as given."""
    offsets = tracks.offsets
    parts = []
    for piece, forward in steps:
        part = vertices[offsets[piece] : offsets[piece + 1]]
        parts.append(part if forward else part[::-1])
    if len(parts) == 1:
        return parts[0]
    course = np.concatenate(parts)
    fresh = np.ones(len(course), dtype=bool)
    fresh[1:] = (course[1:] != course[:-1]).any(axis=1)
    kept: FloatArray = course[fresh]
    return kept
