"""A release that version 0.1 made opens, verifies, is compared and is served, alone and beside one of today."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import allegata
from allegata.release.diff import as_json, diff
from allegata.release.handle import MASTER, Release
from allegata.release.site import Site, current, open_release
from allegata.release.verify import NAMES, verify
from fixtures import SITE_0_1, unpack
from http_client import ask, fetch
from releases import BASE, build_versions
from service import PATIENT, Service, serve

CLAIM = "/page/claim/closed"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site with the release of version 0.1."""
    return unpack(SITE_0_1, tmp_path_factory.mktemp("earlier"))


@pytest.fixture(scope="module")
def both(old: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site in which a release of today stands beside that of version 0.1 and is the current one."""
    site = build_versions(tmp_path_factory.mktemp("today"), "1.2")
    unpack(SITE_0_1, site / "old")
    for folder in (site / "old" / "releases").iterdir():
        folder.rename(site / "releases" / folder.name)
    return site


def test_it_opens(old: Path) -> None:
    release = open_release(str(old), old)
    assert (release.version, release.manifest.software, release.manifest.created) == ("1.0", "allegata 0.1.0", "2026-01-01")
    assert len(release.checked_lines) == release.manifest.quads == 1564
    written = json.loads((release.folder / "manifest.json").read_text("utf-8"))
    read = release.manifest.to_json()
    assert {name: read[name] for name in written} == {**written, "publisher": {**written["publisher"], **read["publisher"]}}
    assert (read["publisher"]["iri"], read["publisher"]["name"]) == tuple(written["publisher"].values())


def test_it_verifies(old: Path) -> None:
    checks = {check.name: check for check in verify(current(old))}
    assert {name: check.problems for name, check in checks.items() if check.problems} == {}
    assert {name for name, check in checks.items() if check.skipped} == {"anchors"}
    assert set(checks) == set(NAMES) - {"other build"}


def test_it_is_read_by_the_python_api(old: Path) -> None:
    with closing(allegata.open(str(old))) as release:
        assert (release.version, len(release.table("assertions"))) == ("1.0", 2)
        assert [int(row["n"]) for row in release.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")] == [release.manifest.triples]
        assert {sides.claim.text for sides in release.dataset().claims()} == {
            "Half of the schools were closed.",
            "The schools were counted.",
        }


def test_it_is_compared_with_a_release_of_today(both: Path) -> None:
    before, after = (open_release(version, both) for version in ("1.0", "1.2"))
    assert before.manifest.software == "allegata 0.1.0"
    told: Any = as_json(diff(before.checked_lines, after.checked_lines))
    claims, assertions, stances = (told[kind] for kind in ("claims", "assertions", "stances"))
    assert (claims["added"], claims["removed"]) == ([f"{BASE}claim/visited"], [f"{BASE}claim/counted"])
    assert [(change["iri"], change["ways"]) for change in claims["changed"]] == [
        (f"{BASE}claim/closed", ["reworded", "re-dated"])
    ]
    assert assertions["added"] == [f"{BASE}assertion/institute-visited", f"{BASE}assertion/ministry-closed"]
    assert stances == {"added": [f"{BASE}stance/differs"], "removed": [], "changed": []}


@pytest.fixture(scope="module")
def alone(old: Path) -> Iterator[Service]:
    with serve(old, **PATIENT) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/", "Places"),
        (CLAIM, "Half of the schools were closed."),
        ("/page/assertion/institute-closed", "Institute"),
        ("/search?q=schools", "Half of the schools were closed."),
        ("/compare?topic=education", "Half of the schools were closed."),
        ("/dumps", "allegata.nq.gz"),
        ("/query", "SPARQL"),
        ("/release", "1.0"),
        ("/data/claim/closed.ttl", "Half of the schools were closed."),
        ("/catalog", "1.0"),
        ("/.well-known/void", "triples"),
    ],
)
def test_it_is_served_alone(alone: Service, path: str, word: str) -> None:
    reply = fetch(alone.address, path, headers={"Accept": "text/html, text/turtle;q=0.5"})
    assert reply.status == 200 and word in reply.text


def test_its_files_and_its_queries_are_answered(alone: Service, old: Path) -> None:
    release: Release = current(old)
    reply = fetch(alone.address, "/dumps/allegata.nq.gz")
    assert len(gzip.decompress(reply.body).splitlines()) == release.manifest.quads
    assert reply.headers["etag"] == f'"{release.manifest.files[MASTER].sha256}"'
    rows = ask(alone.address, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert str(release.manifest.triples) in rows.text


def test_it_is_served_beside_a_release_of_today(both: Path) -> None:
    assert [release.version for release in Site(current(both)).offered] == ["1.0", "1.2"]
    with serve(both, **PATIENT) as running:
        told = fetch(running.address, "/release/1.2/changes", headers={"Accept": "application/json"}).json
        assert told["since"] == "1.0" and set(told["changes"]) == {"claims", "assertions", "stances"}
        page = fetch(running.address, f"/release/1.0{CLAIM}", headers={"Accept": "text/html"})
        assert page.status == 200 and "Half of the schools were closed." in page.text
        manifest = fetch(running.address, "/release/1.0/manifest.json").json
        assert manifest["software"] == "allegata 0.1.0"
