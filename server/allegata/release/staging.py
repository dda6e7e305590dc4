"""Keeps the place of a site where a release is made: for one build at a time, and free of what builds that were killed left."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import list_files
from allegata.errors import ReleaseError
from allegata.release.site import read_release
from allegata.release.soundness import check_soundness
from allegata.release.tombstone import check_not_withdrawn

_BUILDING: Final = ".building-"
_POINTER: Final = ".current-"
#: What a build takes of a disk at its most: beside what every build takes, bytes for each byte of Turtle in data/.
_ROOM, _ROOM_PER_BYTE = 64 << 20, 64
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def check_room(root: Path, site: Path) -> None:
    """Raise ReleaseError where the disk of a site has less room than a build of a corpus takes at its most, as measured."""
    needed = _ROOM + _ROOM_PER_BYTE * sum(path.stat().st_size for path in list_files(root / "data", ".ttl", below=True))
    place = next(folder for folder in (site.absolute(), *site.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    if free < needed:
        there, wanted = (f"{size / (1 << 30):.1f} GiB" for size in (free, needed))
        told = f"There are {there} free where {site} is, and a build of this corpus takes about {wanted}."
        raise ReleaseError(
            told, remedy="Make room, give a site on another disk by --site, or build with --any-disk all the same."
        )


@contextmanager
def staged(site: Path) -> Iterator[tuple[Path, Path]]:
    """Yield a folder of a site in which a release is made, and one for what it is made from; what is left is gone afterwards.

    So is a site that was made for it, where no release came of it. Raises ReleaseError where another build is writing there.
    """
    site.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(site):
            _clear(site)
            folder, scratch = site / f"{_BUILDING}release", site / f"{_BUILDING}scratch"
            for path in (folder, scratch):  # with the mask of whoever builds, like all that is made in them
                path.mkdir()
            try:
                yield folder, scratch
            finally:
                _clear(site)
    finally:
        with suppress(OSError):  # it holds something
            site.rmdir()


@contextmanager
def _alone(site: Path) -> Iterator[None]:
    """Lock a site, as far as its file system can; the system opens the lock again however the process ends."""
    folder = os.open(site, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                wrong = f"Another build is writing into {site}."
                raise ReleaseError(wrong, remedy="Wait until it has ended, or give a site of its own by --site.") from None
        yield
    finally:
        os.close(folder)


def _clear(site: Path) -> None:
    """Remove what builds leave: what they were making, and pointers that were never moved into place."""
    for path in site.glob(f"{_BUILDING}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in site.glob(f"{_POINTER}*"):
        path.unlink(missing_ok=True)


def put_in_place(made: Path, site: Path, name: str) -> Path:
    """Move a finished release to its place and point to it; return where it is.

    Each is one rename, and what is renamed is on the disk before: after a loss of power the pointer leads to a whole release.
    The same release is left where it is, unless it is damaged there. Raises Gone where it was withdrawn.
    """
    folder = site / "releases" / name
    folder.parent.mkdir(exist_ok=True)
    if not folder.exists():
        _write_out(made)
        made.rename(folder)
        _write_out_entry(folder.parent)
    elif not _is_intact(folder):
        _write_out(made)
        _exchange(made, folder)
        _write_out_entry(folder.parent)
    pointer = site / f"{_POINTER}{os.getpid()}"
    pointer.symlink_to(folder.relative_to(site))
    pointer.replace(site / "current")
    _write_out_entry(site)
    return folder


def _is_intact(folder: Path) -> bool:
    """Return whether a release and its store hold what is listed of them, byte for byte."""
    check_not_withdrawn(folder)
    try:
        release = read_release(folder)
        for name in release.checks.entries:
            release.checks.check(name)
        check_soundness(release)
    except ReleaseError:
        return False
    return True


def _exchange(made: Path, folder: Path) -> None:
    """Let two folders change places, at once where the system can (Linux, renameat2(2), RENAME_EXCHANGE)."""
    with suppress(AttributeError):
        names = (os.fsencode(made), _AT_FDCWD, os.fsencode(folder), _RENAME_EXCHANGE)
        if ctypes.CDLL(None).renameat2(_AT_FDCWD, *names) == 0:
            return
    folder.rename(made.with_name(f"{made.name}-damaged"))
    made.rename(folder)


def _write_out(folder: Path) -> None:
    """Have the system write what a folder holds to the disk: in one go where it can (Linux, syncfs(2)), else file by file."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(opened) == 0:
            return
    except AttributeError:
        pass
    finally:
        os.close(opened)
    for path in (*folder.rglob("*"), folder):
        _write_out_entry(path)


def _write_out_entry(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
