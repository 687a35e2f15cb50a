"""A run as tables: what is written to the folder, read back from it, and reported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("states", "pairs", "hubs", "links", "outages")
OPTIONAL_TABLES = ("ways", "flows", "redundancy", "capacity")
"""Tables that runs written earlier, very large ones or those without capacities do not have."""
DOCUMENTS = ("summary", "evidence", "provenance")


@dataclass(frozen=True, eq=False, kw_only=True)
class RunRecord:
    """Everything a report needs, in the columns of the files.

    Parameters
    ----------
    states
        Indexed by state; ``start, end`` (UTC), ``hours``, metrics; those of further kinds of
        traffic with its name in front.
    pairs
        One row for each state, kind of traffic and hub pair.
    hubs, links, outages
        Indexed by hub, link and outage number.
    summary
        Title, window and headline figures.
    evidence
        Incidents with their claims, milestones and conflicts; documents; services.
    provenance
        Inputs with hashes, versions, seed, and the scenario as run.
    ways
        Ways round each incident that closed links, pair by pair.
    flows
        Trips over each link whose flow in a state differs from that in the base.
    redundancy
        Routes that share no link, for each kind of traffic and pair.
    capacity
        Links that are full in a state; only where the scenario states capacities.
    """

    states: pd.DataFrame
    pairs: pd.DataFrame
    hubs: pd.DataFrame
    links: pd.DataFrame
    outages: pd.DataFrame
    summary: Mapping[str, object]
    evidence: Mapping[str, object]
    provenance: Mapping[str, object]
    ways: pd.DataFrame | None = None
    flows: pd.DataFrame | None = None
    redundancy: pd.DataFrame | None = None
    capacity: pd.DataFrame | None = None


_INDEX = {"states": "state", "hubs": "id", "links": "id", "outages": "outage"}
_TEXT = {
    "hubs": ("name", "country", "region", "kind", "aliases"),
    "links": ("from", "to", "line_class", "course"),
    "outages": ("incident", "link", "effect", "traffic", "start", "end", "start_earliest",
                "start_latest", "end_earliest", "end_latest", "place", "documents"),
    "pairs": ("traffic", "from", "to", "certainty", "via"),
    "states": ("start", "end"),
    "ways": ("incident", "traffic", "from", "to", "via"),
    "flows": ("traffic", "link"),
    "redundancy": ("traffic", "from", "to"),
    "capacity": ("traffic", "link"),
}  # fmt: skip

_NULLABLE: dict[str, dict[str, str]] = {
    "hubs": {"population": "Int64", "cut_share": "Float64"},
    "links": {"electrified": "boolean"},
    "ways": {"exists": "int64", "extra_minutes": "float64", "extra_km": "float64"},
    "flows": {"state": "int64", "base_trips": "float64", "trips": "float64"},
    "redundancy": {"trips": "float64", "disjoint_routes": "int64"},
    "capacity": {"state": "int64"},
}


def write_record(record: RunRecord, folder: Path) -> None:
    """Write the tables and documents of a run into an existing folder, the same bytes each time."""
    for name in (*TABLES, *OPTIONAL_TABLES):
        table: pd.DataFrame | None = getattr(record, name)
        if table is None:
            continue
        table.to_csv(
            folder / f"{name}.csv",
            index=name in _INDEX,
            lineterminator="\n",
            encoding="utf-8",
        )
    for name in DOCUMENTS:
        text = json.dumps(getattr(record, name), indent=2, ensure_ascii=False, allow_nan=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def read_record(folder: Path) -> RunRecord:
    """Read a run back from its folder.

    Raises
    ------
    InputError
        If the folder holds no complete run.
    """
    names = [*(f"{name}.csv" for name in TABLES), *(f"{name}.json" for name in DOCUMENTS)]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise InputError(
            [
                Problem(
                    what=f"no run: {', '.join(missing)} missing",
                    where=str(folder),
                    remedy="give a folder that `netmodel run` wrote",
                )
            ]
        )
    kept = [name for name in OPTIONAL_TABLES if (folder / f"{name}.csv").is_file()]
    try:
        tables = {name: _read_table(folder, name) for name in (*TABLES, *kept)}
        documents = {
            name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in DOCUMENTS
        }
    except (ValueError, KeyError) as error:
        problem = Problem(what=f"not a run that can be read ({error})", where=str(folder))
        raise InputError([problem]) from None
    return RunRecord(
        **tables,
        summary=documents["summary"],
        evidence=documents["evidence"],
        provenance=documents["provenance"],
    )


def _read_table(folder: Path, name: str) -> pd.DataFrame:
    import pandas as pd

    text = _TEXT[name]
    types: dict[str, str | type] = {**dict.fromkeys(text, str), **_NULLABLE.get(name, {})}
    table = pd.read_csv(
        folder / f"{name}.csv", dtype=types, keep_default_na=True, index_col=_INDEX.get(name)
    )
    for column in text:
        table[column] = table[column].fillna("")
    return table
