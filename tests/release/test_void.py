"""The description of a release: its counts equal what queries count."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from allegata.corpus.inference import union_store
from allegata.corpus.quad_file import QuadFile
from allegata.corpus.reader import read_to_disk
from allegata.corpus.statements import Statements
from allegata.model.namespaces import sparql_prologue
from allegata.release.handle import Release
from allegata.release.void import describe, recount


@pytest.fixture(scope="module")
def store(release: Release) -> Store:
    return Store.read_only(str(release.folder / "store"))


def number(store: Store, query: str) -> int:
    rows = list(store.query(sparql_prologue() + query))  # type: ignore[arg-type]
    value = rows[0][0]
    assert isinstance(value, Literal)
    return int(value.value)


@pytest.mark.parametrize(
    ("term", "count"),
    [
        ("void:triples", "COUNT(*)"),
        ("void:distinctSubjects", "COUNT(DISTINCT ?s)"),
        ("void:distinctObjects", "COUNT(DISTINCT ?o)"),
        ("void:properties", "COUNT(DISTINCT ?p)"),
    ],
)
def test_counts_of_the_whole(store: Store, term: str, count: str) -> None:
    counted = number(store, f"SELECT ({count} AS ?n) WHERE {{ ?s ?p ?o }}")
    assert number(store, f"SELECT ?n WHERE {{ ?d void:uriSpace ?base ; {term} ?n }}") == counted > 0


def test_counts_of_each_graph(store: Store) -> None:
    stated = store.query(sparql_prologue() + "SELECT ?g ?n WHERE { ?part sd:name ?g ; void:triples ?n }")
    found = {row["g"].value: int(row["n"].value) for row in stated}  # type: ignore[union-attr]
    assert len(found) > 20
    for graph, count in found.items():
        assert count == sum(1 for _ in store.quads_for_pattern(None, None, None, NamedNode(graph))), graph


def test_counts_of_each_class_and_property(store: Store) -> None:
    classes = store.query(sparql_prologue() + "SELECT ?c ?n WHERE { ?part void:class ?c ; void:entities ?n }")
    counted = {row["c"].value: int(row["n"].value) for row in classes}  # type: ignore[union-attr]
    direct = store.query("SELECT ?c (COUNT(DISTINCT ?x) AS ?n) WHERE { ?x a ?c } GROUP BY ?c")
    assert counted == {row["c"].value: int(row["n"].value) for row in direct}  # type: ignore[union-attr]
    properties = store.query(
        sparql_prologue()
        + "SELECT ?c ?n WHERE { ?d void:uriSpace ?base ; void:propertyPartition ?part . ?part void:property ?c ; void:triples ?n }"
    )
    counted = {row["c"].value: int(row["n"].value) for row in properties}  # type: ignore[union-attr]
    direct = store.query("SELECT ?c (COUNT(*) AS ?n) WHERE { ?x ?c ?y } GROUP BY ?c")
    assert counted == {row["c"].value: int(row["n"].value) for row in direct}  # type: ignore[union-attr]


def test_counts_of_each_property_with_each_class(store: Store) -> None:
    asked = (
        "SELECT ?c ?p ?n WHERE { ?part void:class ?c ; void:propertyPartition ?use . ?use void:property ?p ; void:triples ?n }"
    )
    stated = [(row["c"].value, row["p"].value, int(row["n"].value)) for row in store.query(sparql_prologue() + asked)]  # type: ignore[union-attr]
    direct = store.query("SELECT ?c ?p (COUNT(*) AS ?n) WHERE { ?x a ?c ; ?p ?y } GROUP BY ?c ?p")
    counted = [(row["c"].value, row["p"].value, int(row["n"].value)) for row in direct]  # type: ignore[union-attr]
    assert sorted(stated) == sorted(counted) and len(counted) > 300


def test_the_number_of_objects_settles_where_the_one_that_fits_is_stated_of_something_else(small_root: Path) -> None:
    (number,) = _told(small_root, 10**9, "void:distinctObjects")
    assert len(_told(small_root, int(number), "void:distinctObjects")) == 1
    assert set(_told(small_root, int(number), "void:vocabulary")) - set(_told(small_root, 10**9, "void:vocabulary"))
    described = list(recount(_described(small_root, int(number)), "https://example.org/"))
    assert len(described) > 50 and all(stated == counted for _, _, stated, counted in described)


def _described(root: Path, value: int) -> list[Quad]:
    """Describe a corpus in which a number is stated of a thing."""
    (root / "data" / "number.ttl").write_text(f"<https://example.org/place/n> <http://schema.org/value> {value} .\n", "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        corpus = read_to_disk(root, Path(folder) / "quads.nq")
        assert isinstance(corpus.quads, QuadFile)
        return [*corpus.quads, *describe(corpus, corpus.quads, union_store(corpus.quads))]


def _told(root: Path, value: int, curie: str) -> list[str]:
    """Return what the description of such a corpus says of the dataset by a property."""
    return Statements(_described(root, value)).values("https://example.org/dataset", curie)
