"""The measurement runs, asks every kind of question, and reports what it found whole; how long anything takes is nobody's matter."""

from __future__ import annotations

import gzip
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Store

from bench_clients import Refused, load
from bench_questions import KINDS, Questions
from bench_report import BEGIN, END, Cell, Refusal, merged, picture, tables, written_into
from bench_servers import PEERS, Running, running
from support import ROOT

CELLS = [
    Cell(peer, kind, clients, 0.001 * number, 0.01 * number, 100.0 / number, 0.002, 7)
    for number, peer in enumerate(("one", "two"), 1)
    for kind, clients in (("mix", 1), ("mix", 8), ("join", 1))
]


@pytest.fixture(scope="module")
def data(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bench") / "data.nt"
    file.write_bytes(gzip.decompress((site / "current" / "dumps" / "allegata.nt.gz").read_bytes()))
    return file


@pytest.fixture(scope="module")
def questions(site: Path, data: Path) -> Questions:
    store = Store()
    store.bulk_load(data.read_bytes(), RdfFormat.N_TRIPLES)
    return Questions(store, site / "current" / "questions", 1)


@pytest.fixture(scope="module")
def served(site: Path, data: Path) -> Iterator[Running]:
    with running(PEERS[0], site, data, data.parent) as found:
        yield found


def test_every_kind_is_asked_on_the_corpus_in_other_words_each_time(questions: Questions, data: Path) -> None:
    store = Store()
    store.bulk_load(data.read_bytes(), RdfFormat.N_TRIPLES)
    for kind in (*questions.kinds, "mix"):
        asked = questions.several(kind, 12)
        assert len(set(asked)) == 12 and "<urn:no:" not in "".join(asked), kind
        answers = [store.query(text) for text in asked]
        assert kind == "competency" or any(_has_some(found) for found in answers), kind
        assert all(isinstance(found, QuerySolutions) for found in answers) or kind in (
            "construct",
            "describe",
            "competency",
            "mix",
        )
    assert {*questions.kinds} == {*KINDS, "competency"} and len(set(questions.several("repeated", 200))) <= 20


def _has_some(found: QuerySolutions | QueryTriples | QueryBoolean) -> bool:
    return not isinstance(found, QueryBoolean) and next(iter(found), None) is not None


def test_a_load_gives_the_time_of_each_request_and_what_the_server_took(served: Running, questions: Questions) -> None:
    before = served.seconds()
    times, whole = load(served.port, served.path, [questions.several("mix", 15) for _ in range(4)], 600)
    assert len(times) == 60 and 0 < min(times) <= max(times) <= whole
    assert served.seconds() > before and served.memory() > 1 << 20
    with pytest.raises(Refused, match="400"):
        load(served.port, served.path, [["no query"]], 600)


def test_the_report_holds_every_load_and_stands_in_its_place(tmp_path: Path) -> None:
    text = tables(CELLS, {"one": 1 << 20, "two": 3 << 20})
    rows = [line for line in text.splitlines() if line.startswith(("| mix", "| join"))]
    assert len(rows) == 6 and "| join | 1.00 ms | 2.00 ms | 2.00 ms | 2.00 ms |" in rows
    assert "Every request" in tables(CELLS, {})
    assert "| two | join | 1 | 1 | 2 | 503 |" in tables(CELLS, {}, [Refusal("two", "join", 1, "503")])
    again = merged([*CELLS, *CELLS])
    assert len(again) == len(CELLS) and {cell.requests for cell in again} == {14}
    drawn = ET.fromstring(picture(CELLS))
    assert {part.text.partition(":")[0] for part in drawn.iter() if part.tag.endswith("title") and part.text} == {"one", "two"}
    assert written_into(f"a\n{BEGIN}\nold\n{END}\nb", "new") == f"a\n{BEGIN}\nnew\n{END}\nb"
    with pytest.raises(ValueError, match="has no"):
        written_into("nothing", "new")


def test_it_runs_as_a_whole(site: Path) -> None:
    command = [sys.executable, str(ROOT / "tests" / "tools" / "bench.py"), "--site", str(site), "--peers", "allegata"]
    few = ["--rounds", "1", "--requests", "4", "--seconds", "600", "--clients", "1", "2"]
    ran = subprocess.run(
        [*command, *few], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "tests" / "helpers")}, timeout=600
    )
    assert ran.returncode == 0, ran.stderr
    for kind in (*KINDS, "mix", "repeated", "competency", "allegata", "pyoxigraph itself"):
        assert f"| {kind} |" in ran.stdout
