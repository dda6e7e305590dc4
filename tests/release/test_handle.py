"""Opening a release: by folder, site, version or address; what is not there is named."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from allegata.errors import ReleaseError, UsageError
from allegata.release.digests import sha256
from allegata.release.handle import MASTER, Release
from allegata.release.site import open_release
from releases import minimal_manifest


@pytest.mark.parametrize(
    "change",
    [
        {"version": 1},
        {"publisher": {}},
        {"files": []},
        {"files": {"dumps/x": {}}},
        {"files": {"dumps/x": {"sha256": "0", "bytes": 1}}},
        {"files": {"dumps/x": {"sha256": "0" * 64, "bytes": "1"}}},
    ],
)
def test_what_is_no_manifest_is_told(tmp_path: Path, change: dict[str, Any]) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(minimal_manifest()), "utf-8")
    assert open_release(str(tmp_path), tmp_path).files == {}
    (tmp_path / "manifest.json").write_text(json.dumps({**minimal_manifest(), **change}), "utf-8")
    with pytest.raises(ReleaseError, match="is not the manifest of a release"):
        open_release(str(tmp_path), tmp_path)


def test_a_release_is_found_by_each_of_its_names(site: Path, release: Release, server: str) -> None:
    words = [str(site), str(release.folder), release.version, release.folder.name]
    words += [server, f"{server}/", f"{server}/dumps/manifest.json", f"{server}/release/{release.version}"]
    for word in words:
        opened = open_release(word, site)
        assert (opened.manifest, len(opened.lines)) == (release.manifest, release.manifest.quads), word


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
    manifest = minimal_manifest(files={"dumps/../../x": {"sha256": "0" * 64, "bytes": 1}})
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    opened = open_release(str(tmp_path), tmp_path)
    with pytest.raises(ReleaseError, match="outside"):
        opened.read("dumps/../../x")
    with pytest.raises(ReleaseError, match="cannot be read"):
        opened.read(MASTER)


@pytest.mark.parametrize("name", ["dumps/../../x", "dumps/./x", "dumps//x", "dumps/..\\x", "/etc/x"])
def test_a_manifest_from_elsewhere_cannot_lead_out_of_where_files_are_written(tmp_path: Path, name: str) -> None:
    """Serve a manifest whose digest agrees and whose name leads elsewhere: nothing is written for it, inside or outside."""
    (tmp_path / "served" / "dumps").mkdir(parents=True)
    files = {name: {"sha256": sha256(b"x"), "bytes": 1}, "dumps/fine": {"sha256": sha256(b"x"), "bytes": 1}}
    manifest = minimal_manifest(files=files)
    (tmp_path / "served" / "dumps" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    for path in ("x", "served/x", "served/dumps/x", "served/dumps/fine"):
        (tmp_path / path).write_bytes(b"x")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        opened = open_release(address, tmp_path)
        assert opened.read_checked("dumps/fine") == b"x"
        with pytest.raises(ReleaseError, match="outside"):
            opened.read_checked(name)
        (tmp_path / "to").mkdir()
        command = [
            sys.executable,
            "-m",
            "allegata",
            "export",
            "files",
            "--release",
            address,
            "--out",
            str(tmp_path / "to" / "out"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        server.shutdown()
    if name.startswith("dumps/"):
        assert done.returncode == 1 and "outside of the release" in done.stderr
        assert list((tmp_path / "to").iterdir()) == []
    else:
        assert done.returncode == 0 and {path.name for path in (tmp_path / "to" / "out").iterdir()} == {"fine", "SHA256SUMS"}


@pytest.mark.parametrize("word", ["http://[::1", "http://a b/", "http://", "http://127.0.0.1:9/"])
def test_an_address_that_cannot_be_had_is_named(tmp_path: Path, word: str) -> None:
    with pytest.raises(ReleaseError, match="cannot be had"):
        open_release(word, tmp_path)


def test_without_a_site_a_word_that_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"no folder 1\.0, and .* holds no release"):
        open_release("1.0", tmp_path)


def test_a_release_over_http_offers_its_dumps_and_no_folder(release: Release, server: str, tmp_path: Path) -> None:
    remote = open_release(server, tmp_path)
    assert not remote.is_local and remote.location == f"{server}/dumps" and remote.version == remote.name == release.version
    assert set(remote.files) == {name for name in release.files if name.startswith("dumps/")}
    for read in (lambda: remote.folder, remote.open_store):
        with pytest.raises(ReleaseError, match="is read over HTTP: it has no folder here"):
            read()


def test_handles_on_one_folder_are_equal(release: Release) -> None:
    again = open_release(str(release.folder), release.folder)
    assert again is not release and {again} == {release}
    assert again.name == release.folder.name and again.is_local
    assert Release(release.folder / "..", release.manifest) != release
