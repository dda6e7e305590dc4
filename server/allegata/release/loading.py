"""Loads the store of a release, in which the union of all graphs is the default graph, and reads it back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import RdfFormat, Store

from allegata.corpus.quad_file import CHUNK, QuadFile
from allegata.corpus.sorted_lines import LineSorter, missing
from allegata.errors import ReleaseError


def load_store(master: QuadFile, union: Path, path: Path) -> None:
    """Load the master into a store on disk, with the set union of all graphs, in N-Triples, as its default graph.

    Raises ReleaseError where the store would alter a statement, with that statement.
    """
    store = Store(str(path))
    fill(store, master, union)
    with TemporaryDirectory(dir=master.path.parent) as scratch:
        altered = missing(master.lines(), _stored(store, Path(scratch)))
        if first := next(altered, None):
            number = 1 + sum(1 for _ in altered)
            raise ReleaseError(
                f"The store would alter {number} statement(s), the first is {first.decode().removesuffix(chr(10))}",
                remedy="Write its literal in the canonical form of its datatype.",
            )
    store.flush()


def fill(store: Store, master: QuadFile, union: Path) -> None:
    """Load the named graphs and their union into a store."""
    with TemporaryDirectory(dir=union.parent) as scratch:
        # In one go: what is loaded in two lies twice in the tables of a store. N-Quads without a graph are the default graph.
        both = Path(scratch) / "both.nq"
        with both.open("wb") as out:
            for part in (master.path, union):
                with part.open("rb") as lines:
                    shutil.copyfileobj(lines, out)
        store.bulk_load(path=str(both), format=RdfFormat.N_QUADS)


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
