"""Work in pieces, done by any executor; the results come in order and depend on no executor.

A piece is a function of a module, applied to what all pieces share and to an item of its own.
What is shared is pickled once and travels with every piece, so that an executor may start a piece
anew wherever it likes; a worker unpickles it once for each of its threads. So many pieces wait at
a time that memory stays bounded however many there are.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from netmodel.errors import (
    InputError,
    MachineError,
    Problem,
    did_you_mean,
    install_extra,
    nearest_names,
)

if TYPE_CHECKING:
    from pathlib import Path

    from distributed import Client

    from netmodel.files.kept import Keeping

WorkT = TypeVar("WorkT")
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
OWN = ("processes", "threads")
"""Executors that are started by their name."""
DASK = "dask://"
DASK_SECONDS = 20
"""How long a scheduler and the first of its workers are waited for."""
WAITING = 64
"""Pieces that wait at a time for an executor whose workers nobody has counted."""
ExecutorGiven: TypeAlias = "Executor | str | Pool | None"


class Pool:
    """Whatever does pieces of work: this process, or an executor.

    Parameters
    ----------
    executor
        ``None`` for this process. Processes of its own are started when the first piece is.
    waiting
        How many pieces are handed over at a time.
    dear
        Whether it takes processes that are not started yet, which little work is not worth.
    """

    def __init__(self, executor: Executor | None, *, waiting: int, dear: bool = False) -> None:
        self._executor = executor
        self._waiting = waiting
        self._dear = dear

    def map(
        self,
        function: Callable[[WorkT, ItemT], ResultT],
        work: WorkT,
        items: Sequence[ItemT],
        *,
        worth: bool = True,
        keeping: Keeping[ItemT, ResultT] | None = None,
    ) -> Iterator[ResultT]:
        """Yield the function of the work and each item, in the order of the items.

        Parameters
        ----------
        function
            A function of a module: what it is called with may travel to other machines.
        worth
            Whether it is worth starting processes for.
        keeping
            Where finished pieces are kept and found again; a single piece is not.

        Raises
        ------
        MachineError
            If a worker was lost and the executor did not replace it, or has another netmodel.
        """
        here = self._executor is None or len(items) < 2 or (self._dear and not worth)
        begin = self._begin_here(function, work) if here else self._hand_over(function, work)
        if keeping is None or len(items) < 2:
            yield from _in_order(begin, items, 1 if here else self._waiting)
            return
        places = iter(keeping.look(items))
        begun: deque[tuple[Path | None, bool]] = deque()

        def find_or_begin(item: ItemT) -> Future[ResultT]:
            place = next(places)
            found = keeping.find(place, item)
            begun.append((place, found is None))
            return begin(item) if found is None else _done(found)

        for result in _in_order(find_or_begin, items, 1 if here else self._waiting):
            place, new = begun.popleft()
            if new:
                keeping.keep(place, result)
            yield result

    def _begin_here(
        self, function: Callable[[WorkT, ItemT], ResultT], work: WorkT
    ) -> Callable[[ItemT], Future[ResultT]]:
        return lambda item: _done(function(work, item))

    def _hand_over(
        self, function: Callable[[WorkT, ItemT], ResultT], work: WorkT
    ) -> Callable[[ItemT], Future[ResultT]]:
        executor = self._executor
        assert executor is not None  # noqa: S101 - said by the caller
        self._dear = False
        packed = _Packed.of(function, work)
        return lambda item: executor.submit(_do, packed, item)


def _done(result: ResultT) -> Future[ResultT]:
    future: Future[ResultT] = Future()
    future.set_result(result)
    return future


def _in_order(
    begin: Callable[[ItemT], Future[ResultT]], items: Sequence[ItemT], waiting: int
) -> Iterator[ResultT]:
    """Yield the results of pieces in order, of which so many are begun at a time."""
    upcoming = iter(items)
    pending: deque[Future[ResultT]] = deque()
    try:
        for item in islice(upcoming, waiting):
            pending.append(begin(item))
        while pending:
            found = pending.popleft().result()
            yield found
            for item in islice(upcoming, 1):
                pending.append(begin(item))
    except _lost_workers() as error:
        what = f"a worker was ended from outside ({type(error).__name__})"
        raise MachineError(f"{what}; is memory short? try fewer workers") from None
    finally:
        for future in pending:
            future.cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed(Generic[WorkT, ItemT, ResultT]):
    """What all pieces share, packed once; known by its hash."""

    function: Callable[[WorkT, ItemT], ResultT]
    packed: bytes
    name: bytes
    version: str

    @classmethod
    def of(
        cls, function: Callable[[WorkT, ItemT], ResultT], work: WorkT
    ) -> _Packed[WorkT, ItemT, ResultT]:
        packed = pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL)
        name = sha256(packed).digest()
        return cls(function=function, packed=packed, name=name, version=_version())


_taken = threading.local()
"""What this thread has unpacked last: values keep what they have solved, which threads may not."""


def _do(task: _Packed[WorkT, ItemT, ResultT], item: ItemT) -> ResultT:
    """Do one piece, wherever this is."""
    if task.version != _version():
        raise MachineError(f"a worker has netmodel {_version()}, and not {task.version}")
    if getattr(_taken, "name", None) != task.name:
        _taken.work, _taken.name = pickle.loads(task.packed), task.name  # noqa: S301 - our own
    return task.function(_taken.work, item)


def _version() -> str:
    from netmodel import __version__

    return __version__


def find_executor_problems(executor: object, workers: object = None) -> list[Problem]:
    """Return what is wrong with an executor and a number of workers, before anything is computed.

    Examples
    --------
    >>> print(*find_executor_problems("thread"))
    executor: unknown executor 'thread'; did you mean 'threads'?
    """
    problems = []
    if isinstance(executor, str):
        if executor not in OWN and not _is_dask(executor):
            near = did_you_mean(nearest_names(executor, OWN))
            what = f"unknown executor {executor!r}"
            remedy = near or f"give {', '.join(OWN)} or {DASK}HOST:PORT"
            problems.append(Problem(what=what, where="executor", remedy=remedy))
    elif not (executor is None or isinstance(executor, Executor | Pool)):
        what = f"{type(executor).__name__} is no executor"
        remedy = "give an Executor of concurrent.futures, or a text"
        problems.append(Problem(what=what, where="executor", remedy=remedy))
    if workers is not None and (
        isinstance(workers, bool) or not isinstance(workers, int) or workers < 1
    ):
        problems.append(Problem(what=f"workers (={workers!r}) must be a whole number, at least 1"))
    return problems


def _is_dask(text: str) -> bool:
    host, _, port = text.removeprefix(DASK).rpartition(":")
    return text.startswith(DASK) and bool(host) and port.isascii() and port.isdecimal()


@contextmanager
def open_pool(executor: ExecutorGiven = None, workers: int | None = None) -> Iterator[Pool]:
    """Yield what does the work; what was started for it ends with it.

    Parameters
    ----------
    executor
        An executor of yours, which stays open; ``processes``, ``threads``, or
        ``dask://HOST:PORT`` for the scheduler of a Dask cluster; a pool, which is yielded as it is.
    workers
        How many processes or threads: as many as there are processors if only the executor is
        named, and 1 (this process) if neither is given. Of an executor of yours: how many it has,
        if they are more than 32.

    Raises
    ------
    InputError
        If there is no such executor, or Dask is asked for and not installed.
    MachineError
        If no scheduler answers, or it has no workers.

    Examples
    --------
    >>> with open_pool("threads", 2) as pool:
    ...     list(pool.map(pow, 2, [1, 2, 3]))
    [2, 4, 8]
    """
    problems = find_executor_problems(executor, workers)
    if problems:
        raise InputError(problems)
    if isinstance(executor, Pool):
        yield executor
    elif isinstance(executor, Executor):
        yield Pool(executor, waiting=max(WAITING, 2 * (workers or 0)))
    elif executor is not None and executor.startswith(DASK):
        with _open_dask(executor) as found:
            yield Pool(found, waiting=max(WAITING, 2 * (workers or 0)))
    elif executor == "threads":
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as threads:
            yield Pool(threads, waiting=2 * (workers or os.cpu_count() or 1))
    elif executor == "processes" or (workers or 1) > 1:
        with _open_processes(workers or os.cpu_count() or 1) as pool:
            yield pool
    else:
        yield Pool(None, waiting=1)


@contextmanager
def _open_processes(workers: int) -> Iterator[Pool]:
    others = set(active_children())
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=end_with_parent
    ) as processes:
        try:
            yield Pool(processes, waiting=2 * workers, dear=True)
        except BaseException:
            # Without this the pool would wait for what is under way.
            for process in set(active_children()) - others:
                process.terminate()
            raise


def end_with_parent() -> None:
    """Let this process end when the one that started it does, even if that was killed."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


