"""Writes where a passage stands, and what holds a text fast: offsets, section and paragraph, digests; never the words."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from allegata.corpus.anchors import passage_digest
from allegata.corpus.text_sections import TextSections
from allegata.corpus.turtle_writer import Document
from allegata.model.namespaces import expand


class SourceText:
    """The text of a source, with its sections."""

    def __init__(self, source: Node, text: str):
        self.source, self.text = source, text
        self.sections = TextSections(text)

    def describe_anchor(self, about: Document, here: str, start: int, end: int) -> None:
        """Describe the anchor of the passage from one code point to before another, by its path below the base."""
        spot = self.sections.at(start)
        about.describe(
            here,
            [
                ("rdf:type", URIRef(expand("oa:SpecificResource"))),
                ("oa:hasSource", self.source),
                ("oa:hasSelector", about.thing(f"{here}/position")),
                ("spdx:checksum", about.thing(f"{here}/digest")),
                ("alg:section", Literal(spot.section) if spot.section else None),
                ("alg:paragraph", Literal(spot.paragraph) if spot.paragraph else None),
            ],
        )
        position = [("oa:start", Literal(start)), ("oa:end", Literal(end))]
        about.describe(f"{here}/position", [("rdf:type", URIRef(expand("oa:TextPositionSelector"))), *position])
        describe_digest(about, f"{here}/digest", self.text[start:end])

    def fixity(self, about: Document, here: str) -> Iterator[tuple[str, Node]]:
        """Yield what is said of a source so that its text can be known again: size in bytes, code points, digest."""
        yield "dcat:byteSize", Literal(len(self.text.encode()))
        yield "alg:codePoints", Literal(len(self.text))
        yield "spdx:checksum", about.thing(f"{here}/digest")


def anchor_paths(here: str, count: int) -> list[str]:
    """Return the paths of the anchors of an assertion, which are numbered where there are several."""
    return [f"{here}/anchor"] if count == 1 else [f"{here}/anchor-{number}" for number in range(1, count + 1)]


def describe_digest(about: Document, here: str, text: str) -> None:
    """Describe the SHA-256 of a text in UTF-8 (SPDX 2.3, section 8.4)."""
    about.describe(
        here,
        [
            ("rdf:type", URIRef(expand("spdx:Checksum"))),
            ("spdx:algorithm", URIRef(expand("spdx:checksumAlgorithm_sha256"))),
            ("spdx:checksumValue", Literal(passage_digest(text), datatype=XSD.hexBinary, normalize=False)),
        ],
    )


def describe_uses(about: Document, here: str, uses: dict[str, tuple[Node, Node]]) -> None:
    """Describe the uses that an assertion makes of lines of evidence: by path, the line and the direction."""
    for path, (line, direction) in uses.items():
        kind = URIRef(expand("alg:EvidenceUse"))
        about.describe(path, [("rdf:type", kind), ("alg:usedLine", line), ("alg:direction", direction)])
