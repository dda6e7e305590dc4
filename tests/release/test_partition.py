"""What is not public leaves no trace in a public release: built with, without or with other restricted records it is the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from allegata.corpus.partition import needs, partition
from allegata.corpus.reader import read
from allegata.errors import CorpusError, ReleaseError, ValidationFailed
from allegata.model.protection import LEVELS, SPACE
from allegata.release.build import build
from allegata.release.closure import check
from allegata.release.handle import Release, listed_files
from allegata.release.site import Site, current
from other_corpus import _HEAD, BASE
from support import ROOT
from witnesses import DECADE, MARK, assertion, claim, level, person, readings, redaction, source, write_public, write_witnesses


def quiet(_step: str) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus with witnesses."""
    return write_witnesses(tmp_path_factory.mktemp("planted") / "corpus")


@pytest.fixture(scope="module")
def public(planted: Path) -> Release:
    """Return the public release of the corpus with witnesses."""
    return build(planted, planted.parent / "site", quiet)


@pytest.fixture(scope="module")
def restricted(planted: Path) -> Release:
    """Return the release for trusted users."""
    return build(planted, planted.parent / "restricted-site", quiet, restricted=True)


def contents(release: Release) -> dict[str, bytes]:
    """Return the bytes of all files that a manifest lists, and of the manifest."""
    files = [*listed_files(release.folder), release.folder / "manifest.json"]
    return {path.relative_to(release.folder).as_posix(): path.read_bytes() for path in files}


def test_a_public_release_is_the_same_without_restricted_records_and_with_others(public: Release, tmp_path: Path) -> None:
    without = build(write_public(tmp_path / "without"), tmp_path / "a", quiet)
    others = build(write_witnesses(tmp_path / "others", "vkj", ("confidential", "restricted")), tmp_path / "b", quiet)
    assert contents(without) == contents(public)
    assert contents(others) == contents(public)
    assert public.name == without.name == others.name


#: A planted year as literals, tables and JSON have it.
_YEAR = re.compile(rb"[\"',>]" + DECADE.encode() + rb"\d(-01-01)?[\"',<\r\n]")


def test_no_byte_of_a_public_release_names_a_witness(public: Release) -> None:
    paths = [path for path in public.folder.rglob("*") if path.is_file()]
    for path in paths:
        assert MARK not in str(path).lower()
        for data in readings(path):
            assert MARK.encode() not in data.lower(), path
            assert not _YEAR.search(data) or path.is_relative_to(public.folder / "store"), path
    assert {".gz", ".zst", ".parquet", ".sqlite", ".csv"} <= {path.suffix for path in paths}


def test_the_search_for_witnesses_finds_them_where_they_are(restricted: Release) -> None:
    for name in ("dumps/allegata.nq.gz", "dumps/allegata.nq.zst", "search.sqlite", "dumps/tables/claims.parquet"):
        found = readings(restricted.folder / name)
        assert any(MARK.encode() in data.lower() for data in found), name
    assert any(map(_YEAR.search, readings(restricted.folder / "dumps/allegata.nq.zst")))


def test_what_is_generalised_is_public(public: Release) -> None:
    assert any(line.startswith(f"<{BASE}claim/general> ") for line in public.lines)


def test_what_is_said_of_a_public_thing_in_restricted_leaves_it_public(public: Release) -> None:
    about = [line for line in public.lines if line.startswith(f"<{BASE}actor/instituto> ")]
    assert about and not any("comment" in line for line in about)


def test_a_restricted_release_holds_restricted_records_and_none_that_are_stricter(restricted: Release) -> None:
    text = "\n".join(restricted.lines)
    for slug in (
        f"actor/{MARK}-restricted-person",
        f"claim/{MARK}-restricted-e",
        f"actor/{MARK}-apart",
        f"stance/{MARK}-restricted",
    ):
        assert f"<{BASE}{slug}> " in text
    assert f"{MARK}-confidential" not in text and f"{MARK}-withheld" not in text and f"{MARK}-file" not in text


def test_a_restricted_release_says_so_everywhere(restricted: Release, public: Release) -> None:
    assert restricted.manifest.protection == "restricted" and restricted.manifest.title.endswith("(restricted)")
    assert any(f"<{BASE}dataset> " in line and f"<{SPACE}restricted>" in line for line in restricted.lines)
    package = json.loads((restricted.folder / "dumps" / "tables" / "datapackage.json").read_bytes())
    assert package["title"].endswith("(restricted)")
    assert public.manifest.protection == "" and "protection" not in json.loads((public.folder / "manifest.json").read_bytes())


