"""Long answers: how much of them may wait to be read, and how many one client gets while others ask."""

from __future__ import annotations

import errno
import gc
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allegata.engine.pool import protocol
from allegata.engine.pool.long_answers import LongAnswers
from allegata.engine.pool.spool import Spool
from allegata.engine.pool.unread import Held, Unread
from allegata.errors import Busy, QueryFailed, TooManyRequests
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
        answers.come("0")
    assert caught.value.members["limit"] == "unread_bytes"


def test_whoever_has_most_unread_makes_room_for_who_has_less() -> None:
    """Sixteen clients with all that each may have leave no room, and whoever comes then is answered all the same."""
    answers = LongAnswers(replace(BOUNDS, unread_bytes=16 * 4096))
    kept = [spool(answers, str(number), 4) for number in range(16) for _ in range(2)]
    assert [item.settle(None) for item in kept] == [2048] * 32 and answers.unread == 16 * 4096
    hung_up: list[int] = []
    for number, item in enumerate(kept):
        item.when_ended(lambda number=number: hung_up.append(number))  # type: ignore[misc]
    answers.come("newcomer")
    new = spool(answers, "newcomer", 3)
    assert new.settle(None) == 1536 and b"".join(new) == b"x" * 1536
    assert len(hung_up) == 1 and answers.unread == 15 * 4096 + 2048 + 1536
    ended = kept.pop(hung_up[0])
    with pytest.raises(Busy):
        next(ended)
    ended.close()
    assert answers.unread == 15 * 4096 + 2048 + 1536, "it was taken off the count before"
    assert all(b"".join(item) == b"x" * 2048 for item in kept), "nobody else's answer breaks off"


def test_an_answer_under_way_that_is_ended_breaks_off_and_cancels_its_query() -> None:
    answers, cancelled, goes_on = LongAnswers(replace(BOUNDS, unread_bytes=4096)), threading.Event(), threading.Event()
    blocks = frames(6, 512)

    def source() -> protocol.Frame | None:
        goes_on.wait(60)
        return blocks()

    held = answers.spool(
        "a", protocol.Frame(protocol.BLOCK, False, False, b"x" * 4096), source, lambda _last: None, cancelled.set
    )
    other = spool(answers, "b", 2)
    assert other.settle(None) == 1024
    goes_on.set()
    assert cancelled.wait(60)
    with pytest.raises(Busy):
        b"".join(held)


def test_what_comes_of_an_answer_that_is_over_is_not_counted() -> None:
    """A client may leave while a further file is written with its answer."""
    answers = LongAnswers(BOUNDS)
    long = spool(answers, "a")
    assert long.settle(None) == 1536
    long.close()
    with pytest.raises(Busy):
        long.add(100)
    assert answers.unread == 0


def test_nobody_makes_room_for_whoever_has_as_much() -> None:
    answers = LongAnswers(replace(BOUNDS, unread_bytes=4096))
    kept = [spool(answers, client, 4) for client in "ab"]
    assert [item.settle(None) for item in kept] == [2048] * 2
    with pytest.raises(Busy):
        spool(answers, "c", 5).settle(None)
    # It had half of one that was ended for it, and not all of what the other has.
    assert [item._held.is_ended for item in kept].count(True) == 1


FILE = tempfile.TemporaryFile


class Full:
    """A file on a disk that becomes full: it takes so many bytes, the last time fewer than it was given, and then none."""

    def __init__(self, room: int) -> None:
        self.room, self._file = room, FILE(buffering=0)

    def write(self, data: bytes) -> int:
        taken = data[: self.room]
        if not taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= len(taken)
        return int(self._file.write(taken) or 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [600, 700, 1024, 1500])
def test_a_disk_that_becomes_full_ends_the_answer(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """The last write may take a part alone, or nothing; either way nothing partial looks whole, and nothing stays counted."""
    monkeypatch.setattr("allegata.engine.pool.spool.tempfile.TemporaryFile", lambda **_more: Full(room))
    answers, cancelled = LongAnswers(replace(BOUNDS, result_bytes=4096)), threading.Event()
    blocks = frames(6, 512)
    first = blocks()
    assert first
    long = answers.spool("a", first, blocks, lambda _last: None, cancelled.set)
    with pytest.raises(QueryFailed, match="no room"):
        long.settle(None)
    assert cancelled.is_set() and answers.unread == 0
    monkeypatch.undo()
    whole = spool(answers, "a")
    assert whole.settle(None) == 1536 and b"".join(whole) == b"x" * 1536
    whole.close()


def test_where_no_file_can_be_made_the_client_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_more: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("allegata.engine.pool.spool.tempfile.TemporaryFile", full)
    answers = LongAnswers(BOUNDS)
    with pytest.raises(Busy, match="no room"):
        spool(answers, "a")
    gc.collect()
    assert answers.unread == 0


def test_a_disk_that_becomes_full_breaks_a_stream_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allegata.engine.pool.spool.tempfile.TemporaryFile", lambda **_more: Full(700))
    answers = LongAnswers(BOUNDS)
    goes_on, blocks = threading.Event(), frames(6, 512)
    first = blocks()
    assert first

    def source() -> protocol.Frame | None:
        goes_on.wait(60)
        return blocks()

    long = answers.spool("a", first, source, lambda _last: None, lambda: None)
    assert long.settle(0) is None
    assert next(long) == b"x" * 512
    goes_on.set()
    with pytest.raises(QueryFailed, match="no room"):
        b"".join(long)
    long.close()
    assert answers.unread == 0


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
