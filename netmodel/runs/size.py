"""How much a run will take in memory and on the disk, told before it is computed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from netmodel.errors import MachineError
from netmodel.impact.assessment import Assessor
from netmodel.outages.timeline import Timeline

BASE_BYTES = 500_000_000
"""Of memory for a large run of whatever kind: the libraries and the compiled code."""
LINK_BYTES = 7_500
"""Of memory for each link: the network, its tables and its part of the page."""
PAIR_BYTES = 1_500
"""Of memory for each pair of places, in whatever number of states."""
MATRIX_BYTES = 12
"""Of memory for each pair in each state."""
LETTER_BYTES = 1.5
"""Of memory for each letter of the ways that are held as texts: detours, and some of the rest."""
TOLD_WAY_BYTES = 6_000
"""The same for each way where none was looked at."""
MOST_TOLD = 50_000
"""Ways that are held as texts at most."""
ROW_BYTES = 80
"""Of a row of ``pairs.csv``."""
WORTH_TELLING = 1_000_000_000
"""Bytes; of less memory, and less on the disk, nothing is said."""
SAMPLE = 64
"""Pairs whose ways in the base state are looked at."""
FACTOR = 2.0
"""How far the estimate may be from what a run takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSize:
    """What a run has to hold, over all kinds of traffic.

    Parameters
    ----------
    pairs, states, links
        Pairs of places with demand, states of the window, links of the network.
    way_letters
        Letters that tell the hubs of the way of a pair, in the mean.
    ways
        Distinct ways that a pair takes over all states, in the mean.

    Examples
    --------
    >>> RunSize(pairs=499_500, states=61, links=30_000).rows
    30469500
    """

    pairs: int
    states: int
    links: int
    way_letters: float = 0.0
    ways: float = 1.0

    @property
    def rows(self) -> int:
        """Rows of ``pairs.csv`` at most: a row for each pair in each state."""
        return self.pairs * self.states

    @property
    def memory_bytes(self) -> int:
        """Memory of the process at its peak: network, states, ways, tables and page."""
        told = min(self.pairs * self.ways, MOST_TOLD)
        ways = told * (LETTER_BYTES * self.way_letters or TOLD_WAY_BYTES)
        return int(
            BASE_BYTES
            + LINK_BYTES * self.links
            + PAIR_BYTES * self.pairs
            + MATRIX_BYTES * self.rows
            + ways
        )

    @property
    def disk_bytes(self) -> int:
        """The folder of the run: rows where a pair fares otherwise, and the texts of ways."""
        rows = ROW_BYTES * self.pairs * min(self.states, max(1.0, 2 * self.ways))
        return int(rows + self.pairs * self.ways * self.way_letters + 1_000 * self.links)

    def tell(self) -> str:
        """Return a note for the user; empty where the run stays small.

        Examples
        --------
        >>> print(RunSize(pairs=499_500, states=61, links=30_000, way_letters=3e3, ways=3).tell())
        a large run: 499,500 pairs of places in 61 states on 30,000 links; about 2.1 GB of memory, 4.8 GB on the disk and as much beside it while it is made; fewer places of demand or a shorter window make it less
        >>> RunSize(pairs=100, states=61, links=300).tell()
        ''
        """  # noqa: E501 - what is printed is one line
        if max(self.memory_bytes, self.disk_bytes) < WORTH_TELLING:
            return ""
        return (
            f"a large run: {self.pairs:,} pairs of places in {self.states:,} states on "
            f"{self.links:,} links; about {_in_bytes(self.memory_bytes)} of memory, "
            f"{_in_bytes(self.disk_bytes)} on the disk and as much beside it while it is made; "
            "fewer places of demand or a shorter window make it less"
        )

    def check(self, free: int | None) -> None:
        """Refuse a run for which the memory will not do even if it takes half of the estimate.

        Parameters
        ----------
        free
            Bytes that the process can have; ``None`` where that is not known.

        Raises
        ------
        MachineError
            If they are too few.

        Examples
        --------
        >>> RunSize(pairs=100, states=61, links=3_000_000).check(4_000_000_000)
        Traceback (most recent call last):
        netmodel.errors.MachineError: the run needs about 23.0 GB of memory, ... 4.0 GB; ...
        """
        if free is not None and self.memory_bytes > max(FACTOR * free, WORTH_TELLING):
            raise MachineError(
                f"the run needs about {_in_bytes(self.memory_bytes)} of memory, and there are "
                f"{_in_bytes(free)}; take fewer places of demand, a shorter window or a smaller "
                "network"
            )


def expect_size(assessors: Sequence[Assessor], timeline: Timeline) -> RunSize:
    """Return the size of a run whose states are still to be solved.

    The ways of some pairs in the base state say how long the texts of ways are, and how often
    closures meet them.
    """
    pairs = sum(int((each.demand.trips > 0).sum()) for each in assessors)
    size = RunSize(pairs=pairs, states=len(timeline.states), links=len(assessors[0].network.links))
    if size.pairs * ROW_BYTES * size.states < WORTH_TELLING // 100:
        return size
    letters, ways = _sample_ways(assessors[0], timeline)
    return RunSize(
        pairs=size.pairs, states=size.states, links=size.links, way_letters=letters, ways=ways
    )


def _sample_ways(assessor: Assessor, timeline: Timeline) -> tuple[float, float]:
    """Return how many letters a way takes and how many ways a pair has, in the mean."""
    network, base = assessor.network, assessor.base_travel
    start, end = np.nonzero((assessor.demand.trips > 0) & base.connected)
    if not len(start):
        return 0.0, 1.0
    chosen = np.unique(np.linspace(0, len(start) - 1, SAMPLE).astype(int))
    touched = [
        _touched(assessor, timeline, active) for active in {s.active for s in timeline.states}
    ]
    letters, ways = [], []
    for a, b in zip(start[chosen].tolist(), end[chosen].tolist(), strict=True):
        hubs = base.hubs_between(a, b, network)
        letters.append(sum(map(len, hubs)) + len(hubs))
        steps = {*pairwise(hubs), *pairwise(reversed(hubs))}
        ways.append(len({frozenset(steps & each) for each in touched}))
    joined = len(start) / int((assessor.demand.trips > 0).sum())
    return float(np.mean(letters)), float(np.mean(ways)) * joined


def _touched(
    assessor: Assessor, timeline: Timeline, active: frozenset[int]
) -> set[tuple[str, str]]:
    """Return the ends of the links on which outages hold."""
    links = {timeline.outages[number].link for number in active}
    found = (assessor.network.link(link) for link in links)
    return {(link.from_hub, link.to_hub) for link in found}


def free_memory() -> int | None:
    """Return the bytes of memory that this process can still have; ``None`` where nobody says."""
    found = []
    try:
        import resource
    except ImportError:  # not on Windows
        pass
    else:
        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            found.append(limit)
    with suppress(OSError, ValueError):  # no such limit: "max", or no such file
        found.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        told = dict(line.split(":", 1) for line in lines if ":" in line)
        found.append(int(told["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError, ValueError):
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
            found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(found, default=None)


def _in_bytes(count: float) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e8 else f"{max(count / 1e6, 1):,.0f} MB"
