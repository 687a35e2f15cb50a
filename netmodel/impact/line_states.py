"""What sets of outages leave open of the lines of trains: closed, slowed, diverted or cut."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.costs import closes_link, state_minutes
from netmodel.impact.fate_rules import (
    AS_TIMETABLED,
    Fate,
    FateRules,
    cut_course,
    keep_points,
)
from netmodel.impact.train_lines import Lines, Numbers
from netmodel.outages.outage import Outage
from netmodel.routing.profiles import Profile, costs_from_minutes, running_minutes
from netmodel.routing.topology import label_components
from netmodel.routing.way_search import FoundWays, WaySearch

Sets = frozenset[int]
TOLERANCE = 0.01
"""Minutes: ways are measured in tenths of a second, leg by leg."""


@dataclass(frozen=True, slots=True, eq=False)
class LineState:
    """What a set of outages does to the lines of one group.

    Parameters
    ----------
    blocked, through
        Positions of the lines that are closed, and whether a train gets through by a detour.
    extra
        Extra minutes of lines that are open and slowed.
    detours, cuts
        For each line that is closed: its fate if diverted, ``None`` where it cannot be; and if
        cut. Empty where not asked for.
    """

    blocked: Numbers
    through: NDArray[np.bool_]
    extra: Mapping[int, float]
    detours: Sequence[Fate | None] = ()
    cuts: Sequence[Fate] = ()

    @property
    def told(self) -> bool:
        """Whether it has the fates of the lines that are closed."""
        return len(self.cuts) == len(self.blocked)

    def of(self, line: int) -> LineFate:
        """Return what it does to one line."""
        place = int(np.searchsorted(self.blocked, line))
        if place == len(self.blocked) or self.blocked[place] != line:
            return LineFate(blocked=False, through=True, extra=self.extra.get(line, 0.0))
        return LineFate(
            blocked=True,
            through=bool(self.through[place]),
            detour=self.detours[place] if self.told else None,
            cut=self.cuts[place] if self.told else AS_TIMETABLED,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFate:
    """What a set of outages does to one line.

    Parameters
    ----------
    through
        Whether a train gets through.
    extra
        Extra minutes where it is open and slowed.
    detour, cut
        Its fate where it is closed, if diverted, ``None`` where it cannot be; and if cut. Of
        states that have no fates ``None`` and as timetabled.
    """

    blocked: bool
    through: bool
    extra: float = 0.0
    detour: Fate | None = None
    cut: Fate = AS_TIMETABLED


class LineSolver:
    """Solves sets of outages for the lines of one profile.

    Parameters
    ----------
    numbers
        Positions of the lines.
    outages
        Each as outages of the links of the network of the lines. Sets are positions among them.
    base
        Outages of the base state.
    electric
        Whether detours keep to links that are not known to lack the overhead line.

    Attributes
    ----------
    lost
        Lines that are closed in the base.
    """

    def __init__(
        self,
        lines: Lines,
        numbers: Numbers,
        profile: Profile,
        outages: Sequence[tuple[Outage, ...]],
        base: Sequence[Outage],
        rules: FateRules,
        search: WaySearch,
        advisory: str,
        electric: bool,
    ) -> None:
        self.lines, self.network, self.profile = lines, lines.network, profile
        self.outages, self.rules, self.search, self.advisory = outages, rules, search, advisory
        self._running = running_minutes(self.network, profile)
        self._base = self._minutes(base)
        self._turns: dict[int, list[float]] = {}
        self._bases: dict[int, float] = {}
        self.home = {hub: number for number, hub in enumerate(search.terminals)}
        self._without_wire = np.array(
            [electric and link.electrified is False for link in self.network.links], dtype=bool
        )
        shut = np.flatnonzero(np.isinf(self._base) & np.isfinite(self._running))
        self._mine = np.zeros(len(lines.lines), dtype=bool)
        self._mine[numbers] = True
        self.lost = set(self._own(lines.over(shut.tolist())).tolist())
        self._mine[list(self.lost)] = False

    def touched(self, standing: Sets) -> dict[int, Numbers]:
        """Return the lines that each outage touches, beside those of the base.

        A lost overhead line touches nothing where there was none.
        """
        found = {}
        for number, parts in enumerate(self.outages):
            if number in standing or self.profile.traffic not in parts[0].traffic:
                continue
            index = self.network.link_index
            links = [index[part.link] for part in parts if self._concerns(part)]
            mine = self._own(self.lines.over(links))
            if len(mine):
                found[number] = mine
        return found

    def closed_by(self, number: int) -> Numbers:
        """Return the lines that an outage closes by itself."""
        links = [
            self.network.link_index[part.link]
            for part in self.outages[number]
            if closes_link(self.network, self.profile, part, advisory=self.advisory)
        ]
        return self._own(self.lines.over(links))

    def _concerns(self, outage: Outage) -> bool:
        wired = self.network.link(outage.link).electrified is not False
        return outage.effect != "diesel_only" or wired

    def solve(self, chosen: Iterable[Sets], others: Iterable[Sets]) -> dict[Sets, LineState]:
        """Return what each set of outages does; with fates for those that are chosen."""
        keys: dict[Sets, bytes] = {}
        examples: dict[bytes, NDArray[np.float64]] = {}
        detailed: set[bytes] = set()
        for told, sets in ((True, chosen), (False, others)):
            for each in sets:
                if each not in keys:
                    minutes = self._minutes(
                        part for number in sorted(each) for part in self.outages[number]
                    )
                    keys[each] = self._key(minutes)
                    examples.setdefault(keys[each], minutes)
                if told:
                    detailed.add(keys[each])
        solved = {
            key: self._solve(minutes, self._mine, told=key in detailed)
            for key, minutes in examples.items()
        }
        return {each: solved[key] for each, key in keys.items()}

    def solve_line(self, line: int, outages: Sets) -> LineFate:
        """Return what a set of outages does to one line, with its fates."""
        alone = np.zeros(len(self._mine), dtype=bool)
        alone[line] = self._mine[line]
        parts = (part for number in sorted(outages) for part in self.outages[number])
        return self._solve(self._minutes(parts), alone, told=True).of(line)

    def _minutes(self, outages: Iterable[Outage]) -> NDArray[np.float64]:
        return state_minutes(
            self.network, self.profile, self._running, outages, advisory=self.advisory
        )

    def _key(self, minutes: NDArray[np.float64]) -> bytes:
        changed = np.flatnonzero(minutes != self._base)
        return changed.tobytes() + minutes[changed].tobytes()

    def _own(self, lines: Numbers) -> Numbers:
        return lines[self._mine[lines]]

    def _solve(
        self, minutes: NDArray[np.float64], mine: NDArray[np.bool_], *, told: bool
    ) -> LineState:
        shut = np.isinf(minutes) & np.isfinite(self._base)
        touched, blocked = (
            self.lines.over(np.flatnonzero(links).tolist())
            for links in (minutes != self._base, shut)
        )
        touched, blocked = touched[mine[touched]], blocked[mine[blocked]]
        extra = self._extra(minutes, np.setdiff1d(touched, blocked))
        sought = [line for line in blocked.tolist() if self._is_diverted(line)]
        found = self._search(minutes, sought)
        detours: list[Fate | None] = []
        through = np.zeros(len(blocked), dtype=bool)
        for place, line in enumerate(blocked.tolist()):
            detour = None
            if found.ways is not None and line in found.lines:
                way = _Detour(line, self, minutes, found.ways)
                through[place] = way.exists
                detour = way.fate() if told and way.exists else None
            detours.append(detour)
        cuts = [self._cut(line, shut) for line in blocked.tolist()] if told else []
        return LineState(blocked, through, extra, detours if told else (), cuts)

    def _extra(self, minutes: NDArray[np.float64], lines: Numbers) -> dict[int, float]:
        """Return the extra minutes of lines that are open."""
        with np.errstate(invalid="ignore"):
            more = minutes - self._base
        return {
            line: max(0.0, float(more[self.lines.lines[line].parts].sum()))
            for line in lines.tolist()
        }

    def _is_diverted(self, line: int) -> bool:
        return self.lines.lines[line].kind not in self.rules.kinds_held

    def _search(self, minutes: NDArray[np.float64], lines: Sequence[int]) -> _Found:
        """Search the ways of lines whose ends are still joined, from all of their stops."""
        if not lines:
            return _Found(frozenset(), None)
        open_links = np.where(self._without_wire, np.inf, minutes)
        labels = label_components(self.network, np.isfinite(open_links))
        index = self.network.hub_index
        joined = frozenset(
            line
            for line in lines
            if labels[index[self.lines.lines[line].hubs[0]]]
            == labels[index[self.lines.lines[line].hubs[-1]]]
        )
        if not joined:
            return _Found(joined, None)
        starts = sorted({self.home[h] for line in joined for h in self.lines.lines[line].hubs})
        costs = costs_from_minutes(self.network, open_links)
        return _Found(joined, self.search.search(costs, starts))

    def _cut(self, number: int, shut: NDArray[np.bool_]) -> Fate:
        line = self.lines.lines[number]
        mine = line.over_sections(shut.astype(np.float64))
        return cut_course(line.points, [each == 0 for each in mine])

    def sections(self, number: int, minutes: NDArray[np.float64]) -> list[float]:
        """Return the minutes from each point of a course to the next; inf where it is closed."""
        line = self.lines.lines[number]
        if number not in self._turns:
            self._turns[number] = line.turns(self._running)
        along = line.over_sections(minutes)
        return [own + turn for own, turn in zip(along, self._turns[number], strict=True)]

    def half_way(self, number: int) -> int:
        """Return the point next to half of a course, a stop: a ring leads there and back."""
        passed = np.cumsum([0.0, *self.sections(number, self._base)])
        stops = [n for n, each in enumerate(self.lines.lines[number].points) if each.stop > 0]
        return min(stops, key=lambda place: round(abs(float(passed[place] - passed[-1] / 2)), 6))

    def base_minutes(self, number: int) -> float:
        """Return the minutes of a course in the base."""
        if number not in self._bases:
            self._bases[number] = sum(self.sections(number, self._base))
        return self._bases[number]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The ways searched for some lines."""

    lines: frozenset[int]
    ways: FoundWays | None


