"""Takes a long answer off its worker's hands: the worker is free when it is done, however slowly the client reads."""

from __future__ import annotations

import errno
import io
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from allegata.engine.pool import protocol
from allegata.engine.pool.unread import Held
from allegata.errors import QueryFailed, RequestError

Source = Callable[[], protocol.Frame | None]
Done = Callable[[protocol.Frame | None], RequestError | None]

_CHUNK: Final = protocol.BLOCK_BYTES


class Spool(Iterator[bytes]):
    """An answer that is written to a temporary file by a thread of its own and read as an iterator at the same time.

    `done` is called once with the last frame (None: the worker is gone) and gives the error with which the stream breaks.
    An answer that is cut at its limit breaks with `cut`, unless `settle` gave that to know before anything was read. Its
    bytes are counted in `held`, which may raise, until it is closed; `charge` takes the processor time that it took.
    """

    def __init__(
        self,
        first: protocol.Frame,
        source: Source,
        done: Done,
        cancel: Callable[[], None],
        *,
        cut: RequestError,
        held: Held,
        charge: Callable[[float], object],
    ) -> None:
        self._charge = charge
        self._held, self._is_held = held, True
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as the spool
        self._more = threading.Condition()
        self._written = 0
        self._read = 0
        self._over = False
        self._closed = False
        self._error: RequestError | None = None
        self._streams = False
        self._cancel = cancel
        self._cut = cut
        self.truncated = False
        self._append(first.data)
        threading.Thread(target=self._drain, args=(source, done), daemon=True, name="spool").start()

    def _drain(self, source: Source, done: Done) -> None:
        frame = source()
        while frame and frame.kind == protocol.BLOCK:
            self._append(frame.data)
            frame = source()
        self._charge(time.thread_time())
        ended = done(frame)
        with self._more:
            if frame and frame.kind == protocol.END:
                ended = self._finish(frame)
            self._over, self._error = True, self._error or ended
            self._more.notify_all()

    def _finish(self, last: protocol.Frame) -> RequestError | None:
        """Add the end of the answer; an end that was cut only where it can still be said in the head of the response."""
        self.truncated = last.truncated
        if last.truncated and self._streams:
            return self._cut
        self._append(last.data)
        return None

    def settle(self, seconds: float | None) -> int | None:
        """Wait for the end of the answer for so long (None: for all of it) and give its length; raise its error.

        None says that it will be a stream.
        """
        with self._more:
            if not self._more.wait_for(lambda: self._over, seconds):
                self._streams = True
                return None
        if self._error:
            self.close()
            raise self._error
        return self._written

    def _append(self, data: bytes) -> None:
        with self._more:
            if self._closed or self._error:
                return
            try:
                self._held.add(len(data))
                if self._file.write(data) != len(data):
                    raise OSError(errno.ENOSPC, "not all of it was written")
                self._written += len(data)
            except RequestError as error:
                self._error = error
            except OSError:
                self._error = QueryFailed("There is no room for the answer.", remedy="Add LIMIT, or ask again later.")
            self._more.notify_all()
        if self._error:
            self._cancel()

    def add(self, size: int) -> None:
        """Count bytes of a further file with the answer; raise as `Unread.add` does."""
        self._held.add(size)

    def when_ended(self, call: Callable[[], None]) -> None:
        """Have something be called where the answer is ended because others are in need of the room."""
        self._held.when_ended(call)

    def file(self) -> io.FileIO:
        """Return the whole answer, once it is there, as a file of its own, which this gives up; its bytes count until `close`."""
        with self._more:
            found = self._held.open(self._file.fileno())
            self._closed = True
            self._file.close()
        return found

    def __next__(self) -> bytes:
        with self._more:
            self._more.wait_for(lambda: self._read < self._written or self._over or self._closed)
            if self._closed:
                raise StopIteration
            self._held.check()
            if self._read == self._written:
                self._closed = True
                self._file.close()
                raise self._error or StopIteration
            chunk = os.pread(self._file.fileno(), min(_CHUNK, self._written - self._read), self._read)
            self._read += len(chunk)
            return chunk

    def close(self) -> None:
        """Let go of the answer; where the worker is still at it, it is ended."""
        with self._more:
            over, self._closed = self._over, True
            self._file.close()
            is_held, self._is_held = self._is_held, False
            self._more.notify_all()
        if is_held:
            self._held.close()
        if not over:
            self._cancel()

    def __del__(self) -> None:
        if "_over" in vars(self):  # there was room for a file
            self.close()
