"""Which release is served where one is damaged: the last that is sound and knows of every withdrawal; each damage is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from allegata.errors import ReleaseError
from allegata.release.handle import MASTER
from allegata.release.site import current
from allegata.release.soundness import check_soundness, sound_release
from releases import build_versions


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_versions(tmp_path_factory.mktemp("sound"), "1.0", "1.1")


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "site", symlinks=True))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def no_notes(text: str) -> None:
    raise AssertionError(text)


def test_a_sound_release_is_served_as_it_is(site: Path) -> None:
    assert sound_release(site, no_notes).version == "1.1"


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (MASTER, flip),
        ("search.sqlite", flip),
        ("dumps/shapes.ttl", flip),
        ("dumps/tables/claims.parquet", lambda path: path.write_bytes(path.read_bytes()[:-1])),
        ("dumps/tables/claims.csv", Path.unlink),
        ("manifest.json", flip),
        ("manifest.json", lambda path: path.write_text(path.read_text("utf-8").replace("Places", "Plates"), "utf-8")),
        ("manifest.json", Path.unlink),
        ("store/CURRENT", lambda path: path.write_bytes(b"MANIFEST-999999\n")),
    ],
    ids=["flipped", "index", "shapes", "cut", "gone", "manifest", "manifest says otherwise", "no manifest", "store"],
)
def test_a_damaged_release_is_named_with_its_file_and_the_last_sound_one_is_served(
    site: Path, name: str, damage: Callable[[Path], object]
) -> None:
    folder = current(site).folder
    damage(folder / name)
    notes: list[str] = []
    assert sound_release(site, notes.append).version == "1.0"
    assert len(notes) == 1 and ((name.split("/")[0] if "store" in name else name) in notes[0] or "holds no release" in notes[0])


def test_without_a_sound_release_the_damage_is_the_error(site: Path) -> None:
    for folder in (site / "releases").iterdir():
        flip(folder / "search.sqlite")
    with pytest.raises(ReleaseError, match=r"search\.sqlite of release 1\.1 has SHA-256"):
        sound_release(site, no_notes)


def test_no_release_is_served_that_does_not_know_of_what_was_withdrawn(tmp_path: Path) -> None:
    site = build_versions(tmp_path, "1.1", "1.2")
    newest = current(site).folder
    flip(newest / "search.sqlite")
    with pytest.raises(ReleaseError, match=r"1\.2"):  # 1.1 holds what 1.2 withdraws
        sound_release(site, no_notes)
    (newest / "store" / "CURRENT").write_bytes(b"")  # now its statements say what was withdrawn
    with pytest.raises(ReleaseError, match=r"1\.2"):
        sound_release(site, no_notes)
    flip(newest / MASTER)  # and now nothing does
    with pytest.raises(ReleaseError, match=r"1\.2"):
        sound_release(site, no_notes)


def test_large_files_are_left_for_later(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flip(current(site).folder / MASTER)
    monkeypatch.setattr("allegata.release.soundness.BEFOREHAND", 1000)
    check_soundness(current(site))
