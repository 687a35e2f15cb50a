"""What tests give workers to do; a worker imports this and little else, to start at once."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def add(work: int, item: int) -> int:
    return work + item


def end_hard_once(folder: str, item: int) -> tuple[int, int]:
    """End this process the first time that the last item is met."""
    mark = Path(folder) / "ended"
    if item == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item, os.getpid()


def end_hard(_work: object, item: int) -> None:
    if item:
        os.kill(os.getpid(), signal.SIGKILL)


def fail(_work: object, item: Exception) -> None:
    raise item
