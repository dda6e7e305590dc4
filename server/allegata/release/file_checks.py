"""Opens files of a release only as its manifest lists them: each is digested anew when the file behind its name has changed."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from allegata.corpus.text_files import open_regular
from allegata.errors import Busy, ReleaseError
from allegata.release.manifest import FileEntry

#: Up to how many bytes a file is digested while whoever asks for it waits; a larger one is done beforehand, or asked for again.
AT_ONCE: Final = 64 << 20
_BLOCK: Final = 1 << 20
#: How long ago a file has to have changed for what was found to be kept: two changes within a tick of the clock look like one.
_SETTLED: Final = 1_000_000_000
#: Seconds between two looks at whether files have changed, and the share of its time for which the digesting thread rests.
_ROUND: Final = 30.0
_REST: Final = 3.0

#: What a change of a file changes: device, inode, size, time of content and time of whatever else.
_Look = tuple[int, int, int, int, int]


class _Changed(Exception):
    """A file changed while it was digested."""


class FileChecks:
    """The files of a release in a folder, each with what was found when it was digested, for as long as it stays the same."""

    def __init__(self, folder: Path, version: str, entries: Mapping[str, FileEntry]):
        self._folder, self._version, self.entries = folder, version, entries
        self._found: dict[str, tuple[_Look, str]] = {}
        self._damaged: dict[str, str] = {}
        self._asked: deque[str] = deque()
        self._locks: dict[str, threading.Lock] = {}
        self._wake, self._over = threading.Event(), threading.Event()
        self._tell: Callable[[str], None] | None = None

    @property
    def damaged(self) -> dict[str, str]:
        """Return the files that were found not to be as the manifest says, each with what is wrong."""
        return dict(sorted(self._damaged.items()))

    @property
    def unchecked(self) -> int:
        """Return how many files have not been digested yet."""
        return len(self.entries.keys() - self._found.keys() - self._damaged.keys())

    def lists(self, name: str) -> bool:
        """Return whether the manifest lists a file."""
        return name in self.entries

    def path(self, name: str) -> Path:
        """Return the path of a file that was found to be as the manifest says; see `open`."""
        self.open(name).close()
        return self._folder / name

    def open(self, name: str) -> CheckedFile:
        """Open a file that is as the manifest says.

        Raises ReleaseError with its name where it is not, Busy where it has to be digested first and is too large to wait for.
        """
        stream = self._opened(name)
        try:
            return CheckedFile(stream, name, self._checked(name, stream, at_most=AT_ONCE))
        except BaseException:
            stream.close()
            raise

    def check(self, name: str, rest: float = 0.0) -> None:
        """Digest a file of any size, resting so many times as long as it works; raise ReleaseError where it is damaged."""
        with self._opened(name) as stream:
            self._checked(name, stream, rest=rest)

    def _opened(self, name: str) -> IO[bytes]:
        try:
            return open_regular(self._folder / name)
        except OSError as error:
            wrong = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
            raise self._is_damaged(name, wrong) from None

    def watch(self, tell: Callable[[str], None]) -> None:
        """Digest all files in a thread, and those that change as they do; tell of each that is damaged, once for each change."""
        self._tell = tell
        threading.Thread(target=self._run, daemon=True, name="file-checks").start()

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._over.is_set():
            self._wake.clear()
            for name in self.entries:
                self._see_to(name)
                while self._asked and not self._over.is_set():
                    self._see_to(self._asked.popleft())
                if self._over.is_set():
                    return
            self._wake.wait(_ROUND)

    def _see_to(self, name: str) -> None:
        with suppress(ReleaseError, Busy):
            self.check(name, _REST)

    def _checked(self, name: str, stream: IO[bytes], at_most: int = 0, rest: float = 0.0) -> _Look:
        """Return how a file looks that agrees with the manifest."""
        look = _look(stream)
        if wrong := self.entries[name].departure(look[2]):
            raise self._is_damaged(name, wrong)
        known = self._found.get(name)
        if known is None or known[0] != look:
            if at_most and self._tell and look[2] > at_most:
                raise self._comes_later(name)
            known = self._digested(name, stream, look, rest)
        if wrong := self.entries[name].departure(look[2], known[1]):
            raise self._is_damaged(name, wrong)
        self._damaged.pop(name, None)
        return look

    def _digested(self, name: str, stream: IO[bytes], look: _Look, rest: float) -> tuple[_Look, str]:
        """Digest a file that is open, once for all who wait for it, and keep what was found where the file has come to rest."""
        with self._locks.setdefault(name, threading.Lock()):
            known = self._found.get(name)
            if known and known[0] == look:  # it was done while this one waited
                return known
            recent = abs(time.time_ns() - max(look[3:])) < _SETTLED
            try:
                found = look, _digest(stream, look, rest)
            except _Changed:
                raise Busy(f"{name} of release {self._version} is being written.", remedy="Ask again.", retryAfter=1) from None
            except OSError as error:
                raise self._is_damaged(name, f"cannot be read: {error.strerror}") from None
            if not recent:
                self._found[name] = found
            return found

    def _comes_later(self, name: str) -> Busy:
        self._asked.append(name)
        self._wake.set()
        seconds = 1 + self.entries[name].bytes // (100 << 20)
        wrong = f"{name} of release {self._version} is compared with its digest before it is sent."
        return Busy(wrong, remedy="Ask again a little later.", retryAfter=seconds)

    def _is_damaged(self, name: str, wrong: str) -> ReleaseError:
        before, self._damaged[name] = self._damaged.get(name), f"{name} of release {self._version} {wrong}."
        if self._tell and before != self._damaged[name]:
            self._tell(self._damaged[name])
        remedy = "The operator has to build or copy the release anew."
        return ReleaseError(self._damaged[name], remedy=remedy, file=name, release=self._version)


class CheckedFile:
    """An open file that agrees with the manifest, and is read only for as long as it does not change."""

    def __init__(self, stream: IO[bytes], name: str, look: _Look):
        self._stream, self._name, self._look_then = stream, name, look
        self.size = look[2]

    def blocks(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes from one to another and close the file; raise OSError, in the place of any further, once it changes."""
        with self._stream:
            self._stream.seek(first)
            left = last - first + 1
            while left > 0:
                block = self._stream.read(min(_BLOCK, left))
                if not block or _look(self._stream) != self._look_then:
                    raise OSError(f"{self._name} was changed while it was sent")
                left -= len(block)
                yield block

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def _look(stream: IO[bytes]) -> _Look:
    found = os.fstat(stream.fileno())
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _digest(stream: IO[bytes], look: _Look, rest: float) -> str:
    """Return the SHA-256 of an open file; raise _Changed where it looks otherwise afterwards."""
    digest = hashlib.sha256()
    stream.seek(0)
    while True:
        began = time.monotonic()
        block = stream.read(_BLOCK)
        if not block:
            break
        digest.update(block)
        # A thread of low priority would hold the interpreter's lock while it waits for its turn: resting hinders nobody.
        time.sleep(rest * (time.monotonic() - began))
    if _look(stream) != look:
        raise _Changed
    return digest.hexdigest()
