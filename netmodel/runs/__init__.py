"""A scenario computed: its states, its tables, and further questions to a run."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
