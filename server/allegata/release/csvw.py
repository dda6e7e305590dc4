"""Describes the tables to programs as CSV on the Web (W3C, Metadata Vocabulary for Tabular Data): columns, types and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from allegata.model.columns import Column, Table
from allegata.model.namespaces import expand

#: Where programs look for it beside a table (Model for Tabular Data, section 5.3).
FILE: Final = "csv-metadata.json"
#: Kind of a column → datatype (section 5.11.1).
_TYPES: Final = {"string": "string", "integer": "integer", "number": "double", "boolean": "boolean"}


def table_group(tables: Sequence[Table], title: str, description: str, licence: str) -> dict[str, Any]:
    """Return the description of some tables that stand beside it, whose keys lead from one to another."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": title,
        "dc:description": description,
        **({"dc:license": {"@id": licence}} if licence else {}),
        "tables": [_table(table) for table in tables],
    }


def _table(table: Table) -> dict[str, Any]:
    keys = [
        {
            "columnReference": column.name,
            "reference": {"resource": f"{column.refers}.csv", "columnReference": "id"},
        }
        for column in table.columns
        if column.refers
    ]
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "tableSchema": {
            "columns": [_column(column) for column in table.columns],
            "primaryKey": "id",
            **({"foreignKeys": keys} if keys else {}),
            "aboutUrl": "{+id}",
        },
    }


def _column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "dc:description": column.says_all,
        "datatype": "anyURI" if column.name == "id" or column.refers else _TYPES[column.kind],
    }
    if column.many:
        described["separator"] = column.separator
    if column.predicate:
        described["propertyUrl"] = expand(column.predicate)
    if column.refers:
        described["valueUrl"] = f"{{+{column.name}}}"
    if column.name == "id":
        described |= {"required": True, "suppressOutput": True}
    return described
