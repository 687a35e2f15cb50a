"""The report page in a notebook cell."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from netmodel.report.page import render_page
from netmodel.study.run import Run


@dataclass(frozen=True, slots=True)
class Page:
    """A report page that a notebook shows in a frame of its own.

    Parameters
    ----------
    html
        The whole page.
    height
        Height of the frame, pixels.
    """

    html: str
    height: int = 900

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html, quote=True)}" sandbox="allow-scripts" '
            f'style="width:100%;height:{self.height}px;border:0" title="netmodel report"></iframe>'
        )


def explore(run: Run, *, language: str | None = None, height: int = 900) -> Page:
    """Return the report page of a run, to be shown in a notebook cell.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> "<iframe" in explore(run_scenario("crimea-may-2023"))._repr_html_()
    True
    """
    return Page(html=render_page(run.record, language=language), height=height)
