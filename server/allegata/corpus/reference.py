"""Runs the standard engines beside the fast ones and names each difference: pySHACL for the shapes, owlrl for OWL 2 RL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import owlrl
import pyshacl
import rdflib
from pyoxigraph import NamedNode, Quad
from rdflib import RDF, SH

from allegata.corpus.inference import infer
from allegata.corpus.profiles import shape_folders
from allegata.corpus.rdf import graph as rdflib_graph
from allegata.corpus.rdf import to_oxigraph, to_rdflib
from allegata.corpus.validation import Finding, findings, read_shapes
from allegata.errors import CorpusError, ReferenceMismatch
from allegata.model.namespaces import PREFIXES, RULES

#: Vocabularies about which nothing is inferred: what a closure adds there says nothing about the data.
LOGICAL: Final = tuple(PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
#: Differences that are told one by one; the rest are counted.
SHOWN: Final = 20


def compare_inference(asserted: Sequence[Quad], inferred: Sequence[Quad], rules: Path, graph: NamedNode) -> None:
    """Raise ReferenceMismatch where owlrl entails other statements than were inferred, and name them.

    The rules of a corpus's own (`rules/domain`) are no part of OWL 2 RL: what they give is asserted to owlrl.
    """
    first = infer(asserted, rules, graph)
    own = {quad.triple for quad in infer([*asserted, *first], rules / "domain", graph)}
    known = [*asserted, *(Quad(t.subject, t.predicate, t.object, graph) for t in own)]
    expected = {quad.triple for quad in owlrl_closure(known, graph)}
    found = {quad.triple for quad in inferred} - own
    _raise_where_different("owlrl alone entails", expected - found, "the rules alone infer", found - expected, str)


def compare_findings(quads: Sequence[Quad], found: Iterable[Finding], shapes: Path) -> None:
    """Raise ReferenceMismatch where pySHACL has other results of the shapes than were found, and name them.

    `found` may hold findings of the rules beside the shapes, of which SHACL knows nothing. One difference is none: values
    that cannot be compared are a result of sh:lessThan (SHACL, section 4.5.3), which pySHACL passes over.
    """
    shapes_graph = read_shapes(*shape_folders(quads, shapes))
    found_by_shapes = {finding for finding in found if not finding.shape.startswith(RULES)}
    expected = pyshacl_findings(quads, shapes_graph)
    orders = {str(shape) for by in (SH.lessThan, SH.lessThanOrEquals) for shape in shapes_graph.subjects(by)}
    more = {finding for finding in found_by_shapes - expected if finding.shape not in orders}
    _raise_where_different("pySHACL alone finds", expected - found_by_shapes, "the validator alone finds", more, Finding.line)


def _raise_where_different(
    reference: str, missing: Iterable[object], own: str, more: Iterable[object], line: Callable[[Any], str]
) -> None:
    told = [f"{reference}: {line(item)}" for item in sorted(missing, key=str)]
    told += [f"{own}: {line(item)}" for item in sorted(more, key=str)]
    if told:
        rest = [f"… and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
        raise ReferenceMismatch("\n".join([f"{len(told)} differences from the reference:", *told[:SHOWN], *rest]))


def pyshacl_findings(quads: Iterable[Quad], shapes: rdflib.Graph) -> set[Finding]:
    """Return the results that pySHACL has of the union of all graphs; raise CorpusError where it cannot use the shapes."""
    _, results, text = pyshacl.validate(rdflib_graph({quad.triple for quad in quads}), shacl_graph=shapes, inference="none")
    if not isinstance(results, rdflib.Graph):
        raise CorpusError(f"pySHACL cannot use the shapes: {text}")
    return set(findings(results))


def owlrl_closure(quads: Iterable[Quad], graph: NamedNode) -> list[Quad]:
    """Return what owlrl entails under OWL 2 RL, without what says nothing about the data, in one graph, sorted.

    Left out: statements on literals, on the logical vocabularies and their axioms, and `x owl:sameAs x`.
    """
    closure = rdflib.Graph()
    for quad in quads:
        closure.add(to_rdflib(quad.triple))
    before = set(closure)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closure)
    new = [triple for triple in set(closure) - before if _speaks_of_data(triple)]
    return sorted((Quad(*to_oxigraph(triple), graph) for triple in new), key=str)


def _speaks_of_data(triple: tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]) -> bool:
    subject, predicate, value = triple
    if not isinstance(subject, rdflib.URIRef) or str(subject).startswith(LOGICAL):
        return False
    if predicate == RDF.type:
        return not str(value).startswith(LOGICAL)
    return not str(predicate).startswith(LOGICAL)
