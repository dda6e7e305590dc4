"""Names the nodes of lists that a model writes in brackets, so that each has an IRI (RDF 1.1 Concepts, section 3.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from allegata.model.namespaces import expand

#: Where the IRIs lie that stand for nodes without a name, below the base.
GENID: Final = ".well-known/genid/"
_FIRST: Final = NamedNode(expand("rdf:first"))


def name_lists(triples: Iterable[Triple], space: str) -> list[Triple]:
    """Name the nodes of lists by an address and their number in the order of the file; other nodes without a name stay so."""
    rows = list(triples)
    nodes = {row.subject for row in rows if row.predicate == _FIRST and isinstance(row.subject, BlankNode)}
    names: dict[object, NamedNode] = {}
    for row in rows:
        for node in (row.subject, row.object):
            if node in nodes and node not in names:
                names[node] = NamedNode(f"{space}{len(names) + 1}")
    return [Triple(names.get(row.subject, row.subject), row.predicate, names.get(row.object, row.object)) for row in rows]


def unname_lists(triples: Iterable[Triple], base: str) -> list[Triple]:
    """Take the names of list nodes away again, as the ontology is published: OWL 2 has no names for them."""

    def plain(node: object) -> object:
        named = isinstance(node, NamedNode) and node.value.startswith(base + GENID)
        return BlankNode(f"list{node.value.rsplit('/', 1)[-1]}") if named and isinstance(node, NamedNode) else node

    return [Triple(plain(row.subject), row.predicate, plain(row.object)) for row in triples]  # type: ignore[arg-type]
