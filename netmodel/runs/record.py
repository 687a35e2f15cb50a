"""A run in its typed form: written, and read back, also from earlier versions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.files.written import hash_file
from netmodel.impact.situation import METRICS
from netmodel.runs.columns import PAIRS_BY_STATE, SCHEMA, SPANS, Table, write_instants
from netmodel.runs.csv_parts import write_csv_parts
from netmodel.runs.damage import MOST_PROBLEMS, find_problems, give_types, read_cells
from netmodel.runs.document_files import (
    DOCUMENTS,
    find_lost_references,
    read_document,
    write_document,
)
from netmodel.runs.documents import Evidence, Provenance, Summary
from netmodel.runs.instants import BreakPoint, find_breaks
from netmodel.runs.moment import hold_on
from netmodel.runs.pair_table import PairTable, no_pairs, pick_routes
from netmodel.runs.parquet import (
    LARGE,
    find_parquet,
    import_arrow,
    parquet_name,
    read_parts,
    write_parquet,
)

PAIR_TABLES = ("pairs", "routes")
"""The tables of a `PairTable`; a run that keeps no pairs lacks them."""
TABLES = tuple(name for name, schema in SCHEMA.items() if schema.required)
OPTIONAL_TABLES = tuple(
    name for name, schema in SCHEMA.items() if not schema.required and name not in PAIR_TABLES
)
"""Tables that runs written earlier, very large ones, or those without capacities or trains lack."""
INPUTS = "inputs"
"""The folder of a run that holds its scenario as files."""
_FILES = (
    *(schema.file for schema in SCHEMA.values()),
    *map(parquet_name, LARGE),
    "summary.json",
    "evidence.json",
)
_COUNTS = [*(each.name for each in METRICS.values() if each.unit == "count"), "links_full"]
_COUNT_COLUMN = re.compile(rf"([a-z]+_)??({'|'.join(_COUNTS)})(_guaranteed|_possible|_q\d\d)?")
_LARGEST_WHOLE = 2.0**53


@dataclass(frozen=True, eq=False, kw_only=True)
class RunRecord:
    """Everything a report needs, in the columns of the files.

    Parameters
    ----------
    states
        Indexed by state; ``start, end`` (UTC), ``hours``, metrics; the columns of further kinds
        of traffic are prefixed: ``freight_…``.
    pair_table
        How the pairs of hubs fared, each row for the states in which a pair fares alike.
    hubs, links, outages
        Indexed by hub, link and outage number.
    summary
        Title, window and headline figures.
    evidence
        Incidents with their claims, milestones and conflicts; documents; services.
    provenance
        Inputs with hashes, versions, seed, and the scenario as run.
    ways
        Detours round each incident that closed links, pair by pair.
    flows
        Trips over each link whose flow in a state differs from that in the base.
    redundancy
        Routes that share no link, for each kind of traffic and pair.
    capacity
        Links that are full in a state; only where the scenario states capacities.
    stations
        Other names of the stations that the run names and that are no hubs; ``None`` where it
        names none, and in runs written earlier.
    services
        The trains that ran in the window, with their courses.
    trains
        What became of each train in each state; a train that runs as timetabled and certainly
        gets through has no row.
    train_days
        Trains of each day by their worst fate.
    inputs
        Texts of the files of the scenario as run, by their names in ``inputs/``.
    """

    states: pd.DataFrame
    pair_table: PairTable
    hubs: pd.DataFrame
    links: pd.DataFrame
    outages: pd.DataFrame
    summary: Summary
    evidence: Evidence
    provenance: Provenance
    ways: pd.DataFrame | None = None
    flows: pd.DataFrame | None = None
    redundancy: pd.DataFrame | None = None
    capacity: pd.DataFrame | None = None
    stations: pd.DataFrame | None = None
    services: pd.DataFrame | None = None
    trains: pd.DataFrame | None = None
    train_days: pd.DataFrame | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def pairs(self) -> pd.DataFrame:
        """One row for each state, kind of traffic and hub pair; laid out when it is asked for."""
        return self.pair_table.by_state

    def table(self, name: str) -> pd.DataFrame | None:
        """Return a table as its file holds it, by its name in the schema."""
        if name in PAIR_TABLES:
            pairs = self.pair_table
            held: pd.DataFrame = pairs.spans if name == "pairs" else pairs.routes
            return None if pairs.keep == "none" else held
        table: pd.DataFrame | None = getattr(self, name)
        return table

    @cached_property
    def breaks(self) -> tuple[BreakPoint, ...]:
        """The instants between two states, and how each is known."""
        return find_breaks(self.states, self.outages)

    def __eq__(self, other: object) -> bool:
        """Whether another record has the same tables, documents and inputs."""
        if not isinstance(other, RunRecord):
            return NotImplemented
        tables = ((self.table(name), other.table(name)) for name in SCHEMA)
        return all(_same(one, another) for one, another in tables) and all(
            getattr(self, name) == getattr(other, name) for name in (*DOCUMENTS, "inputs")
        )

    __hash__ = None  # type: ignore[assignment]


def _same(one: pd.DataFrame | None, other: pd.DataFrame | None) -> bool:
    return one is other if one is None or other is None else bool(one.equals(other))


def write_record(record: RunRecord, folder: Path, *, tables: str = "csv") -> dict[str, str]:
    """Write the tables and documents of a run into an existing folder, the same bytes each time.

    ``provenance.json`` then lists the other files with their SHA-256.

    Parameters
    ----------
    tables
        ``csv``, or ``parquet`` for the tables that may be large.

    Returns
    -------
    dict of str to str
        The other files with their SHA-256, by name.
    """
    for name, schema in SCHEMA.items():
        write = write_parquet if tables == "parquet" and name in LARGE else _write_parts
        write(_parts_of(record, name), schema, folder)
    for name, text in record.inputs.items():
        path = folder / INPUTS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    write_document(record.summary, folder / "summary.json")
    write_document(record.evidence, folder / "evidence.json")
    written = [
        *(name for name in _FILES if (folder / name).is_file()),
        *(f"{INPUTS}/{name}" for name in sorted(record.inputs)),
    ]
    files = {name: hash_file(folder / name) for name in written}
    write_document(replace(record.provenance, files=files), folder / "provenance.json")
    return files


def _parts_of(record: RunRecord, name: str) -> Iterator[pd.DataFrame]:
    """Yield a table in parts, so that a large one need not be held at once; none without one."""
    pairs = record.pair_table
    if name in PAIR_TABLES:
        if pairs.keep != "none":
            yield from pairs.span_parts() if name == "pairs" else pairs.route_parts()
        return
    table = record.table(name)
    if table is not None:
        yield table


def _write_parts(parts: Iterator[pd.DataFrame], schema: Table, folder: Path) -> None:
    """Write a table part by part; nothing where there are none."""
    written = (_as_written(part, schema.name) for part in parts)
    write_csv_parts(written, folder / schema.file, index=bool(schema.index))


def _as_written(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table with instants as texts, yes and no, and counts as whole numbers."""
    table = write_instants(table)
    if name == "links":
        words = table["electrified"].astype("boolean").map({True: "yes", False: "no"})
        return table.assign(electrified=words.astype(object).where(words.notna(), ""))
    if name == "states":
        return table.astype({column: "Int64" for column in table.columns if _counts(table[column])})
    return table


