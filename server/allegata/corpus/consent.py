"""Reads what protected sources agreed to: scope and day of each consent, and the review of what publishing means for a family."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allegata.corpus.yaml_records import Entry, read_records

#: The file; it is no part of a release.
FILE: Final = "data/consent.yaml"
#: How far a consent goes: the account is for everybody, or only for researchers under an agreement.
PUBLIC: Final = "public"
SCOPES: Final = (PUBLIC, "researchers")
#: What a review of the risk for the family can find.
NO_RISK, REDUCED, AT_RISK = OUTCOMES = ("noRisk", "reduced", "atRisk")
_MEMBERS: Final = ("record", "consent", "given", "family", "reviewed", "by")


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
    read = (_consent(entry) for entry in read_records(root / FILE, _MEMBERS, "a consent", "consents"))
    return {item.record: item for item in read}


def _consent(entry: Entry) -> Consent:
    for name, known in (("consent", SCOPES), ("family", OUTCOMES)):
        if entry.members[name] not in known:
            raise entry.error(f"{name} is one of {', '.join(known)}", name)
    for name in ("given", "reviewed"):
        entry.check_day(name, name)
    return Consent(**entry.members)
