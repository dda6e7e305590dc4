"""Twenty questions in plain words with query and rows, for whoever measures how well a program turns words into SPARQL.

They stand in `data/questions/plain-words.json`: the words and the name of the competency question that answers them are written
by hand, query and rows as a release gives them. `regenerate.py` writes them anew with the expected answers.
"""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from typing import Any

from allegata.corpus.questions import questions
from allegata.corpus.reader import base_of
from allegata.engine import Query, inspect, open_engine
from allegata.model.formats import CSV_RESULTS
from allegata.release.handle import PLAIN_WORDS, Release
from allegata.settings import Settings
from support import ROOT

FILE = ROOT / "data" / "questions" / PLAIN_WORDS


def kept() -> dict[str, Any]:
    """Return what the file holds."""
    document: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return document


def answered(release: Release) -> dict[str, Any]:
    """Return what the file has to hold: each question in its words, with the query and the rows that the release gives."""
    document, texts = kept(), {item.name: item.text for item in questions(ROOT, base_of(ROOT))}
    with closing(open_engine(release.folder, Settings())) as engine:
        for item in document["questions"]:
            query = Query(inspect(texts[item["name"]], Settings()), CSV_RESULTS)
            answer = b"".join(engine.answer(query).chunks).decode()
            columns, *rows = csv.reader(io.StringIO(answer, newline=""))
            item |= {"query": texts[item["name"]], "columns": columns, "rows": rows}
    return document


def write(release: Release) -> bool:
    """Write the file anew, and return whether it changed."""
    before = FILE.read_text("utf-8")
    after = json.dumps(answered(release), ensure_ascii=False, indent=1) + "\n"
    FILE.write_text(after, "utf-8")
    return after != before
