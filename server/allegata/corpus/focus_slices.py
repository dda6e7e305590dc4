"""Parts statements into slices of focus nodes, each with the context that shapes look at, so that shapes need no more at once.

What a shape looks at from a node follows from its paths (SHACL, section 2.3.1), of nested shapes too: steps along a property or
against it. A slice holds all that is said of its focus nodes, what those steps lead to, and the classes of whatever is reached.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store
from rdflib import RDF, RDFS, SH
from rdflib.collection import Collection
from rdflib.term import Node

#: Bytes of the statements about the focus nodes of a slice.
SLICE: Final = 7 << 20
#: How many statements of a property are kept by what they lead to; of others a store is asked.
_LITTLE: Final = 50_000
#: Of how many nodes the classes are remembered.
_REMEMBERED: Final = 50_000
_TYPE: Final = NamedNode(str(RDF.type))
_SUBCLASS: Final = NamedNode(str(RDFS.subClassOf))
#: What shapes can have that looks at more than paths lead to: constraints and targets that are queries, and paths without end.
_UNBOUNDED: Final = (SH.sparql, SH.js, SH.target, SH.zeroOrMorePath, SH.oneOrMorePath)
_NESTED: Final = (SH.node, SH.property, SH.qualifiedValueShape, SH["not"])
_LISTS: Final = (SH["and"], SH["or"], SH.xone)

#: A node as N-Triples has it: an IRI in brackets, or a node without name.
Name = bytes
Subject = NamedNode | BlankNode
Value = NamedNode | BlankNode | Literal


@dataclass
class Steps:
    """Where shapes go from a node: along a property or, `inverse`, against it, and on from there.

    `whole`: shapes look at all that is said of the node, and not at its classes alone.
    """

    along: dict[Name, Steps] = field(default_factory=dict)
    inverse: dict[Name, Steps] = field(default_factory=dict)
    whole: bool = False

    def step(self, predicate: Node, *, inverse: bool) -> Steps:
        """Return where a step leads, which is added where it is new."""
        return (self.inverse if inverse else self.along).setdefault(f"<{predicate}>".encode(), Steps())


@dataclass(frozen=True)
class Slice:
    """Statements as N-Triples, and the nodes whose findings count, as findings name them: all where none are given."""

    data: str
    focus: frozenset[str] | None = None
    #: Whether those are all IRIs.
    is_named: bool = False


def steps(shapes: rdflib.Graph) -> Steps | None:
    """Return where shapes go from their focus nodes; None where they may look at anything, or a shape refers to itself."""
    if any((None, term, None) in shapes for term in _UNBOUNDED):
        return None
    root = Steps()
    roots: set[Node] = set(shapes.subjects(RDF.type, SH.NodeShape)) | set(shapes.subjects(RDF.type, SH.PropertyShape))
    for target in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf):
        roots |= set(shapes.subjects(target, None))
    try:
        for shape in roots:
            _follow(shapes, shape, root, ())
    except RecursionError:
        return None
    for predicate in shapes.objects(None, SH.targetObjectsOf):
        root.step(predicate, inverse=True)
    return root


def _follow(shapes: rdflib.Graph, shape: Node, at: Steps, above: tuple[Node, ...]) -> None:
    """Add where a shape goes from a node."""
    if shape in above:
        raise RecursionError
    at.whole = at.whole or (shape, SH.closed, None) in shapes
    path = shapes.value(shape, SH.path)
    ends = _ends(shapes, path, [at], inverse=False) if path is not None else [at]
    members = [item for name in _LISTS for head in shapes.objects(shape, name) for item in Collection(shapes, head)]
    for nested in [*members, *(item for name in _NESTED for item in shapes.objects(shape, name))]:
        for end in ends:
            _follow(shapes, nested, end, (*above, shape))


def _ends(shapes: rdflib.Graph, path: Node, starts: list[Steps], *, inverse: bool) -> list[Steps]:
    """Add a path to where it starts, and return where it leads (SHACL, section 2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return [start.step(path, inverse=inverse) for start in starts]
    if (turned := shapes.value(path, SH.inversePath)) is not None:
        return _ends(shapes, turned, starts, inverse=not inverse)
    if (choices := shapes.value(path, SH.alternativePath)) is not None:
        return [end for choice in Collection(shapes, choices) for end in _ends(shapes, choice, starts, inverse=inverse)]
    if (maybe := shapes.value(path, SH.zeroOrOnePath)) is not None:
        return [*starts, *_ends(shapes, maybe, starts, inverse=inverse)]
    parts = list(Collection(shapes, path))
    for part in reversed(parts) if inverse else parts:
        starts = _ends(shapes, part, starts, inverse=inverse)
    return starts


def slices(store: Store, triples: Path, shapes: rdflib.Graph, *, share: int = 0, shares: int = 1) -> Iterator[Slice]:
    """Yield the slices of the triples of a file, sorted lines of N-Triples, which a store has too.

    With shares, every so manieth slice from the one of that number. Where shapes may look at anything, the whole is one slice.
    """
    found = steps(shapes)
    if found is None:
        if share == 0:
            yield Slice(triples.read_text("utf-8"))
        return
    with _lines(triples) as lines:
        context = _Context(store, lines, frozenset(_statements(store, None, _SUBCLASS, None)))
        for focus in lines.groups(share, shares):
            yield context.slice(focus, found)
            lines.forget()
        if share == 0 and {SH.targetNode, SH.targetObjectsOf} & set(shapes.predicates()):
            named, texts = _unspoken(store, lines, shapes)
            part = context.slice(named, found, texts)
            yield Slice(part.data, (part.focus or frozenset()) | {text.value for text in texts}, part.is_named and not texts)


class _Lines:
    """Lines of N-Triples in the order of their bytes, of which those about a node are found by halving."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self._data = data

    def groups(self, share: int = 0, shares: int = 1) -> Iterator[dict[Name, list[bytes]]]:
        """Yield lines by their subjects, in groups of so many bytes: every so manieth group from the one of that number."""
        for begin in range(share * SLICE, len(self._data), shares * SLICE):
            group: dict[Name, list[bytes]] = {}
            for line in self._data[self._subject_at(begin) : self._subject_at(begin + SLICE)].splitlines(keepends=True):
                group.setdefault(line[: line.index(b" ")], []).append(line)
            if group:
                yield group

    def _subject_at(self, place: int) -> int:
        """Return where, from a place on, the first line begins that is about another node than the one before."""
        if not 0 < place < len(self._data):
            return min(place, len(self._data))
        at = self._data.rfind(b"\n", 0, place - 1) + 1
        begin = self._data[at : self._data.find(b" ", at) + 1]
        while self._data[at : at + len(begin)] == begin:
            at = self._data.find(b"\n", at) + 1
        return at

    def forget(self) -> None:
        """Give back what was read of a file, which counts as memory of the process; it is read again where it is needed."""
        if isinstance(self._data, mmap.mmap):
            self._data.madvise(mmap.MADV_DONTNEED)

    def about(self, name: Name) -> Iterator[bytes]:
        """Yield the lines about a node."""
        begin, low, high = name + b" ", 0, len(self._data)
        while low < high:
            middle = self._data.rfind(b"\n", 0, (low + high) // 2) + 1
            end = self._data.find(b"\n", middle) + 1
            if self._data[middle:end] < begin:
                low = end
            else:
                high = middle
        while self._data[low : low + len(begin)] == begin:
            end = self._data.find(b"\n", low) + 1
            yield self._data[low:end]
            low = end


@contextmanager
def _lines(path: Path) -> Iterator[_Lines]:
    with path.open("rb") as file:
        if not path.stat().st_size:  # which mmap(2) does not take
            yield _Lines(b"")
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield _Lines(data)


class _Context:
    """What slices take their context from: a store, the lines of it, and the lines that each slice has."""

    def __init__(self, store: Store, lines: _Lines, always: frozenset[bytes]) -> None:
        self.store, self.lines, self.always = store, lines, always
        self._tables: dict[Name, dict[Name, list[bytes]] | None] = {}
        self._types = lru_cache(_REMEMBERED)(lambda name: tuple(_statements(store, _node(name), _TYPE, None)))

    def slice(self, focus: Mapping[Name, Iterable[bytes]], found: Steps, texts: Iterable[Literal] = ()) -> Slice:
        """Return the slice of focus nodes, given with the lines about them; of texts, what leads to them."""
        data = set(self.always)
        for text in texts:
            for predicate in found.inverse:
                data.update(_statements(self.store, None, NamedNode(predicate[1:-1].decode()), text))
        reached: list[tuple[Iterable[Name], Steps]] = [(focus, found)]
        while reached:
            names, at = reached.pop()
            onward: dict[int, tuple[dict[Name, None], Steps]] = {}
            for name in names:
                own = focus[name] if at is found else None
                for beyond, node in self._visit(name, at, data, own):
                    onward.setdefault(id(beyond), ({}, beyond))[0][node] = None
            reached += onward.values()
        named = all(name.startswith(b"<") for name in focus)
        return Slice(b"".join(data).decode(), frozenset(map(_said, focus)), named)

    def _visit(self, name: Name, at: Steps, data: set[bytes], own: Iterable[bytes] | None) -> Iterator[tuple[Steps, Name]]:
        """Take what is said of a node, and yield where to go from there; where shapes go no further, its classes alone count."""
        if own is None and not (at.along or at.inverse or at.whole):
            data.update(self._types(name))
            return
        for line in self.lines.about(name) if own is None else own:
            data.add(line)
            _, predicate, node = line[:-3].split(b" ", 2)
            if predicate in at.along and node.startswith((b"<", b"_")):
                yield at.along[predicate], node
        for predicate, beyond in at.inverse.items():
            for line in self._leading(predicate, name):
                data.add(line)
                yield beyond, line[: line.index(b" ")]

    def _leading(self, predicate: Name, name: Name) -> Iterable[bytes]:
        """Return what leads to a node along a property: most properties that shapes go against have few statements."""
        if predicate not in self._tables:
            self._tables[predicate] = self._table(predicate)
        table = self._tables[predicate]
        if table is None:
            return _statements(self.store, None, NamedNode(predicate[1:-1].decode()), _node(name))
        return table.get(name, ())

    def _table(self, predicate: Name) -> dict[Name, list[bytes]] | None:
        """Return the statements of a property by what they lead to, or nothing where they are many."""
        found = list(islice(_statements(self.store, None, NamedNode(predicate[1:-1].decode()), None), _LITTLE + 1))
        table: dict[Name, list[bytes]] = {}
        for line in found:
            table.setdefault(line[:-3].split(b" ", 2)[2], []).append(line)
        return table if len(found) <= _LITTLE else None


def _unspoken(store: Store, lines: _Lines, shapes: rdflib.Graph) -> tuple[dict[Name, list[bytes]], list[Literal]]:
    """Return the nodes and the texts that shapes may look at and that nothing is said of."""
    named = {
        f"<{node}>".encode(): list[bytes]() for node in shapes.objects(None, SH.targetNode) if isinstance(node, rdflib.URIRef)
    }
    texts = [Literal(str(node)) for node in shapes.objects(None, SH.targetNode) if isinstance(node, rdflib.Literal)]
    for predicate in shapes.objects(None, SH.targetObjectsOf):
        for quad in store.quads_for_pattern(None, NamedNode(str(predicate)), None, DefaultGraph()):
            if isinstance(quad.object, Literal):
                texts.append(quad.object)
            else:
                named[str(quad.object).encode()] = []
    return {name: [] for name in named if not any(lines.about(name))}, texts


def _statements(store: Store, subject: Subject | None, predicate: NamedNode, value: Value | None) -> Iterator[bytes]:
    for quad in store.quads_for_pattern(subject, predicate, value, DefaultGraph()):
        yield f"{quad.subject} {quad.predicate} {quad.object} .\n".encode()


def _node(name: Name) -> Subject:
    return NamedNode(name[1:-1].decode()) if name.startswith(b"<") else BlankNode(name[2:].decode())


def _said(name: Name) -> str:
    """Return a node as findings name it."""
    return name[1:-1].decode() if name.startswith(b"<") else name.decode()
