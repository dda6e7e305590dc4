"""Describes a release in its own terms: VoID counts and partitions, graphs by name, licence, version, how it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from pyoxigraph import Literal, NamedNode, Quad

from allegata import __version__
from allegata.corpus.description import describe_corpus
from allegata.corpus.rdf import iri_of
from allegata.corpus.reader import Corpus, nquads_lines, split_line
from allegata.errors import ReleaseError
from allegata.model.formats import GZIP, Use, serving
from allegata.model.namespaces import PREFIXES, expand, split_name

_TYPE = f"<{expand('rdf:type')}>"
_INTEGER = NamedNode(expand("xsd:integer"))
#: Properties by which a part of the description names what it counts.
_NAMING = ("sd:name", "void:class", "void:property")
_Say = Callable[[NamedNode, str, NamedNode | Literal], Quad]
_VOCABULARIES = ("alg", "dcat", "dct", "oa", "org", "prov", "schema", "skos", "spdx", "sssom")
#: Those of the description itself.
_FURTHER = ("void", "sd", "owl", "rdfs")


def describe(corpus: Corpus, quads: Sequence[Quad]) -> list[Quad]:
    """Return the statements of the meta graph, with exact counts that include the meta graph itself.

    The description has as many statements whatever the numbers in it are, so it is made twice: once to be counted. The number of
    distinct objects is an object itself; where none fits, because the one that would is stated of something else too, one more
    vocabulary is named, which is one more object.
    """
    data = _Counts()
    data.add(nquads_lines(quads))
    for further in range(len(_FURTHER) + 1):
        if settled := _settled(corpus, data, (*_VOCABULARIES, *_FURTHER[:further])):
            return settled
    raise ReleaseError("The description of the release does not settle on its own numbers.")


def _settled(corpus: Corpus, data: _Counts, vocabularies: Sequence[str]) -> list[Quad]:
    """Make the description until its numbers are those that are counted with it; return nothing where that never comes."""
    draft: list[Quad] = []
    for _ in range(5):
        counted = list(_statements(corpus, data.with_more(nquads_lines(draft)), vocabularies))
        if counted == draft:
            return draft
        draft = counted
    return []


def recount(quads: Sequence[Quad], base: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield every count that a description states as (subject, property, stated, counted)."""
    counts = _Counts()
    counts.add(nquads_lines(quads))
    meta = [quad for quad in quads if quad.graph_name == NamedNode(f"{base}graph/meta")]
    about = {curie: {quad.subject: quad.object for quad in meta if quad.predicate.value == expand(curie)} for curie in _NAMING}
    whole = dict(_numbers(counts))
    for quad in meta:
        curie = next((name for name in (*whole, "void:entities") if quad.predicate.value == expand(name)), None)
        if curie is None or not isinstance(quad.object, Literal):
            continue
        kind = next((name for name in _NAMING if quad.subject in about[name]), None)
        counted = whole[curie] if kind is None else counts.of(kind)[iri_of(about[kind][quad.subject])]
        yield iri_of(quad.subject), curie, int(quad.object.value), counted


class _Counts:
    """What there is in a set of statements: numbers over the union of the graphs, and for each graph."""

    def __init__(self) -> None:
        self.classes: Counter[str] = Counter()
        self.properties: Counter[str] = Counter()
        self.graphs: Counter[str] = Counter()
        self.known: set[str] = set()
        self.subjects: set[str] = set()
        self.objects: set[str] = set()

    def add(self, lines: Iterable[str]) -> None:
        """Count more lines of the master; none may be given twice."""
        for line in lines:
            statement, graph = split_line(line)
            self.graphs[graph] += 1
            if statement in self.known:
                continue
            self.known.add(statement)
            subject, predicate, value = statement.split(" ", 2)
            self.properties[predicate[1:-1]] += 1
            self.subjects.add(subject)
            self.objects.add(value)
            if predicate == _TYPE and value.startswith("<"):
                self.classes[value[1:-1]] += 1

    def of(self, naming: str) -> Counter[str]:
        """Return the counts of what a property names: graphs, classes or properties."""
        return {"sd:name": self.graphs, "void:class": self.classes, "void:property": self.properties}[naming]

    def with_more(self, lines: Iterable[str]) -> _Counts:
        """Return the counts with some lines added."""
        more = _Counts()
        more.classes, more.properties, more.graphs = self.classes.copy(), self.properties.copy(), self.graphs.copy()
        more.known, more.subjects, more.objects = self.known.copy(), self.subjects.copy(), self.objects.copy()
        more.add(lines)
        return more


