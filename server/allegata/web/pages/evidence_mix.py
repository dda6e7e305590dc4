"""Sums up the kinds of evidence of a document in four parts that a picture can show."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from allegata.domain import Value
from allegata.model.namespaces import slug
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.i18n.phrases import concept_name
from allegata.web.svg import stacked

Kinds = Sequence[tuple[Value, int]]
#: The kinds that name no evidence outside the passage; every other kind does.
_REASONING, _UNSTATED, _LOST = ("reasoning",), ("notStated",), ("citationTargetLost", "referenceIsSearchPage")


def mixed(kinds: Kinds) -> list[int]:
    """Count the kinds of evidence in parts: named evidence, reasoning, nothing stated, a reference that leads nowhere."""
    parts = [0, 0, 0, 0]
    for kind, number in kinds:
        word = slug(kind.iri)
        parts[1 if word in _REASONING else 2 if word in _UNSTATED else 3 if word in _LOST else 0] += number
    return parts


def evidence_picture(mix: Sequence[tuple[Value, Kinds]]) -> Markup | str:
    """Draw a bar for each document, parted by what its passages rest on."""
    words = (
        gettext("named evidence"),
        concept_name("evidence-kind", _REASONING[0]),
        gettext("nothing stated"),
        gettext("reference lost"),
    )
    rows = [(name_of(document), list(zip(words, mixed(kinds), strict=True))) for document, kinds in mix]
    return stacked(gettext("What the passages rest on"), rows, 440, shares=True) if rows else ""
