"""The base of every description of a file: a key that it does not know is a mistake."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """A part of a file; frozen, and without further keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
