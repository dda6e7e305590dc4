"""Loads the store of a release, in which the union of all graphs is the default graph, and reads it back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pyoxigraph import RdfFormat, Store

from allegata.corpus.quad_file import CHUNK, QuadFile
from allegata.corpus.sorted_lines import LineSorter, missing
from allegata.corpus.union import load
from allegata.errors import ReleaseError

#: How many statements are loaded at once.
_AT_ONCE: Final = 500_000


def load_store(master: QuadFile, path: Path) -> None:
    """Load the master into a store on disk, with the set union of all graphs as its default graph.

    Raises ReleaseError where the store would alter a statement, with that statement.
    """
    store = Store(str(path))
    fill(store, master)
    with TemporaryDirectory(dir=master.path.parent) as scratch:
        altered = missing(master.lines(), _stored(store, Path(scratch)))
        if first := next(altered, None):
            number = 1 + sum(1 for _ in altered)
            raise ReleaseError(
                f"The store would alter {number} statement(s), the first is {first.decode().removesuffix(chr(10))}",
                remedy="Write its literal in the canonical form of its datatype.",
            )
    store.flush()


def fill(store: Store, master: QuadFile) -> None:
    """Load the named graphs and their union into a store, some statements at once, which it holds several times meanwhile."""
    load(store, _with_union(master), RdfFormat.N_QUADS, _AT_ONCE)


def _with_union(master: QuadFile) -> Iterator[bytes]:
    """Yield the lines of the master, and each statement of the union behind the first: what both name is stored once then."""
    last = b""
    for line in master.lines():
        yield line
        statement = line[: line.rindex(b" <")]
        if statement != last:
            yield statement + b" .\n"
        last = statement


def _stored(store: Store, scratch: Path) -> Iterator[bytes]:
    """Read the named graphs of a store as sorted lines of the master."""
    sorter, dumped = LineSorter(scratch), scratch / "graph.nt"
    for graph in store.named_graphs():
        store.dump(str(dumped), format=RdfFormat.N_TRIPLES, from_graph=graph)
        end = f"{graph} .\n".encode()
        with dumped.open("rb") as lines:
            while chunk := list(islice(lines, CHUNK)):
                sorter.add(b"".join(line[:-2] + end for line in chunk))
    return sorter.lines()
