"""The texts of a draft's articles, where they are still at hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from netmodel.errors import InputError, Problem
from netmodel.reading.article_files import read_article_file
from netmodel.reading.draft import ArticleSource


def find_texts(
    articles: Iterable[ArticleSource], folder: Path | str
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return the texts of articles by their ids, and why those of others are not at hand.

    Parameters
    ----------
    folder
        Of the file of drafts, beside which a relative path is looked for; else where the program
        runs.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for source in articles:
        try:
            texts[source.id] = _read(source, Path(folder))
        except InputError as error:
            problems += error.problems
    return texts, tuple(problems)


def _read(source: ArticleSource, folder: Path) -> str:
    if source.file is None:
        what = "the article was given as a text, and no file holds it"
        raise InputError([Problem(what=what, where=source.id)])
    places = [folder / source.file, Path(source.file)]
    path = next((each for each in places if each.exists()), places[-1])
    text = read_article_file(path)
    if not source.fits(text):
        raise InputError([Problem(what="is not the text that was read", where=str(path))])
    return text
