"""Reads the words of questions beside their titles: heads of columns by the names of variables, sentences in further languages.

They stand in `ontology/questions/words.yaml`; a corpus has words for its own questions in `data/questions/words.yaml`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from allegata.corpus.text_files import read_text
from allegata.corpus.yaml_text import Value, parse_yaml
from allegata.errors import CorpusSyntaxError
from allegata.model.labels import ENGLISH

#: Name of the file in a corpus, and of the one that a release has.
CORPUS_FILE: Final = "words.yaml"
RELEASE_FILE: Final = "words.json"
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: A word or sentence → what it is in each language.
Table: TypeAlias = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class QuestionWords:
    """Heads of columns by the names of variables, and sentences by their English, each in several languages."""

    columns: Table = field(default_factory=dict)
    sentences: Table = field(default_factory=dict)

    def column(self, variable: str, language: str = ENGLISH) -> str:
        """Return what stands above a column: as the table has it in the language, else in English, else the name taken apart."""
        known = self.columns.get(variable, {})
        parted = _HUMP.sub(" ", variable.replace("_", " ")).lower()
        return known.get(language) or known.get(ENGLISH) or parted[:1].upper() + parted[1:]

    def sentence(self, text: str, language: str) -> str:
        """Return an English sentence in a language where it is translated, else as it is."""
        return self.sentences.get(text, {}).get(language, text)

    def place(self, theme: str) -> int:
        """Return the place of a theme among the others: that of its sentence, behind all where there is none."""
        return list(self.sentences).index(theme) if theme in self.sentences else len(self.sentences)

    def to_json(self) -> str:
        """Write the words as a release has them."""
        return json.dumps({"columns": self.columns, "sentences": self.sentences}, ensure_ascii=False, indent=1) + "\n"


def question_words(root: Path) -> QuestionWords:
    """Return the words of the questions of the model with those of a corpus; raise CorpusSyntaxError for what is no table."""
    columns: dict[str, Mapping[str, str]] = {}
    sentences: dict[str, Mapping[str, str]] = {}
    for path in (root / folder / "questions" / CORPUS_FILE for folder in ("ontology", "data")):
        if path.is_file():
            columns |= _table(path, "columns")
            sentences |= _table(path, "sentences")
    return QuestionWords(columns, sentences)


def read_words(folder: Path) -> QuestionWords:
    """Return the words in the folder of questions of a release; one that was written before has none."""
    path = folder / RELEASE_FILE
    return QuestionWords(**json.loads(path.read_text("utf-8"))) if path.is_file() else QuestionWords()


def _table(path: Path, name: str) -> dict[str, Mapping[str, str]]:
    document = parse_yaml(read_text(path), path)
    whole = document.value
    if not isinstance(whole, dict) or not set(whole) <= {"columns", "sentences"}:
        raise CorpusSyntaxError(path, 1, "here stand two tables: columns and sentences")
    rows = whole.get(name) or {}
    if not isinstance(rows, dict):
        raise CorpusSyntaxError(path, document.line((name,)), "here stands a table of words")
    return {word: _languages(said, path, document.line((name, word))) for word, said in rows.items()}


def _languages(said: Value, path: Path, line: int) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(text, str) for text in said.values()):
        raise CorpusSyntaxError(path, line, "here stand languages, each with a word or sentence")
    return {language: text for language, text in said.items() if isinstance(text, str)}
