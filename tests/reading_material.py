"""What the reader of articles is measured on, in its halves, and how well it does there.

``python -m tests.reading_material`` prints the figures of the tuning half and of the half kept
apart, of passages about times kept apart, and of passages written without knowing the
reader, whose summary alone is looked at; ``--misses`` adds what was not right, of the tuning half
alone; ``--write`` puts the figures of what was kept apart into the docs.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

import netmodel as nm
from netmodel.reading.folded_text import FoldedText
from netmodel.reading.read_articles import Article, ArticleReader
from netmodel.validation import (
    ReadingPassage,
    ReadingScores,
    read_passages,
    score_places,
    score_reading,
)

MATERIAL = Path(__file__).parent / "data" / "reading"
PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
HALVES: Mapping[str, tuple[str, ...]] = {
    "tuning": (
        "tuning.yaml",
        "tuning-more.yaml",
        "tuning-times.yaml",
        "tuning-times-more.yaml",
        "tuning-effects.yaml",
        "tuning-unseen.yaml",
        "more-learn.yaml",
    ),
    "events": ("tuning-events.yaml",),
    "fresh": ("tuning-fresh.yaml",),
    "like": ("tuning-like.yaml",),
    "like2": ("tuning-like-2.yaml",),
    "once": ("read-once.yaml",),
    "held": ("held.yaml",),
    "times": ("times-apart.yaml",),
    "blind": ("blind.yaml",),
    "more": ("more-apart.yaml",),
}
TITLES = {
    "tuning": "the half for tuning",
    "events": "the passages about events, for tuning",
    "fresh": "75 passages by somebody who did not know the rules, learnt from",
    "like": "135 passages like those of the first half, learnt from",
    "like2": "135 further passages like them, learnt from",
    "once": "125 passages like them, read once and not learnt from",
    "held": "the half kept apart",
    "times": "the passages about times kept apart",
    "blind": "the passages written without knowing the reader",
    "more": "the further ones, by two people",
}
LANGUAGES = ("en", "uk", "ru")
PLACES = 0.9
"""The aim: the share of places that is found, and of those given that is right."""
EFFECTS_AND_TIMES = 0.85
"""The aim: the share of effects and of times that is right."""
ROWS = {
    "catalogue": "places in titles and claims of the record",
    "places": "places in passages",
    "events": "events with an effect on trains",
    "event_places": "place of an event, all of it",
    "effects": "effect",
    "kinds": "kind",
    "times": "starts and ends, to the minute or the stated span",
    "bases": "observed, planned, rule or forecast",
    "speakers": "who says it",
}
"""How each measure is called where its figures are shown."""


# The material


@cache
def passages(half: str) -> tuple[ReadingPassage, ...]:
    """Return the passages of a half, written for the purpose."""
    network = nm.built_in_network()
    return tuple(each for name in HALVES[half] for each in read_passages(MATERIAL / name, network))


@cache
def catalogue_texts(half: str) -> tuple[ReadingPassage, ...]:
    """Return titles and claims of the built-in incidents of a half, with the places they name."""
    return tuple(_texts(half))


def _texts(half: str) -> Iterator[ReadingPassage]:
    incidents = nm.built_in_catalogue().incidents
    for row in yaml.safe_load((MATERIAL / "catalogue_places.yaml").read_text("utf-8"))["texts"]:
        name, language = row["incident"], row["language"]
        if half_of(name) != half:
            continue
        incident = incidents[name]
        said = [incident.title, *(claim.says for claim in incident.claims)]
        yield ReadingPassage(
            id=f"{name} {language}",
            language=language,
            text=incident.titles["uk"] if language == "uk" else "\n\n".join(said),
            mentions=row["named"],
            either=row.get("either", ()),
        )


def half_of(incident: str) -> str:
    """Return the half that the texts of an incident belong to."""
    first = hashlib.sha256(incident.encode()).hexdigest()[0]
    return "held" if int(first, 16) % 2 else "tuning"


# The figures


@cache
def reader() -> ArticleReader:
    """Return a reader by the built-in network that compares nothing with the record."""
    return ArticleReader(nm.built_in_network(), None)


def read_passage(passage: ReadingPassage) -> nm.reading.Draft:
    """Return the draft of a passage."""
    article = Article(
        text=passage.text, published=passage.published, zone=passage.zone, id=passage.id
    )
    return reader().read([article])


def find_places(passage: ReadingPassage) -> Iterable[str]:
    """Return the hubs and stations that the reader finds in a passage."""
    folded = FoldedText(passage.text)
    found, _ = reader().finder.find(folded, folded.sentences())
    return [each.name for each in found if each.kind == "stop"]


@cache
def scores(half: str) -> dict[str, ReadingScores]:
    """Return the scores of a half: of its passages, and of places in both of its parts."""
    return {
        "passages": score_reading(passages(half), read_passage, nm.built_in_network()),
        "places": score_places(passages(half), find_places),
        "catalogue": score_places(catalogue_texts(half), find_places),
    }


def table(half: str) -> str:
    """Return the figures of a half as a table in Markdown: right of expected, right of given."""
    found = scores(half)
    lines = [
        "| | expected | found rightly | of what was given, right | English | Ukrainian | Russian |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row, shown in ROWS.items():
        part = row if row in ("catalogue", "places") else "passages"
        measure = "places" if row in ("catalogue", "places") else row
        whole = found[part].tally(measure)
        cells = [shown, f"{whole.expected}", f"{whole.recall:.0%}", f"{whole.precision:.0%}"]
        for language in LANGUAGES:
            tally = found[part].tally(measure, language)
            cells.append(f"{tally.recall:.0%}" if tally.expected else "")
        lines.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    return "\n".join(lines) + f"\n\n{_against_aims(half)}\n"


def _against_aims(half: str) -> str:
    """Return in words which of the aims a half reaches."""
    found = scores(half)
    reached = {
        "places": all(
            min(tally.recall, tally.precision) >= PLACES
            for part in ("catalogue", "places")
            for tally in [found[part].tally("places")]
        ),
        **{
            measure: found["passages"].tally(measure).recall >= EFFECTS_AND_TIMES
            for measure in ("effects", "times")
        },
    }
    aims = f"{PLACES:.0%} of places and {EFFECTS_AND_TIMES:.0%} of effects and of times"
    missed = [name for name, each in reached.items() if not each]
    verdict = f"not reached for {' and for '.join(missed)}" if missed else "reached"
    return f"The aims, {aims}, are {verdict}."


def main() -> None:
    """Print the figures of both halves; see the module."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--misses", action="store_true", help="what was not right, for tuning")
    parser.add_argument("--half", choices=list(HALVES), action="append", help="only this half")
    parser.add_argument("--write", action="store_true", help="put the figures into the docs")
    asked = parser.parse_args()
    for half in asked.half or list(HALVES):
        found = scores(half)["passages"]
        print(f"{TITLES[half]}: {len(passages(half))} passages, {len(catalogue_texts(half))} texts")
        print(table(half))
        print(f"fields without words: {found.without_span}, drafts misquoted: {found.misquoted}\n")
    if asked.misses:
        for each in scores("tuning").values():
            print(*each.misses, sep="\n")
    if asked.write:
        page = put_into(PAGE.read_text("utf-8"), table("held"))
        page = put_times_into(page, times_apart())
        page = put_blind_into(page, table("blind"))
        PAGE.write_text(put_blind_into(page, table("more"), MORE), encoding="utf-8")


