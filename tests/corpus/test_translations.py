"""Texts of a model in further languages are parted from the statements of a corpus."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from allegata.corpus.translations import WordsApart, own_language, part_translations, write_translations

BASE = "https://example.org/"
QUADS = """
<https://example.org/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "yes"@en <https://example.org/graph/ontology/schemes/a> .
<https://example.org/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "oui"@fr <https://example.org/graph/ontology/languages/fr> .
<https://example.org/b> <http://www.w3.org/2004/02/skos/core#prefLabel> "non"@fr <https://example.org/graph/ontology/schemes/a> .
<https://example.org/b> <http://www.w3.org/2004/02/skos/core#notation> "b" <https://example.org/graph/ontology/schemes/a> .
<https://example.org/c> <http://www.w3.org/2004/02/skos/core#prefLabel> "Rhine"@en <https://example.org/graph/places> .
<https://example.org/c> <http://www.w3.org/2004/02/skos/core#prefLabel> "Rhin"@fr <https://example.org/graph/places> .
"""


def test_what_stands_beside_an_english_text_of_the_model_is_no_statement(tmp_path: Path) -> None:
    quads = list(parse(QUADS, RdfFormat.N_QUADS))
    said, translations = part_translations(quads, BASE)
    assert [quad.object.value for quad in translations if isinstance(quad.object, Literal)] == ["oui"]
    assert sorted(map(str, said)) == sorted(str(quad) for quad in quads if '"oui"' not in str(quad))
    write_translations((quad.triple for quad in translations), tmp_path / "fr.ttl")
    assert [quad.triple for quad in parse((tmp_path / "fr.ttl").read_bytes(), RdfFormat.TURTLE)] == [
        quad.triple for quad in translations
    ]


def test_a_model_in_one_language_has_no_file_of_translations(tmp_path: Path) -> None:
    write_translations((), tmp_path / "none.ttl")
    assert not list(tmp_path.iterdir())


OWN = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://example.org/> .
<dataset> a dcat:Dataset ; dct:title "Ríos"@es , "Rivers"@en ; dct:rights "Derechos"@es .
<rhine> rdfs:label "Rhine"@en , "Rhin"@fr , "Rin"@es ; skos:altLabel "Rhenus"@la , "Rhein"@de .
<danube> rdfs:label "Danubio"@es , "Danube"@fr .
<oder> rdfs:label "Oder"@de , "Odra"@cs .
<seine> rdfs:label "Seine" , "Sena"@es .
"""


def test_a_corpus_says_each_thing_in_one_language_and_keeps_the_others() -> None:
    graph = NamedNode(f"{BASE}graph/rivers")
    quads = [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parse(OWN, RdfFormat.TURTLE)]
    dataset = NamedNode(f"{BASE}dataset")
    assert own_language(quads, dataset) == "es"
    words = WordsApart(lambda: quads, "es")
    said = list(words.said())
    assert sorted(map(str, [*said, *words.translations])) == sorted(map(str, quads))
    kept = {quad.object.value for quad in words.translations if isinstance(quad.object, Literal)}
    assert kept == {"Rivers", "Rhin", "Rhine", "Danube", "Oder"}


def test_the_language_of_a_corpus_is_that_of_a_title_in_a_language_of_its_dataset() -> None:
    dataset = NamedNode(f"{BASE}dataset")
    spanish = "<http://publications.europa.eu/resource/authority/language/SPA>"
    more = f'{OWN} <dataset> rdfs:label "Rivers"@en ; dct:rights "Rights"@en .'
    read = {
        text: [Quad(*triple) for triple in parse(text, RdfFormat.TURTLE)]
        for text in (more, f"{more} <dataset> dct:language {spanish} .")
    }
    assert [own_language(quads, dataset) for quads in read.values()] == ["en", "es"]
