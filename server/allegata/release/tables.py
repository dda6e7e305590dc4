"""Writes the corpus as tables for those who work with rows: CSV (RFC 4180) that is described for programs, and Parquet."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from allegata.corpus.quad_file import CHUNK
from allegata.corpus.statements import Statements, Term
from allegata.errors import ReleaseError
from allegata.model.columns import Column, Table
from allegata.model.labels import LABELS, by_language
from allegata.model.namespaces import SCHEMES, expand
from allegata.model.tables import TABLES
from allegata.release.bounds import UNBOUNDED, Bounds
from allegata.release.csvw import FILE as CSVW_FILE
from allegata.release.csvw import table_group
from allegata.release.digests import file_hash
from allegata.release.jsonld import write

if TYPE_CHECKING:
    import pyarrow

Cell = tuple[str, ...]
#: Properties that say one thing, in as many languages as they may be worded in.
_WORDED: Final = (*LABELS, "schema:unitText")
#: Rows that are read at once of a table that may be somebody else's.
_ROWS_AT_ONCE: Final = 256


@dataclass(frozen=True)
class PackageMetadata:
    """What datapackage.json says of the dataset as a whole (Frictionless Data Package)."""

    name: str
    title: str
    description: str
    version: str
    created: str
    homepage: str
    licence: str = ""
    licence_id: str = ""
    licence_name: str = ""


def _rows(statements: Statements, table: Table) -> Iterator[list[Cell]]:
    """Yield the rows of a table in the order of their identifiers."""
    for thing in sorted(statements.instances(*table.classes)):
        yield [(thing,) if column.name == "id" else _cell(statements, thing, column) for column in table.columns]


def _cell(statements: Statements, thing: str, column: Column) -> Cell:
    if column.each:
        return _each(statements, thing, column)
    found = sorted({(_language(node), column.order(node.value), node.value) for node in _reached(statements, thing, column)})
    values = tuple(value for *_, value in found)
    if column.language and values:
        tags = (
            node.language for node in _reached(statements, thing, column) if node.value == values[0] and isinstance(node, Literal)
        )
        return tuple(filter(None, tags))[:1]
    return values if column.many else values[:1]


def _each(statements: Statements, thing: str, column: Column) -> Cell:
    """Return one value for each thing that the first step leads to; none at all where no thing has one."""
    first, rest = replace(column, path=column.path[:1]), replace(column, path=column.path[1:])
    things = sorted({node.value for node in _reached(statements, thing, first)})
    found = ([node.value for node in _reached(statements, item, rest)] for item in things)
    values = tuple(min(several, default="") for several in found)
    return values if any(values) else ()


def _reached(statements: Statements, thing: str, column: Column) -> list[Term]:
    """Return where the path of a column leads from a thing."""
    nodes: list[Term] = [NamedNode(thing)]
    for step in column.path:
        nodes = [value for node in nodes if isinstance(node, NamedNode) for value in _step(statements, node, step, column)]
    return nodes


def _step(statements: Statements, node: NamedNode, step: str, column: Column) -> Iterable[Term]:
    """Return where a step of the path leads, against the direction of the property where it says so; a thing has one name."""
    if not step.startswith("^"):
        found = statements.terms(node.value, step)
        return found[:1] if step in _WORDED else found
    kinds = {f"{SCHEMES}stance/{name}" for name in column.stances}
    leading = map(NamedNode, statements.leading(node.value, step.removeprefix("^")))
    return [thing for thing in leading if not kinds or kinds & set(statements.values(thing.value, "alg:stance"))]


def _language(term: Term) -> tuple[bool, bool, str, str]:
    """Put English first, then the other languages in order; in each the column has an order of its own."""
    return by_language("", term.language if isinstance(term, Literal) else None)


def write_tables(statements: Statements, folder: Path, about: PackageMetadata) -> None:
    """Write <table>.csv and <table>.parquet for every table, and what describes them, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for table in TABLES:
        path = folder / f"{table.name}.csv"
        _write_rows(table, _rows(statements, table), path)
        resources.append(_resource(table, path))
    (folder / "datapackage.json").write_bytes(write(_package(about, resources)))
    (folder / CSVW_FILE).write_bytes(write(table_group(TABLES, about.title, about.description, about.licence)))


