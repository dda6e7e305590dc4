"""Writes a generated corpus file after file: the same files for the same size and seed, and never more than one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from allegata.corpus.generated.documents import documents_file
from allegata.corpus.generated.record import World, record_files, votes_file
from allegata.corpus.generated.turtle import TurtleFile
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus

BASE: Final = "https://example.org/generated/"
_DAY: Final = date(2026, 1, 1)
#: After so many files of documents comes one of votes.
_DOCUMENTS_BEFORE_VOTES: Final = 3


def generate_corpus(folder: Path, statements: int, seed: int, package: Path) -> Iterator[tuple[str, int]]:
    """Write a corpus of at least so many statements into a new folder; yield each file and how many statements there are by then.

    Raises UsageError where the folder is there already. `package` holds the ontology and the shapes.
    """
    create_corpus(folder, Scaffold("A generated corpus", BASE, LICENCE, _DAY), package)
    world, written = World.of(statements, seed, BASE), 0
    for path, file in _files(world):
        target = folder / "data" / f"{path}.ttl"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.to_bytes())
        written += file.statements
        yield path, written
        if written >= statements:
            return


def _files(world: World) -> Iterator[tuple[str, TurtleFile]]:
    yield from record_files(world)
    number = 0
    while True:
        yield documents_file(world, number)
        if number % _DOCUMENTS_BEFORE_VOTES == 0:
            yield votes_file(world, number // _DOCUMENTS_BEFORE_VOTES)
        number += 1
