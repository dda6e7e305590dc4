"""Packing: the same bytes for the same content, and a file that is cut short or damaged is named."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from allegata.errors import ReleaseError
from allegata.release.digests import file_hash, gzipped, sha256, unpacked, zstandard

DATA = b"".join(b"<urn:a> <urn:b> <urn:c%d> .\n" % number for number in range(5000))


@pytest.mark.parametrize(("pack", "name"), [(gzipped, "x.nt.gz"), (zstandard, "x.nt.zst")])
def test_what_is_packed_is_unpacked(pack: object, name: str) -> None:
    packed = pack(DATA)  # type: ignore[operator]
    assert len(packed) < len(DATA) / 4
    assert packed == pack(DATA)  # type: ignore[operator]
    assert unpacked(packed, name) == DATA
    assert unpacked(DATA, "x.nt") == DATA


def test_gzip_carries_neither_name_nor_time() -> None:
    packed = gzipped(DATA)
    assert packed[3] == 0 and packed[4:8] == b"\0\0\0\0"
    assert gzip.decompress(packed) == DATA


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_791, 65_792, 70_000])
def test_zstandard_frames_of_every_header_are_read(size: int) -> None:
    assert unpacked(zstandard(bytes(size)), "x.zst") == bytes(size)


@pytest.mark.parametrize(("program", "suffix", "pack"), [("gzip", "gz", gzipped), ("zstd", "zst", zstandard)])
def test_the_usual_programs_unpack_it(tmp_path: Path, program: str, suffix: str, pack: object) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    path = tmp_path / f"x.nt.{suffix}"
    path.write_bytes(pack(DATA))  # type: ignore[operator]
    assert subprocess.run([program, "-dc", str(path)], check=True, capture_output=True).stdout == DATA


@pytest.mark.parametrize(("pack", "name"), [(gzipped, "x.nt.gz"), (zstandard, "x.nt.zst")])
@pytest.mark.parametrize("cut", [0, 3, 10, 40, -1, -8])
def test_a_file_cut_short_is_named(pack: object, name: str, cut: int) -> None:
    packed = pack(DATA)  # type: ignore[operator]
    with pytest.raises(ReleaseError, match=r"x\.nt"):
        unpacked(packed[:cut], name)


def test_hashes_of_bytes_and_files_agree(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    # The example of FIPS 180-4, appendix B.1.
    assert file_hash(tmp_path / "f") == sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
