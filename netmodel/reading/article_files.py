"""The text of an article in a file: text, HTML or PDF; and the articles of a folder."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Sequence
from pathlib import Path

from netmodel.errors import InputError, Problem, install_extra
from netmodel.files.text import is_there, no_such, read_file

MOST_BYTES = 10_000_000
"""Of an article's file."""
SUFFIXES = (".txt", ".md", ".html", ".htm", ".xhtml", ".pdf")
"""Names of files in a folder that are read."""
PLAIN = (".txt", ".md")
"""Endings of files whose text stands as it is, with what looks like tags in it."""
_MARKUP = re.compile(r"<(?:!doctype html|html|head|body|article|script)\b", re.IGNORECASE)
_MOST_PAGES = 200


def read_article_file(path: Path) -> str:
    """Return the text of an article in a file; of HTML its main text, of PDF that of its pages.

    Raises
    ------
    InputError
        If there is no such file, it has no text, is too large or cannot be read, or the extra is
        missing.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "article.txt"
    >>> _ = path.write_text("No trains ran.", encoding="utf-8")
    >>> read_article_file(path)
    'No trains ran.'
    """
    return read_titled_file(path)[0]


def read_titled_file(path: Path) -> tuple[str, str | None]:
    """Return the text of an article in a file, and its headline; ``None`` for none.

    Raises
    ------
    InputError
        If there is no such file, it has no text, is too large or cannot be read, or the extra is
        missing.
    """
    title = None
    if path.suffix.lower() == ".pdf" or _starts_as_pdf(path):
        text = _read_pdf(path)
    else:
        text = read_file(path, kind="article", most=MOST_BYTES)
        if path.suffix.lower() not in PLAIN and _MARKUP.search(text[:4000]):
            title, text = find_page_headline(text), extract_main_text(text)
    if not text.strip():
        raise InputError([Problem(what="holds no text", where=str(path))])
    return text, title or find_headline(text)


def find_articles(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files of articles: each path itself, of a folder what is in it, by name.

    Raises
    ------
    InputError
        With every path that is not there, and every folder without an article.
    """
    found: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        if is_there(path, "folder"):
            inside = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES)
            if not inside:
                remedy = f"its articles end in {', '.join(SUFFIXES)}"
                problems.append(Problem(what="holds no article", where=str(path), remedy=remedy))
            found += inside
        elif is_there(path):
            found.append(path)
        else:
            problems.append(no_such("article", path))
    if problems:
        raise InputError(problems)
    return tuple(dict.fromkeys(found))


def extract_main_text(html: str) -> str:
    """Return the main text of a page, without navigation, scripts and the like.

    Raises
    ------
    InputError
        If the extra is missing.
    """
    try:
        from resiliparse.extract.html2text import extract_plain_text
    except ImportError:
        raise InputError([_missing("resiliparse", "HTML")]) from None
    text: str = extract_plain_text(html, main_content=True, alt_texts=False, links=False)
    if not text.strip():
        text = extract_plain_text(html, main_content=False, alt_texts=False, links=False)
    return text


def find_headline(text: str) -> str | None:
    r"""Return the line over a text: its first, if an empty one follows and it is no sentence.

    Examples
    --------
    >>> find_headline("Wagons derail near Fastiv\n\nFour wagons left the rails.")
    'Wagons derail near Fastiv'
    >>> find_headline("Four wagons left the rails.")
    """
    found = _HEADLINE.match(text.lstrip()[: 2 * _LONGEST_HEADLINE])
    return None if found is None else _plain_line(found["line"])


_HEADLINE = re.compile(
    r"(?:\#{1,3} +)?(?P<line>[^\n]{4,200}?[^\n.:;,!…\s])[ \t\r]*\n[ \t\r]*\n\s*\S"
)
_LONGEST_HEADLINE = 200


def _plain_line(words: str | None) -> str | None:
    """Return words on one line; ``None`` for none, and for signs that nobody reads."""
    plain = " ".join((words or "").split())[:_LONGEST_HEADLINE]
    return plain if plain.isprintable() and any(map(str.isalpha, plain)) else None


def find_page_headline(html: str) -> str | None:
    """Return the headline of a page: its first heading of the first order, else its title.

    Raises
    ------
    InputError
        If the extra is missing.
    """
    try:
        from resiliparse.parse.html import HTMLTree
    except ImportError:
        raise InputError([_missing("resiliparse", "HTML")]) from None
    tree = HTMLTree.parse(html)
    heading = None if tree.body is None else tree.body.query_selector("h1")
    return _plain_line(None if heading is None else heading.text) or _plain_line(tree.title)


def _starts_as_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(5) == b"%PDF-"
    except OSError:
        return False


def _read_pdf(path: Path) -> str:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise InputError([_missing("pypdf", "PDF")]) from None
    if not is_there(path, "file"):
        raise InputError([no_such("article", path)])
    if path.stat().st_size > MOST_BYTES:
        what = f"larger than {MOST_BYTES / 1e6:,.0f} MB, too large for an article"
        raise InputError([Problem(what=what, where=str(path), remedy="divide it")])
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong is said below
    try:
        pages = PdfReader(io.BytesIO(path.read_bytes())).pages
        texts = [page.extract_text() for page in pages[:_MOST_PAGES]]
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        what = f"cannot be read as PDF ({type(error).__name__})"
        raise InputError([Problem(what=what, where=str(path))]) from None
    return "\n\n".join(texts)


def _missing(package: str, what: str) -> Problem:
    return Problem(
        what=f"reading {what} needs the package {package}, which is not installed",
        remedy=f"install the extra: {install_extra('reading')}",
    )
