"""Bounds what is read of a release that nobody vouches for: no links out of its folder, and so many bytes and statements."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allegata.errors import ReleaseError

#: The settings that the bounds are, as a remedy names them.
_BYTES, _STATEMENTS = "ALLEGATA_RELEASE_BYTES", "ALLEGATA_RELEASE_STATEMENTS"
_NO_LINK: Final = "A release holds its files themselves. Fetch it anew, or put the file itself there if it is yours."


@dataclass(frozen=True)
class Bounds:
    """How many bytes a file of a release may have once it is unpacked, and how many statements a release may hold."""

    bytes: int
    statements: int

    def check_bytes(self, name: str, size: int) -> None:
        """Raise ReleaseError, with the setting, where a file has more bytes."""
        if size > self.bytes:
            raise ReleaseError(
                f"{name} unpacks to more than {self.bytes:,} bytes, and is not read.",
                remedy=f"If you trust whoever made the release, set {_BYTES} to more.",
            )

    def check_statements(self, name: str, number: int) -> None:
        """Raise ReleaseError, with the setting, where a file holds more statements."""
        if number > self.statements:
            raise ReleaseError(
                f"{name} holds more than {self.statements:,} statements, and is not read.",
                remedy=f"If you trust whoever made the release, set {_STATEMENTS} to more.",
            )


#: Those of a release of one's own: none.
UNBOUNDED: Final = Bounds(1 << 62, 1 << 62)


def refuse_link(path: Path) -> None:
    """Raise ReleaseError where a path is a link: what it leads to is not of the release."""
    if path.is_symlink():
        raise ReleaseError(f"{path} is a link, and none is followed.", remedy=_NO_LINK, file=path.name)


def refuse_links(folder: Path) -> None:
    """Raise ReleaseError, with its name, where anything in the folder of a release is a link, or neither file nor folder."""
    for entry in _entries(folder):
        if entry.is_symlink():
            refuse_link(Path(entry.path))
        if not (entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)):
            raise ReleaseError(f"{entry.path} is neither a file nor a folder.", remedy=_NO_LINK, file=entry.name)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield all that is in a folder and below it; what cannot be looked into is told by whoever reads it."""
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        yield from entries
        waiting += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
