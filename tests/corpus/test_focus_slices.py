"""Shapes applied slice by slice: the same findings as on the whole, whatever is damaged and however small the slices are."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize
from rdflib import RDFS, SH, SKOS

from allegata.corpus import focus_slices
from allegata.corpus.rdf import parse_turtle
from allegata.corpus.validation import Finding, Shapes, apply_shapes_in_slices, apply_shapes_to, compile_shapes
from series import seeds, series
from support import ROOT

EXAMPLES = ROOT / "tests" / "examples"
MODEL = {NamedNode(str(RDFS.subClassOf)), NamedNode(str(SKOS.inScheme))}
DAMAGES = 500
EX = "https://example.org/"


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    """Compile the shapes of the model and of its profile."""
    return compile_shapes(ROOT / "shapes", ROOT / "shapes" / "profiles" / "bundled")


@pytest.fixture(scope="module")
def examples() -> list[Triple]:
    """Return all examples, valid and not, with what shapes read of the model."""
    model = (item for path in (ROOT / "ontology").rglob("*.ttl") for item in parse_turtle(path) if item.predicate in MODEL)
    paths = [*EXAMPLES.glob("valid/*.ttl"), *EXAMPLES.glob("invalid/*/*.ttl"), *EXAMPLES.glob("profiles/*/*/*.ttl")]
    found = {*model, *(item for path in paths for item in parse_turtle(path))}
    return sorted((Triple(item.subject, item.predicate, item.object) for item in found), key=str)


def compared(triples: Iterable[Triple], shapes: Shapes, folder: Path, shares: int = 1) -> tuple[set[Finding], set[Finding]]:
    """Return what is found on the whole, and in slices."""
    text = (serialize(set(triples), format=RdfFormat.N_TRIPLES) or b"").decode()
    lines = "".join(sorted(text.splitlines(keepends=True)))
    (folder / "union.nt").write_text(lines, "utf-8")
    store = Store()
    store.load(lines.encode(), RdfFormat.N_TRIPLES)
    parts = (apply_shapes_in_slices(store, folder / "union.nt", shapes, share=n, shares=shares) for n in range(shares))
    return set(apply_shapes_to(lines, shapes)), {finding for part in parts for finding in part}


def damaged(triples: Sequence[Triple], chance: random.Random) -> Iterable[Triple]:
    """Lose, redirect, untype and rename some statements."""
    for item in triples:
        kind = chance.randrange(60)
        if kind == 1:
            yield Triple(item.subject, item.predicate, chance.choice(triples).object)
        elif kind == 2 and isinstance(item.object, Literal):
            yield Triple(item.subject, item.predicate, Literal(item.object.value))
        elif kind == 3:
            yield Triple(item.subject, chance.choice(triples).predicate, item.object)
        elif kind == 4:
            yield Triple(chance.choice(triples).subject, item.predicate, item.object)
        elif kind:
            yield item


def test_the_examples_give_the_same_findings(
    examples: list[Triple], shapes: Shapes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each slice size, in one share and in three."""
    for size, shares in ((9_000, 3), (150_000, 1), (10**9, 2)):
        monkeypatch.setattr(focus_slices, "SLICE", size)
        whole, parts = compared(examples, shapes, tmp_path, shares)
        assert len({finding.shape for finding in whole}) >= 150
        assert parts == whole


@series
@pytest.mark.parametrize("seed", seeds(DAMAGES))
def test_damages_give_the_same_findings(
    seed: int, examples: list[Triple], shapes: Shapes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A series of damages, in slices of any size."""
    chance = random.Random(seed)
    monkeypatch.setattr(focus_slices, "SLICE", chance.choice((3_000, 15_000, 75_000)))
    whole, parts = compared(damaged(examples, chance), shapes, tmp_path, chance.choice((1, 2)))
    assert whole
    assert parts == whole


def test_the_bundled_corpus_gives_the_same_findings(
    site: Path, shapes: Shapes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The corpus as it is, in three slices, and damaged."""
    from allegata.release.site import current

    whole = {item.triple for line in [current(site).read("dumps/allegata.nq.gz")] for item in _quads(line)}
    found, parts = compared(whole, shapes, tmp_path, 2)
    assert parts == found == set()
    found, parts = compared(damaged(sorted(whole, key=str), random.Random(1)), shapes, tmp_path, 2)
    assert len(found) > 1_000
    assert parts == found


def _quads(packed: bytes) -> Iterable[Quad]:
    import gzip

    store = Store()
    store.bulk_load(gzip.decompress(packed), RdfFormat.N_QUADS)
    return store


def test_a_node_that_much_leads_to_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes that go against a property from a hub, and on to what leads there."""
    monkeypatch.setattr(focus_slices, "SLICE", 10_000)
    monkeypatch.setattr(focus_slices, "_LITTLE", 100)
    shape = f"""@prefix sh: <{SH}> . @prefix ex: <{EX}> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    ex:hubs a sh:NodeShape ; sh:targetClass ex:Hub ; sh:property ex:most , ex:names .
    ex:most sh:path [ sh:inversePath ex:of ] ; sh:maxCount 900 ; sh:node ex:spokes .
    ex:spokes a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:datatype xsd:string ] .
    ex:names sh:path ( [ sh:inversePath ex:of ] ex:name ) ; sh:minLength 2 .
    ex:kinds a sh:NodeShape ; sh:targetSubjectsOf ex:of ; sh:property [ sh:path ex:of ; sh:class ex:Hub ] .
    ex:ends a sh:NodeShape ; sh:targetObjectsOf ex:of ; sh:nodeKind sh:IRI .
    ex:one a sh:NodeShape ; sh:targetNode ex:nowhere ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."""
    (tmp_path / "shapes.ttl").write_text(shape, "utf-8")
    kind, of, name = (NamedNode(EX + word) for word in ("kind", "of", "name"))
    hub = NamedNode(f"{EX}hub")
    spokes = [NamedNode(f"{EX}spoke{number}") for number in range(1_000)]
    triples = [Triple(hub, NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), NamedNode(f"{EX}Hub"))]
    triples += [Triple(spoke, of, hub) for spoke in spokes]
    triples += [Triple(spoke, name, Literal("x" if n % 7 == 0 else f"name {n}")) for n, spoke in enumerate(spokes)]
    triples += [
        Triple(spokes[1], of, Literal("a text")),
        Triple(spokes[2], of, NamedNode(f"{EX}silent")),
        Triple(spokes[3], kind, hub),
    ]
    whole, parts = compared(triples, compile_shapes(tmp_path), tmp_path)
    assert {finding.shape.removeprefix(EX) for finding in whole} >= {"most", "names", "ends"}
    assert parts == whole


def test_what_may_look_at_anything_is_not_parted(tmp_path: Path) -> None:
    """A path without end, and a shape that leads to itself: the steps have no bound."""
    for text in (
        "ex:s a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:nodeKind sh:IRI ] .",
        "ex:s a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:node ex:s ] .",
    ):
        graph = rdflib.Graph().parse(data=f"@prefix sh: <{SH}> . @prefix ex: <{EX}> . {text}", format="turtle")
        assert focus_slices.steps(graph) is None
