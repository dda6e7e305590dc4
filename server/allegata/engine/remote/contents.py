"""What an engine is to hold of a release: its graphs under names of their own, their unions, and the sign that all is there."""

from __future__ import annotations

import gzip
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import IO, Final, cast

from pyoxigraph import Quad, RdfFormat, parse

from allegata.engine.remote.names import PUSHED, Loaded, names
from allegata.errors import ReleaseError
from allegata.release.handle import MASTER, Release

_TOGETHER: Final = 20_000
_HELD: Final = 200_000
_SAMPLES: Final = 50
_LINE: Final = re.compile(rb"(.* )<([^<>]*)> \.\n?")
_UNNAMED: Final = re.compile(rb"_:|\S+ \S+ _:")


class Contents:
    """The statements of a release for an engine; counts and overlaps are known when `pieces` has come to its end."""

    def __init__(self, release: Release) -> None:
        self._release, self.names = release, names(release.manifest)
        self.counts: Counter[str] = Counter()
        self._overlaps: set[tuple[str, str]] = set()

    @property
    def graphs(self) -> tuple[str, ...]:
        """Return the names of the graphs in the engine, without that of the sign."""
        return (self.names.union, self.names.stated, *self.names.by_engine)

    @property
    def loaded(self) -> Loaded:
        """Return what the sign says."""
        quads = sum(self.counts[name] for name in self.names.by_engine)
        return Loaded(quads, self.counts[self.names.union], self.counts[self.names.stated], tuple(sorted(self._overlaps)))

    @property
    def sign(self) -> bytes:
        """Return the statement that says that all is there."""
        value = self.loaded.to_json().replace("\\", "\\\\").replace('"', '\\"')
        return f'<{self.names.root}> <{PUSHED}> "{value}" .\n'.encode()

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        """Yield triples for each graph, in pieces; only so many are held at a time. Raise ReleaseError."""
        held: dict[str, list[bytes]] = defaultdict(list)
        number = 0
        for graph, triple in self._statements():
            held[graph].append(triple)
            self.counts[graph] += 1
            number += 1
            if len(held[graph]) >= _TOGETHER or number >= _HELD:
                fullest = max(held, key=lambda name: len(held[name]))
                number -= len(held[fullest])
                yield fullest, b"".join(held.pop(fullest))
        for graph in sorted(held):
            yield graph, b"".join(held[graph])

    def sample(self) -> Iterator[Quad]:
        """Yield statements from the whole length of the release."""
        step = max(1, self._release.manifest.quads // _SAMPLES)
        lines = enumerate(_lines(self._release))
        yield from parse(
            b"".join(line + b".\n" for number, (line, _) in lines if number % step == step // 2), RdfFormat.N_TRIPLES
        )

    def _statements(self) -> Iterator[tuple[str, bytes]]:
        """Yield each triple for its graph, and once for each union; in the master, equal ones stand side by side."""
        last, before, is_stated = b"", list[str](), False
        for statement, graph in _lines(self._release):
            if graph not in self.names.by_plain:
                raise ReleaseError(f"The manifest does not list the graph <{graph}>.", remedy="Build the release anew.")
            triple = statement + b".\n"
            yield self.names.by_plain[graph], triple
            if statement != last:
                last, before, is_stated = statement, [], False
                yield self.names.union, triple
            if graph != self.names.inferred and not is_stated:
                is_stated = True
                yield self.names.stated, triple
            self._overlaps |= {(min(one, graph), max(one, graph)) for one in before}
            before.append(graph)


def _lines(release: Release) -> Iterator[tuple[bytes, str]]:
    """Yield each statement of a release with its graph, as they stand in the checked master; raise ReleaseError."""
    with gzip.open(io.BytesIO(release.read_checked(MASTER))) as lines:
        for line in cast(IO[bytes], lines):
            found = _LINE.fullmatch(line)
            if found is None or _UNNAMED.match(line):
                raise ReleaseError(f"{MASTER} has a line that cannot be pushed: {line[:80]!r}.", remedy="Name every node.")
            yield found.group(1), found.group(2).decode()
