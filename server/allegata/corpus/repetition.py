"""Finds statements that repeat the words of a document: nine or more in a row are a quotation, which a corpus does not hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from allegata.corpus.text_files import list_files, read_source
from allegata.errors import UsageError
from allegata.model.namespaces import expand

#: How many words in a row make a quotation.
WORDS: Final = 9
REMEDY: Final = (
    "Say it in your own words; where the wording itself is at issue, a phrase of at most eight words may stand as alg:phrase."
)
#: The properties that are in the curators' own words.
OWN_WORDS: Final = tuple(
    expand(curie)
    for curie in (
        *("alg:statement", "alg:rationale", "alg:estimationMethod", "alg:noAnchorBecause", "skos:note", "skos:definition"),
        *("rdfs:comment", "dct:description", "schema:description"),
    )
)


@dataclass(frozen=True)
class Repetition:
    """Words that a text has in common with a document: which text and document, and the words."""

    key: str
    document: str
    words: str


def repetitions(texts: Mapping[str, str], documents: Iterable[tuple[str, str]]) -> Iterator[Repetition]:
    """Yield where texts, by key, repeat words of documents, by name, whatever their case, accents and marks; each text once.

    Scripts without spaces between words are not looked at: their words cannot be counted so.
    """
    runs: dict[tuple[str, ...], list[str]] = {}
    for key, text in texts.items():
        for run in _runs(_words(text)):
            runs.setdefault(run, []).append(key)
    told: set[str] = set()
    for name, document in documents if runs else ():
        for run in _runs(_words(document)):
            for key in runs.get(run, ()):
                if key not in told:
                    told.add(key)
                    yield Repetition(key, name, " ".join(run))


def repeated(text: str, document: str) -> str:
    """Return the first words in a row that a text repeats of a document, or nothing."""
    return next((found.words for found in repetitions({"": text}, [("", document)])), "")


def repetitions_in(quads: Iterable[Quad | Triple], sources: Path) -> list[Repetition]:
    """Return what the statements of a corpus repeat of the texts in a folder, `*.txt`; raise UsageError where there are none."""
    paths = list_files(sources, ".txt")
    if not paths:
        raise UsageError(f"{sources} holds no texts.", remedy="Give --sources the folder that holds the texts, <slug>.txt.")
    texts = {
        f"{quad.subject.value} {quad.predicate.value} {quad.object.language or ''}".strip(): quad.object.value
        for quad in quads
        if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode) and quad.predicate.value in OWN_WORDS
    }
    return sorted(repetitions(texts, ((path.name, read_source(path)) for path in paths)), key=lambda found: found.key)


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text as they are compared."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    yield from "".join(char if char.isalnum() else "" if unicodedata.combining(char) else " " for char in plain).split()


def _runs(words: Iterator[str]) -> Iterator[tuple[str, ...]]:
    run = tuple(islice(words, WORDS))
    if len(run) == WORDS:
        yield run
    for word in words:
        run = (*run[1:], word)
        yield run
