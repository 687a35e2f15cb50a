"""A run's folder, written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem
from netmodel.report.markdown import render_markdown
from netmodel.report.page import render_page
from netmodel.study.record import RunRecord, read_record, write_record

if TYPE_CHECKING:
    from netmodel.study.run import Run

MARKER = "provenance.json"
REPORTS = ("report.html", "report.md")


def write_run(
    run: Run | RunRecord, folder: Path | str, *, language: str | None = None, figures: bool = False
) -> Path:
    """Write tables, documents and reports of a run; return the folder.

    A folder of an earlier run is replaced once the new one is complete. ``report.md`` is in
    English whatever the language of the page.

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

    Raises
    ------
    InputError
        If something that is not a run stands in the way, or the place cannot be written.
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
    with complete_folder(folder) as partial:
        write_record(record, partial)
        _write_reports(record, partial, language)
        if figures:
            from netmodel.report.figures import save_figures

            save_figures(record, partial / "figures", language=language or "en")
    return folder


def refresh_reports(folder: Path | str, *, language: str | None = None) -> Path:
    """Write the reports of a run again from its tables, which stay as they are.

    Raises
    ------
    InputError
        If the folder holds no sound run, or cannot be written to.
    """
    folder = Path(folder)
    record = read_record(folder)
    for name in REPORTS:
        if (folder / name).is_dir():
            what = "cannot write (is a directory)"
            raise InputError([Problem(what=what, where=str(folder / name))])
    _write_reports(record, folder, language)
    return folder


def _write_reports(record: RunRecord, folder: Path, language: str | None) -> None:
    page, text = render_page(record, language=language), render_markdown(record)
    for name, written in zip(REPORTS, (page, text), strict=True):
        write_text(folder / name, written)


@contextmanager
def complete_folder(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder beside `folder`; take its place on success, vanish on failure."""
    if folder.exists() and not (folder / MARKER).is_file() and not _is_empty(folder):
        raise InputError(
            [
                Problem(
                    what="exists and is no run of netmodel",
                    where=str(folder),
                    remedy="choose another --out, or move it away",
                )
            ]
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        problem = Problem(what=f"cannot write ({error.strerror})", where=str(folder))
        raise InputError([problem]) from None
    try:
        yield partial
        partial.chmod(0o755)
        if folder.exists():
            aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
            folder.replace(aside / "run")
            partial.replace(folder)
            shutil.rmtree(aside)
        else:
            partial.replace(folder)
    finally:
        if partial.exists():
            shutil.rmtree(partial)


def write_text(path: Path, text: str) -> None:
    """Write a single file, whole or not at all.

    Raises
    ------
    InputError
        If the place cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        problem = Problem(what=f"cannot write ({error.strerror})", where=str(path))
        raise InputError([problem]) from None
    finally:
        partial.unlink(missing_ok=True)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
