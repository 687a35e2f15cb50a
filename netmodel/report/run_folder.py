"""A run's folder, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem
from netmodel.files.whole import Note, add_files, complete_folder
from netmodel.report.markdown import render_markdown
from netmodel.report.page.render import render_page
from netmodel.runs.record import RunRecord, read_record, write_record

if TYPE_CHECKING:
    from netmodel.runs.run import Run


REPORTS = ("report.html", "report.md")


def write_run(
    run: Run | RunRecord,
    folder: Path | str,
    *,
    language: str | None = None,
    figures: bool = False,
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
    force, note
        Whether to move what may not be replaced to ``NAME.old``, and what is called with a note
        of it; see `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If something that no run wrote stands in the way, or the place cannot be written.
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
    add_files(folder, _reports(record, language), over_changed=True)
    return folder


def _reports(record: RunRecord, language: str | None) -> dict[str, str]:
    pages = render_page(record, language=language), render_markdown(record)
    return dict(zip(REPORTS, pages, strict=True))
