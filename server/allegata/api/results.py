"""Holds what a query or a table gives: rows of Python values and RDF terms, Arrow tables, data frames, triples, text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

from allegata.corpus.rdf import serialize_triples
from allegata.errors import QueryFailed, UsageError
from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS, by_word
from allegata.model.namespaces import expand
from allegata.release.citations import Citation

if TYPE_CHECKING:
    import pandas
    import pyarrow

Value = str | int | float | Decimal | bool | date | datetime
Term = NamedNode | BlankNode | Literal | Triple
_INTEGERS: Final = (
    *(
        "integer",
        "int",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "nonPositiveInteger",
        "negativeInteger",
    ),
    *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
)
#: Datatype → what reads its literals (XML Schema part 2); any other stays text.
_READERS: Final[Mapping[str, Callable[[str], Value]]] = {
    **{expand(f"xsd:{name}"): int for name in _INTEGERS},
    expand("xsd:decimal"): Decimal,
    expand("xsd:double"): float,
    expand("xsd:float"): float,
    expand("xsd:boolean"): lambda text: {"true": True, "1": True, "false": False, "0": False}[text],
    expand("xsd:date"): date.fromisoformat,
    expand("xsd:dateTime"): datetime.fromisoformat,
}


def python_value(term: Term | None) -> Value | None:
    """Return an RDF term as a Python value: IRIs and blank nodes as text, literals by their datatype, nothing where unbound."""
    if term is None:
        return None
    if not isinstance(term, Literal):
        return term.value if isinstance(term, NamedNode) else str(term)
    read = _READERS.get(term.datatype.value)
    try:
        return read(term.value) if read else term.value
    except (ArithmeticError, KeyError, ValueError):  # ill-typed, or beyond what Python has, such as a date before year 1
        return term.value


class Tabular(ABC, Sequence[dict[str, Any]]):
    """Rows with named columns: a sequence of dictionaries that can be had as an Arrow table and as a data frame."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""

    @abstractmethod
    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table."""

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas data frame; whole numbers stay whole where some are missing."""
        try:
            import pandas
        except ImportError:
            raise UsageError("The package pandas is not installed.", remedy="Install it with: pip install pandas") from None
        import pyarrow

        types = {pyarrow.int64(): pandas.Int64Dtype(), pyarrow.bool_(): pandas.BooleanDtype()}
        frame: pandas.DataFrame = self.to_arrow().to_pandas(types_mapper=types.get, use_threads=False)
        return frame

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} rows of {', '.join(self.columns)}>"

    def __getitem__(self, at: Any) -> Any:
        return self._rows[at]

    def __len__(self) -> int:
        return len(self._rows)

    @property
    @abstractmethod
    def _rows(self) -> Sequence[dict[str, Any]]: ...


class Rows(Tabular):
    """The solutions to a SELECT query: each row a dictionary of Python values; `terms` has the RDF terms.

    `missing` names the endpoints that SERVICE SILENT asked and that did not answer, `citation` cites query and release.
    """

    def __init__(self, answer: bytes, citation: Citation, missing: tuple[str, ...] = ()):
        self._answer, self.citation, self.missing = answer, citation, missing

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        return [{name: python_value(term) for name, term in row.items()} for row in self.terms]

    @cached_property
    def terms(self) -> list[dict[str, Term | None]]:
        """Return each row as a dictionary of RDF terms (pyoxigraph), with datatypes and languages."""
        return [dict(zip(self.columns, row, strict=True)) for row in self._solutions()]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the variables."""
        return tuple(variable.value for variable in self._solutions().variables)

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table: a column of numbers, truth values or dates where all of its values are such, else of text."""
        import pyarrow

        rows = self._rows
        return pyarrow.table({name: _column([row[name] for row in rows]) for name in self.columns})

    def text(self, format: str = "csv") -> str:
        """Write the rows as csv, tsv, json or xml (the SPARQL 1.1 result formats)."""
        media_type = by_word(format, BINDING_FORMATS).format.media_type
        known = QueryResultsFormat.from_media_type(media_type)
        return (self._solutions().serialize(format=known) or b"").decode()

    def _solutions(self) -> QuerySolutions:
        found = parse_query_results(self._answer, QueryResultsFormat.JSON)
        if not isinstance(found, QuerySolutions):
            raise QueryFailed("The answer has no rows.")
        return found


def _column(values: list[Value | None]) -> pyarrow.Array:
    """Make a column of the type that fits all values: numbers together, times with a zone or without, else text."""
    import pyarrow

    kinds = {type(value) for value in values if value is not None}
    try:
        if kinds in ({int}, {bool}, {date}):
            return pyarrow.array(values)
        if kinds and kinds <= {int, float, Decimal}:
            return pyarrow.array([None if value is None else float(value) for value in values], pyarrow.float64())  # type: ignore[arg-type]
        if kinds == {datetime} and len({value.tzinfo is None for value in values if isinstance(value, datetime)}) == 1:
            return pyarrow.array(values)
    except (pyarrow.ArrowException, OverflowError):  # a number over 64 bits
        pass
    return pyarrow.array([None if value is None else str(value) for value in values], pyarrow.string())


class Table(Tabular):
    """A table of a release: its columns are described in its data package; several values of a cell are a list."""

    def __init__(self, name: str, table: pyarrow.Table):
        self.name, self._table = name, table

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(self._table.column_names)

    def to_arrow(self) -> pyarrow.Table:
        """Return the Arrow table; the metadata of its fields has the titles of the columns."""
        return self._table

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._table.to_pylist()
        return rows

    def __len__(self) -> int:
        return int(self._table.num_rows)


@dataclass(frozen=True)
class Triples:
    """The triples that a CONSTRUCT or DESCRIBE query makes."""

    triples: tuple[Triple, ...]
    citation: Citation
    missing: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Triple]:
        return iter(self.triples)

    def __len__(self) -> int:
        return len(self.triples)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)}>"

    def text(self, format: str = "turtle") -> str:
        """Write the triples as turtle, ntriples, json-ld, rdf or trig."""
        return serialize_triples(self.triples, by_word(format, GRAPH_FORMATS).format).decode()
