"""Compresses files (gzip, Zstandard) and digests them (SHA-256): the same content gives the same bytes everywhere, always."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import IO, Final, cast

from zstandard import ZstdCompressor, ZstdDecompressor, ZstdError

from allegata.errors import ReleaseError
from allegata.release.bounds import UNBOUNDED, Bounds
from allegata.release.manifest import FileEntry

#: Name of a list of digests.
CHECKSUMS: Final = "SHA256SUMS"
_GZIP_LEVEL, _ZSTD_LEVEL = 6, 5
#: How many bytes are packed at once; what comes out may depend on it.
_BLOCK: Final = 1 << 20
#: How many times its size a packed file may have when it is unpacked, where that is more than what always may be.
_MOST_GROWTH: Final = 500
_ALWAYS_UNPACKED: Final = 1 << 26
#: How many bytes of a Zstandard frame are unpacked at once: each four of them may stand for 128 KiB.
_PIECE: Final = 512


def gzip_file(source: Path, target: Path) -> None:
    """Compress a file without its name or a time (RFC 1952, section 2.3.1)."""
    with (
        source.open("rb") as plain,
        target.open("wb") as out,
        gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=0, compresslevel=_GZIP_LEVEL) as packed,
    ):
        shutil.copyfileobj(plain, packed, _BLOCK)


def zstandard_file(source: Path, target: Path) -> None:
    """Compress a file as one Zstandard frame that states its content size (RFC 8878, section 3.1.1)."""
    with source.open("rb") as plain, target.open("wb") as out:
        size = source.stat().st_size
        ZstdCompressor(level=_ZSTD_LEVEL).copy_stream(plain, out, size=size, read_size=_BLOCK, write_size=_BLOCK)


def unpacked(data: bytes, name: str, bounds: Bounds = UNBOUNDED) -> bytes:
    """Return the content of a file by the suffix of its name; raise ReleaseError as `blocks` does."""
    return b"".join(blocks(io.BytesIO(data), len(data), name, bounds))


def blocks(file: IO[bytes], size: int, name: str, bounds: Bounds) -> Iterator[bytes]:
    """Yield the content of a file of some size block by block, unpacked by the suffix of its name.

    Raises ReleaseError where it is cut short or damaged, goes beyond bounds, or would grow beyond what statements ever do when
    they are unpacked.
    """
    packing = _UNPACKED.get(PurePath(name).suffix, _plain)
    if not size and packing is not _plain:
        raise ReleaseError(f"{name} is empty.")
    most, total = max(_ALWAYS_UNPACKED, size * _MOST_GROWTH), 0
    try:
        for block in packing(file):
            total += len(block)
            bounds.check_bytes(name, total)
            if total > most:
                raise ReleaseError(f"{name} unpacks to more than {_MOST_GROWTH} times its {size:,} bytes, and is not unpacked.")
            yield block
    except (OSError, EOFError, ZstdError, zlib.error) as error:
        raise ReleaseError(f"{name} cannot be unpacked, it is cut short or damaged: {error}") from None


def _plain(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def _from_gzip(file: IO[bytes]) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as content:
        yield from _plain(cast(IO[bytes], content))


def _from_zstandard(file: IO[bytes]) -> Iterator[bytes]:
    """Unpack one frame, from so few bytes at once that what they unpack to stays small too."""
    frame = ZstdDecompressor().decompressobj()
    while not frame.eof and (piece := file.read(_PIECE)):
        yield frame.decompress(piece)
    if not frame.eof:
        raise EOFError("its end is missing")
    if frame.unused_data or file.read(1):
        raise ZstdError("something follows its end")


_UNPACKED: Final[Mapping[str, Callable[[IO[bytes]], Iterator[bytes]]]] = {".gz": _from_gzip, ".zst": _from_zstandard}


def writers() -> dict[str, str]:
    """Return the versions of what writes bytes: the same content may be packed otherwise by another version of one of them.

    N-Quads, CSV and JSON depend on none; gzip on zlib, .zst on zstandard, Parquet on pyarrow, the order of dumps on pyoxigraph.
    """
    return {
        "block": str(_BLOCK),
        "pyarrow": version("pyarrow"),
        "pyoxigraph": version("pyoxigraph"),
        "sqlite": sqlite3.sqlite_version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "zstandard": version("zstandard"),
    }


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def checksums(files: Mapping[str, FileEntry]) -> bytes:
    """Write digests as `sha256sum --check` reads them (GNU coreutils, section 6.7): digest, two spaces, name."""
    return "".join(f"{entry.sha256}  {name}\n" for name, entry in sorted(files.items())).encode()


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
