"""Manifests: typed and checked at once; one that is damaged, or none at all, is told wherever a release is opened."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from allegata.errors import ReleaseError
from allegata.release.manifest import Contact, FileEntry, Labelled, Publisher, parse_manifest
from allegata.release.site import current, open_release
from releases import minimal_manifest, parsed


@pytest.mark.parametrize("data", [b"\xff\xfe{", b"[" * 100_000, b"{"])
def test_a_manifest_that_is_damaged_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "current").mkdir()
    (tmp_path / "current" / "manifest.json").write_bytes(data)
    for words in ((str(tmp_path), tmp_path), ("1.0", tmp_path)):
        with pytest.raises(ReleaseError, match=r"manifest\.json is damaged"):
            open_release(*words)


def test_a_site_whose_pointer_leads_nowhere_holds_no_release(tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to("current")
    with pytest.raises(ReleaseError, match="holds no release"):
        current(tmp_path)


def test_members_have_their_types_and_are_written_as_they_were_read() -> None:
    files = {"dumps/allegata.nq.gz": {"sha256": "0" * 64, "bytes": 7}}
    members: dict[str, Any] = {
        "notes": ["New."],
        "software": "allegata 0.1.0",
        "writers": {"zlib": "1.3"},
        "graphs": {"urn:g": 2},
    }
    members |= {"publisher": {"iri": "https://example.org/", "name": "", "kind": "Person"}}
    members |= {"text_language": "es", "languages": ["urn:es"], "brand": "Escuelas", "name": "escuelas", "licence_id": "ODbL-1.0"}
    members |= {"licence_name": "Open Database License", "coverage": [], "themes": [{"iri": "urn:t", "label": "Educación"}]}
    desk = {"iri": "https://example.org/desk", "name": "Mesa", "addresses": ["mailto:mesa@example.org"]}
    members |= {"contacts": [desk], "landing_page": "https://example.org/"}
    document = minimal_manifest(**members, base="https://example.org/", version="1.0", files=files)
    manifest = parsed(document)
    assert manifest.publisher == Publisher("https://example.org/", "", "Person")
    assert manifest.themes == (Labelled("urn:t", "Educación"),)
    assert manifest.contacts == (Contact("https://example.org/desk", "Mesa", ("mailto:mesa@example.org",)),)
    assert manifest.files == {"dumps/allegata.nq.gz": FileEntry("0" * 64, 7)} and manifest.dumps == {
        "allegata.nq.gz": FileEntry("0" * 64, 7)
    }
    assert manifest.release_iri == "https://example.org/release/1.0"
    assert json.loads(manifest.to_bytes()) == manifest.to_json() == document
    assert [*json.loads(manifest.to_bytes()), "protection"] == list(asdict(manifest))
    restricted = {**document, "protection": "restricted"}
    assert json.loads(parsed(restricted).to_bytes()) == restricted and parsed(restricted).protection == "restricted"


def test_what_later_software_added_may_be_missing_and_what_is_unknown_is_passed_over() -> None:
    manifest = parsed(minimal_manifest(of_tomorrow=1))
    assert (manifest.notes, manifest.software, manifest.writers) == ((), "", {})


def test_what_0_1_did_not_say_follows_from_what_it_said() -> None:
    language = "http://publications.europa.eu/resource/authority/language/ENG"
    manifest = parsed(minimal_manifest(title="Places", language=language, licence="https://creativecommons.org/licenses/by/4.0/"))
    assert (manifest.brand, manifest.name, manifest.languages, manifest.text_language) == (
        "Places",
        "allegata",
        (language,),
        "en",
    )
    assert (manifest.licence_id, manifest.licence_name) == ("CC-BY-4.0", "Creative Commons Attribution 4.0 International")
    assert (manifest.publisher.kind, manifest.themes, manifest.coverage) == ("Organization", (), ())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": None}, "title is no text"),
        ({"themes": "JUST"}, "themes is no list"),
        ({"coverage": [{"iri": "urn:a"}]}, "coverage.label is no text"),
        ({"quads": True}, "quads is no count"),
        ({"triples": -1}, "triples is no count"),
        ({"keywords": ["a", 1]}, "keywords is no list of texts"),
        ({"notes": "New."}, "notes is no list of texts"),
        ({"graphs": {"urn:g": "2"}}, "graphs.urn:g is no count"),
        ({"publisher": {"iri": "urn:x"}}, "publisher.name is no text"),
        ({"writers": {"zlib": 1}}, "writers.zlib is no text"),
        ({"files": {"dumps/x": []}}, "files.dumps/x is no object"),
        ({"files": {"dumps/x": {"sha256": "0", "bytes": 1}}}, "the SHA-256 of dumps/x has not 64 hexadecimal digits"),
    ],
)
def test_the_member_that_is_wrong_is_named(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ReleaseError, match=f"^x is not the manifest of a release: {reason}"):
        parse_manifest(json.dumps(minimal_manifest(**change)).encode(), "x")
    with pytest.raises(ReleaseError, match="it is no object"):
        parse_manifest(b"[]", "x")
