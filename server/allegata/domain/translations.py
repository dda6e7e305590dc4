"""Reads what the model is called and how it is explained in further languages, which a release keeps beside its statements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from allegata.corpus.rdf import parse_turtle
from allegata.model.labels import ENGLISH, NAMES
from allegata.model.namespaces import shorten
from allegata.release.handle import TRANSLATIONS

#: A thing and a property → the literals that stand there.
LookUp = Callable[[NamedNode, str], list[Literal]]


class Translations:
    """Names and sentences of the model in other languages than English; a release without any has none."""

    def __init__(self, folder: Path, said: LookUp):
        self._names: dict[tuple[str, str], str] = {}
        self._sentences: dict[tuple[str, str], str] = {}
        path = folder / TRANSLATIONS
        for triple in parse_turtle(path) if path.is_file() else ():
            subject, text, property_ = triple.subject, triple.object, shorten(triple.predicate.value)
            if not isinstance(subject, NamedNode) or not isinstance(text, Literal):
                continue
            tag = text.language or ""
            if property_ in NAMES:
                self._names[tag, subject.value] = text.value
            for original in (item.value for item in said(subject, property_) if item.language == ENGLISH):
                self._sentences[tag, original] = text.value

    def name(self, iri: str, language: str) -> str:
        """Return what a term, a scheme or a concept is called in a language, or nothing."""
        return self._names.get((language, iri), "")

    def names(self, iri: str) -> tuple[str, ...]:
        """Return what a term, a scheme or a concept is called in every language."""
        return tuple(name for (_, named), name in self._names.items() if named == iri)

    def sentence(self, text: str, language: str) -> str:
        """Return an English sentence of the model, such as a definition, in a language, or nothing."""
        return self._sentences.get((language, text), "")
