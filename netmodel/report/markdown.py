"""The report in words."""

from netmodel.study.record import RunRecord


def render_markdown(record: RunRecord) -> str:
    """Return the report."""
    return "x"
