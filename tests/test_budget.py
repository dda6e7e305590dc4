"""The budget of a request: what it may use, when it has to give way, and that it ends when nobody waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from allegata import budget
from allegata.budget import Budget, Lane, paced, within
from allegata.domain.search import Search
from allegata.engine.gate.gate import inspect
from allegata.errors import Abandoned, Busy, TooManyRequests, WorkTimeout
from allegata.release.handle import Release
from allegata.settings import Settings


class Clock:
    """Processor time that passes with every look at it."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_work_ends_at_its_limit_with_the_name_of_it() -> None:
    with within(Budget(1.0, clock=Clock(0.01))), pytest.raises(WorkTimeout) as caught:
        for _ in paced(iter(int, 1)):
            pass
    assert caught.value.members == {"limit": "work_timeout", "allowed": 1.0}


def test_without_a_budget_nothing_ends() -> None:
    assert list(paced(range(10_000))) == list(range(10_000))


def test_work_ends_when_nobody_waits_for_it() -> None:
    gone = False
    with within(Budget(1e9, is_abandoned=lambda: gone, clock=Clock(0.01))), pytest.raises(Abandoned):
        for number in paced(range(10_000)):
            gone = number > 500


def test_work_that_goes_on_takes_a_place_and_gives_it_back() -> None:
    lane = Lane(2, 1)
    with within(Budget(60.0, lane, "a", clock=Clock(0.006))):
        for _ in paced(range(8)):
            pass
        assert lane.taken == 0, "what is short takes none"
        for _ in paced(range(200)):
            pass
        assert lane.taken == 1
        with pytest.raises(TooManyRequests) as caught:
            lane.enter("a")
        assert caught.value.members == {"limit": "work_per_client", "allowed": 1, "retryAfter": 2}
        lane.enter("b")
        with pytest.raises(Busy) as busy:
            lane.enter("c")
        assert busy.value.members["limit"] == "work_places"
        lane.leave("b")
    assert lane.taken == 0


def test_work_rests_only_where_others_ask_too(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr("time.sleep", rests.append)
    lane = Lane(2, 1)
    with within(Budget(60.0, lane, "a", clock=Clock(0.006))):
        for _ in paced(range(200)):
            pass
        assert rests == []
        lane.turns.note("other")
        for _ in paced(range(60)):
            pass
    assert rests


def test_who_rests_has_a_place_and_shared_work_does_not_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many requests a client in debt has, those that rest hold no more threads than its places."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    lane = Lane(2, 1)
    lane.enter("a")
    lane.turns.note("other")
    lane.turns.charge("a", 0.2)
    with within(Budget(60.0, lane, "a", clock=Clock(0.003))), pytest.raises(TooManyRequests):
        for _ in paced(range(8)):
            pass
    shared = Budget(60.0, lane, "a", clock=Clock(0.003))
    shared.is_shared = True
    with within(shared):
        for _ in paced(range(8)):
            pass


def test_what_a_client_used_in_earlier_requests_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these requests is short; all of them together are more than the share of a client."""
    rests: list[float] = []
    monkeypatch.setattr("time.sleep", rests.append)
    lane = Lane(2, 1)
    for at in range(8):
        with within(Budget(60.0, lane, "a", clock=Clock(0.003))):
            lane.turns.note("other")
            for _ in paced(range(16)):
                pass
        assert lane.taken == 0 and bool(rests) is (at > 2), at


def test_a_place_that_is_refused_is_not_given_back() -> None:
    lane = Lane(1, 1)
    lane.enter("a")
    with within(Budget(60.0, lane, "b", clock=Clock(0.05))), pytest.raises(Busy):
        for _ in paced(range(10_000)):
            pass
    assert lane.taken == 1


def test_one_budget_ends_where_the_next_begins() -> None:
    with within(Budget(1e9)):
        pass
    budget.spend()
    budget.check_awaited()


def test_a_long_query_ends_inside_of_the_gate() -> None:
    text = f"BASE <urn:x> {' '.join(f'PREFIX p{at}: <a>' for at in range(9_000))} SELECT * {{}}"
    with within(Budget(0.5, clock=Clock(0.001))), pytest.raises(WorkTimeout):
        inspect(text, Settings())
    with within(Budget(1e9)):
        assert inspect(text, Settings()).form.value == "SELECT"


def test_a_search_ends_inside_of_the_index(release: Release) -> None:
    search = Search(Path(release.folder))
    with within(Budget(0.5, clock=Clock(1.0))), pytest.raises(WorkTimeout):
        search.ask("human rights of the people", {})
    with within(Budget(1e9)):
        assert search.ask("human rights of the people", {}).total
