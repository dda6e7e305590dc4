"""The records that formats of others hold: flat fields, each with its values, and where the record stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from allegata.errors import SheetError

Fields = Mapping[str, tuple[str, ...]]
#: How deep a record may be, and how many values it may have.
_DEPTH: Final = 32
_VALUES: Final = 5_000


@dataclass(frozen=True)
class Record:
    """A record: where it stands, of which kind its format says it is, and its fields with their values, none of them empty."""

    place: str
    kind: str
    fields: Fields


def flat(value: object, place: str) -> dict[str, tuple[str, ...]]:
    """Return the values of a JSON object by their paths: the members that lead to each with a dot between, lists passed over.

    Raises SheetError where it is nested too deeply or has too many values.
    """
    found: dict[str, list[str]] = {}
    for count, (path, text) in enumerate(_leaves(value, (), place), 1):
        if count > _VALUES:
            raise SheetError(f"{place}: the record has more than {_VALUES:,} values.", remedy="Divide it, or leave some out.")
        if text.strip():
            found.setdefault(".".join(path), []).append(text.strip())
    return {path: tuple(dict.fromkeys(texts)) for path, texts in found.items()}


def _leaves(value: object, path: tuple[str, ...], place: str) -> Iterator[tuple[tuple[str, ...], str]]:
    if len(path) > _DEPTH:
        raise SheetError(f"{place}: the record is nested too deeply.", remedy=f"At most {_DEPTH} levels are read.")
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, (*path, str(name)), place)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member, path, place)
    elif value is not None:
        yield path, {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
