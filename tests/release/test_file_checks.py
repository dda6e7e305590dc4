"""Files as the manifest lists them: whatever changed is digested before it is given, and nothing else than what is listed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allegata.errors import Busy, ReleaseError
from allegata.release import file_checks
from allegata.release.digests import sha256
from allegata.release.file_checks import FileChecks
from allegata.release.manifest import FileEntry
from support import until

NAME = "dumps/data.nq.gz"
DATA = bytes(range(256)) * 20


@pytest.fixture
def checks(tmp_path: Path) -> FileChecks:
    (tmp_path / "dumps").mkdir()
    (tmp_path / NAME).write_bytes(DATA)
    age(tmp_path)
    return FileChecks(tmp_path, "1.0", {NAME: FileEntry(sha256(DATA), len(DATA))})


def age(folder: Path) -> None:
    """Let the file be as old as any that was built before."""
    before = (folder / NAME).stat().st_mtime - 60
    os.utime(folder / NAME, (before, before))


def flip(path: Path, at: int = 100) -> None:
    """Turn one bit of a file over where it stands."""
    with path.open("r+b") as stream:
        stream.seek(at)
        byte = stream.read(1)[0]
        stream.seek(at)
        stream.write(bytes([byte ^ 1]))


def whole(checks: FileChecks) -> bytes:
    opened = checks.open(NAME)
    return b"".join(opened.blocks(0, opened.size - 1))


def test_a_file_as_it_is_listed_is_given_whole_and_in_part(checks: FileChecks) -> None:
    assert whole(checks) == DATA
    assert b"".join(checks.open(NAME).blocks(10, 19)) == DATA[10:20]
    assert checks.damaged == {}


def rename(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(DATA[:-1] + b"?")
    other.rename(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (flip, "has SHA-256"),
        (rename, "has SHA-256"),
        (lambda path: path.write_bytes(DATA + b"?"), "has 5,121 bytes, the manifest says 5,120"),
        (lambda path: path.write_bytes(b""), "has 0 bytes"),
        (lambda path: path.unlink(), "is not there"),
    ],
    ids=["flipped", "replaced", "longer", "emptied", "gone"],
)
def test_a_file_that_changes_is_not_given_and_is_given_again_when_it_is_mended(
    checks: FileChecks, tmp_path: Path, change: Callable[[Path], object], words: str
) -> None:
    assert whole(checks) == DATA
    change(tmp_path / NAME)
    with pytest.raises(ReleaseError, match=words) as told:
        checks.open(NAME)
    assert told.value.members == {"file": NAME, "release": "1.0"} and NAME in told.value.message
    assert list(checks.damaged) == [NAME]
    (tmp_path / NAME).write_bytes(DATA)
    assert whole(checks) == DATA and checks.damaged == {}


def test_a_flip_that_hides_behind_the_old_time_is_seen(checks: FileChecks, tmp_path: Path) -> None:
    before = (tmp_path / NAME).stat()
    assert whole(checks) == DATA
    flip(tmp_path / NAME)
    os.utime(tmp_path / NAME, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ReleaseError):
        checks.open(NAME)


def test_a_file_is_digested_once_and_one_that_was_just_written_each_time(
    checks: FileChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    digested: list[object] = []
    digest = file_checks._digest

    def counting(*given: Any) -> str:
        digested.append(given)
        return digest(*given)

    monkeypatch.setattr(file_checks, "_digest", counting)
    monkeypatch.setattr(file_checks, "_SETTLED", 1 << 62)
    for _ in range(3):
        checks.open(NAME).close()
    assert len(digested) == 3
    monkeypatch.setattr(file_checks, "_SETTLED", 0)
    for _ in range(3):
        checks.open(NAME).close()
    assert len(digested) == 4


def test_what_is_sent_ends_where_the_file_changes(checks: FileChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_checks, "_BLOCK", 512)
    opened = checks.open(NAME)
    blocks = opened.blocks(0, opened.size - 1)
    assert next(blocks) == DATA[:512]
    (tmp_path / NAME).write_bytes(bytes(len(DATA)))
    with pytest.raises(OSError, match="changed while it was sent"):
        next(blocks)


def test_a_large_file_is_digested_in_the_background_before_it_is_given(
    checks: FileChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_checks, "AT_ONCE", 1000)
    monkeypatch.setattr(file_checks, "_SETTLED", 0)
    held, digest = threading.Event(), file_checks._digest

    def waiting(*given: Any) -> str:
        held.wait(60)
        return digest(*given)

    monkeypatch.setattr(file_checks, "_digest", waiting)
    told: list[str] = []
    checks.watch(told.append)
    try:
        with pytest.raises(Busy, match=NAME) as error:
            checks.open(NAME)
        assert int(error.value.members["retryAfter"]) > 0 and checks.unchecked == 1
        held.set()
        until(lambda: not checks.unchecked)
        assert whole(checks) == DATA and told == []
        flip(tmp_path / NAME)
        with pytest.raises(Busy):
            checks.open(NAME)
        until(lambda: told)
    finally:
        checks.close()
    assert len(told) == 1 and NAME in told[0]
    with pytest.raises(ReleaseError, match="SHA-256"):
        checks.open(NAME)
