"""Bring your own railway: any source of tracks to a network, with an account of every feature."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
