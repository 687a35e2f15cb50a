"""What the reader of articles is measured on, in its halves, and how well it does there.

``python -m tests.reading_material`` prints the figures of the tuning half and of the half kept
apart; ``--misses`` adds what was not right, of the tuning half alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import yaml

import netmodel as nm
from netmodel.validation import ReadingPassage, read_passages

MATERIAL = Path(__file__).parent / "data" / "reading"
HALVES = {"tuning": ("tuning.yaml", "tuning-more.yaml"), "held": ("held.yaml",)}
LANGUAGES = ("en", "uk", "ru")


def passages(half: str) -> tuple[ReadingPassage, ...]:
    """Return the passages of a half, written for the purpose."""
    network = nm.built_in_network()
    return tuple(each for name in HALVES[half] for each in read_passages(MATERIAL / name, network))


def catalogue_texts(half: str) -> Iterator[ReadingPassage]:
    """Yield titles and claims of the built-in incidents of a half, with the places they name."""
    incidents = nm.built_in_catalogue().incidents
    for row in yaml.safe_load((MATERIAL / "catalogue_places.yaml").read_text("utf-8"))["texts"]:
        name, language = row["incident"], row["language"]
        if half_of(name) == half:
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
