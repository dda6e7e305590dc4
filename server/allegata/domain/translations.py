"""Reads what things are called, claims state and terms mean in further languages, which a release keeps beside its statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from allegata.corpus.rdf import parse_turtle
from allegata.model.labels import ENGLISH, NAMES, STATEMENT
from allegata.model.namespaces import shorten
from allegata.release.handle import TRANSLATIONS

#: A thing and a property → the literals that stand there.
LookUp = Callable[[NamedNode, str], list[Literal]]
Expect = Callable[[Iterable[NamedNode]], None]


class Translations:
    """Names, statements and sentences in other languages than those of the release; a release without any has none."""

    def __init__(self, folder: Path, said: LookUp, expect: Expect):
        self._names: dict[tuple[str, str], str] = {}
        self._sentences: dict[tuple[str, str], str] = {}
        self._statements: dict[str, list[Literal]] = defaultdict(list)
        path = folder / TRANSLATIONS
        triples = list(parse_turtle(path)) if path.is_file() else []
        expect(triple.subject for triple in triples if isinstance(triple.subject, NamedNode))
        for triple in triples:
            subject, text, property_ = triple.subject, triple.object, shorten(triple.predicate.value)
            if not isinstance(subject, NamedNode) or not isinstance(text, Literal):
                continue
            tag = text.language or ""
            if property_ in NAMES:
                self._names[tag, subject.value] = text.value
            if property_ == STATEMENT:
                self._statements[subject.value].append(text)
            for original in (item.value for item in said(subject, property_) if item.language == ENGLISH):
                self._sentences[tag, original] = text.value

    def statements(self, iri: str) -> list[Literal]:
        """Return what a claim states in further languages, in the order of their tags."""
        return sorted(self._statements.get(iri, ()), key=lambda text: (text.language or "", text.value))

    def name(self, iri: str, language: str) -> str:
        """Return what a term, a scheme or a concept is called in a language, or nothing."""
        return self._names.get((language, iri), "")

    def names(self, iri: str) -> tuple[str, ...]:
        """Return what a term, a scheme or a concept is called in every language."""
        return tuple(name for (_, named), name in self._names.items() if named == iri)

    def sentence(self, text: str, language: str) -> str:
        """Return an English sentence of the model, such as a definition, in a language, or nothing."""
        return self._sentences.get((language, text), "")
