"""The verb read: from articles to a file of drafts that a person reviews."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netmodel.cli.output import NetworkOption, clean, examples, say

if TYPE_CHECKING:
    from netmodel.reading.draft import Draft, DraftIncident

READ_EXAMPLES = examples(
    "netmodel read article.html --published 2023-05-18 --publisher 'The Paper'",
    "netmodel read articles --published 2024-03-12 --out march.yaml",
    "netmodel read notice.pdf --published 2025-04-22T10:00+03:00 --lang uk --zone Europe/Kyiv",
)


def read(
    articles: Annotated[
        list[Path], typer.Argument(help="Files of text, HTML or PDF, or folders of them")
    ],
    published: Annotated[
        str, typer.Option("--published", help="When they appeared: a day, or an instant")
    ],
    publisher: Annotated[
        str | None,
        typer.Option("--publisher", help="Who published them (default: the file's name)"),
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where they appeared")] = None,
    lang: Annotated[
        str, typer.Option("--lang", help="auto, en, uk or ru: the language of the articles")
    ] = "auto",
    zone: Annotated[
        str, typer.Option("--zone", help="Time zone of clocks where a place has none")
    ] = "Europe/Kyiv",
    network: NetworkOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="File of drafts that is written")] = Path(
        "drafts.yaml"
    ),
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file of drafts that is in the way")
    ] = False,
) -> None:
    """Read articles in English, Ukrainian or Russian, and write what they say as a draft.

    Every field carries the words of the article that support it. Nothing is an incident until a
    person has reviewed it: netmodel review. Exit code 1 if no incident was found.
    """
    from netmodel.errors import InputError, Problem
    from netmodel.network.formats import read_network
    from netmodel.reading.article_files import find_articles
    from netmodel.reading.draft_file import write_draft
    from netmodel.reading.read_articles import read as read_articles
    from netmodel.reading.read_articles import read_files

    if out.exists() and not force:
        remedy = "name another with --out, or write over it with --force"
        raise InputError([Problem(what="is there already", where=str(out), remedy=remedy)])
    railway = None if network is None else read_network(network)
    given = read_files(
        find_articles(articles), published=published, publisher=publisher, url=url, zone=zone
    )
    draft = read_articles(given, lang=lang, zone=zone, network=railway)
    write_draft(draft, out)
    _say_draft(draft, out)
    if not draft.incidents:
        raise typer.Exit(1)


def _say_draft(draft: Draft, out: Path) -> None:
    for incident in draft.incidents:
        say(f"{incident.id}: {clean(incident.title)}{_say_known(incident)}")
    for told in _say_other_days(draft):
        say(told)
    doubtful = sum(
        field.sure != "certain"
        for incident in draft.incidents
        for field in (*incident.fields, *(each for c in incident.claims for each in c.fields))
    )
    say(
        f"articles: {len(draft.articles)}, incidents: {len(draft.incidents)}, fields in doubt: "
        f"{doubtful}, seen and not used: {len(draft.unused)}"
    )
    say(f"written: {out}")
    if draft.incidents:
        say(f"next: netmodel review {out}")


def _say_other_days(draft: Draft) -> Iterator[str]:
    """Yield a line for each article that bears another day than that of its publication."""
    sources = {each.id: each for each in draft.articles}
    for each in draft.unused:
        if each.why == "date_line":
            source = sources[each.span.article]
            yield (
                f"{source.file or source.id}: dated {clean(each.span.quotation)!r}, published "
                f"{source.document.published_text}: one is wrong; its times are in doubt, "
                "reckoned from the former"
            )


def _say_known(incident: DraftIncident) -> str:
    known = incident.known
    return "" if known.incident is None else f" ({known.status}: {known.incident})"
