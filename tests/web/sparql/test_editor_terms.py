"""What editors and graphs are given: the data's own terms, scripts where they are built, a policy as narrow as can be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from allegata.engine import open_engine
from allegata.model.namespaces import PREFIXES, expand
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.sparql.editor_terms import YASGUI_STYLES
from http_client import ask, fetch
from support import ROOT

SOURCES = ROOT / "server" / "web"
PEOPLE = {"Accept": "text/html"}
CLAIM = "/page/claim/camps-hold-about-200000"
UNDECLARED = "SELECT * {\n  ?s a alg:Claim }"


# -- the terms -----------------------------------------------------------------------------------------------------------


def test_the_terms_are_those_that_the_data_uses(server: str) -> None:
    terms = fetch(server, "/query/terms").json
    assert terms["prefixes"] == PREFIXES
    used = ask(server, "SELECT DISTINCT ?t { ?s a ?t FILTER(isIRI(?t)) }").json["results"]["bindings"]
    classes = {row["t"]["value"] for row in used}
    assert len(terms["classes"]) > 30 and {expand(name) for name, _, _ in terms["classes"]} <= classes
    assert expand("alg:Assertion") in {expand(name) for name, _, _ in terms["classes"]}
    properties = {name: (label, definition) for name, label, definition in terms["properties"]}
    assert properties["alg:polarity"][0] == "polarity" and properties["alg:polarity"][1].endswith(".")
    found = ask(server, f"ASK {{ ?s <{expand('alg:polarity')}> ?o }}").json
    assert found["boolean"] is True


def test_the_concepts_have_the_label_and_the_scheme_by_which_people_look_for_them(server: str) -> None:
    concepts = {iri: (label, scheme) for iri, label, scheme, _ in fetch(server, "/query/terms").json["concepts"]}
    assert len(concepts) > 150
    assert concepts["https://w3id.org/allegata/scheme/stance/undercuts"] == ("undercuts", "Stance")


def test_the_terms_are_sent_once(server: str) -> None:
    first = fetch(server, "/query/terms")
    assert (first.status, first.type) == (200, "application/json") and "public" in first.headers["cache-control"]
    again = fetch(server, "/query/terms", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


# -- with and without what is built --------------------------------------------------------------------------------------


@pytest.fixture
def app(release: Release, tmp_path: Path) -> Iterator[Flask]:
    """Make the application with a folder of static files in which nothing is built."""
    settings = Settings()
    with closing(open_engine(release.folder, settings)) as engine:
        made = create_app(settings, release, engine)
        made.static_folder = str(tmp_path)
        yield made


def test_without_the_scripts_the_plain_form_is_served_and_answers(app: Flask) -> None:
    client = app.test_client()
    text = client.get("/query", headers=PEOPLE).text
    assert "<script" not in text and "/yasgui" not in text and "query.css" not in text
    assert '<textarea id="query" name="query"' in text and 'action="/query"' in text
    answered = client.get("/query", query_string={"query": "SELECT ?x { VALUES ?x { 'one' 'two' } }"}).text
    assert re.findall(r"<td[^>]*>(\w+)</td>", answered) == ["one", "two"]
    refused = client.get("/yasgui", headers={"Accept": "application/problem+json"})
    assert (refused.status_code, json.loads(refused.text)["remedy"]) == (404, "Ask at /query, or build it with `make web`.")


def test_with_the_scripts_the_page_loads_them_and_yasgui_is_there(app: Flask) -> None:
    folder = Path(str(app.static_folder)) / "built"
    folder.mkdir()
    for name in ("query.js", "yasgui.js", "yasgui.css"):
        (folder / name).write_text("", "utf-8")
    client = app.test_client()
    assert '<script type="module" src="/static/built/query.js">' in client.get("/query").text
    assert "/static/built/" not in client.get("/").text
    page = client.get("/yasgui")
    assert page.status_code == 200 and '<script type="module" src="/static/built/yasgui.js">' in page.text


def test_without_the_scripts_a_claim_has_its_picture_alone(app: Flask) -> None:
    text = app.test_client().get(CLAIM, headers=PEOPLE).text
    assert "<svg" in text and not any(mark in text for mark in ("/static/built/", 'id="stances"', "Explore"))


def test_with_the_scripts_a_claim_has_the_same_picture_and_its_stances_as_data(app: Flask) -> None:
    client = app.test_client()
    picture = re.findall(r"<figure>.*?</figure>", client.get(CLAIM, headers=PEOPLE).text, re.DOTALL)
    folder = Path(str(app.static_folder)) / "built"
    folder.mkdir()
    (folder / "explore.js").write_text("", "utf-8")
    app.extensions["allegata.pages"].clear()
    text = client.get(CLAIM, headers=PEOPLE).text
    assert picture and re.findall(r"<figure>.*?</figure>", text, re.DOTALL) == picture
    assert text.count('<script type="module" src="/static/built/explore.js"></script>') == 1
    block = re.search(r'<script type="application/json" id="stances">([^<]*)</script>', text)
    assert block
    data = json.loads(block[1])
    assert {stance["side"] for stance in data["stances"]} == {"against", "neither"}
    assert all({stance["from"], stance["to"]} <= set(data["things"]) for stance in data["stances"])
    for thing in data["things"].values():
        assert thing["name"] in unescape(text) and thing["said"].startswith(("affirmed by ", "denied by ", "doubted by "))


def test_the_policy_of_yasgui_names_two_styles_and_is_else_that_of_every_page(app: Flask) -> None:
    folder = Path(str(app.static_folder)) / "built"
    folder.mkdir()
    (folder / "yasgui.js").write_text("", "utf-8")
    client = app.test_client()
    usual, special = (client.get(path).headers["Content-Security-Policy"] for path in ("/query", "/yasgui"))
    assert special.replace(" ".join(("", *YASGUI_STYLES)), "", 1) == usual
    assert "unsafe" not in special and all(re.fullmatch(r"'sha256-[\w+/]{43}='", item) for item in YASGUI_STYLES)


# -- what the page gives the editor --------------------------------------------------------------------------------------


def test_an_error_on_the_page_carries_the_place_that_the_endpoint_gives(server: str) -> None:
    told = ask(server, UNDECLARED).json
    reply = fetch(server, f"/query?{urlencode({'query': UNDECLARED})}", headers=PEOPLE)
    assert reply.status == told["status"] == 400
    given = dict(re.findall(r'data-(\w+)="([^"]*)"', reply.text.split('id="problem"')[1].split(">")[0]))
    assert (int(given["line"]), int(given["column"])) == (told["line"], told["column"]) == (2, 8)
    assert unescape(given["message"]) == told["detail"]


def test_relative_names_mean_the_same_on_the_page_and_at_the_endpoint(server: str) -> None:
    query = "SELECT ?s { VALUES ?s { <claim/camps-hold-about-200000> } ?s a ?t } LIMIT 1"
    assert len(ask(server, query).json["results"]["bindings"]) == 1
    page = fetch(server, f"/query?{urlencode({'query': query})}", headers=PEOPLE)
    assert 'href="/claim/camps-hold-about-200000"' in page.text


# -- the sources ---------------------------------------------------------------------------------------------------------


def test_the_sources_are_small_and_say_their_job() -> None:
    scripts = sorted(SOURCES.glob("*.js"))
    assert len(scripts) >= 10
    for path in scripts:
        lines = path.read_text("utf-8").splitlines()
        assert lines[0].startswith("// ") and lines[0].endswith(".") and len(lines) <= 300, path.name
        assert not any(re.search(r"\beval\(|new Function|innerHTML|document\.write", line) for line in lines), path.name


def test_the_lockfile_names_what_is_wanted_by_digest_and_no_host() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 40
    assert [name for name, entry in packages.items() if "resolved" in entry or not entry["integrity"].startswith("sha512-")] == []
    free = {
        "MIT",
        "ISC",
        "BSD-3-Clause",
        "BSD-2-Clause",
        "Apache-2.0",
        "CC0-1.0",
        "(MPL-2.0 OR Apache-2.0)",
        "(CC-BY-4.0 AND MIT)",
    }
    # jsuri says MIT in its licence file alone.
    licences = {name: entry.get("license") for name, entry in packages.items() if not name.endswith("/jsuri")}
    assert set(licences.values()) <= free
