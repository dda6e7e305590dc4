"""Writes each assertion as a nanopublication with a trusty URI, which anybody can check and nobody has to be asked for.

A nanopublication is four graphs (Nanopublication Guidelines, section 2): a head, what is stated, where that comes from, who
publishes it. Its name ends in the artifact code of its content (Trusty URI, module RA), so that no other content fits it.
What is stated is the attribution: that somebody affirms, denies or doubts a claim. The claim itself is worded and not stated.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from allegata.corpus.extensions import Values
from allegata.corpus.rdf import iri_of
from allegata.corpus.statements import Statements
from allegata.model.namespaces import PREFIXES, expand, slug
from allegata.release.export.exporters import Exporter
from allegata.release.handle import Release
from allegata.release.manifest import Manifest

_MADE: Final = ("graph/inferred", "graph/meta")
#: Stands where the artifact code will stand, until it is known.
_BLANK: Final = "ARTIFACT-CODE"
#: What is stated where, and not what is stated.
_WHERE: Final = frozenset(expand(curie) for curie in ("alg:anchor", "alg:statedIn", "alg:noAnchorBecause"))
_SHOWN: Final = ("alg", "dct", "np", "oa", "prov", "rdfs", "schema", "spdx", "xsd")


@dataclass(frozen=True)
class Nanopub:
    """A nanopublication: the assertion that it is about, its trusty URI, and its statements."""

    assertion: str
    iri: str
    quads: tuple[Quad, ...]

    @property
    def code(self) -> str:
        """Return the artifact code."""
        return slug(self.iri)

    def trig(self) -> bytes:
        """Write it as TriG."""
        prefixes = {**{name: PREFIXES[name] for name in _SHOWN}, "this": self.iri, "sub": f"{self.iri}#"}
        return serialize(self.quads, format=RdfFormat.TRIG, prefixes=prefixes) or b""


def nanopubs(lines: Sequence[str], manifest: Manifest) -> Iterator[Nanopub]:
    """Make a nanopublication of every assertion of a release, in the order of their names."""
    things = _files(lines)
    for assertion in sorted(things.instances("alg:Assertion")):
        yield _nanopub(assertion, things, manifest)


def write_nanopubs(lines: Sequence[str], manifest: Manifest, folder: Path) -> int:
    """Write <artifact code>.trig for every assertion, and index.tsv from assertions to nanopublications; give their number."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["assertion\tnanopublication\n"]
    for item in nanopubs(lines, manifest):
        (folder / f"{item.code}.trig").write_bytes(item.trig())
        rows.append(f"{item.assertion}\t{item.iri}\n")
    (folder / "index.tsv").write_text("".join(rows), "utf-8")
    return len(rows) - 1


def _files(lines: Sequence[str]) -> Statements:
    """Index what stands in the files of a release."""
    quads = parse("\n".join(lines), RdfFormat.N_QUADS)
    return Statements(quad for quad in quads if not iri_of(quad.graph_name).endswith(_MADE))


def _nanopub(assertion: str, things: Statements, manifest: Manifest) -> Nanopub:
    this = f"{manifest.base}np/{_BLANK}"
    quads = {
        *_head(this),
        *_stated(assertion, this, things),
        *_provenance(assertion, this, things, manifest),
        *_publication(assertion, this, manifest),
    }
    code = artifact_code(quads, _BLANK)
    named = sorted((_renamed(quad, code) for quad in quads), key=lambda quad: (iri_of(quad.graph_name), str(quad)))
    return Nanopub(assertion, this.replace(_BLANK, code), tuple(named))


def _head(this: str) -> Iterator[Quad]:
    for curie, value in (
        ("rdf:type", expand("np:Nanopublication")),
        ("np:hasAssertion", f"{this}#assertion"),
        ("np:hasProvenance", f"{this}#provenance"),
        ("np:hasPublicationInfo", f"{this}#pubinfo"),
    ):
        yield _quad(this, curie, value, f"{this}#Head")


