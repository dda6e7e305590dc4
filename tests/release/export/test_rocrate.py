"""RO-Crate: an independent library reads it, it describes every file, it verifies, and its bytes depend on the release alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from allegata.release.export.rocrate import METADATA, write_crate
from allegata.release.export.zenodo import deposit_metadata
from allegata.release.handle import Release
from allegata.release.site import open_release
from allegata.release.verify import verify


@pytest.fixture(scope="module")
def crate(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crate") / "crate"
    write_crate(open_release(str(release.folder), release.folder), folder)
    return folder


def test_an_independent_library_reads_it(crate: Path, release: Release) -> None:
    read = ROCrate(str(crate))
    root = read.root_dataset
    assert root["name"] == release.manifest.title
    assert root["datePublished"].startswith(release.manifest.created[:4])
    assert root["license"].id == release.manifest.licence and root["author"].type == "Organization"
    files = {entity.id for entity in read.data_entities}
    there = {path.relative_to(crate).as_posix() for path in crate.rglob("*") if path.is_file()} - {METADATA}
    assert files == there
    assert not any(name.endswith(".sqlite") for name in files)
    assert {"README.txt", "manifest.json", ".zenodo.json", "questions/fact-sheet-against-report.rq"} <= files
    assert {"dumps/allegata.nq.gz", "dumps/tables/claims.csv", "reports/shacl.txt"} <= files


def test_sizes_and_digests_are_those_of_the_files(crate: Path) -> None:
    graph = json.loads((crate / METADATA).read_text("utf-8"))["@graph"]
    files = [item for item in graph if item["@type"] == "File"]
    assert len(files) > 50
    for item in files:
        data = (crate / item["@id"]).read_bytes()
        assert item["contentSize"] == str(len(data)), item["@id"]
        assert item.get("sha256", hashlib.sha256(data).hexdigest()) == hashlib.sha256(data).hexdigest()


def test_it_brings_the_metadata_with_which_zenodo_takes_it(crate: Path, release: Release) -> None:
    assert json.loads((crate / ".zenodo.json").read_text("utf-8")) == deposit_metadata(release.manifest)


def test_an_altered_file_is_not_packed(release: Release, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(release.folder, tmp_path / "release", ignore=shutil.ignore_patterns("store")))
    table = folder / "dumps" / "tables" / "claims.csv"
    table.write_bytes(table.read_bytes() + b"x")
    command = [sys.executable, "-m", "allegata", "export", "rocrate", "--release", str(folder), "--out", str(tmp_path / "crate")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "claims.csv has" in run.stderr and "Traceback" not in run.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release"]


def test_every_reference_leads_to_a_described_thing(crate: Path) -> None:
    graph = json.loads((crate / METADATA).read_text("utf-8"))["@graph"]
    known = {item["@id"] for item in graph}
    assert len(known) == len(graph)
    root = next(item for item in graph if item["@id"] == "./")
    for name in ("license", "author", "publisher"):
        assert root[name]["@id"] in known
    for item in graph:
        formats = item.get("encodingFormat", [])
        assert {entry["@id"] for entry in formats if isinstance(entry, dict)} <= known, item["@id"]


def test_it_verifies_like_the_release(crate: Path) -> None:
    checks = verify(open_release(str(crate), crate))
    assert [(check.name, check.problems) for check in checks if check.problems] == []
    assert {check.name for check in checks if check.skipped} == {"store", "anchors"}


@pytest.mark.parametrize("name", [METADATA, "README.txt", ".zenodo.json"])
def test_a_flipped_bit_is_found_in_what_describes_it(crate: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(crate, tmp_path / "crate"))
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    (check,) = verify(open_release(str(folder), folder), only=["files"])
    assert len(check.problems) == 1 and f"{name} has SHA-256" in check.problems[0]


def test_the_archive_holds_the_same_and_has_the_same_bytes_again(
    crate: Path, site: Path, release: Release, tmp_path: Path
) -> None:
    archives = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for archive in archives:
        command = [sys.executable, "-m", "allegata", "export", "rocrate", "--site", str(site), "--out", str(archive)]
        subprocess.run(command, check=True, capture_output=True)
    assert archives[0].read_bytes() == archives[1].read_bytes()
    with zipfile.ZipFile(archives[0]) as packed:
        assert packed.testzip() is None
        for name in packed.namelist():
            assert packed.read(name) == (crate / name).read_bytes(), name
        assert len(packed.namelist()) == len([path for path in crate.rglob("*") if path.is_file()])
