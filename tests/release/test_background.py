"""Work apart: it is done, what it raises is raised here, and nothing of it is left behind."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

import pytest

from allegata.errors import ReleaseError
from allegata.release import background
from allegata.release.background import BackgroundTask


def failing() -> None:
    raise ReleaseError("It cannot be made.", remedy="Mend it.", size=3)


def test_the_work_is_done_when_the_block_ends(tmp_path: Path) -> None:
    with BackgroundTask(lambda: (tmp_path / "made").write_text(str(os.getpid()))):
        (tmp_path / "beside").write_text("here")
    assert (tmp_path / "made").read_text() and (tmp_path / "beside").is_file()


def test_an_error_comes_across_whole() -> None:
    with pytest.raises(ReleaseError) as caught, BackgroundTask(failing):
        pass
    assert (caught.value.message, caught.value.remedy, caught.value.members) == ("It cannot be made.", "Mend it.", {"size": 3})


def test_an_error_beside_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    with pytest.raises(KeyError), BackgroundTask(lambda: threading.Event().wait(60)):
        raise KeyError("beside")


def test_a_child_that_is_killed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    with pytest.raises(ReleaseError, match="status -9"), BackgroundTask(lambda: os.kill(os.getpid(), 9)):
        pass


def test_where_other_threads_run_the_work_is_done_at_once(tmp_path: Path) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with BackgroundTask(lambda: (tmp_path / "made").write_text(str(os.getpid()))):
            assert (tmp_path / "made").read_text() == str(os.getpid())
    finally:
        stop.set()
        thread.join()


def test_work_that_begins_threads_is_done_at_once_where_the_system_knows_of_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    for count, threaded, here in ((1, True, False), (2, True, True), (2, False, False)):
        monkeypatch.setattr(background, "_threads", lambda count=count: count)
        with BackgroundTask(os.getpid, threaded=threaded) as task:
            pass
        assert (task.result == os.getpid()) is here


def test_nothing_of_others_is_called_when_the_child_looks_for_cycles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Java machine in the same process has it call what waits for threads that a fork has not."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    here = os.getpid()

    def waits(_phase: str, _info: object) -> None:
        if os.getpid() != here:
            (tmp_path / "called").touch()

    gc.callbacks.append(waits)
    try:
        with BackgroundTask(lambda: (gc.isenabled(), gc.collect())) as task:
            assert gc.isenabled()
    finally:
        gc.callbacks.remove(waits)
    assert task.result[0] is False
    assert not (tmp_path / "called").exists()
