"""Writes the full-text index of a release (SQLite FTS5), with facets, and the trigrams by which misspelt words are found."""

from __future__ import annotations

import hashlib
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from allegata.corpus.statements import Statements
from allegata.errors import ReleaseError
from allegata.model.kinds import KINDS, Use, serving
from allegata.model.labels import ALIASES, NAMES
from allegata.model.namespaces import expand
from allegata.model.search_words import counted, searchable, syllable_pairs, words

FILE = "search.sqlite"
#: The kind of what assertions are found as.
CLAIM = next(kind.label for kind in KINDS if kind.curie == "alg:Claim")
#: The kinds of what is found beside things.
QUESTION, PAGE = "question", "page"
#: Facet → the property of an assertion (or, behind a slash, of its claim) that gives its values.
FACETS = {
    "document": "alg:statedIn",
    "asserter": "alg:assertedBy",
    "polarity": "alg:polarity",
    "modality": "alg:modality",
    "evidence": "alg:evidenceKind",
    "right": "claim/alg:concernsRight",
    "topic": "claim/alg:topic",
}
#: What a claim is about and what a vote or act is on: names that lead to it too.
_ABOUT = ("alg:about", "alg:topic", "alg:concernsRight", "alg:instrument", "alg:state")
_TEXTS = ("dct:date", "skos:definition", "rdfs:comment", "dct:description", "dct:identifier", "alg:phrase")
#: Of how many things the names are remembered.
_REMEMBERED: Final = 20_000
_SCHEMA = """
CREATE TABLE item (id INTEGER PRIMARY KEY, iri TEXT NOT NULL, hit TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
  note TEXT NOT NULL);
CREATE TABLE facet (name TEXT NOT NULL, value TEXT NOT NULL, item INTEGER NOT NULL,
  PRIMARY KEY (name, value, item)) WITHOUT ROWID;
CREATE INDEX facet_of_item ON facet (item, name);
CREATE TABLE value (iri TEXT PRIMARY KEY, label TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE text USING fts5(label, alias, context, pairs,
  tokenize = "porter unicode61 remove_diacritics 2", prefix = '2 3');
CREATE VIRTUAL TABLE name USING fts5(text, item UNINDEXED, words UNINDEXED,
  tokenize = "porter unicode61 remove_diacritics 2");
CREATE TABLE gram (gram TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (gram, word)) WITHOUT ROWID;
CREATE INDEX gram_of_word ON gram (word);
"""
#: How long reading an index may take: instructions of SQLite between two looks, looks, and bytes of the index for one look more.
_INSTRUCTIONS: Final = 10_000
_STEPS: Final = 10_000
_BYTES_A_STEP: Final = 1000


@dataclass(frozen=True)
class Item:
    """What is found beside things: its address as an IRI, its kind, its name, other names, words beside it, what it is about."""

    iri: str
    kind: str
    label: str
    alias: tuple[str, ...]
    context: tuple[str, ...]
    about: tuple[str, ...] = ()


# -- writing ---------------------------------------------------------------------------------------------------------------


def _kind(statements: Statements, iri: str) -> str:
    """Return the kind under which a thing is found, or nothing."""
    classes = set(statements.values(iri, "rdf:type"))
    return next((kind.label for kind in serving(Use.SEARCH) if expand(kind.curie) in classes), "")


def write_index(statements: Statements, translations: Statements, folder: Path, beside: Iterable[Item] = ()) -> None:
    """Write the index of a release into its folder, with items beside its things; translations and glosses find them too."""
    with closing(sqlite3.connect(folder / FILE)) as base, base:
        base.executescript(_SCHEMA)
        index = _Index(base, statements, translations)
        for number, iri in enumerate(sorted(_found(statements)), start=1):
            index.add(number, iri)
        for item in beside:
            index.add_beside(item)
        texts = base.execute("SELECT label, alias, context FROM text")
        known = {word for row in texts for text in row for word in words(_plain(text)) if len(word) > 3 and not word.isdigit()}
        base.executemany(
            "INSERT INTO gram VALUES (?, ?)", ((gram, word) for word in sorted(known) for gram in sorted(trigrams(word)))
        )
        base.execute("INSERT INTO text(text) VALUES ('optimize')")


