"""1,000 articles of 300 words in three languages: a draft of all of them, and what import loads.

The articles are made of the passages that were written for measuring and of sentences without
rail; with ``--whole``, of passages alone, 600 words and some 16 events in each. Processor time of
one process.
Run: ``python benchmarks/bench_reading.py [--articles 1000] [--whole]``.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import netmodel as nm

MATERIAL = Path(__file__).parent.parent / "tests" / "data" / "reading"
FILLER = {
    "en": "The council met for three hours and spoke of schools. Nobody voted against the budget. "
          "A new library opens in spring, the mayor said on Monday.",
    "uk": "Рада засідала три години й говорила про школи. Проти бюджету ніхто не голосував. "
          "Нова бібліотека відкриється навесні, сказав мер у понеділок.",
    "ru": "Совет заседал три часа и говорил о школах. Против бюджета никто не голосовал. "
          "Новая библиотека откроется весной, сказал мэр в понедельник.",
}  # fmt: skip
WORDS, WHOLE_WORDS = 300, 600


def main() -> None:
    """Print the time for all articles, for one, and the memory that reading takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--whole", action="store_true", help="articles about the railway alone")
    asked = parser.parse_args()
    count = asked.articles
    articles = make_whole_articles(count) if asked.whole else make_articles(count)
    words = sum(len(each.text.split()) for each in articles)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, clock = time.process_time(), time.perf_counter()
    draft = nm.reading.read(articles)
    used, passed = time.process_time() - began, time.perf_counter() - clock
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{count} articles, {words:,} words, {len(draft.incidents)} incidents in the draft")
    print(f"processor {used:.1f} s, clock {passed:.1f} s, {more:.0f} MB more memory")
    print(f"modules of the extra that `import netmodel` loads: {loaded_by_import() or 'none'}")


def make_articles(count: int) -> list[nm.reading.Article]:
    """Return articles, the same ones for the same number."""
    network = nm.built_in_network()
    passages = [
        passage
        for name in ("tuning.yaml", "tuning-more.yaml")
        for passage in nm.validation.read_passages(MATERIAL / name, network)
    ]
    chance = random.Random(1)
    made = []
    for number in range(count):
        passage = passages[number % len(passages)]
        paragraphs = [passage.text]
        while sum(len(each.split()) for each in paragraphs) < WORDS:
            paragraphs.insert(chance.randrange(len(paragraphs) + 1), FILLER[passage.language])
        made.append(make_article(number, passage, paragraphs))
    return made


def make_article(
    number: int, passage: nm.validation.ReadingPassage, paragraphs: list[str]
) -> nm.reading.Article:
    """Return an article of some paragraphs, published as a passage is."""
    return nm.reading.Article(
        text="\n\n".join(paragraphs),
        published=passage.published,
        publisher=f"Paper {number}",
        zone=passage.zone,
    )


def make_whole_articles(count: int) -> list[nm.reading.Article]:
    """Return articles that speak of the railway from end to end, the same for the same number."""
    network = nm.built_in_network()
    by_language: dict[str, list[nm.validation.ReadingPassage]] = {}
    for path in sorted(MATERIAL.glob("tuning*.yaml")):
        for passage in nm.validation.read_passages(path, network):
            by_language.setdefault(passage.language, []).append(passage)
    chance = random.Random(1)
    made = []
    for number in range(count):
        passages = by_language[("en", "uk", "ru")[number % 3]]
        first = chance.choice(passages)
        paragraphs = [first.text]
        while sum(len(each.split()) for each in paragraphs) < WHOLE_WORDS:
            paragraphs.append(chance.choice(passages).text)
        made.append(make_article(number, first, paragraphs))
    return made


def loaded_by_import() -> str:
    """Return the modules of the extra that are loaded with the package."""
    code = "import sys, netmodel; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return " ".join(sorted({"pymorphy3", "pypdf", "resiliparse"} & {*said.stdout.split()}))


if __name__ == "__main__":
    main()
