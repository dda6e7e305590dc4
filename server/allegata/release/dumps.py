"""Writes the dumps of a release from the sorted master N-Quads: the same bytes for the same statements, always."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import starmap, zip_longest
from operator import attrgetter, eq
from pathlib import Path
from typing import Any

from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize

from allegata.corpus.rdf import iri_of
from allegata.corpus.reader import nquads_lines, union
from allegata.errors import ReleaseError
from allegata.model.namespaces import PREFIXES
from allegata.release.digests import gzipped, zstandard
from allegata.release.jsonld import compact

Writer = Callable[[Sequence[Any], str], bytes]


def _written(form: RdfFormat, prefixes: dict[str, str] | None = None) -> Writer:
    """Return a writer of statements: of quads in the syntaxes of datasets, of triples in those of graphs."""
    return lambda statements, _base: serialize(statements, format=form, prefixes=prefixes) or b""


SYNTAX: dict[str, RdfFormat] = {
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "jsonld": RdfFormat.JSON_LD,
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
}
#: Suffix → writer. N-Quads, TriG and JSON-LD hold the named graphs.
DATASETS: dict[str, Writer] = {
    "nq": _written(RdfFormat.N_QUADS),
    "trig": _written(RdfFormat.TRIG, PREFIXES),
    "jsonld": compact,
}
#: Turtle, N-Triples and RDF/XML hold triples: of the whole their set union, of one graph what stands in it.
GRAPHS: dict[str, Writer] = {
    "ttl": _written(RdfFormat.TURTLE, PREFIXES),
    "nt": _written(RdfFormat.N_TRIPLES),
    "rdf": _written(RdfFormat.RDF_XML, PREFIXES),
}
WHOLE = (*DATASETS, "ttl", "nt")
PACKED = {"gz": gzipped, "zst": zstandard}


def write_dumps(lines: Sequence[str], folder: Path, base: str) -> None:
    """Write every dump of the master lines into a folder: allegata.<suffix>.<packing>, and graphs/<graph>.<suffix>.<packing>.

    Raises ReleaseError where a dump, read again, does not give the statements that went into it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    quads = list(parse("\n".join(lines), RdfFormat.N_QUADS))
    _write(folder / "allegata", DATASETS, quads, base)
    _write(folder / "allegata", {suffix: GRAPHS[suffix] for suffix in WHOLE if suffix not in DATASETS}, union(quads), base)
    for path, inside in by_graph(quads, base):
        _write(folder / "graphs" / path, GRAPHS, [quad.triple for quad in inside], base)


def by_graph(quads: Sequence[Quad], base: str) -> Iterator[tuple[str, list[Quad]]]:
    """Yield the statements of each named graph with its path below the name of all graphs."""
    graphs: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        graphs[iri_of(quad.graph_name)].append(quad)
    for name, inside in sorted(graphs.items()):
        yield graph_path(name, base), inside


def graph_path(name: str, base: str) -> str:
    """Return the path of a graph's file; raise ReleaseError where the name gives none below the folder."""
    path = name.removeprefix(f"{base}graph/")
    if path == name or any(part in ("", ".", "..") for part in path.split("/")):
        raise ReleaseError(f"The graph {name} has no place among the dumps.", remedy=f"Name it {base}graph/<path>.")
    return path


def _write(stem: Path, writers: dict[str, Writer], statements: Sequence[Quad] | Sequence[Triple], base: str) -> None:
    """Write statements in some syntaxes and every packing, after reading each of them again."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    for suffix, write in writers.items():
        data = write(statements, base)
        if not _holds(data, suffix, statements):
            raise ReleaseError(f"{stem.name}.{suffix} does not hold the statements that it was written from.")
        for packing, pack in PACKED.items():
            stem.with_name(f"{stem.name}.{suffix}.{packing}").write_bytes(pack(data))


def _holds(data: bytes, suffix: str, statements: Sequence[Quad] | Sequence[Triple]) -> bool:
    """Read a dump again and compare it with what it was written from."""

    def read() -> Iterable[Quad] | Iterable[Triple]:
        quads = parse(data, SYNTAX[suffix])
        return quads if suffix in DATASETS else map(attrgetter("triple"), quads)

    # Most syntaxes give the statements back in order; for the others both are sorted.
    return all(starmap(eq, zip_longest(read(), statements))) or nquads_lines(read()) == nquads_lines(statements)


def write_shapes(shapes: Path, target: Path) -> None:
    """Join the shape files into one, and put the rules beside it, so that whoever has the dumps can validate them.

    Turtle documents joined are a Turtle document (RDF 1.1 Turtle, section 6.5).
    """
    for path in sorted((shapes / "rules").glob("*.rq")):
        (target.parent / "rules").mkdir(exist_ok=True)
        (target.parent / "rules" / path.name).write_bytes(path.read_bytes())
    target.write_bytes(b"\n".join(path.read_bytes() for path in sorted(shapes.glob("*.ttl"))))
