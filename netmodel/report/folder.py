"""A run's folder, written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netmodel.errors import InputError, Problem
from netmodel.report.markdown import render_markdown
from netmodel.report.page import render_page
from netmodel.study.record import RunRecord, write_record

MARKER = "provenance.json"


def write_run(
    record: RunRecord, folder: Path, *, language: str | None = None, figures: bool = False
) -> Path:
    """Write tables, documents and reports of a run; return the folder.

    With `figures` it also holds a folder of PNG and SVG pictures. A folder of an earlier run
    is replaced once the new one is complete.

    Raises
    ------
    InputError
        If something that is not a run stands in the way, or the place cannot be written.
    """
    with complete_folder(folder) as partial:
        write_record(record, partial)
        page = render_page(record, language=language)
        (partial / "report.html").write_text(page, encoding="utf-8")
        (partial / "report.md").write_text(render_markdown(record), encoding="utf-8")
        if figures:
            from netmodel.report.figures import save_figures

            save_figures(record, partial / "figures", language=language or "en")
    return folder


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
