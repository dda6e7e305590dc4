"""Reads what a corpus says of itself: title, brand, publisher, licence, languages, themes, what it covers, its documents."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from allegata.corpus.quad_file import about
from allegata.corpus.reader import Corpus
from allegata.corpus.statements import Statements, Term
from allegata.model.labels import ENGLISH, NAMES
from allegata.model.languages import language_of
from allegata.model.licences import licence_of
from allegata.model.namespaces import expand

Named = tuple[str, str]


@dataclass(frozen=True)
class Description:
    """What a corpus says of itself, in one language; what it does not say is empty."""

    title: str
    brand: str
    name: str
    text_language: str
    description: str
    rights: str
    keywords: tuple[str, ...]
    notes: tuple[str, ...]
    publisher: Named
    publisher_is_person: bool
    licence: str
    licence_id: str
    licence_name: str
    languages: tuple[str, ...]
    themes: tuple[Named, ...]
    coverage: tuple[Named, ...]
    #: To whom objections and replies go: each with a name and addresses.
    contacts: tuple[tuple[str, str, tuple[str, ...]], ...]
    landing_page: str
    #: The file with the outline for maps, by its path below data/.
    outline: str


def describe_corpus(corpus: Corpus) -> Description:
    """Read the description of a corpus in its own language: that of its title in which most is said."""
    read = _Reader(corpus)
    licence = read.text("dct:license")
    known = licence_of(licence)
    publisher = read.text("dct:publisher") or corpus.base
    mark = f" ({corpus.protection})" if corpus.protection else ""
    title = (read.text("dct:title") or corpus.base) + mark
    brand = read.text("rdfs:label") + mark if read.text("rdfs:label") else title
    return Description(
        title=title,
        brand=brand,
        name=_slug(brand) or _slug(corpus.base.partition("://")[2]),
        text_language=read.language,
        description=read.text("dct:description"),
        rights=read.text("dct:rights"),
        keywords=tuple(sorted(read.texts("dcat:keyword"))),
        notes=tuple(read.texts("adms:versionNotes")),
        publisher=(publisher, read.text("rdfs:label", publisher) or publisher),
        publisher_is_person=expand("schema:Person") in read.texts("rdf:type", publisher),
        licence=licence,
        licence_id=read.text("dct:identifier", licence) or known.identifier,
        licence_name=read.text("rdfs:label", licence) or known.name or licence,
        languages=tuple(sorted(read.texts("dct:language"), key=lambda iri: language_of(iri).tag != read.language)),
        themes=tuple(read.named("dcat:theme")),
        coverage=tuple(read.named("dct:spatial")),
        contacts=tuple(
            (iri, read.text("vcard:fn", iri), tuple(sorted(read.texts("vcard:hasEmail", iri) + read.texts("vcard:hasURL", iri))))
            for iri in sorted(read.texts("dcat:contactPoint"))
        ),
        landing_page=read.text("dcat:landingPage"),
        outline=read.text("schema:hasMap"),
    )


class _Reader:
    """Reads the values of the dataset, or of what it names, in one language where they are given in several."""

    def __init__(self, corpus: Corpus):
        own = list(about(corpus.quads, corpus.dataset))
        named = {quad.object for quad in own if isinstance(quad.object, NamedNode)}
        self._statements = Statements([*own, *about(corpus.quads, *named)])
        self._dataset = corpus.dataset.value
        self.language = self._language()

    def _language(self) -> str:
        """Return the language of the title: what a corpus words in several languages, it says in its own."""
        titles = (term.language or "" for term in self._terms("dct:title") if isinstance(term, Literal))
        return next(titles, "")

    def _terms(self, curie: str, subject: str = "") -> list[Term]:
        return self._statements.terms(subject or self._dataset, curie)

    def texts(self, curie: str, subject: str = "") -> list[str]:
        """Return the values of a property: those in the language of the description, else those in English, else all."""
        terms = self._terms(curie, subject)
        for language in (self.language, ENGLISH):
            chosen = [term for term in terms if isinstance(term, Literal) and (term.language or "") == language]
            if chosen:
                return [term.value for term in chosen]
        return [term.value for term in terms]

    def text(self, curie: str, subject: str = "") -> str:
        """Return the first value of a property, or nothing."""
        return next(iter(self.texts(curie, subject)), "")

    def named(self, curie: str) -> list[Named]:
        """Return what a property of the dataset leads to, each with its name."""
        return [(iri, next(filter(None, (self.text(name, iri) for name in NAMES)), iri)) for iri in self.texts(curie)]


def _slug(text: str) -> str:
    """Write a name in the letters of an identifier: small Latin ones, figures and hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
