"""Linking: a table becomes links with their records, and a bad row is named with file and number."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from allegata.corpus.reader import Corpus, read
from allegata.corpus.sssom import COLUMNS, read_links
from allegata.errors import LinkError
from allegata.model.namespaces import expand
from allegata.model.targets import TARGETS, target_of
from support import ROOT

HEAD = "#curie_map:\n#  here: https://example.org/\n#  wd: http://www.wikidata.org/entity/\n" + "\t".join(COLUMNS) + "\n"
ROW = ["here:actor/x", "skos:exactMatch", "wd:Q1", "semapv:ManualMappingCuration", "2026-01-02"]


@pytest.fixture
def corpus(small_root: Path) -> Corpus:
    (small_root / "data" / "links").mkdir()
    (small_root / "data" / "protected.ttl").write_text(
        f"<https://example.org/source/protected> a <{expand('alg:ProtectedSource')}> .\n"
        "<https://example.org/actor/x> a <http://schema.org/Organization> .\n"
        "<https://example.org/actor/y> a <http://schema.org/Organization> .\n"
    )
    return read(small_root)


def write(corpus: Corpus, *rows: list[str]) -> None:
    table = corpus.root / "data" / "links" / "test.sssom.tsv"
    table.write_text(HEAD + "".join("\t".join(row) + "\n" for row in rows), "utf-8")


def test_a_row_becomes_a_link_and_its_record(corpus: Corpus) -> None:
    write(corpus, ROW)
    quads = read_links(corpus)
    link = (
        NamedNode("https://example.org/actor/x"),
        NamedNode(expand("skos:exactMatch")),
        NamedNode("http://www.wikidata.org/entity/Q1"),
    )
    assert [(q.subject, q.predicate, q.object) for q in quads if q.predicate == link[1]] == [link]
    assert {q.graph_name for q in quads} == {NamedNode("https://example.org/graph/links/test")}
    assert {q.predicate.value.rsplit("/", 1)[-1] for q in quads} >= {"mapping_justification", "mapping_date", "subject_id"}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (0, "nowhere:x", "prefix"),
        (1, "owl:sameAs", "predicate_id"),
        (2, "Q1", "prefix"),
        (2, "here:actor/x", "itself"),
        (4, "yesterday", "mapping_date"),
        (2, "wd:P31", "not an identifier of Wikidata"),
        (2, "https://www.wikidata.org/wiki/Q1", "not an identifier of web pages"),
        (2, "https://ror.org/05vzafd61", "not an identifier of Research Organization Registry"),
        (2, "https://isni.org/isni/0000000404412097", "not an identifier of ISNI"),
        (2, "https://undocs.org/resolution-2397", "not an identifier of UN documents"),
        (2, "http://exa mple.org/", "IRI"),
        (0, "here:source/protected", "protected source"),
        (2, "here:source/protected", "protected source"),
        (2, "here:actor/y", "a thing of this dataset"),
        (0, '"here:actor/x"', "quotation mark"),
        (2, "http://metadata.un.org/sdg/codes/geoArea/PRK", "not an identifier of areas of M49"),
        (2, "http://metadata.un.org/sdg/goal-2", "not an identifier of Sustainable Development Goals"),
        (2, "http://publications.europa.eu/resource/authority/country/KP", "not an identifier of EU countries"),
        (2, "http://publications.europa.eu/resource/authority/corporate-body/", "not an identifier of EU corporate bodies"),
        (2, "http://publications.europa.eu/resource/celex/2020R1998", "not an identifier of EU law"),
        (2, "http://data.europa.eu/eli/2020/1998", "not an identifier of European Legislation Identifier"),
        (2, "https://eur-lex.europa.eu/ eli", "IRI"),
        (2, "https://www.opensanctions.org/entities/Q56226/", "not an identifier of web pages"),
        (2, TARGETS["huridocs"].space + "food", "not an identifier of Micro-thesauri"),
        (2, "http://viaf.org/viaf/x1", "not an identifier of VIAF"),
        (2, "https://sws.geonames.org/1873107", "not an identifier of GeoNames"),
        (2, "http://metadata.un.org/thesaurus/food", "not an identifier of UNBIS"),
    ],
)
def test_a_bad_row_is_named(corpus: Corpus, column: int, value: str, message: str) -> None:
    write(corpus, ROW, [*ROW[:column], value, *ROW[column + 1 :]])
    with pytest.raises(LinkError, match=rf"test\.sssom\.tsv:6.*{message}"):
        read_links(corpus)


def test_evidence_has_addresses(corpus: Corpus) -> None:
    table = corpus.root / "data" / "links" / "test.sssom.tsv"
    row = "\t".join([*ROW, "https://example.org/a|https://example.org/b"])
    table.write_text(HEAD.replace(COLUMNS[-1], f"{COLUMNS[-1]}\tsee_also") + row + "\n", "utf-8")
    found = {q.object for q in read_links(corpus) if q.predicate == NamedNode(expand("rdfs:seeAlso"))}
    assert found == {NamedNode("https://example.org/a"), NamedNode("https://example.org/b")}
    table.write_text(table.read_text("utf-8").replace("example.org/b", "example.org/source/protected"), "utf-8")
    with pytest.raises(LinkError, match=r"test\.sssom\.tsv:5.*protected source"):
        read_links(corpus)
    table.write_text(table.read_text("utf-8").replace("|https://example.org/source/protected", "|elsewhere"), "utf-8")
    with pytest.raises(LinkError, match=r"test\.sssom\.tsv:5.*see_also 'elsewhere' has a prefix"):
        read_links(corpus)


def test_a_header_that_is_not_yaml_is_named(corpus: Corpus) -> None:
    (corpus.root / "data" / "links" / "test.sssom.tsv").write_text("#curie_map: [\n" + "\t".join(COLUMNS) + "\n", "utf-8")
    with pytest.raises(LinkError, match=r"test\.sssom\.tsv: the header"):
        read_links(corpus)


@pytest.mark.parametrize("iri", [f"{target.space}" for target in TARGETS.values()])
def test_a_dataset_alone_is_no_thing_of_it(iri: str) -> None:
    target = target_of(iri)
    assert target is not None and not target.fits(iri)


def test_a_table_without_a_column_is_named(corpus: Corpus) -> None:
    (corpus.root / "data" / "links" / "test.sssom.tsv").write_text("subject_id\tobject_id\n", "utf-8")
    with pytest.raises(LinkError, match="predicate_id"):
        read_links(corpus)


def test_the_bundled_links_are_read() -> None:
    quads = read_links(read(ROOT))
    mappings = [q for q in quads if q.object == NamedNode(expand("sssom:Mapping"))]
    assert len(mappings) > 1300
    predicates = {q.object for q in quads if q.predicate == NamedNode(expand("sssom:predicate_id"))}
    kinds = ("exact", "close", "broad", "narrow", "related")
    assert predicates == {NamedNode(expand(name)) for name in ("schema:sameAs", *(f"skos:{kind}Match" for kind in kinds))}
