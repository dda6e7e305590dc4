"""Halves of characters (lone surrogates), as arguments that are no UTF-8 and escapes in files have them: told, and no fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from allegata.cli.terminal import plain
from allegata.corpus.intake.reading import parse_json
from allegata.corpus.yaml_text import parse_yaml
from allegata.errors import CorpusSyntaxError, SheetError

HALF = b"\xff"


def run(*words: str | bytes, **more: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "allegata", *words]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **more}, input=b"")


@pytest.mark.parametrize(
    "words",
    [
        ("verify", HALF),
        ("diff", HALF, HALF),
        ("what-if", HALF),
        ("explain", HALF, HALF, HALF),
        ("query", "--question", HALF),
        ("query", "--question", "votes-of-a-state", b"--state=actor/" + HALF),
        ("query", HALF),
        ("export", "files", "--release", HALF, "--out", HALF),
        ("verify-nanopubs", HALF),
        ("text", HALF + b".html"),
        ("validate", "--root", HALF),
        ("build", "--root", HALF),
        ("import", "sheet", HALF),
        ("import", "workbook", HALF),
        ("import", "csv", HALF),
        ("library", "add", HALF),
        ("new", b"/nowhere/" + HALF),
        (HALF,),
        ("--" + "x", HALF),
    ],
    ids=lambda words: " ".join(word if isinstance(word, str) else "half" for word in words),
)
def test_an_argument_that_is_no_text_is_told(site: Path, words: tuple[str | bytes, ...]) -> None:
    done = run(*words, ALLEGATA_SITE=str(site))
    assert done.returncode in (1, 2), done.stderr
    assert b"Traceback" not in done.stderr and done.stderr.strip(), done.stderr


def test_it_is_written_out() -> None:
    assert plain("a\ud800b\udcff") == "a\\ud800b\\udcff" and plain("a\U0001f600") == "a\U0001f600"


@pytest.mark.parametrize("text", ['a: "x\\ud800"', '"\\ud83d\\ude00": 1', '- "\\uDFFF"'])
def test_a_value_of_yaml_is_told_with_its_line(text: str) -> None:
    with pytest.raises(CorpusSyntaxError, match=r"a\.yaml:3: U\+D[0-9A-F]{3} is half a character"):
        parse_yaml(f"# a sheet\n\n{text}\n", Path("a.yaml"))
    assert parse_yaml('a: "\\U0001f600"', Path("a.yaml")).value == {"a": "\U0001f600"}


def test_a_text_of_json_is_told_and_a_whole_pair_is_read() -> None:
    with pytest.raises(SheetError, match=r"a\.json: a text has half of a surrogate pair"):
        parse_json(r'{"a": ["\ud800"]}', "a.json")
    assert parse_json(json.dumps({"a": "\U0001f600"}), "a.json") == {"a": "\U0001f600"}
