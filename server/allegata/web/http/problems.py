"""Turns every error into one shape: problem details (RFC 9457), the same as plain text, or a page, by negotiation."""

from __future__ import annotations

import json
import logging
from contextlib import suppress

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException

from allegata.errors import (
    AllegataError,
    BadRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    RequestError,
    UnsupportedMediaType,
)
from allegata.model.formats import HTML, PROBLEM, TEXT, Choice
from allegata.web.http.near_misses import asked_words, near_misses
from allegata.web.http.negotiation import negotiate
from allegata.web.i18n.gettext import N_, SOURCE, gettext, language, pgettext
from allegata.web.state import state

_log = logging.getLogger("allegata.web")
_KNOWN: dict[int, type[RequestError]] = {
    400: BadRequest,
    404: NotFound,
    405: MethodNotAllowed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
}
#: What an error means, in the words of the page; the message itself, which programs get too, is English.
_MEANINGS = {
    400: N_("The request cannot be understood as it was sent."),
    403: N_("This service does not do what was asked for."),
    404: N_("There is nothing at this address, or this release has no such record."),
    405: N_("This address does not take requests of this kind."),
    406: N_("What was asked for is not offered in this form."),
    410: N_("This record was withdrawn."),
    413: N_("The request is larger than this service takes."),
    414: N_("The address is longer than this service takes."),
    415: N_("The body of the request is of a type that this service does not take."),
    429: N_("One address asks too much at once."),
    431: N_("The headers of the request are larger than this service takes."),
    503: N_("The service is busy, or the query took too long."),
}
_NO_ANSWER = N_("The request could not be answered.")


def _meaning(error: AllegataError) -> str:
    return gettext(_MEANINGS.get(error.status, _NO_ANSWER))


def register(app: Flask) -> None:
    """Handle the project's errors, the framework's, and whatever else: the one place where anything is caught."""
    app.register_error_handler(AllegataError, _own)
    app.register_error_handler(HTTPException, _framework)
    app.register_error_handler(Exception, _unforeseen)


def _own(error: AllegataError) -> Response:
    g.error = error
    return render(error)


def told() -> AllegataError | None:
    """Return the error of the project that the request ended with."""
    found: AllegataError | None = g.get("error")
    return found


def _framework(error: HTTPException) -> Response:
    kind = _KNOWN.get(error.code or 500, RequestError)
    allowed = current_app.config["MAX_CONTENT_LENGTH"]
    ours = kind(_plain(error), **({"limit": "body_bytes", "allowed": allowed} if kind is PayloadTooLarge else {}))
    if kind is RequestError:
        ours.status, ours.title = error.code or 500, error.name
    response = render(ours)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _plain(error: HTTPException) -> str:
    messages = {
        404: f"There is nothing at {request.path}.",
        405: f"{request.path} does not take {request.method}.",
        413: "The body is over the limit.",
    }
    return messages.get(error.code or 500, error.name)


def _unforeseen(error: Exception) -> Response:
    _log.error("unforeseen error at %s", request.url_rule, exc_info=error)
    return render(RequestError("Something went wrong that was not foreseen. It has been noted."))


def render(error: AllegataError) -> Response:
    """Return an error as an answer; a client that takes none of the offered types gets problem details."""
    choice = _choice()
    if choice.format is HTML:
        # Where the address asks for a language that there is not, what else is wrong with it is said in the preferred one.
        with suppress(BadRequest):
            language()
        words = asked_words() if error.status == NotFound.status else ""
        body = render_template(
            "error.html",
            error=error,
            title=pgettext("error", error.title),
            meaning=_meaning(error) if language() != SOURCE else "",
            words=words,
            near=near_misses(words) if error.status == NotFound.status else (),
        )
    elif choice.format is TEXT:
        body = "\n".join(line for line in (error.title, error.message, error.remedy) if line) + "\n"
    else:
        body = json.dumps(error.problem(), ensure_ascii=False, indent=2) + "\n"
    response = Response(body, status=error.status, content_type=choice.format.content_type)
    response.vary.add("Accept")
    if "size" in error.members:
        # RFC 9110, section 14.4: the answer to a range that cannot be given says how long the file is.
        response.headers["Content-Range"] = f"bytes */{error.members['size']}"
    if "retryAfter" in error.members:
        response.headers["Retry-After"] = str(error.members["retryAfter"])
    return response


def _choice() -> Choice:
    try:
        return negotiate(request.headers.get("Accept"), (PROBLEM, TEXT, HTML), state().settings.accept_ranges)
    except (NotAcceptable, BadRequest):
        return Choice(PROBLEM, PROBLEM.content_type)
