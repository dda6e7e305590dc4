"""Searches what a release says: questions to its full-text index, by words and by facets."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

from allegata.errors import ReleaseError
from allegata.release.search_index import FACETS, FILE, trigrams

_WORD = re.compile(r"[^\W_]+")
_CLOSE = 0.4
_SUGGESTIONS = 3
_MOST_WORDS = 32


@dataclass(frozen=True)
class SearchHit:
    """One thing that was found: IRI, kind, name, and for an assertion by whom and how its claim is put."""

    iri: str
    kind: str
    label: str
    note: str


@dataclass(frozen=True)
class Facet:
    """A facet with its values among the hits: IRI (or kind), label, number, and whether it is chosen."""

    name: str
    values: tuple[tuple[str, str, int, bool], ...]


@dataclass(frozen=True)
class SearchResults:
    """The answer to a search."""

    total: int
    hits: tuple[SearchHit, ...]
    facets: tuple[Facet, ...]
    suggestions: tuple[str, ...]


# -- asking ----------------------------------------------------------------------------------------------------------------


class Search:
    """Asks the index of a release; each question opens the file anew, read-only."""

    def __init__(self, folder: Path):
        self.path = folder / FILE
        if not self.path.is_file():
            raise ReleaseError(f"{folder} has no search index.", remedy="Build the release anew with: allegata build")

    def ask(self, text: str, chosen: Mapping[str, Sequence[str]], *, limit: int = 50, offset: int = 0) -> SearchResults:
        """Find things by words (all of them, the last as the beginning of one) and by facets (any value of each)."""
        with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            where, values = _condition(text, chosen)
            total = base.execute(f"SELECT COUNT(*) FROM {where}", values).fetchone()[0]
            order = "bm25(text, 10.0, 4.0, 1.0), item.id" if _words(text) else "item.kind <> 'assertion', item.id"
            rows = base.execute(
                f"SELECT item.iri, item.kind, item.label, item.note FROM {where} ORDER BY {order} LIMIT ? OFFSET ?",
                (*values, limit, offset),
            )
            hits = tuple(SearchHit(*row) for row in rows)
            facets = tuple(_facet(base, name, text, chosen) for name in ("kind", *FACETS))
            return SearchResults(total, hits, facets, () if total else tuple(_suggest(base, text)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)[:_MOST_WORDS]


def _condition(text: str, chosen: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
    """Write the part of a statement behind FROM, with only placeholders for what people send."""
    tables, values = "item", []
    clauses: list[str] = ["1"]
    words = _words(text)
    if words:
        tables += " JOIN text ON text.rowid = item.id"
        clauses.append("text MATCH ?")
        values.append(" ".join(f'"{word}"' for word in words) + "*")
    for name, wanted in chosen.items():
        if wanted:
            marks = ", ".join("?" * len(wanted))
            clauses.append(f"item.id IN (SELECT item FROM facet WHERE name = ? AND value IN ({marks}))")
            values += [name, *wanted]
    return f"{tables} WHERE {' AND '.join(clauses)}", values


def _facet(base: sqlite3.Connection, name: str, text: str, chosen: Mapping[str, Sequence[str]]) -> Facet:
    """Count the values of a facet among what the words and the other facets find."""
    wanted = chosen.get(name, ())
    where, values = _condition(text, {other: value for other, value in chosen.items() if other != name})
    rows = base.execute(
        "SELECT facet.value, value.label, COUNT(*) FROM facet JOIN value ON value.iri = facet.value"
        f" WHERE facet.name = ? AND facet.item IN (SELECT item.id FROM {where})"
        " GROUP BY facet.value ORDER BY COUNT(*) DESC, value.label",
        (name, *values),
    )
    return Facet(name, tuple((value, label, count, value in wanted) for value, label, count in rows))


def _suggest(base: sqlite3.Connection, text: str) -> Iterable[str]:
    """Yield the text with unknown words replaced by known ones that share most of their trigrams (Dice's coefficient)."""
    close = [_close(base, word.lower()) for word in _words(text)]
    if any(close):
        words = [known or [word] for known, word in zip(close, _words(text), strict=True)]
        yield from (" ".join(choice) for choice in islice(product(*words), _SUGGESTIONS))


def _close(base: sqlite3.Connection, word: str) -> list[str]:
    """Return known words that are close to an unknown one, the closest first; none for a word that is known."""
    if base.execute("SELECT 1 FROM gram WHERE word = ? LIMIT 1", (word,)).fetchone():
        return []
    grams = trigrams(word)
    marks = ", ".join("?" * len(grams))
    shared = base.execute(f"SELECT word, COUNT(*) FROM gram WHERE gram IN ({marks}) GROUP BY word", (*grams,))
    scored = sorted((-2 * count / (len(grams) + len(trigrams(known))), known) for known, count in shared)
    return [known for score, known in scored[:_SUGGESTIONS] if -score >= _CLOSE]
