"""Finds the passages of a workbook in the texts of its documents; each text that is missing or cannot be read is told once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rdflib import URIRef

from allegata.corpus.anchor_statements import SourceText
from allegata.corpus.passage_search import Span, locate, occurrences
from allegata.corpus.text_files import read_source
from allegata.corpus.workbook.problems import Problems, Spot, shown
from allegata.corpus.workbook.records import Record
from allegata.errors import AllegataError, AnchorError
from allegata.model.namespaces import slug

#: The columns that say where an assertion stands.
_PLACES: Final = ("passage", "start", "end", "no passage because")

#: How many words a phrase may have, and what is to be done with a phrase that is none.
MOST_WORDS: Final = 8
PHRASE_REMEDY: Final = "Copy at most eight words of the passage, or leave the phrase out."


class Texts:
    """The texts of documents in a folder, `<id>.txt`, each read once."""

    def __init__(self, folder: Path, problems: Problems):
        self.folder, self.problems = folder, problems
        self._texts: dict[str, SourceText | None] = {}
        #: The rows in which documents stand, by IRI.
        self.rows: dict[str, Spot] = {}

    def path(self, source: str) -> Path:
        """Return where the text of a source is to be."""
        return self.folder / f"{slug(source)}.txt"

    def of(self, source: str) -> SourceText | None:
        """Return the text of a source, or nothing; one that is there and cannot be read, or is empty, is told."""
        if source not in self._texts:
            self._texts[source] = self._read(source) if self.path(source).is_file() else None
        return self._texts[source]

    def _read(self, source: str) -> SourceText | None:
        spot = self.rows.get(source, Spot("Documents"))
        try:
            text = read_source(self.path(source))
        except AllegataError as error:
            self.problems.add(
                spot, error.message.rstrip("."), error.remedy or "Save it as plain text in UTF-8.", cause=("text", source)
            )
            return None
        if not text.strip():
            self.problems.add(
                spot, f"{self.path(source)} is empty", "Put the text of the document there.", cause=("text", source)
            )
            return None
        return SourceText(URIRef(source), text)


def spans(record: Record, source: str, texts: Texts, problems: Problems) -> list[Span]:
    """Return where the passages of an assertion stand in the text of its document; what is wrong with them is told."""
    given = [name for name in _PLACES if record.values.get(name)]
    if not given:
        if not any(record.texts.get(name) for name in _PLACES):
            remedy = "Copy the words from the text of the document, or say why there are none in: no passage because."
            problems.add(record.spot("passage"), "there is no passage", remedy, cause=("Assertions", "no passage"))
        return []
    if "no passage because" in given and len(given) > 1:
        problems.add(record.spot("no passage because"), "there is a passage too", "Empty one of the two.")
        return []
    if given == ["no passage because"]:
        return []
    text = texts.of(source)
    if text is None:
        _tell_missing(record, source, texts, problems)
        return []
    return (
        _by_words(record, text.text, texts.path(source).name, problems)
        if "passage" in given
        else _by_numbers(record, text.text, problems)
    )


def wrong_phrase(text: str, found: Sequence[Span], phrase: str) -> str:
    """Return what is wrong with a phrase that is to stand in the passages of a text, or nothing.

    A passage that a page break divides is read on behind it.
    """
    count = len(phrase.split())
    if count > MOST_WORDS:
        return f"the phrase has {count} words, and at most {MOST_WORDS} may stand"
    passage = " ".join(text[start:end] for start, end in found)
    return "" if occurrences(passage, phrase) else f"the phrase {shown(phrase)} is not in the passage"


def _tell_missing(record: Record, source: str, texts: Texts, problems: Problems) -> None:
    """Tell that passages cannot be looked up, once for each document."""
    path = texts.path(source)
    if not path.is_file():
        remedy = f"Save the text of the document there: allegata text FILE --out {path}."
        wrong = f"the text of {slug(source)}, {path}, is not there, and passages are quoted from it"
        problems.add(record.spot("passage"), wrong, remedy, cause=("text", source))


def _by_words(record: Record, text: str, name: str, problems: Problems) -> list[Span]:
    passages, numbers = record.values["passage"], record.values.get("nth", [])
    if len(numbers) not in (0, 1, len(passages)):
        problems.add(record.spot("nth"), f"{len(numbers)} numbers stand beside {len(passages)} passages", "Give one for each.")
        return []
    found = []
    for at, passage in enumerate(passages):
        nth = int(str(numbers[min(at, len(numbers) - 1)])) if numbers else None
        try:
            found.append(locate(text, str(passage), nth, name))
        except AnchorError as error:
            column = "nth" if "nth" in error.members else "passage"
            problems.add(record.spot(column), error.message.rstrip("."), error.remedy or "Copy it from the text again.")
    return found if len(found) == len(passages) else []


def _by_numbers(record: Record, text: str, problems: Problems) -> list[Span]:
    starts, ends = ([int(str(value)) for value in record.values.get(name, [])] for name in ("start", "end"))
    if len(starts) != len(ends):
        problems.add(record.spot("start"), f"{len(starts)} starts stand beside {len(ends)} ends", "Give both for each passage.")
        return []
    for start, end in zip(starts, ends, strict=True):
        if not 0 <= start < end <= len(text):
            wrong = f"{shown(f'{start} to {end}')} lies outside of the text of {len(text):,} characters"
            problems.add(record.spot("start"), wrong, "Copy the passage from the text, in place of the numbers.")
            return []
    return list(zip(starts, ends, strict=True))
