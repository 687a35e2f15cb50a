"""A run's folder, written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem
from netmodel.files.whole import Note, add_files, complete_folder
from netmodel.report.markdown import render_markdown
from netmodel.report.page.render import render_page
from netmodel.runs.columns import write_instants
from netmodel.runs.record import RunRecord, read_record, write_record
from netmodel.runs.status import status_table

if TYPE_CHECKING:
    from netmodel.runs.run import Run


REPORTS = ("report.html", "report.md")
STATUS = "status.csv"
WORKBOOK, GEOPACKAGE = "run.xlsx", "run.gpkg"


def write_run(
    run: Run | RunRecord,
    folder: Path | str,
    *,
    language: str | None = None,
    figures: bool = False,
    xlsx: bool = False,
    gpkg: bool = False,
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
    xlsx, gpkg
        Whether to write a workbook, and a GeoPackage for a GIS, too.
    force, note
        Whether to move what may not be replaced to ``NAME.old``, and what is called with a note
        of it; see `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If something that no run wrote stands in the way, the place cannot be written, or what a
        workbook or a GeoPackage needs is not installed.
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
    folder = Path(folder)
    record = run if isinstance(run, RunRecord) else getattr(run, "record", None)
    if not isinstance(record, RunRecord):
        raise TypeError(f"a Run or its record is needed, not {type(run).__name__}")
    with complete_folder(folder, holds="run", force=force, note=note) as partial:
        write_record(record, partial)
        for name, text in _reports(record, language).items():
            (partial / name).write_text(text, encoding="utf-8", newline="\n")
        if figures:
            from netmodel.plot.figures_of_runs import save_figures

            save_figures(record, partial / "figures", language=language or "en")
        _write_further(record, partial, xlsx=xlsx, gpkg=gpkg)
    return folder


def refresh_reports(
    folder: Path | str, *, language: str | None = None, xlsx: bool = False, gpkg: bool = False
) -> Path:
    """Write the reports of a run again from its tables, which stay as they are.

    Parameters
    ----------
    xlsx, gpkg
        Whether to write a workbook, and a GeoPackage for a GIS, too.

    Raises
    ------
    InputError
        If the folder holds no sound run, or cannot be written to.
    """
    folder = Path(folder)
    record = read_record(folder)
    wanted = [*REPORTS, STATUS, *_further_names(xlsx=xlsx, gpkg=gpkg)]
    for name in wanted:
        if (folder / name).is_dir():
            what = "cannot write (is a directory)"
            raise InputError([Problem(what=what, where=str(folder / name))])
    made: dict[str, str | bytes] = {**_reports(record, language)}
    with tempfile.TemporaryDirectory() as place:
        _write_further(record, Path(place), xlsx=xlsx, gpkg=gpkg)
        for name in _further_names(xlsx=xlsx, gpkg=gpkg):
            made[name] = (Path(place) / name).read_bytes()
    add_files(folder, made, over_changed=True)
    return folder


def _reports(record: RunRecord, language: str | None) -> dict[str, str]:
    """Return the texts made from a record, by the names of their files."""
    status = write_instants(status_table(record)).to_csv(index=False, lineterminator="\n")
    texts = render_page(record, language=language), render_markdown(record), status
    return dict(zip((*REPORTS, STATUS), texts, strict=True))


def _further_names(*, xlsx: bool, gpkg: bool) -> Collection[str]:
    return [name for name, asked in ((WORKBOOK, xlsx), (GEOPACKAGE, gpkg)) if asked]


def _write_further(record: RunRecord, folder: Path, *, xlsx: bool, gpkg: bool) -> None:
    """Write the workbook and the GeoPackage that are asked for."""
    if xlsx:
        from netmodel.report.workbook import write_workbook

        write_workbook(record, folder / WORKBOOK)
    if gpkg:
        from netmodel.report.geodata import write_geopackage

        write_geopackage(record, folder / GEOPACKAGE)