def _counts(column: pd.Series) -> bool:
    """Tell whether a column of states is of a count metric and holds whole numbers only."""
    if _COUNT_COLUMN.fullmatch(str(column.name)) is None or column.dtype.kind != "f":
        return False
    known = column.dropna()
    return bool(((known == known.round()) & (known.abs() < _LARGEST_WHOLE)).all())


@refuse_wrong_kinds
def read_record(folder: Path | str) -> RunRecord:
    """Read a run back from its folder.

    Raises
    ------
    InputError
        If the folder holds no complete run; with all that is wrong with its files, each at
        ``file:line``, the first twenty in full.
    """
    folder = Path(folder)
    _check_complete(folder)
    problems: list[Problem] = []
    cells: dict[str, pd.DataFrame] = {}
    schemas = {**SCHEMA, "pairs": _schema_of_pairs(folder)}
    packed = find_parquet(folder)
    if packed:
        import_arrow()
    for name, schema in schemas.items():
        if name in packed or (not schema.required and not (folder / schema.file).exists()):
            continue
        table, found = read_cells(folder / schema.file, schema)
        problems += found
        if table is not None:
            cells[name] = table
    summary, found = read_document(folder / "summary.json", Summary)
    problems += found
    evidence, found = read_document(folder / "evidence.json", Evidence)
    problems += found
    provenance, found = read_document(folder / "provenance.json", Provenance)
    problems += found
    problems += find_problems(
        folder, cells, schemas=schemas, summary=summary, evidence=evidence, provenance=provenance
    )
    problems += _lost_pairs(folder, summary, schemas["pairs"])
    problems += _changed_parquet(folder, packed)
    problems += find_lost_references(folder, summary, evidence, provenance)
    if problems or summary is None or evidence is None or provenance is None:
        raise InputError(_bounded(problems, folder))
    tables = {
        name: give_types(table, schemas[name])
        for name, table in cells.items()
        if name not in PAIR_TABLES
    }
    for name in packed:
        if name not in PAIR_TABLES:
            parts = list(read_parts(folder / parquet_name(name), SCHEMA[name]))
            tables[name] = pd.concat(parts, ignore_index=not SCHEMA[name].index)
    lazily = set(PAIR_TABLES) <= set(packed)
    return RunRecord(
        **complete_tables(tables),
        pair_table=_lazy_pairs(folder, summary) if lazily else _pair_table(cells, schemas, summary),
        summary=summary,
        evidence=evidence,
        provenance=provenance,
        inputs=_read_inputs(folder / INPUTS),
    )


