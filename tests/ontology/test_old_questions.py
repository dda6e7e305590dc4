"""The 105 questions of 0.1 have the same answers on the corpus of 0.1 brought to the present model, but for listed exceptions."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from allegata.corpus.upgrade import upgrade
from allegata.engine import Engine, Query, inspect, open_engine
from allegata.model.formats import CSV_RESULTS
from allegata.release.build import build
from allegata.release.site import current
from allegata.settings import Settings, default_root
from fixtures import BUNDLED_0_1, FOLDER, unpack

#: Question → why its answer is another one.
CHANGED: dict[str, str] = yaml.safe_load((FOLDER / "questions-0.1.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the corpus of the project as version 0.1 had it, with its questions and their answers."""
    return unpack(BUNDLED_0_1, tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Yield an engine for a release of that corpus, brought to the present model."""
    folder = tmp_path_factory.mktemp("upgraded")
    upgrade(unpack(BUNDLED_0_1, folder / "corpus"), default_root())
    build(folder / "corpus", folder / "site", lambda _step: None)
    with closing(open_engine(current(folder / "site").folder, Settings())) as opened:
        yield opened


def rows(answer: bytes) -> Counter[tuple[str, ...]]:
    """Return the rows of an answer with their numbers: the order of rows that a question does not put in order is left open."""
    return Counter(map(tuple, csv.reader(io.StringIO(answer.decode(), newline=""))))


def test_the_old_questions_have_the_answers_of_then_but_for_those_listed(old: Path, engine: Engine) -> None:
    questions = [*(old / "ontology" / "questions").glob("*.rq"), *(old / "data" / "questions").glob("*.rq")]
    assert len(questions) == 105
    changed = set()
    for path in questions:
        answer = engine.answer(Query(inspect(path.read_text("utf-8"), Settings()), CSV_RESULTS))
        if rows(b"".join(answer.chunks)) != rows((old / "tests" / "questions" / f"{path.stem}.csv").read_bytes()):
            changed.add(path.stem)
    assert changed == set(CHANGED)


def test_each_exception_has_its_reason() -> None:
    assert CHANGED
    for name, reason in CHANGED.items():
        assert len(reason.split()) >= 8 and reason.endswith("."), name
