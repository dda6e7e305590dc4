"""A new corpus: valid from the first moment, built and served as it is, and never written over anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from allegata.corpus import read
from http_client import fetch
from service import running


def allegata(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "allegata", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def test_a_new_corpus_is_built_and_served_as_it_is(tmp_path: Path) -> None:
    made = allegata("new", "Schools of Arland", "--title", 'The "schools" of Arland', folder=tmp_path)
    assert made.returncode == 0, made.stderr
    root = tmp_path / "Schools of Arland"
    assert {Path(line).name for line in made.stdout.splitlines()} >= {"README.md", "corpus.ttl", "example.ttl"}
    assert read(root).base == "https://example.org/schools-of-arland/"
    built = allegata("build", "--root", str(root), folder=tmp_path)
    assert built.returncode == 0, built.stderr
    report = (tmp_path / "build" / "current" / "reports" / "shacl.txt").read_text("utf-8")
    assert "0 Violation, 0 Warning" in report
    command = ["-m", "allegata", "serve", "--port"]
    with running(lambda port: [*command, str(port)], tmp_path, folder=tmp_path) as service:
        for path, word in (
            ("/", "schools"),
            ("/page/assertion/example/institute-on-schools", "Example institute"),
            ("/query", "SPARQL"),
        ):
            reply = fetch(service.address, path, headers={"Accept": "text/html"})
            assert reply.status == 200 and word in reply.text, path


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "notes.txt").write_text("mine", "utf-8")
    result = allegata("new", "there", folder=tmp_path)
    assert result.returncode == 2 and "there is there already" in result.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["there", "notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("new", "x", "--base", "claims"), "no web address"),
        (("new", "x", "--base", "https://example.org/claims"), "slash"),
        (("new", "x", "--base", "https://example.org/a b/"), "no web address"),
        (("new", "x", "--licence", "CC BY"), "no web address"),
        (("new", "x", "--title", " "), "title is empty"),
        (("new", "absent/x"), "no folder"),
    ],
)
def test_what_cannot_be_a_corpus_is_refused_with_the_remedy(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    result = allegata(*arguments, folder=tmp_path)
    assert result.returncode == 2 and word in result.stderr and "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())
