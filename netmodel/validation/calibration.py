"""Speeds by line class, fitted to published timetables.

Only a few numbers are fitted, and for all trains together: the speed of long-distance trains on
main and on secondary lines, and by how much an intercity or a suburban train is faster or slower
than that. Classes that no timetable for calibration reaches keep their ratio to main lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.network.railway import Network
from netmodel.routing.profiles import PROFILES, Profile
from netmodel.validation.detours import TrainWays, find_ways
from netmodel.validation.observations import Observations, TimetableReport

RATIO_TO_MAIN: Mapping[str, float] = MappingProxyType(
    {"secondary": 0.75, "branch": 0.58, "connector": 0.5}
)
"""Speed on other classes over that on main lines, before anything is fitted."""
FIXED_SPEEDS_KMH: Mapping[str, float] = MappingProxyType({"industrial": 15.0, "road": 50.0})
PRIOR_SPREAD = 0.15
"""How far, in logarithms, the ratio of secondary to main may plausibly be off."""
TIMETABLE_SPREAD = 0.08
"""How far, in logarithms, trains of one kind differ among themselves."""
ROUNDS = 3
"""The fit follows the ways of the trains, and these follow the fit."""
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "long_distance": "passenger",
        "regional": "passenger",
        "intercity": "intercity",
        "suburban": "suburban",
    }
)
"""The profile of each kind of service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedFit:
    """Fitted speeds.

    Parameters
    ----------
    speed_kmh
        By profile and line class, rounded to whole km/h.
    timetables
        Ids of those that were fitted to.
    """

    speed_kmh: Mapping[str, Mapping[str, float]]
    timetables: tuple[str, ...]

    def profiles(self) -> Mapping[str, Profile]:
        """Return the built-in profiles with these speeds, by kind of service."""
        return {
            service: replace(PROFILES[name], speed_kmh=self.speed_kmh[name])
            for service, name in GROUPS.items()
        }


@refuse_wrong_kinds
def fit_speeds(
    network: Network,
    observations: Observations,
    *,
    standing: Iterable[Incident] = (),
    catalogue: Catalogue | None = None,
) -> SpeedFit:
    """Fit speeds to the timetables that are marked for calibration.

    The sum of squares of log(model / timetable) over the timetables is least, each train along
    its stops, with a mild pull of the ratio between classes towards `RATIO_TO_MAIN`.

    Raises
    ------
    InputError
        If no timetable is marked for calibration.

    Examples
    --------
    >>> import netmodel as nm
    >>> nm.validation.fit_speeds(nm.built_in_network(), nm.validation.Observations())
    Traceback (most recent call last):
    netmodel.errors.InputError: observations: no timetable is marked `use: calibration`
    """
    chosen = [each for each in observations.timetables if each.use == "calibration"]
    if not chosen:
        what = "no timetable is marked `use: calibration`"
        raise InputError([Problem(what=what, where="observations")])
    ways = find_ways(network, Observations(timetables=tuple(chosen)), standing, catalogue)
    fit = SpeedFit(
        speed_kmh={name: PROFILES[name].speed_kmh for name in dict.fromkeys(GROUPS.values())},
        timetables=tuple(each.id for each in chosen),
    )
    for _ in range(ROUNDS):
        km = _km_by_class(ways, chosen, fit.profiles())
        fit = replace(fit, speed_kmh=_solve(chosen, km))
    return fit


def _km_by_class(
    ways: TrainWays, reports: Sequence[TimetableReport], profiles: Mapping[str, Profile]
) -> NDArray[np.float64]:
    """Return the km of each train over fitted and other classes as km of main-line speed.

    Shape ``(trains, 2)``: main (with branches and connectors at their ratio), and secondary.
    """
    rows = []
    for report in reports:
        profile = profiles[report.service]
        way = ways.find_along(report.stops, profile, ways.closed_on(report.on))
        main = sum(
            km / RATIO_TO_MAIN.get(name, 1.0)
            for name, km in way.km_by_class.items()
            if name != "secondary"
        )
        rows.append((main, way.km_by_class.get("secondary", 0.0)))
    return np.array(rows, dtype=np.float64)


def _solve(
    reports: Sequence[TimetableReport], km: NDArray[np.float64]
) -> Mapping[str, Mapping[str, float]]:
    """Least squares in the logarithms of two speeds and two factors."""
    from scipy.optimize import least_squares

    observed = np.log([report.minutes for report in reports])
    kinds = np.array([GROUPS[report.service] for report in reports])
    factors = ("intercity", "suburban")

    def residuals(x: NDArray[np.float64]) -> NDArray[np.float64]:
        main, secondary = np.exp(x[:2])
        minutes = 60.0 * (km[:, 0] / main + km[:, 1] / secondary)
        factor = sum(np.where(kinds == name, x[2 + n], 0.0) for n, name in enumerate(factors))
        off = (np.log(minutes) - factor - observed) / TIMETABLE_SPREAD
        prior = (x[1] - x[0] - np.log(RATIO_TO_MAIN["secondary"])) / PRIOR_SPREAD
        return np.append(off, [prior, *(1e-3 * x[2:])])

    x = least_squares(residuals, np.log([60.0, 45.0, 1.5, 0.6])).x
    main, secondary = np.exp(x[:2])
    scale = {"passenger": 1.0, "intercity": np.exp(x[2]), "suburban": np.exp(x[3])}
    return {name: _speeds(main * by, secondary * by) for name, by in scale.items()}


def _speeds(main: float, secondary: float) -> Mapping[str, float]:
    """Return the speed of every class, in whole km/h."""
    return MappingProxyType(
        {
            "main": float(round(main)),
            "secondary": float(round(secondary)),
            "branch": float(round(main * RATIO_TO_MAIN["branch"])),
            "connector": float(round(main * RATIO_TO_MAIN["connector"])),
            **FIXED_SPEEDS_KMH,
        }
    )
