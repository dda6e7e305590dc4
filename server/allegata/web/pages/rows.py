"""Writes the statements about a thing as a table: one row for each, with names for people (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from allegata.domain import Descriptions

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
