"""Finds which shape cannot be used, where it is written, and says why in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import rdflib
from rdflib import SH, BNode, URIRef
from rdflib.term import Node

from allegata.corpus.rdf import query_reason
from allegata.corpus.text_files import read_text
from allegata.corpus.turtle_tokens import line_of, mentions
from allegata.errors import CorpusError

#: The severities that a shape may have (SHACL, section 2.1.4): what keeps a corpus back, and what does not.
SEVERITIES: Final = ("Violation", "Warning", "Info")
_KNOWN: Final = frozenset(SH[name] for name in SEVERITIES)
_QUERIES: Final = (SH.select, SH.ask, SH.construct)
_PARSER: Final = re.compile(r"SPARQL parse error: .*", re.DOTALL)
_REMEDY: Final = "Mend the shape there, then run the command again."
Fault = Callable[[rdflib.Graph], str]


def check_severities(graph: rdflib.Graph, paths: Sequence[Path]) -> None:
    """Raise CorpusError for a severity that is not one of three: nobody could say whether it keeps a corpus back."""
    for shape, severity in sorted(graph.subject_objects(SH.severity)):
        if severity not in _KNOWN:
            path, line = _written(graph, shape, severity, paths)
            called = f"sh:{str(severity).removeprefix(str(SH))}" if str(severity).startswith(str(SH)) else f"<{severity}>"
            named = " and ".join((", ".join(f"sh:{name}" for name in SEVERITIES[:-1]), f"sh:{SEVERITIES[-1]}"))
            raise CorpusError(
                f"{_place(path, line)}: the shape {_named(graph, shape)} has the severity {called}; there is {named}.",
                remedy=_REMEDY,
            )


def shape_error(graph: rdflib.Graph, message: str, paths: Sequence[Path], fault: Fault) -> CorpusError:
    """Make the error for shapes that do not compile; `fault` compiles a graph and gives what is wrong with it, or nothing."""
    shape = _culprit(graph, message, fault)
    path, line = _described(shape, paths) if shape else (paths[0].parent if paths else Path(), None)
    reason = _PARSER.sub("", message).removeprefix("SHACL validation failure: ") or _query_fault(graph, shape)
    where = f"the shape <{shape}> cannot be used" if shape else "the shapes cannot be used"
    return CorpusError(f"{_place(path, line)}: {where}: {reason}", remedy=_REMEDY)


def _culprit(graph: rdflib.Graph, message: str, fault: Fault) -> URIRef | None:
    """Find the shape without which what is wrong is not wrong, the nearest to it where one stands in another."""
    found = []
    for shape in sorted({node for node in graph.subjects() if isinstance(node, URIRef)}):
        rest = rdflib.Graph()
        own = set(_parts(graph, shape))
        rest += (triple for triple in graph if triple[0] not in own)
        if fault(rest) != message:
            found.append(shape)
    inner = [shape for shape in found if not _reaches(graph, shape, set(found) - {shape})]
    return next(iter(inner or found), None)


def _parts(graph: rdflib.Graph, node: Node) -> list[Node]:
    """Return a thing and the blank nodes that are part of it."""
    found = [node]
    for item in found:
        found += [part for part in graph.objects(item) if isinstance(part, BNode) and part not in found]
    return found


def _reaches(graph: rdflib.Graph, shape: URIRef, others: set[URIRef]) -> bool:
    return any(value in others for part in _parts(graph, shape) for value in graph.objects(part))


def _named(graph: rdflib.Graph, node: Node) -> str:
    """Name a shape, or for one without a name the shape that it stands in."""
    return f"<{_owner(graph, node)}>"


def _owner(graph: rdflib.Graph, node: Node) -> Node:
    seen = {node}
    while isinstance(node, BNode) and (above := next(graph.subjects(object=node), None)) is not None and above not in seen:
        node = above
        seen.add(node)
    return node


def _written(graph: rdflib.Graph, shape: Node, value: Node, paths: Sequence[Path]) -> tuple[Path, int | None]:
    """Return the file and line where a value of a shape is written, or where the shape is."""
    path, line = _described(_owner(graph, shape), paths)
    after = (item.line for item in mentions(read_text(path)) if item.iri == str(value) and item.line >= (line or 0))
    return path, next(after, line)


def _described(shape: Node, paths: Sequence[Path]) -> tuple[Path, int | None]:
    for path in paths:
        found = [item.line for item in mentions(read_text(path)) if item.iri == str(shape) and item.is_subject]
        if found:
            return path, found[0]
    return next(((path, line) for path in paths if (line := line_of(read_text(path), str(shape)))), (paths[0], None))


def _query_fault(graph: rdflib.Graph, shape: URIRef | None) -> str:
    """Return what is wrong with the query of a constraint."""
    prefixes = {prefix: str(space) for prefix, space in graph.namespaces()}
    for part in _parts(graph, shape) if shape else ():
        for word in _QUERIES:
            for text in graph.objects(part, word):
                if reason := query_reason(str(text), prefixes):
                    return f"its sh:{str(word).removeprefix(str(SH))} does not parse: {reason}"
    return "a query in it does not parse"


def _place(path: Path, line: int | None) -> str:
    return f"{path}:{line}" if line else str(path)
