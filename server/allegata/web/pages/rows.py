"""Writes the statements about a thing: for programs as RDF, for people as a table with a row for each (CSV, RFC 4180)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from allegata.corpus.rdf import serialize_triples
from allegata.domain import Descriptions
from allegata.model.formats import CSV, Choice
from allegata.web.http.csv_tables import write_table

COLUMNS: Final = ("subject", "property", "property name", "value", "value name", "language", "datatype")


def as_rows(descriptions: Descriptions, triples: Iterable[Triple]) -> Iterator[tuple[str, ...]]:
    """Yield statements as rows in their order; a thing has its name beside its IRI, a literal its language or datatype."""
    yield COLUMNS
    for triple in triples:
        prop, term = triple.predicate, triple.object
        subject = triple.subject.value if isinstance(triple.subject, NamedNode) else str(triple.subject)
        head = (subject, prop.value, descriptions.label(prop))
        if isinstance(term, NamedNode):
            yield *head, term.value, descriptions.label(term), "", ""
        elif isinstance(term, Literal):
            yield *head, term.value, "", term.language or "", term.datatype.value


def representation(descriptions: Descriptions, iri: str, choice: Choice) -> bytes:
    """Return what is stated of a thing in a format: its rows, or RDF."""
    triples = descriptions.triples(iri)
    if choice.format is CSV:
        return write_table(as_rows(descriptions, triples), choice).encode()
    return serialize_triples(triples, choice.format)
