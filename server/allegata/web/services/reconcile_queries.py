"""Reads what tables tools ask of /reconcile, and says at which place a question is malformed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allegata.errors import BadRequest

_FIELDS = {"query", "type", "limit", "properties", "type_strict"}
_REMEMBER = "See https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/."


@dataclass(frozen=True)
class ReconcileQuery:
    """One reconciliation query (section 4.1)."""

    text: str
    types: tuple[str, ...]
    limit: int
    properties: tuple[tuple[str, tuple[str, ...]], ...]


def parsed(text: str, where: str) -> Any:
    """Parse JSON; raise BadRequest with the line and column at fault."""
    try:
        data = json.loads(text)
        # RFC 8259, section 8.2: half of a surrogate pair can be written, but is no text.
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadRequest(f"The parameter {where} has half of a surrogate pair.", remedy=_REMEMBER) from None
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"The parameter {where} is not JSON: {error.msg}.", remedy=_REMEMBER, line=error.lineno, column=error.colno
        ) from None
    except RecursionError:
        raise BadRequest(f"The parameter {where} is nested too deeply.", remedy=_REMEMBER) from None
    except ValueError:
        raise BadRequest(f"The parameter {where} has a number with too many digits.", remedy=_REMEMBER) from None
    return data


def number(value: str | None, name: str) -> int:
    """Read a whole number from 0 that may be left out."""
    if value and not (value.isdecimal() and len(value) < 10):
        raise BadRequest(f"{name}={value[:20]!r} is not a whole number from 0.")
    return int(value or 0)


def batch(data: Any, longest: int) -> dict[str, ReconcileQuery]:
    """Read a batch of queries (section 4.1)."""
    _must(isinstance(data, dict), "queries", "an object with a query for each key")
    return {key: _query(key, value, longest) for key, value in data.items()}


def _query(key: str, data: Any, longest: int) -> ReconcileQuery:
    _must(isinstance(data, dict), key, "an object")
    _must(not set(data) - _FIELDS, key, f"an object with no other members than {', '.join(sorted(_FIELDS))}")
    text, limit = data.get("query", ""), data.get("limit", 0)
    _must(isinstance(text, str) and len(text) <= longest, f"{key}/query", f"text of at most {longest} characters")
    _must(isinstance(limit, int | float) and 0 <= limit < 10**6, f"{key}/limit", "a number from 0")
    kinds = data.get("type", [])
    types = [kinds] if isinstance(kinds, str) else kinds
    _must(isinstance(types, list) and all(isinstance(kind, str) for kind in types), f"{key}/type", "a type or a list of types")
    strictness = data.get("type_strict", "any")
    _must(strictness in ("any", "should", "all"), f"{key}/type_strict", "any, should or all")
    properties = data.get("properties", [])
    _must(isinstance(properties, list), f"{key}/properties", "a list")
    asked = tuple(_property(f"{key}/properties/{at}", item) for at, item in enumerate(properties))
    _must(bool(text.strip() or asked), key, "a query or at least one property")
    return ReconcileQuery(text, tuple(types), int(limit), asked)


def _property(place: str, data: Any) -> tuple[str, tuple[str, ...]]:
    _must(isinstance(data, dict) and isinstance(data.get("pid"), str) and "v" in data, place, "an object with pid and v")
    values: Sequence[Any] = data["v"] if isinstance(data["v"], list) else [data["v"]]
    for value in values:
        _must(
            isinstance(value, str | int | float) or (isinstance(value, dict) and isinstance(value.get("id"), str)),
            f"{place}/v",
            "text, numbers or things with an id",
        )
    return data["pid"], tuple(value["id"] if isinstance(value, dict) else str(value) for value in values)


def extension(data: Any) -> tuple[list[str], list[tuple[str, int]]]:
    """Read a data extension query (section 7.3): the ids, and the properties with the most values wanted of each."""
    _must(isinstance(data, dict), "extend", "an object with ids and properties")
    ids, properties = data.get("ids"), data.get("properties")
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise _malformed("extend/ids", "a list of ids")
    if not isinstance(properties, list):
        raise _malformed("extend/properties", "a list")
    return ids, [_column(f"extend/properties/{at}", item) for at, item in enumerate(properties)]


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
