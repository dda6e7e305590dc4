"""The order of names: which properties name a thing, and which of several texts in several languages comes first."""

from __future__ import annotations

from typing import Final

#: The properties that name a thing; the first that has a text counts.
NAMES: Final = ("rdfs:label", "skos:prefLabel", "dct:title", "schema:name")
#: What a claim says.
STATEMENT: Final = "alg:statement"
#: The names, and what a thing that nobody names says: the statement of a claim.
LABELS: Final = (*NAMES, STATEMENT)
#: Further names.
ALIASES: Final = ("skos:altLabel",)
#: The language in which the program words what it puts together, and in which every thing has a name.
ENGLISH: Final = "en"


def by_language(text: str, language: str | None, wanted: str = ENGLISH) -> tuple[bool, bool, str, str]:
    """Return what texts are sorted by: those in the language that is wanted, English ones, those in none, then by language.

    In each language they are sorted by the text.
    """
    return language != wanted, language != ENGLISH, language or "", text
