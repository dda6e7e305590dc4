"""How long commands tell of their steps: a bar on a terminal, lines elsewhere; and whether there is room before they begin."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner

from allegata.cli.main import main
from allegata.cli.progress import SHARES, Bar
from faults import write_corpus

Usage = namedtuple("Usage", "total used free")


def on_a_terminal(*words: str) -> tuple[int, str]:
    """Run a command with a terminal as its standard error, and return its status and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "allegata", *words], stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # the other end is closed (Linux, pty(7))
            break
        if not block:
            break
        shown += block
    os.close(ours)
    return process.wait(), shown.decode()


def test_on_a_terminal_a_build_shows_how_far_it_has_come(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", "Somewhere")
    status, shown = on_a_terminal("build", "--root", str(tmp_path / "corpus"), "--site", str(tmp_path / "site"))
    assert status == 0
    assert [step for step in SHARES if step not in shown] == []
    assert "%" in shown and shown.rstrip().endswith("\x1b[?25h")  # the cursor is shown again


def test_a_command_that_fails_leaves_the_terminal_in_order(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", "Somewhere")
    (tmp_path / "corpus" / "data" / "broken.ttl").write_text("<urn:a> <urn:b>", "utf-8")
    status, shown = on_a_terminal("validate", "--root", str(tmp_path / "corpus"))
    assert status == 1
    assert shown.index("\x1b[?25h") < shown.index("broken.ttl")


def test_the_shares_of_all_steps_are_the_whole() -> None:
    assert sum(SHARES.values()) == 1000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Shown:
    pos, label = 0, ""

    def update(self, steps: int) -> None:
        self.pos += steps

    def render_progress(self) -> None:
        assert self.label


def test_a_bar_moves_within_a_step_at_the_pace_of_those_before_and_never_to_its_end() -> None:
    clock, shown = Clock(), Shown()
    bar = Bar(shown, clock)
    bar.tell("read")
    bar.tick()
    assert shown.pos == 0  # there is no pace yet
    clock.now = 10.0
    bar.tell("link")
    assert shown.pos == 10
    clock.now = 15.0
    bar.tick()
    assert shown.pos == 15
    clock.now = 1000.0
    bar.tick()
    assert shown.pos == 19
    bar.tell("infer")
    assert shown.pos == 20


def test_a_disk_with_too_little_room_is_told_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path / "corpus", "Somewhere")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(1 << 30, 1 << 30, 1 << 20))
    command = ["build", "--root", str(tmp_path / "corpus"), "--site", str(tmp_path / "site")]
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 1 and "There are 0.0 GiB free" in refused.stderr and "--any-disk" in refused.stderr
    assert " s  read" not in refused.stderr and not (tmp_path / "site").exists()
    assert CliRunner().invoke(main, [*command, "--any-disk"]).exit_code == 0
