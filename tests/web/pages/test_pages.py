"""The pages over real HTTP: each kind of thing, both sides in the same words, search, comparison, query, passages."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
import rdflib

from allegata.domain import Attributions, Descriptions
from allegata.engine import ANNOUNCED, open_engine
from allegata.release.build import build
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from http_client import Reply, ask, fetch
from service import PATIENT, serve

BASE = "https://w3id.org/allegata/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CLASSES = (
    *(
        "alg:Claim",
        "alg:Assertion",
        "alg:Stance",
        "alg:EvidenceLine",
        "alg:Commitment",
        "alg:Vote",
        "alg:Position",
        "alg:Instrument",
    ),
    *(
        "alg:Provision",
        "alg:Source",
        "alg:Event",
        "prov:Agent",
        "schema:Place",
        "skos:Concept",
        "skos:ConceptScheme",
        "alg:Right",
    ),
    *("sssom:Mapping", "schema:Person", "schema:Country", "alg:PopulationGroup"),
)
FIXED = (
    "/",
    "/compare",
    "/search",
    "/search?q=camps",
    "/query",
    "/timeline",
    "/treaties",
    "/votes",
    "/places",
    "/evidence",
    "/method",
    "/ns",
)
TOPIC = "/compare?topic=politicalPrisonCamps"
CLAIM = "/page/claim/camps-hold-about-200000"
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FIRST_LOAD = 300_000


def page(server: str, path: str) -> Reply:
    reply = fetch(server, path, headers={"Accept": "text/html"})
    assert (reply.status, reply.type) == (200, "text/html"), f"{path}: {reply.status}"
    return reply


class Outline(HTMLParser):
    """Reads a page strictly: what is opened is closed; collects ids, headings, attributes and elements."""

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.h1: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A block of data is not a script (HTML, section 4.12.1): nothing runs it.
        block = tag == "script" and dict(attrs).get("type") in ("application/ld+json", "application/json")
        # The editor stands over a form, the graph of stances over a picture, buttons over fields to copy; all work without it.
        enhancing = ("/static/built/query.js", "/static/built/explore.js", "/static/copy.js")
        over = tag == "script" and (dict(attrs).get("src") or "") in enhancing
        self.elements.add("data block" if block else "enhancement" if over else tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.references |= {value or "" for name, value in attrs if name in ("href", "src", "action")}
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes what is not open"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "h1":
            self.h1.append(data)


@pytest.fixture(scope="module")
def descriptions(release: Release) -> Descriptions:
    return Descriptions(release.folder, BASE)


@pytest.fixture(scope="module")
def reading(site: Path, sources: Path) -> Iterator[str]:
    """Serve with the setting that names the folder of source texts."""
    with serve(site, sources=sources, **PATIENT) as running:
        yield running.address


def check(reply: Reply, path: str) -> Outline:
    """Check what holds of every page: strict markup, one heading, nothing inline, nothing from elsewhere, light enough."""
    outline = Outline(reply.text)
    assert len(outline.ids) == len(set(outline.ids)), path
    assert "".join(outline.h1).strip(), path
    assert not {"style", "onclick", "onload"} & outline.attributes and not {"script", "style", "iframe"} & outline.elements, path
    assert not {reference for reference in outline.references if reference.startswith(("javascript:", "//"))}, path
    assert len(reply.body) < FIRST_LOAD, f"{path}: {len(reply.body)} bytes"
    return outline


@pytest.mark.parametrize("path", [*FIXED, TOPIC, "/compare?measure=deathsInFamine", "/compare?claim=camps-hold-about-200000"])
def test_every_page_is_strict_light_and_complete_in_itself(server: str, path: str) -> None:
    check(page(server, path), path)


@pytest.mark.parametrize("name", CLASSES)
def test_things_of_every_kind_have_a_page_with_a_title_for_people(server: str, descriptions: Descriptions, name: str) -> None:
    nodes = sorted(node.value for node in descriptions.instances(name))
    assert nodes
    for iri in {nodes[0], nodes[len(nodes) // 2], nodes[-1]} - {f"{BASE}dataset"}:
        path = f"/page/{iri.removeprefix(BASE)}"
        heading = "".join(check(page(server, path), path).h1)
        assert iri.removeprefix(BASE) not in heading


def test_the_things_with_most_references_have_pages_that_are_not_too_heavy(server: str) -> None:
    for path in (
        "/page/source/report-2025",
        "/page/actor/dprk",
        "/page/scheme/evidence-kind/notStated",
        "/page/scheme/polarity/affirms",
    ):
        check(page(server, path), path)


def test_for_and_against_stand_in_the_same_words_with_the_same_space(server: str) -> None:
    text = page(server, CLAIM).text
    sides = re.findall(r'<section class="side">\s*<h3>What speaks (for|against) it <span class="count">(\d+)</span></h3>', text)
    assert [side for side, _ in sides] == ["for", "against"]
    assert re.findall(r"<h3>(Affirms|Denies|Doubts)", text) == ["Affirms"]
    denied = page(server, "/page/claim/rights-are-abused-in-the-dprk").text
    assert re.findall(r"<h3>(Affirms|Denies|Doubts)", denied) == ["Affirms", "Denies"]
    css = fetch(server, "/static/site.css").text
    assert "repeat(2, minmax(0, 1fr))" in css and "repeat(3, minmax(0, 1fr))" in css


def test_a_denial_is_a_side_of_its_claim(server: str) -> None:
    text = page(server, "/page/claim/rights-are-abused-in-the-dprk").text
    denies = text.split("<h3>Denies")[1].split("</section>")[0]
    assert "denied by" in denies and "North Korean government" in denies


def test_an_assertion_shows_chain_evidence_gap_and_position(server: str) -> None:
    text = unescape(page(server, "/page/assertion/factsheet/quintana-on-sanctions").text)
    chain = text.split('<ol class="chain">')[1].split("</ol>")[0]
    assert chain.index("Quintana") < chain.index("Korea Peace Now!") < chain.index("Fact sheet")
    assert "A gap of the copy that was read" in text and "citation target lost" in text
    assert "section 2, paragraph 3" in text and "Code points 3049 to 3136" in text
    assert "c309789b44baad2d059badc95caf2774dc5f5edb756cbe1d1c2293dbc8588fb3" in text


def test_an_event_shows_what_each_source_says(server: str) -> None:
    text = unescape(page(server, "/page/event/coi-report-release-2014").text)
    table = text.split("What sources say of it")[-1].split("</table>")[0]
    assert table.count("<tr>") == 3 and "2014-02" in table and "Human Rights Council" in table


def test_an_assertion_and_a_line_show_which_way_evidence_is_offered(server: str) -> None:
    text = unescape(page(server, "/page/assertion/report-2025/intl-resp-everard-no-evidence").text)
    assert "/evidence-line/everard-memoir" in text.split(">Disputes</dt>")[1][:200]
    assert "disputes" in unescape(page(server, "/page/evidence-line/everard-memoir").text).split("Offered")[1][:200]
    finding = unescape(page(server, "/page/assertion/record/coi-on-songbun-classes").text)
    assert "reasonable grounds to believe" in finding.split("Standard of proof")[1][:200]


def test_a_place_tells_events_there_from_those_that_sources_put_there(server: str) -> None:
    text = unescape(page(server, "/page/place/korean-peninsula").text)
    there, told = text.split("Events there")[1].split("Events that sources put there")
    assert "Armistice" in there and "Korean War, by " in told


def test_a_page_leads_to_its_file_and_to_the_same_as_data(server: str) -> None:
    text = page(server, CLAIM).text
    assert '"/graph/claims/report-2025/systematic-violations"' in text
    for suffix in ("ttl", "jsonld", "nt", "rdf", "csv"):
        assert f'"/data/claim/camps-hold-about-200000.{suffix}"' in text
    file = "/data/graph/claims/report-2025/systematic-violations.ttl"
    assert "camps-hold-about-200000" in fetch(server, file).text
    assert page(server, file.replace("/data/", "/page/").removesuffix(".ttl")).text.count("<li>") > 20


def test_a_thing_as_a_table_has_a_row_for_each_statement(server: str) -> None:
    path = "/data/claim/camps-hold-about-200000"
    reply = fetch(server, f"{path}.csv")
    rows = list(csv.reader(io.StringIO(reply.body.decode("utf-8"), newline="")))
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert rows[0] == ["subject", "property", "property name", "value", "value name", "language", "datatype"]
    assert len(rows) - 1 == len(fetch(server, f"{path}.nt").text.splitlines())
    statement = next(row for row in rows if row[1].endswith("ns#statement"))
    assert statement[3:] == [
        "About 200,000 people were held in the political prison camps as of 2017.",
        "",
        "en",
        f"{RDF}langString",
    ]
    asked = fetch(server, "/claim/camps-hold-about-200000", headers={"Accept": "text/csv"})
    assert asked.body == reply.body or asked.headers["location"] == f"{path}.csv"


def test_a_page_says_who_curated_it(server: str) -> None:
    text = page(server, CLAIM).text.split('<aside class="origin"')[1]
    assert '"/actor/allegata-curators"' in text and '"/method"' in text


def test_the_passage_is_shown_in_context_only_where_the_texts_are(reading: str, server: str, sources: Path) -> None:
    path = "/page/assertion/report-2025/camps-hold-about-200000"
    passage = (sources / "report-2025.txt").read_bytes().decode()[9005:9063]
    shown = re.search(r"<mark>(.*?)</mark>", page(reading, path).text, re.DOTALL)
    assert shown and unescape(shown.group(1)) == passage
    plain = page(server, path).text
    assert "<mark>" not in plain and passage not in unescape(plain)
    assert "verify-anchors" in plain


def test_every_assertion_of_the_fact_sheet_is_found_in_its_text(reading: str, descriptions: Descriptions) -> None:
    assertions = Attributions(descriptions).by("alg:statedIn", f"{BASE}source/factsheet")
    assert len(assertions) > 90
    for assertion in assertions[::10]:
        assert "<mark>" in page(reading, f"/page/{assertion.iri.removeprefix(BASE)}").text


# -- comparison ------------------------------------------------------------------------------------------------------------


def test_a_comparison_shows_disputes_estimates_and_what_is_unanswered(server: str) -> None:
    text = unescape(page(server, TOPIC).text)
    assert ">rebuts</a>" in text and ">undercuts</a>" in text and "Unanswered disputes" in text
    assert '<svg xmlns="http://www.w3.org/2000/svg" role="img"' in text and "about 200,000" in text
    assert text.count("Answers of those who are disputed:") >= 2
    data = fetch(server, TOPIC, headers={"Accept": "application/json"}).json
    for block in text.split('<div class="bears">')[1:]:
        stance = BASE + re.findall(r'href="/(stance/[^"?]+)', block)[0]
        assert ("No answer of those who are disputed is recorded" in block) == (stance in data["unanswered"]), stance
    assert len(data["claims"]) > 10 and len(data["disputes"]) >= 3
    assert set(data["unanswered"]) <= {dispute["stance"]["iri"] for dispute in data["disputes"]}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/compare?topic=nothing", 404),
        ("/compare?claim=../actor/dprk", 404),
        ("/compare?topic=https://w3id.org/allegata/actor/dprk", 404),
        ("/compare?topic=sanctions&claim=x", 400),
        ("/search?page=0", 400),
        ("/search?page=x", 400),
        ("/search?q=" + "x" * 501, 400),
        ("/search?q=a&format=pdf", 406),
    ],
)
def test_a_bad_request_is_told_so(server: str, path: str, status: int) -> None:
    reply = fetch(server, path, headers={"Accept": "application/json"})
    assert (reply.status, reply.type) == (status, "application/problem+json")


def test_pages_are_kept_by_their_tag(server: str) -> None:
    for path in (TOPIC, "/search?q=camps"):
        first = fetch(server, path, headers={"Accept": "text/html"})
        again = fetch(server, path, headers={"Accept": "text/html", "If-None-Match": first.headers["etag"]})
        assert (again.status, again.body) == (304, b"")


# -- search ----------------------------------------------------------------------------------------------------------------


def test_the_search_page_and_its_json_say_the_same(server: str) -> None:
    query = urlencode({"q": "testimony", "polarity": "scheme/polarity/affirms"})
    data = json.loads(fetch(server, f"/search?{query}&format=json").body)
    text = unescape(page(server, f"/search?{query}").text)
    assert data["total"] > 0 and f"{data['total']} found" in text
    assert all(hit["label"] in text for hit in data["hits"])
    assert any(value["chosen"] for value in data["facets"]["polarity"])


def test_markup_in_a_search_stays_text(server: str) -> None:
    text = page(server, f"/search?{urlencode({'q': '<script>alert(1)</script>', 'kind': '<img src=x>'})}").text
    assert "<script" not in text and "<img" not in text and "&lt;script&gt;" in text


def test_a_typing_mistake_leads_on(server: str) -> None:
    text = page(server, "/search?q=prisn+testimny").text
    found = re.search(r'Did you mean <a href="(/search\?[^"]+)"', text)
    assert found
    assert " 0 found" not in page(server, unescape(found.group(1))).text


def test_more_leads_through_all_that_is_found(server: str) -> None:
    path, seen = "/search?document=source/factsheet", 0
    for _ in range(5):
        text = page(server, path).text
        seen += text.count('<article class="hit">')
        after = re.search(r'<a href="([^"]+)" rel="next">', text)
        if not after:
            break
        path = unescape(after.group(1))
    assert seen == json.loads(fetch(server, "/search?document=source/factsheet&format=json").body)["total"] > 90


# -- query -----------------------------------------------------------------------------------------------------------------


def query_page(server: str, query: str) -> Reply:
    return fetch(server, f"/query?{urlencode({'query': query})}", headers={"Accept": "text/html"})


def test_the_query_page_answers_with_rows_and_a_permalink(server: str) -> None:
    query = "PREFIX alg: <https://w3id.org/allegata/ns#>\nSELECT ?claim WHERE { ?claim a alg:Claim } ORDER BY ?claim LIMIT 3"
    text = query_page(server, query).text
    rows = list(csv.reader(io.StringIO(ask(server, query, "text/csv").text)))
    assert all(f'href="/{row[0].removeprefix(BASE)}"' in text for row in rows[1:])
    permalink = re.search(r'<a [^>]*href="(/query\?[^"]+)"[^>]*>Permalink', text)
    assert permalink and fetch(server, unescape(permalink.group(1)), headers={"Accept": "text/html"}).text == text


@pytest.mark.parametrize("path", ["/sparql", "/query", "/query?lang=ko"])
def test_what_the_head_of_an_answer_links_to_is_on_the_page(server: str, path: str) -> None:
    query = 'SELECT (BNODE("a") AS ?x) ("01"^^<http://www.w3.org/2001/XMLSchema#integer> AS ?y) { [] <urn:p>|<urn:p> ?z }'
    head = json.loads(ask(server, query, "application/sparql-results+json").body)["head"]
    assert {link.removeprefix(f"{BASE}sparql#") for link in head["link"]} == {"bnode-label", "literal-forms", "path-duplicates"}
    reply = fetch(server, path, headers={"Accept": "text/html"})
    assert reply.status == 200 and [name for name in ANNOUNCED if reply.text.count(f'<dt id="{name}">') != 1] == []


def test_an_error_stands_on_the_query_page_with_its_status(server: str) -> None:
    reply = query_page(server, "SELECT ?s WHERE {\n  ?s ?p }")
    assert reply.status == 400 and 'role="alert"' in reply.text and "ine 2" in reply.text
    assert query_page(server, "INSERT DATA {}").status == 403


def test_links_in_an_answer_lead_to_our_things_alone(server: str) -> None:
    text = query_page(
        server, 'SELECT ("javascript:alert(1)" AS ?a) (IRI("javascript:alert(2)") AS ?b) ("<b>" AS ?c) WHERE {}'
    ).text
    assert 'href="javascript:' not in text and "<b>" not in text and "javascript:alert(1)" in text


def test_the_questions_of_the_corpus_are_examples_that_answer(server: str, release: Release) -> None:
    questions = sorted((release.folder / "questions").glob("*.rq"))
    assert len(questions) >= 20
    text = unescape(page(server, "/query").text)
    for path in questions:
        assert path.read_text("utf-8").splitlines()[0].removeprefix("# ") in text
    assert "<table" in page(server, f"/query?example={questions[0].stem}").text


def test_a_question_is_asked_of_others_by_its_parameters(server: str) -> None:
    china = unescape(page(server, "/query?example=votes-of-a-state").text)
    assert 'name="state" value="actor/china"' in china
    both = unescape(page(server, "/query?example=votes-of-a-state&state=actor/russia+actor/china").text)
    assert "VALUES ?state { <https://w3id.org/allegata/actor/russia> <https://w3id.org/allegata/actor/china> }" in both
    assert "VALUES ?state { UNDEF }" in unescape(page(server, "/query?example=votes-of-a-state&state=").text)
    assert 'value="2014-02-17"' in unescape(page(server, "/query?example=treaties-binding-on-a-date").text)
    assert fetch(server, "/query?example=votes-of-a-state&state=%3Cx").status == 400


def test_a_question_is_found_under_the_name_that_it_had(server: str) -> None:
    for former, now in (("79-votes-of-china", "votes-of-china"), ("90-place-and-digest", "place-and-digest")):
        assert (
            page(server, f"/query?example={former}").text.count("<table")
            == page(server, f"/query?example={now}").text.count("<table")
            == 1
        )
    assert fetch(server, "/query?example=79-votes").status == 404


def test_the_parameters_of_questions_are_described_for_programs(server: str) -> None:
    described = rdflib.Graph().parse(data=fetch(server, "/sparql", headers={"Accept": "text/turtle"}).text, format="turtle")
    example = rdflib.URIRef("https://w3id.org/allegata/sparql#example-votes-of-a-state")
    (parameter,) = described.objects(example, rdflib.SH.parameter)
    assert str(described.value(parameter, rdflib.SH.name)) == "state"
    assert described.value(parameter, rdflib.SH["class"]) == rdflib.URIRef("http://schema.org/Country")


@pytest.mark.parametrize(
    ("name", "program"), [("curl", "bash"), ("Python", sys.executable), ("JavaScript", "node"), ("R", "Rscript")]
)
def test_the_code_asks_what_the_page_asks(server: str, tmp_path: Path, name: str, program: str) -> None:
    if not shutil.which(program) or (name == "curl" and not shutil.which("curl")):
        pytest.skip(f"{program} is not installed")
    query = 'SELECT ?s ("""`${1}\\\\ \'x\'""" AS ?x)\nWHERE { ?s a <https://w3id.org/allegata/ns#Vote> } ORDER BY ?s LIMIT 3'
    text = query_page(server, query).text
    number = list(re.findall(r'<label for="tab-\d">([^<]+)', text)).index(name) + 1
    found = re.search(rf'<pre class="panel panel-{number}"[^>]*>(.*?)</pre>', text, re.DOTALL)
    assert found
    script = tmp_path / f"script{'.mjs' if name == 'JavaScript' else ''}"
    script.write_text(unescape(found.group(1)), "utf-8")
    done = subprocess.run([program, str(script)], capture_output=True, timeout=60, check=True)
    rows = list(csv.reader(io.StringIO(ask(server, query, "text/csv").text)))[1:]
    assert len(rows) == 3 and all(row[0] in done.stdout.decode() for row in rows)
    assert "`${1}" in done.stdout.decode()


