"""Reads what tables tools ask of /reconcile, and says at which place a question is malformed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allegata.errors import BadRequest

_FIELDS = {"query", "type", "limit", "properties", "type_strict"}
#: What the shortest value counts.
_VALUE = 10
_REMEMBER = "See https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/."


@dataclass(frozen=True)
class ReconcileQuery:
    """One reconciliation query (section 4.1); `note` says what keeps it from being answered, as a cell of a table can be odd."""

    text: str = ""
    types: tuple[str, ...] = ()
    limit: int = 0
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()
    note: str = ""

    @property
    def size(self) -> int:
        """Return the number of its characters; a value counts as ten at least, since each is compared with every candidate."""
        return len(self.text) + sum(max(len(value), _VALUE) for _, values in self.properties for value in values or ("",))


def parsed(text: str, where: str) -> Any:
    """Parse JSON; raise BadRequest with the line and column at fault."""
    try:
        data = json.loads(text)
        # RFC 8259, section 8.2: half of a surrogate pair can be written, but is no text.
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadRequest(f"The parameter {where} has half of a surrogate pair.", remedy=_REMEMBER) from None
    except json.JSONDecodeError as error:
        raise BadRequest(f"The parameter {where} is not JSON.", remedy=_REMEMBER, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise BadRequest(f"The parameter {where} is nested too deeply.", remedy=_REMEMBER) from None
    except ValueError:
        raise BadRequest(f"The parameter {where} has a number with too many digits.", remedy=_REMEMBER) from None
    return data


def number(value: str | None, name: str) -> int:
    """Read a whole number from 0 that may be left out."""
    if value is not None and not (value.isdecimal() and len(value) < 10):
        raise BadRequest(f"{name}={value[:20]!r} is not a whole number from 0.")
    return int(value or 0)


def batch(data: Any, longest: int) -> dict[str, ReconcileQuery]:
    """Read a batch of queries (section 4.1), each by itself; raise BadRequest where none of them can be read."""
    _must(isinstance(data, dict), "queries", "an object with a query for each key")
    found: dict[str, ReconcileQuery] = {}
    faults: list[BadRequest] = []
    for key, value in data.items():
        try:
            found[key] = _query(key, value, longest)
        except BadRequest as error:
            faults.append(error)
            found[key] = ReconcileQuery(note=error.message)
    if faults and len(faults) == len(found):
        raise faults[0]
    return found


def _query(key: str, data: Any, longest: int) -> ReconcileQuery:
    _must(isinstance(data, dict), key, "an object")
    _must(not set(data) - _FIELDS, key, f"an object with no other members than {', '.join(sorted(_FIELDS))}")
    text = _cell(data.get("query"), f"{key}/query")
    kinds = data.get("type") or []
    types = [kinds] if isinstance(kinds, str) else kinds
    _must(isinstance(types, list) and all(isinstance(kind, str) for kind in types), f"{key}/type", "a type or a list of types")
    strictness = data.get("type_strict", "any")
    _must(strictness in ("any", "should", "all"), f"{key}/type_strict", "any, should or all")
    properties = data.get("properties") or []
    _must(isinstance(properties, list), f"{key}/properties", "a list")
    asked = tuple(_property(f"{key}/properties/{at}", item) for at, item in enumerate(properties))
    _must("query" in data or bool(asked), key, "a query or at least one property")
    limit = _limit(data.get("limit"), f"{key}/limit")
    if len(text) > longest:
        return ReconcileQuery(note=f"{key[:200]}/query is over {longest} characters.")
    return ReconcileQuery(text, tuple(types), limit, asked, "" if text.strip() or asked else f"{key[:200]}/query is blank.")


def _cell(value: Any, place: str) -> str:
    """Return what stands in a cell as text: tables have numbers, truths and nothing in them, too."""
    _must(value is None or isinstance(value, str | int | float), place, "text")
    return "" if value is None else json.dumps(value) if isinstance(value, bool) else str(value)


def _limit(value: Any, place: str) -> int:
    """Return a limit, which clients write as a number or as text."""
    if isinstance(value, str):
        return number(value.strip() or None, place)
    number_given = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**6
    _must(value is None or number_given, place, "a number from 0")
    return int(value or 0)


def _property(place: str, data: Any) -> tuple[str, tuple[str, ...]]:
    _must(isinstance(data, dict) and isinstance(data.get("pid"), str) and "v" in data, place, "an object with pid and v")
    values: Sequence[Any] = data["v"] if isinstance(data["v"], list) else [data["v"]]
    for value in values:
        _must(
            value is None
            or isinstance(value, str | int | float)
            or (isinstance(value, dict) and isinstance(value.get("id"), str)),
            f"{place}/v",
            "text, numbers or things with an id",
        )
    said = (value["id"] if isinstance(value, dict) else str(value) for value in values if value is not None)
    return data["pid"], tuple(said)


def extension(data: Any) -> tuple[list[str], list[tuple[str, int]]]:
    """Read a data extension query (section 7.3): the ids, and the properties with the most values wanted, each of both once."""
    _must(isinstance(data, dict), "extend", "an object with ids and properties")
    ids, properties = data.get("ids"), data.get("properties")
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise _malformed("extend/ids", "a list of ids")
    if not isinstance(properties, list):
        raise _malformed("extend/properties", "a list")
    columns = dict(_column(f"extend/properties/{at}", item) for at, item in enumerate(properties))
    return list(dict.fromkeys(ids)), list(columns.items())


def _column(place: str, data: Any) -> tuple[str, int]:
    _must(isinstance(data, dict) and isinstance(data.get("id"), str), place, "an object with an id")
    settings = data.get("settings") or {}
    _must(isinstance(settings, dict), f"{place}/settings", "an object")
    limit = settings.get("limit", 0)
    return data["id"], number(str(limit), f"{place}/settings/limit")


def _must(holds: bool, place: str, what: str) -> None:
    if not holds:
        raise _malformed(place, what)


def _malformed(place: str, what: str) -> BadRequest:
    return BadRequest(f"{place[:200]} is not {what}.", remedy=_REMEMBER)
