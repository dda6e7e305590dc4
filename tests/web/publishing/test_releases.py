"""Releases side by side over HTTP: files, queries, descriptions, mementos, and what was withdrawn."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
import rdflib

from http_client import fetch
from releases import BASE, NOTE, build_versions
from service import PATIENT, serve

LABELS = "SELECT ?l WHERE { ?s a <http://schema.org/Place> ; <http://www.w3.org/2000/01/rdf-schema#label> ?l } ORDER BY ?l"
CSV = {"Accept": "text/csv"}
QUERY = urlencode({"query": LABELS})


@pytest.mark.parametrize("accept", ["text/html", "text/plain", "application/problem+json"])
@pytest.mark.parametrize("path", ["/place/secret", "/page/place/secret", "/release/1.1", "/cite/place/secret"])
def test_what_was_withdrawn_has_a_tombstone_in_every_form(versions: str, path: str, accept: str) -> None:
    reply = fetch(versions, path, headers={"Accept": accept})
    assert (reply.status, reply.type, reply.headers["cache-control"]) == (410, accept, "no-store")
    for words in ("witness safety", "2026-03-01", "https://example.org/redaction/1"):
        assert words in reply.text, words
    assert fetch(versions, "/redaction/1", headers={"Accept": "text/turtle"}).status == 303


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve three releases, of which the second was withdrawn."""
    with serve(build_versions(tmp_path_factory.mktemp("served")), **PATIENT) as running:
        yield running.address


def labels(address: str, path: str) -> list[str]:
    reply = fetch(address, path, headers=CSV)
    assert (reply.status, reply.type) == (200, "text/csv"), reply.text
    return reply.text.split("\r\n")[1:-1]


def test_a_query_goes_to_the_release_that_is_named(versions: str) -> None:
    old, new = ["Elsewhere", "Somewhere"], ["Somewhere else"]
    assert labels(versions, f"/sparql?{QUERY}") == labels(versions, f"/sparql?release=1.2&{QUERY}") == new
    assert labels(versions, f"/sparql?release=1.0&{QUERY}") == labels(versions, f"/release/1.0/sparql?{QUERY}") == old
    posted = fetch(
        versions,
        "/release/1.0/sparql",
        method="POST",
        headers={**CSV, "Content-Type": "application/sparql-query"},
        body=LABELS.encode(),
    )
    assert posted.text.split("\r\n")[1:-1] == old
    assert posted.headers["allegata-release"] == "1.0"


def test_many_queries_on_two_releases_at_once_are_answered_rightly(versions: str) -> None:
    paths = [f"/release/{version}/sparql?{QUERY}&n={number}" for number in range(20) for version in ("1.0", "1.2")]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda path: labels(versions, path), paths))
    assert answers == [["Elsewhere", "Somewhere"], ["Somewhere else"]] * 20


