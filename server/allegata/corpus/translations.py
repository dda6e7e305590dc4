"""Parts what things are called in further languages from what is said: a query for the name of a thing finds one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from allegata.model.labels import ENGLISH, LABELS
from allegata.model.languages import language_of
from allegata.model.namespaces import PREFIXES, expand

#: What a corpus words in several languages: names, definitions and statements. Of each a release states one.
WORDED: Final = frozenset(map(expand, (*LABELS, "skos:definition", "dct:description", "dct:rights", "schema:unitText")))
_Key = tuple[object, NamedNode]
_Order = tuple[bool, bool, str]
#: The order of what is said first.
_FIRST: Final[_Order] = (False, False, "")


def of_model(graph: str, base: str) -> bool:
    """Return whether a graph is one of the model, whose texts may be translations."""
    return graph.startswith(f"{base}graph/ontology/")


def part_translations(quads: Iterable[Quad], base: str) -> tuple[list[Quad], tuple[Quad, ...]]:
    """Return statements, and apart from them the texts of the model that translate an English one.

    A text translates another where both stand behind one property of one thing. What a model says in no English stays.
    """
    whole = list(quads)
    model = [quad for quad in whole if isinstance(quad.graph_name, NamedNode) and of_model(quad.graph_name.value, base)]
    english = {_key(quad) for quad in model if _language(quad) == ENGLISH}
    translating = {quad for quad in model if _language(quad) not in ("", ENGLISH) and _key(quad) in english}
    said = [quad for quad in whole if quad not in translating]
    return said, tuple(sorted(translating, key=str))


class WordsApart:
    """Passes on the statements of a corpus but for what is worded in a further language, which it keeps.

    What is worded in several languages is said in the language of the corpus, else in English, else in the first by its tag.
    """

    def __init__(self, read: Callable[[], Iterable[Quad]], own: str):
        self._read, self._own = read, own or ENGLISH
        self.translations: list[Quad] = []

    def said(self) -> Iterator[Quad]:
        """Yield the statements that are passed on; what is kept is whole behind the last."""
        held: list[Quad] = []
        for quad in self._read():
            if self._is_further(quad):
                held.append(quad)
            else:
                yield quad
        best = self._best(held)
        for quad in held:
            if best[_key(quad)] == self._order(quad):
                yield quad
            else:
                self.translations.append(quad)

    def _is_further(self, quad: Quad) -> bool:
        """Return whether something is worded otherwise than it would be said first."""
        return quad.predicate.value in WORDED and not self._is_first(quad)

    def _best(self, held: list[Quad]) -> dict[_Key, _Order]:
        """Return for what is held how it is said; where it is said first already, that is better than all that is held."""
        best: dict[_Key, _Order] = {}
        for quad in held:
            best[_key(quad)] = min(best.get(_key(quad), self._order(quad)), self._order(quad))
        for quad in self._read() if held else ():
            if quad.predicate.value in WORDED and _key(quad) in best and self._is_first(quad):
                best[_key(quad)] = _FIRST
        return best

    def _is_first(self, quad: Quad) -> bool:
        return _language(quad) in ("", self._own)

    def _order(self, quad: Quad) -> _Order:
        tag = _language(quad)
        return tag != self._own, tag != ENGLISH, tag


def own_language(described: Iterable[Quad], dataset: NamedNode) -> str:
    """Return the language of a corpus: that of a title of its dataset.

    Of titles in several, that in a language of the dataset (dct:language), then the one in which most is said of it,
    then English, then the first by its tag.
    """
    own = [quad for quad in described if quad.subject == dataset]
    languages = (quad.object for quad in own if quad.predicate.value == expand("dct:language"))
    named = {language_of(term.value).tag for term in languages if isinstance(term, NamedNode)}
    said = Counter(filter(None, map(_language, own)))
    titles = {_language(quad) for quad in own if quad.predicate.value == expand("dct:title")} - {""}
    return min(titles, key=lambda tag: (tag.partition("-")[0].lower() not in named, -said[tag], tag != ENGLISH, tag), default="")


def _key(quad: Quad) -> _Key:
    return quad.subject, quad.predicate


def _language(quad: Quad) -> str:
    return (quad.object.language or "") if isinstance(quad.object, Literal) else ""


def write_translations(translations: Iterable[Triple], target: Path) -> None:
    """Write the translations of a corpus and its model into a file, where there are any."""
    rows = sorted(set(translations), key=str)
    if rows:
        target.write_bytes(serialize(rows, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b"")
