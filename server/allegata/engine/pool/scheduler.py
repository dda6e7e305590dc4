"""Who may run: a short and a long lane, a bounded queue before them, a cap per client, and the clock that ends queries.

A query starts in the short lane. After some milliseconds of processor time its priority drops, so that the next ordinary one gets
a processor at once; a client who has several such queries going on starts further ones like that. After `query_short` seconds of
processor time, or before if others wait, a query moves to the long lane, so that ordinary ones keep their places. Where the long
lane is full it is halted, time standing still for it, until a place is free. Of those that wait, the client with the fewest
queries under way comes first; where nothing else makes room, a query that goes on is ended if its client has more of them.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from allegata.engine.pool.job import Job, Lane, Tell
from allegata.errors import Abandoned, Busy, QueryTimeout, RequestError, TooManyRequests
from allegata.settings import Settings

# Processor time: most queries are over by then; what is left goes on at the lowest priority.
_ORDINARY: Final = 0.005
# Queries that one client has going on, from which its next ones start at the lowest priority.
_SEVERAL: Final = 2
# A machine may be so busy that little processor time takes long.
_SLOW: Final = 10


class Scheduler:
    """The lanes of one pool; every change happens under one lock, kills included, so that none hits the next query."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._now = now
        self._lock = threading.Lock()
        self._queue: deque[Job] = deque()
        self._running: set[Job] = set()
        self._count: Counter[Lane] = Counter()
        self._clients: Counter[str] = Counter()

    @property
    def short_places(self) -> int:
        """Return the number of free places in the short lane."""
        return self._settings.query_short_workers - self._count[Lane.SHORT]

    @property
    def places_soon(self) -> int:
        """Return the number of places in the short lane that may be free soon: those that are, or half of all."""
        return max(self.short_places, self._settings.query_short_workers // 2)

    def figures(self) -> dict[str, int]:
        """Return the number of queries in each place."""
        with self._lock:
            count = {lane.name.lower(): self._count[lane] for lane in (Lane.SHORT, Lane.LONG, Lane.HALTED)}
            return {"waiting": len(self._queue), **count}

    def enter(self, client: str, limit: float, is_disconnected: Callable[[], bool] | None = None) -> Job:
        """Wait for a place in the short lane; raise TooManyRequests or Busy, or QueryFailed where the client is gone."""
        job = Job(client, limit, is_disconnected)
        with self._lock:
            self._refuse(client)
            self._clients[client] += 1
            if self.short_places > 0 and not self._queue:
                self._admit(job)
            else:
                job.since = self._now()
                self._queue.append(job)
                self._make_room()
                self._fill()
        if job.lane is Lane.WAITING and not job.admitted.wait(limit):
            self._give_up(job)
        if job.lane is Lane.LEFT and job.verdict:
            raise job.verdict
        return job

    def enter_at_once(self, client: str, limit: float, is_disconnected: Callable[[], bool] | None = None) -> Job | None:
        """Take a place in the short lane; None where the query would have to wait, or would be refused."""
        job = Job(client, limit, is_disconnected)
        with self._lock:
            if self.short_places <= 0 or self._queue:
                return None
            try:
                self._refuse(client)
            except RequestError:
                return None
            self._clients[client] += 1
            self._admit(job)
        return job

    def _refuse(self, client: str) -> None:
        settings = self._settings
        if self._clients[client] >= settings.query_per_client:
            raise self._too_many("query_per_client", f"You have {settings.query_per_client} queries under way.")
        if len(self._clients) > 1 and self._has_its_share(client):
            raise self._too_many("query_long_per_client", "Your queries that take long have their share of the places.")
        if len(self._queue) >= settings.query_queue:
            raise self._busy("The queue for queries is full.", "query_queue")

    def _has_its_share(self, client: str) -> bool:
        """Return whether a client has as many queries in and before the long lane as it may (one, where all places are taken)."""
        long = sum(job.client == client and job.lane in (Lane.LONG, Lane.HALTED) for job in self._running)
        free = self._has_room() or self._may_halt()
        return long >= (self._settings.query_long_per_client if free else 1)

    def _too_many(self, limit: str, message: str) -> TooManyRequests:
        allowed: int = getattr(self._settings, limit)
        remedy = "Wait for one of them."
        return TooManyRequests(message, remedy=remedy, limit=limit, allowed=allowed, retryAfter=self._retry_after())

    def _admit(self, job: Job) -> None:
        self._running.add(job)
        self._move(job, Lane.SHORT)
        job.admitted.set()

    def _move(self, job: Job, lane: Lane) -> None:
        if job.lane in (Lane.SHORT, Lane.LONG):
            job.ran += self._now() - job.since
        self._count[job.lane] -= 1
        self._count[lane] += 1
        job.lane, job.since = lane, self._now()

    def _give_up(self, job: Job) -> None:
        with self._lock:
            if job.lane is not Lane.WAITING:
                return
            self._queue.remove(job)
            self._forget(job)
        raise self._busy("No worker became free in time.", "query_queue")

    def start(self, job: Job, tell: Tell, used: Callable[[], float]) -> None:
        """Start the clock of a job whose worker is there: `tell` acts on it, `used` gives its processor time.

        From here on `job.nice` says whether the query starts at the lowest priority.
        """
        with self._lock:
            job.nice = sum(other.nice for other in self._running if other.client == job.client) >= _SEVERAL
            job.tell, job.since = tell, self._now()
            job.used, job.before = used, used()

    def leave(self, job: Job) -> RequestError | None:
        """Take a job out, and give the reason if it was ended: then its worker is gone. Leaving twice does nothing."""
        with self._lock:
            if job.lane is not Lane.LEFT:
                self._running.discard(job)
                self._move(job, Lane.LEFT)
                self._forget(job)
                self._fill()
            return job.verdict

    def _forget(self, job: Job) -> None:
        self._clients[job.client] -= 1
        if not self._clients[job.client]:
            del self._clients[job.client]

    def _share(self, job: Job) -> int:
        """Return the number of queries that the client of a job has under way."""
        return self._clients[job.client]

    def _fill(self) -> None:
        while self._queue and self.short_places > 0:
            job = min(self._queue, key=self._share)
            self._queue.remove(job)
            self._admit(job)

    def cancel(self, job: Job, reason: RequestError) -> None:
        """End a job where it is still under way."""
        with self._lock:
            if job.lane is not Lane.LEFT:
                self._end(job, reason)
                self._fill()

    def tick(self) -> None:
        """Move and end jobs whose time has come."""
        with self._lock:
            self._drop_those_gone()
            for job in [job for job in self._running if job.tell and not job.verdict]:
                self._consider(job, self._now() - job.since)
            self._resume()
            self._make_room()
            self._fill()

    def _make_room(self) -> None:
        """Move queries that go on out of the short lane for those that wait: of the client with most, the one that used most.

        Where this would halt or end one, it is not done for a client with more of them.
        """
        if not self._queue:
            return
        going_on = [job for job in self._running if job.lane is Lane.SHORT and job.tell and job.nice]
        going_on.sort(key=lambda job: (-self._share(job), job.before - job.used()))
        waiting = sorted(self._queue, key=self._share)[max(0, self.short_places) :]
        for job, other in zip(going_on, waiting, strict=False):
            more = self._share(job) - self._share(other)
            urgent = self._may_halt() or self._now() - other.since > self._settings.query_short
            if self._has_room() or more > 0 or (more == 0 and urgent):
                self._lengthen(job)

    def _resume(self) -> None:
        """Let halted queries go on in the long lane, of the client with the fewest first; there, who has more gives way."""
        halted = [job for job in self._running if job.lane is Lane.HALTED]
        for job in sorted(halted, key=lambda job: (self._share(job), job.since)):
            if not self._has_room():
                other = max((job for job in self._running if job.lane is Lane.LONG), key=self._share)
                if self._share(other) <= self._share(job):
                    return
                self._change(other, Lane.HALTED, "stop")
            self._change(job, Lane.LONG, "continue")

    def _drop_those_gone(self) -> None:
        """End the queries whose clients have hung up, wherever they are."""
        for job in [job for job in self._queue if job.is_disconnected and job.is_disconnected()]:
            self._queue.remove(job)
            self._forget(job)
            job.lane, job.verdict = Lane.LEFT, nobody_waits()
            job.admitted.set()
        for job in self._running:
            if job.tell and job.is_disconnected and not job.verdict and job.is_disconnected():
                self._end(job, nobody_waits())

    def _consider(self, job: Job, spent: float) -> None:
        if job.lane is Lane.HALTED:
            if spent > self._settings.query_timeout:
                self._end(job, self._full())
        elif job.ran + spent > job.limit:
            self._end(job, _timeout(job.limit))
        elif job.lane is Lane.SHORT:
            used, short = job.used() - job.before, self._settings.query_short
            if used > _ORDINARY:
                self._make_nice(job)
            if used > short or spent > _SLOW * short:
                self._lengthen(job)

    def _has_room(self) -> bool:
        return self._count[Lane.LONG] < self._settings.query_workers

    def _may_halt(self) -> bool:
        return self._count[Lane.HALTED] < self._settings.query_short_workers

    def _lengthen(self, job: Job) -> None:
        """Take a query out of the short lane; where there is no place, it or a halted one of a client with more is ended."""
        self._make_nice(job)
        if self._has_room():
            self._move(job, Lane.LONG)
            return
        if not self._may_halt():
            last = max([job, *(other for other in self._running if other.lane is Lane.HALTED)], key=self._share)
            self._end(last, self._full())
        if not job.verdict:
            self._change(job, Lane.HALTED, "stop")

    def _make_nice(self, job: Job) -> None:
        if job.tell and not job.nice:
            job.nice = True
            job.tell("nice")

    def _change(self, job: Job, lane: Lane, verb: str) -> None:
        self._move(job, lane)
        job.halted = lane is Lane.HALTED
        if job.tell:
            job.tell(verb)

    def _end(self, job: Job, reason: RequestError) -> None:
        """End a job: its place is free at once, however long its worker takes to die."""
        if job.verdict:
            return
        job.verdict = reason
        self._move(job, Lane.ENDED)
        if job.tell:
            job.tell("kill")

    def _full(self) -> Busy:
        return self._busy("The lane for long queries is full.", "query_workers")

    def _busy(self, message: str, limit: str) -> Busy:
        allowed: int = getattr(self._settings, limit)
        return Busy(message, remedy="Ask again a little later.", limit=limit, allowed=allowed, retryAfter=self._retry_after())

    def _retry_after(self) -> int:
        return max(1, math.ceil(self._settings.query_short))


def nobody_waits() -> Abandoned:
    """Make the error of a query whose client has hung up."""
    return Abandoned("Nobody waits for the answer any more.")


def _timeout(limit: float) -> QueryTimeout:
    return QueryTimeout(
        f"The query reached its time limit of {limit:g} seconds and was ended.",
        remedy="Ask for less at once, or load a dump.",
        limit="query_timeout",
        allowed=limit,
    )
