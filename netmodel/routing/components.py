"""Components: which hubs hang together when only some links are usable."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network


def label_components(network: Network, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the component of each hub when only some links are usable, shape ``(hubs,)``.

    Components are numbered by their first hub.

    Examples
    --------
    >>> from netmodel.network.model import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=0, lat=0) for i in "abc")
    >>> network = Network(hubs=hubs,
    ...                   links=(Link(id="ab", from_hub="a", to_hub="b", length_km=1),))
    >>> label_components(network, np.array([True])).tolist()
    [0, 0, 1]
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ends = network.link_ends[usable]
    size = len(network.hubs)
    graph = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    return np.asarray(labels, dtype=np.int64)
