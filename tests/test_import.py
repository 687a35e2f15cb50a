"""Importing netmodel is light, and its public names are few and real."""

import subprocess
import sys

import netmodel

HEAVY = ("matplotlib", "geopandas", "scipy", "numba", "pandas", "shapely", "pyproj", "pydantic")


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in result.stdout.split()}


def test_import_loads_nothing_heavy():
    assert not loaded_after("import netmodel").intersection(HEAVY)


def test_the_command_starts_without_heavy_libraries():
    loaded = loaded_after("import netmodel.cli.main")
    assert not loaded.intersection({"matplotlib", "geopandas", "scipy", "numba", "pandas"})


def test_public_names_are_few_and_exist():
    assert len(netmodel.__all__) <= 48
    for name in netmodel.__all__:
        assert getattr(netmodel, name) is not None
