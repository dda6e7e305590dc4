"""The writer of PNGs: other readers get each pixel back, whatever the runs, and the bytes follow from the pixels alone."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from PIL import Image

from allegata.web.sharing import png as writer
from allegata.web.sharing.png import png

INK = (0x1D, 0x23, 0x27)
CHANCE = random.Random(7)


def read(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as opened:
        opened.load()
        return opened.convert("RGB")


@pytest.mark.parametrize(
    "length", [1, 2, 3, 4, 5, 10, 11, 12, 18, 19, 66, 67, 130, 131, 257, 258, 259, 260, 261, 262, 515, 516, 517, 4000]
)
def test_runs_of_each_length_are_unpacked_by_zlib(length: int) -> None:
    data = b"\x00" * length + b"\xff" + b"\x8f\x90" + b"\x90" * length
    assert zlib.decompress(writer._packed(data)) == data


def test_bytes_without_runs_are_unpacked_by_zlib() -> None:
    data = bytes(range(256)) + CHANCE.randbytes(5000)
    assert zlib.decompress(writer._packed(data)) == data


def test_each_shade_is_read_back_between_the_ink_and_white() -> None:
    made = read(png(16, 1, bytes(left << 4 | left + 1 for left in range(0, 16, 2)), INK))
    shades = [made.getpixel((at, 0)) for at in range(16)]
    assert shades[0] == INK and shades[15] == (255, 255, 255)
    assert len(set(shades)) == 16


def test_a_picture_of_chance_is_read_back() -> None:
    pixels = CHANCE.randbytes(20 * 30 // 2)
    made = read(png(20, 30, pixels, (0, 0, 0)))
    flat = [part for byte in pixels for part in (byte >> 4, byte & 15)]
    assert [made.getpixel((at % 20, at // 20)) for at in range(600)] == [(17 * shade,) * 3 for shade in flat]
