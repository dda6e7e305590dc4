"""Each shape and each rule finds what it is for, and nothing else: shown by examples, one test for each file."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, parse
from pyshacl_turbo import CompiledShapes
from rdflib import RDF, RDFS, SH, SKOS, URIRef
from rdflib.term import Node

from allegata.corpus.validation import apply_shapes, findings, read_shapes

rdflib.NORMALIZE_LITERALS = False

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests" / "examples"
RULES = ROOT / "shapes" / "rules"
VALID = sorted((EXAMPLES / "valid").glob("*.ttl"))
PROFILES = sorted(path for path in (ROOT / "shapes" / "profiles").iterdir() if path.is_dir())
INVALID = sorted((EXAMPLES / "invalid").glob("*/*.ttl"))
#: Examples that satisfy the core and break a shape of a profile: profile/shape/*.ttl.
PROFILED = sorted((EXAMPLES / "profiles").glob("*/*/*.ttl"))
RULE_FILES = sorted(RULES.glob("*.rq"))
#: What a node shape may say without checking anything itself.
CONTAINER = {RDF.type, SH.targetClass, SH.property, SH.severity, SH.message}


@functools.cache
def graph_of(*folders: str) -> rdflib.Graph:
    """Return the union of all Turtle files below folders of the repository."""
    result = rdflib.Graph()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.ttl")):
            result.parse(path)
    return result


@functools.cache
def core() -> rdflib.Graph:
    """Return the shapes that every corpus satisfies."""
    return read_shapes(ROOT / "shapes")


@functools.cache
def profile(name: str) -> rdflib.Graph:
    """Return the shapes of a profile alone."""
    return read_shapes(ROOT / "shapes" / "profiles" / name)


def with_ontology(*paths: Path) -> rdflib.Graph:
    """Return example files together with the ontology and the schemes, which shapes and rules read."""
    result = rdflib.Graph() + graph_of("ontology")
    for path in paths:
        result.parse(path)
    return result


@functools.cache
def context() -> rdflib.Graph:
    """Return what the shapes read of the ontology and the schemes; their own concepts are validated once, not with each example."""
    result = rdflib.Graph()
    for predicate in (SKOS.inScheme, RDFS.subClassOf):
        for triple in graph_of("ontology").triples((None, predicate, None)):
            result.add(triple)
    return result


def broken_shapes(path: Path, of: str = "") -> set[str]:
    """Validate an example and name the shapes that give results."""
    return shapes_broken_by(rdflib.Graph().parse(path) + context(), of)


def shapes_broken_by(data: rdflib.Graph, of: str = "") -> set[str]:
    """Validate a graph and name the shapes that give results; pySHACL, the reference, has to find the same."""
    _, report, _ = pyshacl.validate(data, shacl_graph=profile(of) if of else core(), inference="none")
    assert isinstance(report, rdflib.Graph)
    text = data.serialize(format="nt", encoding="utf-8")
    found = set(apply_shapes(list(parse(text, RdfFormat.N_TRIPLES)), compiled(of)))
    assert found == set(findings(report))
    return {name(URIRef(finding.shape)) for finding in found}


@functools.cache
def compiled(of: str = "") -> CompiledShapes:
    return CompiledShapes(profile(of) if of else core())


def name(shape: Node) -> str:
    """Return the local name of a shape: file and fragment, `assertion-oneClaim`."""
    return str(shape).rsplit("/", 1)[-1].replace("#", "-")


def reporting_shapes(shapes: rdflib.Graph) -> Iterator[Node]:
    """Yield the shapes that give results of their own: those of a target, and targets that check something themselves."""
    for target in set(shapes.subjects(SH.targetClass)):
        yield from shapes.objects(target, SH.property)
        if set(shapes.predicates(target)) - CONTAINER:
            yield target


def rows(rule: Path, data: rdflib.Graph) -> list[tuple[str, str]]:
    """Run a rule and give the things found, each with its message; a rule that asks for graphs finds all in one."""
    if "GRAPH" in rule.read_text("utf-8"):
        return rows_of_graphs(rule, data)
    return [(str(row.focus), str(row.message)) for row in data.query(rule.read_text("utf-8"))]  # type: ignore[union-attr]


def rows_of_graphs(rule: Path, data: rdflib.Graph) -> list[tuple[str, str]]:
    """Run a rule on data that stand in the default graph and in a named one, as a corpus that is validated does."""
    store, lines = Store(), data.serialize(format="nt", encoding="utf-8")
    for name in (DefaultGraph(), NamedNode("https://w3id.org/allegata/graph/example")):
        store.load(lines, RdfFormat.N_TRIPLES, to_graph=name)
    found = store.query(rule.read_text("utf-8"))
    return [(row["focus"].value, row["message"].value) for row in found]  # type: ignore[union-attr]


def test_the_valid_examples_conform_together_with_ontology_and_schemes() -> None:
    assert shapes_broken_by(with_ontology(*VALID)) == set()


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_example_conforms(path: Path) -> None:
    assert broken_shapes(path) == set()


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_invalid_example_breaks_its_shape_alone(path: Path) -> None:
    assert broken_shapes(path) == {path.parent.name}


def test_each_reporting_shape_has_an_invalid_example() -> None:
    assert {name(shape) for shape in reporting_shapes(core())} == {path.parent.name for path in INVALID}


@pytest.mark.parametrize("path", PROFILED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_that_the_core_takes_breaks_its_shape_of_the_profile_alone(path: Path) -> None:
    assert broken_shapes(path) == set()
    assert broken_shapes(path, path.parent.parent.name) == {path.parent.name}


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_each_reporting_shape_of_a_profile_has_an_example(folder: Path) -> None:
    examples = {path.parent.name for path in PROFILED if path.parent.parent.name == folder.name}
    assert {name(shape) for shape in reporting_shapes(profile(folder.name))} == examples


def test_the_core_names_no_scheme_that_a_corpus_fills_and_no_language() -> None:
    for scheme in ("topic", "right", "measure"):
        assert URIRef(f"https://w3id.org/allegata/scheme/{scheme}") not in set(core().objects())
    assert not list(core().subject_objects(SH.languageIn))


def test_each_class_of_shapes_has_a_valid_example() -> None:
    files = {path.stem for path in (ROOT / "shapes").glob("*.ttl")} - {"common"}
    assert files == {path.stem for path in VALID}


def test_each_shape_is_named_graded_and_explained() -> None:
    shapes = graph_of("shapes")
    for shape in {*shapes.subjects(RDF.type, SH.NodeShape), *shapes.subjects(RDF.type, SH.PropertyShape)}:
        assert isinstance(shape, URIRef), "a shape is a blank node"
        assert shapes.value(shape, SH.severity) in {SH.Violation, SH.Warning}, f"{shape} has no severity"
        message = shapes.value(shape, SH.message)
        assert isinstance(message, rdflib.Literal) and message.language == "en", f"{shape} has no English message"
        assert str(message).endswith("."), f"{shape}: the message is no sentence"


def test_each_shape_stands_in_the_file_that_its_name_says() -> None:
    for path in sorted((ROOT / "shapes").rglob("*.ttl")):
        for shape in rdflib.Graph().parse(path).subjects(SH.severity):
            assert name(shape).startswith(f"{path.stem}-"), f"{shape} stands in {path.name}"


def test_no_shape_lies_idle() -> None:
    shapes = graph_of("shapes")
    used = set(shapes.objects())
    for shape in set(shapes.subjects(SH.severity)):
        assert shape in used or (shape, SH.targetClass, None) in shapes, f"{shape} is used nowhere"


@pytest.mark.parametrize("rule", RULE_FILES, ids=lambda path: path.stem)
def test_rule_finds_its_example(rule: Path) -> None:
    found = rows(rule, with_ontology(EXAMPLES / "rules" / f"{rule.stem}.ttl"))
    assert found, "the rule finds nothing in an example made to break it"
    assert all(message for _, message in found)


@pytest.mark.parametrize("rule", RULE_FILES, ids=lambda path: path.stem)
def test_rule_finds_nothing_in_the_valid_examples(rule: Path) -> None:
    assert rows(rule, with_ontology(*VALID)) == []


@pytest.mark.parametrize("rule", RULE_FILES, ids=lambda path: path.stem)
def test_rule_opens_with_its_sentence(rule: Path) -> None:
    first = rule.read_text("utf-8").splitlines()[0]
    assert first.startswith("# ") and first.endswith(".")


def test_each_rule_has_an_example() -> None:
    assert {path.stem for path in RULE_FILES} == {path.stem for path in (EXAMPLES / "rules").glob("*.ttl")}


def test_examples_are_found_at_all() -> None:
    assert len(VALID) >= 24
    assert len(INVALID) >= 200
    assert len(RULE_FILES) >= 30
    assert len(set(reporting_shapes(core()))) >= 150
    assert len(PROFILED) >= 15
