"""Many random cases against independent solvers: `make differential SEED=1`.

Each comparison draws its cases from a seed and checks them as the test of the same name does, with
the generator of this module in place of hypothesis, which takes longer than most solvers. A case is
made again from its name, the seed and its number.

``python -m tests.differential --seed 2026 --out found.jsonl`` goes on where an earlier run ended.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from netmodel.impact.fate_rules import FateRules
from tests import test_capacity, test_engine, test_fates, test_repair, test_routing, test_waiting

Case = dict[str, object]
BLOCK = 250
"""Cases between two entries in the file of results."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One part of netmodel against a solver of its own."""

    draw: Callable[[random.Random], Case]
    check: Callable[..., None]
    cases: int
    against: str


def _some(chance: random.Random, least: int, most: int, draw: Callable[[], object]) -> list:
    return [draw() for _ in range(chance.randint(least, most))]


def _two(chance: random.Random, names: list) -> tuple:
    return tuple(chance.sample(names, 2))


def draw_waiting(chance: random.Random) -> Case:
    """Draw links, outages, a departure, what a turn costs, and where to start."""
    hubs, sides = test_waiting.HUBS, ["", "A", "B"]
    one = lambda: (  # noqa: E731
        *_two(chance, hubs), chance.randint(1, 9), chance.choice(sides), chance.choice(sides),
        chance.choice([(), (1435,), (1520,)]), chance.choice(["both", "both", "forward"]),
    )  # fmt: skip
    out = lambda: (  # noqa: E731
        chance.randint(0, 8), chance.randint(-5, 30), chance.choice([None, chance.randint(1, 25)]),
        chance.choice(["closed", "closed", "slowed"]), chance.randint(1, 7),
    )  # fmt: skip
    return {
        "rows": _some(chance, 1, 9, one), "hit": _some(chance, 0, 12, out),
        "departure": chance.randint(0, 40), "turns": chance.choice([(3, 4), (0, 0), (5, 1)]),
        "start": chance.choice(hubs),
    }  # fmt: skip


def draw_flow(chance: random.Random) -> Case:
    """Draw links with capacities, demands, and outages."""
    hubs, sides = test_capacity.HUBS, ["", "", "A", "B"]
    one = lambda: (  # noqa: E731
        *_two(chance, hubs), chance.randint(1, 60), chance.choice(sides), chance.choice(sides),
        chance.choice(["both", "both", "both", "forward"]),
        chance.choice([None, chance.randint(0, 4)]),
    )  # fmt: skip
    hit = lambda: (chance.randint(0, 9), chance.choice(["closed", "single_track"]))  # noqa: E731
    pairs = _some(chance, 1, 5, lambda: _two(chance, hubs))
    return {
        "drawn": _some(chance, 1, 10, one),
        "wanted": {pair: chance.randint(1, 5) for pair in pairs},
        "hit": _some(chance, 0, 3, hit),
    }


def draw_repairs(chance: random.Random) -> Case:
    """Draw jobs on one or two links each, and crews."""
    rows = _some(chance, 1, 5, lambda: (chance.sample(test_repair.LINKS, chance.randint(1, 2)),
                                        float(chance.randint(1, 12))))  # fmt: skip
    jobs = [test_repair.job(f"j{n}", links, hours) for n, (links, hours) in enumerate(rows)]
    return {"jobs": jobs, "crews": chance.randint(1, 3)}


def draw_courses(chance: random.Random) -> Case:
    """Draw links and the stops of trains."""
    return {"pairs": _some(chance, 4, 12, lambda: _two(chance, list(range(test_fates.SIZE)))),
            "stops": _some(chance, 1, 4, lambda: _stops(chance))}  # fmt: skip


def _stops(chance: random.Random) -> list[int]:
    found = [chance.randrange(test_fates.SIZE)]
    for _ in range(chance.randint(1, 3)):
        found.append(chance.choice([n for n in range(test_fates.SIZE) if n != found[-1]]))
    return found


def draw_fates(chance: random.Random) -> Case:
    """Draw links, trains, outages with open ends, and rules."""
    effects = ["closed", "closed", "closed", "slowed", "single_track", "diesel_only"]
    out = lambda: (  # noqa: E731
        chance.randint(0, 11),
        (chance.randint(-2, 20), chance.randint(0, 4), chance.randint(1, 20),
         chance.choice([None, chance.randint(0, 9)])),
        chance.choice(effects),
    )  # fmt: skip
    rules = FateRules(
        detour_at_most_minutes=chance.choice([0.0, 40.0, 200.0, 1000.0]),
        detour_at_most_share=chance.choice([0.5, 2.0, math.inf]),
        hold_at_most_minutes=chance.choice([240.0, 600.0]),
        hold_first_minutes=chance.choice([0.0, 200.0]),
        skipped_stop_minutes=chance.choice([0.0, 20.0, 90.0]),
        kinds_held=chance.choice([(), ("suburban",)]),
        turn_over_population=None,
    )
    return {**draw_courses(chance), "given_troubles": _some(chance, 0, 5, out), "rules": rules}


def draw_costs(chance: random.Random) -> Case:
    """Draw links, some of them closed, and the hubs that journeys join."""
    hubs = test_routing.HUBS
    return {
        "edges": _some(chance, 1, 22, lambda: (*_two(chance, hubs), chance.randint(1, 400))),
        "closed": set(_some(chance, 0, 6, lambda: chance.randint(0, 21))),
        "terminals": set(chance.sample(hubs, chance.randint(2, len(hubs)))),
    }


