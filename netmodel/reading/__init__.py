"""From articles and tables to incidents: what was read, its words, and an account of the rest."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
