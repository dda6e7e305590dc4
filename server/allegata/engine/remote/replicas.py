"""The engines that hold a release: which of them can be asked, and which are let alone for a while because they failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import Literal

from allegata.engine.remote.answers import Malformed, Rows, read
from allegata.engine.remote.asking import Asked
from allegata.engine.remote.connection import Address, Connection, Unreachable
from allegata.engine.remote.dialects import Dialect, dialect_of
from allegata.engine.remote.names import PUSHED, Loaded, Names, loaded
from allegata.errors import EngineUnavailable

#: Failures in a row after which an engine is let alone, and for how long at first and at most.
FAILURES: Final = 3
_PAUSE, _LONGEST = 1.0, 60.0
#: Rows that every engine has to give at once; what has more is counted.
LEAST_ROWS: Final = 1000
_LOOK_BYTES: Final = 4 << 20
_LOOK_SECONDS: Final = 5.0


class NotThere(Exception):
    """An engine answers, but does not hold the release, or not whole."""


@dataclass
class Replica:
    """One engine: what is known of it, and whether it may be asked (a circuit breaker)."""

    address: Address
    dialect: Dialect | None = None
    loaded: Loaded | None = None
    fault: str = "it was not asked yet"
    _failures: int = 0
    _opens: float = 0.0
    _trial: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        """Return how errors call it."""
        return self.address.name

    def may_be_asked(self) -> bool:
        """Return whether it holds the release and is not let alone; one that was let alone is asked one question first."""
        with self._lock:
            if self.loaded is None or self._trial:
                return False
            if self._failures < FAILURES:
                return True
            if time.monotonic() < self._opens:
                return False
            self._trial = True
            return True

    @property
    def ready(self) -> bool:
        """Return whether it would be asked now."""
        with self._lock:
            return self.loaded is not None and (self._failures < FAILURES or time.monotonic() >= self._opens)

    def worked(self) -> None:
        """Take note of a question that it answered."""
        with self._lock:
            self._failures, self._trial, self.fault = 0, False, ""

    def failed(self, fault: str, *, surely: bool = False) -> None:
        """Take note of a failure; after some in a row, or when it is sure, it is let alone, each time for twice as long."""
        with self._lock:
            self._failures, self._trial, self.fault = self._failures + 1, False, fault
            if surely:
                self._failures = max(self._failures, FAILURES)
            if self._failures >= FAILURES:
                self._opens = time.monotonic() + min(_LONGEST, _PAUSE * 2 ** min(self._failures - FAILURES, 10))

    def released(self) -> None:
        """Take note that a question came to no end that says anything of the engine."""
        with self._lock:
            self._trial = False


class Replicas:
    """The engines behind a service; a thread looks after them."""

    def __init__(self, listed: tuple[Address, ...], names: Names, seconds: float) -> None:
        self.all = tuple(map(Replica, listed))
        self._names, self._seconds = names, seconds
        self._turn = 0
        self._closed = threading.Event()
        self._wake = threading.Event()
        self.look()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="engine-health")
        self._thread.start()

    def candidates(self) -> Iterator[Replica]:
        """Yield the engines that may be asked, each time beginning with another; raise EngineUnavailable where there is none."""
        self._turn += 1
        turned = [self.all[(self._turn + number) % len(self.all)] for number in range(len(self.all))]
        found = False
        for replica in turned:
            if replica.may_be_asked():
                found = True
                yield replica
        if not found:
            raise unavailable(self.all)

    @property
    def ready(self) -> list[Replica]:
        """Return the engines that would be asked now."""
        return [replica for replica in self.all if replica.ready]

    def look(self) -> None:
        """Look at every engine now."""
        for replica in self.all:
            try:
                look(replica, self._names, min(_LOOK_SECONDS, max(1.0, self._seconds)))
                replica.worked()
            except NotThere as error:
                replica.loaded, replica.fault = None, str(error)
            except (Unreachable, Malformed) as error:
                replica.failed(str(error), surely=True)

    def look_soon(self) -> None:
        """Have the engines looked at without waiting for the next time."""
        self._wake.set()

    def _watch(self) -> None:
        while not self._closed.is_set():
            self._wake.wait(self._seconds)
            self._wake.clear()
            if not self._closed.is_set():
                self.look()

    def close(self) -> None:
        """End the looking after."""
        self._closed.set()
        self._wake.set()
        self._thread.join()


def unavailable(replicas: tuple[Replica, ...]) -> EngineUnavailable:
    """Make the error of a service none of whose engines can be asked; it says of each why."""
    told = "; ".join(f"{replica.name}: {replica.fault or 'it failed before'}" for replica in replicas)
    return EngineUnavailable(
        f"No engine can be asked ({told}).",
        remedy="Ask again a little later.",
        engine=" ".join(replica.name for replica in replicas),
        retryAfter=5,
    )


def look(replica: Replica, names: Names, seconds: float) -> None:
    """Ask an engine for the sign of the release, and once for so many rows; raise NotThere, Unreachable or Malformed."""
    found = sign(replica, names, seconds)
    if found is None:
        raise NotThere("it does not hold this release, which `allegata push` loads")
    if found != replica.loaded:
        expected = min(LEAST_ROWS, found.union)
        got = len(ask(replica, f"SELECT * FROM <{names.union}> WHERE {{ ?s ?p ?o }} LIMIT {LEAST_ROWS}", seconds))
        if got != expected:
            raise NotThere(f"it gives {got} rows where {expected} are asked for")
        replica.loaded = found


def sign(replica: Replica, names: Names, seconds: float) -> Loaded | None:
    """Return what an engine says of the release, where it holds it; raise Unreachable or Malformed."""
    rows = ask(replica, f"SELECT ?said FROM <{names.about}> WHERE {{ <{names.root}> <{PUSHED}> ?said }}", seconds)
    return loaded(rows[0][0].value) if len(rows) == 1 and isinstance(rows[0][0], Literal) else None


def ask(replica: Replica, text: str, seconds: float, most: int = _LOOK_BYTES) -> list[tuple[Any, ...]]:
    """Return the rows that an engine gives for a query of ours, up to so many bytes; raise Unreachable or Malformed."""
    connection = Connection(replica.address, seconds)
    try:
        reply = connection.ask(text, most)
        if reply.status != 200:
            raise Unreachable(f"it answers {reply.status}")
        replica.dialect = dialect_of(
            reply.headers.get("Server", ""), set(map(str.lower, reply.headers.keys())), replica.address.kind
        )
        rows = read(reply.stream, Asked(text, "", template=()), {})
        if not isinstance(rows, Rows):
            raise Malformed("it answers another question")
        return list(rows)
    finally:
        connection.close()
