"""Compiled templates, kept where the interpreter keeps compiled modules.

Compiling the page's template takes longer than filling it in. What Jinja makes of it is code, so it
lies where the code of a module lies, is trusted as that is, and is never put among a user's files:
in ``__pycache__`` beside the module, or below ``PYTHONPYCACHEPREFIX``. Where the interpreter writes
no compiled modules, or may not write there, nothing is kept.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

_SEAL_BYTES = 32


class CompiledBeside(BytecodeCache):
    """Keeps the compiled templates of a module.

    Parameters
    ----------
    module
        Its file. Its templates are compiled with the same options every time.
    """

    def __init__(self, module: Path) -> None:
        self._module = module

    def get_source_checksum(self, source: str) -> str:
        """Return what a compiled template depends on: text, Jinja, Python, and the module."""
        with suppress(OSError):
            source += self._module.read_text(encoding="utf-8")
        return hashlib.sha256(f"{jinja2.__version__} {sys.version}\n{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template; one of another text, or damaged, is left alone."""
        with suppress(OSError):
            content = self._place(bucket).read_bytes()
            seal, packed = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
            if seal == _seal(bucket, packed):
                bucket.code = marshal.loads(packed)  # noqa: S302 (as Python does)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, whole or not at all."""
        if sys.dont_write_bytecode:
            return
        place = self._place(bucket)
        partial = place.with_name(f"{place.name}.{os.getpid()}")
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            packed = marshal.dumps(bucket.code)
            partial.write_bytes(_seal(bucket, packed) + packed)
            partial.replace(place)
        with suppress(OSError):
            partial.unlink(missing_ok=True)

    def _place(self, bucket: Bucket) -> Path:
        compiled = Path(cache_from_source(str(self._module)))
        return compiled.with_name(f"{compiled.stem}.{bucket.key[:16]}.template")


def _seal(bucket: Bucket, packed: bytes) -> bytes:
    return hashlib.sha256(bucket.checksum.encode() + packed).digest()
