"""The pairs of a run: stored once, told in full; written and read back; kept in part."""

from __future__ import annotations

import pickle
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.files import spool
from netmodel.impact import assessment
from netmodel.impact.bounds import classify_pairs
from netmodel.impact.near_ways import find_near_ways
from netmodel.impact.pair_ways import PAIR_BASES
from netmodel.runs import pair_rows
from netmodel.runs.journeys import state_delays
from netmodel.runs.pair_rows import record_pairs
from netmodel.runs.pair_table import PairTable, number_pairs
from netmodel.runs.record import read_record, write_record
from netmodel.runs.run import run_scenario
from netmodel.runs.uncertainty import state_connection
from tests.report_records import shipped_record
from tests.small_scenario import write_incident, write_scenario


def full_table(run) -> pd.DataFrame:
    """Return the pairs by a plain reading: every state and pair by itself, nothing remembered."""
    frames = []
    for impact in run.impacts:
        assessor, hubs = impact.assessor, np.array(impact.assessor.demand.hubs)
        start, end = np.nonzero(assessor.demand.trips > 0)
        base, km = assessor.base_travel, assessor.network.length_km
        second = np.full(assessor.demand.trips.shape, np.nan)
        for pair, way in find_near_ways(assessor).items():
            second[pair] = way.extra_minutes
        delays, drawn = state_delays(run, impact), state_connection(run, impact.traffic)
        for result in impact.states:
            travel, number = result.travel, result.state.number
            further = {}
            if drawn is not None:
                further["probability_connected"] = np.round(drawn[number], 6)
            if delays is not None:
                further["wait_minutes"] = shown(delays[number, start, end])
            ends = list(zip(start.tolist(), end.tolist(), strict=True))
            ways = [travel.hubs_between(*pair, assessor.network)[1:-1] for pair in ends]
            rows = {
                "state": number, "traffic": impact.traffic, "from": hubs[start], "to": hubs[end],
                "connected": travel.connected[start, end].astype(int),
                "base_minutes": shown(base.minutes[start, end]),
                "minutes": shown(travel.minutes[start, end]),
                "base_km": np.round(assessor.sum_along(base, km)[start, end], 1),
                "km": np.round(assessor.sum_along(travel, km)[start, end], 1),
                "via": [";".join(way) for way in ways],
                "basis": np.array(PAIR_BASES)[assessor.ways.basis()[start, end]],
                "near_minutes": np.round(second[start, end], 1),
                "served_minutes": shown(result.served.minutes[start, end]),
                "certainty": classify_pairs(
                    *(each.connected[start, end] for each in (assessor.base, result.worst,
                                                              result.best))
                ),
            }  # fmt: skip
            frames.append(pd.DataFrame(rows | further))
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values("state", kind="stable", ignore_index=True)


def shown(minutes):
    return np.where(np.isfinite(minutes), np.round(minutes, 1), np.nan)


