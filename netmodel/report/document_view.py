"""Documents as the page shows them, with addresses that are safe to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from netmodel.report.record_parts import Plain, documents_of
from netmodel.report.strings import Phrases
from netmodel.report.wording import format_published, show_controls
from netmodel.study.record import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document; `url` is empty unless it is a plain http or https address."""

    number: int
    publisher: str
    title: str
    published: str
    url: str
    bare_url: str
    note: str


def safe_url(text: object) -> str:
    """Return an address if it is plain http or https, else an empty text.

    Examples
    --------
    >>> safe_url("https://example.org/a"), safe_url("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    url = str(text or "").strip()
    if any(char.isspace() or not char.isprintable() for char in url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme.lower() in ("http", "https") and host else ""


def view_documents(records: Sequence[RunRecord], phrases: Phrases) -> dict[str, DocumentView]:
    """Return the documents of all records by id, numbered in the order of their publishers."""
    found: dict[str, Plain] = {}
    for record in records:
        for name, document in documents_of(record).items():
            found.setdefault(name, document)
    ordered = sorted(
        found.items(), key=lambda item: (str(item[1]["publisher"]).casefold(), item[0])
    )
    return {
        name: DocumentView(
            number=number,
            publisher=show_controls(each["publisher"]),
            title=show_controls(each["title"] or ""),
            published=show_controls(format_published(each["published"], phrases)),
            url=safe_url(each["url"]),
            bare_url="" if safe_url(each["url"]) else show_controls(each["url"] or ""),
            note=show_controls(each["note"] or ""),
        )
        for number, (name, each) in enumerate(ordered, start=1)
    }
