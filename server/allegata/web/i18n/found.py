"""Words in the language of the page what the search found, and by what it can be narrowed."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from pyoxigraph import NamedNode

from allegata.domain import Value
from allegata.domain.search import SPEAKERS, SearchHit
from allegata.model.kinds import Use, serving
from allegata.model.namespaces import slug
from allegata.release.search_index import PAGE, QUESTION
from allegata.web.i18n.gettext import N_, SOURCE, gettext, language
from allegata.web.i18n.phrases import assertion_text
from allegata.web.i18n.questions import title_of
from allegata.web.sparql.asking import question_named
from allegata.web.state import state

_FACETS: Final = {
    "kind": N_("kind"),
    "document": N_("document"),
    "asserter": N_("asserter"),
    "polarity": N_("polarity"),
    "modality": N_("modality"),
    "evidence": N_("evidence"),
    "right": N_("right"),
    "topic": N_("topic"),
}
#: What the search calls kinds of things.
_FOUND: Final = frozenset({*(kind.label for kind in serving(Use.SEARCH)), N_("question"), N_("page")})


def facet_name(name: str) -> str:
    """Name a facet of the search."""
    return gettext(_FACETS[name]) if name in _FACETS else name


def facet_value(facet: str, value: str, label: str) -> Value | str:
    """Return a value of a facet, to be named and marked."""
    if facet == "kind":
        return gettext(value) if value in _FOUND else label
    return Value(label, value)


def found_name(hit: SearchHit) -> Value:
    """Return what was found, to be named and marked."""
    if hit.kind == QUESTION:
        return title_of(question_named(slug(hit.iri)))
    if hit.kind == PAGE:
        return Value(gettext(hit.label), language=language())
    language_ = state().descriptions.names.language_of(NamedNode(hit.iri), hit.label)
    return Value(hit.label, "" if hit.assertions or hit.kind == "assertion" else hit.iri, language_)


def found_note(hit: SearchHit) -> str | Markup:
    """Return who puts a claim how that was found, or of what kind the thing is."""
    if language() == SOURCE:
        return hit.note or hit.kind
    if found := hit.assertions or ((hit.iri,) if hit.kind == "assertion" else ()):
        said = dict.fromkeys(assertion_text(state().dataset.attributions.assertion(iri)) for iri in found[:SPEAKERS])
        return Markup("; ").join(said)
    return gettext(hit.kind) if hit.kind in _FOUND else hit.kind
