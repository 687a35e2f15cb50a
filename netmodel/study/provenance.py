"""Where a run comes from: inputs with hashes, versions, seed, the scenario as run."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netmodel.study.run import Run

_LIBRARIES = ("numpy", "scipy", "pandas")


def describe_provenance(run: Run) -> dict[str, object]:
    """Return what is needed to get the same run again; nothing that changes from run to run."""
    ensemble = run.scenario.ensemble
    return {
        "command": " ".join(["netmodel run", run.name, *run.options]),
        "netmodel": _version("netmodel"),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "seed": ensemble.seed if ensemble else None,
        "inputs": [
            {"file": "/".join(path.parts[-2:]), "sha256": hash_file(path)}
            for path in dict.fromkeys(run.inputs.files)
        ],
        "scenario": run.scenario.model_dump(mode="json"),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
