"""Any corpus: the program knows nothing of the one that comes with it, and a release of another one says its own."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import rdflib
from flask.testing import FlaskClient

from allegata.engine import open_engine
from allegata.release.build import build
from allegata.release.export.rocrate import metadata
from allegata.release.export.zenodo import deposit_metadata
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from corpus_words import EXCUSED, corpus_words, corpus_words_in
from other_corpus import BASE, LICENCE, PUBLISHER, TITLE, write_other_corpus
from support import ROOT

WRITTEN = {".py", ".tsv", ".html", ".js", ".css", ".ttl", ".rq", ".md", ".txt", ".geojson"}
PROGRAM = sorted(
    path
    for folder in ("server", "ontology", "shapes")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in WRITTEN and not {"node_modules", "built"} & set(path.parts)
)
#: The licence of the bundled corpus, in any of its names. The ontology is under it, and says so of itself.
LICENCE_OF_THE_BUNDLED = re.compile(r"creativecommons\.org/licenses/by/4\.0|CC[ -]BY|Creative Commons")
ABOUT_THE_ONTOLOGY = re.compile(
    r"<https://w3id\.org/allegata/(?:ns(?:/alignment/[\w-]+)?|scheme/[\w-]+)> <http://purl\.org/dc/terms/license> "
)
#: Pages of the ontology, which is under that licence, and of its schemes.
OF_THE_ONTOLOGY = ("/ns", "/scheme/", "/page/scheme/")
#: Addresses that show each kind of page and each description; of the rest, those that they lead to.
BEGIN = (
    *(
        "/",
        "/compare",
        "/search?q=escuelas",
        "/query",
        "/questions",
        "/timeline",
        "/treaties",
        "/votes",
        "/places",
        "/evidence",
        "/method",
        "/ns",
    ),
    *("/dumps", "/release", "/validate", "/reconcile/features", "/reconcile", "/openapi.json", "/catalog", "/.well-known/void"),
    *(
        "/cite/dataset.bib",
        "/cite/dataset.ris",
        "/cite/dataset.json",
        "/cite/dataset.txt",
        "/robots.txt",
        "/llms.txt",
        "/sitemap.xml",
    ),
    *("/page/claim/escuelas", "/page/place/puerto", "/page/source/informe", "/page/actor/arlandia", "/page/dataset", "/shapes"),
)
HREF = re.compile(r'(?:href|action)="(/[^"#]*)')
#: How many further pages are looked at.
FURTHER = 150


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Path]:
    """Return a release of another corpus, and the folder of the corpus."""
    folder = tmp_path_factory.mktemp("other")
    root = write_other_corpus(folder / "corpus")
    return build(root, folder / "site", lambda _step: None), root


@pytest.fixture(scope="module")
def client(other: tuple[Release, Path]) -> Iterator[FlaskClient]:
    release, root = other
    settings = Settings(root=root, site=release.folder.parent.parent)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine).test_client()


def test_the_list_of_words_is_read_from_the_data() -> None:
    assert corpus_words().pattern.count("|") > 1000
    assert corpus_words_in("North Korea, actor/coi-dprk, Amnesty International") >= {"coi-dprk", "Amnesty International"}
    assert corpus_words_in("some observers of the report say that women and China's cranes fly") == {"China"}
    assert all(corpus_words().fullmatch(word) for word in EXCUSED)


@pytest.mark.parametrize("path", PROGRAM, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_word_of_the_bundled_corpus_stands_in_the_program(path: Path) -> None:
    assert corpus_words_in(path.read_text("utf-8")) == set()


def test_no_word_of_the_bundled_corpus_stands_in_the_strings_of_the_interface() -> None:
    catalogue = next((ROOT / "server").rglob("messages.po")).read_text("utf-8")
    ours = [line for line in catalogue.splitlines() if line.startswith(("msgid", '"'))]
    assert len(ours) > 800 and corpus_words_in("\n".join(ours)) == set()


def test_every_excuse_is_needed() -> None:
    text = "\n".join(path.read_text("utf-8") for path in PROGRAM)
    assert {word for word in EXCUSED if word not in text} == set()


def files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the text files of a release, unpacked."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("store/"):
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            if path.suffix not in (".zst", ".parquet", ".sqlite"):
                yield name, data.decode()


def test_no_file_of_another_corpus_has_a_word_of_the_bundled_one_or_its_licence(other: tuple[Release, Path]) -> None:
    read = 0
    for name, text in files(other[0].folder):
        read += 1
        assert corpus_words_in(text) == set(), name
        if name == "dumps/allegata.nq.gz":
            named = [line for line in text.splitlines() if LICENCE_OF_THE_BUNDLED.search(line)]
            assert named and all(ABOUT_THE_ONTOLOGY.match(line) for line in named)
        elif not name.startswith(("dumps/allegata.", "dumps/graphs/ontology/")):
            assert not LICENCE_OF_THE_BUNDLED.search(text), name
    assert read > 100


def test_no_page_of_another_corpus_has_a_word_of_the_bundled_one_or_its_licence(client: FlaskClient) -> None:
    waiting, seen = list(BEGIN), set(BEGIN)
    answered = 0
    while waiting and answered < len(BEGIN) + FURTHER:
        path = waiting.pop(0)
        reply = client.get(path, headers={"Accept": "text/html, */*;q=0.5"}, follow_redirects=True)
        assert reply.status_code == 200, (path, reply.text[:300])
        answered += 1
        if (reply.mimetype or "").startswith(("text/", "application/json", "application/ld+json")):
            assert corpus_words_in(reply.text) == set(), path
            assert path.startswith(OF_THE_ONTOLOGY) or not LICENCE_OF_THE_BUNDLED.search(reply.text), path
            assert not LICENCE_OF_THE_BUNDLED.search(reply.headers.get("Link", "")), path
        for address in HREF.findall(reply.text) if reply.mimetype == "text/html" else ():
            address = address.replace("&amp;", "&")
            if (
                address not in seen
                and not address.startswith(("/dumps/", "/static/", "/yasgui", "/release/"))
                and "lang=" not in address
            ):
                seen.add(address)
                waiting.append(address)
    assert answered > len(BEGIN) + 50


def test_files_that_describe_the_dataset_say_what_the_corpus_says(other: tuple[Release, Path]) -> None:
    release = other[0]
    manifest = release.manifest
    assert (manifest.title, manifest.brand, manifest.name, manifest.text_language) == (
        TITLE,
        "Voces de Arlandia",
        "voces-de-arlandia",
        "es",
    )
    package = json.loads((release.folder / "dumps" / "tables" / "datapackage.json").read_text("utf-8"))
    assert (package["name"], package["title"], package["homepage"]) == ("voces-de-arlandia", TITLE, BASE)
    assert package["licenses"] == [{"name": "ODbL-1.0", "path": LICENCE, "title": "Open Data Commons Open Database License v1.0"}]
    graph = {item["@id"]: item for item in metadata(manifest, {})["@graph"]}
    root = graph["./"]
    assert (root["name"], root["license"], root["inLanguage"]) == (TITLE, {"@id": LICENCE}, ["es", "ar"])
    assert graph[LICENCE]["identifier"] == "ODbL-1.0" and graph[f"{BASE}actor/ana"]["@type"] == "Person"
    made = deposit_metadata(manifest)
    assert (made["title"], made["license"], made["language"]) == (TITLE, "other-open", "spa")
    assert made["creators"] == [{"name": PUBLISHER}]


def test_the_catalogue_and_void_say_what_the_corpus_says(client: FlaskClient) -> None:
    catalogue = rdflib.Graph().parse(data=client.get("/catalog", headers={"Accept": "text/turtle"}).text, format="turtle")
    dataset = rdflib.URIRef(f"{BASE}dataset")
    dct, dcat = rdflib.DCTERMS, rdflib.DCAT
    assert set(catalogue.objects(dataset, dct.title)) == {rdflib.Literal(TITLE, lang="es")}
    assert set(catalogue.objects(dataset, dct.license)) == {rdflib.URIRef(LICENCE)}
    languages = set(catalogue.objects(dataset, dct.language))
    names = {str(name) for language in languages for name in catalogue.objects(language, rdflib.SKOS.prefLabel)}
    assert names == {"Spanish", "Arabic"}
    theme = next(catalogue.objects(dataset, dcat.theme))
    assert str(theme).endswith("/EDUC") and set(catalogue.objects(theme, rdflib.SKOS.prefLabel)) == {
        rdflib.Literal("Education", lang="en")
    }
    assert set(catalogue.objects(dataset, dct.spatial)) == {rdflib.URIRef(f"{BASE}actor/arlandia")}
    publisher = next(catalogue.objects(dataset, dct.publisher))
    assert set(catalogue.objects(publisher, rdflib.FOAF.name)) == {rdflib.Literal(PUBLISHER, lang="es")}
    void = client.get("/.well-known/void", headers={"Accept": "application/n-triples"}).text
    licences = {line.split()[2] for line in void.splitlines() if line.split()[1] == "<http://purl.org/dc/terms/license>"}
    assert licences == {f"<{LICENCE}>"}


def test_pages_interfaces_and_citations_say_what_the_corpus_says(client: FlaskClient) -> None:
    home = client.get("/", headers={"Accept": "text/html"})
    assert '<a class="brand" href="/"><span lang="es">Voces de Arlandia</span></a>' in home.text and LICENCE in home.text
    assert f'<{LICENCE}>; rel="license"' in home.headers["Link"]
    block: dict[str, Any] = json.loads(
        re.findall(r'<script type="application/ld\+json">\n(.*?)\n</script>', home.text, re.DOTALL)[0]
    )
    assert (block["name"], block["license"], block["inLanguage"]) == (TITLE, LICENCE, ["es", "ar"])
    assert block["publisher"]["@type"] == "Person" and block["spatialCoverage"][0]["name"] == "Arlandia"
    info = client.get("/openapi.json").get_json()["info"]
    assert info["title"] == TITLE
    assert info["license"] == {"name": "Open Data Commons Open Database License v1.0", "url": LICENCE}
    csl = json.loads(client.get("/cite/dataset.json").text)[0]
    assert (csl["title"], csl["publisher"], csl["id"]) == (TITLE, PUBLISHER, "voces-de-arlandia-2-0")
    assert client.get("/reconcile").get_json()["name"] == TITLE
    documents = re.findall(r'<th scope="row"><a href="/source/(\w+)"', home.text)
    assert documents == ["respuesta", "informe"]
