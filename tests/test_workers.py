"""Work by any executor: the same bytes, in order, and one line where a worker is lost."""

import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache

import pytest

import netmodel as nm
from netmodel.errors import AmbiguousNameError, InputError, MachineError, Problem, UnknownNameError
from netmodel.files.workers import Pool, open_pool
from netmodel.restoration.backtest import run_backtest
from netmodel.restoration.durations import Durations
from netmodel.runs import ensemble as ensemble_module
from netmodel.runs.ensemble import draw_ensemble
from tests.own_network import command, write_own
from tests.pieces import add, end_hard, end_hard_once, fail
from tests.test_ensemble import all_bytes
from tests.test_python_door import make

distributed = pytest.importorskip("distributed", reason="the extra dask")
loky = pytest.importorskip("loky", reason="the extra dev")
pytestmark = pytest.mark.filterwarnings("ignore:::(distributed|tornado|loky|multiprocessing)")


@contextmanager
def start_cluster(workers):
    """Workers on loopback, without a dashboard; each is replaced when it ends."""
    found = distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
        memory_limit=None, silence_logs=60,
    )  # fmt: skip
    try:
        yield found
    finally:
        # Older versions kill a worker that takes seconds to close, and then complain of it.
        with suppress(TimeoutError):
            found.close()


@pytest.fixture(scope="module")
def cluster():
    with start_cluster(2) as found:
        yield found


@pytest.fixture(scope="module")
def address(cluster):
    return cluster.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def reusable():
    with loky.ProcessPoolExecutor(2) as found:
        yield found


@cache
def crimea():
    return nm.run("crimea-may-2023", traffic=["passenger"])


@pytest.mark.parametrize("name", [None, "threads"])
def test_results_come_in_order_whatever_their_number(name):
    """No processes are started for none or one, and those for two serve three hundred."""
    with open_pool(name, 2) as pool:
        for items in (0, 1, 2, 300):
            assert list(pool.map(add, 10, range(items))) == list(range(10, 10 + items))


def test_few_pieces_wait_at_a_time():
    with ThreadPoolExecutor(1) as threads:
        seen = []
        pool = Pool(threads, waiting=3)

        def items():
            for item in range(20):
                seen.append(item)
                yield item

        class Counted(list):
            def __iter__(self):
                return items()

        results = pool.map(add, 0, Counted(range(20)))
        next(results)
        assert len(seen) <= 4
        assert list(results) == list(range(1, 20))


def test_an_executor_of_yours_stays_open():
    with ThreadPoolExecutor(2) as threads:
        with open_pool(threads) as pool:
            list(pool.map(add, 1, [1, 2]))
        assert threads.submit(add, 1, 1).result() == 2


@pytest.mark.parametrize(
    ("executor", "workers", "said"),
    [
        ("thread", None, "did you mean 'threads'"),
        ("dask://", None, "dask://HOST:PORT"),
        ("dask://host", None, "dask://HOST:PORT"),
        ("tcp://host:1", None, "dask://HOST:PORT"),
        ("", None, "dask://HOST:PORT"),
        (3, None, "int is no executor"),
        (None, 0, "workers (=0)"),
        ("processes", True, "workers (=True)"),
    ],
)
def test_what_is_no_executor_is_refused_before_anything_is_computed(executor, workers, said):
    asked = {"executor": executor, "workers": workers}
    for ask in (
        lambda: nm.run("crimea-may-2023", samples=5, **asked),
        lambda: nm.sweep("crimea-may-2023", time_rule=["latest"], **asked),
        lambda: run_backtest(Durations.from_bounds([("a", "power", 1, 1), ("b", "power", 2, 2)]),
                             **asked),
    ):  # fmt: skip
        with pytest.raises(InputError, match=re.escape(said)):
            ask()