def _schema_of_pairs(folder: Path) -> Table:
    """Return what the file of pairs should hold: spans, or a row for each state as earlier."""
    path = folder / SCHEMA["pairs"].file
    try:
        with path.open(encoding="utf-8-sig") as file:
            names = file.readline().strip().split(",")
    except (OSError, ValueError):
        return SCHEMA["pairs"]
    return PAIRS_BY_STATE if {"state", "via"} <= set(names) else SCHEMA["pairs"]


def _pair_table(
    cells: Mapping[str, pd.DataFrame], schemas: Mapping[str, Table], summary: Summary
) -> PairTable:
    typed = {name: give_types(cells[name], schemas[name]) for name in PAIR_TABLES if name in cells}
    if schemas["pairs"] is PAIRS_BY_STATE:
        return PairTable.of_states(typed["pairs"])
    if "pairs" not in typed:
        return no_pairs()
    return PairTable.of_frames(typed["pairs"], typed["routes"], summary.pairs_kept)


def _lazy_pairs(folder: Path, summary: Summary) -> PairTable:
    """Return pairs whose tables are read when they are asked for, part by part."""
    spans, routes = (
        partial(read_parts, folder / parquet_name(name), SCHEMA[name]) for name in PAIR_TABLES
    )
    return PairTable(
        spans,
        lambda among: (pick_routes(part, among) for part in routes()),
        keep=summary.pairs_kept,
    )


