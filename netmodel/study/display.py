"""How a run shows itself in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netmodel.study.run import Run


def run_html(run: Run) -> str:
    """Return x."""
    return ""
