"""The texts of a map with places in them for the fields of a record: `{title}`, `{label|title}` for the first that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from allegata.corpus.intake.records import Fields
from allegata.corpus.workbook.columns import is_language

_PLACE: Final = re.compile(r"\{([^{}\n]+)\}")
#: Codes of ISO 639 that name no language: several, undetermined, none.
_NO_LANGUAGE: Final = ("mul", "und", "zxx")


@dataclass(frozen=True)
class Template:
    """A text with places for fields."""

    text: str

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of the fields that it has places for."""
        return frozenset(name.strip() for found in _PLACE.findall(self.text) for name in found.split("|"))

    def values(self, fields: Fields) -> list[str]:
        """Return what it says of a record: the values of a field, where it is that alone; else one text, or none.

        A text that has places, and for none of them anything, says nothing.
        """
        whole = _PLACE.fullmatch(self.text)
        if whole:
            return list(_first(whole[1], fields))
        found = [_first(name, fields) for name in _PLACE.findall(self.text)]
        if not self.text or (found and not any(found)):
            return []
        parts: Iterator[tuple[str, ...]] = iter(found)
        return [" ".join(_PLACE.sub(lambda _: ", ".join(next(parts)), self.text).split())]

    def texts(self, fields: Fields) -> list[str]:
        """Return what it says of a record, once for each value where one field that it has a place for has several."""
        several = [name for name in sorted(self.fields) if len(fields.get(name, ())) > 1]
        if len(several) != 1:
            return self.values(fields)
        name = several[0]
        return [text for value in fields[name] for text in self.values({**fields, name: (value,)})]

    def languages(self, fields: Fields) -> Iterator[tuple[str, Template]]:
        """Yield each language that a field with `*` in the place of it has, with the template of that language."""
        for name in self.fields:
            start, star, end = name.partition("*")
            if star and not end:
                for field in sorted(fields):
                    language = field.removeprefix(start).lower()
                    if field.startswith(start) and is_language(language) and language not in _NO_LANGUAGE:
                        yield language, Template(self.text.replace(name, field))

    def text_for(self, fields: Fields) -> str:
        """Return what it says of a record as one text."""
        return ", ".join(self.values(fields))


def _first(names: str, fields: Fields) -> tuple[str, ...]:
    return next((fields[name.strip()] for name in names.split("|") if fields.get(name.strip())), ())
