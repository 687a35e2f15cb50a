"""The greatest delay that a closure can cause to a journey, by waiting or going round."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from netmodel.impact.assessment import Assessor
from netmodel.impact.demand import uniform_demand
from netmodel.impact.waiting import WaitingModel
from netmodel.instants import Window, add_hours
from netmodel.network.model import Network
from netmodel.outages.outage import MilestoneTimes
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import Profile
from netmodel.study.ways import Effects, plain_outage

STEP_MINUTES = 10
"""Departures are tried so many minutes apart, so that the answer may be so much too small."""


def find_greatest_wait(
    network: Network,
    profile: Profile,
    hubs: tuple[str, str],
    closed: tuple[str, ...],
    closure: Window,
    standing: Effects = (),
) -> float:
    """Return the greatest delay over all departures from one hub to another, in minutes.

    Each journey does the best of waiting for the reopening and going round.

    Parameters
    ----------
    closed
        Ids of the links shut during `closure`.
    standing
        Effects that hold all the time, in the undisturbed state too.

    Returns
    -------
    float
        0 where the closure is not on the way; nan where there is no undisturbed way.

    Examples
    --------
    >>> from netmodel.instants import parse_instant
    >>> from netmodel.network.model import Hub, Link
    >>> from netmodel.routing.profiles import PASSENGER
    >>> network = Network(hubs=tuple(Hub(id=i, name=i, lon=0, lat=0) for i in "ab"),
    ...     links=(Link(id="ab", from_hub="a", to_hub="b", length_km=60.0),))
    >>> start = parse_instant("2026-01-28T00:00+03:00")
    >>> window = Window(start=start, end=add_hours(start, 4))
    >>> find_greatest_wait(network, PASSENGER, ("a", "b"), ("ab",), window)
    240.0
    """
    background = [plain_outage(link, effect, "standing") for link, effect in standing]
    assessor = Assessor(network, uniform_demand(hubs), profile, base_outages=background)
    start = add_hours(closure.start, -48)
    timeline = Timeline(
        window=Window(start=start, end=add_hours(closure.end, 48)),
        outages=(*background, *(plain_outage(link, "closed", "closure") for link in closed)),
        times={
            "standing": MilestoneTimes(start=start, first_traffic=None, full_service=None),
            "closure": MilestoneTimes(
                start=closure.start, first_traffic=closure.end, full_service=closure.end
            ),
        },
    )
    model = WaitingModel(assessor, timeline)
    base_minutes = model.base_minutes[0, 1]
    if not np.isfinite(base_minutes):
        return float("nan")
    first = add_hours(closure.start, -min(base_minutes / 60.0, 47.0))
    count = int((closure.end - first) / timedelta(minutes=STEP_MINUTES)) + 1
    departures = [first + number * timedelta(minutes=STEP_MINUTES) for number in range(count)]
    departures = sorted({*departures, closure.start})
    return float(np.max(model.delays(departures).delay_minutes[:, 0, 1]))
