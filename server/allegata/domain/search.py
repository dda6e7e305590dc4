"""Searches what a release says: questions to its full-text index, by words and by facets."""

from __future__ import annotations

import math
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import combinations, islice, product
from pathlib import Path

from allegata.budget import paced, spend
from allegata.errors import AllegataError, Busy, ReleaseError, WorkTimeout
from allegata.model.search_words import asked, counted, is_korean, spellings, syllable_pairs, takes_particles
from allegata.release.search_index import CLAIM, FACETS, FILE, PAGE, QUESTION, trigrams

_CLOSE = 0.4
_SUGGESTIONS = 3
#: Words up to which every choice of some of them is asked for, where nothing has all.
_MOST_COMBINED = 6
#: Speakers of a claim that a hit names.
SPEAKERS = 4
#: Instructions of SQLite between two looks at the budget.
_INSTRUCTIONS = 2000
#: What is part of something else comes behind it.
_WEIGHT = "CASE item.kind WHEN 'provision' THEN 0.5 ELSE 1.0 END"
#: An assertion that affirms its claim.
_AFFIRMED = "item.id IN (SELECT item FROM facet WHERE name = 'polarity' AND value LIKE '%/polarity/affirms')"
#: What is in the data; questions and pages of the site are found beside it.
_THINGS = f"item.kind NOT IN ('{QUESTION}', '{PAGE}')"
_Item = tuple[str, str, str, str]


@dataclass(frozen=True)
class SearchHit:
    """One thing that was found: IRI, kind, name; of a claim also who puts it how, and which of its assertions were found."""

    iri: str
    kind: str
    label: str
    note: str
    assertions: tuple[str, ...] = ()


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
    #: How many words of the question the hits lack, as nothing has all of them.
    missing: int = 0
    #: The words of the question that count.
    words: tuple[str, ...] = ()


# -- asking ----------------------------------------------------------------------------------------------------------------


class Search:
    """Asks the index of a release; each question opens the file anew, read-only."""

    def __init__(self, folder: Path):
        self.path = folder / FILE
        if not self.path.is_file():
            raise ReleaseError(f"{folder} has no search index.", remedy="Build the release anew with: allegata build")

    def probe(self) -> None:
        """Read an item; raise Busy where the index cannot be read."""
        try:
            with closing(_opened(self.path)) as base:
                base.execute("SELECT 1 FROM item LIMIT 1").fetchall()
        except sqlite3.Error as error:
            raise Busy(f"The search index cannot be read: {error}.", retryAfter=5) from None

    def ask(
        self, text: str, chosen: Mapping[str, Sequence[str]], *, only: str = "", limit: int = 50, offset: int = 0
    ) -> SearchResults:
        """Find things by the words of a question and by facets (any value of each); a claim is one hit, with its speakers.

        `only` names a facet of which claims have no other value, whoever affirms them.
        Words of questions do not count, words are found in their other forms and spellings, the last as the beginning of one.
        Where nothing has all words, what has the most of them is found, and `missing` says how many words that leaves out.
        """
        words = asked(text)
        with closing(_opened(self.path)) as base, _bounded(base):
            question = Question(base, words, chosen, only)
            missing, total = question.relax()
            hits = tuple(question.hits(limit, offset))
            facets = tuple(question.facet(name) for name in ("kind", *FACETS))
            unsure = not total or missing
            return SearchResults(total, hits, facets, tuple(_suggest(base, words)) if unsure else (), missing, tuple(words))

    def things(self, text: str, most: int, end: float = math.inf) -> list[str]:
        """Return the IRIs of at most so many things that have all words of a text, in the order of `ask`.

        Raises WorkTimeout where it is not done by `end`, a time of the monotonic clock.
        """
        words = asked(text)
        if not words:
            return []
        with closing(_opened(self.path)) as base, _bounded(base, end):
            return [iri for iri, *_ in Question(base, words, {}, "", things=True).best(most)]


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


