"""Texts of a model in further languages are parted from the statements of a corpus."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import RdfFormat, parse

from allegata.corpus.translations import part_translations, write_translations

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
    assert [triple.object.value for triple in translations if hasattr(triple.object, "value")] == ["oui"]
    assert sorted(map(str, said)) == sorted(str(quad) for quad in quads if '"oui"' not in str(quad))
    write_translations(translations, tmp_path / "fr.ttl")
    assert [quad.triple for quad in parse((tmp_path / "fr.ttl").read_bytes(), RdfFormat.TURTLE)] == list(translations)


def test_a_model_in_one_language_has_no_file_of_translations(tmp_path: Path) -> None:
    write_translations((), tmp_path / "none.ttl")
    assert not list(tmp_path.iterdir())
