"""Writes each assertion as a nanopublication with a trusty URI, which anybody can check and nobody has to be asked for.

A nanopublication is four graphs (Nanopublication Guidelines, section 2): a head, what is stated, where that comes from, who
publishes it. Its name ends in the artifact code of its content (Trusty URI, module RA), so that no other content fits it.
What is stated is the attribution: that somebody affirms, denies or doubts a claim. The claim itself is worded and not stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from allegata.corpus.extensions import Option, Values
from allegata.corpus.rdf import iri_of
from allegata.corpus.statements import Statements
from allegata.errors import UsageError
from allegata.model.namespaces import PREFIXES, expand, slug
from allegata.release.export.exporters import Exporter
from allegata.release.handle import Release
from allegata.release.manifest import Manifest
from allegata.release.nanopub import BLANK, finished
from allegata.release.signatures import Signer

_MADE: Final = ("graph/inferred", "graph/meta")
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


def nanopubs(lines: Sequence[str], manifest: Manifest, signer: Signer | None = None) -> Iterator[Nanopub]:
    """Make a nanopublication of every assertion of a release, in the order of their names, signed where there is a signer."""
    things = _files(lines)
    for assertion in sorted(things.instances("alg:Assertion")):
        yield _nanopub(assertion, things, manifest, signer)


def write_nanopubs(lines: Sequence[str], manifest: Manifest, folder: Path, signer: Signer | None = None) -> int:
    """Write <artifact code>.trig for every assertion, and index.tsv from assertions to nanopublications; give their number."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["assertion\tnanopublication\n"]
    for item in nanopubs(lines, manifest, signer):
        (folder / f"{item.code}.trig").write_bytes(item.trig())
        rows.append(f"{item.assertion}\t{item.iri}\n")
    (folder / "index.tsv").write_text("".join(rows), "utf-8")
    return len(rows) - 1


def _files(lines: Sequence[str]) -> Statements:
    """Index what stands in the files of a release."""
    quads = parse("\n".join(lines), RdfFormat.N_QUADS)
    return Statements(quad for quad in quads if not iri_of(quad.graph_name).endswith(_MADE))


def _nanopub(assertion: str, things: Statements, manifest: Manifest, signer: Signer | None) -> Nanopub:
    this = f"{manifest.base}np/{BLANK}"
    quads = {
        *_head(this),
        *_stated(assertion, this, things),
        *_provenance(assertion, this, things, manifest),
        *_publication(assertion, this, manifest),
    }
    iri, named = finished(quads, signer)
    return Nanopub(assertion, iri, tuple(named))


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


def _write(release: Release, target: Path, values: Values) -> str:
    key, agent = (values.get(name, ("",))[0] for name in ("key", "signer"))
    if bool(key) != bool(agent):
        raise UsageError("A signature needs a key and whose it is.", remedy="Give --key FILE and --signer IRI, or neither.")
    signer = Signer(Path(key), agent) if key else None
    return f"{write_nanopubs(release.checked_lines, release.manifest, target, signer)} nanopublications"


EXPORTER: Final = Exporter(
    "Write every assertion as a nanopublication with a trusty URI: one TriG file each, and index.tsv.",
    _write,
    (
        Option("key", "File with an RSA key (PKCS #8) to sign each with, as servers of nanopublications ask."),
        Option("signer", "IRI of whose key it is, such as an ORCID."),
    ),
)
