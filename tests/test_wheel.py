"""The wheel carries seeds and scenarios: a run by name works in an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

hatchling = pytest.importorskip("hatchling.builders.wheel")
ROOT = Path(__file__).parent.parent


def test_a_run_by_name_works_from_the_wheel_alone(tmp_path):
    built = list(hatchling.WheelBuilder(str(ROOT)).build(directory=str(tmp_path / "dist")))
    site = tmp_path / "site"
    with zipfile.ZipFile(built[0]) as wheel:
        wheel.extractall(site)
    empty = tmp_path / "empty"
    empty.mkdir()
    code = (
        "import netmodel, sys; assert netmodel.__file__.startswith(sys.argv.pop()), netmodel;"
        "from netmodel.cli.main import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "run", "crimea-may-2023", str(site)],
        cwd=empty, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(site)},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert (empty / "runs" / "crimea-may-2023" / "report.html").exists()
