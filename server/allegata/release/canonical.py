"""Canonicalises a dataset and hashes it (RDF Dataset Canonicalization, RDFC-1.0), and refuses poison datasets (section 7.1)."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, Triple, parse, serialize

from allegata.corpus.quad_file import QuadFile
from allegata.errors import ReleaseError
from allegata.release.digests import file_hash

#: Links between blank nodes that look alike, above which the algorithm's time has no useful bound (section 7.1).
ALIKE_LINKS = 40


def canonical_nquads(lines: Sequence[str]) -> str:
    """Return the canonical N-Quads of a dataset (section 5), in code point order; raise ReleaseError for a poisoned one."""
    quads = list(parse("\n".join(lines), RdfFormat.N_QUADS))
    if has_labels(lines):
        _refuse_poison(quads)
        dataset = Dataset(quads)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        quads = list(dataset)
    data = (serialize(quads, format=RdfFormat.N_QUADS) or b"").decode()
    # A line ends with LF alone, and lines stand in code point order, which is that of Python's strings.
    return "".join(f"{line}\n" for line in sorted(set(data.split("\n")) - {""}))


def has_labels(lines: Sequence[str]) -> bool:
    """Return whether lines may name blank nodes, whose labels a canonical form replaces; a literal may look like one."""
    return any("_:" in line for line in lines)


def canonical_hash(lines: Sequence[str]) -> str:
    """Return the RDFC-1.0 hash of a dataset: SHA-256 of its canonical N-Quads."""
    return hashlib.sha256(canonical_nquads(lines).encode()).hexdigest()


def canonical_hash_of_file(master: QuadFile) -> str:
    """Return the same of a dataset on disk: without blank nodes its sorted lines are their own canonical form."""
    if names_blank_nodes(master):
        return canonical_hash([line.decode().removesuffix("\n") for line in master.lines()])
    return file_hash(master.path)


def names_blank_nodes(master: QuadFile) -> bool:
    """Return whether statements on disk name blank nodes."""
    return any(_names_blank_node(line) for line in master.lines())


def _names_blank_node(line: bytes) -> bool:
    return b"_:" in line and any(part.startswith(b"_:") for part in line.split(b" ", 2))


def _refuse_poison(quads: Sequence[Quad]) -> None:
    """Count the links between blank nodes with the same first-degree description (section 4.6), wherever in a statement."""
    links = [pair for quad in quads for pair in combinations(_blank_nodes(quad), 2)]
    if len(links) <= ALIKE_LINKS:
        return
    described = _first_degree(quads)
    shared = Counter(described.values())
    alike = sum(1 for one, other in links if shared[described[one]] > 1 and shared[described[other]] > 1)
    if alike > ALIKE_LINKS:
        raise ReleaseError(
            f"The dataset has {alike} links between blank nodes that look alike; its canonical form could take for ever.",
            remedy="Give the blank nodes IRIs.",
        )


def _blank_nodes(quad: Quad) -> list[BlankNode]:
    """Return the blank nodes of a statement; raise ReleaseError for a triple term, which RDFC-1.0 does not know."""
    if isinstance(quad.object, Triple):
        raise ReleaseError("The dataset has a triple term, which has no canonical form.", remedy="State it in RDF 1.1.")
    return [term for term in (quad.subject, quad.object, quad.graph_name) if isinstance(term, BlankNode)]


def _first_degree(quads: Sequence[Quad]) -> dict[object, frozenset[str]]:
    """Describe each blank node by its statements, with itself as _:a and any other blank node as _:z."""
    found: dict[object, set[str]] = defaultdict(set)
    for quad in quads:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        for node in {term for term in terms if isinstance(term, BlankNode)}:
            shown = ("_:a" if term == node else "_:z" if isinstance(term, BlankNode) else str(term) for term in terms)
            found[node].add(" ".join(shown))
    return {node: frozenset(lines) for node, lines in found.items()}
