"""Figures of runs and networks: each on an axis of your own, or all of a run saved at once."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
