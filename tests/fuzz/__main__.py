"""Damage the inputs of every reader for some minutes, and report what is no answer.

``python -m tests.fuzz --minutes 10 --seed 1`` prints one line a reader; each finding is kept under
``--keep`` with what was raised. The same seed and number make the same input.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from netmodel.errors import NetmodelError
from tests.fuzz.damage import damage
from tests.fuzz.targets import TARGETS

SLOWEST_SECONDS = 5
"""Of processor time, for one small input."""
MOST_SECONDS = 300
"""By the clock, after which an input counts as one that never ends."""
BLOCK = 2_500
"""Inputs between two entries in the file of results."""


@dataclass(kw_only=True)
class Tally:
    """What came of the inputs of one reader."""

    read: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    findings: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """How many inputs there were."""
        return self.read + self.refused + len(self.findings)


class TooSlowError(BaseException):
    """An input took too long; raised in the middle of it."""


def fuzz(
    name: str, *, seed: int, seconds: float, most: int, first: int = 0, keep: Path | None = None
) -> Tally:
    """Damage the inputs of one reader until time or number is reached.

    Parameters
    ----------
    seconds
        Of processor time.
    first
        The number of the first input; `most` is that of the last, plus one.
    """
    target, tally = TARGETS[name], Tally()
    with _room() as folder, _alarm(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sound = {path: path.read_bytes() for path in target.make(folder)}
        target.read(folder)
        parsed = set(_parsed(folder))
        begun = time.process_time()
        for number in range(first, most):
            if time.process_time() - begun > seconds:
                break
            chance = random.Random(f"{name}/{seed}/{number}")
            path = chance.choice(list(sound))
            path.write_bytes(damage(sound[path], chance, binary=target.binary))
            part = target.part if number % 10 else None
            before = time.process_time()
            said = _try(
                partial(part, folder, path) if part else partial(target.read, folder), tally
            )
            spent = time.process_time() - before
            tally.slowest = max(tally.slowest, spent)
            if not said and spent > SLOWEST_SECONDS:
                said = f"took {spent:.1f} s"
            if said:
                tally.findings.append(f"{number}: {said}")
                _keep(keep, f"{name}-{seed}-{number}", path, said)
            path.write_bytes(sound[path])
            if number % 500 == 0:
                for each in set(_parsed(folder)) - parsed:
                    each.unlink()
        tally.seconds = time.process_time() - begun
    return tally


def _parsed(folder: Path) -> Iterator[Path]:
    """Yield what is kept of files that were parsed before."""
    return (folder / "cache").glob("*.json")


def _try(action: object, tally: Tally) -> str:
    """Return what is no answer about an input; empty where it was read or refused."""
    signal.setitimer(signal.ITIMER_PROF, 4 * SLOWEST_SECONDS)
    # The alarm waits for what is compiled to return; this does not, and ends the process.
    faulthandler.dump_traceback_later(MOST_SECONDS, exit=True, file=sys.__stderr__)
    try:
        action()  # type: ignore[operator]
    except NetmodelError:
        tally.refused += 1
    except (Exception, TooSlowError):  # noqa: BLE001
        return "".join(traceback.format_exc().splitlines(keepends=True)[-12:])
    else:
        tally.read += 1
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
    return ""


def _keep(folder: Path | None, name: str, path: Path, said: str) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name.replace(' ', '_')}{path.suffix}").write_bytes(path.read_bytes())
        (folder / f"{name.replace(' ', '_')}.txt").write_text(f"{path.name}\n{said}")


@contextlib.contextmanager
def _room() -> Iterator[Path]:
    memory = Path("/dev/shm")
    before = os.environ.get("NETMODEL_CACHE")
    try:
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
            os.environ["NETMODEL_CACHE"] = f"{folder}/cache"
            yield Path(folder)
    finally:
        if before is None:
            os.environ.pop("NETMODEL_CACHE", None)
        else:
            os.environ["NETMODEL_CACHE"] = before


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, ring)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz readers, each in a process of its own, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=100_000, help="inputs of a text reader")
    parser.add_argument("--most-binary", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, default=Path("runs/fuzz"))
    parser.add_argument("--only", action="append", choices=list(TARGETS))
    parser.add_argument("--out", type=Path, help="file for the results, a line a block; goes on")
    parser.add_argument("--alone", choices=list(TARGETS), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.alone:
        most = given.most_binary if TARGETS[given.alone].binary else given.most
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            sums = _blocks(given, most)
        print(json.dumps(sums))
        return 0
    return _all(given)


def _blocks(given: argparse.Namespace, most: int) -> dict[str, object]:
    """Fuzz a reader block by block, after those that a file of results has."""
    name, seed, left = given.alone, given.seed, given.minutes * 60
    rows = given.out.read_text().splitlines() if given.out and given.out.is_file() else []
    blocks = [json.loads(row) for row in rows]
    blocks = [each for each in blocks if (each["name"], each["seed"]) == (name, seed)]
    while (first := sum(each["inputs"] for each in blocks)) < most and left > 0:
        last = min(first + BLOCK, most)
        tally = fuzz(name, seed=seed, seconds=left, most=last, first=first, keep=given.keep)
        block = {"name": name, "seed": seed, **vars(tally), "inputs": tally.inputs}
        left -= tally.seconds
        blocks.append(block)
        if given.out:
            with given.out.open("a", encoding="utf-8") as out:
                out.write(json.dumps(block) + "\n")
    sums = {key: sum(each[key] for each in blocks)
            for key in ("inputs", "read", "refused", "seconds")}  # fmt: skip
    findings = [each for block in blocks for each in block["findings"]]
    return {**sums, "findings": findings, "slowest": max(each["slowest"] for each in blocks)}


def _all(given: argparse.Namespace) -> int:
    names = given.only or list(TARGETS)
    left, bad, total = given.minutes, 0, 0
    for position, name in enumerate(names):
        share = left / (len(names) - position)
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz", "--alone", name, "--minutes", str(share),
             "--seed", str(given.seed), "--most", str(given.most),
             "--most-binary", str(given.most_binary), "--keep", str(given.keep),
             *(["--out", str(given.out)] if given.out else [])],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            bad += 1
            print(f"{name:24} ended by itself ({done.returncode}): {done.stderr[-2000:]}")
            left -= share
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        left -= found["seconds"] / 60
        total += found["inputs"]
        bad += len(found["findings"])
        print(
            f"{name:24} {found['inputs']:7,} inputs, {found['read']:7,} read, "
            f"{found['refused']:7,} refused, {len(found['findings'])} findings, "
            f"{found['seconds']:6.0f} s, slowest {found['slowest']:.2f} s",
            flush=True,
        )
        for each in found["findings"][:3]:
            print("   ", each.strip().splitlines()[-1][:200])
    print(f"{total:,} inputs, {bad} findings, seed {given.seed}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
