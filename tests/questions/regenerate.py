"""Write the expected answers of the competency questions anew, as a release gives them: `python tests/questions/regenerate.py SITE`.

SITE is a folder in which `allegata build` left a release of this corpus, or of the worked example as `allegata new arland --example`
makes it, whose answers are then written to `server/allegata/corpus/example/answers`. The script trusts the release, so the answers
prove nothing by themselves: read the diff line by line against the data before you commit it. A row that came or went
without a change of the data, an answer that is empty, or one that no reader of the documents would give, means that the
query, the data or the engine is wrong.

For this corpus it also writes the questions in plain words anew (`tests/helpers/plain_words.py`), and counts anew what changed since 0.1, in the notes of the corpus and in the changes (`tests/helpers/version_notes.py`).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from allegata.corpus.questions import Question, questions
from allegata.corpus.reader import base_of
from allegata.corpus.worked_example import BASE
from allegata.engine import Query, inspect, open_engine
from allegata.model.formats import CSV_RESULTS
from allegata.release.handle import Release
from allegata.release.site import current
from allegata.settings import Settings

ANSWERS = Path(__file__).resolve().parent
ROOT = ANSWERS.parent.parent
EXAMPLE = ROOT / "server" / "allegata" / "corpus" / "example"
sys.path.insert(0, str(ANSWERS.parent / "helpers"))


def regenerate(release: Release, asked: Sequence[Question], answers: Path) -> list[str]:
    """Write an answer for each question, remove answers without a question, and give the names of the files that changed."""
    settings = Settings()
    old = {path.name: path.read_bytes() for path in answers.glob("*.csv")}
    new: dict[str, bytes] = {}
    told = {question.asks for question in asked}  # the answer of one with its first values is that of the first
    with closing(open_engine(release.folder, settings)) as engine:
        for question in asked:
            if question.name not in told:
                query = Query(inspect(question.text, settings), CSV_RESULTS)
                new[f"{question.name}.csv"] = b"".join(engine.answer(query).chunks)
    for name in old.keys() - new.keys():
        (answers / name).unlink()
    for name, answer in new.items():
        (answers / name).write_bytes(answer)
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} SITE")
    release = current(Path(sys.argv[1]))
    if release.manifest.base == BASE:
        changed = regenerate(release, questions(EXAMPLE, BASE), EXAMPLE / "answers")
    else:
        changed = regenerate(release, questions(ROOT, base_of(ROOT)), ANSWERS)
        importlib.import_module("version_notes").write()
        changed += ["plain-words.json"] if importlib.import_module("plain_words").write(release) else []
    sys.stdout.write("".join(f"{name}\n" for name in changed) or "No answer changed.\n")
