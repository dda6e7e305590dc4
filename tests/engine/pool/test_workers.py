"""The workers: each query in a process that can be ended, whatever it does, while the others go on."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from allegata.engine import Query, WorkerPool
from allegata.errors import (
    AllegataError,
    Busy,
    LimitExceeded,
    QueryFailed,
    QueryOutOfMemory,
    QuerySyntaxError,
    QueryTimeout,
    ReleaseError,
    TooManyRequests,
)
from allegata.model.formats import BINDING_FORMATS, CSV_RESULTS, GRAPH_FORMATS, JSON_LD, JSON_RESULTS, TSV_RESULTS, TURTLE, Format
from support import EX, ROOT, ask, count, make_release, numbers, query, settings, smuggle, until

MIB = 1 << 20
#: Seconds that nothing reaches which is not meant to go on for ever.
PATIENCE = 120.0
#: Seconds after which a query that goes on for ever is ended where the test waits for that.
HASTE = 1.0
ORDINARY = f"SELECT (COUNT(*) AS ?n) {{ ?s <{EX}value> ?v }}"
QUADS = 2_000
CARTESIAN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LONG_ANSWER = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_release(tmp_path_factory.mktemp("release"), numbers(QUADS))


@pytest.fixture(scope="module", params=[1 << 30, 0], ids=["memory", "disk"])
def pool(request: pytest.FixtureRequest, folder: Path) -> Iterator[WorkerPool]:
    with closing(WorkerPool(folder, settings(memory_store=request.param))) as opened:
        yield opened


def children(pid: int) -> list[int]:
    """Return the living child processes of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def forkserver_of(pid: int) -> int:
    (forkserver,) = [
        child for child in children(pid) if b"allegata.engine.pool.forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    return forkserver


def runs(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


# Answers


def test_a_small_answer_has_its_length(pool: WorkerPool) -> None:
    answer = pool.answer(query(ORDINARY, CSV_RESULTS))
    data = b"".join(answer.chunks)
    assert (data, answer.length, answer.truncated) == (b"n\r\n2000\r\n", len(data), False)


@pytest.mark.parametrize("hold", [0.0, PATIENCE], ids=["stream", "held"])
def test_a_long_answer_comes_in_pieces_with_its_length_if_it_is_over_in_time(folder: Path, hold: float) -> None:
    with closing(WorkerPool(folder, settings(result_hold=hold))) as pool:
        answer = pool.answer(query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 200000", CSV_RESULTS))
        chunks = list(answer.chunks)
    whole = b"".join(chunks)
    assert answer.length == (len(whole) if hold else None)
    assert len(chunks) > 1 and whole.count(b"\r\n") == 200_001


def test_graphs_and_datasets_go_through(pool: WorkerPool) -> None:
    assert b"value" in ask(pool, f"DESCRIBE <{EX}n1>", TURTLE)
    assert count(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graphs=(f"{EX}graph/none",)) == 0
    assert count(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graphs=(f"{EX}graph/numbers",)) == QUADS


def test_errors_of_a_worker_arrive_as_they_are(pool: WorkerPool) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.answer(smuggle("SELECT * {\n ?s ?p }"))
    assert caught.value.members["line"] == 2


@pytest.mark.parametrize("allowed", [1_000, MIB], ids=["in one block", "in several"])
@pytest.mark.parametrize("form", [*BINDING_FORMATS, *GRAPH_FORMATS], ids=lambda form: form.name)
def test_an_answer_over_the_limit_is_cut_behind_a_whole_row_and_says_so(folder: Path, form: Format, allowed: int) -> None:
    text = LONG_ANSWER if form in BINDING_FORMATS else "CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f }"
    with closing(WorkerPool(folder, settings(result_bytes=allowed, result_hold=PATIENCE, cache_bytes=MIB))) as small:
        for _ in range(2):
            answer = small.answer(query(text, form))
            body = b"".join(answer.chunks)
            assert answer.truncated and answer.length == len(body) < allowed + 65_536
            assert rows(body, form) > 1
            assert (b"result_bytes" in body) == (form not in (CSV_RESULTS, TSV_RESULTS, JSON_LD))


def rows(body: bytes, form: Format) -> int:
    """Count what strict parsers find in an answer."""
    if form in (JSON_RESULTS, CSV_RESULTS):
        results = (
            json.loads(body)["results"]["bindings"] if form is JSON_RESULTS else list(csv.reader(io.StringIO(body.decode())))
        )
        assert len({len(row) for row in results}) == 1
        return len(results)
    if form in BINDING_FORMATS:
        syntax = QueryResultsFormat.from_media_type(form.media_type)
        solutions = parse_query_results(body, syntax)
        assert isinstance(solutions, QuerySolutions)
        return len(list(solutions))
    return len(list(parse(body, RdfFormat.from_media_type(form.media_type))))


def test_one_row_that_is_over_the_limit_is_an_error(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(result_bytes=1_000))) as small, pytest.raises(LimitExceeded) as caught:
        small.answer(query("SELECT (GROUP_CONCAT(?o) AS ?all) { ?s ?p ?o }"))
    assert caught.value.members == {"limit": "result_bytes", "allowed": 1_000}


def test_an_answer_that_reaches_the_limit_as_a_stream_breaks_and_is_never_whole(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(result_bytes=MIB, result_hold=0.0))) as small:
        answer = small.answer(query(LONG_ANSWER))
        assert next(answer.chunks).startswith(b'{"head"')
        with pytest.raises(LimitExceeded):
            list(answer.chunks)


def test_answers_are_kept_up_to_a_size(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(cache_bytes=MIB))) as pool:
        first = ask(pool, ORDINARY)
        stopped = [pool.forkserver_pid, *children(pool.forkserver_pid)]
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            assert ask(pool, ORDINARY) == first
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)


