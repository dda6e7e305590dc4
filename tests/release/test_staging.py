"""Where a release is made: one build at a time, nothing left of those that were killed, nothing half in place, and any user may read."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from allegata.errors import ReleaseError
from allegata.release import staging
from allegata.release.build import build
from allegata.release.site import current, read_release
from allegata.release.staging import put_in_place, staged
from allegata.release.verify import verify
from processes import members
from support import until


def quiet(_step: str) -> None:
    """Report nothing."""


def hidden(site: Path) -> list[str]:
    return sorted(path.name for path in site.iterdir() if path.name.startswith("."))


def test_what_killed_builds_left_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".building-abc" / "dumps").mkdir(parents=True)
    (tmp_path / ".building-abc" / "dumps" / "part").write_bytes(b"half")
    (tmp_path / f".current-{os.getpid()}").symlink_to("releases/nowhere")
    (tmp_path / "kept").mkdir()
    with staged(tmp_path) as (folder, scratch):
        assert hidden(tmp_path) == sorted([folder.name, scratch.name])
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_of_two_builds_at_once_the_second_is_told_to_wait(tmp_path: Path) -> None:
    with staged(tmp_path) as (folder, _):
        with pytest.raises(ReleaseError, match=f"Another build is writing into {tmp_path}"), staged(tmp_path):
            pass
        assert folder.is_dir()
    with staged(tmp_path):
        pass


def test_a_file_system_without_locks_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_given: object) -> None:
        raise OSError("locks are not supported")

    monkeypatch.setattr(fcntl, "flock", none)
    with staged(tmp_path) as (folder, _):
        assert folder.is_dir()


def test_a_build_that_is_killed_leaves_no_process_and_no_lock(small_root: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    command = [sys.executable, "-m", "allegata", "build", "--root", str(small_root), "--site", str(site)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    assert process.stderr
    while b"dump" not in process.stderr.readline():
        pass
    process.kill()
    process.wait()
    until(lambda: not members(process.pid))
    process.stderr.close()
    assert hidden(site)
    with staged(site):
        pass
    assert not site.exists()


def test_a_damaged_release_is_made_anew_and_a_whole_one_is_left(small_root: Path, tmp_path: Path) -> None:
    release = build(small_root, tmp_path / "site", quiet)
    name = release.folder.name
    for damaged in (
        "dumps/shapes.ttl",
        "search.sqlite",
        "manifest.json",
        max((release.folder / "store").glob("*.sst"), key=lambda path: path.stat().st_size).as_posix(),
    ):
        path = release.folder / damaged
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        path.write_bytes(data)
        assert not staging._is_intact(release.folder), damaged
        data[len(data) // 3] ^= 1
        path.write_bytes(data)
        assert staging._is_intact(release.folder), damaged
    (release.folder / "search.sqlite").write_bytes(b"")
    again = build(small_root, tmp_path / "site", quiet)
    assert again.folder.name == name and hidden(tmp_path / "site") == []
    assert [check.name for check in verify(again, only=["files", "store"]) if check.problems] == []


def test_what_is_put_in_place_is_on_the_disk_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(staging, "_write_out", lambda folder: done.append(f"wrote {folder.name}"))
    monkeypatch.setattr(staging, "_write_out_entry", lambda folder: done.append(f"wrote {folder.name}"))
    rename, replace = Path.rename, Path.replace

    def renamed(path: Path, target: Path) -> Path:
        done.append(f"moved {path.name}")
        return rename(path, target)

    def replaced(path: Path, target: Path) -> Path:
        done.append("pointed")
        return replace(path, target)

    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(Path, "replace", replaced)
    (tmp_path / "made").mkdir()
    put_in_place(tmp_path / "made", tmp_path, "1.0+00000000")
    assert done == ["wrote made", "moved made", "wrote releases", "pointed", f"wrote {tmp_path.name}"]


def test_where_folders_cannot_change_places_at_once_they_do_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    staging._exchange(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["new"]
    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())
    staging._exchange(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["old"]


@pytest.mark.parametrize(("mask", "folders", "files"), [(0o022, 0o755, 0o644), (0o077, 0o700, 0o600)])
def test_a_release_is_readable_to_whom_the_mask_of_its_builder_lets_read(
    small_root: Path, tmp_path: Path, mask: int, folders: int, files: int
) -> None:
    before = os.umask(mask)
    try:
        build(small_root, tmp_path / "site", quiet)
    finally:
        os.umask(before)
    release = current(tmp_path / "site")
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in (release.folder, *release.folder.rglob("*"))}
    assert modes == {(True, folders), (False, files)}


def test_a_clock_that_jumps_changes_nothing_about_what_is_current(small_root: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    first = build(small_root, site, quiet)
    os.utime(first.folder, (1 << 32, 1 << 32))  # built in the year 2106
    place = small_root / "data" / "place.ttl"
    place.write_text(place.read_text("utf-8").replace("Somewhere", "Elsewhere"), "utf-8")
    second = build(small_root, site, quiet)
    assert current(site).folder == second.folder != first.folder
    assert read_release(first.folder).checks.path("search.sqlite").is_file()
