"""Names things in the language of the page where a name in it is known, and marks what stands there in another language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape
from pyoxigraph import NamedNode

from allegata.domain import Descriptions, Thing, Value
from allegata.domain.property_labels import WORDS
from allegata.model.languages import language_of
from allegata.web.i18n.gettext import N_, SOURCE, catalogue, language, page_language, words
from allegata.web.i18n.languages import LANGUAGES, SCRIPTS, Language, direction, script_of
from allegata.web.state import state

_TERM: Final = re.compile(r"(\b[a-z]+:[A-Za-z]\w*)")
_LATIN: Final = re.compile(r"[A-Za-z]{2}")
#: The context under which catalogues have the words for terms of other vocabularies.
MODEL: Final = "model"
#: What stands where there is no thing to name.
_INSTEAD: Final = (N_("not given"), N_("other sources"))
_REMEMBERED = 1 << 14
_NO_MARK: Final = Markup("")


def own_words(text: str) -> Value:
    """Return a text of the description of the dataset with the language that it is in."""
    return Value(text, language=state().release.manifest.text_language)


def name_of(value: Value | Thing | str) -> str:
    """Return the name of a thing in the language of the page, else the one it has; any other text as it is."""
    if isinstance(value, str):
        return value
    text = value.text if isinstance(value, Value) else value.label
    tag = language()
    if tag == SOURCE:
        return text
    if value.iri:
        return _name(state().descriptions, value.iri, text, tag)
    return catalogue(tag).gettext(text) if text in _INSTEAD else text


@lru_cache(_REMEMBERED)
def _name(read: Descriptions, iri: str, text: str, tag: str) -> str:
    """Name a thing in a language: as the release names it, a term of another vocabulary by the catalogue."""
    worded = catalogue(tag).pgettext(MODEL, text) if iri in WORDS else text
    return read.names.known_in(NamedNode(iri), tag) or worded


def gloss(iri: str) -> str:
    """Return the gloss of a claim in the language of the page, or nothing."""
    return state().descriptions.glosses.of(iri, language())


def model_text(text: str) -> str:
    """Return a sentence of the model, such as a definition, in the language of the page where it is translated."""
    return state().descriptions.translations.sentence(text, language()) or text


def model_sentence(text: str) -> Markup:
    """Return a sentence of the model with the names of terms in it marked as such, which are words of no language."""
    parts = enumerate(_TERM.split(text))
    return _NO_MARK.join(Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in parts)


def foreign_language(value: Value | Thing | str) -> str:
    """Return the language of a text where it is another than the page's, or nothing; what tells no language is nobody's."""
    page, text = page_language(), name_of(value)
    declared = _declared(value, text)
    if page.tag == SOURCE:
        if declared or text.isascii():
            return declared if declared != SOURCE else ""
        return _by_script(text)
    if declared == page.tag or _is_own(page, value, text) or not (declared or _LATIN.search(text)):
        return ""
    return declared or SOURCE


def _declared(value: Value | Thing | str, text: str) -> str:
    """Return the language that a text is said to be in: by itself, else as a name of its thing."""
    if isinstance(value, Value) and value.language:
        return value.language
    return "" if isinstance(value, str) or not value.iri else _language_of(state().descriptions, value.iri, text)


@lru_cache(_REMEMBERED)
def _language_of(read: Descriptions, iri: str, text: str) -> str:
    return read.names.language_of(NamedNode(iri), text)


def _by_script(text: str) -> str:
    """Return a language whose script a text has, beside the script of the source.

    That is one of the pages, else where most of the text is in the script one of the data, else the script without a language.
    """
    own = LANGUAGES[SOURCE].script
    if known := next((row.tag for row in LANGUAGES.values() if row.script != own and row.writes(text)), ""):
        return known
    script = max(SCRIPTS, key=lambda name: len(SCRIPTS[name].findall(text)))
    if script == own or not SCRIPTS[script].search(text):
        return ""
    return next((tag for tag in _data_languages(state().release.manifest.languages) if script_of(tag) == script), f"und-{script}")


@lru_cache(8)
def _data_languages(iris: tuple[str, ...]) -> list[str]:
    return [tag for iri in iris if (tag := language_of(iri).tag)]


def _is_own(page: Language, value: Value | Thing | str, text: str) -> bool:
    """Return whether a text is in the language of the page: by its script, else as one that was translated."""
    if page.script != LANGUAGES[SOURCE].script:
        return page.writes(text)
    original = value if isinstance(value, str) else value.text if isinstance(value, Value) else value.label
    return text != original or text in words(page.tag)


def lang(value: Value | Thing | str) -> Markup:
    """Return the attributes that mark a text in another language than the page's (WCAG 2.2, criterion 3.1.2), or nothing."""
    other = foreign_language(value)
    if not other:
        return _NO_MARK
    turned = direction(other) if direction(other) != page_language().direction else ""
    return Markup(' lang="{}" dir="{}"').format(other, turned) if turned else Markup(' lang="{}"').format(other)


def marked_name(value: Value | Thing | str) -> Markup:
    """Return a text with its language where that is another than the page's."""
    attribute = lang(value)
    text = escape(name_of(value))
    return Markup("<span{}>{}</span>").format(attribute, text) if attribute else text


def by_name(rows: Sequence[tuple[Value, int]]) -> list[tuple[Value, int]]:
    """Put rows in the order of the names that their things have on the page."""
    return sorted(rows, key=lambda row: name_of(row[0]))
