"""Reads a list of records from a YAML file of a corpus, each with the same members, all of them filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import read_text
from allegata.corpus.yaml_text import Document, parse_yaml
from allegata.errors import CorpusSyntaxError

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Entry:
    """A record with its members, and where it stands."""

    members: dict[str, str]
    _path: Path
    _document: Document
    _number: int

    def error(self, wrong: str, *member: str) -> CorpusSyntaxError:
        """Make the error that names the line of the record, or of one of its members."""
        return CorpusSyntaxError(self._path, self._document.line((self._number, *member)), wrong)

    def check_day(self, name: str, called: str) -> None:
        """Raise CorpusSyntaxError where a member is no day (XML Schema 1.1 Part 2, section 3.3.9)."""
        if not _DAY.fullmatch(self.members[name]):
            raise self.error(f"{called} is a day, such as 2026-04-01", name)


def read_records(path: Path, members: Sequence[str], one: str, many: str) -> Iterator[Entry]:
    """Yield the records of a file, none where it is not there; raise CorpusSyntaxError with the line of one that is not whole."""
    if not path.is_file():
        return
    document = parse_yaml(read_text(path), path)
    rows = document.value if document.value is not None else []
    if not isinstance(rows, list):
        raise CorpusSyntaxError(path, 1, f"this is no list of {many}")
    for number, row in enumerate(rows):
        said = {name: value for name, value in row.items() if isinstance(value, str)} if isinstance(row, dict) else {}
        entry = Entry(said, path, document, number)
        if set(said) != set(members) or not all(said.values()):
            raise entry.error(f"{one} has {', '.join(members)}, each of them filled in")
        yield entry