def _stated(assertion: str, this: str, things: Statements) -> Iterator[Quad]:
    """State the attribution and the evidence offered, and word the claim that it is about."""
    graph = NamedNode(f"{this}#assertion")
    for predicate, term in things.about(assertion):
        if predicate not in _WHERE:
            yield Quad(NamedNode(assertion), NamedNode(predicate), term, graph)
    for use in things.values(assertion, "alg:evidenceUse"):
        yield from (Quad(NamedNode(use), NamedNode(predicate), term, graph) for predicate, term in things.about(use))
    for claim in things.values(assertion, "alg:asserts"):
        for predicate, term in things.about(claim):
            if predicate in (expand("rdf:type"), expand("alg:statement")):
                yield Quad(NamedNode(claim), NamedNode(predicate), term, graph)


def _provenance(assertion: str, this: str, things: Statements, manifest: Manifest) -> Iterator[Quad]:
    """Return who read it where: the anchors, the sources, the curators."""
    graph = f"{this}#provenance"
    yield _quad(f"{this}#assertion", "prov:wasAttributedTo", manifest.publisher.iri, graph)
    yield _quad(f"{this}#assertion", "prov:wasQuotedFrom", assertion, graph)
    for predicate, term in things.about(assertion):
        if predicate in _WHERE:
            yield Quad(NamedNode(assertion), NamedNode(predicate), term, NamedNode(graph))
    for anchor in things.values(assertion, "alg:anchor"):
        for thing, predicate, term in things.below(anchor):
            yield Quad(NamedNode(thing), NamedNode(predicate), term, NamedNode(graph))
        for source in things.values(anchor, "oa:hasSource"):
            yield _quad(f"{this}#assertion", "prov:hadPrimarySource", source, graph)


def _publication(assertion: str, this: str, manifest: Manifest) -> Iterator[Quad]:
    graph, created = f"{this}#pubinfo", manifest.created
    yield _quad(this, "dct:creator", manifest.publisher.iri, graph)
    if manifest.licence:
        yield _quad(this, "dct:license", manifest.licence, graph)
    yield _quad(this, "dct:subject", assertion, graph)
    yield _quad(this, "prov:wasDerivedFrom", manifest.release_iri, graph)
    moment = created if "T" in created else f"{created}T00:00:00Z"
    literal = Literal(moment, datatype=NamedNode(expand("xsd:dateTime")))
    yield Quad(_node(this), NamedNode(expand("dct:created")), literal, _node(graph))


def _quad(subject: str, curie: str, value: str, graph: str) -> Quad:
    return Quad(_node(subject), NamedNode(expand(curie)), _node(value), _node(graph))


def _node(iri: str) -> NamedNode:
    return NamedNode(iri)


def _renamed(quad: Quad, code: str) -> Quad:
    def name(term: Any) -> Any:
        return NamedNode(term.value.replace(_BLANK, code)) if isinstance(term, NamedNode) else term

    return Quad(name(quad.subject), quad.predicate, name(quad.object), name(quad.graph_name))


def artifact_code(quads: Iterable[Quad], own: str) -> str:
    """Return the artifact code of statements in which `own` stands for the code itself (Trusty URI, module RA).

    The statements are sorted by graph, subject, predicate and object, each term is a line, and the code in IRIs is a space.
    """
    rows = sorted({_row(quad, own) for quad in quads})
    text = "".join(f"{graph}\n{subject}\n{predicate}\n{_object(key)}\n" for graph, subject, predicate, key in rows)
    digest = hashlib.sha256(text.encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


_Key = tuple[bool, str, bool, str, str]


def _row(quad: Quad, own: str) -> tuple[str, str, str, _Key]:
    def line(term: Any) -> str:
        return iri_of(term).replace(own, " ")

    term = quad.object
    if isinstance(term, Literal):
        # Literals come behind IRIs, by their text, then those with a language, then by datatype and language.
        key: _Key = (True, term.value, term.language is None, "" if term.language else term.datatype.value, term.language or "")
    else:
        key = (False, line(term), False, "", "")
    return line(quad.graph_name), line(quad.subject), line(quad.predicate), key


def _object(key: _Key) -> str:
    literal, text, _, datatype, language = key
    if not literal:
        return text
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return f"@{language.lower()} {escaped}" if language else f"^{datatype} {escaped}"


def _write(release: Release, target: Path, _values: Values) -> str:
    return f"{write_nanopubs(release.checked_lines, release.manifest, target)} nanopublications"


EXPORTER: Final = Exporter(
    "Write every assertion as a nanopublication with a trusty URI: one TriG file each, and index.tsv.", _write
)
