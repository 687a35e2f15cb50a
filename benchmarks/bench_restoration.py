"""The backtest of restoration models, and fits beside lifelines, in processor time.

The built-in record is tested by leaving each incident out; a simulated register of 5,499 durations
(exact for the most part, ten kinds) by ten parts. Fits without kinds and without a prior, each with
one incident left out, are compared with those of lifelines on the same durations.

Run: ``python benchmarks/bench_restoration.py [--durations 5499] [--workers 1]``.
"""

from __future__ import annotations

import argparse
import math
import time
import warnings

import numpy as np

import netmodel as nm
from netmodel.restoration import Duration, Durations, RestorationPrior

NOTHING_HELD = RestorationPrior(
    typical_sd=math.inf, kind_sd=0.0, spread_sd=math.inf, kind_spread_sd=0.0
)
KINDS = 10


def make_register(count: int, seed: int = 1) -> Durations:
    """Return lognormal durations of ten kinds, to the minute; three in ten only between bounds."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        kind = int(rng.integers(KINDS))
        minutes = max(1, round(60 * math.exp(0.3 + 0.2 * kind + 1.1 * rng.standard_normal())))
        hours = minutes / 60
        sides = [(hours, hours), (max(hours - 1, 0.0), hours + 1), (0.0, 1.5 * hours)]
        sides.append((0.7 * hours, math.inf))
        lower, upper = sides[int(rng.integers(1, 4)) if rng.random() < 0.3 else 0]
        rows.append(
            Duration(
                incident=str(number), kind=f"kind {kind}", effect="closed",
                milestone="first_traffic", lower_hours=lower, upper_hours=upper,
                traffic="passenger" if number % 3 == 0 else "all", day=str(number // 15),
            )
        )  # fmt: skip
    return Durations(rows=tuple(rows))


def time_backtest(name: str, durations: Durations, workers: int) -> None:
    """Print what a backtest of all three models takes and gives."""
    clock, began = time.process_time(), time.perf_counter()
    test = nm.restoration.run_backtest(durations, workers=workers)
    spent, passed = time.process_time() - clock, time.perf_counter() - began
    print(f"{name}: {len(durations)} durations, {test.folds} parts, {workers} worker(s)")
    print(f"  {spent:.1f} s of this process, {passed:.1f} s by the clock")
    for rule, row in test.summary().iterrows():
        print(
            f"  {rule}: CRPS {row['crps_hours']:.2f} h, {row['crps_log']:.3f} in log-hours; "
            f"80 % interval holds {row['likely_inside_80%'] or 'nothing in between'}"
        )


def compare_with_lifelines(durations: Durations) -> None:
    """Print the time of all fits without one incident, and the largest difference."""
    import lifelines
    import pandas as pd

    families = {
        "lognormal": lifelines.LogNormalAFTFitter,
        "weibull": lifelines.WeibullAFTFitter,
        "loglogistic": lifelines.LogLogisticAFTFitter,
    }
    for name, family in families.items():
        ours, theirs, spent = [], [], [0.0, 0.0]
        for row in durations.rows:
            others = durations.without(row.incident)
            began = time.process_time()
            fit = nm.restoration.fit_restoration(others, distribution=name, prior=NOTHING_HELD)
            spent[0] += time.process_time() - began
            ours.append(fit.parameters)
            table = pd.DataFrame(
                [(max(each.lower_hours, 1e-12), each.upper_hours) for each in others.rows],
                columns=["lower", "upper"],
            )
            began = time.process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitter = family().fit_interval_censoring(
                    table, "lower", "upper", fit_options={"ftol": 1e-10}
                )
            spent[1] += time.process_time() - began
            location, shape = fitter.params_.to_numpy()
            theirs.append([location, shape if name == "lognormal" else -shape])
        apart = np.abs(np.array(ours) - np.array(theirs)).max()
        print(
            f"{name}: {len(durations)} fits {spent[0]:.2f} s, lifelines {spent[1]:.1f} s "
            f"({spent[1] / spent[0]:.0f} times); parameters differ by {apart:.1e} at most"
        )


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--durations", type=int, default=5499)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    record = nm.restoration.collect_durations(nm.built_in_catalogue())
    time_backtest("built-in record", record, options.workers)
    time_backtest("register", make_register(options.durations), options.workers)
    compare_with_lifelines(record)


if __name__ == "__main__":
    main()
