"""Shows at /explain why an inferred statement holds, as a page and as JSON; each rule is asked in a worker, within the limits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

from allegata.domain import Value
from allegata.domain.explanations import Ask, Explanation, Explanations, inferred_values, statement_of
from allegata.errors import BadRequest, NotFound, QueryTimeout, UsageError
from allegata.model.formats import HTML, JSON, JSON_RESULTS
from allegata.web.http.views import choose_format, view
from allegata.web.sparql.asking import inspected, query_of
from allegata.web.state import state

blueprint = Blueprint("explain", __name__)
#: Values of one property that one request explains.
MOST = 20


@view(
    blueprint,
    "/explain",
    formats=(HTML, JSON),
    parameters={
        "subject": "what the statement is about, by IRI or by path",
        "predicate": "its property, by IRI or prefixed name",
        "object": "its value, by IRI or path, or a literal as Turtle has it; all inferred ones without it",
        "format": "word of a format, before the Accept header",
    },
    required=("subject", "predicate"),
)
def explain() -> Response:
    """Say by which rules inferred statements hold, and from what, down to the files that state it."""
    subject, predicate, value = (request.args.get(name, "") for name in ("subject", "predicate", "object"))
    if not subject or not predicate:
        raise BadRequest("A statement has a subject and a property.", remedy="Give subject= and predicate=.")
    choice = choose_format(request.args.get("format"))
    store, explanations = state().descriptions.store, Explanations(state().release, state().descriptions.store, _asker())
    try:
        about = statement_of((subject, predicate, value or predicate), state().descriptions)
    except UsageError as error:
        raise BadRequest(error.message, remedy=error.remedy) from None
    statements = [about] if value else inferred_values(state().release, store, about)[:MOST]
    if not statements:
        raise NotFound("Nothing is inferred there.", remedy="What a file states needs no explanation.")
    found = [explanations.explain(statement) for statement in statements]
    if choice.format is JSON:
        return Response(_json(found), content_type=choice.content_type)
    shown = [_shown(item) for item in found]
    return Response(render_template("explain.html", shown=shown, about=shown[0].terms[0]), content_type=choice.content_type)


def _asker() -> Ask:
    """Return what asks a worker, all questions of one request within the time of one query."""
    allowed = state().settings.query_timeout
    end = time.monotonic() + allowed

    def ask(text: str) -> Iterator[Mapping[str, Any]]:
        left = end - time.monotonic()
        if left <= 0:
            wrong = "The explanation reached the time limit of a query."
            raise QueryTimeout(wrong, remedy="Use `allegata explain`.", limit="query_timeout", allowed=allowed)
        answer = state().engines.answer(state().release, replace(query_of(inspected(text), JSON_RESULTS), timeout=left))
        try:
            rows = parse_query_results(b"".join(answer.chunks), QueryResultsFormat.JSON)
        finally:
            answer.close()
        assert isinstance(rows, QuerySolutions)
        names = [variable.value for variable in rows.variables]
        return ({name: row[name] for name in names} for row in rows)

    return ask


def _json(found: list[Explanation]) -> str:
    return json.dumps([item.as_dictionary() for item in found], ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True)
class _Shown:
    """An explanation with names for people."""

    terms: tuple[Value, ...]
    rule: str
    says: str
    files: tuple[Value, ...]
    premises: tuple[_Shown, ...]


def _shown(item: Explanation) -> _Shown:
    files = tuple(_value(NamedNode(place.graph)) for place in item.places)
    said: Triple = item.statement
    terms = tuple(_value(term) for term in (said.subject, said.predicate, said.object))
    return _Shown(terms, item.rule, item.says, files, tuple(_shown(premise) for premise in item.premises))


def _value(term: Any) -> Value:
    return state().descriptions.value(term)
