"""Writes the statements about a thing: for programs as RDF, for people as a table with a row for each (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from allegata.corpus.rdf import serialize_triples
from allegata.domain import Descriptions
from allegata.model.formats import CSV, Format

COLUMNS: Final = ("subject", "property", "property name", "value", "value name", "language", "datatype")


def as_rows(descriptions: Descriptions, triples: Iterable[Triple]) -> bytes:
    """Write statements as rows in their order; a thing has its name beside its IRI, a literal its language or datatype."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for triple in triples:
        prop, term = triple.predicate, triple.object
        subject = triple.subject.value if isinstance(triple.subject, NamedNode) else str(triple.subject)
        head = (subject, prop.value, descriptions.label(prop))
        if isinstance(term, NamedNode):
            writer.writerow((*head, term.value, descriptions.label(term), "", ""))
        elif isinstance(term, Literal):
            writer.writerow((*head, term.value, "", term.language or "", term.datatype.value))
    return buffer.getvalue().encode()


def representation(descriptions: Descriptions, iri: str, form: Format) -> bytes:
    """Return what is stated of a thing in a format: its rows, or RDF."""
    triples = descriptions.triples(iri)
    return as_rows(descriptions, triples) if form is CSV else serialize_triples(triples, form)
