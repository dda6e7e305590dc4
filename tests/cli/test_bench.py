"""The measuring command: every question once, on a site and over HTTP, and a clear word where there is nothing to measure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from allegata.cli.bench import measure
from allegata.corpus.questions import Question, questions
from allegata.corpus.reader import base_of
from allegata.errors import UsageError
from support import ROOT

QUESTIONS = questions(ROOT, base_of(ROOT))


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "allegata", "bench", *arguments], capture_output=True, text=True, timeout=600)


def named(output: str) -> list[str]:
    return [line.rsplit("bytes  ", 1)[1] for line in output.splitlines()]


def test_every_question_is_measured_on_a_site_and_over_http(site: Path, server: str) -> None:
    expected = ["the smallest query", *(asked.name for asked in QUESTIONS)]
    assert len(expected) > 100
    for arguments in (("--site", str(site)), (server,)):
        result = bench("--rounds", "1", *arguments)
        assert result.returncode == 0, result.stderr
        assert named(result.stdout) == expected


def test_a_query_is_never_put_twice_in_the_same_words() -> None:
    asked: list[str] = []
    rows = list(measure([Question("q", "ASK { ?s ?p ?o }")], lambda query: asked.append(query) or 7, 3))  # type: ignore[func-returns-value]
    assert [(row.name, row.size) for row in rows] == [("the smallest query", 7), ("q", 7)]
    assert len(asked) == len(set(asked) | {"ASK {}"}) == 7


def test_what_cannot_be_measured_is_named() -> None:
    told = {"nowhere": "no web address", "http://127.0.0.1:9/": "cannot be asked", "http://[::1": "cannot be asked"}
    for address, word in told.items():
        result = bench(address)
        assert result.returncode != 0 and word in result.stderr and "Traceback" not in result.stderr
    with pytest.raises(UsageError, match="no question"):
        list(measure([], len, 1))


def test_a_corpus_of_a_size_is_made(tmp_path: Path) -> None:
    made = bench("generate", "--quads", "30000", str(tmp_path / "corpus"))
    assert made.returncode == 0, made.stderr
    assert "statements in 8 files" in made.stdout and (tmp_path / "corpus" / "data" / "record" / "treaties.ttl").is_file()
    again = bench("generate", "--quads", "30000", str(tmp_path / "corpus"))
    assert again.returncode != 0 and "there already" in again.stderr
