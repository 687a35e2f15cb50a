"""The hubs that routes pass, in one text each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from netmodel.routing.route_chains import Longs, RouteChains
from netmodel.routing.router import Router, Routes


class RouteTexts:
    """Tells the hubs between the ends of routes.

    Examples
    --------
    >>> from netmodel.network import Hub, Link, Network
    >>> from netmodel.routing import PASSENGER, costs_from_minutes, running_minutes
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abcd"))
    >>> links = tuple(Link(id=a + b, from_hub=a, to_hub=b, length_km=60) for a, b in
    ...               ("ab", "bc", "cd"))
    >>> network = Network(hubs=hubs, links=links)
    >>> router = Router(network, ["a", "c", "d"])
    >>> routes = router.solve(costs_from_minutes(network, running_minutes(network, PASSENGER)))
    >>> RouteTexts(router).between(routes, np.array([0, 0]), np.array([1, 2]))
    ['b', 'b;c']
    """

    def __init__(self, router: Router) -> None:
        self._terminals = router.terminals
        self._by_arc = _ArcTexts(router)

    def between(self, routes: Routes, start: Longs, end: Longs) -> list[str]:
        """Return the hubs on some routes, as `tell` does.

        Parameters
        ----------
        start, end
            Positions of terminals; starts ascend.
        """
        ends, texts = end.tolist(), list[str]()
        for chains in routes.chains(start, end):
            texts += self.tell(chains, ends[len(texts) : len(texts) + len(chains.counts)])
        return texts

    def tell(self, chains: RouteChains, ends: Sequence[int]) -> list[str]:
        """Return the ids of the hubs that routes pass, both ends left out, joined by ``;``.

        Parameters
        ----------
        chains
            Routes of this router.
        ends
            The terminals in which they end.

        Returns
        -------
        list of str
            Empty where there is no route, or no hub between.
        """
        pieces = list(map(self._by_arc.__getitem__, chains.arcs.tolist()))
        length = np.zeros(len(pieces) + 1, dtype=np.int64)
        np.cumsum([len(piece) for piece in pieces], out=length[1:])
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(chains.counts, dtype=np.int64)])
        joined = np.searchsorted(bounds, chains.joins, side="right") - 1  # whose arc it is
        to_join = length[chains.joins + 1]
        before = length[bounds[:-1]].tolist()
        own = [slice(*each) for each in pairwise(bounds.tolist())]
        texts: list[str] = []
        shift: list[int] = []  # from the length of all arcs so far to that of a text
        for route, (other, upto) in enumerate(zip(joined.tolist(), to_join.tolist(), strict=True)):
            head = texts[other][: shift[other] + upto] if other >= 0 else ""
            shift.append(len(head) - before[route])
            texts.append(head + "".join(pieces[own[route]]))
        # Every hub stands behind a mark, and the last one is the end.
        cut = [len(self._terminals[end]) + 1 for end in ends]
        return [text[1 : max(1, len(text) - n)] for text, n in zip(texts, cut, strict=True)]


class _ArcTexts(dict[int, str]):
    """The hubs that each arc passes, its last one included, each behind a mark."""

    def __init__(self, router: Router) -> None:
        super().__init__()
        self._router = router

    def __missing__(self, arc: int) -> str:
        found = self[arc] = "".join(f";{hub}" for hub in self._router.hubs_along([arc]))
        return found
