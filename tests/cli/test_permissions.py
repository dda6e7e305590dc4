"""What another user may not read and a disk that is full: one plain line each, and nothing is passed over in silence."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from allegata.cli.main import main

NOBODY = 65534


def run(*words: str, file_size: int) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    command = [sys.executable, "-P", "-m", "allegata", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, preexec_fn=limit)


@pytest.fixture
def shielded(small_root: Path) -> Path:
    """Return a corpus in which a folder is closed to the user who reads it, whoever runs the tests."""
    closed = small_root / "data" / "closed"
    closed.mkdir()
    (closed / "more.ttl").write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")
    for folder in (small_root, *small_root.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o755)
    return small_root


@contextmanager
def another_user() -> Iterator[None]:
    """Act as nobody where the tests run as root, whom nothing is closed to."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("name", ["data/closed", "data/closed/more.ttl", "shapes", "shapes/rules", "ontology/rules"])
def test_what_may_not_be_read_is_named_in_one_line(shielded: Path, name: str) -> None:
    command = ["validate", "--root", str(shielded)]
    assert CliRunner().invoke(main, command).exit_code == 0  # loads what is loaded late
    target = shielded / name
    mode = target.stat().st_mode
    target.chmod(0o000)
    try:
        with another_user():
            result = CliRunner().invoke(main, command)
    finally:
        target.chmod(mode)
    last = [line for line in result.stderr.splitlines() if " s  " not in line]
    assert result.exit_code == 2 and len(last) == 1, result.stderr
    assert str(target) in last[0] and "Permission denied" in last[0]


def test_a_disk_that_is_full_ends_a_build_in_one_line_and_leaves_nothing(small_root: Path, tmp_path: Path) -> None:
    result = run("build", "--root", str(small_root), "--site", str(tmp_path / "site"), file_size=20_000)
    last = [line for line in result.stderr.splitlines() if " s  " not in line]
    assert result.returncode == 2 and len(last) == 1, result.stderr
    assert "File too large" in last[0] and "IO error" not in last[0]
    assert not (tmp_path / "site").exists()


def test_a_folder_that_may_not_be_written_ends_a_build_in_one_line_before_anything_is_read(shielded: Path) -> None:
    (shielded / "data" / "closed" / "more.ttl").unlink()
    site = shielded.parent / "site"
    CliRunner().invoke(main, ["build", "--root", str(shielded / "nowhere"), "--site", str(site)])  # loads what is loaded late
    shielded.parent.chmod(0o555)
    with another_user():
        result = CliRunner().invoke(main, ["build", "--root", str(shielded), "--site", str(site)])
    shielded.parent.chmod(0o755)
    assert result.exit_code == 2 and result.stderr.count("\n") == 1, result.stderr
    assert str(site) in result.stderr and "Permission denied" in result.stderr


def test_an_answer_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-P", "-m", "allegata", "import", "sheet", "--schema"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False, cwd=tmp_path)
    assert result.returncode == 2 and result.stderr.count("\n") == 1 and "No space left" in result.stderr
