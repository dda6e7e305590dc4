"""Parts a corpus before anything is linked or inferred: what a release may hold, and what is withheld from it without a trace.

A record is withheld where its file, itself or its source is at a stricter level than the release, and where it would lose by
what is withheld something that it cannot be without. What is left is a function of what may be seen alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad
from rdflib import SH
from rdflib.collection import Collection
from rdflib.term import Node

from allegata.corpus.profiles import shape_folders
from allegata.corpus.quad_file import Quads, naming
from allegata.corpus.reader import Corpus
from allegata.corpus.validation import read_shapes
from allegata.errors import CorpusError
from allegata.model.namespaces import expand
from allegata.model.protection import CARRIED, FOLDER, FOLLOWED, LEVELS, PUBLIC, RESTRICTED, SPACE, level_name

_LEVEL: Final = NamedNode(expand("alg:protectionLevel"))
_REDACTS: Final = NamedNode(expand("alg:redacts"))
_TYPE: Final = NamedNode(expand("rdf:type"))
_SUBCLASS: Final = NamedNode(expand("rdfs:subClassOf"))
_FOLLOWED: Final = frozenset(NamedNode(expand(curie)) for curie in FOLLOWED)
_CARRIED: Final = frozenset(NamedNode(expand(curie)) for curie in CARRIED)
_PART: Final = re.compile(r"[/#]")
#: For a class the properties of which its things need some, and how many.
Needs = Mapping[str, tuple[tuple[frozenset[str], int], ...]]


@dataclass(frozen=True)
class Partition:
    """What a release may hold of a corpus, and for whoever builds it, by file, how much else there is."""

    corpus: Corpus
    #: Records that are marked and stand outside of restricted/, and those that only follow from others.
    misplaced: Mapping[str, int]
    following: Mapping[str, int]

    @property
    def withholds(self) -> bool:
        """Return whether anything was left out."""
        return bool(self.corpus.withheld)

    def notes(self) -> Iterator[str]:
        """Yield what whoever builds has to know; none of it goes into a release."""
        if self.withholds:
            yield f"{len(self.corpus.withheld):,} records are withheld from this release"
        for path, count in sorted(self.misplaced.items()):
            yield f"warning: {path} holds {count} records that are not for everybody; move them to {FOLDER}/"
        for path, count in sorted(self.following.items()):
            yield f"warning: {path} holds {count} records that rest on what is withheld and are too; move them to {FOLDER}/"


def partition(corpus: Corpus, *, restricted: bool = False) -> Partition:
    """Take out of a corpus what the public release, or the one for trusted users, may not hold.

    Raises CorpusError for a protection level that the scheme does not have, and for a redaction whose record is still in data/,
    with file and record.
    """
    parting = _Parting(corpus, LEVELS.index(RESTRICTED if restricted else PUBLIC))
    parting.check_redactions()
    marked = parting.marked()
    whole = parting.closure(marked)
    quads = parting.open
    if whole:
        quads = tuple(quad for quad in quads if not whole.intersection((quad.subject, quad.predicate, quad.object)))
    if restricted:
        quads = (*quads, Quad(corpus.dataset, _LEVEL, NamedNode(SPACE + RESTRICTED), corpus.meta_graph))
    glosses = tuple(triple for triple in corpus.glosses if triple.subject not in whole)
    words = tuple(quad for quad in corpus.translations if quad.subject not in whole and quad.graph_name not in parting.closed)
    level = RESTRICTED if restricted else ""
    kept = replace(corpus, quads=quads, translations=words, glosses=glosses, withheld=frozenset(whole), protection=level)
    return Partition(kept, parting.by_file(marked), parting.by_file(whole - marked))


def withheld_levels(corpus: Corpus) -> Mapping[NamedNode, str]:
    """Return the strictest level of what things are or rest on, for all that a public release may not hold."""
    found: dict[NamedNode, str] = {}
    for limit in range(LEVELS.index(PUBLIC), len(LEVELS) - 1):
        parting = _Parting(corpus, limit)
        found |= dict.fromkeys(parting.closure(parting.marked()), LEVELS[limit + 1])
    return found


def going_with(corpus: Corpus, things: Iterable[NamedNode]) -> set[NamedNode]:
    """Return what goes with things if they are withdrawn, whatever their level, themselves included."""
    return _Parting(corpus, len(LEVELS) - 1).closure(set(things))


class _Parting:
    """The statements of a corpus from the side of what may not be seen."""

    def __init__(self, corpus: Corpus, limit: int):
        self.corpus, self.limit = corpus, limit
        self.levels = _levels(corpus)
        closed = {graph for graph in corpus.files if self._file_level(graph) > limit}
        self.closed = frozenset(closed)
        #: Where nothing is closed, as in most corpora, these are the statements of the corpus, which may lie on disk.
        self.open: Quads = tuple(quad for quad in corpus.quads if quad.graph_name not in closed) if closed else corpus.quads

    def _file_level(self, graph: NamedNode) -> int:
        """Return the level of a file: that of its folder or the one stated of its graph, whichever is stricter."""
        inside = self.corpus.files[graph].is_relative_to(self.corpus.root / FOLDER)
        return max(LEVELS.index(RESTRICTED) if inside else 0, self.levels.get(graph, 0))

    def check_redactions(self) -> None:
        """Raise CorpusError where a redaction names a record that data/ still describes and that is not for everybody."""
        redacted = {quad.object for quad in naming(self.corpus.quads, _REDACTS) if quad.predicate == _REDACTS}
        hidden = {
            thing for thing in redacted if isinstance(thing, NamedNode) and self.levels.get(thing, 0) > LEVELS.index(PUBLIC)
        }
        for quad in self.corpus.quads if hidden else ():
            path = self.corpus.files.get(quad.graph_name, self.corpus.root)  # type: ignore[arg-type]
            if quad.subject in hidden and quad.predicate == _TYPE and path.is_relative_to(self.corpus.root / "data"):
                raise CorpusError(
                    f"{path}: {quad.subject} is redacted and is still described here.",
                    remedy=f"Take it out with: allegata withdraw; or move it and its redaction to {FOLDER}/.",
                )

    def marked(self) -> set[NamedNode]:
        """Return what is withheld by its own level, or because only files that are withheld describe it."""
        found = {thing for thing, level in self.levels.items() if level > self.limit}
        if self.closed:
            shown = {quad.subject for quad in self.open}
            typed = {quad.subject for quad in self.open if quad.predicate == _TYPE}
            for quad in self.corpus.quads:
                if quad.graph_name in self.closed and isinstance(quad.subject, NamedNode):
                    known = typed if quad.predicate == _TYPE else shown
                    found |= {quad.subject} - known
        return found

    def closure(self, marked: set[NamedNode]) -> set[NamedNode]:
        """Return what is withheld with what is marked: its parts, what it carries, and what cannot be without it."""
        if not marked:
            return set()
        whole, queue, links = set(marked), list(marked), _Links(self)
        for thing in queue:
            new = {item for item in links.touched(thing, whole) if item not in whole}
            whole |= new
            queue += new
        return whole

    def by_file(self, things: set[NamedNode]) -> Counter[str]:
        """Count things by the file outside of restricted/ that describes them."""
        found = {(quad.graph_name, quad.subject) for quad in self.open if quad.subject in things} if things else set()
        return Counter(str(self.corpus.files[graph]) for graph, _ in found if isinstance(graph, NamedNode))


class _Links:
    """Which statements lead to and from things, and what a thing cannot be without."""

    def __init__(self, parting: _Parting):
        self.inbound: dict[object, list[Quad]] = defaultdict(list)
        self.outbound: dict[object, list[Quad]] = defaultdict(list)
        self.carriers: dict[object, set[object]] = defaultdict(set)
        self.carried: dict[object, set[NamedNode]] = defaultdict(set)
        self.parts: dict[str, set[NamedNode]] = defaultdict(set)
        for quad in parting.open:
            self.outbound[quad.subject].append(quad)
            if isinstance(quad.object, NamedNode):
                self.inbound[quad.object].append(quad)
        for quad in parting.corpus.quads:
            if quad.predicate in _CARRIED and isinstance(quad.object, NamedNode):
                self.carriers[quad.object].add(quad.subject)
                self.carried[quad.subject].add(quad.object)
        for subject in self.outbound:
            if isinstance(subject, NamedNode):
                for end in _PART.finditer(subject.value):
                    self.parts[subject.value[: end.start()]].add(subject)
        self.needs = needs(*shape_folders(parting.corpus.quads, parting.corpus.root / "shapes"))
        self.wider = _Superclasses(parting.open)

    def touched(self, thing: NamedNode, whole: set[NamedNode]) -> Iterator[NamedNode]:
        """Yield what is withheld because a thing is."""
        yield from self.parts.get(thing.value, ())
        yield from (item for item in self.carried.get(thing, ()) if self.carriers[item] <= whole)
        for quad in self.inbound.get(thing, ()):
            follows = quad.predicate in _FOLLOWED or self._lacks(quad.subject, quad.predicate, whole)
            if follows and isinstance(quad.subject, NamedNode):
                yield quad.subject

    def _lacks(self, subject: object, predicate: NamedNode, whole: set[NamedNode]) -> bool:
        """Return whether too little is left of a property that a shape requires."""
        about = self.outbound[subject]
        classes = {above for quad in about if quad.predicate == _TYPE for above in self.wider(quad.object)}
        for paths, least in (need for name in classes for need in self.needs.get(name, ())):
            if predicate.value in paths:
                left = {quad.object for quad in about if quad.predicate.value in paths and quad.object not in whole}
                if len(left) < least:
                    return True
        return False


class _Superclasses:
    """Finds the classes above a class, itself included."""

    def __init__(self, quads: Iterable[Quad]):
        self._above: dict[object, set[object]] = defaultdict(set)
        for quad in quads:
            if quad.predicate == _SUBCLASS:
                self._above[quad.subject].add(quad.object)

    def __call__(self, term: object) -> set[str]:
        found, queue = {term}, [term]
        for item in queue:
            new = self._above.get(item, set()) - found
            found |= new
            queue += new
        return {item.value for item in found if isinstance(item, NamedNode)}


def needs(*shapes: Path) -> Needs:
    """Return what shapes require of the things of each class: properties, and how many values they have at least."""
    graph, found = read_shapes(*shapes), defaultdict(list)
    for shape, target in graph.subject_objects(SH.targetClass):
        for part in graph.objects(shape, SH.property):
            least, path = graph.value(part, SH.minCount), graph.value(part, SH.path)
            if least is not None and path is not None and int(str(least)) > 0:
                either = graph.value(path, SH.alternativePath)
                paths: list[Node] = list(Collection(graph, either)) if either is not None else [path]
                found[str(target)].append((frozenset(map(str, paths)), int(str(least))))
    return {name: tuple(listed) for name, listed in found.items()}


def _levels(corpus: Corpus) -> dict[NamedNode, int]:
    """Return the strictest level that is stated of each thing; raise CorpusError for a level that there is not."""
    found: dict[NamedNode, int] = {}
    for quad in naming(corpus.quads, _LEVEL):
        if quad.predicate != _LEVEL or not isinstance(quad.subject, NamedNode):
            continue
        name = level_name(quad.object.value) if isinstance(quad.object, NamedNode) else None
        if name is None:
            path = corpus.files.get(quad.graph_name, corpus.root)  # type: ignore[arg-type]
            raise CorpusError(
                f"{path}: {quad.subject.value} has the protection level {quad.object}, which there is not.",
                remedy=f"Give it one of {', '.join(f'<{SPACE}{level}>' for level in LEVELS)}.",
            )
        found[quad.subject] = max(found.get(quad.subject, 0), LEVELS.index(name))
    return found
