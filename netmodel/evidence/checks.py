"""What the values of the evidence are checked and kept with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

V = TypeVar("V")


class FrozenMap(Mapping[str, V]):
    """A mapping that nothing changes: it can be hashed, pickled and copied.

    Examples
    --------
    >>> figures = FrozenMap({"trains": 4})
    >>> figures == {"trains": 4}, hash(figures) == hash(FrozenMap({"trains": 4}))
    (True, True)
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, name: str) -> V:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)
