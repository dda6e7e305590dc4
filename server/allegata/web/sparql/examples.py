"""Describes example queries, prefixes and linksets as SPARQL editors and language models read them (SHACL, section 5.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from allegata.corpus.questions import Question
from allegata.model.namespaces import PREFIXES, expand
from allegata.web.sparql.asking import questions_in
from allegata.web.state import State

#: Query form → the class of its executable and the property that holds its text (SHACL Advanced Features, section 8).
_FORMS: Final = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
}
_FORM = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT)\b", re.MULTILINE | re.IGNORECASE)
#: Titles in other languages, which are labels there.
_TITLES: Final = re.compile(r"^# Title@.*\n", re.MULTILINE)
_STRING, _ANY_URI = NamedNode(expand("xsd:string")), NamedNode(expand("xsd:anyURI"))


def endpoint_examples(state: State, endpoint: str = "sparql") -> list[Triple]:
    """Return the competency questions as executables of the endpoint, the prefix table as declarations, and the linksets."""
    return [*_prefixes(state), *_queries(state, endpoint), *_linksets(state)]


def _linksets(state: State) -> Iterator[Triple]:
    """Yield what leads where, for planners of federated queries (VoID, section 5)."""
    read = state.descriptions
    for node in sorted(read.instances("void:Linkset"), key=str):
        for item in (node, *read.nodes(node, "void:objectsTarget")):
            yield from (quad.triple for quad in read.about(item))


def _prefixes(state: State) -> Iterator[Triple]:
    table = f"{state.base}sparql#prefixes"
    yield _say(table, "rdf:type", NamedNode(expand("owl:Ontology")))
    for prefix, space in PREFIXES.items():
        node = f"{state.base}sparql#prefix-{prefix}"
        yield _say(table, "sh:declare", NamedNode(node))
        yield _say(node, "rdf:type", NamedNode(expand("sh:PrefixDeclaration")))
        yield _say(node, "sh:prefix", Literal(prefix, datatype=_STRING))
        yield _say(node, "sh:namespace", Literal(space, datatype=_ANY_URI))


def _queries(state: State, endpoint: str) -> Iterator[Triple]:
    for question in questions_in(state.release.folder / "questions"):
        form = _FORM.search(question.text)
        if form is None:
            continue
        kind, holder = _FORMS[form.group(1).upper()]
        node = f"{state.base}{endpoint}#example-{question.name}"
        yield _say(node, "rdf:type", NamedNode(expand("sh:SPARQLExecutable")))
        yield _say(node, "rdf:type", NamedNode(expand(kind)))
        for language, title in question.titles.items():
            yield _say(node, "rdfs:label", Literal(title, language=language))
        yield _say(node, "rdfs:comment", Literal(question.title, language="en"))
        yield _say(node, holder, Literal(_TITLES.sub("", question.text), datatype=_STRING))
        yield _say(node, "sh:prefixes", NamedNode(f"{state.base}sparql#prefixes"))
        yield _say(node, "schema:target", NamedNode(state.base + endpoint))
        yield _say(node, "schema:keywords", Literal(question.theme, language="en"))
        yield from _parameters(question, node)


def _parameters(question: Question, node: str) -> Iterator[Triple]:
    """Yield the parameters of a question, by the names of its variables (SHACL Advanced Features, section 5.1)."""
    for number, parameter in enumerate(question.parameters):
        name = f"{node}-{parameter.name}"
        yield _say(node, "sh:parameter", NamedNode(name))
        yield _say(name, "rdf:type", NamedNode(expand("sh:Parameter")))
        yield _say(name, "sh:path", NamedNode(f"{node.partition('#')[0]}#{parameter.name}"))
        yield _say(name, "sh:name", Literal(parameter.name, datatype=_STRING))
        yield _say(name, "sh:description", Literal(parameter.says, language="en"))
        yield _say(name, "sh:optional", Literal("true", datatype=NamedNode(expand("xsd:boolean"))))
        yield _say(name, "sh:order", Literal(str(number), datatype=NamedNode(expand("xsd:integer"))))
        if parameter.is_literal:
            yield _say(name, "sh:datatype", NamedNode(expand(parameter.kind)))
        elif parameter.kind.startswith("scheme/"):
            yield _say(name, "sh:class", NamedNode(expand("skos:Concept")))
        else:
            yield _say(name, "sh:class", NamedNode(expand(parameter.kind)))


def _say(subject: str, curie: str, value: NamedNode | Literal) -> Triple:
    return Triple(NamedNode(subject), NamedNode(expand(curie)), value)
