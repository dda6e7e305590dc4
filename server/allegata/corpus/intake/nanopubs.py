"""Takes in nanopublications (Nanopublication Guidelines, section 2) of assertions of this model, TriG in a file or a folder.

Whether their trusty URIs and signatures hold is what `allegata verify-nanopubs` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import text_of
from allegata.corpus.intake.records import Record
from allegata.corpus.text_files import list_files
from allegata.corpus.workbook.cells import MOST_ROWS
from allegata.errors import CorpusSyntaxError, SheetError, UsageError
from allegata.model.namespaces import expand

_PARTS: Final = tuple(NamedNode(expand(curie)) for curie in ("np:hasAssertion", "np:hasProvenance"))
_TYPE: Final = NamedNode(expand("rdf:type"))
_ASSERTION: Final = NamedNode(expand("alg:Assertion"))
#: What the provenance says of the graph of the assertion itself, which is no record of the corpus.
_OF_GRAPH: Final = tuple(NamedNode(expand(f"prov:{name}")) for name in ("wasAttributedTo", "wasQuotedFrom", "hadPrimarySource"))


def read_statements(path: Path) -> list[Triple]:
    """Return what nanopublications state of assertions of this model: the attribution, the claim, where it stands."""
    found: dict[Triple, None] = {}
    for quads in _files(path):
        if any(quad.predicate == _TYPE and quad.object == _ASSERTION for quad in quads):
            parts = {quad.object for quad in quads if quad.predicate in _PARTS}
            found |= {quad.triple: None for quad in quads if quad.graph_name in parts and quad.predicate not in _OF_GRAPH}
    return list(found)


def read_others(path: Path) -> Iterator[Record]:
    """Yield the nanopublications that state no assertion of this model, which nothing becomes of."""
    for number, quads in enumerate(_files(path), 1):
        if not any(quad.predicate == _TYPE and quad.object == _ASSERTION for quad in quads):
            yield Record(f"{path}, nanopublication {number}", "nanopublication without an alg:Assertion", {})


def _files(path: Path) -> list[list[Quad]]:
    paths = list_files(path, ".trig") if path.is_dir() else [path]
    if not paths:
        raise UsageError(f"{path} holds no TriG file.", remedy="Give a file, or the folder that an export made.")
    if len(paths) > MOST_ROWS:
        raise SheetError(f"{path}: there are more than {MOST_ROWS:,} files.", remedy="Divide the folder.")
    return [_quads(item) for item in paths]


def _quads(path: Path) -> list[Quad]:
    try:
        quads = list(parse(text_of(path), RdfFormat.TRIG))
    except SyntaxError as error:
        raise CorpusSyntaxError(path, error.lineno, f"this is no TriG: {error.msg}") from None
    if not any(quad.predicate in _PARTS for quad in quads):
        raise SheetError(
            f"{path}: this is no nanopublication.", remedy="It has a head that names its assertion (np:hasAssertion)."
        )
    return quads


IMPORTER: Final = intake(
    "Draft a workbook of nanopublications (TriG) that state assertions of this model, as `export nanopubs` writes them.",
    read_others,
    "nanopubs",
    read_statements,
)
