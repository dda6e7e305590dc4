"""Reads tables of participants as treaties.un.org gives them: who signed a treaty and became bound, and when.

The columns are those of the collection there: Participant, Signature, and one whose heading lists the acts by which a state
became bound, such as "Ratification, Accession(a), Succession(d)"; a date without a letter is of the act that has none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import read_text
from allegata.errors import CorpusError

#: The acts by the letters that stand behind dates; concepts of the scheme act, which has approval under acceptance. A date
#: without one is of a ratification where the heading has that word; a succession to a signature makes nobody bound.
_ACTS: Final = {
    "": "ratification",
    "a": "accession",
    "d": "succession",
    "A": "acceptance",
    "AA": "acceptance",
    "s": "definitiveSignature",
}
_SIGNED: Final = {"": "signature", "s": "definitiveSignature"}
_HEADING: Final = re.compile(r"Ratification|Accession|Succession|Acceptance|Approval")
#: A day as the collection writes it, the month in full or in short, then the letter of the act; small figures lead to end notes.
_DATED: Final = re.compile(r"(\d{1,2})\s+([A-Za-z]{3,9})\.?\s+(\d{4})(?:\s*([A-Za-z]{1,2}))?(?:\s*\d+(?:\s*,\s*\d+)*)?")
_NOTES: Final = re.compile(r"[\s,]*(?:\d+[\s,]*)+$|\s*\[[^\]]*\]$")
_MONTHS: Final = "january february march april may june july august september october november december".split()
_MOST_ROWS: Final = 1000


@dataclass(frozen=True)
class Act:
    """An act of a participant: its name as the table has it, the concept of the scheme act, the day, and the line."""

    participant: str
    act: str
    day: str
    line: int


@dataclass
class Participants:
    """What a table says: the acts, and what of it is no act of a kind that the model has, in words."""

    acts: list[Act] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def read_participants(path: Path) -> Participants:
    """Read a table, with commas, semicolons or tabs; raise CorpusError with line and column for what is no such table."""
    rows = _rows(path)
    head = next(rows, (1, []))[1]
    signature = next((at for at, name in enumerate(head) if name.startswith("Signature")), None)
    bound = next((at for at, name in enumerate(head) if at != signature and _HEADING.search(name)), None)
    if not head or head[0] not in ("Participant", "State") or bound is None:
        raise CorpusError(
            f"{path}:1: this is no table of participants: its columns are {', '.join(filter(None, head)) or 'none'}.",
            remedy='Give one with the columns Participant, Signature, "Ratification, Accession(a), Succession(d)".',
        )
    plain = _ACTS if "Ratification" in head[bound] else {mark: act for mark, act in _ACTS.items() if mark}
    columns = [*([(signature, _SIGNED)] if signature is not None else []), (bound, plain)]
    found = Participants()
    for line, row in rows:
        name = _NOTES.sub("", row[0]).strip()
        if not name:
            continue
        found.names.append(name)
        for at, acts in columns:
            text = row[at].strip() if at < len(row) else ""
            if text:
                _take(found, Place(path, line, head[at]), name, text, acts)
    return found


@dataclass(frozen=True)
class Place:
    """Where a cell stands: the file, the line and the heading of the column."""

    path: Path
    line: int
    column: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}, column {self.column!r}"


def _take(found: Participants, place: Place, name: str, text: str, acts: Mapping[str, str]) -> None:
    matched = _DATED.fullmatch(text)
    day = _day(matched) if matched else None
    if matched is None or day is None:
        raise CorpusError(f"{place}: {text!r} is no day.", remedy="Write it as the collection does: 24 Jan 1983 a.")
    letter = matched[4] or ""
    if letter in acts:
        found.acts.append(Act(name, acts[letter], day, place.line))
    else:
        found.not_taken.append(f"line {place.line}: {name}, {text}: the model has no act that is marked {letter!r}")


def _day(matched: re.Match[str]) -> str | None:
    """Return the day, or nothing where there is no such month or day."""
    months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(matched[2].lower())]
    try:
        return date(int(matched[3]), months[0], int(matched[1])).isoformat()
    except (IndexError, ValueError):
        return None


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table with the lines at which they begin."""
    text = read_text(path)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count), strict=True)
    line = 1
    try:
        for count, row in enumerate(reader):
            if count > _MOST_ROWS:
                raise CorpusError(
                    f"{path}:{line}: the table has more than {_MOST_ROWS:,} rows.", remedy="Give the table of one treaty."
                )
            if any(cell.strip() for cell in row):
                yield line, [cell.strip() for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise CorpusError(f"{path}:{line}: the row cannot be read: {error}.", remedy="Save the table as CSV again.") from None
