"""What a target of fuzzing is: sound inputs, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Read = Callable[[Path], object]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A reader.

    Parameters
    ----------
    make
        Writes sound inputs into a folder and returns those that are to be damaged.
    read
        Reads what lies in the folder; an error of netmodel is an answer, any other a finding.
    part
        Where reading the whole takes long: reads the damaged file as the whole does, without what
        lies beside it. Nine of ten inputs are read so, and every tenth as a whole.
    binary
        Whether the inputs are not text.
    """

    make: Callable[[Path], list[Path]]
    read: Read
    part: Callable[[Path, Path], object] | None = None
    binary: bool = False


def one_file(name: str, content: str) -> Callable[[Path], list[Path]]:
    """Return what writes a single file."""

    def make(folder: Path) -> list[Path]:
        path = folder / name
        path.write_text(content, encoding="utf-8")
        return [path]

    return make
