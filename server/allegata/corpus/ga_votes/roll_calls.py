"""Reads the two tables of roll calls of the General Assembly: what was voted on, and who voted how.

The columns are those of Erik Voeten's dataset as the package unvotes has them: `rcid`, `session`, `date`, `unres`, `amend`,
`para`, `short` and `descr` of a roll call; `rcid`, `country`, `country_code` and `vote` of a vote. A state without a row did not
vote.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from sys import intern
from typing import IO, Final

from allegata.corpus.text_files import open_regular
from allegata.errors import SheetError, UsageError

ROLL_CALL_COLUMNS: Final = ("rcid", "session", "date", "unres", "amend", "para", "short", "descr")
VOTE_COLUMNS: Final = ("rcid", "country", "country_code", "vote")
CHOICES: Final = ("yes", "no", "abstain")
#: What a flag of the table may say: nothing is not no.
_FLAGS: Final = {"": None, "0": False, "1": True}
#: The most bytes of a table, unpacked, and the most rows of it: the dataset of all votes has 870,109.
_MOST_BYTES: Final = 1 << 28
_MOST_ROWS: Final = 2_000_000
#: From this session on the symbol of a resolution is made of session and number; decisions have numbers from 401.
_SYMBOLS_FROM: Final = 31
_DECISIONS_FROM: Final = 401
_RESOLUTION: Final = re.compile(r"(?:A/RES|R)/(\d+)[/ ](\d+)([A-Z]?)")
#: Up to this session the table has one of seven days in each month: the month holds, the day does not.
_DAYS_FROM: Final = 58
_FALSE_DAYS: Final = 7


@dataclass(frozen=True)
class RollCall:
    """A row of the table of roll calls. `amendment` and `part` are None where the table does not say."""

    rcid: str
    session: int
    date: date
    text: str
    amendment: bool | None
    part: bool | None
    short: str
    description: str

    @property
    def symbol(self) -> str:
        """Return the symbol of the resolution, such as A/RES/60/173, or nothing where the table does not give it."""
        found = _RESOLUTION.fullmatch(self.text)
        if not found or int(found[1]) < _SYMBOLS_FROM or int(found[2]) >= _DECISIONS_FROM:
            return ""
        return f"A/RES/{found[1]}/{found[2]}{f' {found[3]}' * bool(found[3])}"

    @property
    def day(self) -> str:
        """Return the day, or the month alone where the day in the table is not that of the vote (ISO 8601)."""
        false = self.session < _DAYS_FROM and self.date.day <= _FALSE_DAYS
        return self.date.isoformat()[: 7 if false else 10]


@dataclass(frozen=True)
class Ballot:
    """How a state voted in a roll call: its name and code in the table, and the choice."""

    country: str
    code: str
    choice: str


def read_roll_calls(path: Path) -> dict[str, RollCall]:
    """Read the roll calls by number; raise SheetError with the line of a row that cannot be used."""
    found: dict[str, RollCall] = {}
    for place, row in _rows(path, ROLL_CALL_COLUMNS):
        if not row["rcid"].isdecimal() or row["rcid"] in found:
            raise SheetError(f"{place}: {row['rcid']!r} is no number of a roll call, or stands twice.")
        found[row["rcid"]] = _roll_call(place, row)
    return found


def _roll_call(place: str, row: Mapping[str, str]) -> RollCall:
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        raise SheetError(f"{place}: {row['date']!r} is no day.", remedy="Write it as 2004-06-30.") from None
    if not row["session"].isdecimal() or len(row["session"]) > 3:
        raise SheetError(f"{place}: {row['session']!r} is no number of a session.")
    for name in ("amend", "para"):
        if row[name] not in _FLAGS:
            raise SheetError(f"{place}: {row[name]!r} in the column {name} is none of 0, 1 and nothing.")
    return RollCall(
        rcid=row["rcid"],
        session=int(row["session"]),
        date=day,
        text=row["unres"],
        amendment=_FLAGS[row["amend"]],
        part=_FLAGS[row["para"]],
        short=row["short"],
        description=row["descr"],
    )


def read_votes(path: Path, roll_calls: Mapping[str, RollCall]) -> dict[str, list[Ballot]]:
    """Read the votes by roll call, in the order of the table.

    Raises SheetError with the line of a vote of no roll call, of a choice that is none, and of a state that votes twice.
    """
    found: dict[str, list[Ballot]] = {rcid: [] for rcid in roll_calls}
    ballots: dict[tuple[str, str, str], Ballot] = {}
    seen: set[tuple[str, str]] = set()
    for place, row in _rows(path, VOTE_COLUMNS):
        rcid, country, code, choice = (intern(row[name]) for name in VOTE_COLUMNS)
        if rcid not in found:
            raise SheetError(f"{place}: the table of roll calls has no {rcid!r}.", remedy="Take both tables of one edition.")
        if choice not in CHOICES:
            raise SheetError(f"{place}: {choice!r} is no choice.", remedy=f"There is: {', '.join(CHOICES)}.")
        if not country or (rcid, country) in seen:
            raise SheetError(f"{place}: {country!r} is no name of a state, or votes twice in roll call {rcid}.")
        seen.add((rcid, country))
        found[rcid].append(ballots.setdefault((country, code, choice), Ballot(country, code, choice)))
    return found


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a table with their places."""
    with _opened(path) as file:
        lines = csv.DictReader(_text(path, file))
        try:
            missing = [name for name in columns if name not in (lines.fieldnames or ())]
            if missing:
                raise SheetError(f"{path}: there is no column {', '.join(missing)}.", remedy="docs/formats.md lists the columns.")
            for number, row in enumerate(lines):
                if number >= _MOST_ROWS:
                    raise SheetError(f"{path}: there are more than {_MOST_ROWS:,} rows.", remedy="Divide the table by session.")
                yield f"{path}, line {lines.line_num}", {name: (row[name] or "").strip() for name in columns}
        except csv.Error as error:
            raise SheetError(f"{path}, line {lines.line_num}: the table cannot be read as CSV: {error}.") from None


def _text(path: Path, file: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a table, decoded, up to the limit."""
    size = 0
    try:
        for number, line in enumerate(iter(lambda: file.readline(1 << 20), b""), 1):
            size += len(line)
            if size > _MOST_BYTES:
                raise SheetError(f"{path}, line {number}: the table has more than {_MOST_BYTES:,} bytes.", remedy="Divide it.")
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise SheetError(f"{path}, line {number}: this is not UTF-8.", remedy="Save the table as CSV in UTF-8.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise SheetError(f"{path} cannot be unpacked: {error}.", remedy="Fetch the file again.") from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = open_regular(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    with file:
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield file
