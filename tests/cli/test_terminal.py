"""What comes from elsewhere steers no terminal: control characters are written out."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from allegata.cli.main import main
from allegata.cli.terminal import plain
from releases import minimal_manifest

HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b31m"


def test_tabs_and_lines_stay() -> None:
    assert plain("a\tb\nc é 한\u202f") == "a\tb\nc é 한\u202f"
    assert plain(HOSTILE) == r"\x1b]0;title\x07\x1b[2J\x9b31m"


def test_no_character_turns_the_text_around_it_and_joiners_stay_between_letters() -> None:
    assert plain("a\u202eb\u2066c\u2069\u200f\ufeff\xad\U000e0041") == r"a\u202eb\u2066c\u2069\u200f\ufeff\u00ad\U000e0041"
    assert plain("می\u200cخواهم क्\u200dष") == "می\u200cخواهم क्\u200dष"
    assert plain("\u200da\u200d 1\u200d2") == r"\u200da\u200d 1\u200d2"


@pytest.mark.parametrize("command", ["verify", "diff"])
def test_a_release_of_a_stranger_says_nothing_to_the_terminal(tmp_path: Path, command: str) -> None:
    manifest = minimal_manifest()
    manifest |= {"version": HOSTILE, "files": {f"dumps/{HOSTILE}": {"sha256": "0" * 64, "bytes": 1}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    words = [command, str(tmp_path), *([str(tmp_path)] if command == "diff" else [])]
    told = CliRunner().invoke(main, words)
    assert told.output.strip() and not {"\x1b", "\x07", "\x9b"} & set(told.output)


def test_an_answer_steers_no_terminal_and_is_whole_elsewhere(site: Path) -> None:
    query = 'SELECT (CONCAT("a", "\\u001B", "[2J") AS ?x) {}'
    command = [sys.executable, "-P", "-m", "allegata", "query", "--site", str(site), "--format", "csv", "-"]
    piped = subprocess.run(command, input=query.encode(), capture_output=True, timeout=120, check=True)
    assert b"a\x1b[2J" in piped.stdout
    master, slave = pty.openpty()
    subprocess.run(command, input=query.encode(), stdout=slave, stderr=subprocess.DEVNULL, timeout=120, check=True)
    os.close(slave)
    shown = os.read(master, 10_000)
    os.close(master)
    assert rb"a\x1b[2J" in shown and b"\x1b" not in shown
