"""Keeps a page and what it leads to in one language: headers, the links and forms of the page, the way to the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, request

from allegata.web.http.views import NOWHERE, current_view
from allegata.web.i18n.gettext import LANGUAGES, PARAMETER, chosen, is_translated, language

_LINK: Final = re.compile(rb'(<a\b[^>]*?\shref=")(/[^"]*)(")')
_CARRIES: Final = re.compile(rf"[?&]{PARAMETER}=")
_FORM: Final = re.compile(rb'<form\b[^>]*\saction="/[^>]*>')
_POST: Final = re.compile(rb'\smethod="post"')
_ACTION: Final = re.compile(rb'(\saction=")(/[^"]*)(")')
#: Addresses that lead to no page: files, data and answers to programs.
_NO_PAGE: Final = re.compile(
    r"/(static|data|sparql|timemap|catalog|shapes|\.well-known|release/[^/?]+/(sparql|data|void|manifest\.json|dumps/)|dumps/.)"
    r"|/cite/.*\.(bib|ris|json|txt)$|.*[?&]format="
)


def register(app: Flask) -> None:
    """Finish every page that was made in a language, and let templates lead to the others."""
    app.jinja_env.globals.update(
        language=language, languages=tuple(LANGUAGES), other_languages=other_languages, same_page=same_page
    )


def same_page(tag: str = "") -> str:
    """Return the address of this page in a language, or in the one that the reader's browser prefers.

    What the view does not read is no part of it.
    """
    view = current_view()
    given = ((name, value) for name, value in request.args.items(multi=True) if name != PARAMETER)
    pairs = [(name, value) for name, value in given if name in view.parameters or view is NOWHERE]
    query = urlencode([*pairs, *([(PARAMETER, tag)] if tag else [])])
    return f"{request.path}?{query}" if query else request.path


def other_languages() -> Iterator[tuple[str, str]]:
    """Return the languages that the page can be had in beside its own, by tag and name."""
    return ((tag, name) for tag, name in LANGUAGES.items() if tag != language())


def name_language(response: Response) -> Response:
    """Name the language (RFC 9110, section 8.5) and what it depends on (section 12.5.5); carry a chosen one on."""
    if "Location" in response.headers and chosen():
        response.headers["Location"] = carried(response.headers["Location"], language())
        return response
    if not is_translated() or response.mimetype != "text/html":
        return response
    response.headers["Content-Language"] = language()
    if not chosen():
        response.vary.add("Accept-Language")
    elif response.is_sequence:
        response.set_data(carry(response.get_data(), language()))
    return response


def carried(address: str, tag: str) -> str:
    """Return an address of a page with the language on it; what leads elsewhere, or to no page, stays as it is."""
    if not address.startswith("/") or address.startswith("//") or _NO_PAGE.match(address) or _CARRIES.search(address):
        return address
    path, mark, fragment = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{PARAMETER}={tag}{mark}{fragment}"


def carry(body: bytes, tag: str) -> bytes:
    """Return a page whose links and forms lead on in a language."""

    def link(match: re.Match[bytes]) -> bytes:
        address = unescape(match[2].decode())
        found = carried(address, tag)
        return match[0] if found == address else match[1] + _attribute(found) + match[3]

    def form(match: re.Match[bytes]) -> bytes:
        # What a form gets replaces the query of its address; what it posts leaves it (HTML, section 4.10.21.3).
        return _ACTION.sub(link, match[0]) if _POST.search(match[0]) else match[0] + hidden

    hidden = f'<input type="hidden" name="{PARAMETER}" value="{tag}">'.encode()
    return _FORM.sub(form, _LINK.sub(link, body))


def _attribute(address: str) -> bytes:
    return address.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").encode()
