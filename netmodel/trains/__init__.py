"""Published trains: stops, times, days of running, and their course over the links of a network."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
