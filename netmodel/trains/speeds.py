"""Minutes of single links by kind of train, estimated from the timed legs of published trains."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.files.whole import write_file
from netmodel.network.railway import Network
from netmodel.routing.profiles import COLUMNS, TIMED_PROFILES, LinkTime, Profile
from netmodel.trains.course import find_courses
from netmodel.trains.pace import fit_pace
from netmodel.trains.timed_legs import (
    PROFILE_NAME,
    TimedLeg,
    border_of,
    timed_legs,
)
from netmodel.trains.train import Timetable, Train

HALVES = "175"
"""What goes before the ends of a line in its hash: of 400 numbers, the one that parts the legs and
lines of every kind of train most nearly into halves; chosen for that alone."""
ROUNDS = 4
"""Courses follow the minutes and these follow the courses, at most so often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSpeeds:
    """Estimated minutes of every link for every kind of train.

    Parameters
    ----------
    minutes
        By name of the profile: minutes of each link, borders included, shape ``(links,)``.
    border_minutes
        What a border costs, by the countries on its two sides.
    legs
        The timed legs on the courses that these minutes give, those not used with the reason.
    rounds
        After how many rounds the courses stood.
    """

    network: Network
    minutes: Mapping[str, NDArray[np.float64]]
    border_minutes: Mapping[str, float]
    legs: tuple[TimedLeg, ...]
    rounds: int = 0

    def profiles(self) -> Mapping[str, Profile]:
        """Return the profile of each kind of train with these minutes."""
        timed = {
            name: replace(profile, times=_times(self.network, self.minutes[name]))
            for name, profile in TIMED_PROFILES.items()
        }
        return {kind: timed[name] for kind, name in PROFILE_NAME.items()}

    def predict(self, leg: TimedLeg) -> float:
        """Return the minutes of a leg by these speeds, its named stops included."""
        minutes = self.minutes[leg.profile]
        length = [self.network.links[link].length_km for link in leg.km]
        shares = zip(leg.km.items(), length, strict=True)
        running = sum(float(minutes[link]) * km / whole for (link, km), whole in shares)
        return running + leg.stopping


@refuse_wrong_kinds
def half_of(train: Train) -> str:
    """Return whether a train served to choose how speeds are estimated, or is kept to check it.

    ``calibration`` or ``check``, by a hash of the two ends of its line, so that both directions,
    and the trains of all years, are on the same side.

    Examples
    --------
    >>> one = Train(id="1", number="1", kind="suburban", stops=("Kyiv", "Nizhyn"))
    >>> other = Train(id="2", number="2", kind="regional", stops=("Nizhyn", "Kyiv"))
    >>> half_of(one) == half_of(other)
    True
    """
    line = ";".join((HALVES, *sorted(train.pair)))
    return "check" if zlib.crc32(line.encode()) % 2 else "calibration"


@refuse_wrong_kinds
def fit_link_speeds(
    timetable: Timetable,
    network: Network,
    *,
    use: Callable[[Train], bool] = lambda _: True,
) -> LinkSpeeds:
    """Estimate the minutes of each link by kind of train from timed legs.

    The logarithm of the minutes per kilometre is a sum: the speed of the class by kind of train;
    the number of tracks; what is particular to the link; and what is particular to the link for
    one kind. The last two are near to those of the neighbouring links of the same class, and each
    part is near to nothing, as far as `PRIOR` lets it be. The sum of squares of
    log(model / timetable) over the legs is least under these pulls, so that a link without
    timetables keeps the speed of its class and its surroundings, and none is negative. Legs that
    fit badly weigh less. The courses follow the minutes until they stand.

    Parameters
    ----------
    use
        Which trains serve to estimate, all by default; the legs of all are kept with the result.

    Raises
    ------
    InputError
        If the network does not know a stop.
    """
    timed = Timetable(
        trains=tuple(train for train in timetable.trains if any(train.timed_legs())),
        origins=timetable.origins,
    )
    profiles: Mapping[str, Profile] = {
        kind: replace(TIMED_PROFILES[name], times={}) for kind, name in PROFILE_NAME.items()
    }
    legs = timed_legs(find_courses(timed, network, profiles=profiles), network)
    for number in range(1, ROUNDS + 1):
        usable = [leg for leg in legs if not leg.unused and use(leg.train)]
        minutes, borders = fit_pace(network, usable)
        speeds = LinkSpeeds(
            network=network, minutes=minutes, border_minutes=borders, legs=legs, rounds=number
        )
        before = [leg.km for leg in legs]
        legs = timed_legs(find_courses(timed, network, profiles=speeds.profiles()), network)
        if [leg.km for leg in legs] == before:
            break
    return replace(speeds, legs=legs)


def _times(network: Network, minutes: NDArray[np.float64]) -> Mapping[str, LinkTime]:
    return {
        link.id: LinkTime(length_km=link.length_km, minutes=float(minutes[number]))
        for number, link in enumerate(network.links)
        if link.line_class not in ("industrial", "road")
    }


@refuse_wrong_kinds
def write_link_speeds(speeds: LinkSpeeds, path: Path | str, *, used: Iterable[TimedLeg]) -> Path:
    """Write ``speeds.csv``: the minutes of each link by kind of train; return the path.

    Parameters
    ----------
    used
        The legs that served to estimate them, to tell on how many each link rests.
    """
    counts = np.zeros(len(speeds.network.links), dtype=int)
    for leg in used:
        counts[list(leg.km)] += 1
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, link in enumerate(speeds.network.links):
        if link.line_class in ("industrial", "road"):
            continue
        minutes = [f"{speeds.minutes[name][number]:.1f}" for name in COLUMNS[2:6]]
        basis = "timetables" if counts[number] else "class and neighbouring links"
        if border_of(speeds.network, link):
            basis += "; with a border"
        writer.writerow([link.id, f"{link.length_km:g}", *minutes, counts[number], basis])
    write_file(Path(path), text.getvalue())
    return Path(path)
