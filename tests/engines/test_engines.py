"""Engines of others, each run for real: a release is pushed there, and the competency questions give the rows that they should.

Run by `make test-engines`; an engine that is not installed is skipped.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from allegata.corpus.questions import questions
from allegata.corpus.reader import base_of
from allegata.engine import RemoteEngine
from allegata.engine.remote.dialects import dialect_of
from allegata.engine.remote.push import Push
from allegata.errors import BadRequest, EngineFailed
from allegata.model.formats import CSV_RESULTS, TSV_RESULTS
from allegata.release.handle import Release
from ports import kept_port
from support import ROOT, ask, settings, until

pytestmark = pytest.mark.engines
ANSWERS = ROOT / "tests" / "questions"
QUESTIONS = questions(ROOT, base_of(ROOT))
ASKED = {question.asks for question in QUESTIONS}
VIRTUOSO = """\
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = v-temp.db
TransactionFile = v-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{internal}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
ThreadsPerQuery = 1
AsyncQueueMaxThreads = 0
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 10000
"""


@contextmanager
def started(command: list[str], address: str, folder: Path) -> Iterator[str]:
    """Run a server until it is no longer needed, and give the address of its endpoint once it answers."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        until(lambda: answers(address, process, folder / "log"))
        yield address
    finally:
        process.kill()
        process.wait()


def answers(address: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    """Return whether a server answers; fail with what it said where it has ended."""
    assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
    try:
        with urllib.request.urlopen(urllib.request.Request(address, b"query=ASK%7B%7D"), timeout=60) as reply:
            return bool(reply.read())
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextmanager
def oxigraph(release: Release, folder: Path) -> Iterator[str]:
    """Run `oxigraph serve` in memory, and push the release there."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("oxigraph is not installed: pip install --group engines")
    with kept_port() as port:
        command = [program, "serve", "--bind", f"127.0.0.1:{port}"]
        with started(command, f"http://127.0.0.1:{port}/query", folder) as address:
            Push(release, address).run()
            yield address


@contextmanager
def virtuoso(release: Release, folder: Path) -> Iterator[str]:
    """Run Virtuoso on a folder of its own, and push the release there."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("virtuoso-t is not installed: Debian virtuoso-opensource-7-bin")
    with kept_port() as port, kept_port() as internal:
        (folder / "virtuoso.ini").write_text(VIRTUOSO.format(port=port, internal=internal), "utf-8")
        command = [program, "+foreground", "+configfile", "virtuoso.ini"]
        with started(command, f"http://127.0.0.1:{port}/sparql", folder) as address:
            Push(release, address, credentials="dba:dba").run()
            yield address


Started = tuple[RemoteEngine, str]


@pytest.fixture(scope="module", params=[oxigraph, virtuoso], ids=lambda start: start.__name__)
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