def row_digests(data: bytes) -> dict[str, list[bytes]]:
    """Return the digests of the rows that an index holds, table by table, sorted; raise ReleaseError where it is damaged.

    What makes more of them than an index of its size holds, such as a view in the place of a table, is damage too.
    """
    tables = {"item": "*", "facet": "*", "value": "*", "gram": "*", "text": "rowid, *", "name": "rowid, *"}
    steps = iter(range(_STEPS + len(data) // _BYTES_A_STEP))
    try:
        with closing(sqlite3.connect(":memory:")) as base:
            base.deserialize(data)
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, len(data) + _STEPS)
            base.set_progress_handler(lambda: next(steps, None) is None, _INSTRUCTIONS)
            return {name: sorted(map(_digest, base.execute(f"SELECT {columns} FROM {name}"))) for name, columns in tables.items()}
    except (sqlite3.DatabaseError, UnicodeError, MemoryError) as error:
        raise ReleaseError(f"{FILE} is damaged: {error}") from None


def _digest(row: tuple[object, ...]) -> bytes:
    return hashlib.sha256(repr(row).encode()).digest()


def _found(statements: Statements) -> Iterable[str]:
    """Yield the things of the kinds that are found; of a claim its assertions, each of which leads to it."""
    yield from statements.instances("alg:Assertion")
    kinds = [kind.curie for kind in serving(Use.SEARCH)]
    yield from (iri for iri in statements.instances(*kinds) if _kind(statements, iri) != CLAIM)


class _Index:
    """Adds items to an open index, from the statements of a release and from translations and glosses."""

    def __init__(self, base: sqlite3.Connection, statements: Statements, translations: Statements):
        self._base, self._statements, self._translations = base, statements, translations
        self._names = lru_cache(_REMEMBERED)(self._all_names)

    def add(self, number: int, iri: str) -> None:
        """Add a thing: an assertion as one of its claim, with its facets."""
        statements = self._statements
        claim = next(iter(statements.values(iri, "alg:asserts")), "")
        kind = CLAIM if claim else _kind(statements, iri)
        speakers = ", ".join(map(statements.name, statements.values(iri, "alg:assertedBy")))
        label = statements.name(claim or iri)
        note = f"{' '.join(map(statements.name, statements.values(iri, 'alg:polarity')))}: {speakers}" if claim else ""
        alias = [text for thing in (iri, claim) for curie in _TEXTS for text in statements.values(thing, curie)]
        alias += self._translations.values(claim, "alg:statement") if claim else ()
        context = [text for thing in self._beside(iri, claim) for text in self._names(thing)]
        own = [name for name in self._names(iri) if name != label]
        texts = [label, "\n".join([*own, *alias]), "\n".join([speakers, *context])]
        self._write((number, iri, claim or iri, kind, label, note), texts, () if claim else (label, *own))
        for name, value in sorted({("kind", kind), *_facets(statements, iri, claim)}):
            self._base.execute("INSERT INTO facet VALUES (?, ?, ?)", (name, value, number))
            named = value if name == "kind" else statements.name(value)
            self._base.execute("INSERT OR IGNORE INTO value VALUES (?, ?)", (value, named))

    def add_beside(self, item: Item) -> None:
        """Add what is no thing behind all that is there."""
        number = int(self._base.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM item").fetchone()[0])
        context = [*item.context, *(name for thing in item.about for name in self._names(thing))]
        texts = [item.label, "\n".join(item.alias), "\n".join(context)]
        self._write((number, item.iri, item.iri, item.kind, item.label, ""), texts, (item.label, *item.alias))
        self._base.execute("INSERT INTO facet VALUES ('kind', ?, ?)", (item.kind, number))
        self._base.execute("INSERT OR IGNORE INTO value VALUES (?, ?)", (item.kind, item.kind))

    def _write(self, item: tuple[int, str, str, str, str, str], texts: Sequence[str], names: Iterable[str]) -> None:
        """Write an item with the texts by which it is found, name, other names, words beside it, and with each of its names."""
        self._base.execute("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)", item)
        self._base.execute(
            "INSERT INTO text(rowid, label, alias, context, pairs) VALUES (?, ?, ?, ?, ?)",
            (item[0], *map(searchable, texts), syllable_pairs("\n".join(texts))),
        )
        rows = ((searchable(name), item[0], counted(words(name))) for name in dict.fromkeys(names))
        self._base.executemany("INSERT INTO name(text, item, words) VALUES (?, ?, ?)", rows)

    def _beside(self, iri: str, claim: str) -> Iterable[str]:
        """Yield the things by whose names something is found too: who speaks, what a claim is about, who took part in a vote."""
        for curie in _ABOUT:
            yield from self._statements.values(claim or iri, curie)
        yield from self._statements.values(iri, "alg:assertedBy")
        if not claim:
            yield from _voters(self._statements, iri)

    def _all_names(self, iri: str) -> list[str]:
        """Return the names of a thing in every language, and its further names."""
        pairs = [(read, curie) for read in (self._statements, self._translations) for curie in (*NAMES, *ALIASES)]
        found = [text for read, curie in pairs for text in read.values(iri, curie)]
        return found or [self._statements.name(iri)]


def _voters(statements: Statements, vote: str) -> Iterator[str]:
    """Yield the states that took a position in a vote."""
    for position in sorted(statements.leading(vote, "alg:vote")):
        if expand("alg:Position") in statements.values(position, "rdf:type"):
            yield from statements.values(position, "alg:state")


def _facets(statements: Statements, iri: str, claim: str) -> Iterable[tuple[str, str]]:
    for name, path in FACETS.items():
        thing, curie = (claim, path.removeprefix("claim/")) if path.startswith("claim/") else (iri, path)
        if claim:
            yield from ((name, value) for value in statements.values(thing, curie))


def _plain(text: str) -> str:
    """Return a text without the marks of its letters, as the tokenizer compares it."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def trigrams(word: str) -> set[str]:
    """Return the trigrams of a word, its ends padded."""
    padded = f" {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
