"""Lists what every template can say, in one table; what a template gets beside it comes from its view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Flask

from allegata.model.formats import CITATION_FORMATS
from allegata.release.handle import Release
from allegata.web.i18n import found, gettext, links, names, phrases, questions
from allegata.web.i18n.languages import LANGUAGES
from allegata.web.pages import sections
from allegata.web.publishing import citations, schema_org

#: Name → function; its docstring says what it gives. `url_for` and the strings (`_`, `ngettext`, `pgettext`) come with them.
FUNCTIONS: Final[dict[str, Callable[..., object]]] = {
    # The language of the page, and the same page in others.
    "language": gettext.language,
    "direction": links.page_direction,
    "language_field": links.language_field,
    "same_page": links.same_page,
    "other_languages": links.other_languages,
    # The sections of the site, for the head of every page.
    "sections": sections.sections,
    # Things: their address, their name, the mark of a text in another language.
    "address_of": links.address_of,
    "name_of": names.name_of,
    "lang": names.lang,
    "marked_name": names.marked_name,
    "gloss": names.gloss,
    "by_name": names.by_name,
    "own_words": names.own_words,
    "model_text": names.model_text,
    "model_sentence": names.model_sentence,
    # Phrases put together from data and words.
    "assertion_text": phrases.assertion_text,
    "attribution": phrases.attribution,
    "turned_heading": phrases.turned_heading,
    "side": phrases.side,
    "choice": phrases.choice,
    "concept_name": phrases.concept_name,
    "quantity": phrases.quantity,
    "time": phrases.time,
    "duration": phrases.duration,
    "scheme_name": phrases.scheme_name,
    "facet_name": found.facet_name,
    "facet_value": found.facet_value,
    "found_name": found.found_name,
    "found_note": found.found_note,
    # Questions: what they ask, their themes, what is said of them, the cells of their answers.
    "title_of": questions.title_of,
    "theme_name": questions.theme_name,
    "question_text": questions.question_text,
    "cell_text": questions.cell_text,
    # How to cite, and the dataset for search engines.
    "cite_thing": citations.cite_thing,
    "cite_dataset": citations.cite_dataset,
    "schema_dataset": schema_org.schema_dataset,
    "schema_release": schema_org.schema_release,
    "schema_record": schema_org.schema_record,
}


def register(app: Flask, release: Release) -> None:
    """Let the templates of an application say these things of a release."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(FUNCTIONS, release=release, languages=tuple(LANGUAGES), citation_formats=CITATION_FORMATS)
