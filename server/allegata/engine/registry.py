"""Answers queries on any release: opens a few engines on earlier ones when they are asked for, and asks other endpoints."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from allegata.domain.search import Search
from allegata.engine import Answer, Engine, Query, open_engine
from allegata.engine.federation.federation import Federation
from allegata.engine.text_search import asks_for_words, with_words_found
from allegata.errors import Busy
from allegata.release.handle import Release
from allegata.settings import Settings


@dataclass
class _Open:
    engine: Engine
    users: int = 0


class _BorrowedAnswer:
    """The chunks of an answer, with word to the engine's owner when nobody needs them any longer."""

    def __init__(self, answer: Answer, done: Callable[[], None]):
        self._answer = answer
        self._done: Callable[[], None] | None = done

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.chunks

    def __next__(self) -> bytes:
        return next(self._answer.chunks)

    def close(self) -> None:
        """Let go of the answer, once."""
        done, self._done = self._done, None
        if done:
            self._answer.close()
            done()


@dataclass
class Engines:
    """Engines by release, and the endpoints that SERVICE may ask; the current release's engine is somebody else's to close."""

    settings: Settings
    current: Release
    engine: Engine
    _open: OrderedDict[Path, _Open] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    federation: Federation = field(init=False)

    def __post_init__(self) -> None:
        """Read the list of endpoints; raise UsageError where it is malformed."""
        self.federation = Federation(self.settings)

    def answer(self, release: Release, query: Query) -> Answer:
        """Answer a query on a release; raise Busy where every engine that may be open is working on another release."""
        if asks_for_words(query.text):
            query = with_words_found(query, Search(release.folder), self.settings)
        if query.inspected.services:
            return self.federation.answer(query, lambda part: self._answer(release, part))
        return self._answer(release, query)

    def order(self, release: Release) -> str:
        """Return a word for the order in which rows without ORDER BY come from a release; see `Engine`."""
        return self.engine.order if release is self.current else ""

    def _answer(self, release: Release, query: Query) -> Answer:
        if release is self.current:
            return self.engine.answer(query)
        opened = self._take(release)
        try:
            answer = opened.engine.answer(query)
        except BaseException:
            self._give_back(opened)
            raise
        return replace(answer, chunks=_BorrowedAnswer(answer, lambda: self._give_back(opened)))

    def _take(self, release: Release) -> _Open:
        with self._lock:
            opened = self._open.get(release.folder)
            if opened is None:
                self._make_room()
                opened = self._open[release.folder] = _Open(open_engine(release.folder, self.settings))
            self._open.move_to_end(release.folder)
            opened.users += 1
            return opened

    def _make_room(self) -> None:
        while len(self._open) >= self.settings.release_engines:
            resting = next((folder for folder, opened in self._open.items() if not opened.users), None)
            if resting is None:
                raise Busy("Too many earlier releases are asked at once.", remedy="Ask again a little later.", retryAfter=5)
            self._open.pop(resting).engine.close()

    def _give_back(self, opened: _Open) -> None:
        with self._lock:
            opened.users -= 1

    def close(self) -> None:
        """End the engines of the earlier releases."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].engine.close()