def test_a_release_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / "allegata.nq.gz").write_bytes(b"no gzip")
    with pytest.raises(ReleaseError):
        WorkerPool(tmp_path, settings())
    with pytest.raises(ReleaseError, match="worker"):
        WorkerPool(tmp_path / "nothing", settings())


# Attacks


@pytest.fixture
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """Listen on a port and note who calls."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def note() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = listening.accept()
                    calls.append(b"called")
                    caller.close()

        thread = threading.Thread(target=note, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", calls
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


CALLS = [
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{0}> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
    "PREFIX ex: <{0}> SELECT * {{ SERVICEex: {{ ?s ?p ?o }} }}",
    "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "SELECT * {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
]


@pytest.mark.parametrize("text", CALLS)
def test_a_worker_reaches_nobody_even_without_the_gate(pool: WorkerPool, canary: tuple[str, list[bytes]], text: str) -> None:
    address, calls = canary
    with suppress(QueryFailed):
        list(pool.answer(smuggle(text.format(address))).chunks)
    assert calls == []
    assert count(pool, ORDINARY) == QUADS


CRASHES = {
    "braces": "SELECT * " + "{" * 2_500 + "}" * 2_500,
    "more braces": "SELECT * " + "{" * 200_000 + "}" * 200_000,
    "not": "SELECT * { FILTER(" + "!" * 10_000 + "true) }",
    "or": "SELECT * { FILTER(true" + "||true" * 10_000 + ") }",
    "plus": "SELECT * { FILTER(1" + "+1" * 10_000 + ") }",
    "union": "SELECT * { {}" + " UNION {}" * 10_000 + " }",
    "parentheses": "SELECT * { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }",
    "path": "SELECT * { ?s " + "/".join(["<a:b>"] * 2_000) + " ?o }",
}


@pytest.mark.parametrize("name", CRASHES)
def test_no_text_ends_the_service_even_without_the_gate(pool: WorkerPool, name: str) -> None:
    with suppress(QueryFailed, QueryTimeout, QuerySyntaxError):
        list(pool.answer(smuggle(CRASHES[name], timeout=HASTE)).chunks)
    assert count(pool, ORDINARY) == QUADS


def test_cartesian_products_end_at_their_time_limit(folder: Path) -> None:
    errors: list[AllegataError] = []

    def attack(attacked: WorkerPool) -> None:
        try:
            attacked.answer(query(CARTESIAN, timeout=HASTE))
        except AllegataError as error:
            errors.append(error)

    with closing(WorkerPool(folder, settings(query_timeout=PATIENCE))) as pool:
        attackers = [threading.Thread(target=attack, args=(pool,)) for _ in range(8)]
        for thread in attackers:
            thread.start()
        for thread in attackers:
            thread.join()
        assert len(errors) == 8 and {type(error) for error in errors} <= {QueryTimeout, Busy}
        assert any(error.members == {"limit": "query_timeout", "allowed": HASTE} for error in errors)
        assert count(pool, ORDINARY) == QUADS


def test_others_go_on_while_cartesian_products_do(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(query_timeout=PATIENCE))) as pool:
        over = threading.Event()
        attackers = [start(pool, query(CARTESIAN, client="attacker", is_disconnected=over.is_set)) for _ in range(8)]
        until(lambda: places(pool)["long"] == 2)
        for _ in range(20):
            assert count(pool, ORDINARY, client="reader") == QUADS
        assert places(pool)["long"] == 2
        over.set()
        for thread in attackers:
            thread.join()


def test_a_query_that_goes_on_has_the_lowest_priority_and_the_next_one_the_usual(folder: Path) -> None:
    def policies(worker: int) -> list[int]:
        with suppress(OSError):
            return sorted(os.sched_getscheduler(int(task.name)) for task in Path(f"/proc/{worker}/task").iterdir())
        return []

    with closing(WorkerPool(folder, settings(query_timeout=PATIENCE))) as pool:
        asked = threading.Thread(target=lambda: count(pool, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c != ?e) }"))
        asked.start()
        until(lambda: [os.SCHED_OTHER, os.SCHED_IDLE] in [policies(worker) for worker in children(pool.forkserver_pid)])
        asked.join()
        until(lambda: {tuple(policies(worker)) for worker in children(pool.forkserver_pid)} == {(os.SCHED_OTHER,)})


def test_a_request_can_only_lower_the_time_limit(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(query_timeout=HASTE))) as pool:
        for asked, allowed in ((0.3, 0.3), (100.0, HASTE)):
            with pytest.raises(QueryTimeout) as caught:
                pool.answer(query(CARTESIAN, timeout=asked))
            assert caught.value.members["allowed"] == allowed


GROWING = [
    "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f ?c",
    "SELECT (STRLEN(?z) AS ?n) { BIND('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' AS ?a)"
    + "".join(
        f" BIND(CONCAT(?{x}, ?{x}, ?{x}, ?{x}, ?{x}, ?{x}, ?{x}, ?{x}) AS ?{y})"
        for x, y in zip("abcdefghij", "bcdefghijz", strict=True)
    )
    + " }",
]


@pytest.mark.parametrize("text", GROWING)
@pytest.mark.parametrize("memory_store", [1 << 30, 0], ids=["memory", "disk"])
def test_growth_ends_at_the_memory_limit(folder: Path, memory_store: int, text: str) -> None:
    limits = settings(query_memory=64 * MIB, query_timeout=PATIENCE, memory_store=memory_store)
    with closing(WorkerPool(folder, limits)) as pool:
        with pytest.raises(QueryOutOfMemory) as caught:
            pool.answer(query(text))
        assert caught.value.members == {"limit": "query_memory", "allowed": 64 * MIB}
        assert count(pool, ORDINARY) == QUADS


# Places


def start(pool: WorkerPool, asked: Query) -> threading.Thread:
    """Ask in a thread of its own, whatever becomes of it."""

    def attempt() -> None:
        with suppress(AllegataError):
            list(pool.answer(asked).chunks)

    thread = threading.Thread(target=attempt)
    thread.start()
    return thread


def places(pool: WorkerPool) -> dict[str, int]:
    """Return the number of queries in each place."""
    figures = pool.figures()
    return {place: figures[place] for place in ("long", "halted", "short", "waiting")}


def test_one_client_cannot_take_all_places(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(query_timeout=PATIENCE, query_per_client=1))) as pool:
        over = threading.Event()
        thread = start(pool, query(CARTESIAN, client="greedy", is_disconnected=over.is_set))
        until(lambda: any(places(pool).values()))
        with pytest.raises(TooManyRequests) as caught:
            pool.answer(query(ORDINARY, client="greedy"))
        assert caught.value.members["limit"] == "query_per_client" and int(caught.value.members["retryAfter"]) >= 1
        assert count(pool, ORDINARY, client="another") == QUADS
        over.set()
        thread.join()
        assert count(pool, ORDINARY, client="greedy") == QUADS


#: Where queries that go on are as one after the other comes, if there is one place of each kind.
FILLING = (
    {"long": 0, "halted": 0, "short": 1, "waiting": 0},
    {"long": 1, "halted": 0, "short": 1, "waiting": 0},
    {"long": 1, "halted": 1, "short": 1, "waiting": 0},
    {"long": 1, "halted": 1, "short": 1, "waiting": 1},
)


def test_the_queue_is_bounded(folder: Path) -> None:
    # A query leaves the short lane when the next one waits, and not by itself: so each stays where the test wants it.
    single = {"query_workers": 1, "query_short_workers": 1, "query_queue": 1, "query_short": PATIENCE}
    with closing(WorkerPool(folder, settings(query_timeout=PATIENCE, **single))) as pool:
        threads, over = [], threading.Event()
        for expected in FILLING:
            threads.append(start(pool, query(CARTESIAN, is_disconnected=over.is_set)))
            until(lambda expected=expected: places(pool) == expected)  # type: ignore[misc]
        with pytest.raises(Busy) as caught:
            pool.answer(query(ORDINARY))
        assert caught.value.members["limit"] == "query_queue" and int(caught.value.members["retryAfter"]) >= 1
        over.set()
        for thread in threads:
            thread.join()
        assert count(pool, ORDINARY) == QUADS


def test_a_halted_query_goes_on_when_a_place_is_free(folder: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
    with closing(WorkerPool(folder, settings(query_timeout=PATIENCE, query_short=0.01, query_workers=1))) as pool:
        found: list[int] = []
        threads = [threading.Thread(target=lambda: found.append(count(pool, slow))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [QUADS * QUADS] * 2


# Processes


def test_a_worker_that_is_killed_is_replaced(pool: WorkerPool) -> None:
    workers = children(pool.forkserver_pid)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    until(lambda: not any(map(runs, workers)))
    assert count(pool, ORDINARY) == QUADS


def test_a_worker_that_is_killed_at_work_is_told(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(query_timeout=PATIENCE))) as pool:
        errors: list[AllegataError] = []

        def attempt() -> None:
            try:
                pool.answer(query(CARTESIAN))
            except AllegataError as error:
                errors.append(error)

        thread = threading.Thread(target=attempt)
        thread.start()
        until(lambda: places(pool)["long"])
        workers = children(pool.forkserver_pid)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        thread.join()
        until(lambda: not any(map(runs, workers)))
        assert "was killed" in str(errors[0]) and isinstance(errors[0], QueryFailed)
        assert count(pool, ORDINARY) == QUADS


def test_a_keeper_that_is_killed_is_replaced(folder: Path) -> None:
    with closing(WorkerPool(folder, settings())) as pool:
        before = pool.forkserver_pid
        os.kill(before, signal.SIGKILL)
        until(lambda: pool.forkserver_pid != before and pool.healthy())
        assert count(pool, ORDINARY) == QUADS


def test_the_worker_of_a_client_that_goes_away_is_ended(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(query_timeout=PATIENCE, query_per_client=1, result_bytes=1 << 40))) as pool:
        forkserver = pool.forkserver_pid
        before = set(children(forkserver))
        answer = pool.answer(query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))
        next(answer.chunks)
        answer.close()
        until(lambda: before - set(children(forkserver)))
        until(lambda: _may_ask(pool))
        assert list(answer.chunks) == []


def _may_ask(pool: WorkerPool) -> bool:
    with suppress(TooManyRequests):
        return count(pool, ORDINARY) == QUADS
    return False


def test_a_client_that_reads_slowly_holds_no_worker(folder: Path) -> None:
    with closing(WorkerPool(folder, settings(query_short_workers=1, query_timeout=PATIENCE))) as pool:
        answers = [pool.answer(query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000", CSV_RESULTS)) for _ in range(5)]
        assert count(pool, ORDINARY) == QUADS
        assert {b"".join(answer.chunks).count(b"\r\n") for answer in answers} == {20_001}


def test_nothing_is_left_after_closing(folder: Path) -> None:
    pool = WorkerPool(folder, settings())
    forkserver = pool.forkserver_pid
    processes = [forkserver, *children(forkserver)]
    thread = start(pool, query(CARTESIAN))
    until(lambda: places(pool)["long"])
    assert len(processes) > 1 and pool.healthy()
    pool.close()
    thread.join()
    until(lambda: not any(map(runs, processes)))
    assert not pool.healthy()
    with pytest.raises(AllegataError):
        pool.answer(query(ORDINARY))


PARENT = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from allegata.engine import WorkerPool
from support import query, settings, until, CSV_RESULTS
import threading
pool = WorkerPool(Path({folder!r}), settings())
threading.Thread(target=lambda: pool.answer(query({busy!r})), daemon=True).start()
until(lambda: pool.figures()["long"])
print(b"".join(pool.answer(query("ASK {{}}", CSV_RESULTS)).chunks).decode(), flush=True)
threading.Event().wait()
"""


