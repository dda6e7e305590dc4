"""Reads reviewed mappings (SSSOM tables) and makes linksets of them: one graph a table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.reader import Corpus
from allegata.corpus.text_files import read_text
from allegata.errors import LinkError
from allegata.model.namespaces import PREFIXES, expand
from allegata.model.targets import TARGETS, target_of

#: The columns that every table has (SSSOM 1.0, slots of the class Mapping).
COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification", "mapping_date")
#: The properties that a mapping may use; owl:sameAs is not among them, for it would merge what is said of both.
PREDICATES = frozenset(
    ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch", "schema:sameAs")
)
SUFFIX = ".sssom.tsv"
_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_SAFE = re.compile(r"[^A-Za-z0-9._~-]+")


@dataclass(frozen=True)
class Row:
    """One mapping of a table, well formed: where it stands, what it links, and on what grounds."""

    place: str
    table: str
    subject: NamedNode
    predicate: str
    target: NamedNode
    justification: NamedNode
    date: str
    confidence: str
    reviewer: str
    comment: str
    #: Addresses where the evidence stands (slot see_also).
    evidence: tuple[NamedNode, ...] = ()

    def quads(self, corpus: Corpus) -> Iterator[Quad]:
        """Yield the link itself and the record that justifies it."""
        graph = corpus.graph(f"links/{self.table}")
        local, tail = (_SAFE.sub("-", text) for text in (self.subject.value.removeprefix(corpus.base), self._tail()))
        mapping = NamedNode(f"{corpus.base}link/{self.table}/{local}/{tail}")
        yield Quad(self.subject, NamedNode(expand(self.predicate)), self.target, graph)
        yield Quad(mapping, NamedNode(expand("rdf:type")), NamedNode(expand("sssom:Mapping")), graph)
        for name, value in self._record():
            yield Quad(mapping, NamedNode(expand(f"sssom:{name}")), value, graph)
        for address in self.evidence:
            yield Quad(mapping, NamedNode(expand("rdfs:seeAlso")), address, graph)

    def _tail(self) -> str:
        return self.target.value.split("//", 1)[-1]

    def _record(self) -> Iterator[tuple[str, NamedNode | Literal]]:
        yield "subject_id", self.subject
        yield "predicate_id", NamedNode(expand(self.predicate))
        yield "object_id", self.target
        yield "mapping_justification", self.justification
        yield "mapping_date", Literal(self.date, datatype=NamedNode(expand("xsd:date")))
        if self.confidence:
            yield "confidence", Literal(self.confidence, datatype=NamedNode(expand("xsd:decimal")))
        for name, text in (("reviewer_label", self.reviewer), ("comment", self.comment)):
            if text:
                yield name, Literal(text)


def read_links(corpus: Corpus) -> list[Quad]:
    """Return the mappings of data/links/*.sssom.tsv as statements.

    Raises LinkError with the file and row for an unknown prefix, a predicate or column that is not taken, an identifier that is
    none of the dataset it points into, a self-link, a link from or to a protected source.
    """
    shielded = protected(corpus)
    rows: list[Row] = []
    for row in read_rows(corpus):
        if isinstance(row, LinkError):
            raise row
        if problem := refusal(row, shielded, corpus.base):
            raise LinkError(f"{row.place}: {problem}")
        rows.append(row)
    return [*(quad for row in rows for quad in row.quads(corpus)), *_linksets(rows, corpus)]


def _linksets(rows: Sequence[Row], corpus: Corpus) -> Iterator[Quad]:
    """Describe the links of each table, in its graph, so that a query planner knows what leads where (VoID, section 5)."""
    parts: dict[tuple[str, str, str], int] = Counter()
    for row in rows:
        target = target_of(row.target.value)
        if target:
            parts[row.table, row.predicate, target.name] += 1
    for (table, predicate, name), count in sorted(parts.items()):
        node = NamedNode(f"{corpus.base}dataset/linkset/{table}/{name}-{predicate.partition(':')[2]}")
        outside = NamedNode(f"{corpus.base}dataset/outside/{name}")
        for subject, curie, value in (
            (node, "rdf:type", NamedNode(expand("void:Linkset"))),
            (node, "void:linkPredicate", NamedNode(expand(predicate))),
            (node, "void:subjectsTarget", corpus.dataset),
            (node, "void:objectsTarget", outside),
            (node, "void:triples", Literal(str(count), datatype=NamedNode(expand("xsd:integer")))),
            (outside, "rdf:type", NamedNode(expand("void:Dataset"))),
            (outside, "dct:title", Literal(TARGETS[name].title, language="en")),
            (outside, "void:uriSpace", Literal(TARGETS[name].space)),
        ):
            yield Quad(subject, NamedNode(expand(curie)), value, corpus.graph(f"links/{table}"))


def refusal(row: Row, shielded: frozenset[NamedNode], base: str) -> str:
    """Return why a well-formed row is not taken, or nothing."""
    target = target_of(row.target.value)
    if shielded & {row.subject, row.target, *row.evidence}:
        return "a protected source may not be linked to anything outside."
    if row.target.value.startswith(base):
        return f"{row.target.value} is a thing of this dataset; links lead to other datasets."
    if target and not target.fits(row.target.value):
        return f"object_id {target.identifier(row.target.value)!r} is not an identifier of {target.title}."
    return ""


def protected(corpus: Corpus) -> frozenset[NamedNode]:
    """Return the sources that must not be identifiable."""
    kind, of_class = NamedNode(expand("rdf:type")), NamedNode(expand("alg:ProtectedSource"))
    return frozenset(
        quad.subject
        for quad in corpus.quads
        if quad.predicate == kind and quad.object == of_class and isinstance(quad.subject, NamedNode)
    )


def read_rows(corpus: Corpus) -> Iterator[Row | LinkError]:
    """Yield every row of every table, and in the place of a malformed one what is wrong with it."""
    for path in sorted((corpus.root / "data" / "links").glob(f"*{SUFFIX}")):
        yield from _read_table(path)


def _read_table(path: Path) -> Iterator[Row | LinkError]:
    lines = read_text(path).splitlines()
    head = sum(1 for line in lines if line.startswith("#"))
    reader = csv.DictReader(lines[head:], delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        yield LinkError(f"{path}: the table has no column {', '.join(missing)}.")
        return
    try:
        prefixes = _curie_map(path, lines)
    except LinkError as error:
        yield error
        return
    for number, row in enumerate(reader, start=head + 2):
        try:
            yield _Reader(f"{path}:{number}", row, prefixes).row(path.name.removesuffix(SUFFIX))
        except LinkError as error:
            yield error


def _curie_map(path: Path, lines: list[str]) -> dict[str, str]:
    header = "\n".join(line.removeprefix("#") for line in lines if line.startswith("#"))
    try:
        return {**PREFIXES, **(yaml.safe_load(header) or {}).get("curie_map", {})}
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise LinkError(f"{path}: the header is not YAML with a curie_map: {error}") from None


class _Reader:
    """Reads one line of a table; whatever is malformed is a LinkError with its place."""

    def __init__(self, place: str, row: Mapping[str, str | None], prefixes: Mapping[str, str]):
        self.place, self.cells, self.prefixes = place, row, prefixes

    def row(self, table: str) -> Row:
        if quoted := [column for column, cell in self.cells.items() if isinstance(cell, str) and cell.startswith('"')]:
            raise LinkError(f"{self.place}: {quoted[0]} begins with a quotation mark, which other programs take for quoting.")
        subject, target = self._iri("subject_id"), self._iri("object_id")
        if subject == target:
            raise LinkError(f"{self.place}: {subject.value} is linked to itself.")
        return Row(
            place=self.place,
            table=table,
            subject=subject,
            predicate=self._predicate(),
            target=target,
            justification=self._iri("mapping_justification"),
            date=self._date(),
            confidence=self.cells.get("confidence") or "",
            reviewer=self.cells.get("reviewer_label") or "",
            comment=self.cells.get("comment") or "",
            evidence=tuple(self._expanded("see_also", value) for value in (self.cells.get("see_also") or "").split("|") if value),
        )

    def _iri(self, column: str) -> NamedNode:
        return self._expanded(column, self.cells.get(column) or "")

    def _expanded(self, column: str, value: str) -> NamedNode:
        prefix, colon, local = value.partition(":")
        if not value.startswith(("http://", "https://")):
            if not colon or not local or prefix not in self.prefixes:
                raise LinkError(f"{self.place}: {column} {value!r} has a prefix that the header does not declare.")
            value = self.prefixes[prefix] + local
        try:
            return NamedNode(value)
        except ValueError as error:
            raise LinkError(f"{self.place}: {column} {value!r} is not an IRI: {error}") from None

    def _predicate(self) -> str:
        value = self.cells.get("predicate_id") or ""
        if value not in PREDICATES:
            raise LinkError(f"{self.place}: predicate_id {value!r} is not one of {', '.join(sorted(PREDICATES))}.")
        return value

    def _date(self) -> str:
        value = self.cells.get("mapping_date") or ""
        if not _DATE.match(value):
            raise LinkError(f"{self.place}: mapping_date {value!r} is not a date like 2026-11-21.")
        return value