def _write_rows(table: Table, rows: Iterable[list[Cell]], path: Path) -> None:
    """Write rows as CSV to a path and as Parquet beside it, many at once; the writer of that puts in neither time nor place."""
    import pyarrow as pa  # loaded where a release is made: a server writes no tables, and it is large
    from pyarrow import parquet

    types = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
    schema = pa.schema(
        pa.field(c.name, pa.list_(types[c.kind]) if c.many else types[c.kind], metadata={"title": c.says}) for c in table.columns
    )
    parts, left = [], iter(rows)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(column.name for column in table.columns)
        while chunk := list(islice(left, CHUNK)):
            for row in chunk:
                writer.writerow(column.separator.join(cell) for column, cell in zip(table.columns, row, strict=True))
            arrays = [
                pa.array(_read(column, chunk, at), field.type)
                for at, (column, field) in enumerate(zip(table.columns, schema, strict=True))
            ]
            parts.append(pa.record_batch(arrays, schema=schema))
    # In one piece, so that the bytes do not depend on how many rows were read at once.
    made = pa.Table.from_batches(parts, schema).combine_chunks()
    parquet.write_table(made, path.with_suffix(".parquet"), compression="zstd", version="2.6")


def _read(column: Column, rows: Sequence[list[Cell]], at: int) -> list[Any]:
    """Return the values of a column as Parquet has them."""
    if column.many:
        return [[column.read(value) for value in row[at]] for row in rows]
    return [next((column.read(value) for value in row[at]), None) for row in rows]


def read_parquet(data: bytes, name: str, bounds: Bounds = UNBOUNDED) -> pyarrow.Table:
    """Read a Parquet file; raise ReleaseError where it is damaged, or holds more than bounds allow."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        # `read_table` starts threads of Arrow's pool, and a process that ends soon after is aborted, one time in five.
        file = parquet.ParquetFile(pa.BufferReader(data), pre_buffer=False)
        return file.read(use_threads=False) if bounds is UNBOUNDED else _read_within(file, name, bounds)
    except (pa.ArrowException, OSError) as error:
        raise ReleaseError(f"{name} cannot be read: {error}") from None


def _read_within(file: Any, name: str, bounds: Bounds) -> pyarrow.Table:
    """Read some rows at a time: a word that stands once in a file may be that of every row."""
    import pyarrow as pa

    found, size = [], sum(file.metadata.row_group(number).total_byte_size for number in range(file.metadata.num_row_groups))
    bounds.check_bytes(name, size)
    size = 0
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False):
        size += batch.nbytes
        bounds.check_bytes(name, size)
        found.append(batch)
    return pa.Table.from_batches(found, schema=found[0].schema) if found else file.schema_arrow.empty_table()


def rows_digest(table: pyarrow.Table) -> bytes:
    """Return the digest of the rows of a table, whatever it was read from."""
    digest = hashlib.sha256()
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        for row in batch.to_pylist():
            digest.update(repr(row).encode())
    return digest.digest()


def parquet_rows(data: bytes, name: str) -> list[dict[str, Any]]:
    """Return the rows of a Parquet file; raise ReleaseError where it is damaged."""
    rows: list[dict[str, Any]] = read_parquet(data, name).to_pylist()
    return rows


def _resource(table: Table, path: Path) -> dict[str, Any]:
    """Describe a table as a tabular data resource (Frictionless Table Schema, version 1)."""
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "primaryKey": ["id"],
        "missingValues": [""],
    }
    if any(column.refers for column in table.columns):
        schema["foreignKeys"] = [
            {"fields": [column.name], "reference": {"resource": column.refers, "fields": ["id"]}}
            for column in table.columns
            if column.refers
        ]
    return {
        "name": table.name,
        "title": table.title,
        "path": path.name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{file_hash(path)}",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": "string" if column.many else column.kind,
        "description": column.says_all,
    }
    if column.predicate:
        field["rdfType"] = expand(column.predicate)
    if column.name == "id":
        field |= {"format": "uri", "constraints": {"required": True, "unique": True}}
    return field


def _package(about: PackageMetadata, resources: list[dict[str, Any]]) -> dict[str, Any]:
    licence = {"name": about.licence_id, "path": about.licence, "title": about.licence_name}
    return {
        "profile": "tabular-data-package",
        "name": about.name,
        "title": about.title,
        "description": about.description,
        "version": about.version,
        "created": about.created if "T" in about.created else f"{about.created}T00:00:00Z",
        "homepage": about.homepage,
        **({"licenses": [{key: value for key, value in licence.items() if value}]} if about.licence else {}),
        "resources": resources,
    }
