"""One query on its way: asks an engine, or another where that fails before anything was sent on, and writes what comes of it."""

from __future__ import annotations

import io
import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import QueryBoolean

from allegata.engine.cache import repeatable
from allegata.engine.pool import protocol
from allegata.engine.pool.worker import Blocks
from allegata.engine.pool.writing import Guard, OutputLimitReached, bare, write, write_graph
from allegata.engine.query import Query
from allegata.engine.remote.answers import Malformed, Rows, read, solutions, triples
from allegata.engine.remote.asking import Asked, asking
from allegata.engine.remote.connection import Connection, Reply, Unreachable
from allegata.engine.remote.names import Names
from allegata.engine.remote.refusals import Questions
from allegata.engine.remote.replicas import LEAST_ROWS, Replica, Replicas
from allegata.errors import BadRequest, Busy, EngineFailed, EngineTimeout, QueryFailed, RequestError
from allegata.model.formats import RDF_XML, XML_RESULTS
from allegata.settings import Settings

#: How much longer an engine's rows may be than what is written of them.
_LENGTHENED: Final = 8
_LEAST_BYTES: Final = 1 << 20
_FRAMES: Final = 4
#: Seconds after the end of its time when a connection would end by itself.
_MARGIN: Final = 5.0


@dataclass(frozen=True)
class About:
    """What is known of the release that the engines hold: the names of its graphs, and its questions."""

    names: Names
    questions: Questions


class Frames:
    """A channel within one process: frames go in at one end and come out at the other."""

    def __init__(self) -> None:
        self._frames: queue.Queue[protocol.Frame | None] = queue.Queue(_FRAMES)

    def sendall(self, data: bytes) -> None:
        """Take a frame; wait while too many are on their way."""
        self._frames.put(protocol.read(io.BytesIO(data)))

    def read(self) -> protocol.Frame | None:
        """Return the next frame."""
        return self._frames.get()


