"""Writes who asserts what as RDF 1.2 triple terms, for those who work with them; the release itself is RDF 1.1.

An assertion reifies what its speaker says of a claim, a stance what one assertion does to another thing. A triple term is
named and not stated (RDF 1.2 Concepts, section 3.1), so nothing becomes a fact by it: `X affirms C` and `A rebuts B` stand only
inside << >>. Polarities and stances are concepts of the schemes; here they serve as the properties of those terms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from allegata.corpus.extensions import Values
from allegata.corpus.rdf import iri_of
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
    return sorted(set(_reified(parse("\n".join(lines), RdfFormat.N_QUADS))), key=str)


def _reified(quads: Iterator[Quad]) -> Iterator[Triple]:
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    wanted = {expand(curie): curie for curie in (*_ASSERTION, *_STANCE)}
    for quad in quads:
        if quad.predicate.value in wanted:
            values[wanted[quad.predicate.value]][iri_of(quad.subject)].add(iri_of(quad.object))
    for subject, verb, target in (_ASSERTION, _STANCE):
        for thing, subjects in values[subject].items():
            for one in subjects:
                for word in values[verb][thing]:
                    for other in values[target][thing]:
                        term = Triple(NamedNode(one), NamedNode(word), NamedNode(other))
                        yield Triple(NamedNode(thing), REIFIES, term)


def write_turtle(lines: Sequence[str], version: str, digest: str) -> bytes:
    """Write Turtle 1.2, marked as such by its VERSION directive (RDF 1.2 Turtle, section 2.5)."""
    prefixes = {name: PREFIXES[name] for name in _USED}
    body = serialize(triple_terms(lines), format=RdfFormat.TURTLE, prefixes=prefixes) or b""
    return HEAD.format(version=version, hash=digest).encode() + body


def _write(release: Release, target: Path, _values: Values) -> str:
    target.write_bytes(write_turtle(release.checked_lines, release.version, release.manifest.rdfc10))
    return "Turtle 1.2"


EXPORTER: Final = Exporter("Write who asserts what as RDF 1.2 triple terms, in Turtle.", _write)
