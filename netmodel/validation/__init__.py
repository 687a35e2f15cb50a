"""The model against reports: timetables, detours and waiting that documents give."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
