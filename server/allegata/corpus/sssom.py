"""Reads reviewed mappings (SSSOM tables) and makes linksets of them: one graph a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.quad_file import naming, subjects
from allegata.corpus.rdf import canonical_number
from allegata.corpus.reader import TABLES, Corpus
from allegata.corpus.sssom_table import Record, read_table, split_values
from allegata.corpus.text_files import list_files
from allegata.errors import LinkError
from allegata.model.namespaces import expand, iri_path
from allegata.model.targets import TARGETS, target_of

#: The columns that every table has (SSSOM 1.0, slots of the class Mapping).
COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification", "mapping_date")
#: The properties that a mapping may use; owl:sameAs is not among them, for it would merge what is said of both.
PREDICATES = frozenset(
    ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch", "schema:sameAs")
)
_BY_IRI: Final = {expand(curie): curie for curie in PREDICATES}
#: What stands in the place of a thing that was looked for and not found; the second is its name before SSSOM 1.0.
_ABSENT: Final = frozenset(NamedNode(expand(curie)) for curie in ("sssom:NoTermFound", "sssom:NoMapping"))
#: Types of what is no thing with a name of its own.
_NO_THING: Final = ("rdfs literal", "composed entity expression")
_DATE, _SHARE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), re.compile(r"\d+(\.\d+)?", re.ASCII)
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
    #: Whether the row says that the mapping does not hold (slot predicate_modifier).
    is_negated: bool = False

    @property
    def finds_nothing(self) -> bool:
        """Return whether the row says that a thing was looked for and not found."""
        return bool(_ABSENT & {self.subject, self.target})

    @property
    def kept_back(self) -> str:
        """Return why a row is not published though nothing is wrong with it, or nothing.

        A link can only be stated, so neither what does not hold nor what was not found becomes one.
        """
        if self.is_negated:
            return f"says that {self.predicate} does not hold; it stays in the table and is not published."
        return "says that no term was found; it stays in the table and is not published." if self.finds_nothing else ""

    def touches(self, corpus: Corpus) -> bool:
        """Return whether a row leads to or from something that is withheld, or its table as a whole is."""
        return not corpus.withheld.isdisjoint((self.subject, self.target, *self.evidence, corpus.graph(f"links/{self.table}")))

    def quads(self, corpus: Corpus) -> Iterator[Quad]:
        """Yield the link itself and the record that justifies it."""
        graph = corpus.graph(f"links/{self.table}")
        local, tail = (
            _SAFE.sub("-", text) for text in (self.subject.value.removeprefix(corpus.base), self.target.value.split("//", 1)[-1])
        )
        mapping = NamedNode(f"{corpus.base}link/{iri_path(self.table)}/{local}/{tail}")
        yield Quad(self.subject, NamedNode(expand(self.predicate)), self.target, graph)
        yield from self.record(mapping, graph)

    def record(self, mapping: NamedNode, graph: NamedNode) -> Iterator[Quad]:
        """Yield the record that justifies the link."""
        yield Quad(mapping, NamedNode(expand("rdf:type")), NamedNode(expand("sssom:Mapping")), graph)
        for name, value in self._slots():
            yield Quad(mapping, NamedNode(expand(f"sssom:{name}")), value, graph)
        for address in self.evidence:
            yield Quad(mapping, NamedNode(expand("rdfs:seeAlso")), address, graph)

    def _slots(self) -> Iterator[tuple[str, NamedNode | Literal]]:
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


def read_links(corpus: Corpus, tell: Callable[[str], None] = lambda _message: None) -> list[Quad]:
    """Return the mappings of data/links/*.sssom.tsv as statements; tell of rows that are kept back.

    Raises LinkError with the file and row for an unknown prefix, a predicate or column that is not taken, an identifier that is
    none of the dataset it points into, a self-link, a subject that the corpus lacks, a link from or to a protected source, and a
    mapping that another row negates.
    """
    known = Known.of(corpus)
    rows: list[Row] = []
    for row in read_rows(corpus):
        if isinstance(row, LinkError):
            raise row
        if corpus.withheld and row.touches(corpus):
            continue
        if problem := refusal(row, known):
            raise LinkError(f"{row.place}: {problem}")
        rows.append(row)
    for row, negated in negations(rows):
        raise LinkError(f"{row.place}: {negated.place} says that this does not hold.", remedy="Take one of the two rows out.")
    for row in (row for row in rows if row.kept_back):
        tell(f"{row.place}: the row {row.kept_back}")
    rows = [row for row in rows if not row.kept_back]
    return [*(quad for row in rows for quad in row.quads(corpus)), *_linksets(rows, corpus)]


def _linksets(rows: Sequence[Row], corpus: Corpus) -> Iterator[Quad]:
    """Describe the links of each table, in its graph, so that a query planner knows what leads where (VoID, section 5)."""
    parts: dict[tuple[str, str, str], int] = Counter()
    for row in rows:
        target = target_of(row.target.value)
        if target:
            parts[row.table, row.predicate, target.name] += 1
    for (table, predicate, name), count in sorted(parts.items()):
        node = NamedNode(f"{corpus.base}dataset/linkset/{iri_path(table)}/{name}-{predicate.partition(':')[2]}")
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


def negations(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Yield each row that states what another one negates, with that one."""
    negated = {(row.subject, row.predicate, row.target): row for row in rows if row.is_negated}
    for row in rows:
        other = negated.get((row.subject, row.predicate, row.target))
        if other and not row.is_negated:
            yield row, other


@dataclass(frozen=True)
class Known:
    """What has to be known of a corpus to judge a row: the base, what it describes, and which sources are protected."""

    base: str
    described: Container[object]
    protected: frozenset[NamedNode]

    @classmethod
    def of(cls, corpus: Corpus) -> Known:
        """Look through a corpus once."""
        return cls(corpus.base, subjects(corpus.quads), protected(corpus))


def refusal(row: Row, known: Known) -> str:
    """Return why a well-formed row is not taken, or nothing."""
    target = target_of(row.target.value)
    if known.protected & {row.subject, row.target, *row.evidence}:
        return "a protected source may not be linked to anything outside."
    if row.target.value.startswith(known.base):
        return f"{row.target.value} is a thing of this dataset; links lead to other datasets."
    if target and not target.fits(row.target.value):
        return f"object_id {target.identifier(row.target.value)!r} is not an identifier of {target.title}."
    if row.subject not in known.described and row.subject not in _ABSENT:
        return f"the corpus says nothing of {row.subject.value}; describe it in a file of data/, or mend the subject_id."
    return ""


def protected(corpus: Corpus) -> frozenset[NamedNode]:
    """Return the people that must not be identifiable."""
    classes = {NamedNode(expand(f"alg:Protected{name}")) for name in ("Person", "Source")}
    typed = (quad for name in classes for quad in naming(corpus.quads, name) if quad.predicate.value == expand("rdf:type"))
    return frozenset(quad.subject for quad in typed if quad.object in classes and isinstance(quad.subject, NamedNode))


def read_rows(corpus: Corpus) -> Iterator[Row | LinkError]:
    """Yield every row of every table, and in the place of a malformed one what is wrong with it."""
    for path in list_files(corpus.root / "data" / "links", TABLES):
        yield from rows_of(path)


def rows_of(path: Path) -> Iterator[Row | LinkError]:
    """Yield every row of a table, and in the place of a malformed one what is wrong with it."""
    try:
        table = read_table(path, COLUMNS)
    except LinkError as error:
        yield error
        return
    yield from (item if isinstance(item, LinkError) else _row(item, table.prefixes, path) for item in table.records)


def _row(record: Record, prefixes: Mapping[str, str], path: Path) -> Row | LinkError:
    try:
        return _Reader(record, prefixes).row(path)
    except LinkError as error:
        return error


class _Reader:
    """Reads one row of a table; whatever is malformed is a LinkError with its place."""

    def __init__(self, record: Record, prefixes: Mapping[str, str]):
        self.place, self.cells, self.prefixes = record.place, record.cells, prefixes

    def row(self, path: Path) -> Row:
        for slot in ("subject_type", "object_type"):
            if self.cells.get(slot) in _NO_THING:
                raise LinkError(f"{self.place}: {slot} {self.cells[slot]!r} is no thing with a name, and only such are linked.")
        subject, target = self._iri("subject_id"), self._iri("object_id")
        if subject == target and subject not in _ABSENT:
            raise LinkError(f"{self.place}: {subject.value} is linked to itself.")
        return Row(
            place=self.place,
            table=path.name.removesuffix(TABLES),
            subject=subject,
            predicate=self._predicate(),
            target=target,
            justification=self._iri("mapping_justification"),
            date=self._date(),
            confidence=self._confidence(),
            reviewer=self.cells.get("reviewer_label", ""),
            comment=self.cells.get("comment", ""),
            evidence=tuple(self._expanded("see_also", value) for value in split_values(self.cells.get("see_also", ""))),
            is_negated=self._is_negated(),
        )

    def _iri(self, column: str) -> NamedNode:
        return self._expanded(column, self.cells.get(column, ""))

    def _expanded(self, column: str, value: str) -> NamedNode:
        prefix, colon, local = value.partition(":")
        if not value.startswith(("http://", "https://")):
            if not colon or not local or prefix not in self.prefixes:
                raise LinkError(
                    f"{self.place}: {column} {value!r} has a prefix that the header does not declare.",
                    remedy=f"Add {prefix or 'it'} to the curie_map of the table.",
                )
            value = self.prefixes[prefix] + local
        try:
            return NamedNode(value)
        except ValueError:
            raise LinkError(f"{self.place}: {column} {value!r} is not an IRI.") from None

    def _predicate(self) -> str:
        value = self.cells.get("predicate_id", "")
        name = _BY_IRI.get(self._iri("predicate_id").value, "") if ":" in value else ""
        if not name:
            raise LinkError(f"{self.place}: predicate_id {value!r} is not one of {', '.join(sorted(PREDICATES))}.")
        return name

    def _is_negated(self) -> bool:
        value = self.cells.get("predicate_modifier", "")
        if value not in ("", "Not"):
            raise LinkError(f"{self.place}: predicate_modifier {value!r} is not known; the one that there is is Not.")
        if value and _ABSENT & {self._iri("subject_id"), self._iri("object_id")}:
            raise LinkError(f"{self.place}: a row that found no term cannot be negated besides: it would say nothing.")
        return bool(value)

    def _confidence(self) -> str:
        """Return the confidence in the canonical form of a decimal (XML Schema 1.1, section 3.3.3), or nothing."""
        value = self.cells.get("confidence", "")
        if not value:
            return ""
        if not _SHARE.fullmatch(value) or not 0 <= Decimal(value) <= 1:
            raise LinkError(f"{self.place}: confidence {value!r} is not a number from 0 to 1.")
        return canonical_number(value)

    def _date(self) -> str:
        value = self.cells.get("mapping_date", "")
        if not _DATE.fullmatch(value):
            raise LinkError(f"{self.place}: mapping_date {value!r} is not a date like 2026-11-21.")
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise LinkError(f"{self.place}: mapping_date {value!r} is no day of the calendar.") from None
