"""Describes a release in its own terms: VoID counts and partitions, graphs by name, licence, version, how it was made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from allegata import __version__
from allegata.corpus.description import describe_corpus
from allegata.corpus.quad_file import QuadFile, Quads, naming
from allegata.corpus.rdf import iri_of
from allegata.corpus.reader import Corpus, nquads_lines
from allegata.errors import ReleaseError
from allegata.model.formats import GZIP, Use, serving
from allegata.model.namespaces import PREFIXES, expand, split_name
from allegata.release.counts import Counts, Subject

_INTEGER = NamedNode(expand("xsd:integer"))
#: Properties by which a part of the description names what it counts.
_NAMING = ("sd:name", "void:class", "void:property")
#: How many statements a description has at most.
_MOST_SAID: Final = 500_000
_COUNT: Final = re.compile(r"\d{1,18}", re.ASCII)
_Say = Callable[[NamedNode, str, NamedNode | Literal], Quad]
_VOCABULARIES = ("alg", "dcat", "dct", "oa", "org", "prov", "schema", "skos", "spdx", "sssom")
#: Those of the description itself.
_FURTHER = ("void", "sd", "owl", "rdfs")


def describe(corpus: Corpus, quads: QuadFile, union: Store) -> list[Quad]:
    """Return the statements of the meta graph, with exact counts that include the meta graph itself.

    The description has as many statements whatever the numbers in it are, so it is made twice: once to be counted. The number of
    distinct objects is an object itself; where none fits, because the one that would is stated of something else too, one more
    vocabulary is named, which is one more object. `union` holds the set union of the statements.
    """
    data = Counts.of(quads.lines(), quads.path.parent)
    for further in range(len(_FURTHER) + 1):
        if settled := _settled(corpus, _Wider(data, union), (*_VOCABULARIES, *_FURTHER[:further])):
            return settled
    raise ReleaseError("The description of the release does not settle on its own numbers.")


def _settled(corpus: Corpus, data: _Wider, vocabularies: Sequence[str]) -> list[Quad]:
    """Make the description until its numbers are those that are counted with it; return nothing where that never comes."""
    draft: list[Quad] = []
    for _ in range(8):
        counted = list(_statements(corpus, data.with_more(draft), vocabularies))
        if counted == draft:
            return draft
        draft = counted
    return []


def recount(quads: Quads, base: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield every count that a description states as (subject, property, stated, counted).

    Raises ReleaseError where it says more than any description does.
    """
    lines = quads.lines() if isinstance(quads, QuadFile) else (f"{line}\n".encode() for line in nquads_lines(list(quads)))
    counts = Counts.of(lines, quads.path.parent if isinstance(quads, QuadFile) else None)
    graph = NamedNode(f"{base}graph/meta")
    meta = list(islice((quad for quad in naming(quads, graph) if quad.graph_name == graph), _MOST_SAID + 1))
    if len(meta) > _MOST_SAID:
        raise ReleaseError(f"The release describes itself in more than {_MOST_SAID:,} statements.")
    about = {curie: {quad.subject: quad.object for quad in meta if quad.predicate.value == expand(curie)} for curie in _NAMING}
    whole = dict(_numbers(counts))
    parts = [quad for quad in meta if quad.predicate.value == expand("void:propertyPartition")]
    inside = {quad.object: quad.subject for quad in parts if quad.subject in about["void:class"]}
    for quad in meta:
        curie = next((name for name in (*whole, "void:entities") if quad.predicate.value == expand(name)), None)
        if curie is None or not isinstance(quad.object, Literal):
            continue
        kind = next((name for name in _NAMING if quad.subject in about[name]), None)
        if kind and quad.subject in inside:
            counted = counts.uses[_named(about["void:class"][inside[quad.subject]]), _named(about[kind][quad.subject])]
        else:
            counted = whole[curie] if kind is None else counts.of_naming(kind)[_named(about[kind][quad.subject])]
        yield _named(quad.subject), curie, _number(quad.object), counted


