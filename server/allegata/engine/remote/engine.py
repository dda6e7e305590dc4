"""The engine that is a SPARQL endpoint somewhere else, or several that hold the same release, asked within our limits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from allegata.engine.cache import AnswerCache
from allegata.engine.pool import protocol
from allegata.engine.pool.long_answers import LongAnswers
from allegata.engine.query import Answer, Query
from allegata.engine.remote.connection import addresses
from allegata.engine.remote.conversation import About, Conversation
from allegata.engine.remote.engine_store import EngineStore
from allegata.engine.remote.names import names
from allegata.engine.remote.patterns import Patterns
from allegata.engine.remote.places import Places
from allegata.engine.remote.refusals import Questions
from allegata.engine.remote.replicas import Replicas
from allegata.errors import Abandoned, QueryFailed, RequestError
from allegata.release.manifest import read_manifest
from allegata.settings import Settings

_TICK: Final = 0.02


class RemoteEngine:
    """An engine behind which stand others; what they cannot be made to keep, `docs/engines.md` says."""

    order = ""

    def __init__(self, release: Path, settings: Settings) -> None:
        """Look at the engines of the settings; raise UsageError for an address that is none. None of them has to answer yet."""
        self._settings = settings
        self.about = About(names(read_manifest(release)), Questions(release))
        self._cache = AnswerCache(settings.cache_bytes)
        self._long = LongAnswers(settings)
        self._places = Places(settings)
        self._under_way: set[Conversation] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.replicas = Replicas(addresses(settings.engine), self.about.names, settings.engine_health)
        #: The statements of the release, for pages that have no other store.
        self.statements = EngineStore(Patterns(self.replicas, self.about.names, settings), self.about.names.graphs)
        self._clock = threading.Thread(target=self._run_clock, daemon=True, name="engine-clock")
        self._clock.start()

    def answer(self, query: Query) -> Answer:
        """Answer a query; see the package's `Engine`."""
        known = self._cache.get(query)
        if known is not None:
            return Answer(query.format, iter((known,)), len(known), engine=self.kinds)
        self._long.come(query.client)
        limit = min(self._settings.query_timeout, query.timeout or self._settings.query_timeout)
        give_back = self._places.take(query, time.monotonic() + limit)
        talk = Conversation(query, self.replicas, self.about, self._settings, limit)
        with self._lock:
            self._under_way.add(talk)
        if self._closed.is_set():
            talk.abort(QueryFailed("The service ends."))
        talk.start()
        return self._first(query, talk, give_back)

    def _first(self, query: Query, talk: Conversation, give_back: Callable[[], None]) -> Answer:
        """Answer by the first frame, which makes the status certain."""

        def done(last: protocol.Frame | None) -> RequestError | None:
            with self._lock:
                self._under_way.discard(talk)
            give_back()
            return protocol.unpack_error(last.data) if last and last.kind == protocol.FAILURE else None

        frame = talk.frames.read()
        if frame is None or frame.kind != protocol.BLOCK:
            error = done(frame)
            if error or frame is None:
                raise error or QueryFailed("The query failed.")
            if not frame.truncated:
                self._cache.put(query, frame.data)
            return Answer(query.format, iter((frame.data,)), len(frame.data), frame.truncated, engine=self.kinds)
        gone = Abandoned("Nobody waits for the answer any more.")
        try:
            spool = self._long.spool(query.client, frame, talk.frames.read, done, lambda: talk.abort(gone))
        except RequestError:
            talk.abort(gone)
            while frame and frame.kind == protocol.BLOCK:
                frame = talk.frames.read()
            done(None)
            raise
        length = spool.settle(None if query.whole else self._settings.result_hold)
        if length is None:
            return Answer(query.format, spool, engine=self.kinds, unread=spool)
        return Answer(query.format, spool, length, spool.truncated, spool.file, engine=self.kinds, unread=spool)

    @property
    def kinds(self) -> str:
        """Return the kinds of the engines, as far as they are known."""
        return ", ".join(sorted({replica.dialect.name for replica in self.replicas.all if replica.dialect}))

    def _run_clock(self) -> None:
        """End what takes too long, and what nobody waits for."""
        while not self._closed.wait(_TICK):
            with self._lock:
                under_way = list(self._under_way)
            for talk in under_way:
                if time.monotonic() >= talk.end:
                    talk.abort()
                elif talk.query.is_disconnected and talk.query.is_disconnected():
                    talk.abort(Abandoned("Nobody waits for the answer any more."))

    def figures(self) -> dict[str, int]:
        """Return the number of queries in each place, of engines that can be asked and of those that cannot, of answers kept."""
        ready = len(self.replicas.ready)
        return {
            **self._places.figures(),
            "ready": ready,
            "failed": len(self.replicas.all) - ready,
            "kept": self._cache.count,
            "unread": self._long.unread,
        }

    def healthy(self) -> bool:
        """Return whether one of the engines would be asked now."""
        return not self._closed.is_set() and bool(self.replicas.ready)

    def close(self) -> None:
        """End what is under way and the looking after."""
        if self._closed.is_set():
            return
        self._closed.set()
        with self._lock:
            under_way = list(self._under_way)
        for talk in under_way:
            talk.abort(QueryFailed("The service ends."))
        self.replicas.close()
        self._clock.join()
