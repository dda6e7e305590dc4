"""Checks a corpus: SHACL shapes, and cross-record rules as queries that must find nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import rdflib
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store, serialize
from pyshacl_turbo import CompiledShapes, ShapeRecursionWarning, ValidationFailure
from pyshacl_turbo.rdf import Input
from rdflib import RDF, SH, URIRef
from rdflib.term import Node

from allegata.corpus.focus_slices import slices
from allegata.corpus.profiles import shape_folders
from allegata.corpus.rdf import graph as rdflib_graph
from allegata.corpus.rdf import parse_turtle, query_error, read_rule
from allegata.corpus.shape_faults import SEVERITIES, check_severities, shape_error
from allegata.corpus.text_files import list_files
from allegata.errors import CorpusError
from allegata.model.namespaces import BASE, RULES, shorten

Shapes: TypeAlias = CompiledShapes
SHOWN = 50


@dataclass(frozen=True, order=True)
class Finding:
    """One result of a check: severity, the shape or rule, the thing it is about, path and value, and what to do."""

    severity: str
    shape: str
    focus: str
    message: str
    path: str = ""
    value: str = ""

    def line(self) -> str:
        """Return the finding as a line for a terminal."""
        where = f" · {shorten(self.path, BASE)}" if self.path else ""
        value = f" · value {shorten(self.value, BASE)}" if self.value else ""
        return f"{self.severity}: {shorten(self.focus, BASE)}{where}{value}\n    {self.message}  [{shorten(self.shape, BASE)}]"


@dataclass(frozen=True)
class Report:
    """All findings of a check, sorted, and how many shapes and rules were applied."""

    findings: tuple[Finding, ...]
    shapes: int
    rules: int

    @property
    def conforms(self) -> bool:
        """Return whether nothing was found that keeps a corpus from being published."""
        return not any(finding.severity == "Violation" for finding in self.findings)

    def count(self, severity: str) -> int:
        """Count the findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def text(self, notes: Mapping[Finding, str] | None = None) -> str:
        """Return the report for a terminal; `notes` say more of findings, such as where they are."""
        counts = ", ".join(f"{self.count(severity)} {severity}" for severity in SEVERITIES)
        head = f"{self.shapes} shapes and {self.rules} rules applied: {counts}."
        more_of = notes or {}
        lines = [
            f"{finding.line()}\n    {more_of[finding]}" if finding in more_of else finding.line()
            for finding in self.findings[:SHOWN]
        ]
        more = len(self.findings) - SHOWN
        return "\n".join(
            [head, *lines, *([f"… and {more} more: allegata validate --report FILE writes all."] if more > 0 else [])]
        )

    def turtle(self, base: str = BASE, name: str = "report/shacl") -> str:
        """Return the report as a SHACL validation report (SHACL, section 3.6) in Turtle, every node of it with an IRI."""
        result = rdflib.Graph()
        report = URIRef(base + name)
        result.add((report, RDF.type, SH.ValidationReport))
        result.add((report, SH.conforms, rdflib.Literal(self.conforms)))
        for number, finding in enumerate(self.findings, start=1):
            entry = URIRef(f"{report}#{number}")
            result.add((report, SH.result, entry))
            for statement in _finding_triples(entry, finding):
                result.add(statement)
        return result.serialize(format="turtle")


def _finding_triples(entry: URIRef, finding: Finding) -> Iterable[tuple[Node, Node, Node]]:
    yield entry, RDF.type, SH.ValidationResult
    yield entry, SH.resultSeverity, SH[finding.severity]
    yield entry, SH.sourceShape, URIRef(finding.shape)
    blank = finding.focus.startswith("_:")
    yield entry, SH.focusNode, rdflib.BNode(finding.focus[2:]) if blank else URIRef(finding.focus)
    yield entry, SH.resultMessage, rdflib.Literal(finding.message, lang="en")
    if finding.path:
        yield entry, SH.resultPath, URIRef(finding.path)
    if finding.value:
        yield entry, SH.value, rdflib.Literal(finding.value)


def validate(quads: Sequence[Quad], shapes: Path) -> Report:
    """Check statements against the shapes (*.ttl) and rules (rules/*.rq) of a folder, and of the profiles that they name."""
    folders = shape_folders(quads, shapes)
    compiled, rules = compile_shapes(*folders), rule_files(*folders)
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    store.extend(quads)
    return report({*apply_shapes(quads, compiled), *apply_rules(rules, store, lambda: store)}, compiled, rules)


def report(found: Iterable[Finding], shapes: Shapes, rules: Sequence[Path]) -> Report:
    """Return the report of what shapes and rules found."""
    return Report(sort_findings(found), len(set(shapes.graph.subjects(RDF.type, SH.NodeShape))), len(rules))


def read_shapes(*folders: Path) -> rdflib.Graph:
    """Read all shapes of some folders; raise CorpusSyntaxError with file and line where one does not parse."""
    return rdflib_graph(triple for path in shape_files(*folders) for triple in parse_turtle(path))


def shape_files(*folders: Path) -> list[Path]:
    """Return the files of shapes of some folders, each folder's sorted."""
    return [path for folder in folders for path in list_files(folder, ".ttl")]


