"""Loading what a scenario refers to, with every mistake kept at its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from netmodel.errors import AmbiguousNameError, InputError, Problem, UnknownNameError
from netmodel.network.model import Network
from netmodel.network.names import Names
from netmodel.yaml_cache import Location
from netmodel.yaml_source import YamlSource

ResultT = TypeVar("ResultT")


class Loading:
    """Collects problems, so that one unknown name does not hide the next."""

    def __init__(self, source: YamlSource) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def attempt(self, location: Location, action: Callable[[], ResultT]) -> ResultT | None:
        """Return what an action returns, or note its problem and return ``None``."""
        where = self.source.where(location)
        try:
            return action()
        except InputError as error:
            self.problems += [
                each if each.where else replace(each, where=where) for each in error.problems
            ]
        except UnknownNameError as error:
            what = f"unknown {error.kind} {error.name!r}"
            self.problems.append(Problem(what=what, where=where, remedy=error.remedy))
        except AmbiguousNameError as error:
            self.problems.append(Problem(what=str(error), where=where))
        return None


def find_hubs(
    wanted: Sequence[str], location: Location, network: Network, loading: Loading
) -> tuple[str, ...]:
    """Return the ids of hubs named at a place of the scenario; unknown ones are noted."""
    names = Names(network)
    found = [
        loading.attempt((*location, number), lambda name=name: names.hub(name).id)  # type: ignore[misc]
        for number, name in enumerate(wanted)
    ]
    return tuple(dict.fromkeys(hub for hub in found if hub is not None))
