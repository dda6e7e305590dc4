"""Counts what there is in statements: over the union of the graphs, and for each graph, class and property."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from allegata.corpus.quad_file import CHUNK
from allegata.corpus.sorted_lines import LineSorter
from allegata.errors import ReleaseError
from allegata.model.namespaces import expand

_TYPE = f"<{expand('rdf:type')}>"
#: How often classes of a thing may meet its properties, for each statement and besides: nobody counts more numbers than that.
_MEETINGS: Final = 64
_MORE_MEETINGS: Final = 1_000_000


@dataclass
class Counts:
    """What there is in a set of statements: numbers over the union of the graphs, and for each graph."""

    triples: int = 0
    subjects: int = 0
    objects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    graphs: Counter[str] = field(default_factory=Counter)
    #: Statements by the class of their subject and their property.
    uses: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: How often classes of a thing met its properties.
    meetings: int = 0

    @classmethod
    def of(cls, lines: Iterable[bytes], folder: Path | None = None) -> Counts:
        """Count sorted lines of the master in one pass; the objects are sorted in a folder where they are many."""
        counts, objects = cls(), LineSorter(folder or Path(tempfile.gettempdir()))
        last, last_subject, held = b"", b"", list[bytes]()
        about = Subject()
        for line in lines:
            statement, _, graph = line.rpartition(b" <")
            counts.graphs[graph[:-4].decode()] += 1
            if statement == last:
                continue
            last = statement
            subject, predicate, value = statement.split(b" ", 2)
            if subject != last_subject:
                counts.add_uses(about)
                about = Subject()
            counts.add(predicate.decode(), value.decode(), subject != last_subject)
            about.add(predicate.decode(), value.decode())
            last_subject = subject
            held.append(value)
            if len(held) >= CHUNK:
                objects.add(b"\n".join([*held, b""]))
                held.clear()
        objects.add(b"\n".join([*held, b""]))
        counts.add_uses(about)
        counts.objects = sum(1 for _ in objects.lines())
        return counts

    def add_uses(self, about: Subject) -> None:
        """Add the statements of a thing by class and property; raise ReleaseError where the two meet too often."""
        self.meetings += len(about.classes) * len(about.properties)
        if self.meetings > _MORE_MEETINGS + _MEETINGS * self.triples:
            raise ReleaseError("There are too many properties of things of too many classes to be counted.")
        self.uses.update(about.uses())

    def add(self, predicate: str, value: str, new_subject: bool) -> None:
        """Count a statement; terms are written as N-Triples has them."""
        self.triples += 1
        self.subjects += new_subject
        self.properties[predicate[1:-1]] += 1
        if predicate == _TYPE and value.startswith("<"):
            self.classes[value[1:-1]] += 1

    def of_naming(self, naming: str) -> Counter[str]:
        """Return the counts of what a property names: graphs, classes or properties."""
        return {"sd:name": self.graphs, "void:class": self.classes, "void:property": self.properties}[naming]


@dataclass
class Subject:
    """What is stated of one thing: its classes, and how often each property."""

    classes: list[str] = field(default_factory=list)
    properties: Counter[str] = field(default_factory=Counter)

    def add(self, predicate: str, value: str) -> None:
        """Add a statement; terms are written as N-Triples has them."""
        self.properties[predicate[1:-1]] += 1
        if predicate == _TYPE and value.startswith("<"):
            self.classes.append(value[1:-1])

    def uses(self) -> dict[tuple[str, str], int]:
        """Return the number of statements for each class with each property."""
        return {(kind, name): number for kind in self.classes for name, number in self.properties.items()}
