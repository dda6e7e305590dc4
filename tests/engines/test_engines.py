"""Engines of others, each run for real: a release is pushed there, and the competency questions give the rows that they should.

Run by `make test-engines`; an engine that is not installed is skipped.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from allegata.corpus.questions import questions
from allegata.corpus.reader import base_of
from allegata.engine import RemoteEngine
from allegata.engine.remote.dialects import dialect_of
from allegata.errors import BadRequest, EngineFailed
from allegata.model.formats import CSV_RESULTS, TSV_RESULTS
from allegata.release.handle import Release
from engine_servers import jena, oxigraph, virtuoso
from support import ROOT, ask, settings, until

pytestmark = pytest.mark.engines
ANSWERS = ROOT / "tests" / "questions"
QUESTIONS = questions(ROOT, base_of(ROOT))
ASKED = {question.asks for question in QUESTIONS}

Started = tuple[RemoteEngine, str]


@pytest.fixture(scope="module", params=[oxigraph, virtuoso, jena], ids=lambda start: start.__name__)
def engine(request: pytest.FixtureRequest, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    start: Callable[..., object] = request.param
    with start(release, tmp_path_factory.mktemp(start.__name__)) as address:  # type: ignore[attr-defined]
        opened = RemoteEngine(
            release.folder, settings(engine=address, query_timeout=300.0, result_hold=600.0, engine_health=600.0)
        )
        with closing(opened):
            until(opened.healthy)
            yield opened, start.__name__


def rows(answer: bytes) -> Counter[tuple[str, ...]]:
    return Counter(map(tuple, csv.reader(io.StringIO(answer.decode(), newline=""))))


def test_all_questions_have_the_expected_rows(engine: Started) -> None:
    """Those that the engine cannot answer equally are refused by name, and are few."""
    opened, name = engine
    differ, refused = [], set()
    for asked in QUESTIONS:
        if asked.name in ASKED:
            continue
        try:
            got = rows(ask(opened, asked.text, CSV_RESULTS))
        except BadRequest as error:
            assert "cannot answer the question" in str(error)
            refused.add(asked.name)
            continue
        if got != rows((ANSWERS / f"{asked.name}.csv").read_bytes()):
            differ.append(asked.name)
    assert not differ
    assert len(refused) <= 5
    assert bool(refused) == bool(dialect_of(name).refuses)


def test_rows_that_are_left_out_are_an_error(engine: Started, release: Release) -> None:
    opened, name = engine
    text = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 12000"
    if name == "virtuoso":
        with pytest.raises(EngineFailed, match="10000 rows of 12000"):
            ask(opened, text, TSV_RESULTS)
    else:
        assert len(ask(opened, text, TSV_RESULTS).splitlines()) == 12001


def test_graphs_have_their_names_and_numbers(engine: Started, release: Release) -> None:
    opened, _ = engine
    found = ask(opened, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", CSV_RESULTS)
    assert rows(found) == Counter([("g", "n"), *((graph, str(count)) for graph, count in release.manifest.graphs.items())])
