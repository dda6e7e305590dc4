"""Writes the dumps of a release from the sorted master N-Quads: the same bytes for the same statements, always."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import starmap, zip_longest
from operator import attrgetter, eq
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Quad, RdfFormat, parse, serialize

from allegata.corpus.constraints import constraints
from allegata.corpus.quad_file import CHUNK, QuadFile, parsed, written
from allegata.corpus.rdf import rdf_format
from allegata.corpus.sorted_lines import LineSorter
from allegata.corpus.text_files import list_files, read_text
from allegata.corpus.validation import rule_files, shape_files
from allegata.errors import ReleaseError
from allegata.model.formats import GZIP, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, ZSTANDARD, Format, Use
from allegata.model.namespaces import PREFIXES
from allegata.release.digests import gzip_file, zstandard_file
from allegata.release.jsonld import compact

#: The shapes of a corpus, those of the core alone, and the rules as constraints of SHACL, in the folder of dumps.
SHAPES, CORE_SHAPES, CONSTRAINTS = "shapes.ttl", "shapes/core.ttl", "shapes/constraints.ttl"
#: Writes what a source holds into a file.
Writer = Callable[["Source", Path], None]


@dataclass(frozen=True)
class Source:
    """Statements to dump: a dataset in sorted N-Quads, or triples in sorted N-Triples; the graphs of a dataset each in a file."""

    path: Path
    base: str
    graphs: Mapping[str, Path] = field(default_factory=dict)

    def quads(self) -> Iterator[Quad]:
        """Read the statements."""
        yield from parse(path=str(self.path), format=RdfFormat.N_QUADS)

    def by_subject(self) -> Iterator[tuple[str, Iterator[Quad]]]:
        """Yield the graphs by name, the statements of each by the IRI of their subject."""
        for name, path in sorted(self.graphs.items()):
            yield name, parsed(_by_subject(path))


def _by_subject(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file by the IRI of the subject, in the place of which they come when it is bracketed."""
    sorter, held = LineSorter(path.parent), list[bytes]()
    with path.open("rb") as lines:
        for line in lines:
            held.append(line[1:].replace(b"> ", b" ", 1))
            if len(held) == CHUNK:
                sorter.add(b"".join(held))
                held.clear()
    sorter.add(b"".join(held))
    yield from (b"<" + line.replace(b" ", b"> ", 1) for line in sorter.lines())


def _plain(form: Format) -> Writer:
    """Return a writer of statements: of quads in the syntaxes of datasets, of triples in those of graphs."""
    prefixes = PREFIXES if form.prefixes else None

    def write(source: Source, target: Path) -> None:
        statements = source.quads() if form.datasets else map(attrgetter("triple"), source.quads())
        serialize(statements, output=str(target), format=rdf_format(form), prefixes=prefixes)

    return write


def _copy(source: Source, target: Path) -> None:
    """Write N-Quads and N-Triples, in which the statements lie there."""
    shutil.copyfile(source.path, target)


def _compact(source: Source, target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as out:
        compact(source.quads(), source.by_subject(), source.base, out)


#: Format → its writer, in the order in which dumps are told. N-Quads, TriG and JSON-LD hold the named graphs; Turtle, N-Triples
#: and RDF/XML hold triples: of the whole their set union, of one graph what stands in it.
WRITERS: dict[Format, Writer] = {
    N_QUADS: _copy,
    TRIG: _plain(TRIG),
    JSON_LD: _compact,
    TURTLE: _plain(TURTLE),
    N_TRIPLES: _copy,
    RDF_XML: _plain(RDF_XML),
}
#: What the whole of a release is dumped in, and each of its graphs.
DUMPS = tuple(form for form in WRITERS if Use.DUMPS in form.uses)
GRAPH_DUMPS = tuple(form for form in WRITERS if Use.GRAPH_DUMPS in form.uses)
PACKED = {GZIP: gzip_file, ZSTANDARD: zstandard_file}


def write_dumps(master: QuadFile, folder: Path, base: str) -> None:
    """Write every dump of the master into a folder: allegata.<suffix>.<packing>, and graphs/<graph>.<suffix>.<packing>.

    Raises ReleaseError where a dump, read again, does not give the statements that went into it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=master.path.parent) as scratch:
        whole, graphs = Path(scratch), graph_files(master, Path(scratch), base)
        union = Source(write_union(master, whole / "union.nt"), base)
        quads = Source(master.path, base, graphs)
        for form in DUMPS:
            _write(folder / "allegata", form, quads if form.datasets else union, whole)
        for name, path in sorted(graphs.items()):
            for form in GRAPH_DUMPS:
                _write(folder / "graphs" / graph_path(name, base), form, Source(path, base), whole)


def write_union(master: QuadFile, target: Path) -> Path:
    """Write the set union of all graphs as sorted N-Triples."""
    with target.open("wb") as out:
        out.writelines(statement + b" .\n" for statement in master.statements())
    return target


def graph_files(master: QuadFile, folder: Path, base: str) -> dict[str, Path]:
    """Write the statements of each named graph into a file of sorted N-Triples; raise ReleaseError for a name without a place."""
    paths: dict[str, Path] = {}
    held: dict[Path, list[bytes]] = defaultdict(list)
    for number, line in enumerate(master.lines(), start=1):
        statement, _, graph = line.rpartition(b" <")
        name = graph[:-4].decode()
        if name not in paths:
            graph_path(name, base)
            paths[name] = folder / f"{len(paths)}.nt"
        held[paths[name]].append(statement + b" .\n")
        if number % (10 * CHUNK) == 0:
            _append(held)
    _append(held)
    return paths


def _append(held: dict[Path, list[bytes]]) -> None:
    for path, lines in held.items():
        with path.open("ab") as file:
            file.writelines(lines)
    held.clear()


def graph_path(name: str, base: str) -> str:
    """Return the path of a graph's file; raise ReleaseError where the name gives none below the folder."""
    path = name.removeprefix(f"{base}graph/")
    if path == name or any(part in ("", ".", "..") for part in path.split("/")):
        raise ReleaseError(f"The graph {name} has no place among the dumps.", remedy=f"Name it {base}graph/<path>.")
    return path


def _write(stem: Path, form: Format, source: Source, scratch: Path) -> None:
    """Write statements in a syntax and every packing, after reading it again."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    plain = scratch / f"dump.{form.suffix}"
    WRITERS[form](source, plain)
    if WRITERS[form] is not _copy and not _round_trips(plain, form, source):
        raise ReleaseError(f"{stem.name}.{form.suffix} does not hold the statements that it was written from.")
    for packing, pack in PACKED.items():
        pack(plain, stem.with_name(f"{stem.name}.{form.suffix}.{packing.suffix}"))
    plain.unlink()


def _round_trips(path: Path, form: Format, source: Source) -> bool:
    """Read a dump again and compare it with what it was written from."""

    def read() -> Iterator[Quad]:
        yield from parse(path=str(path), format=rdf_format(form))

    # Most syntaxes give the statements back in order; for the others both are sorted.
    if all(starmap(eq, zip_longest(read(), source.quads()))):
        return True
    sorter = LineSorter(path.parent)
    for lines in written(read()):
        sorter.add(lines)
    with source.path.open("rb") as expected:
        return all(starmap(eq, zip_longest(sorter.lines(), expected)))


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


def write_inference(folder: Path, target: Path) -> None:
    """Put the rules of inference beside the dumps, so that whoever has these can say why something is inferred."""
    for path in list_files(folder, ".rq", below=True):
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())


def _joined(*folders: Path) -> bytes:
    return "\n".join(map(read_text, shape_files(*folders))).encode()
