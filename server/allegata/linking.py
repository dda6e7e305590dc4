"""Reads reviewed mappings (SSSOM tables) and makes linksets of them: one graph a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus import Corpus
from allegata.errors import LinkError
from allegata.namespaces import PREFIXES, expand

#: The columns that every table has (SSSOM 1.0, slots of the class Mapping).
COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification", "mapping_date")
PREDICATES = frozenset(
    ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch", "schema:sameAs")
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_SAFE = re.compile(r"[^A-Za-z0-9._~-]+")


def read_links(corpus: Corpus) -> list[Quad]:
    """Give the mappings of data/links/*.sssom.tsv as statements: the link itself and the record that justifies it.

    Raises LinkError with the file and row for an unknown prefix, a predicate or column that is not taken, a self-link.
    """
    tables = sorted((corpus.root / "data" / "links").glob("*.sssom.tsv"))
    return [quad for table in tables for quad in _read_table(table, corpus)]


def _read_table(path: Path, corpus: Corpus) -> Iterator[Quad]:
    name = path.name.removesuffix(".sssom.tsv")
    lines = path.read_text("utf-8").splitlines()
    prefixes = _curie_map(path, lines)
    head = sum(1 for line in lines if line.startswith("#"))
    reader = csv.DictReader(lines[head:], delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise LinkError(f"{path}: the table has no column {', '.join(missing)}.")
    for number, row in enumerate(reader, start=head + 2):
        yield from _Row(f"{path}:{number}", row, prefixes, corpus).quads(name)


def _curie_map(path: Path, lines: list[str]) -> dict[str, str]:
    header = "\n".join(line.removeprefix("#") for line in lines if line.startswith("#"))
    try:
        return {**PREFIXES, **(yaml.safe_load(header) or {}).get("curie_map", {})}
    except yaml.YAMLError as error:
        raise LinkError(f"{path}: the header is not YAML: {error}") from None


class _Row:
    """One mapping of a table: checked, then given as statements."""

    def __init__(self, place: str, row: Mapping[str, str | None], prefixes: Mapping[str, str], corpus: Corpus):
        self.place, self.row, self.prefixes, self.corpus = place, row, prefixes, corpus

    def quads(self, table: str) -> Iterator[Quad]:
        subject, target = self._iri("subject_id"), self._iri("object_id")
        if subject == target:
            raise LinkError(f"{self.place}: {subject.value} is linked to itself.")
        predicate = self._predicate()
        graph = self.corpus.graph(f"links/{table}")
        mapping = NamedNode(f"{self.corpus.base}link/{table}/{_local(subject, self.corpus.base)}/{_tail(target)}")
        yield Quad(subject, predicate, target, graph)
        yield Quad(mapping, NamedNode(expand("rdf:type")), NamedNode(expand("sssom:Mapping")), graph)
        for curie, value in self._record(subject, predicate, target):
            yield Quad(mapping, NamedNode(expand(curie)), value, graph)

    def _record(self, subject: NamedNode, predicate: NamedNode, target: NamedNode) -> Iterator[tuple[str, NamedNode | Literal]]:
        yield "sssom:subject_id", subject
        yield "sssom:predicate_id", predicate
        yield "sssom:object_id", target
        yield "sssom:mapping_justification", self._iri("mapping_justification")
        yield "sssom:mapping_date", self._date()
        if confidence := self.row.get("confidence"):
            yield "sssom:confidence", Literal(confidence, datatype=NamedNode(expand("xsd:decimal")))
        for column in ("reviewer_label", "comment"):
            if text := self.row.get(column):
                yield f"sssom:{column}", Literal(text)

    def _iri(self, column: str) -> NamedNode:
        value = self.row.get(column) or ""
        prefix, colon, local = value.partition(":")
        if value.startswith(("http://", "https://")):
            return NamedNode(value)
        if not colon or not local or prefix not in self.prefixes:
            raise LinkError(f"{self.place}: {column} {value!r} has a prefix that the header does not declare.")
        return NamedNode(self.prefixes[prefix] + local)

    def _predicate(self) -> NamedNode:
        value = self.row.get("predicate_id") or ""
        if value not in PREDICATES:
            raise LinkError(f"{self.place}: predicate_id {value!r} is not one of {', '.join(sorted(PREDICATES))}.")
        return self._iri("predicate_id")

    def _date(self) -> Literal:
        value = self.row.get("mapping_date") or ""
        if not _DATE.match(value):
            raise LinkError(f"{self.place}: mapping_date {value!r} is not a date like 2026-11-21.")
        return Literal(value, datatype=NamedNode(expand("xsd:date")))


def _local(subject: NamedNode, base: str) -> str:
    return _SAFE.sub("-", subject.value.removeprefix(base))


def _tail(target: NamedNode) -> str:
    return _SAFE.sub("-", target.value.split("//", 1)[-1])
