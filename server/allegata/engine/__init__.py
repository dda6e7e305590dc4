"""Answers queries on a release: a gate that decides what may run, and workers that can be killed.

    text ── inspect() ── Query ── WorkerPool.answer() ── Answer
              gate                     │
    web process: cache · scheduler · client · spool
                                       │  socket pairs, protocol
    forkserver process: opens the release, forks
                                       │
    worker processes: sandbox · store

In a worker, `rewriting` has the query say to the engine what it says by the standard (with `tree`, `paths`, and `functions`);
what it cannot have so is announced in the answer.

`gate` reads tokens with `tokens` and measures them with `complexity`; beside it only `patterns` looks into an untrusted query
outside of a worker, for SERVICE: `federation` asks the listed endpoints (with `resolution`, `bind_join`, `client`, and
`fetch_process`, a process for each) and puts what they say into the query. `scheduler` says who may run and for how long,
`client` starts and ends processes, `spool` holds long answers.
"""

from __future__ import annotations

from pathlib import Path

from allegata.engine.cache import repeatable
from allegata.engine.gate.announcement import announced
from allegata.engine.gate.departures import ANNOUNCED
from allegata.engine.gate.gate import inspect
from allegata.engine.pool.pool import WorkerPool
from allegata.engine.query import Answer, Engine, Form, Inspected, Query
from allegata.engine.remote.engine import RemoteEngine
from allegata.release.handle import Release
from allegata.release.statement_store import StatementStore
from allegata.settings import Settings

__all__ = [
    "ANNOUNCED",
    "Answer",
    "Engine",
    "Form",
    "Inspected",
    "Query",
    "RemoteEngine",
    "WorkerPool",
    "announced",
    "inspect",
    "open_engine",
    "repeatable",
    "statements_of",
]


def open_engine(release: Path, settings: Settings, *, swiftly: bool = False) -> Engine:
    """Open an engine on the directory of a release, or the engines of the settings; raise ReleaseError where that cannot be.

    `swiftly`: a large release is not waited for until it is in memory.
    """
    return RemoteEngine(release, settings) if settings.engine else WorkerPool(release, settings, swiftly=swiftly)


def statements_of(release: Release, engine: Engine) -> StatementStore | None:
    """Return where pages read a release that has no store: in the engines that hold it; None where the store is to be read."""
    return engine.statements if isinstance(engine, RemoteEngine) and not release.has_store else None
