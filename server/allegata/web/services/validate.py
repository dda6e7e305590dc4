"""Checks documents over HTTP: a form for people, the report by negotiation for programs; nothing that is sent is kept."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from allegata.engine.validator import REPORTS, SYNTAXES, check_document
from allegata.errors import BadRequest, RequestError, UnsupportedMediaType
from allegata.model.formats import CSV_RESULTS, HTML, JSON, TURTLE, Choice, Format, listing
from allegata.web.http.csv_tables import write_table
from allegata.web.http.parameters import FORM_TYPE, Parameters, parse
from allegata.web.http.shares import client
from allegata.web.http.views import Lifetime, choose_format, view
from allegata.web.state import state

blueprint = Blueprint("validate", __name__)

#: In which forms a report is given, the first without a wish.
OFFERED: Final = (TURTLE, JSON, *(item for item in REPORTS if item is not TURTLE), CSV_RESULTS, HTML)
_COLUMNS: Final = ("severity", "focus", "path", "value", "message", "shape")
EXAMPLE: Final = """\
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix scheme: <https://w3id.org/allegata/scheme/> .

<claim/schools> a alg:Claim ;
    alg:statement "Half of the schools in the province were closed in 2020."@en ;
    alg:topic <https://w3id.org/allegata/scheme/topic/education> .

<assertion/ministry-on-schools> a alg:Assertion ;
    alg:asserts <claim/schools> ;
    alg:polarity <https://w3id.org/allegata/scheme/polarity/denies> .
"""


@view(blueprint, "/validate", formats=(HTML,), in_sitemap=True)
def form() -> str:
    """Show the form, with an example that the shapes find something in."""
    return _page(EXAMPLE, TURTLE)


@view(
    blueprint,
    "/validate",
    methods=("POST",),
    formats=OFFERED,
    parameters={"format": "word of a format, before the Accept header", "output": "the same as format"},
    body=(*(item.media_type for item in SYNTAXES), FORM_TYPE),
    fields={"document": "what is checked", "syntax": "word of its syntax, Turtle without it"},
    required=("document",),
    lifetime=Lifetime.NONE,
)
def check() -> Response:
    """Check the document in the body, or in the field `document` of a form, against the shapes of the current release."""
    address = parse(request.environ["QUERY_STRING"], "query string")
    if request.mimetype == FORM_TYPE:
        fields = parse(request.get_data().decode("latin-1"), "body")
        return _checked((fields.one("document") or "").encode(), _syntax(fields.one("syntax") or "turtle"), address + fields)
    return _checked(request.get_data(), _syntax(request.mimetype), address)


def _syntax(word: str) -> Format:
    """Find the syntax by its media type (of which text/plain and application/json are too wide to count) or by a word."""
    found = [item for item in SYNTAXES if word.lower() in (item.media_type, item.suffix, *item.words)]
    if not found:
        raise UnsupportedMediaType(
            f"A document cannot be checked as {word or 'a body without Content-Type'}.",
            remedy=f"Send one of: {listing(SYNTAXES)}.",
        )
    return found[0]


def _checked(data: bytes, syntax: Format, parameters: Parameters) -> Response:
    choice = choose_format(parameters.one("format", "output"))
    if not data.strip():
        raise BadRequest("There is no document.", remedy="Send it as the body, or in the field document of the form.")
    if choice.format is HTML and request.mimetype == FORM_TYPE:
        return _told(data, syntax)
    form = choice.format if choice.format in REPORTS else None
    made = check_document(
        data, syntax, state().release.folder, state().base, state().settings, form, client(), state().shapes_context
    )
    if choice.format is CSV_RESULTS:
        made = _csv(choice, json.loads(made))
    if choice.format is HTML:
        made = _page("", syntax, report=json.loads(made)).encode()
    return Response(made, content_type=choice.content_type)


def _told(data: bytes, syntax: Format) -> Response:
    """Show the report, or what is wrong with the document, above the form with the document as it was sent."""
    text, status = data.decode(), 200
    try:
        made = check_document(
            data, syntax, state().release.folder, state().base, state().settings, client=client(), context=state().shapes_context
        )
        page = _page(text, syntax, report=json.loads(made))
    except RequestError as error:
        page, status = _page(text, syntax, problem=error), error.status
    return Response(page, status=status)


def _csv(choice: Choice, said: dict[str, Any]) -> bytes:
    return write_table([_COLUMNS, *([finding[name] for name in _COLUMNS] for finding in said["findings"])], choice).encode()


def _page(document: str, syntax: Format, *, report: dict[str, Any] | None = None, problem: RequestError | None = None) -> str:
    return render_template(
        "validate.html",
        document=document,
        syntax=syntax,
        syntaxes=SYNTAXES,
        report=report,
        problem=problem,
        settings=state().settings,
    )
