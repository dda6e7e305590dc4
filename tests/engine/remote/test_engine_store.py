"""Statements of a release in engines, as a store: the same as its own, asked for in few questions; and what fails is said."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from allegata.engine import RemoteEngine, statements_of
from allegata.engine.remote.engine_store import EngineStore
from allegata.engine.remote.patterns import Patterns
from allegata.engine.remote.push import Push
from allegata.errors import EngineFailed, EngineUnavailable
from allegata.release.handle import Release
from fake_engine import FakeEngine, fake_engine, pushable
from support import EX, STATEMENTS, numbers, settings

A, B, NAME, KNOWS = (NamedNode(f"{EX}{name}") for name in ("a", "b", "name", "knows"))
ONE, NOWHERE = NamedNode(f"{EX}graph/one"), NamedNode(f"{EX}graph/nowhere")
COUNTED = (
    *STATEMENTS,
    *numbers(1200),
    f'<{EX}a> <{EX}age> "007"^^<http://www.w3.org/2001/XMLSchema#integer> <{EX}graph/one> .\n',
)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return pushable(tmp_path_factory.mktemp("store"), COUNTED)


@pytest.fixture
def both(release: Release) -> Iterator[tuple[FakeEngine, RemoteEngine]]:
    with fake_engine() as fake:
        Push(release, fake.address, fake.graph_store).run()
        with closing(RemoteEngine(release.folder, settings(engine=fake.address, engine_health=600.0))) as engine:
            fake.asked.clear()
            yield fake, engine


def patterns(store: Store) -> Iterator[tuple[object, ...]]:
    """Yield every pattern of terms that there are and that there are not, in every graph."""
    subjects = (None, A, NOWHERE, BlankNode("x"))
    objects = (
        None,
        B,
        Literal("Ada"),
        Literal("7", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        BlankNode("x"),
    )
    graphs = (None, DefaultGraph(), ONE, NOWHERE)
    yield from itertools.product(subjects, (None, NAME, NOWHERE), objects, graphs)


def test_every_pattern_gives_what_the_store_of_the_release_gives(both: tuple[FakeEngine, RemoteEngine], release: Release) -> None:
    own, there = release.open_store(), both[1].statements
    for pattern in patterns(own):
        wanted = sorted(map(str, own.quads_for_pattern(*pattern)))  # type: ignore[arg-type]
        assert sorted(map(str, there.quads_for_pattern(*pattern))) == wanted, pattern  # type: ignore[arg-type]
    assert set(there.named_graphs()) == set(own.named_graphs())
    assert there.contains_named_graph(ONE) and not there.contains_named_graph(NOWHERE)


def test_what_is_named_together_is_asked_for_together(both: tuple[FakeEngine, RemoteEngine]) -> None:
    fake, engine = both
    listed = [quad.subject for quad in engine.statements.quads_for_pattern(None, NamedNode(f"{EX}value"), None, DefaultGraph())]
    assert len(listed) == 1200 and len(fake.asked) == 2, "the second question counts the rows of the first"
    for subject in listed:
        assert len(list(engine.statements.quads_for_pattern(subject, None, None, DefaultGraph()))) == 1
    assert len(fake.asked) <= 2 + 1200 // 64 + 1
    asked = len(fake.asked)
    assert next(engine.statements.quads_for_pattern(listed[5], NamedNode(f"{EX}value"), None, DefaultGraph()))
    assert len(fake.asked) == asked, "what is known is not asked for again"


def test_no_more_is_kept_than_may_be(both: tuple[FakeEngine, RemoteEngine]) -> None:
    fake, engine = both
    replicas, names = engine.replicas, engine.about.names
    small = EngineStore(Patterns(replicas, names, settings()), names.graphs, kept=3)
    for _ in range(2):
        assert len(list(small.quads_for_pattern(A, None, None, DefaultGraph()))) == 3
        assert len(list(small.quads_for_pattern(B, None, None, DefaultGraph()))) == 1
    assert len(fake.asked) == 4


@pytest.mark.parametrize("wrong", ["cut", "torn", "page", "vain", "status"])
def test_an_engine_that_fails_is_named(both: tuple[FakeEngine, RemoteEngine], wrong: str) -> None:
    fake, engine = both
    fake.wrong = wrong
    with pytest.raises(EngineFailed, match=fake.name):
        engine.statements.quads_for_pattern(A, NAME, None, DefaultGraph())
    fake.wrong = ""
    assert next(engine.statements.quads_for_pattern(A, NAME, None, DefaultGraph()))


def test_rows_that_are_left_out_are_an_error(both: tuple[FakeEngine, RemoteEngine]) -> None:
    fake, engine = both
    fake.wrong, fake.most = "short", 1000
    with pytest.raises(EngineFailed, match="1000 rows of 1200"):
        engine.statements.quads_for_pattern(None, NamedNode(f"{EX}value"), None, DefaultGraph())


def test_another_engine_is_asked_where_one_fails(release: Release) -> None:
    with fake_engine() as one, fake_engine() as other:
        for fake in (one, other):
            Push(release, fake.address, fake.graph_store).run()
        listed = f"{one.address} {other.address}"
        with closing(RemoteEngine(release.folder, settings(engine=listed, engine_health=600.0))) as engine:
            one.wrong = "cut"
            for number in range(4):
                assert next(engine.statements.quads_for_pattern(NamedNode(f"{EX}n{number}"), None, None, DefaultGraph()))
            other.wrong = "cut"
            with pytest.raises((EngineFailed, EngineUnavailable)):
                for number in range(10, 20):
                    engine.statements.quads_for_pattern(NamedNode(f"{EX}n{number}"), None, None, DefaultGraph())


def test_a_release_with_a_store_is_read_from_it(both: tuple[FakeEngine, RemoteEngine], release: Release, tmp_path: Path) -> None:
    assert statements_of(release, both[1]) is None
    without = pushable(tmp_path, COUNTED)
    (without.folder / "store").rename(tmp_path / "aside")
    assert statements_of(without, both[1]) is both[1].statements
    assert isinstance(next(both[1].statements.quads_for_pattern(A, NAME, None)), Quad)
