"""A new corpus: valid from the first moment, built and served as it is, and never written over anything."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode

from allegata.corpus.reader import read
from allegata.corpus.scaffold import Scaffold, create_corpus
from allegata.engine import open_engine
from allegata.model.namespaces import SCHEMES
from allegata.release.build import build
from allegata.settings import Settings, default_root
from allegata.web import create_app
from http_client import fetch
from service import running


def allegata(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "allegata", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def test_a_new_corpus_is_built_and_served_as_it_is(tmp_path: Path) -> None:
    made = allegata("new", "Schools of Arland", "--title", 'The "schools" of Arland', folder=tmp_path)
    assert made.returncode == 0, made.stderr
    root = tmp_path / "Schools of Arland"
    assert {Path(line).name for line in made.stdout.splitlines()} >= {"README.md", "corpus.ttl", "example.ttl"}
    assert read(root).base == "https://example.org/schools-of-arland/"
    built = allegata("build", "--root", str(root), folder=tmp_path)
    assert built.returncode == 0, built.stderr
    report = (tmp_path / "build" / "current" / "reports" / "shacl.txt").read_text("utf-8")
    assert "0 Violation, 0 Warning" in report
    command = ["-m", "allegata", "serve", "--port"]
    with running(lambda port: [*command, str(port)], tmp_path, folder=tmp_path) as service:
        for path, word in (
            ("/", "<h1>The &#34;schools&#34; of Arland</h1>"),
            ("/", "1 claim with its speakers"),
            ("/method", "attributes 1 assertion about 1 claim, found in 1 document, and 0 stances between them"),
            ("/compare?topic=education", "1 claim; 1 assertion affirms"),
            ("/page/assertion/example/institute-on-schools", "Example institute"),
            ("/query", "SPARQL"),
        ):
            reply = fetch(service.address, path, headers={"Accept": "text/html"})
            assert reply.status == 200 and word in reply.text, path


OWN = "https://example.org/camp/"
CLAIM = "Half of the schools in the example province were closed in 2020."
#: A topic of the corpus' own beside those of the model, with a claim on it that somebody asserts.
MORE = f"""@base <{OWN}> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<scheme/topic/harbours> a skos:Concept ;
    skos:prefLabel "Harbours"@en ;
    skos:definition "Where ships lie."@en ;
    skos:inScheme <{SCHEMES}topic> ;
    skos:topConceptOf <{SCHEMES}topic> ;
    rdfs:isDefinedBy <{SCHEMES}topic> .
<claim/harbour> a alg:Claim ;
    alg:statement "The harbour froze in 2021."@en ;
    alg:topic <scheme/topic/harbours> .
