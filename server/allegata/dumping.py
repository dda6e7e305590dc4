"""Writes the dumps of a release from the sorted master N-Quads: the same bytes for the same statements, always."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse, serialize

from allegata.corpus import union
from allegata.namespaces import PREFIXES

Writer = Callable[[Sequence[Quad]], bytes]


def _dataset(quads: Sequence[Quad], form: RdfFormat) -> bytes:
    prefixes = PREFIXES if form in (RdfFormat.TRIG, RdfFormat.JSON_LD) else None
    return serialize(quads, format=form, prefixes=prefixes) or b""


def _union(quads: Sequence[Quad], form: RdfFormat) -> bytes:
    return serialize(union(quads), format=form, prefixes=PREFIXES if form == RdfFormat.TURTLE else None) or b""


#: Dump name → how it is made. N-Quads, TriG and JSON-LD hold the named graphs; Turtle and N-Triples their set union.
DUMPS: dict[str, Writer] = {
    "allegata.nq.gz": lambda quads: _dataset(quads, RdfFormat.N_QUADS),
    "allegata.trig.gz": lambda quads: _dataset(quads, RdfFormat.TRIG),
    "allegata.jsonld.gz": lambda quads: _dataset(quads, RdfFormat.JSON_LD),
    "allegata.ttl.gz": lambda quads: _union(quads, RdfFormat.TURTLE),
    "allegata.nt.gz": lambda quads: _union(quads, RdfFormat.N_TRIPLES),
}


def write_dumps(lines: Sequence[str], folder: Path) -> None:
    """Write every dump of the master lines into a folder, compressed without name or time (RFC 1952, section 2.3.1)."""
    folder.mkdir(parents=True)
    quads = list(parse("\n".join(lines), RdfFormat.N_QUADS))
    for name, write in DUMPS.items():
        with (folder / name).open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
            packed.write(write(quads))


def write_shapes(shapes: Path, target: Path) -> None:
    """Join the shape files into one; Turtle documents joined are a Turtle document (RDF 1.1 Turtle, section 6.5)."""
    target.write_bytes(b"\n".join(path.read_bytes() for path in sorted(shapes.glob("*.ttl"))))


def canonical_hash(lines: Sequence[str]) -> str:
    """Give the RDFC-1.0 hash of a dataset: SHA-256 of its canonical N-Quads (RDF Dataset Canonicalization, section 4)."""
    dataset = Dataset(parse("\n".join(lines), RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    data = (serialize(dataset, format=RdfFormat.N_QUADS) or b"").decode()
    return hashlib.sha256("".join(sorted(data.splitlines(keepends=True))).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """Give the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
