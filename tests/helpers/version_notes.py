"""Says what changed in the records of the documents since 0.1, and writes it into the corpus and the changes when called."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse

from allegata.corpus.statements import Statements
from allegata.release.tally import sentences, tally
from fixtures import DOCUMENTS_0_1, unpack
from support import ROOT

CORPUS, CHANGES = ROOT / "data" / "corpus.ttl", ROOT / "CHANGELOG.md"
_NOTES = re.compile(r'(?<=    adms:versionNotes )"[^"]*"(?=@en ;\n)')
_LINES = re.compile(r"(?<=^- Counted since 0\.1\.0: ).*(?:\n  \S.*)*", re.MULTILINE)
_READ = ("claims", "stances", "record/claims.ttl", "sources/documents.ttl", "corpus.ttl")


def counted() -> str:
    """Return a sentence for each document: what was added, split, retyped and withdrawn since 0.1."""
    with tempfile.TemporaryDirectory() as folder:
        before = _statements(unpack(DOCUMENTS_0_1, Path(folder)))
    after = _statements(ROOT)
    return " ".join(sentences(tally(before, after), after.name))


def written() -> tuple[str, str]:
    """Return what the corpus and what the changes say of it."""
    notes, lines = _NOTES.search(CORPUS.read_text("utf-8")), _LINES.search(CHANGES.read_text("utf-8"))
    assert notes and lines
    return notes.group().strip('"').removeprefix("Since 0.1.0: "), " ".join(lines.group().split())


def write() -> None:
    """Write it into both."""
    text = counted()
    CORPUS.write_text(_NOTES.sub(lambda _: f'"Since 0.1.0: {text}"', CORPUS.read_text("utf-8")), "utf-8")
    CHANGES.write_text(_LINES.sub(lambda _: re.sub(r"(?<=[;.]) ", "\n  ", text), CHANGES.read_text("utf-8")), "utf-8")


def _statements(root: Path) -> Statements:
    return Statements(_quads(root))


def _quads(root: Path) -> Iterable[Quad]:
    for name in _READ:
        place = root / "data" / name
        for path in [place] if place.is_file() else sorted(place.rglob("*.ttl")):
            yield from parse(path.read_bytes(), RdfFormat.TURTLE)


if __name__ == "__main__":
    write()
