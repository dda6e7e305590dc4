"""Carries terms between pyoxigraph, which stores them, and rdflib, which validates and writes them, without changing a form."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.term import Node

from allegata.corpus.text_files import read_text
from allegata.corpus.turtle_tokens import newer_syntax, tokens
from allegata.errors import CorpusError, CorpusSyntaxError
from allegata.model.formats import Format
from allegata.model.namespaces import PREFIXES, sparql_prologue

rdflib.NORMALIZE_LITERALS = False
# A literal that is ill-typed is a finding of a shape, not a trace in a log.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_DEEPEST = 64
_OPENING, _CLOSING = ("{", "(", "[", "<<", "<<(", "{|"), ("}", ")", "]", ">>", ")>>", "|}")
#: How a parser begins its message: with a place, which is told besides.
_PLACE = re.compile(r"^(?:Parser error (?:at|between) [^:]*: |syntax error: )")
#: Where the parser of queries places what it does not take, and its words for rules besides the grammar.
_QUERY_PLACE = re.compile(r"error at (\d+):(\d+)")
_QUERY_RULES = {
    "variable that is unbound": "a variable is asked for that no pattern binds",
    "Duplicated variable": "a variable is named twice",
}
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def parse_turtle(path: Path) -> Iterator[ox.Triple]:
    """Parse a Turtle file; raise CorpusSyntaxError with the file and line, UsageError where it cannot be read."""
    text = read_text(path)
    if newer := newer_syntax(text):
        line, what = newer
        raise CorpusSyntaxError(path, line, f"{what} is RDF 1.2, and the data here is RDF 1.1")
    try:
        for quad in ox.parse(text, ox.RdfFormat.TURTLE):
            yield quad.triple
    except SyntaxError as error:
        raise CorpusSyntaxError(path, error.lineno, syntax_reason(error)) from None


def syntax_reason(error: SyntaxError) -> str:
    """Return what a parser found wrong, without the place, which the error has besides."""
    return _PLACE.sub("", error.msg or "") or "it does not parse"


def query_error(path: Path, query: str, error: SyntaxError) -> CorpusSyntaxError:
    """Make the error for a query of a file that does not parse; `query` is what was parsed, the prefixes before it too."""
    line, reason = _query_fault(query, error, {})
    own = line - sparql_prologue().count("\n") if query.startswith(sparql_prologue()) else line
    return CorpusSyntaxError(path, max(own, 1), reason)


def query_reason(query: str, prefixes: Mapping[str, str]) -> str:
    """Return what is wrong with the syntax of a query and in which line, or nothing."""
    try:
        ox.Store().query(query, prefixes=dict(prefixes))
    except SyntaxError as error:
        line, reason = _query_fault(query, error, prefixes)
        return f"line {line} of it: {reason}"
    return ""


def _query_fault(query: str, error: SyntaxError, prefixes: Mapping[str, str]) -> tuple[int, str]:
    """Return the line in which a query does not parse, and why, in our own words."""
    declared, after = set(prefixes), ""
    for token in tokens(query):
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and after == "PREFIX":
            declared.add(prefix)
        elif token.kind == "name" and prefix not in declared:
            return token.line, f"the prefix {prefix}: is not declared"
        after = token.text.upper()
    message = error.msg or ""
    place = _QUERY_PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    row = (query.split("\n")[line - 1 : line] or [""])[0]
    reason = next((ours for theirs, ours in _QUERY_RULES.items() if theirs in message), "this is no SPARQL")
    near = row[max(0, column - 1) :].strip()[:40]
    return line, f"{reason}, at or before {near!r}" if near else f"{reason}, at or before the end of the line"


def newer_term(quad: ox.Quad) -> str:
    """Return the term of a statement that RDF 1.1 does not have, a triple term or a string with a direction; or nothing."""
    newer = isinstance(quad.object, ox.Triple) or (isinstance(quad.object, ox.Literal) and quad.object.direction is not None)
    return str(quad.object) if newer else ""


def read_rule(path: Path) -> str:
    """Read a rule (SPARQL) with the prefixes before it; raise CorpusError where it would ask another server.

    Rules come with a release that is from somebody else, and the engine that runs them does reach out (SPARQL 1.1 Federated
    Query). It takes the word in any case, glued to others, and spelled with escapes (SPARQL 1.1 Query, section 19.2).
    """
    text = read_text(path)
    plain = _ESCAPE.sub(lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)), text)
    if "SERVICE" in plain.upper():
        raise CorpusError(f"{path}: a rule asks no other server.", remedy="Leave out SERVICE, in names and comments too.")
    if _depth(text) > _DEEPEST:
        raise CorpusError(f"{path}: brackets are nested over {_DEEPEST} deep, which no rule needs.")
    return sparql_prologue() + text


def _depth(text: str) -> int:
    """Return how deep brackets are nested in a query, at the most: very deep ones end the process that parses them."""
    deepest = now = 0
    for token in tokens(text):
        now += (token.text in _OPENING) - (token.text in _CLOSING)
        deepest = max(deepest, now)
    return deepest


def canonical_number(text: str) -> str:
    """Return a number in digits in its canonical form, which stores keep as it is (XML Schema 1.1 Part 2, section 3.3.3)."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, part = digits.partition(".")
    made = (whole.lstrip("0") or "0") + (f".{part.rstrip('0')}" if part.strip("0") else "")
    return made if made == "0" else sign + made


def graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """Return triples as an rdflib graph."""
    result = rdflib.Graph()
    result.addN((*to_rdflib(triple), result) for triple in triples)
    return result


def to_rdflib(triple: ox.Triple) -> tuple[Node, Node, Node]:
    """Return a pyoxigraph triple in rdflib's terms."""
    return rdflib_term(triple.subject), rdflib_term(triple.predicate), rdflib_term(triple.object)


def rdflib_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    """Return a pyoxigraph term in rdflib's; raise TypeError for a triple term, which RDF 1.1 does not have."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        return rdflib.Literal(term.value, datatype=None if datatype == _STRING else rdflib.URIRef(datatype))
    raise TypeError(f"not an RDF 1.1 term: {term}")


def to_oxigraph(triple: tuple[Node, Node, Node]) -> tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]:
    """Return an rdflib triple without blank nodes in pyoxigraph's terms."""
    subject, predicate, value = triple
    return ox.NamedNode(str(subject)), ox.NamedNode(str(predicate)), oxigraph_term(value)


def oxigraph_term(term: Node) -> ox.NamedNode | ox.Literal:
    """Return an rdflib IRI or literal in pyoxigraph's terms."""
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or _STRING)))
    return ox.NamedNode(str(term))


def iri_of(term: object) -> str:
    """Return the IRI of a term that can only be one, as in subjects, classes and graphs; raise TypeError for others."""
    if isinstance(term, ox.NamedNode):
        return term.value
    raise TypeError(f"not an IRI: {term}")


def named(term: object) -> ox.NamedNode | ox.Literal:
    """Return a term that can only be an IRI or a literal, as the objects of a release are; raise TypeError for others."""
    if isinstance(term, (ox.NamedNode, ox.Literal)):  # a tuple, unlike a union, is not made anew for each term
        return term
    raise TypeError(f"neither an IRI nor a literal: {term}")


def rdf_format(form: Format) -> ox.RdfFormat:
    """Return pyoxigraph's name of an RDF syntax of the format table."""
    found: ox.RdfFormat = getattr(ox.RdfFormat, form.rdf)
    return found


def serialize_triples(triples: Iterable[ox.Triple], form: Format) -> bytes:
    """Write triples in a syntax of the format table, with the project's prefixes where the syntax has any."""
    return ox.serialize(triples, format=rdf_format(form), prefixes=PREFIXES if form.prefixes else None) or b""


def ill_typed(literal: ox.Literal) -> bool:
    """Return whether a literal is no value of its datatype, as far as the datatype is one of XSD (RDF 1.1 Concepts, 3.3)."""
    kind = literal.datatype.value
    if kind == f"{PREFIXES['xsd']}boolean":
        return literal.value.strip() not in ("true", "false", "1", "0")
    return bool(rdflib.Literal(literal.value, datatype=rdflib.URIRef(kind)).ill_typed)
