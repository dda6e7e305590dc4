"""Knows what the things and concepts of a corpus and its model are called, in every language, and by which codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.nearest import nearest
from allegata.corpus.reader import Corpus, read
from allegata.corpus.translations import own_language
from allegata.corpus.workbook.columns import FAMILIES, fold
from allegata.model.labels import ALIASES, ENGLISH, LABELS
from allegata.model.namespaces import expand, scheme_path, slug

#: How well a name names a thing: by what its IRI ends in, by its name, by another name or code.
BY_ID, BY_NAME, BY_OTHER = range(3)
CONCEPT: Final = "concept"
_TYPE: Final = expand("rdf:type")
_RANKS: Final = {
    **dict.fromkeys(map(expand, LABELS), BY_NAME),
    **dict.fromkeys(map(expand, (*ALIASES, "dct:identifier", "skos:notation")), BY_OTHER),
}
_FAMILY_OF: Final = {expand(curie): family for family, classes in FAMILIES.items() for curie in classes}
_FAMILY_OF[expand("skos:Concept")] = CONCEPT


class Names:
    """Things and concepts by their families: by id, by name in any language, by other names and codes, case and space alike."""

    def __init__(self, base: str, language: str = ENGLISH):
        self.base, self.language = base, language
        #: What there is in a family by the folded form of a name: IRIs, each with how well the name names it.
        self._found: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        self._shown: dict[str, dict[str, str]] = defaultdict(dict)
        self._labels: dict[str, dict[str, str]] = defaultdict(dict)
        self.families: dict[str, set[str]] = defaultdict(set)

    def put(self, family: str, iri: str) -> None:
        """Take in a thing of a family, by its IRI, by its path below the base, and by the last part of it."""
        self.families[iri].add(family)
        path = self.path(iri)
        within = [family, f"{CONCEPT}/{path.partition('/')[0]}"] if family == CONCEPT else [family]
        last = path.partition("/")[2] or path
        for name in (last, slug(iri), path, iri, *([f"scheme/{path}"] if family == CONCEPT else [])):
            self._put(within, iri, name, BY_ID)

    def name(self, iri: str, text: str, language: str = "", rank: int = BY_NAME) -> None:
        """Take in what a thing is called, which was put already."""
        within = [*self.families[iri]]
        if CONCEPT in within:
            within.append(f"{CONCEPT}/{scheme_path(iri, self.base).partition('/')[0]}")
        self._put(within, iri, text, rank)
        if rank == BY_NAME:
            self._labels[iri].setdefault(language, text)

    def _put(self, families: Iterable[str], iri: str, name: str, rank: int) -> None:
        folded = fold(name)
        for family in families if folded else ():
            ranks = self._found[family][folded]
            ranks[iri] = min(rank, ranks.get(iri, rank))
            self._shown[family].setdefault(folded, name)

    def find(self, families: Iterable[str], text: str) -> list[str]:
        """Return the things of some families that a text names best: none, one, or several that it does not tell apart."""
        found: dict[str, int] = {}
        for family in families:
            for iri, rank in self._found.get(family, {}).get(fold(text), {}).items():
                found[iri] = min(rank, found.get(iri, rank))
        best = min(found.values(), default=0)
        return sorted(iri for iri, rank in found.items() if rank == best)

    def nearest(self, families: Iterable[str], text: str) -> str:
        """Return the name in some families that is nearest to a text, as it is written, or nothing."""
        shown: dict[str, str] = {}
        for family in families:
            shown |= self._shown.get(family, {})
        return shown.get(nearest(fold(text), shown), "")

    def label(self, iri: str, language: str = "") -> str:
        """Return what a thing is called: in a language, that of the corpus, English, or any; its IRI where nothing names it."""
        labels = self._labels.get(iri, {})
        for wanted in (language or self.language, self.language, ENGLISH, ""):
            if wanted in labels:
                return labels[wanted]
        return next((text for _, text in sorted(labels.items())), iri)

    def concepts(self, scheme: str) -> list[str]:
        """Return the concepts of a scheme, the model's and the corpus' own, in the order in which they were described."""
        family = f"{CONCEPT}/{scheme}"
        return list(dict.fromkeys(iri for ranks in self._found.get(family, {}).values() for iri in ranks))

    def path(self, iri: str) -> str:
        """Return the path of a thing below the base, and of a concept below its schemes, by which a cell can name it."""
        return scheme_path(iri, self.base) if CONCEPT in self.families.get(iri, ()) else iri.removeprefix(self.base)

    def written(self, families: Iterable[str], iri: str, language: str = "") -> str:
        """Return how a cell names a thing: the shortest of label, id, path and IRI that names it and nothing else."""
        where = list(families)
        path = self.path(iri)
        concept = all(family.startswith(CONCEPT) for family in where)
        forms = (
            (self.label(iri, language), path.partition("/")[2], path)
            if concept
            else (path.partition("/")[2], path, self.label(iri, language))
        )
        return next((form for form in forms if form and self.find(where, form) == [iri]), iri)


def read_names(root: Path, apart: Iterable[NamedNode] = ()) -> tuple[Names, Corpus]:
    """Read what a corpus and its model call things, but for what some graphs describe, which are made anew."""
    corpus = read(root)
    left = set(apart)
    names = Names(corpus.base, own_language(corpus.quads, corpus.dataset) or ENGLISH)
    kept = [quad for quad in corpus.quads if quad.graph_name not in left]
    for quad in kept:
        family = _FAMILY_OF.get(quad.object.value) if isinstance(quad.object, NamedNode) else None
        if family and quad.predicate.value == _TYPE and isinstance(quad.subject, NamedNode):
            names.put(family, quad.subject.value)
    for quad in _worded([*kept, *(quad for quad in corpus.translations if quad.graph_name not in left)]):
        names.name(quad.subject.value, quad.object.value, quad.object.language or "", _RANKS[quad.predicate.value])  # type: ignore[union-attr]
    return names, corpus


def _worded(quads: Iterable[Quad]) -> Iterator[Quad]:
    return (quad for quad in quads if quad.predicate.value in _RANKS and isinstance(quad.object, Literal))
