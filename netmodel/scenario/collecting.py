"""Collecting what is wrong with a scenario, so that one mistake does not hide the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from netmodel.errors import (
    InputError,
    Location,
    NetmodelError,
    Problem,
)
from netmodel.network.names import Names
from netmodel.network.railway import Network

ResultT = TypeVar("ResultT")


class Collecting:
    """The problems found so far, each at its place.

    Parameters
    ----------
    locate
        Returns what an error says of a location: the name of an argument, or
        ``file:line:column``.
    """

    def __init__(self, locate: Callable[[Location], str]) -> None:
        self.locate = locate
        self.problems: list[Problem] = []

    def note(self, location: Location, what: str, remedy: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(what=what, where=self.locate(location), remedy=remedy))

    def attempt(self, location: Location, action: Callable[[], ResultT]) -> ResultT | None:
        """Return what an action returns, or note its problems and return ``None``."""
        where = self.locate(location)
        try:
            return action()
        except InputError as error:
            self.problems += [
                each if each.where else replace(each, where=where) for each in error.problems
            ]
        except (NetmodelError, ValueError, OverflowError) as error:
            self.note(location, str(error))
        return None

    def settle(self) -> None:
        """Raise everything that was noted.

        Raises
        ------
        InputError
            With every problem, each once.
        """
        if self.problems:
            raise InputError(dict.fromkeys(self.problems))


def name_argument(location: Location) -> str:
    """Return how a place is called where a scenario is made in Python.

    Examples
    --------
    >>> name_argument(("demand", "hubs", 1)), name_argument(("routing", "advisory"))
    ('demand: hubs, item 2', 'advisory')
    """
    keys = [each for each in location if each not in {"routing", "report"}]
    inner = [each if isinstance(each, str) else f"item {each + 1}" for each in keys[1:]]
    return ": ".join([str(keys[0]), *([", ".join(inner)] if inner else [])]) if keys else ""


def find_hubs(
    wanted: Sequence[object], location: Location, network: Network, collecting: Collecting
) -> tuple[str, ...]:
    """Return the ids of hubs given by any of their names; unknown ones are noted."""
    names = Names(network)
    found: list[str | None] = []
    for number, name in enumerate(wanted):
        if isinstance(name, str):
            here = (*location, number)
            found.append(collecting.attempt(here, lambda name=name: names.hub(name).id))  # type: ignore[misc]
        else:
            collecting.note((*location, number), f"{name!r} is no name of a hub")
    return tuple(dict.fromkeys(hub for hub in found if hub is not None))


def list_items(value: object, location: Location, collecting: Collecting) -> list[object]:
    """Return the items of a list that was given; a single text is none."""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return list(value)
    collecting.note(location, f"{value!r} is no list", "write it in brackets: [a, b]")
    return []
