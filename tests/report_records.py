"""Records for the tests of the report: a shipped run, a hostile one, a large one."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from netmodel.runs.columns import FATE_COLUMNS, to_instants
from netmodel.runs.document_files import as_json, from_json
from netmodel.runs.documents import RunSettings, RunWindow
from netmodel.runs.pair_table import PairTable
from netmodel.runs.record import RunRecord
from netmodel.runs.run import Run, run_scenario

START = Path(__file__).parents[1] / "docs" / "start.md"
KEPT_KEYS = {
    "id", "name", "traffic", "unit", "effect", "then", "status", "start", "end", "zone",
    "time_rule", "incident", "incidents", "documents", "standing_closures", "document", "links",
    "candidates", "from", "to", "earliest", "latest", "first_traffic", "full_service", "language",
    "code", "extent", "pairs_kept", "day",
}  # fmt: skip
"""Keys whose values are names that join tables, times, or words of a fixed list."""

HOSTILE = (
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror='window.hacked=1'>",
    '"><svg onload=window.hacked=1>',
    "'-window.hacked=1-'",
    "{{ 7 * 7 }} {% raw %} {name} ${7*7}",
    "javascript:window.hacked=1",
    "right\u202eto left \u2066mark\u2069",
    "line\u2028separator\u2029 and \x00 null \x1b[31m",
    "😀 emoji 👩‍🚀 and e\u0301",
    "]]>--><!--",
    "x" * 10_000,
)


@cache
def shipped_run(name: str = "crimea-may-2023") -> Run:
    """Return the run of a shipped scenario as it is, computed once for all tests of a process."""
    return run_scenario(name)


@cache
def shipped_record(name: str = "crimea-may-2023", time_rule: str = "midpoint") -> RunRecord:
    """Return the record of a shipped scenario."""
    if time_rule == "midpoint":
        return shipped_run(name).record
    return run_scenario(name, time_rule=time_rule).record


@cache
def documented_record() -> RunRecord:
    """Return the record of the example that the documentation starts with."""
    blocks = re.findall(r"```python\n(.*?)```", START.read_text(encoding="utf-8"), re.DOTALL)
    known: dict[str, object] = {}
    exec(next(each for each in blocks if "nm.Scenario(" in each), known)
    run = known["run"]
    assert isinstance(run, Run)
    return run.record


def data_of(page: str) -> dict:
    """Return the data that a page's script unpacks."""
    found = re.search(r'<script type="text/plain" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(zlib.decompress(base64.b64decode(found.group(1), validate=True)))


def make_hostile(record: RunRecord, text: str) -> RunRecord:
    """Return a record in which every free text is a hostile one."""
    hubs, links, outages = record.hubs.copy(), record.links.copy(), record.outages.copy()
    for column in ("name", "region", "kind", "aliases"):
        hubs[column] = text
    links["line_class"] = text
    outages["place"] = text
    return replace(
        record,
        hubs=hubs,
        links=links,
        outages=outages,
        summary=_poisoned(record.summary, text, name=text),
        evidence=_poisoned(record.evidence, text),
        provenance=_poisoned(record.provenance, text, command=text),
    )


def _poisoned(document, text: str, **further: str):
    value = _poison(as_json(document), text)
    return from_json({**value, **further}, type(document))


def _poison(value: object, text: str, key: str = "") -> object:
    if isinstance(value, Mapping) and key == "figures" and "name" not in value:
        return {f"{text} {number}": inner for number, inner in enumerate(value.values())}
    if key == "place":  # a place with a control character is refused when it is read
        text = "".join(each for each in text if each.isprintable())
    if isinstance(value, Mapping):
        return {name: _poison(inner, text, str(name)) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_poison(inner, text, key) for inner in value]
    return text if isinstance(value, str) and key not in KEPT_KEYS else value


def fields_with(value: object, text: str) -> int:
    """Return how many texts of a document are a given one."""
    if isinstance(value, Mapping):
        return sum(fields_with(inner, text) for inner in value.values())
    if isinstance(value, (list, tuple)):
        return sum(fields_with(inner, text) for inner in value)
    return int(value == text)


def large_record(*, columns: int = 96, rows: int = 48, states: int = 1000, demand: int = 40,
                 trains: int = 0, seed: int = 7) -> RunRecord:  # fmt: skip
    """Return a made-up run on a grid of about 9,000 links, with as many states as asked.

    In each state a tenth of the trains, if there are any, do not run as timetabled.
    """
    rng = np.random.default_rng(seed)
    template = shipped_record()
    hubs = _grid_hubs(columns, rows, demand, rng)
    links = _grid_links(columns, rows)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    times = to_instants([start + timedelta(hours=n) for n in range(states + 1)])
    table = {"start": times.array[:-1], "end": times.array[1:], "hours": 1.0, "outages": 1,
             "outages_certain": 0, "outages_possible": 2}  # fmt: skip
    for name in template.states.columns:
        if name not in table and not name.startswith(("freight", "trains")):
            table[name] = np.round(rng.random(states), 6)
    services, fates = _trains(template, hubs, trains, states, rng) if trains else (None, None)
    if fates is not None:
        table |= _train_counts(fates, trains, states)
    frame = pd.DataFrame(table, index=pd.RangeIndex(states, name="state"))
    return replace(
        template,
        states=frame,
        pair_table=PairTable.of_states(_pairs(hubs, states, rng)),
        ways=None,
        flows=_flows(links, states, rng),
        redundancy=None,
        services=services,
        trains=fates,
        train_days=None,
        hubs=hubs,
        links=links,
        outages=_outages(template, links, times, rng),
        summary=replace(
            template.summary,
            window=RunWindow(start=times.iloc[0], end=times.iloc[-1], zone="Europe/Kyiv"),
            figures=tuple(f for f in template.summary.figures if f.traffic == "passenger"),
            trains=None,
        ),
        provenance=replace(
            template.provenance,
            scenario=RunSettings(
                fields={**template.provenance.scenario.fields, "traffic": ["passenger"]}
            ),
        ),
    )


def _grid_hubs(columns: int, rows: int, demand: int, rng: np.random.Generator) -> pd.DataFrame:
    count = columns * rows
    lon = np.tile(np.linspace(23, 39, columns), rows) + rng.normal(0, 0.02, count)
    lat = np.repeat(np.linspace(45, 52, rows), columns) + rng.normal(0, 0.02, count)
    chosen = np.zeros(count, int)
    chosen[rng.choice(count, demand, replace=False)] = 1
    return pd.DataFrame(
        {
            "name": [f"Hub {n}" for n in range(count)], "lon": lon.round(4), "lat": lat.round(4),
            "country": "UA", "region": [f"Region {n % 20}" for n in range(count)],
            "kind": "station", "population": pd.array([1000] * count, dtype="Int64"),
            "aliases": "", "in_demand": chosen, "is_anchor": 0, "cut_share": None,
        },
        index=pd.Index([f"h{n}" for n in range(count)], name="id"),
    )  # fmt: skip


def _grid_links(columns: int, rows: int) -> pd.DataFrame:
    at = np.arange(columns * rows).reshape(rows, columns)
    ends = np.vstack(
        [
            np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
            np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
        ]
    )
    return pd.DataFrame(
        {
            "from": [f"h{a}" for a, _ in ends], "to": [f"h{b}" for _, b in ends],
            "length_km": 12.5, "line_class": "main", "electrified": True, "course": "",
        },
        index=pd.Index([f"l{n}" for n in range(len(ends))], name="id"),
    )  # fmt: skip


def _pairs(hubs: pd.DataFrame, states: int, rng: np.random.Generator) -> pd.DataFrame:
    demand = hubs.index[hubs["in_demand"] == 1]
    first, second = np.triu_indices(len(demand), 1)
    count = len(first)
    base = rng.integers(60, 900, count).astype(float)
    variant = np.cumsum(rng.random((states, count)) < 0.04, axis=0) % 4
    minutes = base[None, :] + np.where(variant > 0, 37.0 * variant, 0.0)
    minutes[variant == 3] = np.nan
    ways = np.array(
        [[";".join(f"h{h}" for h in rng.integers(0, len(hubs), 12)) for _ in range(count)]
         for _ in range(4)]
    )  # fmt: skip
    ways[3] = ""
    return pd.DataFrame(
        {
            "state": np.repeat(np.arange(states), count), "traffic": "passenger",
            "from": np.tile(demand[first], states), "to": np.tile(demand[second], states),
            "connected": (~np.isnan(minutes.ravel())).astype(int),
            "base_minutes": np.tile(base, states), "minutes": minutes.ravel(),
            "base_km": np.tile(base, states), "km": minutes.ravel(),
            "via": ways[variant, np.arange(count)[None, :]].ravel(),
            "served_minutes": minutes.ravel(),
            "certainty": np.where(np.isnan(minutes.ravel()), "cut", "connected"),
        }
    )  # fmt: skip


def _flows(links: pd.DataFrame, states: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return flows over 1,500 links of which some sixty change from one state to the next."""
    chosen = np.sort(rng.choice(len(links), 1500, replace=False))
    base = rng.integers(0, 60, len(chosen)).astype(float)
    change = np.cumsum(rng.random((states, len(chosen))) < 0.04, axis=0) % 3
    trips = np.where(change == 0, base, np.where(change == 1, base + 7.25, 0.0))
    state, place = np.nonzero(trips != base)
    return pd.DataFrame(
        {
            "state": state, "traffic": "passenger", "link": links.index.to_numpy()[chosen[place]],
            "base_trips": base[place], "trips": trips[state, place],
        }
    )  # fmt: skip


def _trains(
    template: RunRecord, hubs: pd.DataFrame, count: int, states: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return trains of thirty stops, and what became of each that did not run as timetabled."""
    names = [f"t{n}" for n in range(count)]
    starts = rng.integers(0, len(hubs) - 30, count)
    courses = [[f"h{h}" for h in range(start, start + 30)] for start in starts]
    services = pd.DataFrame(
        {
            "number": [str(n) for n in range(count)], "name": "", "kind": "long_distance",
            "stops": [";".join(hubs["name"][each]) for each in courses],
            "course": [";".join(each) for each in courses], "way": "", "days": states // 24,
            "documents": "", "reported": "",
        },
        index=pd.Index(names, name="id"),
    )  # fmt: skip
    # A train keeps its fate for some ten states.
    touched = rng.random((states // 10 + 1, count)) < 0.1
    fate = rng.choice(["slower", "detoured", "cut short", "not run"], touched.shape)
    state, train = np.nonzero(np.repeat(touched, 10, axis=0)[:states])
    became = np.repeat(fate, 10, axis=0)[state, train]
    cut = became == "cut short"
    fates = pd.DataFrame(
        {
            "state": state, "train": np.array(names)[train], "fate": became,
            "extra_minutes": np.where(became == "detoured", 45.0, np.nan), "extra_km": np.nan,
            "via": np.where(became == "detoured", "h1;h2;h3", ""),
            "turned_at": np.where(cut, "Hub 7", ""), "resumed_at": "",
            "stops_missed": np.where(cut, "Hub 8;Hub 9", ""),
            "gets_through": np.where(cut | (became == "not run"), "no", "yes"),
            "incidents": template.outages["incident"].iloc[-1], "documents": "",
        }
    )  # fmt: skip
    return services, fates


def _train_counts(fates: pd.DataFrame, trains: int, states: int) -> dict[str, object]:
    counts = pd.crosstab(fates["state"], fates["fate"]).reindex(range(states), fill_value=0)
    table: dict[str, object] = {"trains": float(trains)}
    for fate, name in FATE_COLUMNS.items():
        table[f"trains_{name}"] = counts[fate].to_numpy(float) if fate in counts else 0.0
    table["trains_as_timetabled"] = trains - counts.sum(axis=1).to_numpy(float)
    lost = table["trains_cut_short"] + table["trains_not_run"]
    table |= {"trains_certainly_not": lost, "trains_possibly_not": lost}
    table["trains_through_share"] = 1 - lost / trains
    return table


def _outages(
    template: RunRecord, links: pd.DataFrame, times: pd.Series, rng: np.random.Generator
) -> pd.DataFrame:
    incident = template.outages["incident"].iloc[-1]
    rows = []
    for number in range(2000):
        start = int(rng.integers(0, len(times) - 12))
        end = start + int(rng.integers(2, 10))
        rows.append(
            {
                "outage": number, "incident": incident,
                "link": str(links.index[int(rng.integers(0, len(links)))]),
                "effect": ("closed", "slowed", "diesel_only", "advisory")[number % 4],
                "traffic": "passenger", "start": times[start], "end": times[end],
                "start_earliest": times[start], "start_latest": times[start],
                "end_earliest": times[end], "end_latest": times[end + 1], "standing": 0,
                "place": "somewhere", "documents": "", "slowed_minutes": np.nan,
                "trains_per_day": np.nan, "wagons_per_day": np.nan,
                "chosen_first": start, "chosen_last": end - 1, "certain_first": start,
                "certain_last": end - 1, "possible_first": start, "possible_last": end,
            }
        )  # fmt: skip
    return pd.DataFrame(rows).set_index("outage")
