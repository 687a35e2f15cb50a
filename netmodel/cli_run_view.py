"""What the command prints of a run: its figures, or one of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from netmodel.errors import UnknownNameError

Row = dict[str, object]
_TABLES = {"hubs": "hubs", "links": "links", "outages": "outages", "timeline": "states"}


def run_views(folder: Path, view: str | None) -> Iterator[tuple[str, list[Row]]]:
    """Yield the title, window and figures of a run; or one of its tables.

    Raises
    ------
    InputError
        If the folder is damaged.
    UnknownNameError
        If a run has no such view.
    """
    from netmodel.study.record import read_record

    if view is not None and view not in _TABLES:
        raise UnknownNameError("view of a run", view, tuple(_TABLES))
    record = read_record(folder)
    summary: Any = record.summary
    window = summary["window"]
    title = (
        f"run {summary['name']}: {summary['title']}; "
        f"{window['start']} to {window['end']} (UTC), zone {window['zone']}"
    )
    if view is not None:
        table = getattr(record, _TABLES[view])
        shown = table.reset_index().astype(object).where(table.reset_index().notna(), "")
        rows = [{str(name): cell for name, cell in row.items()} for row in shown.to_dict("records")]
        yield f"{title}; {view}", rows
        return
    yield title, figure_rows(summary)


def figure_rows(summary: Mapping[str, Any]) -> list[Row]:
    """Return the headline figures of a run with the range that the evidence leaves."""
    return [
        {
            "traffic": each["traffic"],
            "figure": each["name"],
            "value": each["value"],
            "unit": each["unit"],
            "possible": each["possible"],
            "guaranteed": each["guaranteed"],
            "documents": len(each["documents"]),
        }
        for each in summary["figures"]
    ]
