"""Minutes of links against published times, those kept apart, left out, and those of equal legs."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.network.railway import Network
from netmodel.routing.profiles import TIMED_PROFILES, running_minutes
from netmodel.trains.course import find_courses
from netmodel.trains.pace import fit_pace
from netmodel.trains.speeds import half_of
from netmodel.trains.timed_legs import TimedLeg, timed_legs
from netmodel.trains.train import Timetable, Train
from netmodel.validation.lines_left_out import leave_lines_out

FOLDS = 8
"""Into how many parts the lines for calibration are divided, each left out in turn."""

Errors = Mapping[str, NDArray[np.float64]]
"""Model over timetable less 1, by profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteCheck:
    """How well minutes of links fit published times.

    Parameters
    ----------
    fitted
        Errors of every train with times, with the built-in minutes, which are estimated from all.
    halves
        By half of the lines: errors of every train with times, with the minutes that the lines for
        calibration alone give.
    left_out
        Errors of the trains for calibration, each with the minutes that the other lines for
        calibration give: of these the figures of the model were chosen.
    line_out
        By half of the lines: errors of every train with times, with the minutes that all other
        lines of both halves give.
    equal
        Of each timed leg that other trains of its kind run over the very same links: the median
        of the others over its own minutes less 1. No minutes of links can do better than this.
    equal_elsewhere
        The same with trains of other documents alone.
    """

    fitted: Errors
    halves: Mapping[str, Errors]
    left_out: Errors
    line_out: Mapping[str, Errors]
    equal: Errors
    equal_elsewhere: Errors


def check_minutes(network: Network, timetable: Timetable) -> MinuteCheck:
    """Compare the minutes of `TIMED_PROFILES` with every train that has times.

    Over all the timed legs of a train that tell of running, together.

    Examples
    --------
    >>> check_minutes(Network(hubs=(), links=()), Timetable(trains=())).halves
    {'calibration': {}, 'check': {}}
    """
    timed = Timetable(
        trains=tuple(t for t in timetable.trains if any(time.known for time in t.times))
    )
    legs = [leg for leg in timed_legs(find_courses(timed, network), network) if not leg.unused]
    minutes = {name: running_minutes(network, profile) for name, profile in TIMED_PROFILES.items()}
    apart = leave_lines_out(network, legs)
    calibration = [leg for leg in legs if half_of(leg.train) == "calibration"]
    half, _ = fit_pace(network, calibration) if calibration else (minutes, {})
    return MinuteCheck(
        fitted=_by_profile(_errors((leg, _predict(network, minutes, leg)) for leg in legs)),
        halves=_by_half(_errors((leg, _predict(network, half, leg)) for leg in legs)),
        left_out=_by_profile(_errors(_leave_out(network, calibration))),
        line_out=_by_half(_errors(zip(legs, apart.tolist(), strict=True))),
        equal=_equal_legs(legs, lambda one, other: one is not other),
        equal_elsewhere=_equal_legs(
            legs, lambda one, other: not {*one.train.documents} & {*other.train.documents}
        ),
    )


def _predict(network: Network, minutes: Mapping[str, NDArray[np.float64]], leg: TimedLeg) -> float:
    of = minutes[leg.profile]
    shares = [(link, km / network.links[link].length_km) for link, km in leg.km.items()]
    return sum(float(of[link]) * part for link, part in shares) + leg.stopping


def _leave_out(network: Network, legs: Sequence[TimedLeg]) -> list[tuple[TimedLeg, float]]:
    """Return each leg with its minutes by legs of lines of the other parts."""
    found = []
    parts = [zlib.crc32(";".join(sorted(leg.train.pair)).encode()) % FOLDS for leg in legs]
    for number in sorted(set(parts)):
        others = [leg for leg, part in zip(legs, parts, strict=True) if part != number]
        if others:
            minutes, _ = fit_pace(network, others)
            of = [leg for leg, part in zip(legs, parts, strict=True) if part == number]
            found += [(leg, _predict(network, minutes, leg)) for leg in of]
    return found


def _errors(found: Iterable[tuple[TimedLeg, float]]) -> dict[tuple[str, str], tuple[Train, float]]:
    """Return the error of every train over all its legs, by profile and id."""
    sums: dict[tuple[str, str], NDArray[np.float64]] = {}
    trains: dict[str, Train] = {}
    for leg, model in found:
        key = leg.profile, leg.train.id
        sums[key] = sums.get(key, np.zeros(2)) + np.array([model, leg.minutes])
        trains[leg.train.id] = leg.train
    return {
        key: (trains[key[1]], float(model / timetable - 1))
        for key, (model, timetable) in sorted(sums.items())
    }


def _by_half(errors: Mapping[tuple[str, str], tuple[Train, float]]) -> Mapping[str, Errors]:
    return {
        half: _by_profile({key: each for key, each in errors.items() if half_of(each[0]) == half})
        for half in ("calibration", "check")
    }


def _by_profile(errors: Mapping[tuple[str, str], tuple[Train, float]]) -> Errors:
    found: dict[str, list[float]] = {}
    for (profile, _), (_, error) in errors.items():
        found.setdefault(profile, []).append(error)
    return {name: np.array(values) for name, values in found.items()}


def _equal_legs(
    legs: Sequence[TimedLeg], other_than: Callable[[TimedLeg, TimedLeg], bool]
) -> Errors:
    groups: dict[object, list[TimedLeg]] = {}
    for leg in legs:
        key = leg.profile, frozenset((leg.start, leg.end)), tuple(sorted(leg.km.items()))
        groups.setdefault(key, []).append(leg)
    found: dict[str, list[float]] = {}
    for group in groups.values():
        for leg in group:
            others = [each.minutes for each in group if other_than(leg, each)]
            if others:
                found.setdefault(leg.profile, []).append(float(np.median(others)) / leg.minutes - 1)
    return {name: np.array(found[name]) for name in sorted(found)}
