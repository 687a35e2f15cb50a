"""The figures of the shipped scenarios stay what they are, unless somebody says so.

`pytest tests/test_golden.py --update-golden` writes them anew; the changelog then says why.
"""

import csv
import io
import json
import math
from pathlib import Path

import pytest

from tests.report_records import shipped_run

FOLDER = Path(__file__).parent / "golden"
NAMES = ("crimea-may-2023", "crimean-bridge-2022", "kupiansk-pokrovsk", "ukraine-february-2026")


def figures_of(run) -> dict[str, object]:
    """Return what is compared: headline figures, states, and each state's pairs in sums."""
    states = run.states.copy()
    for column in ("start", "end"):
        states[column] = states[column].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    pairs = run.pairs.groupby(["state", "traffic"])
    sums = pairs[["connected", "minutes", "km", "served_minutes"]].sum()
    ways = run.record.ways
    return {
        "figures": sorted(
            [each.name, each.traffic, *map(as_stored, figure_numbers(each))]
            for each in run.summary.figures
        ),
        "states": list(csv.reader(io.StringIO(states.to_csv()))),
        "pairs": list(csv.reader(io.StringIO(sums.to_csv()))),
        "certainty": run.pairs["certainty"].value_counts().sort_index().to_dict(),
        "ways": [len(ways), float(ways["extra_minutes"].sum()), float(ways["extra_km"].sum())],
        "outages": [len(run.outages), sorted(run.outages["link"].value_counts().items())],
    }


def figure_numbers(figure) -> tuple[float | None, ...]:
    return figure.value, figure.guaranteed, figure.possible


def as_stored(number: float | None) -> float | str | None:
    return "inf" if number == math.inf else number


def differences(old: object, new: object, where: str = "") -> list[str]:
    """Return where two values differ; numbers may differ by rounding alone."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted({*old, *new})
        return [
            each
            for key in keys
            for each in differences(old.get(key), new.get(key), f"{where}/{key}")
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            each
            for number, (one, other) in enumerate(zip(old, new, strict=True))
            for each in differences(one, other, f"{where}/{number}")
        ]
    try:
        same = old == new or math.isclose(float(old), float(new), rel_tol=1e-9, abs_tol=1e-9)
    except (TypeError, ValueError):
        same = old == new
    return [] if same else [f"{where}: {old!r} is now {new!r}"]


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_of_a_shipped_scenario_are_as_stored(name, request):
    found = json.loads(json.dumps(figures_of(shipped_run(name))))
    path = FOLDER / f"{name}.json"
    if request.config.getoption("--update-golden"):
        path.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert not differences(stored, found)[:20]


def test_a_changed_figure_is_seen():
    old = {"figures": [["loss", 1.0]], "states": [["0", "x"]]}
    assert not differences(old, {"figures": [["loss", 1.0 + 1e-12]], "states": [["0", "x"]]})
    assert differences(old, {"figures": [["loss", 1.1]], "states": [["0", "x"]]})
    assert differences(old, {"figures": [["loss", 1.0]], "states": [["0", "y"]]})
    assert differences(old, {"figures": [["loss", 1.0]]})
