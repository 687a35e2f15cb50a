"""The hubs that routes pass, in one text each.

Routes from one node form a tree: what comes before an arc is the same on all of them. So a text is
written on from where an earlier one from the same node had come.
"""

from __future__ import annotations

from netmodel.routing.router import Router, Routes

STRIDE = 16
"""At every so many arcs it is remembered how far the text had come."""


class RouteTexts:
    """Tells the hubs between the ends of routes; quickest for routes of one start in a row.

    Examples
    --------
    >>> from netmodel.network import Hub, Link, Network
    >>> from netmodel.routing import PASSENGER, costs_from_minutes, running_minutes
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abcd"))
    >>> links = tuple(Link(id=a + b, from_hub=a, to_hub=b, length_km=60) for a, b in
    ...               ("ab", "bc", "cd"))
    >>> network = Network(hubs=hubs, links=links)
    >>> router = Router(network, ["a", "d"])
    >>> routes = router.solve(costs_from_minutes(network, running_minutes(network, PASSENGER)))
    >>> RouteTexts(router).between(routes, 0, 1)
    'b;c'
    """

    def __init__(self, router: Router) -> None:
        self._router = router
        self._by_arc = _ArcTexts(router)
        self._routes: Routes | None = None
        self._first = -1
        self._texts: list[str] = []
        self._known: dict[int, tuple[int, int]] = {}

    def between(self, routes: Routes, start: int, end: int) -> str:
        """Return the ids of the hubs that a route passes, both ends left out, joined by ``;``.

        Parameters
        ----------
        routes
            Of this router.
        start, end
            Positions of terminals. Empty where there is no route, or no hub between.
        """
        arcs = routes.arcs_between(start, end)
        if not arcs:
            return ""
        self._begin(routes, int(self._router.kernel.arc_tail[arcs[0]]))
        text = self._write(arcs)
        # Every hub stands behind a mark, and the last one is the end.
        return text[1 : len(text) - len(self._router.terminals[end]) - 1]

    def _begin(self, routes: Routes, first: int) -> None:
        """Forget the texts of routes that start elsewhere."""
        if routes is not self._routes or first != self._first:
            self._routes, self._first = routes, first
            self._texts.clear()
            self._known.clear()

    def _write(self, arcs: list[int]) -> str:
        """Return the text of some arcs from the first node, and remember it."""
        known, by_arc = self._known, self._by_arc.__getitem__
        done = len(arcs) - len(arcs) % STRIDE
        while done and arcs[done - 1] not in known:
            done -= STRIDE
        number, length = known[arcs[done - 1]] if done else (-1, 0)
        pieces = [self._texts[number][:length]] if done else []
        for place in range(done, len(arcs), STRIDE):
            piece = "".join(map(by_arc, arcs[place : place + STRIDE]))
            pieces.append(piece)
            length += len(piece)
            if place + STRIDE <= len(arcs):
                known[arcs[place + STRIDE - 1]] = len(self._texts), length
        text = "".join(pieces)
        self._texts.append(text)
        return text


class _ArcTexts(dict[int, str]):
    """The hubs that each arc passes, its last one included, each behind a mark."""

    def __init__(self, router: Router) -> None:
        super().__init__()
        self._router = router

    def __missing__(self, arc: int) -> str:
        found = self[arc] = "".join(f";{hub}" for hub in self._router.hubs_along([arc]))
        return found
