"""Says the strings of the interface in the reader's language: gettext catalogues, and the choice among languages."""

from __future__ import annotations

import gettext as gnu
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, has_request_context, request

from allegata.errors import BadRequest
from allegata.web.i18n import languages
from allegata.web.i18n.languages import LANGUAGES, Language, primary

FOLDER: Final = Path(__file__).parent / "translations"
#: The tag of the language that the strings in the code are in.
SOURCE: Final = languages.SOURCE.tag
#: What an address carries where a reader has chosen a language.
PARAMETER: Final = "lang"
#: The language in which the request at hand is answered, once a page has asked for it; a page asks thousands of times.
_SAID: Final[ContextVar[str]] = ContextVar("language", default="")


@cache
def catalogue(language: str) -> gnu.NullTranslations:
    """Read the catalogue of a language as it is written; it is compiled here, in memory, so nothing has to be built or kept."""
    if language == SOURCE:
        return gnu.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _written(language))
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


@cache
def words(language: str) -> frozenset[str]:
    """Return every string of a catalogue in its language, so that a text can be known to be one."""
    forms = (item.string if isinstance(item.string, tuple | list) else (item.string,) for item in _written(language))
    return frozenset(form for some in forms for form in some if form)


def _written(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


def language() -> str:
    """Return the language of the page: what the address asks for, else what Accept-Language prefers (RFC 9110, section 12.5.4).

    Raises BadRequest once where the address asks for a language that there is not; the page that says so is in the preferred one.
    """
    found = _SAID.get()
    if found:
        return found
    if not has_request_context():
        return SOURCE
    _SAID.set(preferred())
    asked = request.args.get(PARAMETER)
    if asked:
        _SAID.set(_known(asked))
    return _SAID.get()


def preferred() -> str:
    """Look the reader's languages up, the most wanted first, by their first subtag (RFC 4647, section 3.4)."""
    for tag, weight in request.accept_languages:
        found = primary(tag)
        if weight > 0 and found in LANGUAGES:
            return found
    return SOURCE


def _known(asked: str) -> str:
    """Match a language tag that the address gives by its first subtag (RFC 4647, section 3.4)."""
    found = primary(asked)
    if found not in LANGUAGES:
        names = " or ".join(f"{PARAMETER}={row.tag} ({row.endonym})" for row in LANGUAGES.values())
        raise BadRequest(f"There are no pages in the language {asked[:20]!r}.", remedy=f"Ask with {names}.")
    return found


def page_language() -> Language:
    """Return the row of the language of the page."""
    return LANGUAGES[language()]


def is_translated() -> bool:
    """Return whether the answer is in a language: whether anything has asked for it."""
    return bool(_SAID.get())


def forget_language(_error: BaseException | None = None) -> None:
    """Forget in which language the last answer was."""
    _SAID.set("")


def chosen() -> bool:
    """Return whether the address names the language, so that it does not depend on the header."""
    return primary(request.args.get(PARAMETER, "")) in LANGUAGES


def gettext(message: str) -> str:
    """Return a string of the interface."""
    return catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return a string that depends on a number."""
    return catalogue(language()).ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    """Return a string that means different things in different places."""
    return catalogue(language()).pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, number: int) -> str:
    """Return a string that depends on a number and on the place."""
    return catalogue(language()).npgettext(context, singular, plural, number)


def N_(message: str) -> str:  # noqa: N802 - the name under which extractors know it
    """Mark a string for the catalogue where it is written but not yet said."""
    return message


def register(app: Flask) -> None:
    """Let templates say strings: `_("…")`, `ngettext`, `pgettext` and `{% trans %}`."""
    app.teardown_request(forget_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    for tag in LANGUAGES:
        catalogue(tag)
