"""The commands about releases: what they write is checked, and what goes wrong is named and leaves nothing behind."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from releases import build_versions


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site with three releases, of which the second was withdrawn."""
    return build_versions(tmp_path_factory.mktemp("commanded"))


@pytest.fixture
def altered(site: Path, tmp_path: Path) -> Path:
    """Return a release of which the master and a table are cut short."""
    folder = Path(shutil.copytree(next((site / "releases").glob("1.2+*")), tmp_path / "altered"))
    for name in ("allegata.nq.gz", "tables/claims.csv"):
        path = folder / "dumps" / name
        path.write_bytes(path.read_bytes()[:-1])
    return folder


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "allegata", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def test_the_releases_are_listed_with_their_state(site: Path) -> None:
    rows = json.loads(run("releases", "--site", site, "--json").stdout)
    assert [(row["version"], row["state"]) for row in rows] == [("1.0", "offered"), ("1.1", "withdrawn"), ("1.2", "current")]
    text = run("releases", "--site", site).stdout
    assert len(text.splitlines()) == 3
    for row, line in zip(rows, text.splitlines(), strict=True):
        assert row["rdfc10"] in line and row["created"] in line and str(row["quads"]) in line and row["folder"] in line


def test_files_are_copied_with_digests_that_the_usual_program_checks(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "files"
    done = run("export", "files", "--site", site, "--release", "1.0", "--only", "tables/*.csv", "--only", "*.nq.gz", "--out", out)
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"tables/claims.csv", "allegata.nq.gz", "SHA256SUMS"} <= names
    assert len(names) == 2 + len(list((site / "releases").glob("1.0*/dumps/tables/*.csv")))
    if not shutil.which("sha256sum"):
        pytest.skip("sha256sum is not installed")
    check = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=out, capture_output=True, text=True, check=True
    )
    assert check.stdout.count(": OK") == len(names) - 1


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("export", "files", "--only", "tables/nowhere"), 2, "No file of release 1.2 is called tables/nowhere"),
        (("export", "files", "--release", "9.9"), 1, "no release 9.9"),
        (("export", "rdf12", "--release", "/nowhere"), 1, "no release /nowhere"),
        (("export", "nanopubs", "--release", "ftp://example.org/"), 2, "not an address"),
        (("export", "rocrate", "--release", "http://127.0.0.1:9/"), 1, "cannot be had"),
    ],
)
def test_what_cannot_be_exported_is_named(site: Path, tmp_path: Path, words: tuple[str, ...], status: int, says: str) -> None:
    done = run(*words, "--site", site, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (status, "") and says in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["files", "nanopubs", "rocrate", "rdf12"])
def test_an_altered_release_is_not_exported(altered: Path, kind: str) -> None:
    done = run("export", kind, "--release", altered, "--out", altered.parent / "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert ("allegata.nq.gz has" in done.stderr or "claims.csv has" in done.stderr) and "the manifest says" in done.stderr
    assert list(altered.parent.iterdir()) == [altered]


def test_nothing_is_written_over_and_no_folder_made_up(site: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", "utf-8")
    done = run("export", "rdf12", "--site", site, "--out", taken)
    assert done.returncode == 2 and "there already" in done.stderr and taken.read_text("utf-8") == "mine"
    done = run("export", "rdf12", "--site", site, "--out", tmp_path / "no" / "where")
    assert done.returncode == 2 and "no folder" in done.stderr and list(tmp_path.iterdir()) == [taken]


def test_releases_are_compared_by_their_versions(site: Path, altered: Path) -> None:
    done = run("diff", "--site", site, "1.0", "1.2")
    assert done.stdout.startswith("claims: 1 added, 1 removed, 1 reworded, 1 re-dated\n")
    assert "stances: 1 added, 0 removed" in done.stdout
    done = run("diff", "--site", site, "1.0", altered)
    assert done.returncode == 1 and "allegata.nq.gz has" in done.stderr
    done = run("diff", "--site", site, "1.0", "9.9")
    assert done.returncode == 1 and "There is no folder and no release 9.9" in done.stderr and "holds: 1.0, 1.2." in done.stderr


def test_one_check_can_be_made_alone(site: Path, altered: Path) -> None:
    done = run("verify", "--site", site, "--only", "files", "--only", "canonical hash", "1.2")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 3)
    done = run("verify", "--only", "files", altered)
    assert done.returncode == 1 and "allegata.nq.gz has" in done.stdout and "claims.csv has" in done.stdout
    assert "cut short" in done.stdout
    assert run("verify", "--only", "nonsense", altered).returncode == 2


def site_of(folder: Path) -> Path:
    """Return a site whose current release is the one in a folder."""
    site = folder / "site"
    site.mkdir(exist_ok=True)
    (site / "current").unlink(missing_ok=True)
    (site / "current").symlink_to(folder)
    return site


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "1"}'])
def test_a_manifest_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    for words in (
        ("verify", tmp_path),
        ("diff", tmp_path, tmp_path),
        ("export", "rdf12", "--release", tmp_path, "--out", tmp_path / "x"),
    ):
        done = run(*words)
        assert done.returncode == 1 and "manifest.json is " in done.stderr


@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_a_damaged_store_is_named_and_not_served(site: Path, tmp_path: Path, damage: str) -> None:
    copy = Path(shutil.copytree(site, tmp_path / "site", symlinks=True))
    store = (copy / "current" / "store").resolve()
    if damage == "gone":
        shutil.rmtree(store)
    for table in store.glob("*.sst"):
        data = bytearray(table.read_bytes())
        data[len(data) // 10] ^= 1
        table.write_bytes(data)
    for words in (("serve", "--port", "0"), ("releases",), ("diff", "1.0", "1.2")):
        done = run(words[0], "--site", copy, *words[1:])
        assert done.returncode == 1 and re.search(rf"{re.escape(str(store))}\S* cannot be", done.stderr), words
