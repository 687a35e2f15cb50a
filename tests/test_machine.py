"""When the machine fails: killed workers and parents, memory, signals; one line and a code."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netmodel.cli.main import Terminated
from netmodel.errors import MachineError
from netmodel.files.workers import open_pool
from tests.own_network import command, write_own
from tests.railway_files import at, write_geojson

ROOT = Path(__file__).parents[1]


def end_hard(_work, _item):
    os.kill(os.getpid(), signal.SIGKILL)


def tell_and_wait(pipe, item):
    """Say through a pipe that this process runs, and, much later, that it still does."""
    with Path(pipe).open("wb", buffering=0) as stream:
        stream.write(b"s")
        time.sleep(20)
        stream.write(b"late")
    return item


STUDY = (
    "from netmodel.files.workers import open_pool\n"
    "from tests.test_machine import tell_and_wait\n"
    "if __name__ == '__main__':\n"
    "    with open_pool(workers=2) as pool:\n"
    "        list(pool.map(tell_and_wait, {pipe!r}, [1, 2]))\n"
)


def fail_at_once(_work, item):
    if item == 1:
        raise KeyError("first")
    time.sleep(20)
    return item


def test_a_worker_that_is_killed_is_an_error_that_says_so():
    with pytest.raises(MachineError, match="ended from outside"), open_pool(workers=2) as pool:
        list(pool.map(end_hard, None, [1, 2]))


def test_a_failure_in_one_worker_does_not_wait_for_the_others():
    begun = time.monotonic()
    with pytest.raises(KeyError, match="first"), open_pool(workers=2) as pool:
        list(pool.map(fail_at_once, None, [1, 2]))
    assert time.monotonic() - begun < 15


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "study.py").write_text(STUDY.format(pipe=str(pipe)))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, tmp_path / "study.py"], env=environment)
    with pipe.open("rb", buffering=0) as stream:
        said = b""
        while len(said) < 2:
            said += stream.read(1)
        parent.kill()
        parent.wait()
        while more := stream.read(16):
            said += more
    assert said == b"ss"


ENDS = {
    "killed worker": (MachineError("a worker was ended from outside"), 1),
    "memory": (MemoryError(), 1),
    "memory while loading": (ImportError("libopenblas.so: failed to map segment"), 1),
    "a full disk": (OSError(28, "No space left on device", "out"), 2),
    "interrupted": (KeyboardInterrupt(), 130),
    "told to end": (Terminated(), 143),
}


@pytest.mark.parametrize("end", ENDS)
def test_every_end_is_one_line_and_a_documented_code(end, monkeypatch, tmp_path):
    error, code = ENDS[end]

    def fail(*_, **__):
        raise error

    monkeypatch.setattr("netmodel.files.whole.check_place", fail)
    said = command("run", "crimea-may-2023", "--out", tmp_path / "out")
    assert said.code == code
    assert said.err.startswith("netmodel: ")
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_the_signal_to_end_clears_away_what_was_begun(tmp_path, monkeypatch):
    def told(*_, **__):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    monkeypatch.setattr("netmodel.files.whole.write_list", told)
    before = signal.getsignal(signal.SIGTERM)
    said = command("run", write_own(tmp_path), "--out", tmp_path / "out")
    assert (said.code, said.err) == (143, "netmodel: told to end\n")
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "docs.yaml", "inc.yaml", "net", "sc.yaml"
    ]  # fmt: skip
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.skipif(sys.platform != "linux", reason="sets the limit of memory")
def test_little_memory_is_one_line():
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (350_000_000, 350_000_000))\n"
        "from netmodel.cli.main import main\n"
        "sys.argv = ['netmodel', 'run', 'crimea-may-2023', '--out', 'never']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("netmodel: ")


@pytest.mark.skipif(sys.platform != "linux", reason="sets the limit of files")
@pytest.mark.parametrize(
    "words",
    [
        ("schema", "--out", "out"), ("network", "export", "net", "--out", "out"),
        ("network", "export", "net", "--out", "out.geojson"),
        ("network", "import", "lines.geojson", "--out", "out"), ("run", "sc.yaml", "--out", "out"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_full_disk_leaves_what_was_there(tmp_path, words):
    write_own(tmp_path)
    rows = [([at(0), at(900)], {"name": "x"}), ([at(900), at(1900)], {})]
    write_geojson(tmp_path / "lines.geojson", rows)
    (tmp_path / words[-1]).with_suffix(".old").write_text("mine")
    before = sorted(each.name for each in tmp_path.iterdir())
    script = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))\n"
        "from netmodel.cli.main import main\n"
        f"sys.argv = ['netmodel', *{words!r}]\n"
        "main()\n"
    )
    cache = {"NETMODEL_CACHE": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **cache},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(each.name for each in tmp_path.iterdir() if each.name != "cache") == before
