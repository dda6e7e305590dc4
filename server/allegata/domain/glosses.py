"""Reads the glosses of a release: what claims say in the language of a page, beside the statements of the curators."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode

from allegata.corpus.rdf import parse_turtle
from allegata.release.handle import GLOSSES


class Glosses:
    """The glosses of claims by language; a release without any has none."""

    def __init__(self, folder: Path):
        path = folder / GLOSSES
        self._texts: dict[tuple[str, str], str] = {}
        for triple in parse_turtle(path) if path.is_file() else ():
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal):
                self._texts[triple.object.language or "", triple.subject.value] = triple.object.value

    def of(self, iri: str, language: str) -> str:
        """Return what a claim says in a language, or nothing."""
        return self._texts.get((language, iri), "")
