"""Finished pieces of work are kept, found again, never trusted when damaged, and bounded."""

import os
import pickle
import random
import subprocess
import sys
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import netmodel as nm
from netmodel.files import kept
from netmodel.files.kept import fingerprint, keep_pieces, make_room
from netmodel.files.workers import open_pool
from netmodel.restoration.backtest import run_backtest
from netmodel.restoration.durations import Durations
from netmodel.runs.ensemble import AT_ONCE, NOT_COMPUTED_WITH, draw_ensemble, fingerprint_inputs
from tests.conftest import OWN_FOLDER
from tests.test_ensemble import all_bytes
from tests.test_python_door import make

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NETMODEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "own_folder", OWN_FOLDER)
    return tmp_path / "cache" / "pieces"


@pytest.fixture(scope="module")
def run():
    return nm.run("crimea-may-2023", traffic=["passenger"])


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setitem(AT_ONCE, "sets", 1)


SAMPLE = Durations.from_bounds([(str(n), "power", 1.0 + n % 5, 9.0 + n % 3) for n in range(20)])


def backtest(**options):
    return run_backtest(SAMPLE, distributions=("lognormal",), draws=20, **options)


def sweep(**options):
    return nm.sweep(make(), time_rule=["earliest", "latest"], repair_scale=[1, 2], **options)


WORKS = {
    "ensemble": lambda run, **options: all_bytes(
        draw_ensemble(run, samples=3_000, seed=7, **options)
    ),
    "sweep": lambda _run, **options: sweep(**options).to_csv().encode(),
    "backtest": lambda _run, **options: backtest(**options).to_table().to_csv().encode(),
}


@pytest.mark.parametrize("work", WORKS)
def test_work_that_is_asked_for_again_is_found_and_said(work, run, cache, small_pieces):
    said = []
    first = WORKS[work](run, note=said.append)
    pieces = {path: path.stat().st_ino for path in cache.iterdir()}
    assert pieces
    assert said == []
    assert WORKS[work](run, note=said.append) == first
    assert len(said) == 1
    assert f"{len(pieces)} of {len(pieces)} pieces" in said[0]
    assert pieces == {path: path.stat().st_ino for path in cache.iterdir()}


@pytest.mark.parametrize("work", WORKS)
def test_without_resuming_nothing_is_kept(work, run, cache, small_pieces):
    first = WORKS[work](run, resume=False)
    assert not cache.exists()
    assert WORKS[work](run) == first


@pytest.mark.parametrize("work", WORKS)
def test_half_of_the_pieces_are_enough_to_go_on(work, run, cache, small_pieces):
    first = WORKS[work](run)
    pieces = sorted(cache.iterdir())
    for path in pieces[::2]:
        path.unlink()
    said = []
    assert WORKS[work](run, note=said.append) == first
    assert f"{len(pieces[1::2])} of {len(pieces)} pieces" in said[0]


@pytest.mark.parametrize("work", WORKS)
def test_a_damaged_piece_is_computed_again(work, run, cache, small_pieces):
    first = WORKS[work](run)
    sound = {path: path.read_bytes() for path in cache.iterdir()}
    chance = random.Random(work)
    for number, (path, content) in enumerate(sorted(sound.items())):
        place = chance.randrange(len(content))
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        path.write_bytes([flipped, content[:place], b"", content + b"x"][number % 4])
    assert WORKS[work](run) == first
    assert {path: path.read_bytes() for path in cache.iterdir()} == sound


@pytest.mark.parametrize("work", WORKS)
def test_a_piece_in_the_place_of_another_is_computed_again(work, run, cache, small_pieces):
    first = WORKS[work](run)
    pieces = sorted(cache.iterdir())
    contents = [path.read_bytes() for path in pieces]
    for path, other in zip(pieces, contents[1:] + contents[:1], strict=True):
        path.write_bytes(other)
    assert WORKS[work](run) == first