_TIMES = "whose answers were written before\nthe reader saw them, 25 were kept apart too: "


def times_apart() -> str:
    """Return in words how many times are found in the passages about times kept apart."""
    found = scores("times")["passages"]
    whole = found.tally("times")
    shown = zip(("English", "Ukrainian", "Russian"), LANGUAGES, strict=True)
    each = ", ".join(f"{name} {found.tally('times', code).recall:.0%}" for name, code in shown)
    return (
        f"{whole.recall:.0%} of their {whole.expected} times are\nfound rightly ({each}), and"
        f" {whole.precision:.0%} of those given are right."
    )


def put_times_into(page: str, words: str) -> str:
    """Return a page with what it says of the passages about times brought up to date."""
    before, rest = page.split(_TIMES, 1)
    _, after = rest.split("\n\n", 1)
    return f"{before}{_TIMES}{words}\n\n{after}"


_BLIND = ("<!-- Blind: begin -->", "<!-- Blind: end -->")
MORE = ("<!-- More: begin -->", "<!-- More: end -->")


def put_blind_into(page: str, figures: str, marks: tuple[str, str] = _BLIND) -> str:
    """Return a page with a table of passages written without knowing the reader."""
    before, rest = page.split(marks[0], 1)
    _, after = rest.split(marks[1], 1)
    lines = [each for each in figures.splitlines() if not each.startswith("| places in titles")]
    shown = "\n".join(lines)
    return f"{before}{marks[0]}\n\n{shown}\n\n{marks[1]}{after}"


def put_into(page: str, figures: str) -> str:
    """Return a page with a table of figures in the place of the one that it has."""
    before, rest = page.split("| | expected | found rightly", 1)
    _, after = rest.split("\nThe last three columns", 1)
    return f"{before}{figures}\nThe last three columns{after}"


if __name__ == "__main__":
    main()
