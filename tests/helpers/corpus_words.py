"""The words of the bundled corpus: names of its states, organizations, persons and sources, and the last parts of their IRIs."""

from __future__ import annotations

import re
from functools import cache

from pyoxigraph import Literal, NamedNode

from allegata.corpus.reader import read
from allegata.model.namespaces import expand
from support import ROOT

_CLASSES = {NamedNode(expand(curie)) for curie in ("schema:Country", "schema:Organization", "schema:Person", "alg:Source")}
_NAMES = {expand(curie) for curie in ("rdfs:label", "skos:altLabel", "dct:title")}
#: Words that stand in names of this corpus alone, whatever is made of them; Korean by itself is a language of the interface.
_STEMS = (
    "Korea",
    "Koreans",
    "North Korean",
    "South Korean",
    "DPRK",
    "dprk",
    "Pyongyang",
    "factsheet",
    "fact sheet",
    "report-2025",
)
#: Fewer letters make a word of many meanings: a code, an acronym.
_SHORTEST = 4
_PLAIN = re.compile(r"[a-z]+")


@cache
def corpus_words() -> re.Pattern[str]:
    """Return a pattern of the words, each as a whole word; the name of the program is none."""
    quads = [quad for quad in read(ROOT).quads if isinstance(quad.subject, NamedNode)]
    kinds = {quad.subject for quad in quads if quad.predicate.value == expand("rdf:type") and quad.object in _CLASSES}
    found = set(_STEMS)
    for quad in quads:
        if quad.subject in kinds and quad.predicate.value in _NAMES and isinstance(quad.object, Literal):
            found.add(quad.object.value)
    found |= {str(thing.value).rsplit("/", 1)[-1] for thing in kinds if isinstance(thing, NamedNode)}
    # A name in small letters alone is a word of the language, such as “some” or “observers”; slugs with a hyphen are none.
    names = sorted(name for name in found if len(name) >= _SHORTEST and (name in _STEMS or not _PLAIN.fullmatch(name)))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![\w-])")


#: Words of the list that the model itself says, and why.
EXCUSED = {
    **dict.fromkeys(
        ("United Nations", "General Assembly", "United Nations General Assembly", "Security Council", "Human Rights Council"),
        "the schemes and reports speak of the organs in which human rights are claimed, whatever the country",
    ),
    "United Nations human rights mechanisms": "a topic of the model",
    "International Criminal Court": "a topic of the model, and a question about it",
    "국제형사재판소": "the same topic in Korean",
    "the Commission": "how the example speaks of a commission of its own, once it is named",
    "GeoNames": "a dataset that links lead to",
    "the EU": "lists of codes, of languages and file types for instance, that descriptions refer to",
    "allegata-curators": "who made the ontology",
    "Allegata curators": "the name of who made the ontology",
}


def corpus_words_in(text: str) -> set[str]:
    """Return the words of the bundled corpus in a text, apart from the excused."""
    return set(corpus_words().findall(text)) - EXCUSED.keys()
