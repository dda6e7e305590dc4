"""Writes the dumps of a release from the sorted master N-Quads: the same bytes for the same statements, always."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import starmap, zip_longest
from operator import attrgetter, eq
from pathlib import Path
from typing import Any

from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize

from allegata.corpus.constraints import constraints
from allegata.corpus.rdf import iri_of, rdf_format
from allegata.corpus.reader import nquads_lines, union
from allegata.corpus.text_files import read_text
from allegata.corpus.validation import rule_files, shape_files
from allegata.errors import ReleaseError
from allegata.model.formats import GZIP, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, ZSTANDARD, Format, Use
from allegata.model.namespaces import PREFIXES
from allegata.release.digests import gzipped, zstandard
from allegata.release.jsonld import compact

#: The shapes of a corpus, those of the core alone, and the rules as constraints of SHACL, in the folder of dumps.
SHAPES, CORE_SHAPES, CONSTRAINTS = "shapes.ttl", "shapes/core.ttl", "shapes/constraints.ttl"
Writer = Callable[[Sequence[Any], str], bytes]


def _plain(form: Format) -> Writer:
    """Return a writer of statements: of quads in the syntaxes of datasets, of triples in those of graphs."""
    prefixes = PREFIXES if form.prefixes else None
    return lambda statements, _base: serialize(statements, format=rdf_format(form), prefixes=prefixes) or b""


#: Format → its writer, in the order in which dumps are told. N-Quads, TriG and JSON-LD hold the named graphs; Turtle, N-Triples
#: and RDF/XML hold triples: of the whole their set union, of one graph what stands in it.
WRITERS: dict[Format, Writer] = {
    N_QUADS: _plain(N_QUADS),
    TRIG: _plain(TRIG),
    JSON_LD: compact,
    TURTLE: _plain(TURTLE),
    N_TRIPLES: _plain(N_TRIPLES),
    RDF_XML: _plain(RDF_XML),
}
#: What the whole of a release is dumped in, and each of its graphs.
DUMPS = tuple(form for form in WRITERS if Use.DUMPS in form.uses)
GRAPH_DUMPS = tuple(form for form in WRITERS if Use.GRAPH_DUMPS in form.uses)
PACKED = {GZIP: gzipped, ZSTANDARD: zstandard}


def write_dumps(lines: Sequence[str], folder: Path, base: str) -> None:
    """Write every dump of the master lines into a folder: allegata.<suffix>.<packing>, and graphs/<graph>.<suffix>.<packing>.

    Raises ReleaseError where a dump, read again, does not give the statements that went into it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    quads = list(parse("\n".join(lines), RdfFormat.N_QUADS))
    merged = union(quads)
    for form in DUMPS:
        _write(folder / "allegata", form, quads if form.datasets else merged, base)
    for path, inside in by_graph(quads, base):
        for form in GRAPH_DUMPS:
            _write(folder / "graphs" / path, form, [quad.triple for quad in inside], base)


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


def _write(stem: Path, form: Format, statements: Sequence[Quad] | Sequence[Triple], base: str) -> None:
    """Write statements in a syntax and every packing, after reading it again."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    data = WRITERS[form](statements, base)
    if not _round_trips(data, form, statements):
        raise ReleaseError(f"{stem.name}.{form.suffix} does not hold the statements that it was written from.")
    for packing, pack in PACKED.items():
        stem.with_name(f"{stem.name}.{form.suffix}.{packing.suffix}").write_bytes(pack(data))


def _round_trips(data: bytes, form: Format, statements: Sequence[Quad] | Sequence[Triple]) -> bool:
    """Read a dump again and compare it with what it was written from."""

    def read() -> Iterable[Quad] | Iterable[Triple]:
        quads = parse(data, rdf_format(form))
        return quads if form.datasets else map(attrgetter("triple"), quads)

    # Most syntaxes give the statements back in order; for the others both are sorted.
    return all(starmap(eq, zip_longest(read(), statements))) or nquads_lines(read()) == nquads_lines(statements)


def write_shapes(folders: Sequence[Path], dumps: Path) -> None:
    """Join the shapes of a corpus into one file, and put the rules beside it, so that whoever has the dumps can validate them.

    Turtle documents joined are a Turtle document (RDF 1.1 Turtle, section 6.5). The rules stand there as queries and once
    more as constraints of SHACL, and what the core alone asks for stands in a file of its own.
    """
    rules = rule_files(*folders)
    for name in ("rules", "shapes"):
        (dumps / name).mkdir()
    for path in rules:
        (dumps / "rules" / path.name).write_bytes(path.read_bytes())
    (dumps / SHAPES).write_bytes(_joined(*folders))
    (dumps / CORE_SHAPES).write_bytes(_joined(folders[0]))
    (dumps / CONSTRAINTS).write_bytes(constraints(rules))


def _joined(*folders: Path) -> bytes:
    return "\n".join(map(read_text, shape_files(*folders))).encode()