def test_public_and_restricted_releases_have_sites_of_their_own(planted: Path, public: Release, restricted: Release) -> None:
    with pytest.raises(ReleaseError, match="holds public releases"):
        build(planted, public.folder.parents[1], quiet, restricted=True)
    with pytest.raises(ReleaseError, match="holds restricted releases"):
        build(planted, restricted.folder.parents[1], quiet)
    moved = public.folder.parent / "9.9+other"
    restricted.folder.rename(moved)
    try:
        assert [item.name for item in Site(current(public.folder.parents[1])).releases] == [public.name]
    finally:
        moved.rename(restricted.folder)


def test_the_builder_is_told_and_nobody_else(planted: Path) -> None:
    notes = list(partition(read(planted)).notes())
    assert "records are withheld" in notes[0]
    assert any("mixed.ttl" in note and "move them to restricted/" in note for note in notes)
    assert any("rest on what is withheld" in note for note in notes)
    assert not list(partition(read(ROOT)).notes())


def test_both_parts_are_validated(tmp_path: Path) -> None:
    root = write_public(tmp_path / "corpus")
    (root / "restricted").mkdir()
    (root / "restricted" / "broken.ttl").write_text(_HEAD + '<actor/zqx> a schema:Person ; rdfs:label "zqx"@en .\n', "utf-8")
    report = check(root, quiet).report
    assert not report.conforms and any(finding.focus == f"{BASE}actor/zqx" for finding in report.findings)
    build(root, tmp_path / "site", quiet)
    with pytest.raises(ValidationFailed):
        build(root, tmp_path / "other", quiet, restricted=True)


@pytest.mark.parametrize("value", (f"<{SPACE}secret>", '"restricted"', "<https://example.org/restricted>"))
@pytest.mark.parametrize("folder", ("data", "restricted"))
def test_an_unknown_level_stops_the_build(value: str, folder: str, tmp_path: Path) -> None:
    root = write_public(tmp_path / "corpus")
    (root / folder).mkdir(exist_ok=True)
    (root / folder / "odd.ttl").write_text(_HEAD + f"<place/puerto> alg:protectionLevel {value} .\n", "utf-8")
    with pytest.raises(CorpusError, match=r"odd\.ttl: .*place/puerto has the protection level") as caught:
        build(root, tmp_path / "site", quiet)
    assert caught.value.remedy and all(name in caught.value.remedy for name in LEVELS)
    assert not (tmp_path / "site" / "current").exists()


def test_a_redaction_whose_record_is_still_in_data_stops_the_build(tmp_path: Path) -> None:
    root = write_public(tmp_path / "corpus")
    (root / "data" / "left.ttl").write_text(_HEAD + person("zqx", level("restricted")) + redaction("zqx"), "utf-8")
    with pytest.raises(CorpusError, match=r"left\.ttl: .*actor/zqx.* is redacted and is still described here") as caught:
        build(root, tmp_path / "site", quiet)
    assert "allegata withdraw" in (caught.value.remedy or "")


def strictest(root: Path, *texts: str) -> set[str]:
    """Return what is withheld from the public part of a corpus with a file more."""
    (root / "data" / "more.ttl").write_text(_HEAD + "".join(texts), "utf-8")
    return {thing.value.removeprefix(BASE) for thing in partition(read(root)).corpus.withheld}


def test_the_strictest_level_wins(tmp_path: Path) -> None:
    root = write_public(tmp_path / "corpus")
    public, own, free = level("public"), level("restricted"), level("generalised")
    said = claim("x") + assertion("x", free, claim="x", source="s")
    assert strictest(root, said, source("s", public)) == set()
    assert strictest(root, said, source("s", own)) == {"source/s", "assertion/x", "claim/x"}
    assert strictest(root, said, source("s", public), f"<assertion/x> {own} .\n") == {"assertion/x", "claim/x"}
    assert strictest(root, f"<graph/more> {level('confidential')} .\n", person("p", public)) == {"graph/more", "actor/p"}


def test_a_claim_with_a_public_voice_stays_when_another_is_withheld(tmp_path: Path) -> None:
    root = write_public(tmp_path / "corpus")
    both = assertion("x", level("public"), claim="x") + assertion("y", level("restricted"), claim="x")
    assert strictest(root, claim("x"), both) == {"assertion/y"}


def test_what_the_shapes_require_is_read_from_them() -> None:
    required = needs(ROOT / "shapes")
    paths = {path.rsplit("#", 1)[-1] for listed, _ in required["https://w3id.org/allegata/ns#Assertion"] for path in listed}
    assert {"asserts", "assertedBy", "anchor", "statedIn"} <= paths
