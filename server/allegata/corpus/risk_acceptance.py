"""Reads which risks somebody accepted: data/risk.yaml names each finding with reason, by whom and when, not what was found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allegata.corpus.risk import Risk
from allegata.corpus.text_files import read_text
from allegata.corpus.yaml_text import Document, parse_yaml
from allegata.errors import CorpusSyntaxError, ValidationFailed

FILE: Final = "data/risk.yaml"
_MEMBERS: Final = ("finding", "reason", "by", "date")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHOWN: Final = 50


@dataclass(frozen=True)
class Acceptance:
    """The decision to publish in spite of a finding."""

    finding: str
    reason: str
    by: str
    date: str


def acceptances(root: Path) -> tuple[Acceptance, ...]:
    """Read what was accepted; raise CorpusSyntaxError with the line of an entry that lacks its reason, by whom, or when."""
    path = root / FILE
    if not path.is_file():
        return ()
    document = parse_yaml(read_text(path), path)
    rows = document.value if document.value is not None else []
    if not isinstance(rows, list):
        raise CorpusSyntaxError(path, 1, "this is no list of accepted findings")
    return tuple(_acceptance(path, document, number) for number in range(len(rows)))


def _acceptance(path: Path, document: Document, number: int) -> Acceptance:
    rows = document.value
    row = rows[number] if isinstance(rows, list) else None
    said = {name: value for name, value in row.items() if isinstance(value, str)} if isinstance(row, dict) else {}
    missing = [name for name in _MEMBERS if not said.get(name)]
    if missing or set(said) - set(_MEMBERS):
        wrong = f"an accepted finding has {', '.join(_MEMBERS)}, each of them filled in"
        raise CorpusSyntaxError(path, document.line((number,)), wrong)
    if not _DAY.fullmatch(said["date"]):
        raise CorpusSyntaxError(path, document.line((number, "date")), "the date is a day, such as 2026-04-01")
    return Acceptance(**said)


def check_risks(root: Path, found: Iterable[Risk]) -> None:
    """Raise ValidationFailed with the findings that nobody accepted."""
    accepted = {item.finding for item in acceptances(root)}
    left = [item for item in found if item.name not in accepted]
    if left:
        lines = [item.line() for item in left[:_SHOWN]]
        if len(left) > _SHOWN:
            lines.append(f"… and {len(left) - _SHOWN} more; allegata risk lists all")
        head = f"{len(left)} findings could make somebody known. Mend each, or accept it with a reason in {root / FILE}:"
        raise ValidationFailed("\n".join([head, *lines]))
