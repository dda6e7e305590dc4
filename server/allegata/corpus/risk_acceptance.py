"""Reads which risks somebody accepted: data/risk.yaml names each finding with reason, by whom and when, not what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allegata.corpus.risk import Risk
from allegata.corpus.yaml_records import Entry, read_records
from allegata.errors import ValidationFailed

FILE: Final = "data/risk.yaml"
_MEMBERS: Final = ("finding", "reason", "by", "date")
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
    return tuple(_acceptance(entry) for entry in read_records(root / FILE, _MEMBERS, "an accepted finding", "accepted findings"))


def _acceptance(entry: Entry) -> Acceptance:
    entry.check_day("date", "the date")
    return Acceptance(**entry.members)


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