def _changed_parquet(folder: Path, packed: Sequence[str]) -> Iterator[Problem]:
    """Find tables in Parquet that are not as the run wrote them: their cells are not looked at."""
    try:
        files = json.loads((folder / "provenance.json").read_text(encoding="utf-8-sig"))["files"]
        listed = {name: str(files.get(name)) for name in map(parquet_name, packed)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # that there is no sound list has been said
    for name, before in listed.items():
        if hash_file(folder / name) != before:
            what = "is not as the run wrote it"
            yield Problem(what=what, where=str(folder / name), remedy="run the scenario again")


def _read_inputs(folder: Path) -> dict[str, str]:
    """Return the texts of the files of the scenario, by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def find_changed_files(folder: Path | str) -> tuple[str, ...]:
    r"""Return the files of a run that are no longer as the run wrote them.

    Empty for runs that were written before their files were listed.

    Examples
    --------
    >>> import tempfile
    >>> from netmodel.runs.run import run_scenario
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = write_record(run_scenario("crimea-may-2023").record, folder)
    >>> find_changed_files(folder)
    ()
    >>> _ = (folder / "flows.csv").write_text("state,traffic,link,base_trips,trips\n")
    >>> find_changed_files(folder)
    ('flows.csv',)
    """
    folder = Path(folder)
    written = json.loads((folder / "provenance.json").read_text(encoding="utf-8-sig"))
    return tuple(
        name
        for name, before in written.get("files", {}).items()
        if (name in _FILES or name.startswith(f"{INPUTS}/"))
        and (not (folder / name).is_file() or hash_file(folder / name) != before)
    )


def _lost_pairs(folder: Path, summary: Summary | None, pairs: Table) -> Iterator[Problem]:
    """Find that tables are missing which the summary says are there."""
    if summary is None or summary.pairs_kept == "none":
        return
    for name in PAIR_TABLES if pairs is SCHEMA["pairs"] else PAIR_TABLES[:1]:
        if not any((folder / file).exists() for file in (SCHEMA[name].file, parquet_name(name))):
            what = f"no run: {SCHEMA[name].file} missing"
            yield Problem(what=what, where=str(folder), remedy="run the scenario again")


def _check_complete(folder: Path) -> None:
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


def _bounded(problems: Sequence[Problem], folder: Path) -> list[Problem]:
    more = len(problems) - MOST_PROBLEMS
    shown = list(problems[:MOST_PROBLEMS])
    return (
        [*shown, Problem(what=f"... and {more:,} more", where=str(folder))] if more > 0 else shown
    )


def complete_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of a run; outages of 0.1 get the states in which they hold."""
    outages = tables["outages"]
    if not {f"{span}_first" for span in SPANS} <= set(outages.columns):
        outages = _add_spans(outages, tables["states"])
    for name in ("slowed_minutes", "trains_per_day", "wagons_per_day"):
        if name not in outages:
            outages = outages.assign(**{name: np.nan})
    return {**tables, "outages": outages}


def _add_spans(outages: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """Return outages with the first and last state in which they hold, from their bounds."""
    edges = np.append(_bare(states["start"]), _bare(states["end"])[-1:])
    holds_on = hold_on(outages).to_numpy(bool)
    sides = {
        "chosen": (outages["start"], outages["end"], True),
        "certain": (_certain_starts(outages), outages["end_earliest"], holds_on),
        "possible": (outages["start_earliest"], outages["end_latest"], True),
    }
    count = len(edges) - 1
    columns: dict[str, pd.arrays.IntegerArray] = {}
    for span, (start, end, stays_open) in sides.items():
        begins, ends = _bare(start), _bare(end)
        never = np.isnat(begins) & (span != "possible") | np.isnat(ends) & ~np.asarray(stays_open)
        first = np.where(np.isnat(begins), 0, np.searchsorted(edges, begins))
        open_end = np.isnat(ends) | (np.asarray(stays_open) & (span == "certain"))
        after = np.where(open_end, count, np.minimum(np.searchsorted(edges, ends), count))
        empty = never | (after <= first)
        for name, numbers in (("first", first), ("last", after - 1)):
            columns[f"{span}_{name}"] = _or_empty(numbers, empty)
    return outages.assign(**columns)


def _certain_starts(outages: pd.DataFrame) -> pd.Series:
    """Return from when each outage holds at least; see `netmodel.outages.timeline`.

    A second stage does as soon as the first has certainly begun and may have ended.
    """
    names = ["incident", "link"]
    is_first = ~outages.duplicated(names)
    first = outages[is_first].assign(holds_on=hold_on(outages[is_first])).set_index(names)
    of_first = first.reindex(pd.MultiIndex.from_frame(outages[names])).set_index(outages.index)
    begun = of_first["start_latest"]
    may_end = outages["start_earliest"].fillna(begun)
    later = begun.where(begun > may_end, may_end)
    alone = is_first | begun.isna() | of_first["holds_on"].astype(bool)
    return outages["start_latest"].where(alone, later)


def _bare(instants: pd.Series) -> NDArray[np.datetime64]:
    return np.asarray(instants.dt.tz_localize(None), dtype="datetime64[us]")


def _or_empty(numbers: NDArray[np.int64], empty: NDArray[np.bool_]) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(numbers.astype(np.int64), empty)
