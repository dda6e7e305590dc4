"""Asks the engine what a page shows: a whole answer under the limits of any query; the questions of the release with values."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import request

from allegata.corpus.question_words import QuestionWords, read_words
from allegata.corpus.questions import Question, find, read_questions
from allegata.engine import Inspected, Query, inspect
from allegata.errors import BadRequest, NotFound, UsageError
from allegata.model.formats import Format
from allegata.web.state import state


def inspected(text: str) -> Inspected:
    """Pass a query through the gate."""
    return inspect(text, state().settings, state().engines.federation.addresses)


def query_of(seen: Inspected, form: Format) -> Query:
    """Return the query as whoever asks for the page puts it, with their share of the engine; it ends when they leave."""
    gone = request.environ.get("waitress.client_disconnected")
    return Query(seen, form, base_iri=f"{state().base}sparql", client=request.remote_addr or "", is_disconnected=gone)


def whole_answer(seen: Inspected, form: Format) -> bytes:
    """Return the answer to a query on the current release, whole."""
    answer = state().engines.answer(state().release, query_of(seen, form))
    try:
        return b"".join(answer.chunks)
    finally:
        answer.close()


def folder() -> Path:
    """Return the folder of the questions of the release."""
    return state().release.folder / "questions"


@lru_cache(4)
def questions_in(place: Path) -> tuple[Question, ...]:
    """Return the questions of a release; it does not change."""
    return read_questions(place)


@lru_cache(4)
def words_in(place: Path) -> QuestionWords:
    """Return the words of the questions of a release."""
    return read_words(place)


def by_theme(place: Path) -> list[tuple[str, list[Question]]]:
    """Return the questions of a release by their themes, in the order in which the words of questions have them."""
    themes = [(theme, list(items)) for theme, items in groupby(questions_in(place), key=lambda item: item.theme)]
    return sorted(themes, key=lambda row: words_in(place).place(row[0]))


def questions_to_start_with(place: Path, number: int = 6) -> list[Question]:
    """Return the questions that the corpus puts on the home page; where it puts none, one of each theme, its own first."""
    themes = [items for _, items in by_theme(place)]
    chosen = [item for items in themes for item in items if item.is_on_home_page]
    return (chosen or [max(items, key=lambda item: bool(item.asks)) for items in themes])[:number]


def question_named(name: str) -> Question:
    """Return a question of the release by a name that it has or had; raise NotFound where there is none."""
    found = find(questions_in(folder()), name)
    if found is None:
        raise NotFound(f"This release has no question {name[:200]}.", remedy="/questions lists them.")
    return found


def given_values(asked: Question) -> dict[str, Any]:
    """Return the values that the address gives for parameters of a question."""
    known = (parameter.name for parameter in asked.parameters)
    return {name: request.args[name] for name in known if name in request.args}


def with_given_values(asked: Question) -> Question:
    """Return a question with the values of the address; raise BadRequest for what cannot be one."""
    try:
        given = {name: value.split() for name, value in given_values(asked).items()}
        return asked.bind(given, state().base, state().dataset.descriptions.iri_at)
    except UsageError as error:
        raise BadRequest(str(error)) from None
