"""Citations: independent readers of BibTeX, RIS and CSL get back what was cited, whatever characters are in it."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import bibtexparser.entrypoint
import pytest
import rispy
from citeproc import Citation as CslCitation
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from allegata.errors import NotAcceptable
from allegata.model.formats import BIBTEX, CITATION_FORMATS, CSL, PLAIN, RIS, TURTLE
from allegata.release.citations import (
    Citation,
    of_dataset,
    of_query,
    of_thing,
    query_hash,
)
from allegata.release.handle import Release
from http_client import fetch

CLAIM = "claim/camps-hold-about-200000"
ODD = Citation(
    "odd",
    "100 % of {A} & B_c #1 $2 ~x^y \\n\n“Ünïcödé” 조선",
    "The whole",
    "Curators & friends",
    "2026-11-21",
    "0.1.0",
    "https://example.org/a_b?query=SELECT%20%7B%7D",
)


@pytest.fixture(scope="module")
def claim(release: Release) -> Citation:
    return of_thing(release.manifest, CLAIM, "About 200,000 people were held.")


def bibtex_fields(text: str) -> dict[str, str]:
    library = bibtexparser.entrypoint.parse_string(text)
    assert not library.failed_blocks
    (entry,) = library.entries
    return {"key": entry.key, "type": entry.entry_type, **{field.key: str(field.value) for field in entry.fields}}


def test_bibtex(claim: Citation, release: Release) -> None:
    fields = bibtex_fields(claim.bibtex())
    assert (fields["type"], fields["year"], fields["version"]) == ("misc", "2026", release.version)
    assert fields["url"] == f"https://w3id.org/allegata/{CLAIM}"
    assert "About 200,000 people were held." in fields["title"]
    assert "," not in fields["key"] and " " not in fields["key"]


def test_bibtex_escapes_what_has_a_meaning() -> None:
    fields = bibtex_fields(ODD.bibtex())
    plain = fields["title"]
    for escaped, character in (("\\textbackslash{}", "\\"), ("\\textasciitilde{}", "~"), ("\\textasciicircum{}", "^")):
        plain = plain.replace(escaped, character)
    for character in "&%$#_{}":
        plain = plain.replace(f"\\{character}", character)
    assert plain.strip("{}") == " ".join(ODD.title.split()).strip("{}")
    assert fields["url"] == ODD.url


@pytest.mark.parametrize("cited", [ODD, None], ids=["odd", "claim"])
def test_ris(cited: Citation | None, claim: Citation) -> None:
    cited = cited or claim
    (record,) = rispy.loads(cited.ris())
    assert record["type_of_reference"] == "DATA"
    assert record["title"] == " ".join(cited.title.split())
    assert (record["year"], record["urls"], record["authors"]) == ("2026", [cited.url], [cited.author])


@pytest.mark.filterwarnings("ignore::UserWarning:citeproc")  # it warns of variables that a style does not use
@pytest.mark.parametrize("cited", [ODD, None], ids=["odd", "claim"])
def test_csl(cited: Citation | None, claim: Citation) -> None:
    cited = cited or claim
    items = json.loads(cited.csl_json())
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    bibliography.register(CslCitation([CitationItem(items[0]["id"])]))
    (written,) = bibliography.bibliography()
    assert cited.author in str(written) and "2026" in str(written)


def test_text(claim: Citation, release: Release) -> None:
    text = claim.text()
    assert text.count("\n") == 1
    for part in (
        claim.author,
        "(2026)",
        "“About 200,000 people were held.”",
        release.manifest.title,
        release.version,
        claim.url,
    ):
        assert part in text


def test_the_dataset_is_cited_by_its_release_and_hash(release: Release) -> None:
    cited = of_dataset(release.manifest)
    assert cited.url == f"https://w3id.org/allegata/release/{release.version}"
    assert release.hash in cited.text()


def test_a_query_is_cited_by_its_text_hash_and_release(release: Release) -> None:
    query = "SELECT ?s\nWHERE { ?s ?p ?o }\nLIMIT 1\n"
    cited = of_query(release.manifest, query)
    assert parse_qs(urlsplit(cited.url).query)["query"] == [query]
    assert f"/release/{release.version}/sparql" in cited.url
    assert query_hash(query) in cited.note and release.hash in cited.note
    assert query_hash(query.replace("\n", "\r\n")) == query_hash(query)


def test_no_other_format_is_written(claim: Citation) -> None:
    with pytest.raises(NotAcceptable):
        claim.write(TURTLE)


# -- over HTTP -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [CLAIM, "dataset", "release/{version}"])
def test_citations_are_served_in_every_format(server: str, release: Release, path: str) -> None:
    path = path.format(version=release.version)
    for item in CITATION_FORMATS:
        by_suffix = fetch(server, f"/cite/{path}.{item.suffix}")
        by_word = fetch(server, f"/cite/{path}?format={item.words[0]}")
        by_type = fetch(server, f"/cite/{path}", headers={"Accept": item.media_type})
        assert by_suffix.status == 200 and by_suffix.type == item.media_type
        assert by_suffix.body == by_word.body == by_type.body
    page = fetch(server, f"/cite/{path}", headers={"Accept": "text/html"})
    assert page.type == "text/html"
    assert all(item.name in page.text for item in (BIBTEX, RIS, CSL, PLAIN))


@pytest.mark.parametrize("kind", ["Claim", "Assertion", "Stance"])
def test_each_claim_assertion_and_stance_can_be_cited(server: str, kind: str) -> None:
    query = f"SELECT ?s WHERE {{ ?s a <https://w3id.org/allegata/ns#{kind}> }} ORDER BY ?s"
    rows = fetch(server, f"/sparql?{urlencode({'query': query})}", headers={"Accept": "text/csv"}).text.split()[1:]
    assert len(rows) > 100
    for iri in rows[:: len(rows) // 8]:
        reply = fetch(server, "/cite/" + iri.removeprefix("https://w3id.org/allegata/") + ".json")
        assert reply.status == 200 and reply.json[0]["URL"] == iri


def test_pages_say_how_they_are_cited(server: str) -> None:
    page = fetch(server, f"/page/{CLAIM}").text
    assert "Cite this" in page and f"/cite/{CLAIM}.bib" in page
    assert "/cite/dataset.bib" in fetch(server, "/").text


def test_the_query_page_leads_to_the_citation_of_its_query(server: str) -> None:
    query = 'SELECT ?s { ?s ?p "a & b" } LIMIT 1'
    page = fetch(server, f"/query?{urlencode({'query': query})}").text
    (address,) = re.findall(r'href="(/cite/query\?[^"]+)"', page)
    cited = fetch(server, html.unescape(address), headers={"Accept": "text/plain"}).text
    assert query_hash(query) in cited


def test_a_query_is_cited_over_http(server: str, release: Release) -> None:
    query = "SELECT ?s { ?s ?p ?o } LIMIT 1"
    item = fetch(server, f"/cite/query?{urlencode({'query': query, 'format': 'csl'})}").json[0]
    address = item["URL"].removeprefix("https://w3id.org/allegata")
    assert fetch(server, address, headers={"Accept": "text/csv"}).status == 200
    assert fetch(server, "/cite/query").status == 400


def test_a_saved_query_is_cited_by_its_hash(server: str, release: Release) -> None:
    questions = sorted((release.folder / "questions").glob("*.rq"))
    assert len(questions) >= 10
    for path in questions:
        digest = query_hash(path.read_text("utf-8"))
        reply = fetch(server, f"/cite/query/{digest}.txt?release={release.version}")
        assert reply.status == 200 and digest in reply.text, path
    assert fetch(server, f"/cite/query/{'0' * 64}").status == 404


def test_the_address_of_a_saved_query_gives_its_text_its_answer_and_its_citation(server: str, release: Release) -> None:
    for path in sorted((release.folder / "questions").glob("*.rq"))[::30]:
        text = path.read_text("utf-8")
        cited = fetch(server, f"/cite/query/{query_hash(text)}.json?release={release.version}").json[0]
        assert cited["URL"] == f"https://w3id.org/allegata/release/{release.version}/query/{query_hash(text)}"
        address = cited["URL"].removeprefix("https://w3id.org/allegata")
        reply = fetch(server, address, headers={"Accept": "application/sparql-query"})
        assert (reply.status, reply.type, reply.text) == (200, "application/sparql-query", text)
        assert fetch(server, address, headers={"Accept": "text/plain"}).text == text
        answer = fetch(server, address, headers={"Accept": "text/csv"})
        assert answer.status == 303
        got = fetch(server, answer.headers["location"], headers={"Accept": "text/csv"})
        assert (got.status, got.type, got.headers["allegata-release"]) == (200, "text/csv", release.version)
        page = fetch(server, address, headers={"Accept": "text/html"})
        assert page.status == 303
        shown = fetch(server, page.headers["location"], headers={"Accept": "text/html"}).text
        assert cited["URL"] in shown and text.split("\n")[0] in html.unescape(shown)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cite/claim/nowhere", 404),
        ("/cite/claim/nowhere.bib", 404),
        ("/cite/release/9.9", 404),
        (f"/cite/{CLAIM}?release=9.9", 404),
        (f"/cite/{CLAIM}?format=nonsense", 406),
    ],
)
def test_what_cannot_be_cited(server: str, path: str, status: int) -> None:
    assert fetch(server, path).status == status
