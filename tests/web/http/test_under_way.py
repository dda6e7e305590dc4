"""Pages that several ask for at once: made once, for all of them, and not at the pace of what one alone asks for."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from allegata.budget import Budget, Lane, within
from allegata.errors import Abandoned, Busy, NotFound, TooManyRequests
from allegata.web.http.under_way import UnderWay
from http_client import fetch
from service import PATIENT, serve
from support import until


def test_a_page_is_made_once_and_the_others_wait_for_it() -> None:
    works, waiting = UnderWay(4, 2), threading.Event()
    assert works.begin("a", "first", None) and works.begin("b", "first", None)

    def ask() -> bool:
        waiting.set()
        return works.begin("a", "second", None)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(ask)
        assert waiting.wait(60) and not other.done()
        works.end("a", is_made=True)
        assert other.result(60) is False
    assert works.begin("a", "second", None)


def test_those_who_wait_are_bounded() -> None:
    """Each holds a thread: of one client two may here, of all three."""
    works = UnderWay(3, 2)
    works.begin("a", "first", None)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(works.begin, "a", client, None) for client in ("b", "b", "c")]
        until(lambda: works._waiting.taken == 3)
        with pytest.raises(TooManyRequests):
            works.begin("a", "b", None)
        with pytest.raises(Busy):
            works.begin("a", "d", None)
        works.end("a", is_made=True)
        assert [item.result(60) for item in waiting] == [False] * 3


def test_where_a_page_is_not_made_those_who_wait_make_it_one_after_another() -> None:
    works, lock = UnderWay(10, 10), threading.Lock()
    at_once: list[int] = []
    running = 0
    assert works.begin("a", "first", None)

    def ask(_number: int) -> bool:
        nonlocal running
        if not works.begin("a", "second", None):
            return False
        with lock:
            running += 1
            at_once.append(running)
        time.sleep(0.01)
        with lock:
            running -= 1
        works.end("a", is_made=len(at_once) == 3)
        return True

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, number) for number in range(8)]
        until(lambda: works._waiting.taken == 8)
        works.end("a", is_made=False)
        assert sorted(item.result(60) for item in asked) == [False] * 5 + [True] * 3
    assert at_once == [1, 1, 1]


def test_all_get_the_error_that_each_would_get() -> None:
    works = UnderWay(10, 10)
    works.begin("a", "first", None)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(works.begin, "a", "second", None) for _ in range(4)]
        until(lambda: works._waiting.taken == 4)
        works.end("a", is_made=False, error=NotFound("There is none.", remedy="Look."))
        errors = [item.exception(60) for item in asked]
    assert [(type(error), str(error)) for error in errors] == [(NotFound, "There is none.\nLook.")] * 4
    assert len({id(error) for error in errors}) == 4
    assert works.begin("a", "second", None), "whoever comes later asks anew"


def test_work_does_not_rest_while_another_client_waits_for_it() -> None:
    works, budget = UnderWay(4, 2), Budget(10)
    works.begin("a", "first", budget)
    gone = Budget(10, is_abandoned=lambda: True)
    for client, is_shared in (("first", False), ("second", True)):
        with within(gone), pytest.raises(Abandoned):
            works.begin("a", client, gone)
        assert budget.is_shared is is_shared


def test_shared_work_takes_a_place_and_no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    ticks, lane = iter(range(1000)), Lane(2, 2)
    lane.enter("another")
    for is_shared in (False, True):
        budget = Budget(1000, lane, "one", clock=lambda: next(ticks) / 10)
        budget.is_shared = is_shared
        lane.turns.note("another")
        for _ in range(40):
            budget.spend()
        assert lane.taken == 2 and bool(naps) is not is_shared
        budget.end()
        naps.clear()


@pytest.mark.server
def test_all_who_ask_for_a_page_at_once_are_answered(site: Path) -> None:
    """With a single place for what takes long, whoever comes second would be sent away if each page were made for each."""
    pages = ["/compare?topic=sanctions", "/timeline", "/evidence"]
    with serve(site, **(PATIENT | {"work_places": 3, "work_per_client": 3})) as service, ThreadPoolExecutor(15) as pool:
        replies = list(pool.map(lambda path: fetch(service.address, path), pages * 5))
        assert [reply.status for reply in replies] == [200] * 15
        for at, path in enumerate(pages):
            assert len({reply.body for reply in replies[at::3]}) == 1, path


@pytest.mark.server
def test_what_is_not_kept_is_made_for_each_who_asks(site: Path) -> None:
    """With eight threads two of a client may wait for a page; for what programs are given there is nothing to wait for."""
    bounds = PATIENT | {"threads": 8, "work_places": 20, "work_per_client": 20}
    with serve(site, **bounds) as service, ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda word: fetch(service.address, f"/what-if?format={word}"), ["json", "csv"] * 6))
        assert [reply.status for reply in replies] == [200] * 12
