"""Holds the statements of a release that nobody vouches for: on disk, sorted, read in passes, within bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Quad, RdfFormat, parse

from allegata.corpus.quad_file import CHUNK, QuadFile, written
from allegata.corpus.rdf import rdf_format, syntax_reason
from allegata.corpus.sorted_lines import LineSorter
from allegata.errors import ReleaseError
from allegata.model.formats import RDF_XML, Format
from allegata.release.dumps import graph_files, write_union
from allegata.release.handle import MASTER, Release

#: The longest line of N-Quads: the parser takes no longer one either.
_LONGEST: Final = 1 << 24
#: How many times the statements that are expected are compared, and as many more as are read at once.
_MORE: Final = 2
#: How a document type begins, which may define words that stand for more and more of others (XML 1.0, section 4.1).
_TYPE: Final = b"<!DOCTYPE"


@dataclass(frozen=True)
class Master:
    """The master N-Quads of a release: the statements in canonical lines, and whether they stood there in order, each once."""

    quads: QuadFile
    is_sorted: bool
    scratch: Path

    @cached_property
    def graphs(self) -> Counter[str]:
        """Return the names of the graphs, each with the number of its statements."""
        return Counter(line[line.rindex(b" <") + 2 : -4].decode() for line in self.quads.lines())

    @cached_property
    def size(self) -> int:
        """Return the number of statements."""
        return self.graphs.total()

    @cached_property
    def union(self) -> Path:
        """Return the set union of all graphs, in a file of sorted N-Triples."""
        return write_union(self.quads, self.scratch / "union.nt")

    @cached_property
    def triples(self) -> int:
        """Return the number of statements in the set union of all graphs."""
        return sum(1 for _ in lines_of(self.union))

    def graph_files(self, base: str) -> dict[str, Path]:
        """Return the statements of each graph in a file of sorted N-Triples, by its name."""
        folder = self.scratch / "graphs"
        folder.mkdir(exist_ok=True)
        return graph_files(self.quads, folder, base)


def read_master(release: Release, scratch: Path) -> Master:
    """Read the master of a release into a folder; raise ReleaseError where it is damaged, beyond bounds, or no master."""
    raw = _unpack(release, MASTER, scratch / "master.nq")
    is_sorted, last = True, b""
    for number, line in enumerate(_checked_lines(raw), start=1):
        release.bounds.check_statements(MASTER, number)
        is_sorted, last = is_sorted and last < line, line
    quads = QuadFile.of(_in_graphs(_parsed(raw, MASTER, RdfFormat.N_QUADS)), scratch / "quads.nq")
    raw.unlink()
    return Master(quads, is_sorted, scratch)


def dumped(release: Release, name: str, form: Format, most: int, scratch: Path) -> Iterator[bytes]:
    """Return the statements of a dump as sorted lines; raise ReleaseError where it does not parse, or they are many more."""
    raw = _unpack(release, name, scratch / "dump", forbidden=_TYPE if form is RDF_XML else b"")
    try:
        return sorted_lines(_parsed(raw, name, rdf_format(form)), most, name, scratch)
    finally:
        raw.unlink()


def sorted_lines(quads: Iterable[Quad], most: int, name: str, scratch: Path) -> Iterator[bytes]:
    """Return statements that come in any order as sorted lines; raise ReleaseError where they are many more than `most`."""
    sorter, found = LineSorter(scratch), 0
    for chunk in written(quads):
        found += chunk.count(b"\n")
        if found > _MORE * most + CHUNK:
            raise ReleaseError(f"{name} holds more statements than the master, which has {most:,} of that kind.")
        sorter.add(chunk)
    return sorter.lines()


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, each with its end."""
    with path.open("rb") as file:
        yield from file


def _unpack(release: Release, name: str, target: Path, forbidden: bytes = b"") -> Path:
    """Write a file of a release unpacked; raise ReleaseError where it holds what it must not."""
    end = b""
    with target.open("wb") as out:
        for block in release.blocks(name):
            if forbidden and forbidden in end + block:
                raise ReleaseError(f"{name} has a document type, as none of a release has.")
            end = block[-len(forbidden) :] if forbidden else b""
            out.write(block)
    return target


def _checked_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of the master; raise ReleaseError for one that is too long, not UTF-8, or without an end."""
    with path.open("rb") as file:
        while line := file.readline(_LONGEST):
            if not line.endswith(b"\n"):
                wrong = "has a line that is too long" if len(line) == _LONGEST else "is cut short: its last line has no end"
                raise ReleaseError(f"{MASTER} {wrong}.")
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise ReleaseError(f"{MASTER} is not UTF-8: {error}") from None
            yield line


def _parsed(path: Path, name: str, syntax: RdfFormat) -> Iterator[Quad]:
    try:
        yield from parse(path=str(path), format=syntax)
    except SyntaxError as error:
        raise ReleaseError(f"{name} does not parse: line {error.lineno or 1}, {syntax_reason(error)}.") from None


def _in_graphs(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield statements; raise ReleaseError for one in no named graph, as no build writes any."""
    for quad in quads:
        if isinstance(quad.graph_name, BlankNode):
            raise ReleaseError("A blank node names a graph, as none may in a release.")
        if isinstance(quad.graph_name, DefaultGraph):
            raise ReleaseError("A statement stands in no named graph, as none may in a release.")
        yield quad


@dataclass
class Difference:
    """What sorted lines lack of those that are expected, and have besides: how many, and the first."""

    lost: int = 0
    added: int = 0
    example: bytes = b""

    def text(self) -> str:
        """Return the first statement in words for people."""
        return self.example.decode().removesuffix("\n").removesuffix(" .")


def difference(expected: Iterable[bytes], found: Iterable[bytes]) -> Difference:
    """Compare sorted lines, each once."""
    made = Difference()
    for line, is_added in _departures(iter(expected), iter(found)):
        if is_added:
            made.added += 1
        else:
            made.lost += 1
        # What is lost is told before what is added.
        if not made.example or (made.lost == 1 and not is_added):
            made.example = line
    return made


def _departures(expected: Iterator[bytes], found: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines that are in one of two alone, and whether that is the second."""
    one, other = next(expected, None), next(found, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(expected, None), next(found, None)
        elif other is None or (one is not None and one < other):
            assert one is not None
            yield one, False
            one = next(expected, None)
        else:
            yield other, True
            other = next(found, None)
