"""Answers each question of the release on a page of its own, at /questions/NAME: in words, with a table, a picture and a form."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from allegata.corpus.questions import Parameter, Question, find
from allegata.domain import Value, beside, concepts_in_use
from allegata.domain.answers import AnswerTable
from allegata.errors import AllegataError
from allegata.model.formats import BINDING_FORMATS, HTML, JSON_RESULTS
from allegata.model.namespaces import scheme_path
from allegata.web.http.views import choose_format, view
from allegata.web.i18n.links import escaped
from allegata.web.i18n.names import name_of
from allegata.web.i18n.questions import column_head, title_of
from allegata.web.pages.question_pictures import bars, pictures
from allegata.web.sparql.asking import (
    by_theme,
    folder,
    given_values,
    inspected,
    query_of,
    question_named,
    questions_in,
    whole_answer,
    with_given_values,
)
from allegata.web.sparql.responses import respond
from allegata.web.state import state

blueprint = Blueprint("questions", __name__)
#: Rows that a page shows; the files have all.
SHOWN = 100
#: Things up to which a parameter is chosen from a list.
OFFERED = 400


@dataclass(frozen=True)
class Field:
    """What a parameter is chosen by: the values that it has as one text, and what it can be, which is empty where it is typed."""

    parameter: Parameter
    now: str
    options: tuple[tuple[str, str], ...]

    @property
    def type(self) -> str:
        """Return the type of the input where it is typed (HTML, 4.10.5.1)."""
        return "date" if self.parameter.kind == "xsd:date" else "text"


@view(blueprint, "/questions", formats=(HTML,), cached=True, in_sitemap=True)
def index() -> str:
    """List the questions of the release by theme."""
    return render_template("questions.html", themes=[(theme, _families(items)) for theme, items in by_theme(folder())])


def _families(items: list[Question]) -> list[tuple[Question, list[Question]]]:
    """Return the questions of the model and those of a corpus of its own, each with what the corpus asks by it."""
    own = [item for item in items if not item.asks or not any(other.name == item.asks for other in items)]
    return [(item, [other for other in items if other.asks == item.name]) for item in own]


@view(
    blueprint,
    "/questions/<name>",
    formats=(HTML, *BINDING_FORMATS),
    parameters={"format": "word of a format, before the Accept header"},
    cached=True,
    further=True,
)
def question(name: str) -> BaseResponse | tuple[str, int]:
    """Answer a question; values of its parameters stand behind the question mark by their names."""
    found = question_named(name)
    if found.name != name:
        return redirect(url_for(".question", name=found.name, **given_values(found)), code=301)
    asked = with_given_values(found)
    seen = inspected(asked.text)
    choice = choose_format(request.args.get("format"))
    if JSON_RESULTS not in seen.form.formats:
        return redirect(url_for("query.page", example=name, **given_values(found)), code=303)
    if choice.format is not HTML:
        return respond(state().release, query_of(seen, choice.format), choice, bound=False)
    return _page(found, asked)


def _page(found: Question, asked: Question) -> tuple[str, int]:
    table, problem = AnswerTable((), (), ()), None
    try:
        table = state().dataset.answers.table(whole_answer(inspected(asked.text), JSON_RESULTS))
    except AllegataError as error:
        problem = error
    general = find(questions_in(folder()), found.asks) or found
    # What was changed in the form is no longer what the corpus asks in its own words.
    shown = found if asked.text == found.text else general
    given = given_values(found)
    body = render_template(
        "question.html",
        asked=asked,
        title=title_of(shown),
        general=general,
        others=[item for item in questions_in(folder()) if item.asks == general.name and item.name != shown.name],
        table=table,
        problem=problem,
        heads=[column_head(name) for name in table.columns],
        bars=bars(asked, table),
        pictures=pictures(asked, table, state().dataset.comparisons),
        fields=[_field(asked, parameter) for parameter in asked.parameters],
        shown=SHOWN,
        file=lambda word: url_for(".question", name=found.name, format=word, **given),
        query=escaped(url_for("query.page", example=found.name, **given)),
        cite=escaped(url_for("citations.query", query=asked.text)),
    )
    return body, problem.status if problem else 200


def _field(asked: Question, parameter: Parameter) -> Field:
    values = asked.given(parameter)
    now = " ".join(parameter.short(value, state().base) for value in values)
    if parameter.is_literal:
        return Field(parameter, now, ())
    things = _things(parameter.kind)
    if not 0 < len(things) <= OFFERED:
        return Field(parameter, now, ())
    options = [(parameter.short(value.iri, state().base), name_of(value)) for value in things]
    if now and now not in dict(options):
        names = ", ".join(name_of(Value(state().descriptions.label_of(iri), iri)) for iri in values)
        options.append((now, names))
    return Field(parameter, now, tuple(sorted(options, key=lambda row: row[1])))


def _things(kind: str) -> list[Value]:
    """Return the things of the corpus that a parameter can be: those of a class, or the concepts of a scheme that it uses."""
    read = state().descriptions
    if not kind.startswith("scheme/"):
        left = beside(read)
        return [read.value(node) for node in read.instances(kind) if node not in left]
    path = kind.removeprefix("scheme/") + "/"
    concepts = (node for node in read.instances("skos:Concept") if scheme_path(node.value, read.base).startswith(path))
    return [read.value(node) for node in concepts_in_use(read, concepts)]
