"""Long answers: how much of them may wait to be read, and how many one client gets while others ask."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from allegata.engine.pool import protocol
from allegata.engine.pool.long_answers import LongAnswers
from allegata.engine.pool.spool import Spool
from allegata.engine.pool.unread import Held, Unread
from allegata.errors import Busy, TooManyRequests
from allegata.settings import Settings
from support import until

BOUNDS = Settings(result_bytes=1024, unread_bytes=8192, unread_bytes_per_client=4096)


def frames(count: int, size: int) -> Callable[[], protocol.Frame | None]:
    """Return a source of so many blocks, and of an end."""
    left = [protocol.Frame(protocol.BLOCK, False, False, b"x" * size)] * count + [protocol.Frame(protocol.END, False, False, b"")]
    return lambda: left.pop(0) if left else None


def spool(answers: LongAnswers, client: str, count: int = 3, size: int = 512) -> Spool:
    source = frames(count, size)
    first = source()
    assert first
    return answers.spool(client, first, source, lambda _last: None, lambda: None)


def test_what_one_client_does_not_read_bounds_its_next_queries_alone() -> None:
    answers = LongAnswers(BOUNDS)
    kept = []
    for _ in range(2):
        kept.append(spool(answers, "a", 4))
        assert kept[-1].settle(None) == 4 * 512
    assert answers.unread == 4096
    with pytest.raises(TooManyRequests) as caught:
        answers.come("a")
    assert (caught.value.members["limit"], caught.value.members["allowed"]) == ("unread_bytes_per_client", 4096)
    answers.come("b")
    kept.pop().close()
    answers.come("a")


def test_what_all_clients_do_not_read_is_bounded() -> None:
    answers = LongAnswers(BOUNDS)
    kept = [spool(answers, str(number), 4) for number in range(4)]
    assert [item.settle(None) for item in kept] == [2048] * 4
    with pytest.raises(Busy) as caught:
        answers.come("another")
    assert caught.value.members["limit"] == "unread_bytes"


def test_an_answer_breaks_off_where_it_would_go_beyond() -> None:
    answers = LongAnswers(BOUNDS)
    with pytest.raises(TooManyRequests):
        spool(answers, "a", 9).settle(None)
    assert answers.unread == 0


def test_bytes_count_until_the_last_file_is_closed() -> None:
    answers = LongAnswers(BOUNDS)
    long = spool(answers, "a")
    assert long.settle(None) == 1536
    file = long.file()
    long.close()
    long.close()
    file.seek(0)
    assert answers.unread == 1536 and file.read() == b"x" * 1536
    file.close()
    file.close()
    assert answers.unread == 0
    long = spool(answers, "a")
    assert long.settle(None)
    forgotten = long.file()
    del forgotten
    gc.collect()
    assert answers.unread == 1536, "read, and perhaps not sent"
    long.close()
    assert answers.unread == 0


def test_a_file_that_cannot_be_had_twice_is_not_counted() -> None:
    unread = Unread(BOUNDS)
    held = Held(unread, "a")
    held.add(100)
    with tempfile.TemporaryFile() as file:
        number = os.dup(file.fileno())
    os.close(number)
    with pytest.raises(OSError):
        held.open(number)
    held.close()
    assert unread.total == 0


def test_a_client_with_many_long_answers_waits_while_others_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr("time.thread_time", lambda: 0.1)
    answers = LongAnswers(Settings())
    for _ in range(2):
        answers.come("a")
        long = spool(answers, "a")
        assert long.settle(None) == 1536
        long.close()
    until(lambda: not any(thread.name == "spool" for thread in threading.enumerate()))  # what it took is charged at its end
    answers.come("a")
    answers.come("b")
    with pytest.raises(TooManyRequests) as caught:
        answers.come("a")
    assert (caught.value.members["limit"], caught.value.members["retryAfter"]) == ("long_answers", 2)
    now += 1.7
    answers.come("b")
    answers.come("a")


def test_nothing_is_left_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    answers = LongAnswers(BOUNDS)
    for _ in range(20):
        long = spool(answers, "a")
        long.settle(None)
        long.file().close()
        long.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
