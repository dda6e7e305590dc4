"""Writes the full-text index of a release (SQLite FTS5), with facets, and the trigrams by which misspelt words are found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from allegata.corpus.statements import Statements
from allegata.errors import ReleaseError
from allegata.model.kinds import Use, serving
from allegata.model.labels import ALIASES, NAMES
from allegata.model.namespaces import expand

FILE = "search.sqlite"
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
_TEXTS = (*ALIASES, "skos:definition", "rdfs:comment", "dct:description", "dct:identifier", "alg:phrase")
_SCHEMA = """
CREATE TABLE item (id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE facet (name TEXT NOT NULL, value TEXT NOT NULL, item INTEGER NOT NULL,
  PRIMARY KEY (name, value, item)) WITHOUT ROWID;
CREATE INDEX facet_of_item ON facet (item, name);
CREATE TABLE value (iri TEXT PRIMARY KEY, label TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE text USING fts5(label, alias, context, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
CREATE TABLE gram (gram TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (gram, word)) WITHOUT ROWID;
CREATE INDEX gram_of_word ON gram (word);
"""


# -- writing ---------------------------------------------------------------------------------------------------------------


def _kind(statements: Statements, iri: str) -> str:
    """Return the kind under which a thing is found, or nothing."""
    classes = set(statements.values(iri, "rdf:type"))
    return next((kind.label for kind in serving(Use.SEARCH) if expand(kind.curie) in classes), "")


def write_index(statements: Statements, folder: Path) -> None:
    """Write the index of a release into its folder."""
    with closing(sqlite3.connect(folder / FILE)) as base, base:
        base.executescript(_SCHEMA)
        for number, iri in enumerate(sorted(iri for iri in statements.subjects if _kind(statements, iri)), start=1):
            _write_item(base, statements, number, iri)
        base.execute("CREATE VIRTUAL TABLE term USING fts5vocab(text, row)")
        words = [word for (word,) in base.execute("SELECT term FROM term") if len(word) > 3 and not word.isdigit()]
        base.executemany("INSERT INTO gram VALUES (?, ?)", ((gram, word) for word in words for gram in sorted(trigrams(word))))
        base.execute("DROP TABLE term")
        base.execute("INSERT INTO text(text) VALUES ('optimize')")


def rows(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    """Read what an index holds, table by table; raise ReleaseError where it is damaged."""
    tables = {"item": "*", "facet": "*", "value": "*", "gram": "*", "text": "rowid, *"}
    try:
        with closing(sqlite3.connect(":memory:")) as base:
            base.deserialize(data)
            return {name: sorted(base.execute(f"SELECT {columns} FROM {name}")) for name, columns in tables.items()}
    except sqlite3.DatabaseError as error:
        raise ReleaseError(f"{FILE} is damaged: {error}") from None


def _write_item(base: sqlite3.Connection, statements: Statements, number: int, iri: str) -> None:
    kind, claim = _kind(statements, iri), next(iter(statements.values(iri, "alg:asserts")), "")
    speakers = ", ".join(map(statements.name, statements.values(iri, "alg:assertedBy")))
    label = statements.name(claim or iri)
    note = f"{' '.join(map(statements.name, statements.values(iri, 'alg:polarity')))}: {speakers}" if claim else ""
    base.execute("INSERT INTO item VALUES (?, ?, ?, ?, ?)", (number, iri, kind, label, note))
    names = [name for curie in NAMES for name in statements.values(iri, curie) if name != label]
    alias = [text for thing in (iri, claim) for curie in _TEXTS for text in statements.values(thing, curie)]
    about = [value for curie in ("alg:about", "alg:topic", "alg:concernsRight") for value in statements.values(claim, curie)]
    context = [
        speakers,
        *map(statements.name, about),
        *(text for thing in about for text in statements.values(thing, "skos:altLabel")),
    ]
    base.execute(
        "INSERT INTO text(rowid, label, alias, context) VALUES (?, ?, ?, ?)",
        (number, label, "\n".join([*names, *alias]), "\n".join(context)),
    )
    for name, value in sorted({("kind", kind), *_facets(statements, iri, claim)}):
        base.execute("INSERT INTO facet VALUES (?, ?, ?)", (name, value, number))
        base.execute("INSERT OR IGNORE INTO value VALUES (?, ?)", (value, statements.name(value) if name != "kind" else value))


def _facets(statements: Statements, iri: str, claim: str) -> Iterable[tuple[str, str]]:
    for name, path in FACETS.items():
        thing, curie = (claim, path.removeprefix("claim/")) if path.startswith("claim/") else (iri, path)
        if claim:
            yield from ((name, value) for value in statements.values(thing, curie))


def trigrams(word: str) -> set[str]:
    """Return the trigrams of a word, its ends padded."""
    padded = f" {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
