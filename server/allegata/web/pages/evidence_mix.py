"""Sums up the kinds of evidence of a document in five parts that a picture can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from allegata.domain import Assertion, Value
from allegata.model.namespaces import slug
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.i18n.phrases import concept_name
from allegata.web.svg import stacked

Kinds = Sequence[tuple[Value, int]]
#: The kinds that name no evidence outside the passage; every other kind does.
_PARTS: Final = {"reasoning": 1, "notStated": 2, "referenceIsSearchPage": 3, "citationTargetLost": 4}


def mixed(kinds: Kinds) -> list[int]:
    """Count the kinds of evidence in parts: named evidence, reasoning, nothing stated, a search page, a link lost in the copy."""
    parts = [0] * (len(_PARTS) + 1)
    for kind, number in kinds:
        parts[_PARTS.get(slug(kind.iri), 0)] += number
    return parts


def copy_gaps(assertion: Assertion) -> list[Value]:
    """Return the gaps that are those of the copy at hand, and not of the document: link text whose address is missing."""
    return [kind for kind in assertion.gaps if slug(kind.iri) == "citationTargetLost"]


def evidence_picture(mix: Sequence[tuple[Value, Kinds]]) -> Markup | str:
    """Draw a bar for each document, parted by what its passages rest on."""
    words = (
        gettext("named evidence"),
        concept_name("evidence-kind", "reasoning"),
        gettext("nothing stated"),
        gettext("search page"),
        gettext("link lost in the copy"),
    )
    rows = [(name_of(document), list(zip(words, mixed(kinds), strict=True))) for document, kinds in mix]
    return stacked(gettext("What the passages rest on"), rows, 440, shares=True) if rows else ""
