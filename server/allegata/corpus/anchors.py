"""Checks anchors against source texts: offsets in Unicode code points, digests of the passage in UTF-8."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from allegata.corpus.text_files import read_source
from allegata.corpus.text_sections import Spot, TextSections
from allegata.errors import UsageError
from allegata.model.namespaces import slug, sparql_prologue

_ANCHORS = """
SELECT ?anchor ?source ?start ?end ?digest WHERE {
  ?anchor oa:hasSource ?source ; oa:hasSelector ?selector ; spdx:checksum/spdx:checksumValue ?digest .
  ?selector oa:start ?start ; oa:end ?end .
} ORDER BY ?source ?start ?end ?anchor"""
_SPOTS = """
SELECT ?anchor ?source ?start ?section ?paragraph WHERE {
  ?anchor oa:hasSource ?source ; oa:hasSelector/oa:start ?start .
  OPTIONAL { ?anchor alg:section ?numbered } OPTIONAL { ?anchor alg:paragraph ?counted }
  FILTER(BOUND(?numbered) || BOUND(?counted))
  BIND(COALESCE(?numbered, "") AS ?section) BIND(COALESCE(STR(?counted), "") AS ?paragraph)
} ORDER BY ?anchor"""
_TEXTS = "SELECT ?source ?digest WHERE { ?source alg:codePoints ?length ; spdx:checksum/spdx:checksumValue ?digest }"


@dataclass(frozen=True)
class Anchor:
    """A passage: its IRI, the source, the first code point and the one behind the last, and the SHA-256 of its UTF-8."""

    iri: str
    source: str
    start: int
    end: int
    digest: str

    def mismatch(self, text: str) -> str | None:
        """Return what is wrong with the anchor in a text, or nothing."""
        if not 0 <= self.start < self.end <= len(text):
            return f"{self.iri}: {self.start}-{self.end} lies outside the text of {len(text)} code points"
        if passage_digest(text[self.start : self.end]) != self.digest:
            return f"{self.iri}: the passage at {self.start}-{self.end} has another digest"
        return None


@dataclass
class AnchorCheck:
    """What a check of anchors found: how many agree, what does not, and which sources had no text to check against."""

    agreeing: int = 0
    problems: list[str] = field(default_factory=list)
    without_text: dict[str, int] = field(default_factory=dict)


def passage_digest(passage: str) -> str:
    """Return the SHA-256 of a passage in UTF-8 as 64 hexadecimal digits."""
    return hashlib.sha256(passage.encode()).hexdigest()


def verify(quads: Iterable[Quad], sources: Path) -> AnchorCheck:
    """Check each anchor, and the digest of each text, against the files `<slug>.txt` of a folder.

    Raises UsageError where the folder holds no text of any source that the corpus anchors to.
    """
    if not sources.is_dir():
        raise UsageError(f"{sources} is not a folder.", remedy="Give --sources the folder that holds the texts, <slug>.txt.")
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    texts: dict[str, str | None] = {}
    verdict = AnchorCheck(problems=list(_altered_texts(store, sources)))
    verdict.problems += _misplaced(store, sources)
    for anchor in _anchors(store):
        if anchor.source not in texts:
            texts[anchor.source] = source_text(anchor.source, sources)
        _check(anchor, texts[anchor.source], verdict)
    if not any(text is not None for text in texts.values()):
        raise UsageError(f"{sources} holds the text of none of the {len(texts)} sources that have anchors.")
    return verdict


def _check(anchor: Anchor, text: str | None, verdict: AnchorCheck) -> None:
    if text is None:
        verdict.without_text[anchor.source] = verdict.without_text.get(anchor.source, 0) + 1
        return
    problem = anchor.mismatch(text)
    if problem:
        verdict.problems.append(problem)
    else:
        verdict.agreeing += 1


def _anchors(store: Store) -> Iterator[Anchor]:
    for iri, source, start, end, digest in _rows(store, _ANCHORS):
        yield Anchor(iri, source, int(start), int(end), digest.lower())


def _rows(store: Store, query: str) -> Iterator[list[str]]:
    for row in store.query(sparql_prologue() + query):  # type: ignore[union-attr]
        yield [term.value for term in row if isinstance(term, NamedNode | Literal)]


def source_text(source: str, sources: Path) -> str | None:
    """Return the text of a source in a folder of texts, `<slug>.txt`, or nothing where it is not there."""
    path = sources / f"{slug(source)}.txt"
    return read_source(path) if path.is_file() else None


def _altered_texts(store: Store, sources: Path) -> Iterator[str]:
    for source, digest in _rows(store, _TEXTS):
        text = source_text(source, sources)
        if text is not None and passage_digest(text) != digest.lower():
            yield f"{source}: the text in {sources} is not the one that was used (SHA-256 differs)"


def _misplaced(store: Store, sources: Path) -> Iterator[str]:
    """Yield the anchors whose section or paragraph is another in the text."""
    sections: dict[str, TextSections | None] = {}
    for anchor, source, start, section, paragraph in _rows(store, _SPOTS):
        if source not in sections:
            text = source_text(source, sources)
            sections[source] = TextSections(text) if text is not None else None
        numbered = sections[source]
        if numbered is not None and (found := numbered.at(int(start))) != Spot(section, int(paragraph) if paragraph else None):
            yield f"{anchor}: it stands in {found}, and not in section {section or 'none'}, paragraph {paragraph or 'none'}"
