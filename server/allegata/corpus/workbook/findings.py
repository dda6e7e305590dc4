"""Says in which row of a workbook is to be mended what shapes, rules and the gate of risks find, in words of the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from allegata.corpus.validation import Finding
from allegata.corpus.workbook.columns import Sheet
from allegata.corpus.workbook.problems import Problems
from allegata.corpus.workbook.records import Record
from allegata.model.namespaces import PREFIXES, expand

#: A term of a vocabulary in a message, as it is shortened or whole.
_TERM: Final = re.compile(
    rf"\b(?:{'|'.join(PREFIXES)}):[A-Za-z]+\b|(?:{'|'.join(map(re.escape, sorted(PREFIXES.values(), reverse=True)))})[A-Za-z]+\b"
)
#: The path of a record in what the gate of risks tells.
_RECORD: Final = re.compile(r"(?<=: )[a-z-]+/[^\s:]+(?=: )")


class Explainer:
    """Knows the rows of a workbook by the IRIs of their records."""

    def __init__(self, records: Iterable[Record], base: str):
        self._records = {record.iri: record for record in records}
        self._base = base

    def explain(self, findings: Iterable[Finding]) -> list[str]:
        """Return findings as lines: each kind once for a column, with its rows; those on other records as they stand."""
        problems, found = Problems(""), [(self._record(finding.focus), finding) for finding in findings]
        others = [finding.line() for record, finding in found if record is None]
        own = [(record, finding) for record, finding in found if record is not None]
        for record, finding in sorted(own, key=lambda item: item[0].row):
            column = _column(record.sheet, finding.path)
            message = _TERM.sub(lambda found, sheet=record.sheet: _word(sheet, found[0]), finding.message)  # type: ignore[misc]
            problems.add(record.spot(column), message.rstrip("."), cause=(finding.shape, record.sheet.name, column, message))
        return [*problems.lines(), *dict.fromkeys(others)]

    def locate(self, text: str) -> str:
        """Return a text with the sheet and the row before each path of a record that it tells of."""
        return _RECORD.sub(lambda found: self._located(found[0]), text)

    def _located(self, path: str) -> str:
        record = self._record(self._base + path)
        return f"{record.spot().text()}, {path}" if record else path

    def _record(self, iri: str) -> Record | None:
        """Return the record that an IRI names, itself or a part of it."""
        while iri.startswith(self._base):
            if iri in self._records:
                return self._records[iri]
            iri = iri.rpartition("/")[0]
        return None


def _column(sheet: Sheet, path: str) -> str:
    """Return the column that states a property, or nothing."""
    return next((item.name for item in sheet.columns if path and item.predicate and expand(item.predicate) == path), "")


def _word(sheet: Sheet, term: str) -> str:
    """Return what a term is called in a sheet: by its column, else by its own name in words."""
    iri = expand(term) if term.partition(":")[0] in PREFIXES else term
    return _column(sheet, iri) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.split(r"[#/:]", term)[-1]).lower()