<assertion/example/institute-on-harbour> a alg:Assertion ;
    alg:asserts <claim/harbour> ;
    alg:assertedBy <actor/example-institute> ;
    alg:polarity <{SCHEMES}polarity/affirms> ;
    alg:modality <{SCHEMES}modality/categorical> ;
    alg:evidenceKind <{SCHEMES}evidence-kind/notStated> ;
    alg:protectionLevel <{SCHEMES}protection-level/public> ;
    alg:statedIn <source/example> ;
    alg:noAnchorBecause "It is an example, without a document behind it."@en .
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Yield a client of a new corpus to which a topic and a claim were added."""
    folder = tmp_path_factory.mktemp("founded")
    about = Scaffold("Camp", OWN, "https://creativecommons.org/licenses/by/4.0/", date(2026, 1, 1))
    create_corpus(folder / "camp", about, default_root())
    (folder / "camp" / "data" / "claims" / "harbour.ttl").write_text(MORE, "utf-8")
    release = build(folder / "camp", folder / "site", lambda _step: None)
    settings = Settings(root=folder / "camp", site=folder / "site")
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine).test_client()


def test_concepts_of_the_model_and_own_ones_lead_to_the_claims(client: FlaskClient) -> None:
    listed = client.get("/compare", headers={"Accept": "application/json"}).get_json()
    topics = {row["iri"]: row["claims"] for row in listed["topics"]}
    broader = {f"{SCHEMES}topic/livingConditions": 1}
    assert topics == {f"{SCHEMES}topic/education": 1, f"{OWN}scheme/topic/harbours": 1, **broader}
    for value, claim in {
        "education": CLAIM,
        f"{SCHEMES}topic/education": CLAIM,
        "harbours": "The harbour froze in 2021.",
        f"{OWN}scheme/topic/harbours": "The harbour froze in 2021.",
    }.items():
        reply = client.get("/compare", query_string={"topic": value})
        assert reply.status_code == 200 and claim in reply.text, value
    assert client.get("/compare?topic=nothing").status_code == 404


def test_schemes_and_terms_of_the_model_have_their_pages(client: FlaskClient) -> None:
    assert client.get("/scheme/topic/education").status_code == 303
    page = client.get("/page/scheme/topic/education")
    assert CLAIM in page.text and 'href="/scheme/topic"' in page.text
    assert f'<{SCHEMES}topic/education>; rel="cite-as"' in page.headers["Link"]
    assert f"<{SCHEMES}topic/education>" in client.get("/data/scheme/topic/education.ttl").headers["Link"]
    assert client.get("/timemap/scheme/topic/education").status_code == 200
    assert 'href="/scheme/topic/education"' in client.get("/page/claim/example").text
    assert 'href="/scheme/evidence-kind/notStated"' in client.get("/method").text
    assert 'id="Claim"' in client.get("/ns", headers={"Accept": "text/html"}).text
    assert 'href="/ns#topic"' in client.get("/page/claim/example").text


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "notes.txt").write_text("mine", "utf-8")
    result = allegata("new", "there", folder=tmp_path)
    assert result.returncode == 2 and "there is there already" in result.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["there", "notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("new", "x", "--base", "claims"), "no web address"),
        (("new", "x", "--base", "https://example.org/claims"), "slash"),
        (("new", "x", "--base", "https://example.org/a b/"), "no web address"),
        (("new", "x", "--licence", "CC BY"), "no web address"),
        (("new", "x", "--title", " "), "title is empty"),
        (("new", "absent/x"), "no folder"),
    ],
)
def test_what_cannot_be_a_corpus_is_refused_with_the_remedy(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    result = allegata(*arguments, folder=tmp_path)
    assert result.returncode == 2 and word in result.stderr and "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_corpus_of_a_country_has_its_record_and_a_workbook_and_nothing_to_take_out(tmp_path: Path) -> None:
    made = allegata("new", "corpus", "--country", "eri", "--language", "ar", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    root = tmp_path / "corpus"
    corpus = read(root)
    said = {(quad.subject, quad.predicate.value.rpartition("/")[2]): quad.object for quad in corpus.quads}
    assert said[corpus.dataset, "spatial"] == NamedNode("https://w3id.org/allegata/actor/eritrea")
    assert said[corpus.dataset, "title"] == Literal("إريتريا", language="ar")
    assert said[corpus.dataset, "language"] == NamedNode("http://publications.europa.eu/resource/authority/language/ARA")
    texts = [said[corpus.dataset, name] for name in ("description", "rights", "dcat#keyword")]
    assert [text.language for text in texts if isinstance(text, Literal)] == ["ar"] * 3
    assert {path.name for path in root.iterdir()} >= {"workbook.xlsx", "workbook", "texts"}
    assert not list((root / "data").rglob("example.ttl"))
    assert "/texts/" in (root / ".gitignore").read_text("utf-8") and "/workbook/" in (root / ".gitignore").read_text("utf-8")
    assert "0 Violation, 0 Warning" in allegata("validate", "--root", "corpus", folder=tmp_path).stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--country", "Eritria"), "The nearest is Eritrea (ERI)"),
        (("--language", "Spanish"), "no tag of a language"),
        (("--example", "--country", "ERI"), "invented country"),
    ],
)
def test_a_country_or_a_language_that_there_is_not_is_told(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    result = allegata("new", "x", *arguments, folder=tmp_path)
    assert result.returncode == 2 and word in result.stderr and not list(tmp_path.iterdir())
