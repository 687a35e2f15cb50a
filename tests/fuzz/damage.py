"""Damage to a file, the same for the same seed and number."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

ODD = [
    b"", b",", b";", b"\n", b"\r", b'"', b"'", b"\t", b"\x00", b"\xff", b"\xef\xbb\xbf",
    b"\xe2\x80\xae", b"0", b"-1", b"1e400", b"1e-320", b"nan", b"inf", b"-inf", b"1,5", b"9" * 400,
    b"99999999999", b"[", b"]", b"{", b"}", b"[" * 60, b": ", b"- ", b"&a ", b"*a", b"<<: ",
    b"!!int ", b"!!binary ", b"? ", b"|", b">", b"#", b"%", b"~", b"null", b"true", b"NO",
    b"2025-02-30", b"9999-12-31", b"0001-01-01", b"2025-03-30T02:30", b"Europe", b"\\", b"/", b"..",
    b"=", b"@", b"+", b"<", b"&", b"]]>", b"<!DOCTYPE a>", b"\xd0\x9a\xd0\xb8\xd1\x97\xd0\xb2",
    b"\xed\xa0\x80", b"x" * 300,
]  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_WORD = re.compile(rb"[A-Za-z_]{2,}")
Edit = Callable[[bytearray, random.Random], None]


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _put_byte(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.choice((0, 1, 127, 128, 255, 34, 44, 10))


def _insert(data: bytearray, chance: random.Random) -> None:
    at = chance.randint(0, len(data))
    data[at:at] = chance.choice(ODD)


def _overwrite(data: bytearray, chance: random.Random) -> None:
    token = chance.choice(ODD)
    at = chance.randint(0, len(data))
    data[at : at + len(token)] = token


def _delete(data: bytearray, chance: random.Random) -> None:
    at = chance.randint(0, len(data))
    del data[at : at + chance.choice((1, 2, 9, 40))]


def _copy(data: bytearray, chance: random.Random) -> None:
    start, at = chance.randint(0, len(data)), chance.randint(0, len(data))
    data[at:at] = data[start : start + chance.choice((1, 9, 80))]


def _truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randint(0, len(data)) :]


def _other_number(data: bytearray, chance: random.Random) -> None:
    _replace(data, chance, _NUMBER, [*ODD[12:22], b"3", b"0.5", b"-90", b"181"])


def _other_word(data: bytearray, chance: random.Random) -> None:
    _replace(data, chance, _WORD, _WORD.findall(bytes(data)) + ODD)


def _replace(
    data: bytearray, chance: random.Random, what: re.Pattern[bytes], by: list[bytes]
) -> None:
    found = list(what.finditer(bytes(data)))
    if found:
        one = chance.choice(found)
        data[one.start() : one.end()] = chance.choice(by)


def _lines(data: bytearray, chance: random.Random) -> None:
    lines = bytes(data).split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(one, lines[other])
        case 2:
            del lines[one]
        case _:
            lines[one] = chance.choice((b"  ", b" ", b"\t")) + lines[one]
    data[:] = b"\n".join(lines)


EDITS: tuple[Edit, ...] = (
    _flip, _put_byte, _insert, _insert, _overwrite, _delete, _copy, _truncate,
    _other_number, _other_number, _other_word, _other_word, _lines, _lines,
)  # fmt: skip
BINARY_EDITS: tuple[Edit, ...] = (_flip, _flip, _put_byte, _put_byte, _overwrite, _delete, _copy)


def damage(content: bytes, chance: random.Random, *, binary: bool) -> bytes:
    """Return the content with one to five damages."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        chance.choice(BINARY_EDITS if binary else EDITS)(data, chance)
    return bytes(data)
