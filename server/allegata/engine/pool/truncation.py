"""Cuts an answer at its limit behind the last whole row, so that it stays well-formed, and says in it that it was cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from allegata.model.formats import CSV_RESULTS, JSON_RESULTS, N_TRIPLES, RDF_XML, TRIG, TSV_RESULTS, TURTLE, XML_RESULTS, Format

# Between two rows of SPARQL Results JSON. A string cannot look like it: its closing quote is followed by a comma or brace.
_BETWEEN: Final = re.compile(rb'\}\},(?=\{"[^,}])')
_NOTE: Final = "Truncated: the answer reached its limit of {} bytes (result_bytes)."


def cut_rows(data: bytes, form: Format, limit: int, quotes_before: int) -> bytes | None:
    """Return bindings up to the last whole row in `data`, closed; None where no row ends in it.

    `quotes_before` is the number of quotation marks that stand before `data` in the answer.
    """
    end = _ENDS[form](data, quotes_before)
    if not end:
        return None
    note = _NOTE.format(limit)
    if form is JSON_RESULTS:
        return data[:end] + b']},"truncated":{"limit":"result_bytes","allowed":%d}}' % limit
    return data[:end] + (f"</results><!-- {note} --></sparql>".encode() if form is XML_RESULTS else b"")


def graph_note(form: Format, limit: int) -> bytes:
    """Return the comment that stands at the end of a graph that was cut; JSON-LD has none."""
    if form in (TURTLE, N_TRIPLES, TRIG):
        return f"# {_NOTE.format(limit)}\n".encode()
    return f"\n<!-- {_NOTE.format(limit)} -->\n".encode() if form is RDF_XML else b""


def _json_end(data: bytes, _quotes: int) -> int:
    found = 0
    for match in _BETWEEN.finditer(data):
        found = match.end() - 1
    return found


def _csv_end(data: bytes, quotes: int) -> int:
    """Find the last line end with an even number of quotation marks before it (RFC 4180, section 2, rules 5 to 7)."""
    end = data.rfind(b"\r\n") + 2
    while end > 1 and (quotes + data.count(b'"', 0, end)) % 2:
        end = data.rfind(b"\r\n", 0, end - 2) + 2
    return end if end > 1 else 0


def _after_last(mark: bytes) -> Callable[[bytes, int], int]:
    def end(data: bytes, _quotes: int) -> int:
        at = data.rfind(mark)
        return at + len(mark) if at >= 0 else 0

    return end


_ENDS: Final[dict[Format, Callable[[bytes, int], int]]] = {
    JSON_RESULTS: _json_end,
    XML_RESULTS: _after_last(b"</result>"),
    CSV_RESULTS: _csv_end,
    TSV_RESULTS: _after_last(b"\n"),
}
