"""The railway that comes with netmodel."""

from __future__ import annotations

from functools import cache

from netmodel.network.model import Network
from netmodel.network.tables import read_network
from netmodel.shipped import BUILT_IN, network_folder


@cache
def built_in_network() -> Network:
    """Return the built-in railway: that of Ukraine with Crimea, and its neighbours.

    It is read once and shared; a network is never changed.

    Examples
    --------
    >>> built_in_network().hub("simferopol").name
    'Simferopol'
    """
    return read_network(network_folder(), name=BUILT_IN)