def test_tags_of_releases_differ(versions: str) -> None:
    tags = {fetch(versions, f"/release/{version}/sparql?{QUERY}", headers=CSV).headers["etag"] for version in ("1.0", "1.2")}
    assert len(tags) == 2
    again = fetch(versions, f"/release/1.0/sparql?{QUERY}", headers={**CSV, "If-None-Match": next(iter(tags))})
    other = fetch(versions, f"/release/1.2/sparql?{QUERY}", headers={**CSV, "If-None-Match": next(iter(tags))})
    assert {again.status, other.status} == {200, 304}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/release/9.9", 404),
        ("/release/9.9/manifest.json", 404),
        ("/release/9.9/dumps/allegata.nq.gz", 404),
        (f"/release/9.9/sparql?{QUERY}", 404),
        (f"/sparql?release=9.9&{QUERY}", 404),
        (f"/sparql?release=1.0&release=1.2&{QUERY}", 400),
        (f"/release/1.0/sparql?release=1.2&{QUERY}", 400),
        ("/release/1.0/dumps/nowhere.gz", 404),
        ("/release/1.0/dumps/..%2Fmanifest.json", 404),
        ("/release/1.0/dumps/../manifest.json", 404),
        ("/release/..%2F..%2Fetc", 404),
        ("/release/1.1", 410),
        ("/release/1.1/manifest.json", 410),
        ("/release/1.1/dumps/allegata.nq.gz", 410),
        (f"/release/1.1/sparql?{QUERY}", 410),
        (f"/sparql?release=1.1&{QUERY}", 410),
        ("/release/1.1/page/place/somewhere", 410),
        ("/release/1.1/data/place/secret.ttl", 410),
        ("/release/1.1/changes", 410),
        ("/release/9.9/changes", 404),
        ("/release/9.9/dumps/SHA256SUMS", 404),
        (f"/release/9.9/query/{'0' * 64}", 404),
        (f"/release/1.2/query/{'0' * 64}", 404),
        ("/place/secret", 410),
        ("/page/place/secret", 410),
        ("/data/place/secret.ttl", 410),
        ("/timemap/place/secret", 410),
        ("/release/1.2/page/place/elsewhere", 404),
        ("/place/elsewhere", 404),
        ("/place/nowhere", 404),
        ("/timemap/place/nowhere", 404),
    ],
)
def test_what_is_not_there_and_what_was_withdrawn(versions: str, path: str, status: int) -> None:
    reply = fetch(versions, path, headers={"Accept": "text/csv, text/turtle, application/problem+json"})
    assert (reply.status, reply.type) == (status, "application/problem+json"), path
    if status == 410:
        assert "witness safety" in reply.json["detail"] and "redaction/1" in reply.json["detail"]
        assert "withdrawn later" not in reply.text


def test_the_list_names_the_releases_that_can_be_had(versions: str) -> None:
    read = fetch(versions, "/release", headers={"Accept": "application/json"}).json
    assert (read["current"], [row["version"] for row in read["releases"]]) == ("1.2", ["1.0", "1.2"])
    page = fetch(versions, "/release", headers={"Accept": "text/html"})
    assert page.type == "text/html" and "/release/1.0" in page.text and "/release/1.1" not in page.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_slash_behind_the_list_of_files_changes_nothing(versions: str, accept: str) -> None:
    for path in ("/dumps", "/release/1.0/dumps"):
        plain, slashed = (fetch(versions, address, headers={"Accept": accept}) for address in (path, f"{path}/"))
        assert (plain.status, plain.type) == (slashed.status, slashed.type) == (200, accept), path
        assert "allegata.nq.gz" in slashed.text and plain.headers["link"] == slashed.headers["link"], path


def test_each_release_has_its_files_and_its_description(versions: str) -> None:
    manifest = fetch(versions, "/release/1.0/dumps/manifest.json").json
    assert manifest["version"] == "1.0"
    assert fetch(versions, "/release/1.0/manifest.json").json == manifest
    reply = fetch(versions, "/release/1.0/dumps/allegata.nt.gz")
    assert reply.headers["etag"].strip('"') == manifest["files"]["dumps/allegata.nt.gz"]["sha256"]
    described = rdflib.Graph().parse(
        data=fetch(versions, "/release/1.0", headers={"Accept": "text/turtle"}).text, format="turtle"
    )
    release = rdflib.URIRef("https://example.org/release/1.0")
    assert (release, rdflib.URIRef("http://www.w3.org/ns/dcat#version"), rdflib.Literal("1.0")) in described
    void = rdflib.Graph().parse(
        data=fetch(versions, "/release/1.0/void", headers={"Accept": "text/turtle"}).text, format="turtle"
    )
    count = void.value(rdflib.URIRef("https://example.org/dataset"), rdflib.URIRef("http://rdfs.org/ns/void#triples"))
    assert int(str(count)) == manifest["triples"]
    service = fetch(versions, "/release/1.0/sparql", headers={"Accept": "text/turtle"}).text
    assert "https://example.org/release/1.0/sparql" in service


