"""Has a running service take over the release that its site points to: requests that came before end on the one before.

Where the release that is served has been withdrawn and none can be taken over, nothing is served: every request is answered 503.
"""

from __future__ import annotations

import gc
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from waitress.parser import HTTPRequestParser

from allegata.errors import AllegataError, NothingServed
from allegata.model.formats import PROBLEM
from allegata.release.handle import Release
from allegata.release.site import current_folder, read_release
from allegata.release.tombstone import check_not_withdrawn, tombstone_of
from allegata.settings import Settings
from allegata.web.http.views import Lifetime
from allegata.web.http.waitress_tasks import BEGUN, Asked, Shortcut

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG: Final = logging.getLogger("allegata.takeover")
#: How often the site is looked at; how long a release that could not be taken over rests at first, and at most.
SECONDS: Final = 0.5
_REST: Final = 10.0
_LONGEST_REST: Final = 300.0
#: After how many seconds a client may ask again where nothing is served.
_AFTER: Final = 5


@dataclass(eq=False)
class Serving:
    """A release with its engine and the application that answers from both; `close` is called when its last answer is out."""

    release: Release
    app: WSGIApplication
    close: Callable[[], None]
    shortcut: Shortcut | None = None
    under_way: int = 0
    is_over: bool = False


class _Asked:
    """A query that was begun without a thread, on what was served then: it is answered from that, and leaves it once."""

    def __init__(self, asked: Asked, serving: Serving, leave: Callable[[Serving], None]) -> None:
        self._asked, self.begun, self.finish = asked, asked.begun, asked.finish
        self.serving = serving
        self._leave: Callable[[Serving], None] | None = leave

    def close(self) -> None:
        """Let go of the query, answered or not."""
        leave, self._leave = self._leave, None
        if leave:
            self._asked.close()
            leave(self.serving)


class Takeover:
    """A WSGI application that passes requests on to what is served now."""

    def __init__(self, settings: Settings, first: Serving, open_release: Callable[[Release], Serving]):
        self._settings, self._now, self._open = settings, first, open_release
        self._lock, self._wake, self._is_ended = threading.Lock(), threading.Event(), False
        self._withdrawn = False
        self._failed: tuple[Path, float, float] | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True, name="takeover")

    def start(self) -> None:
        """Begin to watch the site."""
        self._thread.start()

    def close(self) -> None:
        """End the watch, and what is served."""
        self._is_ended = True
        self._wake.set()
        self._thread.join()
        self._now.close()

    def reload(self) -> None:
        """Look at the site at once, also at a release that could not be taken over a short while ago."""
        self._failed = None
        self._wake.set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request from the release that is current when it comes."""
        if self._withdrawn:
            return _refuse(start_response)
        serving = self._enter(environ.get(BEGUN))
        try:
            answer = serving.app(environ, start_response)
        except BaseException:
            self._leave(serving)
            raise
        if isinstance(answer, environ.get("wsgi.file_wrapper") or ()):  # the server sends a file by itself
            self._leave(serving)
            whole: Iterable[bytes] = answer
            return whole
        return _Answer(answer, lambda: self._leave(serving))

    def _enter(self, asked: _Asked | None = None) -> Serving:
        with self._lock:
            serving = asked.serving if asked else self._now
            serving.under_way += 1
        return serving

    def fits(self, request: HTTPRequestParser) -> bool:
        """Return whether a request may be a small query that no thread has to see to."""
        shortcut = self._now.shortcut
        return shortcut is not None and not self._withdrawn and shortcut.fits(request)

    def known(self, data: bytes, peer: str) -> bytes | None:
        """Return the answer to a request that came before to the byte, where it is kept."""
        shortcut = self._now.shortcut
        return shortcut.known(data, peer) if shortcut and not self._withdrawn else None

    def begin(self, request: HTTPRequestParser, peer: str, is_disconnected: Callable[[], bool]) -> _Asked | None:
        """Begin the query of a request on what is served now; None where a thread has to see to it."""
        serving = self._enter()
        asked = None
        try:
            asked = serving.shortcut.begin(request, peer, is_disconnected) if serving.shortcut else None
        finally:
            if asked is None:
                self._leave(serving)
        return _Asked(asked, serving, self._leave) if asked else None

    def look(self) -> None:
        """Take over the current release of the site, where it is another one than is served."""
        try:
            folder = current_folder(self._settings.site)
            check_not_withdrawn(folder)
            if folder != self._now.release.folder and not self._rests(folder):
                self._take_over(self._attempt(read_release(folder)))
        finally:
            self._withdrawn = tombstone_of(self._now.release.folder) is not None

    def _rests(self, folder: Path) -> bool:
        """Return whether a release could not be taken over a short while ago."""
        return self._failed is not None and self._failed[0] == folder and time.monotonic() < self._failed[1]

    def _attempt(self, release: Release) -> Serving:
        """Open a release; one that cannot be opened is left alone for longer each time, as looking into it takes work."""
        try:
            made = self._open(release)
        except (AllegataError, OSError):
            known = self._failed and self._failed[0] == release.folder
            rest = min(2 * self._failed[2], _LONGEST_REST) if known and self._failed else _REST
            self._failed = release.folder, time.monotonic() + rest, rest
            raise
        self._failed = None
        return made

    def _take_over(self, new: Serving) -> None:
        with self._lock:
            old, self._now = self._now, new
            old.is_over = True
            rests = not old.under_way
        _LOG.info("release %s is served in place of %s", new.release.version, old.release.version)
        if rests:
            old.close()
        del old
        gc.collect()  # an application and its views refer to each other

    def _leave(self, serving: Serving) -> None:
        with self._lock:
            serving.under_way -= 1
            last = serving.is_over and not serving.under_way
        if last:
            threading.Thread(target=serving.close, name="takeover-end").start()  # the client need not wait for it

    def _watch(self) -> None:
        told = ""
        while True:
            self._wake.wait(SECONDS)
            self._wake.clear()
            if self._is_ended:
                return
            try:
                self.look()
            except (AllegataError, OSError) as error:
                if str(error) != told:
                    _LOG.error("the current release cannot be taken over: %s", error)
                told = str(error)


class _Answer:
    """An answer that says when it is out."""

    def __init__(self, chunks: Iterable[bytes], done: Callable[[], None]):
        self._chunks, self._done = chunks, done

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def close(self) -> None:
        """Let go of the answer."""
        try:
            if hasattr(self._chunks, "close"):
                self._chunks.close()
        finally:
            self._done()


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    error = NothingServed(
        "The release that was served here has been withdrawn, and the one after it is not ready.",
        remedy="Ask again a little later.",
        retryAfter=_AFTER,
    )
    body = json.dumps(error.problem()).encode()
    headers = [("Content-Type", PROBLEM.content_type), ("Content-Length", str(len(body))), ("Cache-Control", Lifetime.NONE)]
    start_response(f"{error.status} Service Unavailable", [*headers, ("Retry-After", str(_AFTER))])
    return [body]
