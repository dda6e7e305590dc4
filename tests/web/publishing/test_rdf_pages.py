"""RDF has a page for browsers and stays RDF for programs; a link to an answer shows people the query with the answer."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, parse

from http_client import fetch

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
SHACL = "http://www.w3.org/ns/shacl#"


@pytest.mark.parametrize("path", ["/shapes", "/shapes/claim", "/catalog", "/.well-known/void"])
def test_rdf_is_a_page_to_browsers_and_rdf_to_all_else(server: str, path: str) -> None:
    page = fetch(server, path, headers=BROWSER)
    assert (page.status, page.type) == (200, "text/html") and "<h1>" in page.text
    for accept in ("*/*", "text/turtle", "text/turtle, text/html;q=0.5"):
        assert fetch(server, path, headers={"Accept": accept}).type == "text/turtle", accept


def test_the_page_of_shapes_has_each_message(server: str) -> None:
    rdf = fetch(server, "/shapes", headers={"Accept": "application/n-triples"}).body
    messages = {
        triple.object.value
        for triple in parse(rdf, RdfFormat.N_TRIPLES)
        if triple.predicate.value == f"{SHACL}message" and not triple.object.value.startswith("{?")
    }
    told = unescape(re.sub(r"<[^>]+>", "", fetch(server, "/shapes", headers=BROWSER).text))
    assert len(messages) > 300 and [message for message in messages if message not in told] == []
    of_claims = fetch(server, "/shapes/claim", headers=BROWSER).text
    assert 'id="noVerdict"' in of_claims and 'id="vote"' not in of_claims


def test_the_description_counts_what_it_shows(server: str) -> None:
    lines = fetch(server, "/catalog", headers={"Accept": "application/n-triples"}).body.splitlines()
    text = fetch(server, "/catalog", headers=BROWSER).text
    assert f"{len(lines):,} statements" in text and "Catalogue of Allegata" in text


def test_a_browser_gets_the_query_page_with_the_answer(server: str) -> None:
    query = quote("SELECT ?n WHERE { VALUES ?n { 4711 } }")
    page = fetch(server, f"/sparql?query={query}", headers=BROWSER)
    assert (page.status, page.type) == (200, "text/html") and re.search(r"<td[^>]*>4711</td>", page.text)
    assert "Accept" in page.headers["vary"].split(", ")
    assert fetch(server, f"/sparql?query={quote('SELECT {')}", headers=BROWSER).status == 400


@pytest.mark.parametrize(
    ("more", "accept", "kind"),
    [
        ("", "*/*", "application/sparql-results+json"),
        ("", "application/sparql-results+xml, text/html;q=0.9", "application/sparql-results+xml"),
        ("&format=csv", BROWSER["Accept"], "text/csv"),
        ("&timeout=5", BROWSER["Accept"], "application/xml"),
    ],
)
def test_programs_and_links_that_name_a_format_keep_theirs(server: str, more: str, accept: str, kind: str) -> None:
    assert fetch(server, f"/sparql?query=ASK%7B%7D{more}", headers={"Accept": accept}).type == kind