def draw_sweeps(chance: random.Random) -> Case:
    """Draw links with sides and gauges, terminals, and what turns cost."""
    hubs, minutes = test_engine.HUBS, [0.0, 3.0, 20.0, math.inf]
    one = lambda: {  # noqa: E731
        **dict(zip(("from_hub", "to_hub"), _two(chance, hubs), strict=True)),
        "length_km": float(chance.randint(1, 9)),
        "from_side": chance.choice(["", "", "A", "B"]),
        "to_side": chance.choice(["", "", "A", "B"]),
        "gauges_mm": chance.choice([(), (), (1520,), (1435,), (1435, 1520)]),
        "direction": chance.choice(["both", "both", "both", "forward"]),
    }
    return {
        "links": _some(chance, 1, 34, one),
        "terminals": _some(chance, 1, 9, lambda: chance.choice(hubs)),
        "reversal": chance.choice(minutes), "gauge": chance.choice(minutes),
        "seed": chance.getrandbits(32),
    }  # fmt: skip


def _bare(test: Callable[..., None]) -> Callable[..., None]:
    return test.hypothesis.inner_test  # type: ignore[attr-defined, no-any-return]


COMPARISONS: Mapping[str, Comparison] = {
    "waiting or detour": Comparison(
        draw=draw_waiting, cases=5_000, against="minutes that pass one by one",
        check=_bare(test_waiting.test_earliest_arrival_is_that_of_minute_after_minute),
    ),
    "flow under capacity": Comparison(
        draw=draw_flow, cases=5_000, against="a linear programme over arcs",
        check=_bare(test_capacity.test_equals_the_arc_programme),
    ),
    "order of repairs": Comparison(
        draw=draw_repairs, cases=5_000, against="every order, one by one",
        check=_bare(test_repair.test_the_optimiser_equals_enumeration),
    ),
    "fates of trains": Comparison(
        draw=draw_fates, cases=5_000, against="a slow solver in networkx",
        check=_bare(test_fates.test_a_slow_solver_agrees),
    ),
    "courses of trains": Comparison(
        draw=draw_courses, cases=10_000, against="networkx",
        check=_bare(test_fates.test_a_course_has_the_minutes_of_a_slow_solver),
    ),
    "costs of routes": Comparison(
        draw=draw_costs, cases=60_000, against="networkx",
        check=_bare(test_routing.test_costs_equal_networkx_with_parallel_and_closed_links),
    ),
    "compiled sweep": Comparison(
        draw=draw_sweeps, cases=10_000, against="searches in scipy",
        check=_bare(test_engine.test_sweeps_and_searches_agree_on_costs_and_routes),
    ),
}  # fmt: skip


def compare(name: str, *, seed: int, numbers: range) -> list[str]:
    """Check cases by number and return what differed."""
    one, found = COMPARISONS[name], []
    for number in numbers:
        case = one.draw(random.Random(f"{name}/{seed}/{number}"))
        try:
            one.check(**case)
        except Exception:  # noqa: BLE001
            found.append(f"{number}: {traceback.format_exc(limit=-2)}")
    return found


def _done(out: Path | None, seed: int) -> dict[str, dict[str, float]]:
    """Return what a file of results has, by comparison."""
    found = {name: {"cases": 0, "differences": 0, "seconds": 0.0} for name in COMPARISONS}
    for row in out.read_text().splitlines() if out and out.is_file() else []:
        block = json.loads(row)
        if block["seed"] == seed:
            sums = found[block["name"]]
            sums["cases"] += block["cases"]
            sums["differences"] += len(block["differences"])
            sums["seconds"] += block["seconds"]
    return found


def main() -> int:
    """Compare block by block, and print a line for each comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of cases")
    parser.add_argument("--out", type=Path, help="file for the results, a line a block")
    parser.add_argument("--only", action="append", choices=list(COMPARISONS))
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    sums = _done(given.out, given.seed)
    for name in given.only or COMPARISONS:
        most = math.ceil(COMPARISONS[name].cases * given.share)
        while sums[name]["cases"] < most:
            first = int(sums[name]["cases"])
            begun, numbers = time.process_time(), range(first, min(first + BLOCK, most))
            found = compare(name, seed=given.seed, numbers=numbers)
            seconds = round(time.process_time() - begun, 2)
            block = {"name": name, "seed": given.seed, "first": first, "cases": len(numbers),
                     "seconds": seconds, "differences": found}  # fmt: skip
            sums[name]["cases"] += len(numbers)
            sums[name]["differences"] += len(found)
            sums[name]["seconds"] += seconds
            if given.out:
                with given.out.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(block) + "\n")
            for each in found[:3]:
                print(f"{name}, case {each}", flush=True)
        print(f"{name:20} {int(sums[name]['cases']):7,} cases, "
              f"{int(sums[name]['differences'])} differences, {sums[name]['seconds']:6.0f} s",
              flush=True)  # fmt: skip
    total = sum(int(each["cases"]) for each in sums.values())
    bad = sum(int(each["differences"]) for each in sums.values())
    print(f"{total:,} cases, {bad} differences, seed {given.seed}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
