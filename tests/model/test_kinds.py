"""The table of kinds: the ontology has every class of it, it has every class that things here are of, and pages have templates."""

from __future__ import annotations

from collections import Counter

import pytest
from pyoxigraph import NamedNode

from allegata.corpus.rdf import parse_turtle
from allegata.corpus.reader import Corpus, read
from allegata.corpus.sssom import read_links
from allegata.domain.labels import NAMERS
from allegata.model.kinds import KINDS, TYPES, Kind, Use, serving, types_within
from allegata.model.namespaces import ALG, expand
from allegata.model.tables import TABLES
from allegata.web.pages.kinds import gatherers
from support import ROOT

TEMPLATES = ROOT / "server" / "allegata" / "web" / "templates" / "kinds"
PAGES = [kind for kind in KINDS if kind.page]
TYPE = expand("rdf:type")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read(ROOT)


@pytest.fixture(scope="module")
def counts(corpus: Corpus) -> Counter[str]:
    """Return how many things the corpus has of each class."""
    quads = [*corpus.quads, *read_links(corpus)]
    return Counter(
        str(quad.object.value) for quad in quads if quad.predicate.value == TYPE and isinstance(quad.object, NamedNode)
    )


def by_curie(kind: Kind) -> str:
    return kind.curie


def test_no_class_has_two_rows_and_no_segment_two_kinds() -> None:
    assert len(KINDS) > 30
    for values in (
        [kind.curie for kind in KINDS],
        [kind.segment for kind in KINDS if kind.segment],
        [kind.label for kind in KINDS],
    ):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize("kind", KINDS, ids=by_curie)
def test_the_ontology_has_the_class_of_every_row(kind: Kind) -> None:
    iri = expand(kind.curie)
    if iri.startswith(ALG):
        ontology = list(parse_turtle(ROOT / "ontology" / "allegata.ttl"))
        assert any(triple.subject == NamedNode(iri) and triple.object == NamedNode(expand("owl:Class")) for triple in ontology)


def test_every_class_of_the_ontology_that_things_are_of_has_a_row(counts: Counter[str]) -> None:
    used = {iri for iri in counts if iri.startswith(ALG)}
    assert len(used) > 15
    assert used <= {expand(kind.curie) for kind in KINDS}


@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind.counted], ids=by_curie)
def test_the_corpus_has_things_of_the_kinds_that_the_home_page_counts(kind: Kind, counts: Counter[str]) -> None:
    within = {expand(curie) for curie in types_within(kind.curie)}
    assert sum(counts[iri] for iri in within)


@pytest.mark.parametrize("kind", PAGES, ids=by_curie)
def test_every_page_has_its_template_and_what_gathers_its_contents(kind: Kind) -> None:
    assert (TEMPLATES / f"{kind.page}.html").is_file()
    assert kind.page in gatherers()


def test_no_template_and_no_function_stands_there_for_nothing() -> None:
    pages = {kind.page for kind in PAGES}
    assert {path.stem for path in TEMPLATES.glob("*.html")} == pages | {"thing"}
    assert set(gatherers()) == pages


def test_what_the_sitemap_lists_has_a_page_and_what_the_differences_tell_has_a_table() -> None:
    assert all(kind.page for kind in serving(Use.SITEMAP))
    assert all(kind.table for kind in serving(Use.DIFF))


def test_tables_and_kinds_belong_together() -> None:
    assert {table.of or table.name for table in TABLES} == {kind.table for kind in KINDS if kind.table}


def test_a_broader_type_is_a_type() -> None:
    assert {kind.broader for kind in KINDS if kind.broader} <= set(TYPES)
    assert all(kind.type for kind in KINDS if kind.broader)
    assert types_within("alg:Instrument") >= {"alg:Instrument", "alg:Treaty"}


def test_whatever_composes_a_name_is_for_a_class_of_the_table_or_for_a_part_of_a_thing() -> None:
    parts = {"schema:QuantitativeValue", "dct:PeriodOfTime", "oa:SpecificResource"}
    assert set(NAMERS) - parts <= {kind.curie for kind in KINDS}
