"""The report page."""

from netmodel.study.record import RunRecord


def render_page(record: RunRecord, *, language: str | None = None) -> str:
    """Return the page."""
    return "<!doctype html><title>x</title>"
