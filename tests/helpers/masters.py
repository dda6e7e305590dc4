"""Master lines in a file as a build has them, and packed as a release has them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from allegata.corpus.quad_file import QuadFile
from allegata.release.digests import gzip_file


def master_file(folder: Path, lines: Iterable[str]) -> QuadFile:
    """Write sorted lines into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    return QuadFile.merge(folder / "master.nq", (f"{line}\n".encode() for line in lines))


def packed(data: bytes, pack: Callable[[Path, Path], None] = gzip_file) -> bytes:
    """Pack bytes as a file is packed."""
    with tempfile.TemporaryDirectory() as folder:
        plain, target = Path(folder) / "plain", Path(folder) / "packed"
        plain.write_bytes(data)
        pack(plain, target)
        return target.read_bytes()