@pytest.mark.parametrize(
    "error",
    [
        InputError([Problem(what="one", where="a.csv:1"), Problem(what="two")]),
        UnknownNameError("hub", "Atonn", ["Aton"]),
        UnknownNameError("hub", "Zz", otherwise="see the list"),
        AmbiguousNameError("hub", "Lyman", ["lyman", "lyman-2"]),
        MachineError("memory ran out"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_says_the_same_when_it_comes_from_another_process(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
    assert str(again.__reduce__()) == str(error.__reduce__()) or again.args == error.args


def test_an_error_of_a_worker_is_that_of_one_process(cluster, reusable):
    error = UnknownNameError("hub", "Atonn", ["Aton"])
    with distributed.Client(cluster, set_as_default=False) as client:
        for executor in (client.get_executor(), reusable, None):
            with open_pool(executor) as pool, pytest.raises(UnknownNameError, match="'Aton'"):
                list(pool.map(fail, None, [error, error]))


def all_executors(address, reusable):
    return {"threads": "threads", "dask": address, "loky": reusable}


@pytest.mark.parametrize("name", ["threads", "dask", "loky"])
def test_an_ensemble_is_the_same_bytes_by_any_executor(name, address, reusable, monkeypatch):
    monkeypatch.setitem(ensemble_module.AT_ONCE, "sets", 2)
    one = draw_ensemble(crimea(), samples=9_000, seed=7)
    other = draw_ensemble(
        crimea(), samples=9_000, seed=7, workers=2, executor=all_executors(address, reusable)[name]
    )
    assert all_bytes(one) == all_bytes(other)


@pytest.mark.slow
def test_the_february_of_2026_is_the_same_bytes_by_dask(address, monkeypatch):
    monkeypatch.setitem(ensemble_module.AT_ONCE, "blocks", 1)
    monkeypatch.setitem(ensemble_module.AT_ONCE, "sets", 8)
    february = nm.run("ukraine-february-2026", parts={"attribution": False})
    one = draw_ensemble(february, samples=1_100, seed=7)
    other = draw_ensemble(february, samples=1_100, seed=7, executor=address)
    assert all_bytes(one) == all_bytes(other)


def test_processes_by_name_are_the_same_bytes(monkeypatch):
    monkeypatch.setattr(ensemble_module, "WORTH_A_PROCESS", {"blocks": 0, "sets": 0})
    monkeypatch.setitem(ensemble_module.AT_ONCE, "sets", 2)
    one = draw_ensemble(crimea(), samples=9_000, seed=7)
    other = draw_ensemble(crimea(), samples=9_000, seed=7, executor="processes", workers=2)
    assert all_bytes(one) == all_bytes(other)


@pytest.mark.parametrize("name", ["threads", "dask", "loky"])
def test_a_sweep_is_the_same_table_by_any_executor(name, address, reusable):
    scenario = make()
    values = {"time_rule": ["earliest", "latest"], "repair_scale": [1, 2]}
    one = nm.sweep(scenario, **values)
    seen = []
    other = nm.sweep(
        scenario, executor=all_executors(address, reusable)[name], workers=2,
        progress=lambda *step: seen.append(step), **values,
    )  # fmt: skip
    assert one.to_csv() == other.to_csv()
    assert seen == [("runs", number, 4) for number in range(1, 5)]


@pytest.mark.parametrize("name", ["threads", "dask", "loky"])
def test_a_backtest_is_the_same_table_by_any_executor(name, address, reusable):
    rows = [(str(n), "power" if n % 3 else "track", 1.0 + n % 7, 2.0 + n % 11) for n in range(20)]
    sample = Durations.from_bounds([(a, b, min(c, d), max(c, d)) for a, b, c, d in rows])
    one, other = (
        run_backtest(sample, distributions=("lognormal",), draws=20, executor=executor, workers=n)
        for executor, n in ((None, None), (all_executors(address, reusable)[name], 2))
    )
    assert one.to_table().to_csv() == other.to_table().to_csv()


def test_dask_goes_on_when_a_worker_is_killed(tmp_path, address):
    with open_pool(address) as pool:
        found = list(pool.map(end_hard_once, str(tmp_path), range(12)))
    assert [item for item, _ in found] == list(range(12))
    assert (tmp_path / "ended").exists()


def test_a_piece_that_kills_every_worker_is_one_line():
    with start_cluster(1) as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        cluster.scheduler.allowed_failures = 0
        with open_pool(address) as pool, pytest.raises(MachineError, match="KilledWorker"):
            list(pool.map(end_hard, None, [0, 1]))


def test_a_killed_worker_of_loky_is_one_line():
    with (
        loky.ProcessPoolExecutor(2) as executor,
        open_pool(executor) as pool,
        pytest.raises(MachineError, match="ended from outside"),
    ):
        list(pool.map(end_hard, None, [1, 1]))


def test_a_worker_with_another_netmodel_is_one_line(monkeypatch):
    monkeypatch.setattr("netmodel.files.workers._Packed.of", _task_of_another_version)
    with open_pool("threads", 2) as pool, pytest.raises(MachineError, match=r"and not 0\.0\.1"):
        list(pool.map(add, 1, [1, 2]))


def _task_of_another_version(function, work):
    from netmodel.files.workers import _Packed

    return _Packed(function=function, packed=pickle.dumps(work), name=b"", version="0.0.1")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_scheduler_is_one_line_and_code_1(tmp_path, monkeypatch):
    monkeypatch.setattr("netmodel.files.workers.DASK_SECONDS", 0.2)
    said = command("run", "crimea-may-2023", "--samples", 5, "--out", tmp_path / "out",
                   "--executor", "dask://127.0.0.1:1")  # fmt: skip
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "no scheduler answers" in said.err
    assert not (tmp_path / "out").exists()


def test_the_command_takes_an_executor(tmp_path, address):
    study = write_own(tmp_path)
    for name, extra in (("one", ()), ("dask", ("--executor", address))):
        said = command("run", study, "--samples", 9_000, "--out", tmp_path / name, *extra)
        assert said.code == 0, said.err
    one, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("one", "dask")
    )
    assert one == other
    assert "report.html" in one
