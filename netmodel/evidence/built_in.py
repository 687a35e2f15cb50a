"""The incidents that come with netmodel, with the documents that report them."""

from __future__ import annotations

from functools import cache

from netmodel.evidence.files import read_catalogue
from netmodel.evidence.model import Catalogue
from netmodel.shipped import documents_file, incident_files


@cache
def built_in_catalogue() -> Catalogue:
    """Return the built-in catalogue.

    It is read once and shared; a catalogue is never changed.

    Examples
    --------
    >>> built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"].effect
    'closed'
    """
    return read_catalogue((documents_file(), *incident_files()))
