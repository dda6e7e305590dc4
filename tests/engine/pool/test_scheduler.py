"""The lanes: who runs, who waits, who is halted and who is ended, by a clock that the test turns."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from allegata.engine.pool.job import Job, Lane
from allegata.engine.pool.scheduler import Scheduler
from allegata.errors import Busy, QueryFailed, QueryTimeout, TooManyRequests
from support import settings, until


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


class House:
    """Lanes with one place each, their clock, by which every worker uses a processor, and what the workers were told."""

    def __init__(self, **values: float) -> None:
        self.clock = Clock()
        self.lanes = Scheduler(
            settings(**{"query_workers": 1, "query_short_workers": 1, "query_short": 1.0, "query_timeout": 10.0, **values}),
            self.clock,
        )
        self.told: list[str] = []

    def start(self, client: str = "", limit: float = 10.0) -> Job:
        job = self.lanes.enter(client, limit)
        self.lanes.start(job, self.told.append, self.clock)
        return job

    def turn(self, seconds: float) -> None:
        self.clock.time += seconds
        self.lanes.tick()


def test_a_query_that_takes_long_leaves_its_place_to_others() -> None:
    house = House()
    job = house.start()
    assert (job.lane, house.lanes.short_places) == (Lane.SHORT, 0)
    house.turn(1.1)
    assert (job.lane, house.lanes.short_places, house.told) == (Lane.LONG, 1, ["nice"])


def test_time_stands_still_for_a_halted_query() -> None:
    house = House()
    first = house.start()
    house.turn(1.1)
    second = house.start()
    house.turn(1.1)
    assert (second.lane, house.told) == (Lane.HALTED, ["nice", "nice", "stop"])
    house.turn(5.0)
    house.lanes.leave(first)
    house.turn(0.1)
    assert (second.lane, house.told[-1]) == (Lane.LONG, "continue")
    house.turn(8.8)
    assert second.verdict is None
    house.turn(0.2)
    assert isinstance(second.verdict, QueryTimeout) and house.told[-1] == "kill"


def test_a_long_query_for_which_there_is_no_place_is_ended() -> None:
    house = House()
    jobs = []
    for _ in range(3):
        jobs.append(house.start())
        house.turn(1.1)
    assert [job.lane for job in jobs[:2]] == [Lane.LONG, Lane.HALTED]
    assert isinstance(jobs[2].verdict, Busy) and jobs[2].verdict.members["limit"] == "query_workers"


def test_a_query_ends_at_its_own_limit() -> None:
    house = House()
    job = house.start(limit=0.5)
    house.turn(0.4)
    assert job.verdict is None
    house.turn(0.2)
    assert isinstance(job.verdict, QueryTimeout) and job.verdict.members == {"limit": "query_timeout", "allowed": 0.5}


def test_an_ended_query_is_told_once_why() -> None:
    house = House()
    job = house.start()
    house.lanes.cancel(job, QueryFailed("gone"))
    house.turn(20.0)
    assert str(house.lanes.leave(job)) == "gone"
    house.lanes.cancel(job, QueryFailed("too late"))
    assert house.told == ["kill"]


def test_a_client_has_its_share_and_gets_it_back() -> None:
    house = House(query_per_client=1, query_short_workers=2)
    job = house.start("a")
    with pytest.raises(TooManyRequests):
        house.start("a")
    house.start("b")
    house.lanes.leave(job)
    house.lanes.leave(job)
    house.start("a")


def test_a_query_that_is_not_over_at_once_loses_its_priority_and_keeps_its_place() -> None:
    house = House()
    job = house.start()
    house.turn(0.004)
    assert (house.told, job.nice) == ([], False)
    house.turn(0.02)
    house.turn(0.02)
    assert (house.told, job.nice, job.lane) == (["nice"], True, Lane.SHORT)


def test_processor_time_makes_a_query_long_and_a_busy_machine_does_not_unless_it_takes_very_long() -> None:
    house = House()
    job = house.lanes.enter("", 60.0)
    house.lanes.start(job, house.told.append, lambda: 0.0)
    house.turn(9.0)
    assert (job.lane, house.told) == (Lane.SHORT, [])
    house.turn(1.1)
    assert (job.lane, house.told) == (Lane.LONG, ["nice"])


def use(clock: Clock, processor: float) -> float:
    """Have used so much processor time as soon as the clock has moved."""
    return processor if clock.time else 0.0


def test_where_others_wait_the_query_that_used_most_leaves_its_place() -> None:
    house = House(query_short_workers=2)
    used = [0.03, 0.05]
    jobs = [house.lanes.enter("", 60.0) for _ in used]
    for job, processor in zip(jobs, used, strict=True):
        house.lanes.start(job, house.told.append, partial(use, house.clock, processor))
    house.turn(0.1)
    assert [job.lane for job in jobs] == [Lane.SHORT, Lane.SHORT]
    assert house.lanes.enter("", 60.0).lane is Lane.SHORT
    assert [job.lane for job in jobs] == [Lane.SHORT, Lane.LONG]


def crowd(house: House, *clients: str) -> list[Job]:
    """Fill the lanes with queries that go on."""
    jobs = []
    for client in clients:
        jobs.append(house.start(client, 60.0))
        house.turn(0.01)
    return jobs


def test_where_there_is_no_place_at_all_a_query_of_the_client_with_most_is_ended_for_one_with_fewer() -> None:
    house = House(query_short_workers=2)
    jobs = crowd(house, "modest", *["greedy"] * 4)
    assert house.lanes.figures() == {"waiting": 0, "short": 2, "long": 1, "halted": 2}
    assert house.lanes.enter("other", 60.0).lane is Lane.SHORT
    ended = [job for job in jobs if job.verdict]
    assert [job.client for job in ended] == ["greedy"] and isinstance(ended[0].verdict, Busy)
    assert ended[0].verdict.members["limit"] == "query_workers"
    assert house.lanes.leave(ended[0]) is ended[0].verdict
    assert house.lanes.figures() == {"waiting": 0, "short": 2, "long": 1, "halted": 2}


def test_who_has_fewer_goes_on_in_the_long_lane_before_who_has_more() -> None:
    house = House(query_short_workers=2, query_short=0.02)
    greedy = crowd(house, "greedy", "greedy")
    house.turn(0.02)
    modest = house.start("modest", 60.0)
    house.turn(0.1)
    assert [modest.lane, *sorted(job.lane.name for job in greedy)] == [Lane.LONG, "HALTED", "HALTED"]
    house.turn(9.0)
    assert modest.verdict is None and [job.ran < 1 for job in greedy] == [True, True], "time stood still"
    house.lanes.leave(modest)
    house.turn(0.01)
    assert sorted(job.lane.name for job in greedy) == ["HALTED", "LONG"]


def test_a_query_of_who_has_fewer_is_neither_halted_nor_ended_for_who_has_more() -> None:
    house = House(query_short_workers=1)
    jobs = crowd(house, "greedy", "greedy", "modest")
    assert [job.lane for job in jobs] == [Lane.LONG, Lane.HALTED, Lane.SHORT]
    with pytest.raises(TooManyRequests) as caught:
        house.lanes.enter("greedy", 0.01)
    assert caught.value.members["limit"] == "query_long_per_client"
    house.turn(0.5)
    assert [job.lane for job in jobs] == [Lane.LONG, Lane.HALTED, Lane.SHORT]


def test_a_client_has_a_share_of_the_long_queries_while_others_ask() -> None:
    house = House(query_short_workers=4, query_long_per_client=2)
    long = [house.start("a"), house.start("a")]
    house.turn(1.1)
    assert sorted(job.lane.name for job in long) == ["HALTED", "LONG"]
    house.lanes.leave(house.start("a"))
    other = house.start("b")
    with pytest.raises(TooManyRequests) as caught:
        house.start("a")
    assert caught.value.members == {"limit": "query_long_per_client", "allowed": 2, "retryAfter": 1}
    house.start("c")
    house.lanes.leave(long[0])
    assert house.start("a").lane is other.lane is Lane.SHORT


def test_where_all_clients_have_as_many_nobody_is_ended_before_somebody_has_waited_for_long() -> None:
    house = House(query_short_workers=1)
    jobs = crowd(house, "a", "b", "c")
    thread = threading.Thread(target=house.lanes.enter, args=("d", 60.0))
    thread.start()
    until(lambda: house.lanes.figures()["waiting"])
    house.turn(0.9)
    assert [job.verdict for job in jobs] == [None] * 3
    house.turn(0.2)
    thread.join()
    assert len([job for job in jobs if isinstance(job.verdict, Busy)]) == 1


def test_a_client_with_several_queries_going_on_starts_the_next_at_the_lowest_priority() -> None:
    house = House(query_short_workers=8)
    assert [job.nice for job in crowd(house, "busy", "busy")] == [True, True]
    assert [house.start(client).nice for client in ("busy", "other")] == [True, False]


def test_of_those_that_wait_the_client_with_the_fewest_runs_first() -> None:
    house = House(query_short_workers=2)
    running = [house.start("greedy"), house.start("greedy")]
    admitted: list[str] = []

    def wait(client: str) -> None:
        job = house.lanes.enter(client, 60.0)
        admitted.append(client)
        house.lanes.start(job, house.told.append, house.clock)

    threads = []
    for client in ("greedy", "greedy", "modest"):
        threads.append(threading.Thread(target=wait, args=(client,)))
        threads[-1].start()
        until(lambda: house.lanes.figures()["waiting"] == len(threads))
    house.lanes.leave(running[0])
    until(lambda: admitted)
    assert admitted == ["modest"]
    house.lanes.leave(running[1])
    until(lambda: len(admitted) == 2)
    for job in list(house.lanes._running):
        house.lanes.leave(job)
    for thread in threads:
        thread.join()


def test_the_query_of_a_client_that_hung_up_is_ended_where_it_runs_and_where_it_waits() -> None:
    house = House()
    gone: list[bool] = []
    running = house.lanes.enter("a", 10.0, lambda: bool(gone))
    house.lanes.start(running, house.told.append, house.clock)
    errors: list[Exception] = []

    def wait() -> None:
        try:
            house.lanes.enter("b", 60.0, lambda: bool(gone))
        except QueryFailed as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: house.lanes.figures()["waiting"])
    house.turn(0.001)
    assert running.verdict is None and not errors
    gone.append(True)
    house.turn(0.0)
    thread.join()
    assert isinstance(running.verdict, QueryFailed) and house.told == ["kill"] and len(errors) == 1
    house.lanes.leave(running)
    assert house.lanes.figures() == {"waiting": 0, "short": 0, "long": 0, "halted": 0}


def test_who_waits_too_long_is_told_and_forgotten() -> None:
    house = House(query_per_client=1)
    job = house.start("a")
    for _ in range(2):
        with pytest.raises(Busy):
            house.lanes.enter("b", 0.01)
    house.lanes.leave(job)
    assert house.start("b").lane is Lane.SHORT
