"""A run's folder, written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem, UnknownNameError
from netmodel.files.whole import Note, add_files, complete_folder
from netmodel.report.markdown import render_markdown
from netmodel.report.page.render import render_page
from netmodel.runs.columns import write_instants
from netmodel.runs.parquet import FORMATS, find_parquet, import_arrow
from netmodel.runs.record import RunRecord, read_record, write_record
from netmodel.runs.status import status_table

if TYPE_CHECKING:
    from netmodel.runs.run import Run


REPORTS = ("report.html", "report.md")
STATUS = "status.csv"
FURTHER = {"xlsx": "run.xlsx", "gpkg": "run.gpkg", "brief": "brief.html"}
"""What is written on request, by what asks for it."""


def write_run(
    run: Run | RunRecord,
    folder: Path | str,
    *,
    language: str | None = None,
    figures: bool = False,
    xlsx: bool = False,
    gpkg: bool = False,
    brief: bool = False,
    tables: str = "csv",
    force: bool = False,
    note: Note | None = None,
) -> Path:
    """Write tables, documents and reports of a run; return the folder.

    A folder of an earlier run is replaced once the new one is complete, if everything in it is
    as that run wrote it. ``report.md`` is in English whatever the language of the page.

    Parameters
    ----------
    run
        What `run_scenario` returned, or its record.
    folder
        Appears whole or not at all.
    language
        Of ``report.html`` and the pictures; by default that of the scenario.
    figures
        Whether to write a folder of PNG and SVG pictures too.
    xlsx, gpkg, brief
        Whether to write a workbook, a GeoPackage for a GIS, and a brief of one page, too.
    tables
        ``csv``, or ``parquet`` for the tables that may be large: pairs, routes, flows and trains.
    force, note
        Whether to move what may not be replaced to ``NAME.old``, and what is called with a note
        of it; see `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If something that no run wrote stands in the way, the place cannot be written, or what a
        workbook, a GeoPackage or Parquet needs is not installed.
    UnknownNameError
        If there is no such format of tables.
    TypeError
        If `run` is something else.

    Examples
    --------
    >>> import tempfile
    >>> from netmodel import run_scenario
    >>> folder = write_run(run_scenario("crimea-may-2023"), tempfile.mkdtemp())
    >>> (folder / "report.html").is_file(), (folder / "states.csv").is_file()
    (True, True)
    """
    if tables not in FORMATS:
        raise UnknownNameError.among("format of tables", tables, FORMATS)
    if tables == "parquet":
        import_arrow()
    folder = Path(folder)
    record = run if isinstance(run, RunRecord) else getattr(run, "record", None)
    if not isinstance(record, RunRecord):
        raise TypeError(f"a Run or its record is needed, not {type(run).__name__}")
    hashes: dict[str, str] = {}
    with complete_folder(folder, holds="run", force=force, note=note, hashes=hashes) as partial:
        hashes |= write_record(record, partial, tables=tables)
        for name, text in _reports(record, language, tables).items():
            (partial / name).write_text(text, encoding="utf-8", newline="\n")
        if figures:
            from netmodel.plot.saved_figures import save_figures

            save_figures(record, partial / "figures", language=language or "en")
        asked = {"xlsx": xlsx, "gpkg": gpkg, "brief": brief}
        _write_further(record, partial, asked, language)
    return folder


def refresh_reports(folder: Path | str, *, language: str | None = None, **further: bool) -> Path:
    """Write the reports of a run again from its tables, which stay as they are.

    Parameters
    ----------
    **further
        ``xlsx``, ``gpkg`` and ``brief``: whether to write a workbook, a GeoPackage for a GIS, and
        a brief of one page, too.

    Raises
    ------
    InputError
        If the folder holds no sound run, or cannot be written to.
    """
    folder = Path(folder)
    record = read_record(folder)
    names = [FURTHER[key] for key, asked in further.items() if asked]
    for name in [*REPORTS, STATUS, *names]:
        if (folder / name).is_dir():
            what = "cannot write (is a directory)"
            raise InputError([Problem(what=what, where=str(folder / name))])
    form = "parquet" if find_parquet(folder) else "csv"
    made: dict[str, str | bytes] = {**_reports(record, language, form)}
    with tempfile.TemporaryDirectory() as place:
        _write_further(record, Path(place), further, language)
        for name in names:
            made[name] = (Path(place) / name).read_bytes()
    add_files(folder, made, over_changed=True)
    return folder


def _reports(record: RunRecord, language: str | None, tables: str) -> dict[str, str]:
    """Return the texts made from a record, by the names of their files."""
    status = write_instants(status_table(record)).to_csv(index=False, lineterminator="\n")
    page = render_page(record, language=language, tables=tables)
    texts = page, render_markdown(record), status
    return dict(zip((*REPORTS, STATUS), texts, strict=True))


def _write_further(
    record: RunRecord, folder: Path, asked: Mapping[str, bool], language: str | None
) -> None:
    """Write what is asked for beside the reports."""
    if asked.get("xlsx"):
        from netmodel.report.workbook import write_workbook

        write_workbook(record, folder / FURTHER["xlsx"])
    if asked.get("gpkg"):
        from netmodel.report.geodata import write_geopackage

        write_geopackage(record, folder / FURTHER["gpkg"])
    if asked.get("brief"):
        from netmodel.report.brief import render_brief

        text = render_brief(record, language=language)
        (folder / FURTHER["brief"]).write_text(text, encoding="utf-8", newline="\n")
