"""Opening a release: by folder, site, version or address; what is not there is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allegata.errors import ReleaseError, UsageError
from allegata.fetching import MASTER, open_release
from allegata.release import Release


def test_a_release_is_found_by_each_of_its_names(site: Path, release: Release, server: str) -> None:
    words = [str(site), str(release.folder), release.version, release.folder.name]
    words += [server, f"{server}/", f"{server}/dumps/manifest.json", f"{server}/release/{release.version}"]
    for word in words:
        opened = open_release(word, site)
        assert (opened.manifest, len(opened.lines)) == (release.manifest, release.manifest["quads"]), word


@pytest.mark.parametrize("word", ["9.9.9", "/nowhere", "http://127.0.0.1:9/", "http://[/"])
def test_what_is_not_there_is_named(site: Path, word: str) -> None:
    with pytest.raises(ReleaseError):
        open_release(word, site)


@pytest.mark.parametrize("word", ["ftp://example.org/", "file:///etc"])
def test_only_http_is_an_address(site: Path, word: str) -> None:
    with pytest.raises(UsageError, match="not an address"):
        open_release(word, site)


def test_an_address_that_holds_something_else_is_told(site: Path, server: str) -> None:
    with pytest.raises(ReleaseError, match=r"404"):
        open_release(f"{server}/claim", site)


def test_a_manifest_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    manifest = {"version": "1", "base": "https://example.org/", "rdfc10": "0", "files": {"dumps/../../x": {}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    opened = open_release(str(tmp_path), tmp_path)
    with pytest.raises(ReleaseError, match="outside"):
        opened.read("dumps/../../x")
    with pytest.raises(ReleaseError, match="cannot be read"):
        opened.read(MASTER)