def test_half_a_file_is_not_sent_as_the_whole(tmp_path: Path) -> None:
    """Truncate a dump and take another away behind the back of a running server: both are named, the rest is served."""
    site = build_versions(tmp_path)
    with serve(site, **PATIENT) as running:
        address = running.address
        dumps = (site / "current" / "dumps").resolve()
        (dumps / "allegata.nt.gz").write_bytes((dumps / "allegata.nt.gz").read_bytes()[:-9])
        (dumps / "shapes.ttl").unlink()
        for name, words in (("allegata.nt.gz", "bytes, the manifest says"), ("shapes.ttl", "is not there")):
            for path in (f"/dumps/{name}", f"/release/1.2/dumps/{name}"):
                reply = fetch(address, path, headers={"Range": "bytes=0-9"})
                assert (reply.status, reply.type) == (500, "application/problem+json")
                assert name in reply.json["detail"] and words in reply.json["detail"] and "etag" not in reply.headers
        assert fetch(address, "/dumps/allegata.ttl.gz").status == 200
        done = subprocess.run([sys.executable, "-m", "allegata", "verify", address], capture_output=True, text=True, check=False)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert "allegata.nt.gz cannot be had: HTTP status 500" in done.stdout and "shapes.ttl cannot be had" in done.stdout


def test_a_release_is_verified_over_http(versions: str) -> None:
    command = [sys.executable, "-m", "allegata", "verify", f"{versions}/release/1.0", "--against", versions]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "does not hold: other build." in done.stderr
    lines = done.stdout.splitlines()
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in lines if line.startswith("holds")] == [
        *("files", "manifest", "canonical hash", "numbers", "description", "dumps", "shapes")
    ]
    assert any("version is 1.0 here and 1.2 there." in line for line in lines)
    done = subprocess.run([*command[:4], f"{versions}/release/1.1"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "410" in done.stderr and "Traceback" not in done.stderr


# -- changes -------------------------------------------------------------------------------------------------------------


def test_what_changed_since_the_release_before_is_told_to_programs(versions: str) -> None:
    """Between 1.0 and 1.2 stands 1.1, which was withdrawn: what can be had is compared."""
    told = fetch(versions, "/release/1.2/changes", headers={"Accept": "application/json"}).json
    assert (told["release"], told["since"], told["notes"]) == ("1.2", "1.0", [NOTE])
    claims, assertions, stances = (told["changes"][kind] for kind in ("claims", "assertions", "stances"))
    assert claims["added"] == [f"{BASE}claim/visited"] and claims["removed"] == [f"{BASE}claim/counted"]
    (change,) = claims["changed"]
    assert (change["iri"], change["ways"]) == (f"{BASE}claim/closed", ["reworded", "re-dated"])
    assert assertions["added"] == [f"{BASE}assertion/institute-visited", f"{BASE}assertion/ministry-closed"]
    assert assertions["removed"] == [f"{BASE}assertion/institute-counted"]
    assert [item["ways"] for item in assertions["changed"]] == [["changed otherwise"]]
    assert stances == {"added": [f"{BASE}stance/differs"], "removed": [], "changed": []}


def test_the_command_tells_the_same_changes(versions: str) -> None:
    words = [f"{versions}/release/1.0", f"{versions}/release/1.2"]
    run = subprocess.run([sys.executable, "-m", "allegata", "diff", "--json", *words], capture_output=True, text=True, check=True)
    told = fetch(versions, "/release/1.2/changes", headers={"Accept": "application/json"}).json
    assert json.loads(run.stdout) == told["changes"]


def test_what_changed_is_told_to_people(versions: str) -> None:
    page = fetch(versions, "/release/1.2/changes", headers={"Accept": "text/html"})
    assert page.type == "text/html" and page.headers["allegata-release"] == "1.2"
    for words in (NOTE.replace("'", "&#39;"), "1 added, 1 removed, 1 reworded, 1 re-dated", "The schools were visited."):
        assert words in page.text, words
    links = set(re.findall(r'href="(/release/[^"]+/page/[^"]+)"', page.text))
    assert {"/release/1.0/page/claim/counted", "/release/1.2/page/claim/closed", "/release/1.0/page/claim/closed"} <= links
    for path in links:
        assert fetch(versions, path).status == 200, path
    assert re.search(r"<del>.*Half of the schools were closed", page.text)
    assert re.search(r"<ins>.*About half of the schools were shut", page.text)


def test_the_first_release_has_nothing_to_be_compared_with(versions: str) -> None:
    told = fetch(versions, "/release/1.0/changes", headers={"Accept": "application/json"}).json
    assert (told["since"], told["notes"], told["changes"]) == (None, [], {})
    assert "no release before it" in fetch(versions, "/release/1.0/changes", headers={"Accept": "text/html"}).text


def test_the_list_of_releases_leads_to_their_changes(versions: str) -> None:
    read = fetch(versions, "/release", headers={"Accept": "application/json"}).json
    for row in read["releases"]:
        assert fetch(versions, row["changes"], headers={"Accept": "application/json"}).json["notes"] == row["notes"]
    described = rdflib.Graph().parse(
        data=fetch(versions, "/release/1.2", headers={"Accept": "text/turtle"}).text, format="turtle"
    )
    release = rdflib.URIRef(f"{BASE}release/1.2")
    assert (release, rdflib.URIRef("http://www.w3.org/ns/adms#versionNotes"), rdflib.Literal(NOTE, "en")) in described
    assert (release, rdflib.namespace.FOAF.page, release + "/changes") in described


# -- Memento (RFC 7089) --------------------------------------------------------------------------------------------------


def at(address: str, moment: str, path: str = "/place/somewhere", accept: str = "text/turtle") -> tuple[int, str]:
    reply = fetch(address, path, headers={"Accept-Datetime": moment, "Accept": accept})
    return reply.status, reply.headers.get("location", "")


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        ("Thu, 01 Jan 2026 00:00:00 GMT", "1.0"),
        ("Sat, 28 Feb 2026 23:59:59 GMT", "1.0"),
        ("Sun, 01 Mar 2026 00:00:00 GMT", "1.2"),
        ("Sat, 01 Jan 2050 00:00:00 GMT", "1.2"),
        ("Mon, 01 Jan 1990 00:00:00 GMT", "1.0"),
    ],
)
def test_a_thing_is_its_own_time_gate(versions: str, moment: str, version: str) -> None:
    assert at(versions, moment) == (302, f"/release/{version}/data/place/somewhere.ttl")
    assert at(versions, moment, accept="text/html") == (302, f"/release/{version}/page/place/somewhere")
    reply = fetch(versions, "/place/somewhere", headers={"Accept-Datetime": moment})
    assert "accept-datetime" in reply.headers["vary"].lower()
    assert 'rel="original timegate"' in reply.headers["link"]
    assert "memento-datetime" not in reply.headers