# -- the model and the method ----------------------------------------------------------------------------------------------


def test_every_term_stands_on_the_page_of_the_model_with_the_shapes_that_apply(server: str, descriptions: Descriptions) -> None:
    text = unescape(page(server, "/ns").text)
    terms = [
        triple.subject
        for triple in descriptions.graph(f"{BASE}graph/ontology/allegata")
        if str(triple.predicate).endswith("definition>")
    ]
    assert len(terms) > 60
    for term in terms:
        assert f'id="{str(term).strip("<>").split("#")[-1]}"' in text
    assert "Name with alg:from the one assertion that takes the stance." in text


def test_a_scheme_is_a_tree_with_all_its_concepts(server: str, descriptions: Descriptions) -> None:
    text = page(server, "/page/scheme/topic").text
    concepts = [node.value for node in descriptions.instances("skos:Concept") if node.value.startswith(f"{BASE}scheme/topic/")]
    assert len(concepts) > 60
    assert [iri for iri in concepts if f'href="/{iri.removeprefix(BASE)}"' not in text] == []


def test_the_method_says_how_to_object(server: str) -> None:
    text = page(server, "/method").text
    assert all(word in text for word in ("right of reply", "A takedown", 'id="object"', "What the service does not say"))
    assert '"/method#object"' in page(server, CLAIM).text


# -- what a corpus may contain ---------------------------------------------------------------------------------------------


def test_no_address_that_runs_becomes_a_link_and_markup_in_data_stays_text(small_root: Path, tmp_path: Path) -> None:
    (small_root / "data" / "place.ttl").write_text(
        "@base <https://example.org/> .\n@prefix schema: <http://schema.org/> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<place/here> a schema:Place ; rdfs:label "<script>alert(1)</script> & here"@en ;\n'
        "  rdfs:seeAlso <javascript:alert(2)>, <data:text/html,alert>, <https://example.com/there> .\n",
        "utf-8",
    )
    release = build(small_root, tmp_path / "site", lambda _step: None)
    settings = Settings(root=small_root, site=tmp_path / "site")
    with closing(open_engine(release.folder, settings)) as engine:
        client = create_app(settings, release, engine).test_client()
        text = client.get("/page/place/here").text
        found = client.get("/search?q=here").text
        assert {client.get(path).status_code for path in FIXED} == {200}
    assert "javascript:alert(2)" in text and 'href="https://example.com/there"' in text
    for page_text in (text, found):
        assert 'href="javascript' not in page_text and 'href="data:text' not in page_text
        assert "<script>" not in page_text and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; here" in page_text
