"""Packing: the same bytes for the same content, and a file that is cut short or damaged is named."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from zstandard import ZstdCompressor

from allegata.errors import ReleaseError
from allegata.release.digests import file_hash, gzip_file, sha256, unpacked, zstandard_file
from masters import packed

Pack = Callable[[Path, Path], None]
DATA = b"".join(b"<urn:a> <urn:b> <urn:c%d> .\n" % number for number in range(5000))


@pytest.mark.parametrize(("pack", "name"), [(gzip_file, "x.nt.gz"), (zstandard_file, "x.nt.zst")])
def test_what_is_packed_is_unpacked(pack: Pack, name: str) -> None:
    found = packed(DATA, pack)
    assert len(found) < len(DATA) / 4
    assert found == packed(DATA, pack)
    assert unpacked(found, name) == DATA
    assert unpacked(DATA, "x.nt") == DATA


def test_gzip_carries_neither_name_nor_time() -> None:
    found = packed(DATA)
    assert found[3] == 0 and found[4:8] == b"\0\0\0\0"
    assert gzip.decompress(found) == DATA


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_791, 65_792, 70_000])
def test_zstandard_frames_of_every_header_are_read(size: int) -> None:
    assert unpacked(packed(bytes(size), zstandard_file), "x.zst") == bytes(size)


@pytest.mark.parametrize(("program", "suffix", "pack"), [("gzip", "gz", gzip_file), ("zstd", "zst", zstandard_file)])
def test_the_usual_programs_unpack_it(tmp_path: Path, program: str, suffix: str, pack: Pack) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    path = tmp_path / f"x.nt.{suffix}"
    path.write_bytes(packed(DATA, pack))
    assert subprocess.run([program, "-dc", str(path)], check=True, capture_output=True).stdout == DATA


@pytest.mark.parametrize(("pack", "name"), [(gzip_file, "x.nt.gz"), (zstandard_file, "x.nt.zst")])
@pytest.mark.parametrize("cut", [0, 3, 10, 40, -1, -8])
def test_a_file_cut_short_is_named(pack: Pack, name: str, cut: int) -> None:
    found = packed(DATA, pack)
    with pytest.raises(ReleaseError, match=r"x\.nt"):
        unpacked(found[:cut], name)


def test_hashes_of_bytes_and_files_agree(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    # The example of FIPS 180-4, appendix B.1.
    assert file_hash(tmp_path / "f") == sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, ZstdCompressor().compress, ZstdCompressor(write_content_size=False).compress],
    ids=["gz", "zst", "unsized"],
)
def test_what_grows_beyond_reason_is_not_unpacked(pack: Callable[[bytes], bytes]) -> None:
    name = "x.gz" if pack is gzip.compress else "x.zst"
    with pytest.raises(ReleaseError, match=r"500 times|cannot be unpacked"):
        unpacked(pack(bytes(1 << 27)), name)
    assert unpacked(pack(bytes(1 << 25)), name) == bytes(1 << 25)