@contextmanager
def _open_dask(address: str) -> Iterator[Executor]:
    """Yield an executor over the scheduler of a cluster, which stays as it is."""
    try:
        import dask
        from distributed import Client
    except ImportError:
        what = "Dask needs the package distributed, which is not installed"
        remedy = f"install the extra: {install_extra('dask')}"
        raise InputError([Problem(what=what, where="executor", remedy=remedy)]) from None
    # Every piece carries what it needs, on purpose: a lost worker then takes nothing along.
    quiet = {"distributed.admin.large-graph-warning-threshold": "1TB"}
    with dask.config.set(quiet), _connect(Client, address) as client:
        try:
            client.wait_for_workers(1, timeout=DASK_SECONDS)
        except TimeoutError:
            raise MachineError(f"{address}: the cluster has no workers") from None
        yield client.get_executor()


def _connect(client: type[Client], address: str) -> Client:
    place = address.replace(DASK, "tcp://", 1)
    try:
        return client(place, timeout=DASK_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise MachineError(f"{address}: no scheduler answers ({type(error).__name__})") from None


def _lost_workers() -> tuple[type[BaseException], ...]:
    """Return the errors by which executors tell that a worker or a scheduler was lost."""
    lost: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)
    if "distributed" not in sys.modules:
        return lost
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    return (*lost, KilledWorker, CommClosedError)
