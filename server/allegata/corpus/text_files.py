"""Reads text files: the one way in for Turtle, queries, tables, sheets and the texts of sources."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import IO, Final

from allegata.errors import AnchorError, CorpusSyntaxError, UsageError

#: What some programs write before a text in UTF-8; it is no part of the text (Unicode Standard, section 23.8).
MARK: Final = "\ufeff"
#: How large one file may be.
MOST_BYTES: Final = 1 << 28
#: How a text in another encoding of Unicode begins.
_OTHERS: Final = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
#: What is to be done about a file that cannot be read, by the reason.
_REMEDIES: Final = {
    errno.ENOENT: "Look at its name, and in which folder it is.",
    errno.EACCES: "Let whoever runs this read it.",
    errno.EFBIG: "Divide it.",
}


def read_text(path: Path) -> str:
    """Read a file of text, without a byte order mark before it.

    Raises CorpusSyntaxError with the line that is not UTF-8, UsageError where the file cannot be read.
    """
    return decode(_bytes(path), path)


def decode(data: bytes, name: Path) -> str:
    """Decode a text that comes from a file, or from somewhere with a name; raise CorpusSyntaxError with the line."""
    for start, encoding in _OTHERS:
        if data.startswith(start):
            raise CorpusSyntaxError(name, 1, f"the file is in {encoding}, and every file here is in UTF-8; save it as UTF-8")
    try:
        return data.decode("utf-8").removeprefix(MARK)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CorpusSyntaxError(name, line, "not UTF-8, the encoding of every file here; save it as UTF-8") from None


def read_source(path: Path) -> str:
    """Read the text of a source exactly as distributed, every code point and line end of it, since offsets count them.

    Raises AnchorError where it is not UTF-8, UsageError where it cannot be read.
    """
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise AnchorError(f"{path} is not UTF-8 at byte {error.start}.") from None


def list_files(folder: Path, suffix: str, *, below: bool = False) -> list[Path]:
    """Return the files of a folder, or of all folders below it, whose names end so, sorted; none where there is no folder.

    Raises UsageError where a folder cannot be read, since what is not seen would be missed without a word, and where a
    link leads out of the folder, or to a folder: what is elsewhere would be published, or missed.
    """

    def refuse(error: OSError) -> None:
        raise UsageError(f"{error.filename or folder} cannot be read: {error.strerror or error}.") from None

    if not folder.exists():
        return []
    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        found += [Path(place) / name for name in names if name.endswith(suffix)]
        if below:
            _refuse_links(Path(place), folders)
        else:
            folders.clear()
    _refuse_links_out(folder, found)
    return sorted(found)


def _refuse_links(place: Path, folders: list[str]) -> None:
    for path in (place / name for name in sorted(folders)):
        if path.is_symlink():
            raise UsageError(f"{path} is a link to a folder, which is not followed.", remedy="Put the folder itself there.")


def _refuse_links_out(folder: Path, found: list[Path]) -> None:
    inside = folder.resolve()
    for path in found:
        if path.is_symlink() and inside not in path.resolve().parents:
            raise UsageError(f"{path} is a link that leads out of {folder}.", remedy="Put the file itself there.")


def open_regular(path: Path) -> IO[bytes]:
    """Open a file to read; raise OSError where it cannot be read, or is none: a pipe, which is not waited for, or a device."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return file


def read_regular(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file; raise OSError where it cannot be opened so, or is larger."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise OSError(errno.EFBIG, f"it has {size:,} bytes, and at most {most:,} are read", str(path))
        return file.read(most)


def unreadable(path: Path, error: OSError) -> UsageError:
    """Return the error that says why a file cannot be read, and what to do by the reason."""
    return UsageError(f"{path} cannot be read: {error.strerror}.", remedy=_REMEDIES.get(error.errno or 0))


def _bytes(path: Path) -> bytes:
    try:
        return read_regular(path)
    except (OSError, ValueError) as error:  # a ValueError: a null character in the name
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'there is no such name'}.") from None
