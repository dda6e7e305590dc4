"""The pool: answers queries by workers, one at a time each, and keeps every promise about time, memory and places."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from allegata.engine.cache import AnswerCache
from allegata.engine.pool import protocol
from allegata.engine.pool.begun import Begun
from allegata.engine.pool.client import ForkServerGone, Worker, WorkerGone
from allegata.engine.pool.job import Job
from allegata.engine.pool.long_answers import LongAnswers
from allegata.engine.pool.opening import Opening
from allegata.engine.pool.scheduler import Scheduler, nobody_waits
from allegata.engine.pool.spool import Spool
from allegata.engine.query import Answer, Query
from allegata.errors import Busy, QueryFailed, ReleaseError, RequestError
from allegata.settings import Settings

_TICK: Final = 0.005
_PAUSE: Final = 0.01
# Dying workers that are asked after at once, and how often that is done.
_BURIED: Final = 32
_BURY_SECONDS: Final = 0.1


class WorkerPool:
    """An engine that runs each query in a process that can be killed; see the package for how its parts fit together."""

    def __init__(self, release: Path, settings: Settings, *, swiftly: bool = False) -> None:
        """Start a forkserver on a release and the first workers; raise ReleaseError where the release cannot be opened.

        `swiftly`: a large release is asked on disk until it is in memory, which changes the order of rows without ORDER BY.
        """
        self._settings = settings
        self._lanes = Scheduler(settings)
        self._cache = AnswerCache(settings.cache_bytes)
        self._long = LongAnswers(settings)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._dying: list[Worker] = []
        self._closed = threading.Event()
        self._wake = threading.Event()
        self._forkserver = Opening(release, settings, swiftly=swiftly)
        try:
            self._keep_ready()
        except (ForkServerGone, ReleaseError):
            self._forkserver.close()
            raise
        self._threads = [
            threading.Thread(target=self._run_clock, daemon=True, name="query-clock"),
            threading.Thread(target=self._run_stock, daemon=True, name="query-stock"),
        ]
        for thread in self._threads:
            thread.start()

    def answer(self, query: Query) -> Answer:
        """Answer a query; see the package's `Engine`."""
        known = self._cache.get(query)
        if known is not None:
            return Answer(query.format, iter((known,)), len(known))
        self._long.come(query.client)
        limit = min(self._settings.query_timeout, query.timeout or self._settings.query_timeout)
        job = self._lanes.enter(query.client, limit, query.is_disconnected)
        while True:
            worker = self._worker_for(job)
            try:
                return self._first(query, job, worker, worker.ask(query, nice=job.nice))
            except WorkerGone:
                if job.verdict:
                    return self._first(query, job, worker, None)
                worker.end(0)

    def begin(self, query: Query) -> Begun | None:
        """Hand a query to a worker without waiting; None where that cannot be, and `answer` has to see to it."""
        known = self._cache.get(query)
        if known is not None:
            return Begun(query, known)
        self._long.come(query.client)
        limit = min(self._settings.query_timeout, query.timeout or self._settings.query_timeout)
        job = self._lanes.enter_at_once(query.client, limit, query.is_disconnected)
        worker = self._begin_with(query, job) if job else None
        if job is None or worker is None:
            return None
        return Begun(query, None, worker, lambda frame: self._first(query, job, worker, frame))

    def _begin_with(self, query: Query, job: Job) -> Worker | None:
        """Hand a query to a worker at rest; where there is none, the job leaves its place."""
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker and worker.waits():
            self._lanes.start(job, worker.tell, worker.used)
            with suppress(OSError):
                worker.send(query, nice=job.nice)
                return worker
        self._lanes.leave(job)
        if worker:
            with self._lock:
                self._dying.append(worker)
            self._wake.set()
        return None

    def _worker_for(self, job: Job) -> Worker:
        """Take a worker for a job and start its clock; raise Busy where there is none to be had."""
        try:
            worker = self._take()
        except (ForkServerGone, ReleaseError) as error:
            self._lanes.leave(job)
            self._wake.set()
            raise Busy("No worker can be started now.", remedy="Ask again a little later.", retryAfter=1) from error
        self._lanes.start(job, worker.tell, worker.used)
        return worker

    def _first(self, query: Query, job: Job, worker: Worker, frame: protocol.Frame | None) -> Answer:
        """Answer by the first frame, which makes the status certain."""
        if frame is None or frame.kind != protocol.BLOCK:
            error = self._finish(job, worker, frame)
            if error or frame is None:
                raise error or QueryFailed("The query failed.")
            if not frame.truncated:
                self._keep(query, frame.data, worker)
            return Answer(query.format, iter((frame.data,)), len(frame.data), frame.truncated)
        spool = self._spool(frame, job, worker)
        length = spool.settle(None if query.whole else self._settings.result_hold)
        if length is None:
            return Answer(query.format, spool, unread=spool)
        return Answer(query.format, spool, length, spool.truncated, spool.file, unread=spool)

    def _keep(self, query: Query, data: bytes, worker: Worker) -> None:
        """Keep an answer, unless its worker is of those before, which may have another order of rows."""
        with self._lock:
            if self._forkserver.has(worker):
                self._cache.put(query, data)

    def _spool(self, first: protocol.Frame, job: Job, worker: Worker) -> Spool:
        """Hand a long answer to a spool, which gives the worker back."""

        def done(last: protocol.Frame | None) -> RequestError | None:
            return self._finish(job, worker, last)

        def cancel() -> None:
            self._lanes.cancel(job, nobody_waits())

        try:
            return self._long.spool(job.client, first, worker.read, done, cancel)
        except RequestError:
            cancel()
            done(None)
            raise

    def _finish(self, job: Job, worker: Worker, last: protocol.Frame | None) -> RequestError | None:
        """Take the worker back, or end it, and give the error if the query has one."""
        verdict = self._lanes.leave(job)
        if last is None and not verdict:
            return worker.end(self._settings.query_memory)
        with self._lock:
            if verdict or last is None or last.leaving or job.halted or not self._forkserver.has(worker):
                self._dying.append(worker)
            else:  # a thread of the lowest priority may take its time to end: that worker is taken last
                self._idle.insert(0 if job.nice else len(self._idle), worker)
            wanted = bool(self._dying) or len(self._idle) <= self._lanes.places_soon
        if wanted:
            self._wake.set()
        if self._closed.is_set():
            self._hang_up()
        if last is None:
            return verdict
        return protocol.unpack_error(last.data) if last.kind == protocol.FAILURE else None

    def _take(self) -> Worker:
        """Take an idle worker that is still there, or a fresh one."""
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                return self._forkserver.fork()
            if self._forkserver.has(worker) and worker.waits():
                return worker
            worker.end(0)

    def _run_clock(self) -> None:
        while not self._closed.wait(_TICK):
            self._lanes.tick()

    def _run_stock(self) -> None:
        buried = 0.0
        while not self._closed.is_set():
            self._wake.wait(_BURY_SECONDS)
            self._wake.clear()
            try:
                self._take_over()
                self._keep_ready()
                if time.monotonic() - buried > _BURY_SECONDS:
                    buried = time.monotonic()
                    self._bury()
            except (ForkServerGone, ReleaseError):
                self._closed.wait(_PAUSE)
            if not self._forkserver.alive and not self._closed.is_set():
                self._restart()

    def _keep_ready(self) -> None:
        """Have a worker for every place of the short lane that is free soon, and one to spare; used ones are taken first.

        What is left over when many had worked at once is ended: each has made some of the store its own.
        """
        with self._lock:
            while len(self._idle) > self._settings.query_short_workers + 1:
                self._dying.append(self._idle.pop())
        while len(self._idle) <= self._lanes.places_soon and not self._closed.is_set():
            worker = self._forkserver.fork()
            with self._lock:
                self._idle.insert(0, worker)

    def _take_over(self) -> None:
        """Go over to workers that have the release in memory, once there are any; kept answers have the order from disk."""
        if self._forkserver.take_over():
            with self._lock:
                self._dying += self._idle
                self._idle = []
                self._cache.clear()

    def _bury(self) -> None:
        """See to the workers that are to end; those that are not over yet are asked again the next time."""
        with self._lock:
            dying, self._dying = self._dying[:_BURIED], self._dying[_BURIED:]
        for worker in dying:  # first of all, for the forkserver may be gone
            worker.close()
        if dying:
            endings = self._forkserver.end(dying)
            with self._lock:
                self._dying += [worker for worker, ending in zip(dying, endings, strict=True) if ending is None]

    def _restart(self) -> None:
        """Start another forkserver in place of one that has ended; where that fails, the next tick tries again."""
        self._hang_up()
        try:
            self._forkserver.restart()
            self._cache.clear()
        except ReleaseError:
            self._closed.wait(1.0)

    @property
    def order(self) -> str:
        """Return a word for the order in which rows come without ORDER BY; see the package's `Engine`."""
        return self._forkserver.order

    @property
    def forkserver_pid(self) -> int:
        """Return the number of the forkserver process, whose children are the workers."""
        return self._forkserver.pid

    def figures(self) -> dict[str, int]:
        """Return the number of queries in each place, of workers at rest, and of answers kept."""
        return {**self._lanes.figures(), "idle": len(self._idle), "kept": self._cache.count, "unread": self._long.unread}

    def healthy(self) -> bool:
        """Return whether the forkserver runs, so that a query can be taken."""
        return not self._closed.is_set() and self._forkserver.alive

    def close(self) -> None:
        """End the forkserver with all workers; queries under way fail."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._wake.set()
        self._forkserver.close()
        for thread in self._threads:
            thread.join()
        self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            idle, self._idle, self._dying = [*self._idle, *self._dying], [], []
        for worker in idle:
            worker.close()