def rule_files(*folders: Path) -> list[Path]:
    """Return the files of rules of some folders, each folder's sorted."""
    return [path for folder in folders for path in list_files(folder / "rules", ".rq")]


def compile_shapes(*folders: Path) -> Shapes:
    """Read and compile all shapes of some folders; raise CorpusError where one is not well formed (SHACL, section 3.4)."""
    graph, paths = read_shapes(*folders), shape_files(*folders)
    check_severities(graph, paths)
    try:
        return CompiledShapes(graph)
    except (ValueError, RuntimeError, ValidationFailure) as error:
        raise shape_error(graph, str(error), paths, _fault) from None


def _fault(graph: rdflib.Graph) -> str:
    """Return why shapes do not compile, or nothing."""
    try:
        CompiledShapes(graph)
    except (ValueError, RuntimeError, ValidationFailure) as error:
        return str(error)
    return ""


def targeted_classes(shapes: Shapes) -> set[str]:
    """Return the classes whose members the shapes look at (SHACL, section 2.1.3.2)."""
    return {str(name) for name in shapes.graph.objects(None, SH.targetClass)}


def sort_findings(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings in order, the gravest first, each once."""
    return tuple(sorted(set(found), key=lambda item: (SEVERITIES.index(item.severity), item)))


def apply_shapes(quads: Sequence[Quad], shapes: Shapes) -> Iterable[Finding]:
    """Apply shapes to the union of all graphs; it is handed over as N-Triples, so that no form is altered on the way."""
    return apply_shapes_to((serialize({quad.triple for quad in quads}, format=RdfFormat.N_TRIPLES) or b"").decode(), shapes)


def apply_shapes_to(data: str, shapes: Shapes, focus: Collection[str] = ()) -> Iterable[Finding]:
    """Apply shapes to N-Triples; given focus nodes, which are IRIs, to those alone."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ShapeRecursionWarning)
        _, results, _ = shapes.validate(Input(data, "nt", None, {}, preserve_ids=True), focus_nodes=list(focus) or None)
    if any(issubclass(warning.category, ShapeRecursionWarning) for warning in told):
        raise CorpusError("A shape refers to itself, by way of others or not; what that means is open (SHACL, section 3.4.3).")
    yield from findings(results)


def apply_shapes_in_slices(store: Store, triples: Path, shapes: Shapes, *, share: int = 0, shares: int = 1) -> Iterator[Finding]:
    """Apply shapes to a store of triples slice by slice, with shares to every so manieth; see `focus_slices.slices`.

    Only findings about the focus nodes of a slice count: of others it holds no more than those need.
    """
    for part in slices(store, triples, shapes.graph, share=share, shares=shares):
        focus = part.focus or frozenset()
        found = apply_shapes_to(part.data, shapes, focus if part.is_named else ())
        yield from (finding for finding in found if part.focus is None or finding.focus in focus)


def findings(results: rdflib.Graph) -> Iterable[Finding]:
    """Yield the results of a validation report (SHACL, section 3.6)."""
    for result in results.objects(None, SH.result):  # not the nested sh:detail
        path, focus = results.value(result, SH.resultPath), results.value(result, SH.focusNode)
        yield Finding(
            severity=str(results.value(result, SH.resultSeverity)).rsplit("#", 1)[-1],
            shape=str(results.value(result, SH.sourceShape)),
            focus=f"_:{focus}" if isinstance(focus, rdflib.BNode) else str(focus),
            message=" ".join(sorted(str(text) for text in results.objects(result, SH.resultMessage))),
            path=str(path) if isinstance(path, URIRef) else "",  # a path of several steps is told by its shape
            value=str(results.value(result, SH.value) or ""),
        )


def apply_rules(rules: Sequence[Path], union: Store, named: Callable[[], Store]) -> Iterator[Finding]:
    """Apply rules to a store of the union of all graphs, and those that ask for a graph to one that holds each of them beside it.

    Plain patterns see the union, GRAPH each file, by which what is stated is told from what follows.
    """
    for path in rules:
        query = read_rule(path)
        try:
            rows = (named() if "GRAPH" in query.upper() else union).query(query)
        except SyntaxError as error:
            raise query_error(path, query, error) from None
        names = {variable.value for variable in rows.variables} if isinstance(rows, QuerySolutions) else set()
        if not isinstance(rows, QuerySolutions) or not {"focus", "message"} <= names:
            raise CorpusError(f"{path}: a rule is a SELECT query for ?focus and ?message.")
        for row in rows:
            focus, message = row["focus"], row["message"]
            if not isinstance(focus, NamedNode) or not isinstance(message, Literal):
                raise CorpusError(f"{path}: the rule gives {focus} and {message} in place of an IRI and a text.")
            severity = _severity(path, row["severity"]) if "severity" in names else "Violation"
            yield Finding(severity, f"{RULES}{path.stem}", focus.value, message.value)


def _severity(path: Path, severity: object) -> str:
    """Return the severity that a rule gives what it finds."""
    if not isinstance(severity, Literal) or severity.value not in SEVERITIES:
        raise CorpusError(f"{path}: the rule gives the severity {severity}; there is {', '.join(SEVERITIES)}.")
    return severity.value
