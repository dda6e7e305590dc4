"""Turns: what a client used lately, what it has to rest for, and for whom."""

from __future__ import annotations

import pytest

from allegata.turns import Turns


class Now:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = 100.0
        monkeypatch.setattr("time.monotonic", lambda: self.time)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    return Now(monkeypatch)


def test_clients_with_a_debt_share_what_there_is(now: Now) -> None:
    turns = Turns(1 / 4, 0.05)
    assert turns.charge("a", 0.05) == pytest.approx(0.0, abs=1e-6)
    alone = turns.charge("a", 0.01)
    assert alone == pytest.approx(0.04)
    turns.charge("b", 0.05)
    assert turns.charge("a", 0.0) == pytest.approx(2 * alone), "two clients get half each"
    now.time += 2 * alone
    assert turns.charge("a", 0.0) == pytest.approx(0.0, abs=1e-6)
    now.time += 60
    assert turns.charge("c", 0.06) == pytest.approx(alone), "debts are forgotten once paid"


def test_a_client_rests_until_it_has_paid_or_nobody_else_asks(now: Now) -> None:
    turns = Turns(1 / 4, 0.05)
    turns.note("a")
    turns.note("a")
    assert list(turns.rests("a", 10.0)) == [], "nobody else asks"
    now.time += 30
    turns.note("b")
    turns.note("a")
    assert turns.others_ask("a") and turns.others_ask("b")
    rests = []
    for seconds in turns.rests("a", 0.2):
        rests.append(seconds)
        now.time += seconds
        turns.note("b")
    assert sum(rests) == pytest.approx(0.6) and max(rests) <= 0.25
    rests.clear()
    for seconds in turns.rests("a", 100.0):
        rests.append(seconds)
        now.time += seconds
    assert 0.75 <= sum(rests) <= 1.25, "nobody else asks any more"


def test_a_debt_and_those_who_share_are_bounded(now: Now) -> None:
    turns = Turns(1 / 4, 0.05)
    assert turns.charge("a", 1e9) == pytest.approx(1.0)
    for number in range(100):
        turns.charge(str(number), 0.01)
    assert turns.charge("a", 0.0) == pytest.approx(3.0) and turns.charge("b", 0.06) == pytest.approx(0.12)
