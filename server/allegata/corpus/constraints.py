"""Writes rules, which are queries that must find nothing, as SPARQL constraints of SHACL, so that other engines apply them too.

A rule says in a comment what it looks at: `# Focus: members of alg:Claim, subjects of alg:from alg:to, objects of alg:asserts`.
It has neither VALUES nor MINUS, a query within it hands on ?focus (SHACL, appendix A: pre-binding of variables), and it asks for
no graph, as SHACL sees one alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from allegata.corpus.text_files import read_text
from allegata.errors import CorpusError
from allegata.model.namespaces import PREFIXES, RULES, expand

#: Word of a focus → the target of a shape that it stands for (SHACL, section 2.1.3).
_TARGETS: Final = {"members": "sh:targetClass", "subjects": "sh:targetSubjectsOf", "objects": "sh:targetObjectsOf"}
_FOCUS: Final = re.compile(r"^# Focus: (.+)$", re.MULTILINE)
_PART: Final = re.compile(r"(members|subjects|objects) of (\S+(?: \S+)*)")
_COMMENT: Final = re.compile(r"^#.*\n", re.MULTILINE)
_SELECT: Final = re.compile(r"SELECT DISTINCT \?focus \?message( \?severity)? WHERE \{")
_SEVERITY: Final = re.compile(r'\n *BIND\("(\w+)" AS \?severity\)')
_ORDER: Final = re.compile(r"\nORDER BY [^\n]*\n?$")
_VARIABLE: Final = re.compile(r"[?$]focus\b")
#: A query within the query has to hand on what is looked at.
_REFUSED: Final = re.compile(r"\b(VALUES|MINUS|GRAPH)\b|\bSELECT\b(?!( DISTINCT)? \$this\b)")


def constraints(rules: Sequence[Path]) -> bytes:
    """Return rules as shapes in Turtle, each with one constraint; those that cannot be one are left out."""
    triples: list[Triple] = []
    for path in rules:
        with suppress(CorpusError):
            triples += constraint(path)
    return serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def constraint(path: Path) -> list[Triple]:
    """Return a rule as a shape with one constraint; raise CorpusError with the reason where it cannot be one."""
    return list(_shape(path, read_text(path)))


def _shape(path: Path, text: str) -> Iterator[Triple]:
    query, severity = _constraint(text, path)
    shape, node = NamedNode(f"{RULES}{path.stem}"), NamedNode(f"{RULES}{path.stem}#constraint")
    yield _say(shape, "rdf:type", NamedNode(expand("sh:NodeShape")))
    for target, term in _targets(text, path):
        yield _say(shape, target, NamedNode(expand(term)))
    yield _say(shape, "rdfs:comment", Literal(text.partition("\n")[0].lstrip("# "), language="en"))
    yield _say(shape, "sh:severity", NamedNode(expand(f"sh:{severity}")))
    yield _say(shape, "sh:sparql", node)
    yield _say(node, "rdf:type", NamedNode(expand("sh:SPARQLConstraint")))
    # The message of a solution is that of the result (SHACL, section 5.3.2); some engines want it asked for by name.
    yield _say(node, "sh:message", Literal("{?message}", language="en"))
    yield _say(node, "sh:select", Literal(query))


def _say(subject: NamedNode, curie: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, NamedNode(expand(curie)), value)


def _targets(text: str, path: Path) -> list[tuple[str, str]]:
    """Return the targets of a rule: property and term."""
    found = [
        (_TARGETS[word], term)
        for said in _FOCUS.findall(text)
        for word, terms in _PART.findall(said.replace(",", " ,"))
        for term in terms.split()
        if term != ","
    ]
    if not found or any(term.partition(":")[0] not in PREFIXES for _, term in found):
        raise CorpusError(
            f"{path}: the rule does not say what it looks at.",
            remedy="Write a comment such as: # Focus: members of alg:Claim, subjects of alg:asserts, objects of alg:from",
        )
    return found


def _constraint(text: str, path: Path) -> tuple[str, str]:
    """Return the query of a rule as that of a constraint, and the severity of what it finds."""
    body, heads = _SELECT.subn("SELECT DISTINCT ?focus ?message WHERE {", _ORDER.sub("\n", _COMMENT.sub("", text)))
    said = _SEVERITY.search(body)
    query = _VARIABLE.sub("$this", _SEVERITY.sub("", body))
    if heads != 1 or _REFUSED.search(query):
        raise CorpusError(
            f"{path}: the rule cannot be a constraint of SHACL.",
            remedy="Begin it with SELECT DISTINCT ?focus ?message WHERE {, and do without VALUES, MINUS and GRAPH; "
            "a query within it begins with SELECT ?focus.",
        )
    return query, said[1] if said else "Violation"
