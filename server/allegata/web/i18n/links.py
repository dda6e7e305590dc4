"""Keeps a page and what it leads to in one language: the links and forms that are made, the way to the other languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from flask import Flask, Response, request
from flask.globals import request_ctx
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from allegata.web.http.views import NOWHERE, WORDED, current_view, view_at
from allegata.web.i18n.gettext import PARAMETER, chosen, is_translated, language, page_language
from allegata.web.i18n.languages import LANGUAGES
from allegata.web.state import state


def register(app: Flask) -> None:
    """Keep the links of an application in the language that an address names."""
    app.url_defaults(add_language)


def add_language(endpoint: str, values: dict[str, Any]) -> None:
    """Put the language that the address names on a link to a page or feed that is made (`url_for`); `lang=None` leaves it out."""
    if PARAMETER not in values and "format" not in values and view_at(endpoint).is_worded and chosen():
        values[PARAMETER] = language()


def escaped(address: str) -> str:
    """Return an address whose query is escaped as forms do it (URL Standard, section 5.2); it can be pasted into any text."""
    path, mark, query = address.partition("?")
    return f"{path}{mark}{urlencode(parse_qsl(query, keep_blank_values=True))}"


def address_of(iri: str) -> str:
    """Return the address by which a page links to an IRI: what leads to a page of this host stays in the language."""
    address = state().local(iri)
    if not address.startswith("/"):
        return address
    path, mark, fragment = address.partition("#")
    words = f"?{PARAMETER}={language()}" if chosen() and _leads_to_page(path) else ""
    return f"{request.script_root}{path}{words}{mark}{fragment}"


def _leads_to_page(path: str) -> bool:
    adapter = request_ctx.url_adapter
    try:
        return adapter is not None and view_at(adapter.match(path, method="GET")[0]).is_page
    except RequestRedirect:
        return True
    except HTTPException:
        return False


def language_field() -> Markup:
    """Return what a form takes the language along with; what it gets replaces the query of its address (HTML, 4.10.21.3)."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(PARAMETER, language()) if chosen() else Markup("")


def page_direction() -> Markup:
    """Return the attribute of a page that is written from right to left, or nothing."""
    return Markup(' dir="rtl"') if page_language().direction == "rtl" else Markup("")


def same_page(tag: str = "") -> str:
    """Return the address of this page in a language, or in the one that the reader's browser prefers.

    What the view does not read is no part of it.
    """
    view = current_view()
    given = ((name, value) for name, value in request.args.items(multi=True) if name != PARAMETER)
    pairs = [(name, value) for name, value in given if view.reads(name) or view is NOWHERE]
    query = urlencode([*pairs, *([(PARAMETER, tag)] if tag else [])])
    path = request.script_root + quote(request.path, safe="/:@!$&'()*+,;=~")
    return f"{path}?{query}" if query else path


def other_languages() -> Iterator[tuple[str, str]]:
    """Return the languages that the page can be had in beside its own, by tag and name."""
    return ((row.tag, row.endonym) for row in LANGUAGES.values() if row.tag != language())


def name_language(response: Response) -> Response:
    """Name the language of a page or feed (RFC 9110, section 8.5), and what it depends on (section 12.5.5)."""
    if is_translated() and response.mimetype in WORDED and "Location" not in response.headers:
        response.headers["Content-Language"] = language()
        if not chosen():
            response.vary.add("Accept-Language")
    return response
