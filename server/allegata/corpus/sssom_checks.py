"""Checks the mappings of a corpus beyond their form: duplicates, two to one, contradictions, stale and gone ones."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode

from allegata.corpus.reader import Corpus
from allegata.corpus.sssom import Known, Row, negations, read_rows, refusal
from allegata.errors import LinkError
from allegata.model.targets import Target, target_of

#: Properties that say that both ends are one thing.
SAME = frozenset(("skos:exactMatch", "schema:sameAs"))
#: What cannot hold beside skos:exactMatch (SKOS Reference, S46).
_APART = frozenset(("skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"))
#: Days after which a mapping should be looked at again.
STALE = 730
#: Targets that are tried in vain before it is held that there is no network.
_PATIENCE = 5
_AGENT = {"User-Agent": "allegata link check"}


@dataclass(frozen=True)
class Finding:
    """What is wrong with a mapping, and where; a warning does not fail the check."""

    place: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {'warning: ' if self.warning else ''}{self.message}"


@dataclass(frozen=True)
class LinkCheck:
    """The rows that were checked and what was found."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """Return the findings that fail the check."""
        return [finding for finding in self.findings if not finding.warning]


def check_links(corpus: Corpus, today: date, stale: int = STALE) -> LinkCheck:
    """Check all tables of a corpus."""
    read = list(read_rows(corpus))
    found = [row for row in read if isinstance(row, Row)]
    rows = [row for row in found if not row.kept_back]
    findings = [_malformed(error) for error in read if isinstance(error, LinkError)]
    findings += _row_findings(found, corpus, today, stale)
    findings += (Finding(row.place, f"{other.place} says that this does not hold.") for row, other in negations(found))
    findings += [*_duplicates(rows), *_two_to_one(rows), *_one_to_two(rows), *_contradictions(rows)]
    return LinkCheck(tuple(rows), tuple(sorted(findings, key=lambda finding: (_line(finding.place), finding.message))))


def _malformed(error: LinkError) -> Finding:
    place, _, message = error.message.partition(": ")
    return Finding(place, message)


def _line(place: str) -> tuple[str, int]:
    path, _, number = place.rpartition(":")
    return (path, int(number)) if number.isdigit() else (place, 0)


def _row_findings(rows: Iterable[Row], corpus: Corpus, today: date, stale: int) -> Iterator[Finding]:
    known = Known.of(corpus)
    for row in rows:
        if problem := refusal(row, known):
            yield Finding(row.place, problem)
        if row.kept_back:
            yield Finding(row.place, f"the row {row.kept_back}", warning=True)
        if not row.reviewer or not row.comment:
            yield Finding(row.place, "the mapping names no reviewer or says nothing of what was compared.")
        yield from _stale(row, today, stale)


def _stale(row: Row, today: date, stale: int) -> Iterator[Finding]:
    age = (today - date.fromisoformat(row.date)).days
    if age < 0:
        yield Finding(row.place, f"mapping_date {row.date} has not come yet.")
    elif age > stale:
        yield Finding(row.place, f"last looked at {age} days ago, on {row.date}.", warning=True)


def _duplicates(rows: Sequence[Row]) -> Iterator[Finding]:
    seen: dict[tuple[NamedNode, str, NamedNode], Row] = {}
    for row in rows:
        first = seen.setdefault((row.subject, row.predicate, row.target), row)
        if first is not row:
            yield Finding(row.place, f"the same mapping stands at {first.place}.")


def _two_to_one(rows: Sequence[Row]) -> Iterator[Finding]:
    groups: dict[NamedNode, dict[NamedNode, Row]] = defaultdict(dict)
    for row in rows:
        target = target_of(row.target.value)
        if row.predicate in SAME and not (target and target.shared):
            groups[row.target].setdefault(row.subject, row)
    for target_node, by_subject in groups.items():
        first, *others = by_subject.values()
        for row in others:
            yield Finding(row.place, f"{target_node.value} is linked as the same as {first.subject.value} at {first.place}.")


def _one_to_two(rows: Sequence[Row]) -> Iterator[Finding]:
    groups: dict[tuple[NamedNode, Target], dict[NamedNode, Row]] = defaultdict(dict)
    for row in rows:
        target = target_of(row.target.value)
        if row.predicate in SAME and target and not target.shared and target.name != "website":
            groups[row.subject, target].setdefault(row.target, row)
    for (subject, target), by_object in groups.items():
        first, *others = by_object.values()
        for row in others:
            yield Finding(
                row.place, f"{subject.value} is linked as the same as two things of {target.title}, the other at {first.place}."
            )


def _contradictions(rows: Sequence[Row]) -> Iterator[Finding]:
    same = {(row.subject, row.target): row for row in rows if row.predicate in SAME}
    for row in rows:
        other = same.get((row.subject, row.target))
        if row.predicate in _APART and other:
            yield Finding(
                row.place, f"{row.predicate} cannot hold beside {other.predicate} at {other.place} (SKOS Reference, S46)."
            )


def unreachable(rows: Iterable[Row], seconds: float = 10.0) -> Iterator[Finding]:
    """Visit each target once and report those that are gone (404, 410).

    Another answer says nothing of the link. Where none of the first targets answers there is no network, and nothing is reported.
    """
    visits: dict[str, str] = {}
    for row in rows:
        visits.setdefault(row.target.value.partition("#")[0], row.place)
    silent = 0
    for address, place in visits.items():
        code = _answer(address, seconds)
        silent = silent + 1 if code is None and silent >= 0 else -1
        if silent >= _PATIENCE:
            return
        if code in (404, 410):
            yield Finding(place, f"{address} is gone ({code}).", warning=True)


def _answer(address: str, seconds: float) -> int | None:
    """Return the status that an address answers with, or nothing where nobody answers."""
    request = urllib.request.Request(address, method="HEAD", headers=_AGENT)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