def _statements(corpus: Corpus, counts: _Counts, vocabularies: Sequence[str]) -> Iterator[Quad]:
    dataset, graph = corpus.dataset, corpus.meta_graph

    def say(subject: NamedNode, curie: str, value: NamedNode | Literal) -> Quad:
        return Quad(subject, NamedNode(expand(curie)), value, graph)

    yield say(dataset, "dct:conformsTo", NamedNode(f"{corpus.base}ns"))
    yield say(dataset, "void:sparqlEndpoint", NamedNode(f"{corpus.base}sparql"))
    for form in serving(Use.DUMPS):
        name = f"allegata.{form.suffix}.{GZIP.suffix}"
        yield say(dataset, "void:dataDump", NamedNode(f"{corpus.base}release/{corpus.version}/dumps/{name}"))
    for prefix in vocabularies:
        yield say(dataset, "void:vocabulary", NamedNode(PREFIXES[prefix]))
    for curie, number in _numbers(counts):
        yield say(dataset, curie, _count(number))
    yield from _provenance(corpus, counts, say)
    yield from _parts(corpus, counts, say)
    yield from _partitions(corpus, "class", counts.classes, "void:entities", say)
    yield from _partitions(corpus, "property", counts.properties, "void:triples", say)


def _numbers(counts: _Counts) -> Iterator[tuple[str, int]]:
    yield "void:triples", len(counts.known)
    yield "void:distinctSubjects", len(counts.subjects)
    yield "void:distinctObjects", len(counts.objects)
    yield "void:classes", len(counts.classes)
    yield "void:properties", len(counts.properties)


def _part(corpus: Corpus, name: str) -> NamedNode:
    """Name the description of a named graph."""
    return NamedNode(f"{corpus.base}dataset/graph/{name.removeprefix(corpus.base + 'graph/')}")


def _parts(corpus: Corpus, counts: _Counts, say: _Say) -> Iterator[Quad]:
    """Describe each named graph by its name (SPARQL 1.1 Service Description, section 3.4): its size, licence and rights."""
    said = describe_corpus(corpus)
    for name, number in sorted(counts.graphs.items()):
        part = _part(corpus, name)
        yield say(corpus.dataset, "void:subset", part)
        yield say(part, "rdf:type", NamedNode(expand("void:Dataset")))
        yield say(part, "sd:name", NamedNode(name))
        yield say(part, "void:triples", _count(number))
        yield say(part, "void:inDataset", corpus.dataset)
        path = name.removeprefix(f"{corpus.base}graph/")
        yield say(part, "void:dataDump", NamedNode(f"{corpus.base}release/{corpus.version}/dumps/graphs/{path}.ttl.gz"))
        if said.licence:
            yield say(part, "dct:license", NamedNode(said.licence))
        if said.rights:
            yield say(part, "dct:rights", Literal(said.rights, language=said.text_language or None))


def _provenance(corpus: Corpus, counts: _Counts, say: _Say) -> Iterator[Quad]:
    """Return how the release was made (PROV-O): by which software, from which files, and which graphs the build itself made.

    No time is given: the same files make the same release on any day.
    """
    build, software = NamedNode(f"{corpus.base}dataset/build"), NamedNode(f"{corpus.base}dataset/software")
    yield say(corpus.dataset, "prov:wasGeneratedBy", build)
    yield say(build, "rdf:type", NamedNode(expand("prov:Activity")))
    yield say(build, "rdfs:label", Literal(f"Build of release {corpus.version}", language="en"))
    yield say(build, "prov:wasAssociatedWith", software)
    yield say(software, "rdf:type", NamedNode(expand("prov:SoftwareAgent")))
    yield say(software, "rdfs:label", Literal(f"allegata {__version__}", language="en"))
    yield say(software, "schema:softwareVersion", Literal(__version__))
    made = {corpus.inferred_graph.value, corpus.meta_graph.value}
    for name in sorted({*counts.graphs, *made}):
        if name in made:
            yield say(_part(corpus, name), "prov:wasGeneratedBy", build)
        else:
            yield say(build, "prov:used", _part(corpus, name))


def _partitions(corpus: Corpus, kind: str, counts: Counter[str], counted: str, say: _Say) -> Iterator[Quad]:
    for iri, number in sorted(counts.items()):
        part = NamedNode(f"{corpus.base}dataset/{kind}/{_name(iri)}")
        yield say(corpus.dataset, f"void:{kind}Partition", part)
        yield say(part, f"void:{kind}", NamedNode(iri))
        yield say(part, counted, _count(number))


def _name(iri: str) -> str:
    prefix, local = split_name(iri)
    if prefix:
        return f"{prefix}-{local}"
    return iri.split("//", 1)[-1].replace("/", "-").replace("#", "-")


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=_INTEGER)
