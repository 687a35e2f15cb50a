"""How many routes between two hubs share no link: a maximum flow of one train a link."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network


def count_disjoint_routes(
    network: Network, usable: NDArray[np.bool_], pairs: Sequence[tuple[str, str]]
) -> NDArray[np.int64]:
    """Return the number of link-disjoint routes between hubs, shape ``(pairs,)``.

    By the theorem of Menger (1927, doi:10.4064/fm-10-1-96-115) it is the greatest flow where
    every link carries one. Parallel links count each; reversals and gauges are not looked at.

    Parameters
    ----------
    usable
        Whether each link may be used, shape ``(links,)``.
    pairs
        Ids of two different hubs each.

    Returns
    -------
    ndarray
        0 where there is no route.

    Raises
    ------
    UnknownNameError
        If an id is no hub of the network.
    ValueError
        If both hubs of a pair are the same.

    Examples
    --------
    >>> from netmodel.network.model import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=0, lat=0) for i in "abc")
    >>> links = tuple(Link(id=f"{n}", from_hub=a, to_hub=b, length_km=1)
    ...               for n, (a, b) in enumerate(["ab", "ab", "bc"]))
    >>> network = Network(hubs=hubs, links=links)
    >>> count_disjoint_routes(network, np.ones(3, bool), [("a", "b"), ("a", "c")]).tolist()
    [2, 1]
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    positions = [(network.hub_index[network.hub(a).id], network.hub_index[network.hub(b).id])
                 for a, b in pairs]  # fmt: skip
    if any(one == other for one, other in positions):
        raise ValueError("a pair needs two different hubs")
    ends = network.link_ends[usable]
    both = np.fromiter(
        (link.direction == "both" for link in network.links), dtype=bool, count=len(usable)
    )[usable]
    tails = np.concatenate([ends[:, 0], ends[both, 1]])
    heads = np.concatenate([ends[:, 1], ends[both, 0]])
    size = len(network.hubs)
    # Entries of parallel links add up to their number, which is their common capacity.
    graph = csr_array((np.ones(len(tails), dtype=np.int32), (tails, heads)), shape=(size, size))
    return np.array(
        [maximum_flow(graph, one, other).flow_value for one, other in positions], dtype=np.int64
    )
