"""Files over HTTP: types, tags, conditions and ranges (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest

from allegata.release.handle import Release
from http_client import fetch

NAME = "/dumps/allegata.nq.gz"


@pytest.fixture(scope="module")
def data(release: Release) -> bytes:
    return (release.folder / "dumps" / "allegata.nq.gz").read_bytes()


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("allegata.nq.gz", "application/gzip"),
        ("allegata.trig.zst", "application/zstd"),
        ("graphs/events/events.rdf.gz", "application/gzip"),
        ("tables/claims.csv", "text/csv"),
        ("tables/claims.parquet", "application/vnd.apache.parquet"),
        ("tables/datapackage.json", "application/vnd.datapackage+json"),
        ("tables/csv-metadata.json", "application/csvm+json"),
        ("shapes.ttl", "text/turtle"),
        ("rules/agents-are-described.rq", "application/sparql-query"),
        ("manifest.json", "application/json"),
    ],
)
def test_each_file_has_its_type(server: str, name: str, media_type: str) -> None:
    reply = fetch(server, f"/dumps/{name}")
    assert (reply.status, reply.type) == (200, media_type)
    assert "content-encoding" not in reply.headers
    assert int(reply.headers["content-length"]) == len(reply.body)


def test_a_table_leads_to_what_describes_its_columns(server: str, release: Release) -> None:
    for folder in ("/dumps", f"/release/{release.version}/dumps"):
        links = fetch(server, f"{folder}/tables/claims.csv").headers["link"]
        found = re.search(r'<([^>]*)>; rel="describedby"; type="application/csvm\+json"', links)
        assert found and fetch(server, urljoin(f"{folder}/tables/claims.csv", found[1])).status == 200
        assert "csvm" not in fetch(server, f"{folder}/tables/claims.parquet").headers["link"]


def test_every_listed_file_is_served_with_its_digest(server: str, release: Release) -> None:
    names = [name for name in release.manifest.files if name.startswith("dumps/")]
    assert len(names) > 100
    for name in names[::7]:
        reply = fetch(server, f"/{name}")
        digest = hashlib.sha256(reply.body).digest()
        assert reply.headers["etag"] == f'"{digest.hex()}"' == f'"{release.manifest.files[name].sha256}"'
        assert reply.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"


def test_head_is_get_without_a_body(server: str, data: bytes) -> None:
    reply = fetch(server, NAME, method="HEAD")
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", str(len(data)))
    assert reply.headers["accept-ranges"] == "bytes"
    assert fetch(server, NAME, method="HEAD", headers={"Range": "bytes=0-9"}).status == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("0-0", 0, 0),
        ("0-99", 0, 99),
        ("100-", 100, None),
        ("-50", -50, None),
        ("5-99999999", 5, None),
        ("-99999999", 0, None),
        (" 0 - 9 ", 0, 9),
    ],
)
def test_a_part_is_given(server: str, data: bytes, asked: str, first: int, last: int | None) -> None:
    reply = fetch(server, NAME, headers={"Range": f"bytes={asked}"})
    expected = data[first:] if last is None else data[first : last + 1]
    start = first if first >= 0 else len(data) + first
    assert (reply.status, reply.body) == (206, expected)
    assert reply.headers["content-range"] == f"bytes {start}-{start + len(expected) - 1}/{len(data)}"
    assert reply.headers["etag"]


def test_the_parts_make_the_whole(server: str, data: bytes) -> None:
    cut = len(data) // 3
    parts = [fetch(server, NAME, headers={"Range": f"bytes={word}"}).body for word in (f"0-{cut - 1}", f"{cut}-")]
    assert b"".join(parts) == data


@pytest.mark.parametrize(
    "asked",
    ["lines=0-9", "bytes", "bytes=", "bytes=a-b", "bytes=9-0", "bytes=0-9,20-29", "bytes=--5", "0-9", "bytes=" + "9" * 5000],
)
def test_what_is_no_range_or_several_is_answered_with_the_whole(server: str, data: bytes, asked: str) -> None:
    reply = fetch(server, NAME, headers={"Range": asked})
    assert (reply.status, len(reply.body)) == (200, len(data))
    assert "content-range" not in reply.headers


@pytest.mark.parametrize("begin", ["{size}-", "{size}-{size}", "99999999999-", "-0"])
def test_a_part_behind_the_end_is_refused(server: str, data: bytes, begin: str) -> None:
    reply = fetch(server, NAME, headers={"Range": f"bytes={begin.format(size=len(data))}"})
    assert (reply.status, reply.type) == (416, "application/problem+json")
    assert reply.headers["content-range"] == f"bytes */{len(data)}"


def test_a_file_says_when_its_release_was_made(server: str, release: Release) -> None:
    """RFC 9110, sections 8.8.2 and 13.1.3."""
    reply = fetch(server, NAME, method="HEAD")
    made = parsedate_to_datetime(reply.headers["last-modified"])
    assert made.date().isoformat() == release.manifest.created[:10]
    assert fetch(server, NAME, headers={"If-Modified-Since": reply.headers["last-modified"]}).status == 304
    assert fetch(server, NAME, headers={"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}).status == 200
    other = {"If-None-Match": '"other"', "If-Modified-Since": reply.headers["last-modified"]}
    assert fetch(server, NAME, headers=other).status == 200


def test_conditions(server: str, data: bytes) -> None:
    tag = fetch(server, NAME, method="HEAD").headers["etag"]
    known = fetch(server, NAME, headers={"If-None-Match": tag})
    assert (known.status, known.body, known.headers["etag"]) == (304, b"", tag)
    assert fetch(server, NAME, headers={"If-None-Match": '"other"'}).status == 200
    assert fetch(server, NAME, headers={"If-Match": '"other"'}).status == 412
    same = fetch(server, NAME, headers={"If-Range": tag, "Range": "bytes=0-9"})
    assert (same.status, same.body) == (206, data[:10])
    for other in ('"other"', f"W/{tag}", "Sat, 21 Nov 2026 00:00:00 GMT"):
        changed = fetch(server, NAME, headers={"If-Range": other, "Range": "bytes=0-9"})
        assert (changed.status, len(changed.body)) == (200, len(data)), other


@pytest.mark.parametrize(
    "path",
    [
        "/dumps/..%2Fmanifest.json",
        "/dumps/../manifest.json",
        "/dumps//etc/passwd",
        "/dumps/%2Fetc%2Fpasswd",
        "/dumps/graphs",
        "/dumps/graphs/..%2F..%2Fstore%2FCURRENT",
    ],
)
def test_nothing_outside_the_folder_is_given(server: str, path: str) -> None:
    assert fetch(server, path).status == 404


def test_the_page_lists_every_dump(server: str, release: Release) -> None:
    page = fetch(server, "/dumps", headers={"Accept": "text/html"})
    assert page.type == "text/html"
    names = [name.removeprefix("dumps/") for name in release.manifest.files if name.startswith("dumps/allegata.")]
    assert len(names) == 10
    for name in (*names, "tables/claims.csv", "graphs/events/events.rdf.gz", "tables/datapackage.json"):
        assert f"/dumps/{name}" in page.text
    assert release.hash in page.text and release.manifest.licence in page.text
    assert fetch(server, "/dumps", headers={"Accept": "application/json"}).json == release.manifest.to_json()


def test_the_usual_program_checks_the_dumps_by_the_list_that_is_served(server: str, release: Release) -> None:
    if not shutil.which("sha256sum"):
        pytest.skip("sha256sum is not installed")
    for path in ("/dumps/SHA256SUMS", f"/release/{release.version}/dumps/SHA256SUMS"):
        reply = fetch(server, path)
        assert (reply.status, reply.type) == (200, "text/plain")
        assert fetch(server, path, headers={"If-None-Match": reply.headers["etag"]}).status == 304
    command = ["sha256sum", "--check", "--strict"]
    done = subprocess.run(command, cwd=release.folder / "dumps", input=reply.text, capture_output=True, text=True, check=True)
    assert done.stdout.count(": OK") == len([name for name in release.manifest.files if name.startswith("dumps/")])


def test_the_index_of_the_search_is_served_as_the_manifest_says(server: str, release: Release, tmp_path: Path) -> None:
    entry = release.manifest.files["search.sqlite"]
    reply = fetch(server, "/dumps/search.sqlite")
    assert (reply.status, reply.type, len(reply.body)) == (200, "application/vnd.sqlite3", entry.bytes)
    assert hashlib.sha256(reply.body).hexdigest() == entry.sha256
    (tmp_path / "search.sqlite").write_bytes(reply.body)
    with closing(sqlite3.connect(tmp_path / "search.sqlite")) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert 'href="/dumps/search.sqlite"' in fetch(server, "/dumps", headers={"Accept": "text/html"}).text


def test_the_page_of_downloads_begins_with_the_table_of_who_says_what(server: str) -> None:
    page = fetch(server, "/dumps", headers={"Accept": "text/html"}).text
    files = re.findall(r'href="(/dumps/[^"]+\.(?:csv|parquet|gz|zst))"', page)
    assert files[:2] == ["/dumps/tables/who-says-what.csv", "/dumps/tables/who-says-what.parquet"]
