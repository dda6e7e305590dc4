"""Writes corpus files: Turtle with a base and the project's prefixes, in an order chosen for reading."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import rdflib
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node

from allegata.model.namespaces import ALG, PREFIXES, expand

#: Properties in reading order; the others follow by name.
ORDER = tuple(
    rdflib.URIRef(expand(curie))
    for curie in (
        "rdf:type alg:statement alg:asserts alg:assertedBy alg:relayedBy alg:relays alg:relayManner dct:date alg:polarity "
        "alg:modality alg:certainty alg:evidenceKind skos:note alg:standardOfProof alg:evidenceUse alg:usedLine alg:direction "
        "alg:evidenceLine alg:cites alg:repliesTo alg:phrase alg:protectionLevel alg:anchor "
        "alg:from alg:to alg:stance alg:basis alg:rationale alg:topic alg:about alg:concernsRight alg:dutyBearer alg:affects "
        "alg:addressee alg:partOfClaim alg:quantity dct:temporal alg:place "
        "oa:hasSource oa:hasSelector oa:start oa:end spdx:checksum spdx:algorithm spdx:checksumValue"
    ).split()
)


#: What the names of vocabularies begin with.
_SPACES: Final = tuple(PREFIXES.values())


class _OrderedTurtle(TurtleSerializer):
    """rdflib's Turtle, with subjects in the order in which they were added."""

    def __init__(self, document: Document):
        super().__init__(document)
        self.document = document
        self.predicateOrder = list(ORDER)

    def orderSubjects(self) -> list[Node]:  # noqa: N802 - rdflib's name
        return list(dict.fromkeys(self.document.subjects_in_order))

    def relativize(self, uri: Any) -> Any:
        """Shorten IRIs below the base, except those of the ontology, which have a prefix."""
        base = str(self.base)
        if isinstance(uri, rdflib.URIRef) and uri.startswith(base) and not uri.startswith(ALG):
            return rdflib.URIRef(uri.removeprefix(base))
        return uri

    def get_pname(self, uri: Any, gen_prefix: bool = True) -> Any:
        """Return the prefixed name of a term; one that no namespace begins has none, and is not sought among all that came."""
        return super().get_pname(uri, gen_prefix) if gen_prefix or str(uri).startswith(_SPACES) else None


class Document(rdflib.Graph):
    """A graph that remembers in which order its subjects came."""

    def __init__(self, base: str):
        super().__init__(bind_namespaces="none")
        self.base_iri = base
        self.subjects_in_order: list[Node] = []
        for prefix, iri in PREFIXES.items():
            self.bind(prefix, iri)

    def describe(self, subject: str, statements: Iterable[tuple[str, Node | Sequence[Node] | None]]) -> rdflib.URIRef:
        """Add a block: a subject by its path below the base, with (CURIE, value or values) pairs; empty ones are left out."""
        node = self.thing(subject)
        self.subjects_in_order.append(node)
        for curie, value in statements:
            for item in [value] if value is None or isinstance(value, Node) else value:
                if item is not None:
                    self.add((node, rdflib.URIRef(expand(curie)), item))
        return node

    def thing(self, path: str) -> rdflib.URIRef:
        """Return the IRI of a path below the base."""
        return rdflib.URIRef(self.base_iri + path)

    def turtle(self, heading: str) -> str:
        """Return the document as Turtle under a one-line heading."""
        stream = io.BytesIO()
        _OrderedTurtle(self).serialize(stream, base=self.base_iri, encoding="utf-8")
        return f"# {heading}\n{stream.getvalue().decode().strip()}\n"