def test_a_thing_that_is_no_longer_described_has_its_mementos(versions: str) -> None:
    assert at(versions, "Sat, 01 Jan 2050 00:00:00 GMT", "/place/elsewhere") == (302, "/release/1.0/data/place/elsewhere.ttl")


@pytest.mark.parametrize("moment", ["yesterday", "2026-01-01", "", "Thu, 99 Foo 2026 00:00:00 GMT"])
def test_a_moment_that_is_no_date_is_refused(versions: str, moment: str) -> None:
    assert at(versions, moment)[0] == 400


def test_a_memento_says_when_and_of_what_it_is(versions: str) -> None:
    for path, accept in (
        ("/release/1.0/data/place/somewhere.ttl", "text/turtle"),
        ("/release/1.0/page/place/somewhere", "text/html"),
    ):
        reply = fetch(versions, path, headers={"Accept": accept})
        assert (reply.status, reply.type) == (200, accept)
        assert reply.headers["memento-datetime"] == "Thu, 01 Jan 2026 00:00:00 GMT"
        assert re.search(r'<http://[^>]+/place/somewhere>; rel="original timegate"', reply.headers["link"])
        assert "Somewhere" in reply.text and "Somewhere else" not in reply.text


def test_a_time_map_lists_every_memento(versions: str) -> None:
    reply = fetch(versions, "/timemap/place/somewhere")
    assert reply.type == "application/link-format"
    found = re.findall(r'<([^>]+)>; rel="([^"]*memento)"; datetime="([^"]+)"', reply.text)
    assert [(address.split("/", 3)[3], rel, day[:16]) for address, rel, day in found] == [
        ("release/1.0/page/place/somewhere", "first memento", "Thu, 01 Jan 2026"),
        ("release/1.2/page/place/somewhere", "last memento", "Sun, 01 Mar 2026"),
    ]
    assert 'rel="self"' in reply.text and 'from="Thu, 01 Jan 2026' in reply.text
