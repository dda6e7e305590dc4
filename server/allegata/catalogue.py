"""Describes a release in its own terms: VoID counts and partitions, graphs by name, licence, version, how it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from pyoxigraph import Literal, NamedNode, Quad, Triple

from allegata import __version__
from allegata.corpus import Corpus, union
from allegata.namespaces import PREFIXES, expand

_TYPE = NamedNode(expand("rdf:type"))
_INTEGER = NamedNode(expand("xsd:integer"))
_Say = Callable[[NamedNode, str, NamedNode | Literal], Quad]
_VOCABULARIES = ("alg", "dcat", "dct", "oa", "org", "prov", "schema", "skos", "spdx", "sssom")


def describe(corpus: Corpus, quads: Sequence[Quad]) -> list[Quad]:
    """Give the statements of the meta graph, with exact counts that include the meta graph itself.

    The description has as many statements whatever the numbers in it are, so it is made twice: once to be counted.
    """
    draft = list(_statements(corpus, _Counts.of(quads)))
    for _ in range(3):
        counted = list(_statements(corpus, _Counts.of([*quads, *draft])))
        if counted == draft:
            break
        draft = counted
    return draft


class _Counts:
    """What there is in a set of statements: numbers over the union of the graphs, and for each graph."""

    def __init__(self, triples: Iterable[Triple], graphs: Counter[str]):
        self.classes: Counter[str] = Counter()
        self.properties: Counter[str] = Counter()
        subjects, objects = set(), set()
        self.triples = 0
        for triple in triples:
            self.triples += 1
            self.properties[triple.predicate.value] += 1
            subjects.add(triple.subject)
            objects.add(triple.object)
            if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
                self.classes[triple.object.value] += 1
        self.subjects, self.objects, self.graphs = len(subjects), len(objects), graphs

    @classmethod
    def of(cls, quads: Sequence[Quad]) -> _Counts:
        return cls(union(quads), Counter(quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)))


def _statements(corpus: Corpus, counts: _Counts) -> Iterator[Quad]:
    dataset, graph = corpus.dataset, corpus.meta_graph

    def say(subject: NamedNode, curie: str, value: NamedNode | Literal) -> Quad:
        return Quad(subject, NamedNode(expand(curie)), value, graph)

    yield say(dataset, "dct:conformsTo", NamedNode(f"{corpus.base}ns"))
    yield say(dataset, "void:sparqlEndpoint", NamedNode(f"{corpus.base}sparql"))
    for prefix in _VOCABULARIES:
        yield say(dataset, "void:vocabulary", NamedNode(PREFIXES[prefix]))
    for curie, number in _numbers(counts):
        yield say(dataset, curie, _count(number))
    yield from _provenance(corpus, say)
    for name, number in sorted(counts.graphs.items()):
        part = NamedNode(f"{corpus.base}dataset/graph/{name.removeprefix(corpus.base + 'graph/')}")
        yield say(dataset, "void:subset", part)
        yield say(part, "rdf:type", NamedNode(expand("void:Dataset")))
        yield say(part, "sd:name", NamedNode(name))
        yield say(part, "void:triples", _count(number))
        yield say(part, "dct:license", NamedNode("https://creativecommons.org/licenses/by/4.0/"))
    yield from _partitions(corpus, "class", counts.classes, "void:entities", say)
    yield from _partitions(corpus, "property", counts.properties, "void:triples", say)


def _numbers(counts: _Counts) -> Iterator[tuple[str, int]]:
    yield "void:triples", counts.triples
    yield "void:distinctSubjects", counts.subjects
    yield "void:distinctObjects", counts.objects
    yield "void:classes", len(counts.classes)
    yield "void:properties", len(counts.properties)


def _provenance(corpus: Corpus, say: _Say) -> Iterator[Quad]:
    build, software = NamedNode(f"{corpus.base}dataset/build"), NamedNode(f"{corpus.base}dataset/software")
    yield say(corpus.dataset, "prov:wasGeneratedBy", build)
    yield say(build, "rdf:type", NamedNode(expand("prov:Activity")))
    yield say(build, "prov:wasAssociatedWith", software)
    yield say(software, "rdf:type", NamedNode(expand("prov:SoftwareAgent")))
    yield say(software, "rdfs:label", Literal(f"allegata {__version__}", language="en"))


def _partitions(corpus: Corpus, kind: str, counts: Counter[str], counted: str, say: _Say) -> Iterator[Quad]:
    for iri, number in sorted(counts.items()):
        part = NamedNode(f"{corpus.base}dataset/{kind}/{_name(iri)}")
        yield say(corpus.dataset, f"void:{kind}Partition", part)
        yield say(part, f"void:{kind}", NamedNode(iri))
        yield say(part, counted, _count(number))


def _name(iri: str) -> str:
    for prefix, space in PREFIXES.items():
        if iri.startswith(space):
            return f"{prefix}-{iri.removeprefix(space)}"
    return iri.split("//", 1)[-1].replace("/", "-").replace("#", "-")


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=_INTEGER)
