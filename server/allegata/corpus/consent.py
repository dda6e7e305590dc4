"""Reads what protected sources agreed to: scope and day of each consent, and the review of what publishing means for a family."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import read_text
from allegata.corpus.yaml_text import Document, parse_yaml
from allegata.errors import CorpusSyntaxError

#: The file; it is no part of a release.
FILE: Final = "data/consent.yaml"
#: How far a consent goes: the account is for everybody, or only for researchers under an agreement.
PUBLIC: Final = "public"
SCOPES: Final = (PUBLIC, "researchers")
#: What a review of the risk for the family can find.
NO_RISK, REDUCED, AT_RISK = OUTCOMES = ("noRisk", "reduced", "atRisk")
_MEMBERS: Final = ("record", "consent", "given", "family", "reviewed", "by")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Consent:
    """What is known of the consent to a record, or to all that is stated in a source: by its path, and when it was given.

    `family` is what the review of the risk for the family found, `reviewed` its day, `by` the role that made it.
    """

    record: str
    consent: str
    given: str
    family: str
    reviewed: str
    by: str


def consents(root: Path) -> dict[str, Consent]:
    """Return the consents of a corpus by record; raise CorpusSyntaxError with the line of an entry that is not whole."""
    path = root / FILE
    if not path.is_file():
        return {}
    document = parse_yaml(read_text(path), path)
    rows = document.value if document.value is not None else []
    if not isinstance(rows, list):
        raise CorpusSyntaxError(path, 1, "this is no list of consents")
    read = (_consent(path, document, number) for number in range(len(rows)))
    return {item.record: item for item in read}


def _consent(path: Path, document: Document, number: int) -> Consent:
    row = document.value[number] if isinstance(document.value, list) else None
    said = {name: value for name, value in row.items() if isinstance(value, str)} if isinstance(row, dict) else {}
    if set(said) != set(_MEMBERS):
        raise CorpusSyntaxError(path, document.line((number,)), f"a consent has {', '.join(_MEMBERS)}, each of them filled in")
    for name, known in (("consent", SCOPES), ("family", OUTCOMES)):
        if said[name] not in known:
            raise CorpusSyntaxError(path, document.line((number, name)), f"{name} is one of {', '.join(known)}")
    for name in ("given", "reviewed"):
        if not _DAY.fullmatch(said[name]):
            raise CorpusSyntaxError(path, document.line((number, name)), f"{name} is a day, such as 2026-04-01")
    return Consent(**said)