class Conversation:
    """A query that a thread of its own puts to an engine; `abort` ends it from any other."""

    def __init__(self, query: Query, replicas: Replicas, about: About, settings: Settings, seconds: float) -> None:
        self.query, self.end = query, time.monotonic() + seconds
        self._replicas, self._names, self._questions = replicas, about.names, about.questions
        self._settings, self._seconds = settings, seconds
        self._verdict: RequestError | None = None
        self._connection: Connection | None = None
        self._replica: Replica | None = None
        self._lock = threading.Lock()
        self.frames = Frames()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, daemon=True, name="engine-query").start()

    def abort(self, error: RequestError | None = None) -> None:
        """End it, by an error; without one because its time is over."""
        with self._lock:
            self._verdict = self._verdict or error or self._too_slow()
            if self._connection:
                self._connection.abort()

    def _too_slow(self) -> EngineTimeout:
        name = self._replica.name if self._replica else ""
        return EngineTimeout(
            f"The engine {name} did not answer within {self._seconds:g} seconds.",
            remedy="Ask for less: add LIMIT, or bind more of the patterns.",
            engine=name,
            limit="query_timeout",
            allowed=round(self._seconds, 3),
        )

    def _run(self) -> None:
        message = protocol.pack_error(QueryFailed("The query failed."))
        try:
            message = self._answered()
        except RequestError as error:
            message = protocol.pack_error(self._verdict or error)
        finally:
            self.frames.sendall(message)

    def _answered(self) -> bytes:
        """Ask one engine after the other until one answers; raise what the last one failed with."""
        failed: EngineFailed | None = None
        for candidate in self._replicas.candidates():
            self._replica = candidate
            out = Blocks(self.frames, self.query, self._settings.result_bytes)
            try:
                self._ask(candidate, out)
                candidate.worked()
                return out.last(leaving=False)
            except (Unreachable, Malformed) as fault:
                failed = self._failed(candidate, str(fault))
                if out.sent or self._verdict:
                    break
            except RequestError:
                candidate.released()
                raise
        raise failed or self._busy()

    def _failed(self, candidate: Replica, fault: str) -> EngineFailed:
        if isinstance(self._verdict, EngineTimeout):
            candidate.released()
            self._replicas.look_soon()
        elif self._verdict:
            candidate.released()
        else:
            candidate.failed(fault)
        return EngineFailed(
            f"The engine {candidate.name} failed: {fault}.", remedy="Ask again a little later.", engine=candidate.name
        )

    @staticmethod
    def _busy() -> Busy:
        return Busy("The engines are being looked at.", remedy="Ask again a little later.", retryAfter=1)

    # One engine.

    def _ask(self, candidate: Replica, out: Blocks) -> None:
        dialect, there = candidate.dialect, candidate.loaded
        if dialect:
            self._questions.refuse(self.query.text, dialect)
        text = dialect.rewrite(self.query.text) if dialect else self.query.text
        query = replace(self.query, inspected=replace(self.query.inspected, text=text))
        asked = asking(query, self._names, there.overlaps if there else ())
        try:
            reply = self._put(candidate, asked.text)
            fault = self._heard(candidate, asked, query, reply, out)
        finally:
            self._close()
        fault = self._verdict or reply.fault or fault
        if fault:
            raise fault

    def _heard(self, candidate: Replica, asked: Asked, query: Query, reply: Reply, out: Blocks) -> Exception | None:
        """Write what an engine answers, and return why not. What is read is let go of here: no other thread may be the last."""
        try:
            found = read(reply.stream, asked, self._names.by_engine)
            if isinstance(found, Rows):
                found.check = lambda count: self._check(candidate, asked, count)
            with suppress(OutputLimitReached):
                self._write(found, asked, query, out)
            return found.fault if isinstance(found, Rows) else None
        except Malformed as error:
            return Malformed(str(error))
        except RequestError as error:
            return bare(error)

    def _put(self, candidate: Replica, text: str) -> Reply:
        """Put a query to an engine; raise the error that its status stands for."""
        left = self.end - time.monotonic()
        with self._lock:
            if self._verdict or left <= 0:
                self._verdict = self._verdict or self._too_slow()
                raise self._verdict
            self._connection = Connection(candidate.address, left + _MARGIN)
        most = _LENGTHENED * self._settings.result_bytes + _LEAST_BYTES
        reply = self._connection.ask(text, most)
        if reply.status == 200:
            partial = candidate.dialect.partial(reply.headers) if candidate.dialect else ""
            if partial:
                raise Malformed(partial)
            return reply
        raise self._refused(reply, candidate)

    def _refused(self, reply: Reply, candidate: Replica) -> Exception:
        said = reply.message()
        if reply.status == 400:
            return BadRequest(f"The engine {candidate.name} refuses the query: {said}", engine=candidate.name)
        if reply.status in (408, 504):
            return self._too_slow()
        if reply.status == 500:
            return EngineFailed(f"The engine {candidate.name} failed on the query: {said}", engine=candidate.name)
        return Unreachable(f"it answers {reply.status}")

    def _close(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection:
            connection.abort()  # an engine that is still at it learns that nobody reads on
            connection.close()

    def _check(self, candidate: Replica, asked: Asked, count: int) -> None:
        """Have the rows of a long answer counted by the engine itself; raise Malformed where it has not given all."""
        if count < LEAST_ROWS or not repeatable(self.query):
            return
        self._close()
        reply = self._put(candidate, asked.counting)
        found = read(reply.stream, replace(asked, is_ask=False, template=()), {})
        told = [row[0].value for row in found] if isinstance(found, Rows) else []
        if told != [str(count)]:
            raise Malformed(f"it gives {count} rows of {' '.join(told) or 'it does not say how many'}, and does not say so")

    # The answer.

    def _write(self, found: QueryBoolean | Rows, asked: Asked, query: Query, out: Blocks) -> None:
        guard = Guard(out, out.full, query.format in (XML_RESULTS, RDF_XML))
        refused: Exception | None = None
        try:
            if isinstance(found, Rows) and asked.template is not None:
                write_graph(triples(found, asked.template), query.format, guard)
            else:
                write(solutions(found) if isinstance(found, Rows) else found, query.format, guard)
            guard.end()
        except (OSError, SyntaxError, ValueError) as error:
            refused = guard.refusal or Malformed(str(error))
        finally:
            if isinstance(found, Rows):
                found.close()
        if refused:
            raise bare(refused)