def test_nothing_is_left_when_the_parent_is_killed(folder: Path) -> None:
    code = PARENT.format(tests=str(ROOT / "tests" / "helpers"), folder=str(folder), busy=CARTESIAN)
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout and parent.stdout.readline().strip() == "true"
        forkserver = forkserver_of(parent.pid)
        processes = [forkserver, *children(forkserver)]
        parent.kill()
    assert len(processes) > 1
    until(lambda: not any(map(runs, processes)))


def test_a_thread_that_takes_its_time_to_end_takes_no_memory_from_the_next_query(folder: Path) -> None:
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        with closing(WorkerPool(folder, settings(query_memory=64 << 20, query_timeout=PATIENCE))) as pool:
            for number in range(150):
                text = f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . <{EX}n1> ?e ?f FILTER(REGEX(CONCAT(STR(?c), '-'), '-9')) }} # {number}"
                assert count(pool, text) == 0
                assert count(pool, f"SELECT (COUNT(*) AS ?n) {{ ?s ?p {number} }}") == 0
    finally:
        for process in busy:
            process.kill()
            process.wait()


def test_workers_that_are_left_over_are_ended(folder: Path) -> None:
    """Twenty that worked at once would each keep what they made their own of the store."""
    with closing(WorkerPool(folder, settings(query_short_workers=2))) as pool:
        several = [pool._take() for _ in range(12)]
        with pool._lock:
            pool._idle += several
        until(lambda: pool.figures()["idle"] == 3 and not pool._dying)
        until(lambda: sum(runs(worker.pid) for worker in several) <= 3)
        assert count(pool, ORDINARY) == QUADS
