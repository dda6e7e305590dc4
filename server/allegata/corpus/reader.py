"""Reads a corpus: every file of ontology/, data/ and restricted/ as one named graph, lexical forms untouched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path, PurePath
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from allegata.corpus.glosses import is_gloss, read_glosses
from allegata.corpus.lists import GENID, name_lists
from allegata.corpus.quad_file import QuadFile, Quads
from allegata.corpus.rdf import parse_turtle
from allegata.corpus.text_files import list_files, read_text
from allegata.corpus.translations import WordsApart, of_model, own_language, part_translations
from allegata.corpus.turtle_tokens import first_blank_node
from allegata.errors import CorpusError, UsageError
from allegata.model.namespaces import expand, iri_path
from allegata.model.protection import FOLDER as RESTRICTED

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*", re.ASCII)
#: The graphs that a build makes; no file may take their names.
MADE: Final = ("inferred", "meta")
#: How the name of a table of mappings ends.
TABLES: Final = ".sssom.tsv"
FOLDERS = ("ontology", "shapes", "data")


@dataclass(frozen=True)
class Corpus:
    """A corpus: the folder, what data/corpus.ttl says of it, and all statements with the graph (so the file) of each."""

    root: Path
    dataset: NamedNode
    base: str
    version: str
    issued: str
    quads: Quads
    #: The file of each graph.
    files: Mapping[NamedNode, Path] = field(default_factory=dict)
    #: What it and its model word in further languages, which is no statement of the corpus.
    translations: tuple[Quad, ...] = ()
    #: What its claims say in further languages, which is none either.
    glosses: tuple[Triple, ...] = ()
    #: What is withheld from it, and the level of what it holds beside public records; see `partition`.
    withheld: frozenset[NamedNode] = frozenset()
    protection: str = ""

    def further_words(self) -> Iterator[Quad]:
        """Yield what is worded in further languages, translations and glosses, which is published beside the statements."""
        yield from self.translations
        yield from (Quad(gloss.subject, gloss.predicate, gloss.object) for gloss in self.glosses)

    def graph(self, path: str) -> NamedNode:
        """Name the graph of a file by its path below data/ without the suffix, or of a part that the build makes."""
        return graph_name(self.base, path)

    @property
    def inferred_graph(self) -> NamedNode:
        """Name the graph that holds every inferred statement and nothing else."""
        return self.graph("inferred")

    @property
    def meta_graph(self) -> NamedNode:
        """Name the graph that holds the description of the dataset."""
        return self.graph("meta")


def read(root: Path) -> Corpus:
    """Read the corpus in a folder; raise UsageError, CorpusError or CorpusSyntaxError with the file and line at fault."""
    return _read(root, tuple)


def read_to_disk(root: Path, target: Path) -> Corpus:
    """Read a corpus as `read` does; its statements are written into a file, sorted, and read from there in passes."""
    return _read(root, lambda quads: QuadFile.of(quads, target))


def _read(root: Path, keep: Callable[[Iterable[Quad]], Quads]) -> Corpus:
    check_root(root)
    head = root / "data" / "corpus.ttl"
    described = list(parse_file(head, None))
    dataset, base = _dataset(described, head)
    version, issued = _one(described, dataset, "dcat:version", head), _one(described, dataset, "dct:issued", head)
    _check_release(version, issued, head)
    files = {graph: path for path, graph in graph_files(root, base)}
    model = tuple(graph for graph in files if of_model(graph.value, base))
    said, translations = part_translations(chain.from_iterable(_parsed(root, base, files, graph) for graph in model), base)
    data = tuple(graph for graph in files if graph not in model)
    own = own_language(described, dataset)
    words = WordsApart(lambda: chain.from_iterable(_parsed(root, base, files, graph) for graph in data), own)
    quads = keep(chain(words.said(), said))
    corpus = Corpus(
        root=root,
        dataset=dataset,
        base=base,
        version=version,
        issued=issued,
        quads=quads,
        files=files,
        translations=(*translations, *words.translations),
    )
    return replace(corpus, glosses=read_glosses(root, corpus.quads))


def _parsed(root: Path, base: str, files: Mapping[NamedNode, Path], graph: NamedNode) -> Iterator[Quad]:
    path = files[graph]
    return parse_file(path, graph, _list_space(root, path, base))


def _list_space(root: Path, path: Path, base: str) -> str:
    """Return what the names of the lists of a file begin with, where it is one of the model and may have such."""
    inside = path.is_relative_to(root / "ontology")
    return f"{base}{GENID}{iri_path(path.relative_to(root).with_suffix('').as_posix())}/" if inside else ""


def _check_release(version: str, issued: str, head: Path) -> None:
    """Check what becomes part of the name of a folder and of an address, and what is read as a day."""
    if not _VERSION.fullmatch(version):
        raise CorpusError(f"{head}: the dcat:version {version!r} cannot be part of an address.", remedy="Write it as 1.0.0 is.")
    try:
        date.fromisoformat(issued)
    except ValueError:
        raise CorpusError(f"{head}: the dct:issued {issued!r} is no day.", remedy="Write it as 2026-01-31 is.") from None


def check_root(root: Path) -> None:
    """Raise UsageError where a folder does not have the layout of a corpus."""
    missing = [name for name in FOLDERS if not (root / name).is_dir()]
    if missing:
        raise UsageError(
            f"{root} is not a corpus: it has no folder {', '.join(missing)}.",
            remedy="Give --root a folder that holds ontology/, shapes/ and data/.",
        )


def graph_name(base: str, path: str) -> NamedNode:
    """Name the graph of a path: what an IRI cannot have is percent-encoded, and letters are composed (NFC).

    So the name is the same wherever the files lie, and decoding it gives the path.
    """
    return NamedNode(f"{base}graph/{iri_path(unicodedata.normalize('NFC', path))}")


def graph_files(root: Path, base: str) -> Iterator[tuple[Path, NamedNode]]:
    """Yield each Turtle file of the corpus, in a stable order, with the name of its graph.

    Raises CorpusError where a file would take the graph of another one, or one that a build makes.
    """
    taken: dict[NamedNode, str] = {graph_name(base, name): "what a build makes" for name in MADE}
    apart = ((RESTRICTED, root),) if (root / RESTRICTED).is_dir() else ()
    for folder, start in (("ontology", root), ("data", root / "data"), *apart):
        for path in (file for file in list_files(root / folder, ".ttl", below=True) if not is_gloss(file, root)):
            yield path, _new_graph(base, path, path.relative_to(start).with_suffix(""), taken)
    for folder in (root / "data" / "links", root / "ontology" / "alignments"):
        start = root if folder.is_relative_to(root / "ontology") else root / "data"
        for path in list_files(folder, TABLES):
            _new_graph(base, path, path.relative_to(start).with_name(path.name.removesuffix(TABLES)), taken)


def _new_graph(base: str, path: Path, name: PurePath, taken: dict[NamedNode, str]) -> NamedNode:
    try:
        graph = graph_name(base, name.as_posix())
    except UnicodeEncodeError:
        raise CorpusError(f"{str(path)!r}: the name of the file is not UTF-8.", remedy="Give it another name.") from None
    if graph in taken:
        raise CorpusError(
            f"{path} would have the graph {graph.value}, which is that of {taken[graph]}.", remedy="Give it another name."
        )
    taken[graph] = str(path)
    return graph


def base_of(root: Path) -> str:
    """Return what the names of a corpus begin with, which its description says; raise CorpusError where it does not."""
    head = root / "data" / "corpus.ttl"
    return _dataset(list(parse_file(head, None)), head)[1]


def parse_file(path: Path, graph: NamedNode | None, lists: str = "") -> Iterator[Quad]:
    """Parse a Turtle file into one graph; raise CorpusSyntaxError with the line, CorpusError for a blank node.

    Where `lists` says what their names begin with, the nodes of lists may be blank.
    """
    for triple in name_lists(parse_turtle(path), lists) if lists else parse_turtle(path):
        subject, value = triple.subject, triple.object
        if isinstance(subject, BlankNode) or isinstance(value, BlankNode):
            line = first_blank_node(read_text(path))
            raise CorpusError(
                f"{path}{f':{line}' if line else ''}: a blank node stands at {subject} {triple.predicate} {value}.",
                remedy="Give it an IRI: what has no name cannot be cited.",
            )
        yield Quad(subject, triple.predicate, value, graph) if graph else Quad(subject, triple.predicate, value)


def _dataset(described: Iterable[Quad], head: Path) -> tuple[NamedNode, str]:
    space = NamedNode(expand("void:uriSpace"))
    found = [(quad.subject, quad.object) for quad in described if quad.predicate == space]
    if len(found) != 1 or not isinstance(found[0][0], NamedNode) or not isinstance(found[0][1], Literal):
        raise CorpusError(f"{head}: exactly one dataset needs a void:uriSpace, its base IRI; {len(found)} found.")
    return found[0][0], found[0][1].value


def _one(described: Iterable[Quad], subject: NamedNode, curie: str, head: Path) -> str:
    predicate = NamedNode(expand(curie))
    values = [quad.object for quad in described if (quad.subject, quad.predicate) == (subject, predicate)]
    if len(values) != 1 or not isinstance(values[0], Literal):
        raise CorpusError(f"{head}: {subject} needs exactly one {curie}; {len(values)} found.")
    return values[0].value


def nquads_lines(quads: Iterable[Quad] | Iterable[Triple]) -> list[str]:
    """Return quads as sorted N-Quads lines without repetition: the master form of the data."""
    data = serialize(quads, format=RdfFormat.N_QUADS) or b""
    # A line ends with LF alone: literals may hold U+2028 and the like, which splitlines() would cut at.
    return sorted(set(data.decode().split("\n")) - {""})


def split_line(line: str) -> tuple[str, str]:
    """Split a line of the master into its statement, as N-Triples has it up to the dot, and the IRI of its graph."""
    statement, _, graph = line.rpartition(" <")
    return statement, graph.removesuffix("> .")


def union(quads: Iterable[Quad]) -> list[Triple]:
    """Return the set union of all graphs as triples in a stable order."""
    lines = nquads_lines(quad.triple for quad in quads)
    return [quad.triple for quad in parse("\n".join(lines), RdfFormat.N_QUADS)]
