"""Opens a release for the pool: a small one in memory, a large one from disk at once and, while that is asked, in memory."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from allegata.engine.pool.client import ForkServerGone, ForkServerProcess, Worker
from allegata.errors import ReleaseError
from allegata.settings import Settings

#: Bytes of packed N-Quads up to which a release is in memory within a second.
SMALL: Final = 4 << 20
_DUMP: Final = Path("dumps/allegata.nq.gz")


class Opening:
    """The forkserver that workers come from now, the one that loads the release into memory, and the one before."""

    def __init__(self, release: Path, settings: Settings, *, swiftly: bool) -> None:
        """Open a release; `swiftly`: one that is not small is asked on disk until it is in memory. Raises ReleaseError."""
        self._release, self._settings = release, settings
        self._swiftly = swiftly and _is_large(release, settings)
        self._lock, self._closed = threading.Lock(), False
        self._loading: ForkServerProcess | None = None
        self._former: ForkServerProcess | None = None
        self._now = self._open()

    def _open(self) -> ForkServerProcess:
        if not self._swiftly:
            return _ready(ForkServerProcess(self._release, self._settings, self._settings.memory_store), self._release)
        now = _ready(ForkServerProcess(self._release, self._settings, 0), self._release)
        self._loading = ForkServerProcess(self._release, self._settings, self._settings.memory_store)
        threading.Thread(target=self._load, args=(self._loading,), daemon=True, name="query-memory").start()
        return now

    @property
    def order(self) -> str:
        """Return a word for the order in which rows come without ORDER BY: on disk it is another one than in memory."""
        return "disk" if self._swiftly and not self._now.in_memory else ""

    @property
    def pid(self) -> int:
        """Return the number of the forkserver process that workers come from."""
        return self._now.pid

    @property
    def alive(self) -> bool:
        """Return whether that process runs."""
        return self._now.alive

    def fork(self) -> Worker:
        """Get a fresh worker that is ready; raise ForkServerGone, or ReleaseError where workers cannot serve."""
        return self._now.fork()

    def has(self, worker: Worker) -> bool:
        """Return whether a worker comes from the forkserver of now; of others, none is asked again."""
        return worker.forkserver is self._now

    def end(self, workers: list[Worker]) -> list[dict[str, Any] | None]:
        """End workers without waiting: give how each ended, or None as long as it is dying; raise ForkServerGone."""
        endings: dict[int, dict[str, Any] | None] = {}
        for forkserver in dict.fromkeys(worker.forkserver for worker in workers):
            pids = [worker.pid for worker in workers if worker.forkserver is forkserver]
            try:
                endings |= zip(pids, forkserver.end(pids), strict=True)
            except ForkServerGone:
                if forkserver is self._now:
                    raise
                endings |= {pid: {"signal": 0, "note": ""} for pid in pids}
        return [endings[worker.pid] for worker in workers]

    def take_over(self) -> bool:
        """Have workers come from the forkserver that has the release in memory, once it has; return whether that changed."""
        former = self._former
        if former and not former.workers:
            former.close()
            self._former = None
        with self._lock:
            loaded = self._loading if self._loading and self._loading.in_memory else None
            if loaded is None or self._closed:
                return False
            self._former, self._now, self._loading = self._now, loaded, None
        return True

    def restart(self) -> None:
        """Open the release anew where the forkserver has ended; raise ReleaseError where that fails."""
        self._end_all()
        self._now = self._open()

    def close(self) -> None:
        """End every forkserver, and by that every worker."""
        with self._lock:
            self._closed = True
        self._end_all()

    def _end_all(self) -> None:
        with self._lock:
            loading, self._loading, former, self._former = self._loading, None, self._former, None
        if loading:
            loading.kill()
        for forkserver in (former, self._now):
            if forkserver:
                forkserver.close()

    def _load(self, loading: ForkServerProcess) -> None:
        """Wait until the release is in memory; where it cannot be, it stays on disk."""
        loaded = False
        with suppress(ReleaseError):
            loading.opened(self._release)
            loaded = loading.in_memory
        if not loaded:
            with self._lock:
                mine = self._loading is loading
                self._loading = None if mine else self._loading
            if mine:
                loading.kill()


def _ready(forkserver: ForkServerProcess, release: Path) -> ForkServerProcess:
    forkserver.opened(release)
    return forkserver


def _is_large(release: Path, settings: Settings) -> bool:
    """Return whether a release goes into memory, as far as its packed size says, and takes its time for that."""
    with suppress(OSError):
        return SMALL < (release / _DUMP).stat().st_size <= settings.memory_store
    return False
