"""The base of every description of a file: a key that it does not know is a mistake."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """A part of a file; frozen, and without further keys."""

    # What checks a part is built with the whole file that is checked, and once for all.
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)