class Trap:
    def __reduce__(self):
        return os.mkdir, ("trapped",)


@pytest.mark.parametrize("work", WORKS)
def test_a_planted_pickle_is_never_executed(work, run, cache, small_pieces, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = WORKS[work](run)
    array = tmp_path / "trap.npy"
    np.save(array, np.array([Trap()], dtype=object), allow_pickle=True)
    chosen = sorted(cache.iterdir())[:2]
    for path in chosen:
        for packed in (pickle.dumps(Trap()), array.read_bytes(), b"[]", b"{}", b"[{}]", b"null"):
            path.write_bytes(kept.MAGIC + kept._seal(path.name, packed) + packed)
            assert WORKS[work](run) == first
    assert not (tmp_path / "trapped").exists()


def add(work, item):
    return work + item


def pack(number):
    return str(number).encode()


def unpack(packed, _item):
    return int(packed)


def do(items, work=10, **options):
    keeping = keep_pieces(lambda: work, resume=True, pack=pack, unpack=unpack, **options)
    with open_pool() as pool:
        return list(pool.map(add, work, items, keeping=keeping))


def test_other_work_has_other_pieces(cache):
    assert do([1, 2], work=10) == [11, 12]
    assert do([1, 2], work=20) == [21, 22]
    assert len(list(cache.iterdir())) == 4


def test_pieces_of_other_code_are_not_found(cache, monkeypatch):
    do([1, 2])
    monkeypatch.setattr(kept, "code_fingerprint", lambda: "other")
    do([1, 2])
    assert len(list(cache.iterdir())) == 4


def test_one_piece_is_not_kept(cache):
    assert do([1]) == [11]
    assert list(cache.iterdir()) == []


def test_the_cache_may_be_switched_off(monkeypatch):
    monkeypatch.setenv("NETMODEL_CACHE", "")
    assert do([1, 2]) == [11, 12]


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_may_write_to_is_not_used(cache, mode):
    cache.mkdir(parents=True)
    cache.chmod(mode)
    assert do([1, 2]) == [11, 12]
    assert list(cache.iterdir()) == []


def test_a_link_in_the_place_of_the_folder_is_not_used(cache, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    cache.parent.mkdir()
    cache.symlink_to(tmp_path / "elsewhere")
    assert do([1, 2]) == [11, 12]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_in_the_place_of_the_cache_is_no_error(cache):
    cache.parent.write_text("mine")
    assert do([1, 2]) == [11, 12]


def test_a_full_disk_is_no_error(cache, monkeypatch):
    def refuse(*_):
        raise nm.errors.InputError([nm.errors.Problem(what="no space")])

    monkeypatch.setattr(kept, "write_file", refuse)
    assert do([1, 2]) == [11, 12]


def test_inputs_without_a_value_are_not_kept(cache):
    assert keep_pieces(lambda: do, resume=True, pack=pack, unpack=unpack) is None
    assert do([1, 2], describe=lambda item: object()) == [11, 12]
    assert list(cache.iterdir()) == []


def test_the_longest_unused_go_and_nothing_that_is_not_ours(cache):
    do(range(10))
    pieces = sorted(cache.iterdir())
    for age, path in enumerate(pieces):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    mine = {"letter.txt": b"mine", "a" * 64: b"x", "b" * 64 + ".piece": b"mine, by chance"}
    for name, content in mine.items():
        (cache / name).write_bytes(content)
    partial = cache / f".{'c' * 64}.piece.netmodel-new-1.piece"
    partial.write_bytes(b"half")
    os.utime(partial, (1, 1))
    sizes = [path.stat().st_size for path in pieces]
    make_room(cache, len(mine["b" * 64 + ".piece"]) + sum(sizes[:4]))
    left = {path.name for path in cache.iterdir()}
    assert left == {*mine, *(path.name for path in pieces[:4])}


def test_a_piece_that_is_used_again_is_not_the_oldest(cache):
    do([1, 2, 3])
    for path in cache.iterdir():
        os.utime(path, (1, 1))
    do([1, 2])
    assert sorted(path.stat().st_mtime > 1 for path in cache.iterdir()) == [False, True, True]


@dataclass(frozen=True)
class Point:
    x: float
    y: object = None


VALUES = [
    None, True, 1, 1.0, "1", b"1", -0.0, 0.0, float("nan"), "", (), (1,), [[1]], (1, (2, 3)),
    ((1, 2), 3), {}, {"a": 1}, {"a": "1"}, {"b": 1, "a": 2}, {"a": 2, "b": 1}, frozenset(),
    frozenset({1, 2}), frozenset({"1", "2"}), Point(1.0), Point(1.0, 2), (1.0, None),
    np.array([1, 2]), np.array([1.0, 2.0]), np.array([[1], [2]]), np.array(["a", None]),
    datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 1).date(), Path("a"), np.float64(1),
    "a', 'b", ("a", "b"), ("a', 'b",),
]  # fmt: skip


def test_values_that_differ_have_different_hashes():
    hashes = [fingerprint(value) for value in VALUES]
    assert len(set(hashes)) == len(VALUES)


def test_hashes_are_the_same_in_every_process():
    code = (
        "import netmodel as nm\n"
        "from netmodel.runs.ensemble import fingerprint_inputs\n"
        "from netmodel.files.kept import fingerprint\n"
        "print(fingerprint(fingerprint_inputs(nm.read_scenario('crimea-may-2023'))))\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


CHANGES = {
    "window": ("2023-05-18", "2023-05-19"), "demand": ["A", "B"], "anchors": ["A"],
    "traffic": ["freight"], "advisory": "avoid", "replacement": "none", "time_rule": "latest",
    "repair_scale": 2, "near_minutes": 3, "metrics": ["extra_km"], "as_of": "2023-05-18",
    "incidents": (), "zone": "Europe/Kyiv", "train_rules": {"hold_first_minutes": 1},
    "profiles": {"passenger": "freight"},
}  # fmt: skip


@pytest.mark.parametrize("argument", CHANGES)
def test_every_argument_that_matters_changes_the_hash(argument):
    one = make()
    other = one.replace(**{argument: CHANGES[argument]})
    assert fingerprint_inputs(one) != fingerprint_inputs(other)


def test_every_field_that_matters_is_hashed():
    names = {each.name for each in fields(make())}
    assert set(fingerprint_inputs(make())) == names - NOT_COMPUTED_WITH
    assert names >= NOT_COMPUTED_WITH
    renamed = make().replace(title="Other", language="uk", name="other")
    assert fingerprint_inputs(renamed) == fingerprint_inputs(make())


STUDY = (
    "from netmodel.runs import ensemble\n"
    "import netmodel as nm\n"
    "ensemble.AT_ONCE['sets'] = 1\n"
    "run = nm.run('crimea-may-2023', traffic=['passenger'])\n"
    "def tell(what, *_):\n"
    "    print(what, flush=True)\n"
    "ensemble.draw_ensemble(run, samples=3_000, seed=7, progress=tell)\n"
)


def test_an_ensemble_that_is_killed_goes_on_to_the_same_bytes(run, cache, small_pieces):
    expected = WORKS["ensemble"](run, resume=False)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    grown = [0]
    for wanted in (1, 4):
        with subprocess.Popen(
            [sys.executable, "-c", STUDY], stdout=subprocess.PIPE, env=environment, text=True
        ) as study:
            told = 0
            while told < wanted:
                told += study.stdout.readline() == "passenger sets of outages\n"
            study.kill()
        grown.append(len(list(cache.glob("[!.]*.piece"))))
    assert grown == sorted(grown)
    assert grown[1] >= 1
    assert grown[2] >= 4
    said = []
    assert WORKS["ensemble"](run, note=said.append) == expected
    assert f"{grown[-1]} of" in said[0]
