"""Keeps the set union of the graphs of a corpus: lines on disk, to which others are added, and a store of all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import Quad, RdfFormat, Store, Triple, parse

from allegata.corpus.quad_file import CHUNK
from allegata.corpus.sorted_lines import merged, missing

#: How many statements are loaded into a store on disk at once, which holds them several times meanwhile.
_LOADED: Final = 250_000


class Union:
    """Statements without their graphs, each once: sorted lines of N-Triples in several files, and a store that holds them."""

    def __init__(self, stated: Path, folder: Path, *, on_disk: bool = False):
        """Begin with a file of statements; whatever is added is kept in a folder, the store too where it is to be on disk."""
        self._parts, self._folder, self.on_disk = [stated], folder, on_disk
        self._store: Store | None = None
        self._loaded = 0

    @property
    def parts(self) -> int:
        """Return of how many files it is made; what is added from now on is in those behind."""
        return len(self._parts)

    @property
    def size(self) -> int:
        """Return the bytes of its lines."""
        return sum(path.stat().st_size for path in self._parts)

    @property
    def folder(self) -> Path:
        """Return the folder for whatever is made of it."""
        return self._folder

    @property
    def place(self) -> Path:
        """Return where the store is, where it is on disk."""
        return self._folder / "union"

    def lines(self, since: int = 0) -> Iterator[bytes]:
        """Yield the lines in order, all or those of the parts from one on."""
        with ExitStack() as stack:
            yield from merged(*[stack.enter_context(path.open("rb")) for path in self._parts[since:]])

    def add(self, lines: Iterable[bytes], known: Store | None = None) -> bool:
        """Add of sorted lines those that are not there yet, as far as a store knows; return whether there are any."""
        path = self._folder / f"part-{self.parts}.nt"
        with path.open("wb") as file:
            file.writelines(self._new(lines, known or (self.store if self._store is not None else None)))
        if path.stat().st_size:
            self._parts.append(path)
        return bool(path.stat().st_size)

    def _new(self, lines: Iterable[bytes], known: Store | None) -> Iterator[bytes]:
        """Yield of sorted lines those that are not there: by a store where there is one, and else by a look at all."""
        if known is None:
            yield from missing(lines, self.lines())
            return
        left = iter(lines)
        while chunk := list(islice(left, CHUNK)):
            for line, quad in zip(chunk, parse(b"".join(chunk), RdfFormat.N_TRIPLES), strict=True):
                if quad not in known:
                    yield line

    @property
    def store(self) -> Store:
        """Return a store with all statements."""
        if self._store is None:
            self._store = Store(str(self.place)) if self.on_disk else Store()
        for path in self._parts[self._loaded :]:
            with path.open("rb") as lines:
                load(self._store, lines, RdfFormat.N_TRIPLES)
        self._loaded = self.parts
        return self._store

    def close(self) -> None:
        """Close a store on disk, so that others can open it; what was loaded piece by piece is put together first."""
        self.store.optimize()
        self.store.flush()
        self._store, self._loaded = None, 0


class UnionPart:
    """Those statements of a union that somebody looks at or makes, in a store in memory; what is added to the union comes too."""

    def __init__(self, union: Union, is_wanted: Callable[[bytes], bool]):
        self._union, self._is_wanted = union, is_wanted
        self._store, self._loaded = Store(), 0

    @property
    def store(self) -> Store:
        """Return the store."""
        if self._loaded < self._union.parts:
            load(self._store, filter(self._is_wanted, self._union.lines(self._loaded)), RdfFormat.N_TRIPLES)
            self._loaded = self._union.parts
        return self._store


class UnionStore:
    """A store that several processes read: one in memory is shared by those that are forked, one on disk is opened by each."""

    def __init__(self, place: Store | Path):
        self._place, self.on_disk = place, isinstance(place, Path)
        self._opened: dict[int, Store] = {}

    @property
    def store(self) -> Store:
        """Return the store, to read from."""
        if isinstance(self._place, Store):
            return self._place
        if os.getpid() not in self._opened:
            self._opened[os.getpid()] = Store.read_only(str(self._place))
        return self._opened[os.getpid()]

    def extend(self, triples: Iterable[Triple]) -> None:
        """Add statements, which are seen by this process alone."""
        if isinstance(self._place, Store):
            self._place.extend(Quad(t.subject, t.predicate, t.object) for t in triples)
            return
        self._opened.pop(os.getpid(), None)
        writer = Store(str(self._place))
        writer.extend(Quad(t.subject, t.predicate, t.object) for t in triples)
        writer.flush()


def load(store: Store, lines: Iterable[bytes], form: RdfFormat, at_once: int = _LOADED) -> None:
    """Load lines into a store, so many at once."""
    left = iter(lines)
    while chunk := b"".join(islice(left, at_once)):
        store.bulk_load(chunk, form)
