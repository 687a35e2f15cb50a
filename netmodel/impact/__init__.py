"""What a state of the railway means: metrics, journeys, waiting, capacity, attribution."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