@contextmanager
def _bounded(base: sqlite3.Connection, end: float = math.inf) -> Iterator[None]:
    """Have the work of an index be within the budget of the request: what ends it is raised in place of the error of SQLite.

    `end` is a time of the monotonic clock by which it is ended as well.
    """
    reasons: list[AllegataError] = []

    def step() -> bool:
        try:
            spend()
            if time.monotonic() > end:
                raise WorkTimeout("The words took too long to search for.", remedy="Search for rarer words.")
        except AllegataError as error:
            reasons.append(error)
        return bool(reasons)

    base.set_progress_handler(step, _INSTRUCTIONS)
    try:
        yield
    except sqlite3.OperationalError:
        if reasons:
            raise reasons[0] from None
        raise


class Question:
    """A question to an open index: words and facets, written so that what people send is only ever a value."""

    def __init__(
        self,
        base: sqlite3.Connection,
        words: Sequence[str],
        chosen: Mapping[str, Sequence[str]],
        only: str,
        *,
        things: bool = False,
    ):
        self._base, self._words, self._chosen, self._only, self._things = base, words, chosen, only, things
        #: An index that was written before claims were hits has neither their names nor pairs of syllables.
        grouped = "hit" in {row[1] for row in base.execute("PRAGMA table_info(item)")}
        self._hit, self._pairs = ("item.hit", True) if grouped else ("item.iri", False)
        #: Nor has it the names by which what is called so comes first.
        self._named = bool(words and base.execute("SELECT 1 FROM sqlite_master WHERE name = 'name'").fetchone())
        self._match = self._all(words)

    def relax(self) -> tuple[int, int]:
        """Ask for fewer words until something is found; return by how many fewer, and how much. Of many words, all or any."""
        count = len(self._words)
        for wanted in range(count, 0, -1) if count <= _MOST_COMBINED else (count, 1):
            self._match = " OR ".join(f"({self._all(group)})" for group in combinations(self._words, wanted))
            if total := self.total():
                return count - wanted, total
        return 0, 0 if count else self.total()

    def total(self) -> int:
        """Return the number of hits."""
        where, values = self._condition(self._chosen)
        return int(self._base.execute(f"SELECT COUNT(DISTINCT {self._hit}) FROM {where}", values).fetchone()[0])

    def hits(self, limit: int, offset: int) -> Sequence[SearchHit]:
        """Return hits in the order of `best`, described."""
        hits = self.best(limit, offset)
        where, values = self._condition(self._chosen)
        marks = ", ".join("?" * len(hits))
        items: dict[str, list[_Item]] = defaultdict(list)
        for hit, *item in self._base.execute(
            f"SELECT {self._hit}, item.iri, item.kind, item.label, item.note FROM {where} AND {self._hit} IN ({marks})"
            " ORDER BY item.id",
            (*values, *(hit for hit, _, _ in hits)),
        ):
            items[hit].append(tuple(item))
        return [_described(hit, items[hit]) for hit, _, _ in hits]

    def best(self, limit: int, offset: int = 0) -> Sequence[tuple[str, float, int]]:
        """Return hits, the best first: what is called by all the words and no others, what they name, what mentions them.

        Each is an IRI with its rank and the first of its items.
        """
        where, values = self._condition(self._chosen)
        rank = f"bm25(text, 10.0, 4.0, 1.0) * {_WEIGHT}" if self._words else "item.kind NOT IN ('claim', 'assertion')"
        whole = "item.id NOT IN (SELECT item FROM name WHERE name MATCH ? AND words = ?)" if self._named else "1"
        named = (" AND ".join(map(_spelt, self._words)), counted(self._words)) if self._named else ()
        found = f"SELECT {self._hit} AS hit, item.*, {rank} AS rank, {whole} AS other FROM {where}"
        return self._base.execute(
            f"WITH found AS MATERIALIZED ({found}) SELECT hit, MIN(rank), MIN(id) FROM found GROUP BY hit"
            " ORDER BY MIN(other), 2, 3 LIMIT ? OFFSET ?",
            (*named, *values, limit, offset),
        ).fetchall()

    def facet(self, name: str) -> Facet:
        """Count the values of a facet among what the words and the other facets find."""
        wanted = self._chosen.get(name, ())
        where, values = self._condition({other: value for other, value in self._chosen.items() if other != name})
        rows = self._base.execute(
            f"SELECT facet.value, value.label, COUNT(DISTINCT {self._hit}) FROM facet JOIN value ON value.iri = facet.value"
            f" JOIN item ON item.id = facet.item WHERE facet.name = ? AND facet.item IN (SELECT item.id FROM {where})"
            " GROUP BY facet.value ORDER BY 3 DESC, value.label",
            (name, *values),
        )
        return Facet(name, tuple((value, label, count, value in wanted) for value, label, count in rows))

    def _condition(self, chosen: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
        tables, values, clauses = "item", list[str](), [_THINGS if self._things else "1"]
        if self._words:
            tables += " JOIN text ON text.rowid = item.id"
            clauses.append("text MATCH ?")
            values.append(self._match)
        for name, wanted in chosen.items():
            if wanted:
                marks = ", ".join("?" * len(wanted))
                clauses.append(f"item.id IN (SELECT item FROM facet WHERE name = ? AND value IN ({marks}))")
                values += [name, *wanted]
            if wanted and name == self._only:
                clauses.append(
                    f"item.kind = ? AND {self._hit} NOT IN (SELECT {self._hit} FROM facet JOIN item ON item.id = facet.item"
                    f" WHERE name = ? AND value NOT IN ({marks}) AND {_AFFIRMED})"
                )
                values += [CLAIM, name, *wanted]
        return f"{tables} WHERE {' AND '.join(clauses)}", values

    def _all(self, words: Iterable[str]) -> str:
        return " AND ".join(self._any(word) for word in words)

    def _any(self, word: str) -> str:
        """Return what finds a word in any of its spellings, in part where it may go on; a Korean one also in a compound."""
        last = "*" if word == self._words[-1] or takes_particles(word) else ""
        pairs = f' OR pairs : "{syllable_pairs(word)}"' if self._pairs and is_korean(word) else ""
        return f"({_spelt(word, last)}{pairs})"


def _spelt(word: str, last: str = "") -> str:
    """Return what finds a word in any of its spellings, with a mark behind each."""
    forms = (f'"{form}"{last}' for form in spellings(word))
    return f"({' OR '.join(forms)})"


def _described(hit: str, items: Sequence[_Item]) -> SearchHit:
    """Describe a hit by what was found of it: of a claim several assertions, whose speakers it names."""
    first = items[0]
    notes = list(dict.fromkeys(note for *_, note in items))
    told = "; ".join([*notes[:SPEAKERS], *(["…"] if len(notes) > SPEAKERS else [])])
    assertions = tuple(iri for iri, *_ in items) if first[0] != hit else ()
    return SearchHit(hit, first[1], first[2], told, assertions)


def _suggest(base: sqlite3.Connection, words: Sequence[str]) -> Iterable[str]:
    """Yield the words with unknown ones replaced by known ones that share most of their trigrams (Dice's coefficient)."""
    close = [_close(base, word) for word in words]
    if any(close):
        choices = [known or [word] for known, word in zip(close, words, strict=True)]
        yield from (" ".join(choice) for choice in islice(product(*choices), _SUGGESTIONS))


def _close(base: sqlite3.Connection, word: str) -> list[str]:
    """Return known words that are close to an unknown one, the closest first; none for a word that is known."""
    if base.execute("SELECT 1 FROM gram WHERE word = ? LIMIT 1", (word,)).fetchone():
        return []
    grams = trigrams(word)
    marks = ", ".join("?" * len(grams))
    shared = base.execute(f"SELECT word, COUNT(*) FROM gram WHERE gram IN ({marks}) GROUP BY word", (*grams,))
    scored = sorted((-2 * count / (len(grams) + len(trigrams(known))), known) for known, count in paced(shared))
    return [known for score, known in scored[:_SUGGESTIONS] if -score >= _CLOSE]
