"""Statements on disk: the same as in memory, in any order given, and what is said of a thing is found by halving."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.inference import union_store
from allegata.corpus.partition import partition
from allegata.corpus.quad_file import QuadFile, about, naming, subjects
from allegata.corpus.reader import nquads_lines, read, read_to_disk
from allegata.corpus.statements import Statements, StoredStatements
from support import ROOT

P = NamedNode("urn:p")
QUADS = [
    Quad(NamedNode(f"urn:{'x' * (number % 9)}{number}"), P, Literal(f"{'long ' * (number % 300)}{number}"), NamedNode("urn:g"))
    for number in range(500)
]


def test_a_corpus_is_read_the_same_to_disk(tmp_path: Path) -> None:
    memory, disk = read(ROOT), read_to_disk(ROOT, tmp_path / "quads.nq")
    assert isinstance(disk.quads, QuadFile)
    assert [line.decode() for line in disk.quads.lines()] == [f"{line}\n" for line in nquads_lines(memory.quads)]
    assert (disk.translations, disk.files, len(disk.quads)) == (memory.translations, memory.files, len(memory.quads))
    assert partition(disk).corpus.quads is disk.quads
    one, other = Statements(memory.quads), StoredStatements(union_store(disk.quads))
    assert set(one.subjects) == set(other.subjects)
    for iri in sorted(one.subjects)[::500]:
        assert set(one.about(iri)) == set(other.about(iri)) and one.name(iri) == other.name(iri)
    for curie in ("alg:about", "skos:exactMatch", "rdf:type", "alg:nothing"):
        assert sorted(one.pairs(curie), key=str) == sorted(other.pairs(curie), key=str)
    assert one.instances("alg:Claim", "alg:Vote") == other.instances("alg:Claim", "alg:Vote")


def test_what_is_stated_of_each_thing_is_found(tmp_path: Path) -> None:
    file = QuadFile.of(reversed(QUADS), tmp_path / "quads.nq")
    assert set(file) == set(QUADS) and len(file) == len(QUADS)
    for quad in QUADS:
        assert list(file.about(quad.subject)) == [quad] and quad in file
    for name in ("urn:", "urn:1", "urn:x", "urn:zzz", "urn:!"):
        known = NamedNode(name) in {quad.subject for quad in QUADS}
        assert (NamedNode(name) in subjects(file)) is known
        assert list(about(file, NamedNode(name))) == [quad for quad in QUADS if quad.subject == NamedNode(name)]
    assert set(naming(file, P)) == set(QUADS)
    assert list(naming(file, NamedNode("urn:q"))) == []


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    file = QuadFile.of([], tmp_path / "none.nq")
    assert (list(file), len(file), list(file.about(P)), list(file.statements())) == ([], 0, [], [])