def write_random(folder: Path, seed: int) -> Path:
    """Write a scenario on a random railway, with closures whose times are partly in doubt."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(4, 9))
    names = [f"h{n}" for n in range(count)]
    joined = [(n, int(rng.integers(n))) for n in range(1, count)]
    joined += [tuple(rng.choice(count, 2, replace=False).tolist()) for _ in range(count // 2)]
    links = "id,from,to,length_km\n" + "".join(
        f"l{n},{names[a]},{names[b]},{rng.integers(10, 90)}\n" for n, (a, b) in enumerate(joined)
    )
    incidents = []
    for number in range(int(rng.integers(1, 5))):
        begin, length, doubt = (int(each) for each in rng.integers((0, 1, 0), (30, 17, 3)))
        clock = [f"2023-05-{18 + h // 24}T{h % 24:02d}:00Z" for h in range(begin, begin + 22)]
        end = f"{{after: '{clock[length]}', before: '{clock[length + doubt]}'}}"
        incidents.append(
            write_incident(f"i{number}", f"l{rng.integers(len(joined))}", start=clock[0], end=end)
        )
    hubs = "id,name,lon,lat\n" + "".join(f"{each},{each},{30 + n},50\n"
                                         for n, each in enumerate(names))  # fmt: skip
    demand = rng.permutation(names)[: max(3, count - 2)].tolist()
    traffic = ["[passenger]", "[passenger, freight]"][seed % 2]
    return write_scenario(
        folder, *incidents, hubs=hubs, links=links, demand=f"{{hubs: [{', '.join(demand)}]}}",
        more=f"traffic: {traffic}\n",
    )  # fmt: skip


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 10_000))
def test_what_is_stored_once_tells_the_full_table_and_comes_back(seed):
    with tempfile.TemporaryDirectory(prefix="k-") as place:
        folder = Path(place)
        run = run_scenario(write_random(folder, seed), samples=5 if seed % 3 == 0 else None)
        whole, pairs = full_table(run), run.record.pair_table
        pd.testing.assert_frame_equal(whole, run.pairs, check_exact=True)
        ends = {frozenset((each.from_hub, each.to_hub)) for each in run.network.links}
        if len(ends) == len(run.network.links):  # else two ways may pass the same hubs
            assert not pairs.routes[["from", "to", "via"]].duplicated().any()
        for state in (0, len(run.states) - 1):
            rows = whole[(whole["state"] == state) & (whole["traffic"] == "passenger")]
            pd.testing.assert_frame_equal(
                rows.reset_index(drop=True), pairs.at(state, "passenger"), check_exact=True
            )
        write_record(run.record, folder)
        back = read_record(folder)
        assert back.pair_table == pairs
        pd.testing.assert_frame_equal(back.pairs, run.pairs, check_exact=True)
        assert PairTable.of_states(whole).by_state.equals(whole)


@pytest.mark.parametrize("name", ["crimea-may-2023", "kupiansk-pokrovsk"])
def test_shipped_runs_are_told_in_full(name):
    run = run_scenario(name)
    pd.testing.assert_frame_equal(full_table(run), run.pairs, check_exact=True)
    assert 2 * len(run.record.pair_table.spans) < len(run.pairs)


def test_what_is_let_go_of_and_kept_on_disk_gives_the_same_tables(monkeypatch, tmp_path):
    """Few rows together, little memory, nothing remembered: the bytes do not depend on it."""
    scenario = write_random(tmp_path, 5)
    for folder, small in (("a", False), ("b", True)):
        (tmp_path / folder).mkdir()
        if small:
            monkeypatch.setattr(spool, "IN_MEMORY", 50)
            monkeypatch.setattr(pair_rows, "ROWS_TOGETHER", 7)
            monkeypatch.setattr(pair_rows, "ROUTES_TOGETHER", 3)
            monkeypatch.setattr(assessment, "MOST_SOLVED_BYTES", 1)
            monkeypatch.setattr(assessment, "LEAST_STATES_KEPT", 1)
        write_record(run_scenario(scenario).record, tmp_path / folder)
    for file in ("pairs.csv", "routes.csv", "states.csv", "flows.csv", "summary.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_run_with_a_row_for_each_state_is_read(tmp_path):
    record = shipped_record("crimea-may-2023")
    write_record(record, tmp_path)
    record.pairs.to_csv(tmp_path / "pairs.csv", index=False, lineterminator="\n")
    (tmp_path / "routes.csv").unlink()
    back = read_record(tmp_path)
    pd.testing.assert_frame_equal(back.pairs, record.pairs)
    lines = (tmp_path / "pairs.csv").read_text().splitlines()
    (tmp_path / "pairs.csv").write_text("\n".join(lines[:-70]) + "\n")
    with pytest.raises(InputError, match="others have 66"):
        read_record(tmp_path)


def test_routes_that_are_missing_are_missed(tmp_path):
    write_record(shipped_record("crimea-may-2023"), tmp_path)
    (tmp_path / "routes.csv").unlink()
    with pytest.raises(InputError, match=r"routes\.csv missing"):
        read_record(tmp_path)


def test_pairs_travel_to_another_process():
    pairs = shipped_record("crimea-may-2023").pair_table
    assert pickle.loads(pickle.dumps(pairs)) == pairs
    other = replace(shipped_record("crimea-may-2023"), pair_table=PairTable.of_states(
        pairs.by_state.assign(minutes=1.0)))  # fmt: skip
    assert other != shipped_record("crimea-may-2023")


def test_affected_pairs_are_those_that_ever_fare_otherwise(tmp_path):
    run = run_scenario(write_random(tmp_path, 7))
    whole, pairs = full_table(run), record_pairs(run, {}, {}, keep="affected")
    number = number_pairs(whole)
    unlike = (whole["minutes"] != whole["base_minutes"]) & whole["base_minutes"].notna()
    unlike |= whole["certainty"].isin(["in doubt", "cut"])
    wanted = whole[np.isin(number, number[unlike])].drop(columns=["near_minutes"])
    wanted = wanted.drop(columns="wait_minutes", errors="ignore").reset_index(drop=True)
    assert 0 < len(wanted) < len(whole)
    pd.testing.assert_frame_equal(wanted, pairs.by_state.drop(columns=["near_minutes"]))
    used = pairs.spans["route"].dropna()
    assert set(used) == set(pairs.routes.index)


def test_no_pairs_are_no_pairs(tmp_path):
    run = run_scenario(write_random(tmp_path, 7))
    pairs = record_pairs(run, {}, {}, keep="none")
    assert (len(pairs.spans), len(pairs.routes), len(pairs.by_state)) == (0, 0, 0)
