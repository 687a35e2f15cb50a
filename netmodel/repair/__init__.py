"""The order of repair: given the outages that are there, the sequence that loses least."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
