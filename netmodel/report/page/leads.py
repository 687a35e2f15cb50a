"""Sentences of a page whose numbers lead to what they rest on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NUMBER = r"(?<![^\s(«“])[+−≈~<>]*\d[^\s()«»“”;]*"
_UNIT = r"(?:\s(?:%|h|min|days?|km|год|хв|дн\w*|день|км)(?!\w))"
_NUMBERS = re.compile(rf"{_NUMBER}{_UNIT}?(?:\s(?:[^\s\d().,;:]{{1,12}}\s)?{_NUMBER}{_UNIT}?)*")
"""A number with its unit; those with one word between them, as in a date or a range, are one.

A name that holds digits, such as ``february-2026``, is none.
"""
_AFTER = ".,;:)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Where a number leads: to incidents with their claims, to a moment, or to a place.

    Parameters
    ----------
    name
        Of the number, as the page calls what it rests on.
    incidents
        Ids of those that set it.
    state
        Of the run whose incidents in force set it, or at which a table is to be looked at.
    anchor
        Of the place on the page that tells more where no incident sets it.
    """

    name: str
    incidents: Sequence[str] = ()
    state: int | None = None
    anchor: str = "figures"

    def attributes(self, numbers: Mapping[str, int]) -> dict[str, object]:
        """Return the attributes of the link, by the numbers of the incidents of the page."""
        known = [numbers[each] for each in self.incidents if each in numbers]
        if known:
            basis = " ".join(map(str, known))
            return {"href": "#incidents", "data-basis": basis, "data-name": self.name}
        if self.state is not None:
            return {"href": f"#{self.anchor}", "data-state": self.state}
        return {"href": f"#{self.anchor}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedSentence:
    """A sentence with where its numbers lead."""

    text: str
    lead: Lead

    def pieces(self, numbers: Mapping[str, int]) -> list[tuple[str, Mapping[str, object]]]:
        """Return the sentence in pieces, each with the attributes of its link, if it is one.

        Examples
        --------
        >>> told = LedSentence(text="Closed for 9 h to 16 h.", lead=Lead(name="a", incidents=["a"]))
        >>> [text for text, link in told.pieces({"a": 0}) if link]
        ['9 h to 16 h']
        """
        link = self.lead.attributes(numbers)
        return [(text, link if is_number else {}) for text, is_number in _split_numbers(self.text)]


def _split_numbers(text: str) -> list[tuple[str, bool]]:
    """Return a text in pieces, those with numbers told from those without."""
    pieces, last = [], 0
    for found in _NUMBERS.finditer(text):
        start, end = found.span()
        while text[end - 1] in _AFTER:
            end -= 1
        pieces += [(text[last:start], False), (text[start:end], True)]
        last = end
    pieces.append((text[last:], False))
    return [piece for piece in pieces if piece[0]]