class _Detour:
    """The detour of one line in one state."""

    def __init__(
        self, number: int, solver: LineSolver, minutes: NDArray[np.float64], ways: FoundWays
    ) -> None:
        self._line, self._solver, self._ways = solver.lines.lines[number], solver, ways
        self._places = [solver.home[hub] for hub in self._line.hubs]
        self._direct = self._ways.matrix(self._places, self._places).tolist()
        self._along = solver.sections(number, minutes)
        self._base = solver.base_minutes(number)
        self._most = self._base + solver.rules.detour_limit(self._base) + TOLERANCE
        self._must = [place for place, each in enumerate(self._line.points) if each.must]
        if self._places[0] == self._places[-1]:
            self._must = sorted({*self._must, solver.half_way(number)})
        self._quickest = keep_points(
            self._along, self._direct, skipped_minutes=0.0, free=True, must=self._must
        )

    @property
    def exists(self) -> bool:
        """Whether there is a way, and the quickest takes no longer than the rules allow."""
        return math.isfinite(self._quickest.minutes) and self._quickest.minutes <= self._most

    def fate(self) -> Fate:
        """Return the fate by the best way that is quick enough."""
        chain = self._quickest
        for skipped in (self._solver.rules.skipped_stop_minutes, 0.0):
            found = keep_points(self._along, self._direct, skipped_minutes=skipped, must=self._must)
            if found.minutes <= self._most:
                chain = found
                break
        line, passed, km = self._line, dict[str, None](), 0.0
        length = self._solver.network.length_km
        for one, other in zip(chain.kept[:-1], chain.kept[1:], strict=True):
            if other == one + 1 and self._along[one] <= self._direct[one][other] + TOLERANCE:
                start, end = line.sections[one]
                km += float(length[line.parts[start:end]].sum())
                continue
            hubs, links = self._ways.way(self._places[one], self._places[other])
            km += float(length[links].sum())
            passed |= dict.fromkeys(hubs)
        left = line.passed | self._solver.lines.divided
        kept = set(chain.kept)
        missed = (each for place, each in enumerate(line.points) if place not in kept)
        return Fate(
            fate="detoured",
            extra_minutes=max(0.0, chain.minutes - self._base),
            extra_km=km - float(length[line.parts].sum()),
            via=tuple(hub for hub in passed if hub not in left),
            stops_missed=tuple(each.name for each in missed if each.stop >= 0),
        )
