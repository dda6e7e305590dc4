"""Writes a picture in sixteen greys as a PNG whose bytes follow from the pixels alone, whatever library packs elsewhere."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from allegata.budget import paced

#: A byte with all that repeat it.
_RUN: Final = re.compile(rb"(?s)(.)\1*")
#: The longest repetition that one code says (RFC 1951, section 3.2.5), and the shortest.
_LONGEST, _SHORTEST = 258, 3


def _literals() -> Iterator[str]:
    """Yield the fixed code of each byte (RFC 1951, section 3.2.6)."""
    yield from (f"{0x30 + value:08b}" for value in range(144))
    yield from (f"{0x190 + value:09b}" for value in range(112))


def _repeats() -> Iterator[str]:
    """Yield the fixed code for each number of repetitions of the last byte, from three on: length, extra bits, distance one."""
    number = _SHORTEST
    for code in range(28):
        bits = 0 if code < 8 else code // 4 - 1
        name = f"{code + 1:07b}" if code < 23 else f"{0xC0 + code - 23:08b}"
        for extra in range(1 << bits):
            if number < _LONGEST:
                yield name + (f"{extra:0{bits}b}"[::-1] if bits else "") + "00000"
            number += 1
    yield f"{0xC5:08b}" + "00000"


_LITERAL: Final = tuple(_literals())
_REPEAT: Final = ("",) * _SHORTEST + tuple(_repeats())


def png(width: int, height: int, pixels: bytes, darkest: tuple[int, int, int]) -> bytes:
    """Return a PNG (ISO/IEC 15948) of pixels of four bits, an even number a row: shades from a colour to white."""
    row = width // 2
    rows = b"".join(b"\0" + pixels[at : at + row] for at in range(0, row * height, row))
    shades = bytes(round(dark + (255 - dark) * step / 15) for step in range(16) for dark in darkest)
    head = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", shades), (b"IDAT", _packed(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _packed(data: bytes) -> bytes:
    """Pack by runs of one byte and the fixed codes, in one block (RFC 1950 and 1951)."""
    codes = ["110"]  # the last block, fixed codes: each number lowest bit first
    for run in paced(_RUN.finditer(data)):
        literal, rest = _LITERAL[run[1][0]], run.end() - run.start() - 1
        longest, rest = divmod(rest, _LONGEST)
        codes.append(literal + _REPEAT[_LONGEST] * longest + (_REPEAT[rest] if rest >= _SHORTEST else literal * rest))
    codes.append("0000000")
    bits = "".join(codes)
    body = int(bits[::-1], 2).to_bytes((len(bits) + 7) // 8, "little")
    return b"\x78\x01" + body + struct.pack(">I", zlib.adler32(data))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
