"""Opening a large release: asked on disk at once, in memory later, without an answer that is lost or of mixed order."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from allegata.engine import WorkerPool
from allegata.engine.pool import opening
from allegata.engine.pool.client import ForkServerProcess
from allegata.errors import ReleaseError
from allegata.model.formats import CSV_RESULTS, JSON_RESULTS
from support import EX, make_release, numbers, query, settings, until

QUADS = 2_000
COUNT = f"SELECT (COUNT(*) AS ?n) {{ ?s <{EX}value> ?v }}"
ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a release; the tests call it large."""
    return make_release(tmp_path_factory.mktemp("release"), numbers(QUADS))


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SMALL", 0)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ForkServerProcess]]:
    """Hold what loads into memory back until the list is emptied."""
    waiting: list[ForkServerProcess] = []
    ready = ForkServerProcess.opened

    def opened(process: ForkServerProcess, release: Path) -> None:
        if process.memory_store:
            waiting.append(process)
            until(lambda: not waiting)
        ready(process, release)

    monkeypatch.setattr(ForkServerProcess, "opened", opened)
    yield waiting
    waiting.clear()


def rows(pool: WorkerPool, text: str) -> list[str]:
    """Return the rows of an answer as CSV, in their order."""
    return b"".join(pool.answer(query(text, CSV_RESULTS)).chunks).decode().splitlines()


def test_is_asked_on_disk_until_it_is_in_memory(folder: Path, held: list[ForkServerProcess]) -> None:
    """Answers are the same but for the order of rows, of which the pool says that it changed."""
    with closing(WorkerPool(folder, settings(cache_bytes=1 << 20), swiftly=True)) as pool:
        until(lambda: bool(held))
        assert pool.order == "disk"
        before, first = rows(pool, ALL), pool.forkserver_pid
        assert pool.figures()["kept"]
        held.clear()
        until(lambda: pool.order == "")
        assert pool.forkserver_pid != first
        until(lambda: not pool.figures()["kept"])
        assert sorted(rows(pool, ALL)) == sorted(before)
        until(lambda: not Path(f"/proc/{first}").exists())


def test_a_long_answer_that_began_on_disk_ends_there(folder: Path, held: list[ForkServerProcess]) -> None:
    """The forkserver of before lives as long as one of its workers has something to say."""
    long = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 100000"
    limits = settings(result_bytes=64 << 20, result_hold=0.0, query_timeout=120.0)
    with closing(WorkerPool(folder, limits, swiftly=True)) as pool:
        until(lambda: bool(held))
        first = pool.forkserver_pid
        answer = pool.answer(query(long, JSON_RESULTS))
        chunks = iter(answer.chunks)
        began = next(chunks)
        held.clear()
        until(lambda: pool.order == "")
        assert rows(pool, COUNT) == ["n", str(QUADS)]
        assert len(json.loads(began + b"".join(chunks))["results"]["bindings"]) == 100_000
        until(lambda: not Path(f"/proc/{first}").exists())


def test_closing_does_not_wait_for_what_loads(folder: Path, held: list[ForkServerProcess]) -> None:
    """No process is left."""
    pool = WorkerPool(folder, settings(), swiftly=True)
    until(lambda: bool(held))
    pids = [pool.forkserver_pid, *(process.pid for process in held)]
    assert len(pids) == 2
    pool.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_what_cannot_be_in_memory_stays_on_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forkserver that ends over it, as one that the system gives no memory, changes nothing."""
    refused: list[ForkServerProcess] = []
    ready = ForkServerProcess.opened

    def opened(process: ForkServerProcess, release: Path) -> None:
        ready(process, release)
        if process.memory_store:
            refused.append(process)
            raise ReleaseError("no memory")

    monkeypatch.setattr(ForkServerProcess, "opened", opened)
    with closing(WorkerPool(folder, settings(), swiftly=True)) as pool:
        until(lambda: bool(refused))
        until(lambda: not Path(f"/proc/{refused[0].pid}").exists())
        assert pool.order == "disk"
        assert rows(pool, COUNT) == ["n", str(QUADS)]


def test_what_unpacked_is_too_large_for_memory_leaves_no_process(folder: Path, held: list[ForkServerProcess]) -> None:
    """How much it is unpacked is known only to the forkserver that was to load it: that one is ended."""
    packed = (folder / "dumps" / "allegata.nq.gz").stat().st_size
    with closing(WorkerPool(folder, settings(memory_store=packed), swiftly=True)) as pool:
        until(lambda: bool(held))
        pid = held[0].pid
        held.clear()
        until(lambda: not Path(f"/proc/{pid}").exists())
        assert pool.order == "disk"
        assert rows(pool, COUNT) == ["n", str(QUADS)]


def test_a_forkserver_that_ends_while_another_loads_is_replaced(folder: Path, held: list[ForkServerProcess]) -> None:
    """Both are ended and begun anew."""
    with closing(WorkerPool(folder, settings(), swiftly=True)) as pool:
        until(lambda: bool(held))
        first = pool.forkserver_pid
        os.kill(first, signal.SIGKILL)

        def is_replaced() -> bool:
            held.clear()  # what loads anew, too
            return pool.forkserver_pid != first and pool.healthy() and pool.order == ""

        until(is_replaced)
        assert rows(pool, COUNT) == ["n", str(QUADS)]


def test_a_small_release_is_in_memory_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is opened twice."""
    monkeypatch.setattr(opening, "SMALL", 4 << 20)
    with closing(WorkerPool(folder, settings(), swiftly=True)) as pool:
        assert pool.order == ""
        assert rows(pool, COUNT) == ["n", str(QUADS)]
