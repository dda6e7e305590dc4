"""Shows RDF to people who open it in a browser: descriptions by kind of thing, shapes by what they ask for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Response, render_template
from pyoxigraph import Literal, NamedNode, Triple

from allegata.corpus.rdf import serialize_triples
from allegata.domain import Statement, Value
from allegata.model.formats import GRAPH_FORMATS, HTML, Choice, Format
from allegata.model.namespaces import expand
from allegata.web.state import state

#: What views of RDF answer in: RDF where nothing else is wished for, a page to browsers.
FORMATS: Final[tuple[Format, ...]] = (*GRAPH_FORMATS, HTML)
#: Things of one kind that a page describes; the files have all.
SHOWN: Final = 40
_TYPE = expand("rdf:type")
_NAMES = tuple(map(expand, ("dct:title", "rdfs:label", "schema:name", "dct:identifier")))


@dataclass(frozen=True)
class Resource:
    """A thing that is described: its name, its IRI, and what is stated of it."""

    name: Value
    iri: str
    rows: tuple[Statement, ...]


@dataclass(frozen=True)
class Shape:
    """A shape as people read it: what it asks for, of what, and how grave it is where that is missing."""

    name: str
    iri: str
    targets: tuple[Value, ...]
    asks: Value
    severity: str


def answer(title: str, lead: str, triples: Sequence[Triple], choice: Choice) -> Response:
    """Return a description in the chosen format; as a page, by kind of thing, those of the corpus first, then the rarest."""
    if choice.format is not HTML:
        return Response(serialize_triples(triples, choice.format), content_type=choice.content_type)
    body = render_template(
        "description.html", title=title, lead=lead, groups=_groups(triples), statements=len(triples), shown=SHOWN
    )
    return Response(body, content_type=choice.content_type)


def _groups(triples: Iterable[Triple]) -> list[tuple[Value, list[Resource]]]:
    stated = _by_subject(triples)
    types = {subject: [term for term in rows.get(_TYPE, ()) if isinstance(term, NamedNode)] for subject, rows in stated.items()}
    often = Counter(kind for kinds in types.values() for kind in kinds)
    groups: dict[NamedNode, list[Resource]] = defaultdict(list)
    for subject, kinds in types.items():
        if kinds:
            kind = min(kinds, key=lambda item: (often[item], item.value))
            groups[kind].append(Resource(_name(subject, stated[subject]), subject, _rows(stated[subject])))
    own = state().base
    ordered = sorted(groups.items(), key=lambda group: (not group[1][0].iri.startswith(own), len(group[1]), group[0].value))
    value = state().descriptions.value
    return [(value(kind), sorted(items, key=lambda item: (item.name.text, item.iri))) for kind, items in ordered]


def _by_subject(triples: Iterable[Triple]) -> dict[str, dict[str, list[NamedNode | Literal]]]:
    stated: dict[str, dict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
            stated[triple.subject.value][triple.predicate.value].append(triple.object)
    return stated


def _name(subject: str, rows: dict[str, list[NamedNode | Literal]]) -> Value:
    texts = [term for name in _NAMES for term in rows.get(name, ()) if isinstance(term, Literal)]
    if texts:
        best = next((term for term in texts if term.language == "en"), texts[0])
        return Value(best.value, language=best.language or "")
    return Value(subject.removeprefix(state().base))


def _rows(rows: dict[str, list[NamedNode | Literal]]) -> tuple[Statement, ...]:
    value = state().descriptions.value
    found = (
        Statement(value(NamedNode(name)), tuple(sorted(map(value, terms), key=lambda item: (item.text, item.iri))))
        for name, terms in rows.items()
        if name != _TYPE
    )
    return tuple(sorted(found, key=lambda row: row.property.text))


def shapes_page(triples: Iterable[Triple], name: str = "") -> str:
    """Show shapes by the file that has them, or those of one file, each with what it asks for in words."""
    stated, start = _by_subject(triples), f"{state().base}shapes/"
    files: dict[str, list[Shape]] = defaultdict(list)
    for iri, rows in sorted(stated.items()):
        asks = _text(rows, "sh:message", "rdfs:comment")
        if iri.startswith(start) and asks.text and "?" not in asks.text[:2]:
            file, _, fragment = iri.removeprefix(start).partition("#")
            shelf, _, rule = file.partition("rules/") if file.startswith("rules/") else (file, "", "")
            files["rules" if rule else shelf].append(_shape(iri, fragment or rule, rows, asks))
    chosen = {key: rows for key, rows in files.items() if key == name} or files
    return render_template("shapes.html", files=chosen, whole=chosen is files, count=sum(map(len, chosen.values())))


def _shape(iri: str, name: str, rows: dict[str, list[NamedNode | Literal]], asks: Value) -> Shape:
    reached = [term for curie in ("sh:targetClass", "sh:targetSubjectsOf", "sh:path") for term in rows.get(expand(curie), ())]
    value = state().descriptions.value
    targets = tuple(value(term) for term in reached if isinstance(term, NamedNode) and not _is_list(term))
    severity = next((term.value for term in rows.get(expand("sh:severity"), ())), "")
    return Shape(name, iri, targets[:3], asks, severity.rpartition("#")[2])


def _is_list(term: NamedNode) -> bool:
    """Return whether a path is made of several properties, which has a name of its own and no words."""
    return term.value.startswith(f"{state().base}shapes/")


def _text(rows: dict[str, list[NamedNode | Literal]], *curies: str) -> Value:
    for curie in curies:
        for term in rows.get(expand(curie), ()):
            if isinstance(term, Literal):
                return Value(term.value, language=term.language or "")
    return Value("")
