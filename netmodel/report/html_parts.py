"""The parts of a display in a notebook: a figure, a table, an instant. Each escapes its texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from html import escape

_LONGEST_WORD = 40


def html_figure(title: str, note: str, *parts: str) -> str:
    """Return parts of HTML under a title and a note; both are escaped, the parts are not."""
    under = f"<br><span style='opacity:.75'>{escape(note)}</span>" if note else ""
    return (
        f"<figure style='margin:0'><figcaption><b>{escape(title)}</b>{under}</figcaption>"
        f"{''.join(parts)}</figure>"
    )


def html_table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, numeric: Collection[int] = ()
) -> str:
    """Return an HTML table of texts that reads well in a notebook; every cell is escaped.

    Parameters
    ----------
    numeric
        Numbers of the columns that are set to the right; the others are set to the left.

    Examples
    --------
    >>> "&lt;b&gt;" in html_table(["name"], [["<b>"]])
    True
    """
    head = "".join(_cell("th", text, column in numeric) for column, text in enumerate(header))
    body = "".join(
        f"<tr>{''.join(_cell('td', text, column in numeric) for column, text in enumerate(row))}"
        "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, text: object, numeric: bool) -> str:
    words = str(text)
    if numeric or tag == "th":
        wrap = "white-space:nowrap"
    else:
        # Only a monstrous word may be broken: elsewhere that would squeeze its neighbours.
        monstrous = any(len(word) > _LONGEST_WORD for word in words.split())
        wrap = f"overflow-wrap:{'anywhere' if monstrous else 'break-word'}"
    side = "right" if numeric else "left"
    return f"<{tag} style='text-align:{side};vertical-align:top;{wrap}'>{escape(words)}</{tag}>"


def show_instant(instant: datetime | None) -> str:
    """Return an instant in UTC, with seconds only where it has any.

    Examples
    --------
    >>> show_instant(datetime(2023, 5, 18, 5, 20, tzinfo=UTC)), show_instant(None)
    ('2023-05-18 05:20', 'not in the record')
    """
    if instant is None:
        return "not in the record"
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S}" if utc.second else f"{utc:%Y-%m-%d %H:%M}"


def plain(name: str) -> str:
    """Return the name of a column, a kind or an effect as words."""
    return name.replace("_", " ")


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one.

    Examples
    --------
    >>> count(1, "hub"), count(1200, "link")
    ('1 hub', '1,200 links')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
