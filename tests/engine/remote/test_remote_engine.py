"""Engines behind the service: what they are put, what becomes of their answers, and of those that are slow, dead or lie."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from allegata.engine import Engine, RemoteEngine, open_engine
from allegata.engine.remote.contents import Contents
from allegata.errors import (
    BadRequest,
    EngineFailed,
    EngineTimeout,
    EngineUnavailable,
    QueryFailed,
    QueryRefused,
    QuerySyntaxError,
    RequestError,
    TooManyRequests,
    UsageError,
)
from allegata.model.formats import CSV_RESULTS, JSON_RESULTS, N_TRIPLES, TSV_RESULTS, TURTLE, XML_RESULTS, Format
from allegata.release.handle import Release
from fake_engine import FakeEngine, fake_engine, pushable
from ports import kept_port
from support import EX, STATEMENTS, ask, numbers, query, settings, until

XSD = "http://www.w3.org/2001/XMLSchema#"
TYPED = (
    f'<{EX}t> <{EX}number> "007"^^<{XSD}integer> <{EX}graph/typed> .\n',
    f'<{EX}t> <{EX}word> "colour"@en-GB <{EX}graph/typed> .\n',
    f"<{EX}a> <{EX}kin> <{EX}b> <{EX}graph/inferred> .\n",
)
NAMES = f"SELECT ?name {{ ?s <{EX}name> ?name }} ORDER BY ?name"
#: What the service's own look at an engine does not have.
OURS = f"{EX}name"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return pushable(tmp_path_factory.mktemp("remote"), (*STATEMENTS, *TYPED, *numbers(1500)))


@pytest.fixture(scope="module")
def own(release: Release) -> Iterator[Engine]:
    with closing(open_engine(release.folder, settings())) as engine:
        yield engine


@pytest.fixture(scope="module")
def before(release: Release) -> Iterator[Engine]:
    """Return an engine that stands before one that answers as it should."""
    with fake_engine() as fake:
        load(fake, release)
        with closing(_before(release, fake.address)) as engine:
            yield engine


Start = Callable[..., tuple[RemoteEngine, list[FakeEngine]]]


@pytest.fixture
def start(release: Release) -> Iterator[Start]:
    """Start engines that hold the release, and the engine that stands before them."""
    with ExitStack() as stack:

        def begin(number: int = 1, server: str = "Test/1.0", **values: Any) -> tuple[RemoteEngine, list[FakeEngine]]:
            fakes = [stack.enter_context(fake_engine(server=server)) for _ in range(number)]
            for fake in fakes:
                load(fake, release)
            given = {"engine": " ".join(fake.address for fake in fakes), "engine_health": 600.0, **values}
            engine = RemoteEngine(release.folder, settings(**given))
            stack.callback(engine.close)
            return engine, fakes

        yield begin


def load(fake: FakeEngine, release: Release) -> None:
    contents = Contents(release)
    fake.load(contents.pieces())
    fake.load([(contents.names.about, contents.sign)])


QUERIES = (
    NAMES,
    f"ASK {{ <{EX}a> <{EX}name> 'Ada' }}",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    f"SELECT * {{ ?zoe <{EX}knows> ?amy . ?amy <{EX}name> ?name }}",
    f"SELECT * {{ GRAPH ?g {{ ?s <{EX}name> ?name }} }} ORDER BY ?g ?name",
    f"BASE <{EX}> SELECT ?s {{ GRAPH <graph/two> {{ ?s <name> ?name }} }} ORDER BY ?s",
    f"SELECT ?s {{ GRAPH <{EX}graph/none> {{ ?s ?p ?o }} }}",
    f"PREFIX g: <{EX}graph/> SELECT ?s ?name FROM g:two {{ ?s <{EX}name> ?name }} ORDER BY ?s",
    f"SELECT ?g FROM NAMED <{EX}graph/one> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    f"SELECT * FROM <{EX}graph/none> {{ ?s ?p ?o }}",
    f"SELECT ?s ?v {{ VALUES ?v {{ 'Ada' }} {{ SELECT * {{ GRAPH ?g {{ ?s <{EX}name> ?v }} }} }} }} ORDER BY ?g",
    f"SELECT ?v {{ <{EX}t> ?p ?v }} ORDER BY ?p",
    f"SELECT (STR(?g) AS ?t) {{ GRAPH ?g {{ <{EX}t> ?p ?v }} }} ORDER BY ?t",
    f"SELECT ?v {{ ?s <{EX}value> ?v }} ORDER BY ?v LIMIT 1200",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(?o) > 1) ORDER BY ?s VALUES ?s { UNDEF }",
)
GRAPHS = (
    f"CONSTRUCT {{ ?s <{EX}called> ?name ; a <{EX}Person> }} WHERE {{ ?s <{EX}name> ?name }}",
    f"CONSTRUCT WHERE {{ ?s <{EX}name> ?name }}",
    f"CONSTRUCT {{ <{EX}x> <{EX}y> 1 }} WHERE {{ ?s <{EX}name> ?name }}",
    f"CONSTRUCT {{ ?name <{EX}y> 1 }} WHERE {{ ?s <{EX}name> ?name }}",
    f"CONSTRUCT {{ ?s ?p ?o }} FROM <{EX}graph/two> {{ ?s ?p ?o }}",
    f"DESCRIBE <{EX}a>",
    f"DESCRIBE ?s <{EX}t> WHERE {{ ?s <{EX}name> 'Ada' }}",
    f"DESCRIBE * WHERE {{ ?s <{EX}knows> ?o }}",
    f"PREFIX e: <{EX}> DESCRIBE e:a FROM e:graph",
)


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("form", [JSON_RESULTS, XML_RESULTS, CSV_RESULTS, TSV_RESULTS])
def test_rows_are_those_of_the_release_itself(before: Engine, own: Engine, text: str, form: Format) -> None:
    assert ask(before, text, form) == ask(own, text, form)


@pytest.mark.parametrize("text", GRAPHS)
def test_graphs_are_those_of_the_release_itself(before: Engine, own: Engine, text: str) -> None:
    for form in (N_TRIPLES, TURTLE):
        got, wanted = (_triples(one, text, form) for one in (before, own))
        assert got == wanted


def _triples(engine: Engine, text: str, form: Format) -> set[str]:
    syntax = RdfFormat.from_media_type(form.media_type)
    return {str(quad) for quad in parse(ask(engine, text, form), syntax)}


def test_every_query_names_its_dataset(start: Start) -> None:
    engine, (fake,) = start()
    for text in QUERIES:
        ask(engine, text)
    assert all(f" FROM <{EX}release/1.0/" in text for text in fake.asked)


def test_graphs_of_the_request_override_those_of_the_query(before: Engine, own: Engine) -> None:
    text = f"SELECT ?name FROM <{EX}graph/one> {{ ?s <{EX}name> ?name }} ORDER BY ?name"
    given: Any = {"default_graphs": (f"{EX}graph/two",)}
    assert ask(before, text, **given) == ask(own, text, **given) != ask(own, text)


def test_graphs_that_share_a_statement_are_not_merged_by_an_engine_that_would_count_it_twice(before: Engine, own: Engine) -> None:
    engine = before
    text = f"SELECT (COUNT(*) AS ?n) FROM <{EX}graph/one> FROM <{EX}graph/two> {{ ?s ?p ?o }}"
    with pytest.raises(BadRequest, match="share a statement"):
        ask(engine, text)
    every = [f"{EX}graph/{name}" for name in ("one", "two", "three", "typed", "numbers", "meta")]
    for graphs in (every, [*every, f"{EX}graph/inferred"], every[2:4]):
        text = f"SELECT (COUNT(*) AS ?n) {' '.join(f'FROM <{graph}>' for graph in graphs)} {{ ?s ?p ?o }}"
        assert ask(engine, text) == ask(own, text)


def test_new_nodes_of_a_template_are_new_in_each_row(before: Engine) -> None:
    lines = ask(before, f"CONSTRUCT {{ [] <{EX}of> ?s, ?name }} WHERE {{ ?s <{EX}name> ?name }}", N_TRIPLES).splitlines()
    assert len(lines) == 4
    assert len({line.split()[0] for line in lines}) == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT ?x { ?x a <y> ", QuerySyntaxError),
        ("SELECT ?x { ?x a none:such }", QuerySyntaxError),
        ("SELECT (bif:now() AS ?x) {}", QuerySyntaxError),
        ("PREFIX b: <bif:> SELECT (b:now() AS ?x) {}", QueryRefused),
        ("SELECT (<sql:now>() AS ?x) {}", QueryRefused),
        ("SELECT ?allegata_r_s {}", BadRequest),
        ("SELECT ?x { FILTER(1 = ) }", QuerySyntaxError),
        ("CONSTRUCT { ?s ?p } WHERE { ?s ?p ?o }", QuerySyntaxError),
        ("CONSTRUCT", QuerySyntaxError),
        ("DESCRIBE <a", QuerySyntaxError),
        ("SELECT ?g { GRAPH ?g { ?s ?p ?o }", QuerySyntaxError),
    ],
)
def test_a_query_that_is_none_is_refused_by_its_place(before: Engine, text: str, kind: type[RequestError]) -> None:
    with pytest.raises(kind):
        ask(before, text)


# -- Engines that go wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["cut", "torn", "page", "vain"])
def test_an_answer_that_is_not_whole_is_no_answer(start: Start, wrong: str) -> None:
    engine, (fake,) = start()
    fake.wrong, fake.only = wrong, OURS
    with pytest.raises(EngineFailed, match=fake.name) as caught:
        ask(engine, NAMES)
    assert (caught.value.status, caught.value.members["engine"]) == (502, fake.name)


def test_rows_that_are_silently_left_out_are_found_by_counting(start: Start) -> None:
    engine, (fake,) = start()
    fake.wrong, fake.most, fake.only = "short", 1000, f"{EX}value"
    text = f"SELECT ?v {{ ?s <{EX}value> ?v }}"
    with pytest.raises(EngineFailed, match="1000 rows of 1500"):
        ask(engine, text)
    with pytest.raises(EngineFailed, match="1000 rows of 1500"):
        ask(engine, f"CONSTRUCT {{ ?s <{EX}v> 1 }} WHERE {{ ?s <{EX}value> ?v }}")
    assert len(ask(engine, f"{text} LIMIT 1000", CSV_RESULTS).splitlines()) == 1001


def test_an_engine_that_gives_few_rows_is_not_asked_at_all(start: Start) -> None:
    engine, (fake,) = start()
    fake.wrong, fake.most = "short", 100
    engine.replicas.all[0].loaded = None
    engine.replicas.look()
    with pytest.raises(EngineUnavailable, match="100 rows where 1000"):
        ask(engine, NAMES)


def test_what_an_engine_says_of_an_early_end_is_an_error(start: Start) -> None:
    engine, (fake,) = start(server="Virtuoso/07.20 (Linux)")
    fake.wrong, fake.only = "partial", OURS
    with pytest.raises(EngineFailed, match="ended the query early"):
        ask(engine, NAMES)


@pytest.mark.parametrize("wrong", ["silent", "slow"])
def test_an_engine_that_takes_too_long_is_left_and_told(start: Start, wrong: str) -> None:
    engine, (fake,) = start(query_timeout=0.4)
    fake.wrong, fake.only = wrong, OURS
    with pytest.raises(EngineTimeout) as caught:
        ask(engine, NAMES)
    assert (caught.value.status, caught.value.members) == (504, {"engine": fake.name, "limit": "query_timeout", "allowed": 0.4})
    assert fake.left.wait(60)


def test_a_client_that_hangs_up_ends_its_query_at_the_engine(start: Start) -> None:
    engine, (fake,) = start()
    fake.wrong, fake.only = "silent", OURS
    gone = threading.Event()
    threading.Timer(0.2, gone.set).start()
    with pytest.raises(QueryFailed, match="Nobody waits"):
        engine.answer(query(NAMES, is_disconnected=gone.is_set))
    assert fake.left.wait(60)
    assert engine.figures()["running"] == 0


def test_a_stream_that_is_let_go_of_ends_its_query_at_the_engine(start: Start) -> None:
    engine, (fake,) = start(result_hold=0.0, result_bytes=64 << 20)
    union = f"{engine.about.names.root}union"
    fake.load((union, f'<{EX}s{number}> <{EX}p> "{"x" * 400_000}{number}" .\n'.encode()) for number in range(12))
    fake.wrong, fake.only = "slow", f"{EX}p>"
    answer = engine.answer(query(f"SELECT ?o {{ ?s <{EX}p> ?o }}"))
    assert answer.length is None
    answer.close()
    assert fake.left.wait(60)
    until(lambda: engine.figures()["running"] == 0)


@pytest.mark.parametrize(
    ("status", "kind"), [(503, EngineFailed), (404, EngineFailed), (500, EngineFailed), (504, EngineTimeout)]
)
def test_the_status_of_an_engine_becomes_an_error_that_names_it(start: Start, status: int, kind: type[RequestError]) -> None:
    engine, (fake,) = start()
    fake.wrong, fake.status, fake.only = "status", status, OURS
    with pytest.raises(kind, match=fake.name):
        ask(engine, NAMES)


# -- Several -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["cut", "torn", "page", "status"])
def test_another_engine_answers_where_one_fails(start: Start, wrong: str) -> None:
    engine, (bad, good) = start(2)
    bad.wrong, bad.only = wrong, OURS
    for _ in range(6):
        assert ask(engine, NAMES, CSV_RESULTS).split() == b'name Ada "Ben <b>"'.replace(b'"Ben <b>"', b"Ben <b>").split()
    assert good.asked


def test_one_that_fails_again_and_again_is_let_alone_and_asked_again_later(start: Start) -> None:
    engine, (bad, good) = start(2)
    bad.wrong, bad.only = "status", OURS
    for _ in range(8):
        ask(engine, NAMES)
    seen = len(bad.asked)
    ask(engine, NAMES)
    assert len(bad.asked) == seen
    bad.wrong = ""
    good.wrong, good.only = "status", OURS

    def answered() -> bool:
        try:
            return bool(ask(engine, NAMES))
        except (EngineFailed, EngineUnavailable):
            return False

    until(answered)


def test_a_dead_engine_is_known_before_it_is_asked(release: Release) -> None:
    with kept_port() as port, closing(_before(release, f"http://127.0.0.1:{port}/sparql")) as engine:
        assert not engine.healthy()
        with pytest.raises(EngineUnavailable, match=f"127.0.0.1:{port}: connection refused") as caught:
            ask(engine, NAMES)
        assert caught.value.status == 503
        assert engine.figures()["failed"] == 1
        with fake_engine(port) as fake:
            load(fake, release)
            engine.replicas.look()
            assert engine.healthy() and ask(engine, NAMES)


def _before(release: Release, address: str, **values: Any) -> RemoteEngine:
    return RemoteEngine(release.folder, settings(engine=address, engine_health=600.0, **values))


def test_an_engine_without_the_release_is_not_asked(release: Release) -> None:
    with fake_engine() as fake, closing(_before(release, fake.address)) as engine:
        with pytest.raises(EngineUnavailable, match="allegata push"):
            ask(engine, NAMES)
        load(fake, release)
        engine.replicas.look()
        assert ask(engine, NAMES)


def test_health_is_looked_after_by_itself(start: Start) -> None:
    engine, (fake,) = start(engine_health=0.1)
    fake.wrong = "page"
    until(lambda: not engine.healthy())
    fake.wrong = ""
    until(engine.healthy)


def test_places_are_bounded_and_shared(start: Start) -> None:
    engine, (fake,) = start(engine_queries=1, query_per_client=2, query_timeout=30.0)
    fake.wrong, fake.only = "silent", OURS
    gone = threading.Event()
    failed: list[str] = []

    def one() -> None:
        try:
            engine.answer(query(NAMES, client="a", is_disconnected=gone.is_set))
        except QueryFailed as error:
            failed.append(str(error))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: engine.figures()["running"] == 1 and engine.figures()["waiting"] == 1)
    with pytest.raises(TooManyRequests):
        engine.answer(query(NAMES, client="a"))
    gone.set()
    for thread in threads:
        thread.join(60)
    assert len(failed) == 2
    fake.wrong = ""
    assert ask(engine, NAMES, client="a")


def test_a_long_answer_is_cut_behind_a_row_with_notice(start: Start, own: Engine) -> None:
    engine, _ = start(result_bytes=4096)
    answer = engine.answer(query(f"SELECT ?v {{ ?s <{EX}value> ?v }} ORDER BY ?v", JSON_RESULTS))
    assert answer.truncated
    assert b'"truncated"' in b"".join(answer.chunks)
    graph = engine.answer(query(f"CONSTRUCT WHERE {{ ?s <{EX}value> ?v }}", N_TRIPLES))
    assert graph.truncated
    assert b"# Truncated" in b"".join(graph.chunks)


def test_an_answer_is_kept(start: Start) -> None:
    engine, (fake,) = start(cache_bytes=1 << 20)
    first = ask(engine, NAMES)
    seen = len(fake.asked)
    assert ask(engine, NAMES) == first
    assert len(fake.asked) == seen


@pytest.mark.parametrize("address", ["ftp://x/", "http://u:p@x/", "http://", "nothing", "http://x/#f", "http://x:99999/"])
def test_an_address_that_is_none_is_refused(release: Release, address: str) -> None:
    with pytest.raises(UsageError, match="no address of an engine"):
        _before(release, address)


def test_closing_ends_what_is_under_way(release: Release, tmp_path: Path) -> None:
    with fake_engine() as fake:
        load(fake, release)
        engine = _before(release, fake.address)
        fake.wrong, fake.only = "silent", OURS
        ended: list[RequestError] = []

        def one() -> None:
            try:
                ask(engine, NAMES)
            except RequestError as error:
                ended.append(error)

        thread = threading.Thread(target=one)
        thread.start()
        until(lambda: engine.figures()["running"] == 1)
        begun = time.monotonic()
        engine.close()
        thread.join(60)
        assert ended and time.monotonic() - begun < 60
