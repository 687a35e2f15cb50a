"""How a run shows itself in a notebook: headline figures and the states of its window."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netmodel.study.run import Run

_COLUMNS = ("start", "end", "outages", "connected_share", "served_share", "extra_minutes")


def run_html(run: Run) -> str:
    """Return title, headline figures with their range, and one row for each state."""
    figures = run.record.summary["figures"]
    rows = "".join(
        f"<tr><td>{escape(str(each['traffic']))}</td><td>{escape(str(each['name']))}</td>"
        f"<td>{escape(_value(each['value']))}</td>"
        f"<td>{escape(_range(each))}</td><td>{escape(str(each['unit']))}</td>"
        f"<td>{len(each['documents'])}</td></tr>"
        for each in figures  # type: ignore[attr-defined]
    )
    columns = [column for column in _COLUMNS if column in run.states]
    states = run.states[columns].to_html(border=0, max_rows=40)
    return (
        f"<figure><figcaption><b>{escape(run.scenario.title)}</b></figcaption>"
        "<table><tr><th>traffic</th><th>figure</th><th>value</th><th>range</th><th>unit</th>"
        f"<th>documents</th></tr>{rows}</table>{states}</figure>"
    )


def _value(value: object) -> str:
    return "" if value is None else str(value)


def _range(figure: dict[str, object]) -> str:
    if figure.get("guaranteed") is None:
        return ""
    return f"{_value(figure['possible'])} … {_value(figure['guaranteed'])}"
