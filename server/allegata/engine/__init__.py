"""Answers queries on a release: a gate that decides what may run, and workers that can be killed.

    text ── inspect() ── Query ── WorkerPool.answer() ── Answer
              gate                     │
    web process: cache · lanes · keeping · spool
                                       │  socket pairs, framing
    keeper process: opens the release, forks
                                       │
    worker processes: confinement · embedded

`gate` reads tokens with `tokens` and measures them with `shape`; beside it only `patterns` looks into an untrusted query
outside of a worker, for SERVICE: `federating` asks the listed endpoints (with `resolving`, `joining`, `calling`, and `remote`,
a process for each) and puts what they say into the query. `lanes` says who may run and for how long, `keeping` starts and
ends processes, `spool` holds long answers.
"""

from __future__ import annotations

from pathlib import Path

from allegata.engine.cache import repeatable
from allegata.engine.gate.gate import inspect
from allegata.engine.pool.pool import WorkerPool
from allegata.engine.query import Answer, Engine, Form, Inspected, Query
from allegata.settings import Settings

__all__ = ["Answer", "Engine", "Form", "Inspected", "Query", "WorkerPool", "inspect", "open_engine", "repeatable"]


def open_engine(release: Path, settings: Settings) -> Engine:
    """Open an engine on the directory of a release; raise ReleaseError where that cannot be."""
    return WorkerPool(release, settings)
