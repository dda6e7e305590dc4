"""Building a release: atomic, immutable, and never in the way of the one before."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from pyoxigraph import Store

from allegata.errors import CorpusSyntaxError, ReleaseError, ValidationFailed
from allegata.release import build as release_module
from allegata.release import closure
from allegata.release.build import build
from allegata.release.handle import Release
from allegata.release.site import current


def quiet(_step: str) -> None:
    """Report nothing."""


def test_the_steps_are_reported_in_order(small_root: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    build(small_root, tmp_path / "site", steps.append)
    assert steps == ["read", "link", "infer", "validate", "describe", "dump", "load", "freeze"]


def test_the_manifest_tells_the_truth(release: Release) -> None:
    for name, entry in release.manifest.files.items():
        data = (release.folder / name).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (entry.sha256, entry.bytes), name
    assert len(release.manifest.files) >= 8
    assert release.manifest.quads == sum(release.manifest.graphs.values())


def test_the_default_graph_is_the_set_union(release: Release) -> None:
    store = Store.read_only(str(release.folder / "store"))
    counted = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    union = store.query("SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } } }")
    numbers = [int(next(iter(rows))["n"].value) for rows in (counted, union)]  # type: ignore[arg-type]
    assert numbers == [release.manifest.triples] * 2


def test_building_again_changes_nothing(small_root: Path, tmp_path: Path) -> None:
    first = build(small_root, tmp_path / "site", quiet)
    inode = first.folder.stat().st_ino
    second = build(small_root, tmp_path / "site", quiet)
    assert (second.folder, second.folder.stat().st_ino) == (first.folder, inode)
    assert [path.name for path in (tmp_path / "site").iterdir() if path.name.startswith(".")] == []


def test_a_changed_corpus_becomes_current_beside_the_old_release(small_root: Path, tmp_path: Path) -> None:
    first = build(small_root, tmp_path / "site", quiet)
    path = small_root / "data" / "place.ttl"
    path.write_text(path.read_text("utf-8").replace("Somewhere", "Elsewhere"), "utf-8")
    second = build(small_root, tmp_path / "site", quiet)
    assert second.hash != first.hash
    assert current(tmp_path / "site").folder == second.folder.resolve()
    assert (first.folder / "manifest.json").is_file()


@pytest.mark.parametrize("broken", ["<urn:a> <urn:b>", "<urn:a> a <https://w3id.org/allegata/ns#Stance> ."])
def test_a_failed_build_leaves_the_last_release_untouched(small_root: Path, tmp_path: Path, broken: str) -> None:
    site = tmp_path / "site"
    before = build(small_root, site, quiet)
    (small_root / "data" / "broken.ttl").write_text(broken, "utf-8")
    steps: list[str] = []
    with pytest.raises((CorpusSyntaxError, ValidationFailed)):
        build(small_root, site, steps.append)
    assert "dump" not in steps
    assert current(site).folder == before.folder.resolve()
    assert sorted(path.name for path in site.iterdir()) == ["current", "releases"]


@pytest.mark.parametrize("step", ["write_dumps", "load_store", "canonical_hash_of_file"])
def test_a_crash_at_any_step_leaves_the_last_release_serving(
    small_root: Path, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    before = build(small_root, site, quiet)
    place = small_root / "data" / "place.ttl"
    place.write_text(place.read_text("utf-8").replace("Somewhere", "Elsewhere"), "utf-8")

    def crash(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(release_module, step, crash)
    with pytest.raises(KeyboardInterrupt):
        build(small_root, site, quiet)
    assert current(site).hash == before.hash


def test_what_is_asked_on_disk_makes_the_same_release(small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = build(small_root, tmp_path / "memory", quiet)
    monkeypatch.setattr(closure, "_IN_MEMORY", 0)
    disk = build(small_root, tmp_path / "disk", quiet)
    assert disk.manifest == memory.manifest


def test_a_literal_that_the_store_would_alter_is_named(small_root: Path, tmp_path: Path) -> None:
    (small_root / "data" / "forms.ttl").write_text('<urn:x> <urn:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .', "utf-8")
    with pytest.raises((ReleaseError, ValidationFailed), match="01"):
        build(small_root, tmp_path / "site", quiet)


def test_no_release_and_a_damaged_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no release"):
        current(tmp_path)
    (tmp_path / "current").mkdir()
    (tmp_path / "current" / "manifest.json").write_text('{"version":', "utf-8")
    with pytest.raises(ReleaseError, match="damaged"):
        current(tmp_path)


def test_the_manifest_is_readable(release: Release) -> None:
    manifest = json.loads((release.folder / "manifest.json").read_text("utf-8"))
    assert {"version", "created", "quads", "rdfc10", "files", "graphs", "licence"} <= set(manifest)
