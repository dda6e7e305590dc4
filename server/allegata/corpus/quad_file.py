"""Keeps statements on disk, sorted: they are read in passes, and what is said of one thing without reading the rest."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from allegata.corpus.sorted_lines import LineSorter, merged

#: How many statements are written or read at once.
CHUNK: Final = 20_000
Quads: TypeAlias = "Collection[Quad] | QuadFile"


class QuadFile:
    """A file of N-Quads, sorted, each line once: the master form of the data."""

    def __init__(self, path: Path):
        self.path = path

    @classmethod
    def of(cls, quads: Iterable[Quad], path: Path) -> QuadFile:
        """Write statements that come in any order."""
        if isinstance(quads, QuadFile):
            return cls.merge(path, quads.lines())
        sorter = LineSorter(path.parent)
        for chunk in written(quads):
            sorter.add(chunk)
        return cls.merge(path, sorter.lines())

    @classmethod
    def merge(cls, path: Path, *parts: Iterable[bytes]) -> QuadFile:
        """Write sorted lines, those of several parts in one order."""
        with path.open("wb") as file:
            file.writelines(merged(*parts))
        return cls(path)

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, each with its end."""
        with self.path.open("rb") as file:
            yield from file

    def statements(self) -> Iterator[bytes]:
        """Yield each statement once, without its graph and without a dot; those of several graphs stand together."""
        last = b""
        for line in self.lines():
            statement = line[: line.rindex(b" <")]
            if statement != last:
                yield statement
            last = statement

    def __iter__(self) -> Iterator[Quad]:
        yield from parse(path=str(self.path), format=RdfFormat.N_QUADS)

    def __len__(self) -> int:
        return sum(1 for _ in self.lines())

    def __contains__(self, quad: object) -> bool:
        return isinstance(quad, Quad) and any(quad == found for found in self.about(quad.subject))

    def about(self, subject: object) -> Iterator[Quad]:
        """Yield what is stated of a thing."""
        yield from parsed(self._lines_of(f"{subject} ".encode()))

    def naming(self, term: NamedNode) -> Iterator[Quad]:
        """Yield the statements in which a name stands anywhere."""
        name = str(term).encode()
        yield from parsed(line for line in self.lines() if name in line)

    def _lines_of(self, start: bytes) -> Iterator[bytes]:
        """Find the first line with a beginning by halving the file, and yield it and those after it that have it."""
        low, high = 0, self.path.stat().st_size
        with self.path.open("rb") as file:
            while low < high:
                middle = (low + high) // 2
                file.seek(middle)
                if middle:
                    file.readline()
                line = file.readline()
                if line and line < start:
                    low = middle + 1
                else:
                    high = middle
            file.seek(low)
            if low:
                file.readline()
            for line in file:
                if line.startswith(start):
                    yield line
                elif line > start:
                    return


class _Subjects:
    """The things of which a file states anything."""

    def __init__(self, file: QuadFile):
        self._file = file

    def __contains__(self, thing: object) -> bool:
        return next(self._file.about(thing), None) is not None


def written(quads: Iterable[Quad] | Iterable[Triple]) -> Iterator[bytes]:
    """Yield statements as lines of N-Quads, many at once."""
    left = iter(quads)
    while chunk := list(islice(left, CHUNK)):
        yield serialize(chunk, format=RdfFormat.N_QUADS) or b""  # type: ignore[arg-type]


def parsed(lines: Iterable[bytes]) -> Iterator[Quad]:
    """Yield the statements of lines, many at once."""
    left = iter(lines)
    while chunk := list(islice(left, CHUNK)):
        yield from parse(b"".join(chunk), RdfFormat.N_QUADS)


def about(quads: Quads, *subjects: object) -> Iterator[Quad]:
    """Yield what is stated of some things."""
    if isinstance(quads, QuadFile):
        for subject in subjects:
            yield from quads.about(subject)
    else:
        yield from (quad for quad in quads if quad.subject in subjects)


def naming(quads: Iterable[Quad], term: NamedNode) -> Iterator[Quad]:
    """Yield the statements in which a name stands, from a file without parsing the rest."""
    yield from quads.naming(term) if isinstance(quads, QuadFile) else quads


def subjects(quads: Quads) -> Container[object]:
    """Return the things of which anything is stated."""
    return _Subjects(quads) if isinstance(quads, QuadFile) else frozenset(quad.subject for quad in quads)
