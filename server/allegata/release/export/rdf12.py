"""Writes who asserts what as RDF 1.2 triple terms, for those who work with them; the release itself is RDF 1.1.

An assertion reifies what its speaker says of a claim, a stance what one assertion does to another thing. A triple term is
named and not stated (RDF 1.2 Concepts, section 3.1), so nothing becomes a fact by it: `X affirms C` and `A rebuts B` stand only
inside << >>. Polarities and stances are concepts of the schemes; here they serve as the properties of those terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from allegata.corpus.extensions import Values
from allegata.corpus.statements import Statements
from allegata.model.namespaces import PREFIXES, expand
from allegata.release.export.exporters import Exporter
from allegata.release.handle import Release

REIFIES: Final = NamedNode(expand("rdf:reifies"))
HEAD: Final = """VERSION "1.2"
# RDF 1.2 with triple terms, made from release {version} ({hash}).
# An export beside the release: what stands in a triple term is quoted, not stated.
"""
_ASSERTION: Final = ("alg:assertedBy", "alg:polarity", "alg:asserts")
_STANCE: Final = ("alg:from", "alg:stance", "alg:to")
_USED: Final = ("alg", "rdf")


def triple_terms(lines: Sequence[str]) -> list[Triple]:
    """Return a reifying triple for every speaker of every assertion, and for every stance, sorted."""
    return sorted(set(_reified(Statements(parse("\n".join(lines), RdfFormat.N_QUADS)))), key=str)


def _reified(statements: Statements) -> Iterator[Triple]:
    for thing in statements.subjects:
        for curies in (_ASSERTION, _STANCE):
            for one, word, other in product(*(statements.values(thing, curie) for curie in curies)):
                yield Triple(NamedNode(thing), REIFIES, Triple(NamedNode(one), NamedNode(word), NamedNode(other)))


def write_turtle(lines: Sequence[str], version: str, digest: str) -> bytes:
    """Write Turtle 1.2, marked as such by its VERSION directive (RDF 1.2 Turtle, section 2.5)."""
    prefixes = {name: PREFIXES[name] for name in _USED}
    body = serialize(triple_terms(lines), format=RdfFormat.TURTLE, prefixes=prefixes) or b""
    return HEAD.format(version=version, hash=digest).encode() + body


def _write(release: Release, target: Path, _values: Values) -> str:
    target.write_bytes(write_turtle(release.checked_lines, release.version, release.manifest.rdfc10))
    return "Turtle 1.2"


EXPORTER: Final = Exporter("Write who asserts what as RDF 1.2 triple terms, in Turtle.", _write)