def _named(term: object) -> str:
    """Return what a term says, which is no name where a description is not one of ours."""
    return str(getattr(term, "value", ""))


def _number(literal: Literal) -> int:
    """Return a number; one that no count is, where there is none."""
    return int(literal.value) if _COUNT.fullmatch(literal.value) else -1


@dataclass(frozen=True)
class _Wider:
    """The counts of some statements, and what they would be with more; the store says what is there already."""

    counts: Counts
    union: Store

    def with_more(self, quads: Sequence[Quad]) -> Counts:
        """Return the counts with some statements of a new graph added."""
        known = self.counts
        more = replace(known, **{name: getattr(known, name).copy() for name in ("classes", "properties", "graphs", "uses")})
        added: set[object] = set()
        about: dict[object, Subject] = {}
        subjects: set[object] = set()
        objects: set[object] = set()
        for quad in dict.fromkeys(quads):
            more.graphs[iri_of(quad.graph_name)] += 1
            if quad.triple in added or Quad(quad.subject, quad.predicate, quad.object) in self.union:
                continue
            added.add(quad.triple)
            if quad.subject not in about:
                about[quad.subject] = self._about(quad.subject)
                more.uses.subtract(about[quad.subject].uses())
            about[quad.subject].add(str(quad.predicate), str(quad.object))
            is_new = quad.subject not in subjects and not self._knows(quad.subject, None)
            more.add(str(quad.predicate), str(quad.object), is_new)
            subjects.add(quad.subject)
            if quad.object not in objects and not self._knows(None, quad.object):
                more.objects += 1
            objects.add(quad.object)
        for thing in about.values():
            more.uses.update(thing.uses())
        return more

    def _about(self, subject: object) -> Subject:
        """Return what is stated of a thing already."""
        found = Subject()
        for quad in self.union.quads_for_pattern(subject, None, None, DefaultGraph()):  # type: ignore[arg-type]
            found.add(str(quad.predicate), str(quad.object))
        return found

    def _knows(self, subject: object, value: object) -> bool:
        found = self.union.quads_for_pattern(subject, None, value, DefaultGraph())  # type: ignore[arg-type]
        return next(iter(found), None) is not None


def _statements(corpus: Corpus, counts: Counts, vocabularies: Sequence[str]) -> Iterator[Quad]:
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
    yield from _uses(corpus, counts.uses, say)
    yield from _partitions(corpus, "property", counts.properties, "void:triples", say)


def _numbers(counts: Counts) -> Iterator[tuple[str, int]]:
    yield "void:triples", counts.triples
    yield "void:distinctSubjects", counts.subjects
    yield "void:distinctObjects", counts.objects
    yield "void:classes", len(counts.classes)
    yield "void:properties", len(counts.properties)


def _part(corpus: Corpus, name: str) -> NamedNode:
    """Name the description of a named graph."""
    return NamedNode(f"{corpus.base}dataset/graph/{name.removeprefix(corpus.base + 'graph/')}")


def _parts(corpus: Corpus, counts: Counts, say: _Say) -> Iterator[Quad]:
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


def _provenance(corpus: Corpus, counts: Counts, say: _Say) -> Iterator[Quad]:
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


def _uses(corpus: Corpus, counts: Counter[tuple[str, str]], say: _Say) -> Iterator[Quad]:
    """Part what is stated of the things of each class by property (VoID, section 4.5)."""
    for (kind, name), number in sorted(counts.items()):
        if number:
            whole = NamedNode(f"{corpus.base}dataset/class/{_name(kind)}")
            part = NamedNode(f"{whole.value}/property/{_name(name)}")
            yield say(whole, "void:propertyPartition", part)
            yield say(part, "void:property", NamedNode(name))
            yield say(part, "void:triples", _count(number))


def _name(iri: str) -> str:
    prefix, local = split_name(iri)
    if prefix:
        return f"{prefix}-{local}"
    return iri.split("//", 1)[-1].replace("/", "-").replace("#", "-")


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=_INTEGER)
