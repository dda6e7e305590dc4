"""Checks a nanopublication, and gives one its trusty URI and its signature (Nanopublication Guidelines; Trusty URI, RA)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from allegata.corpus.rdf import ill_typed, iri_of, syntax_reason
from allegata.errors import CorpusError
from allegata.model.namespaces import expand
from allegata.release.signatures import Signer, verifies

#: An artifact code of module RA: a SHA-256 in base64url, with what may stand in a name behind it.
_CODE: Final = re.compile(r"(?<![A-Za-z0-9_-])RA[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
_PARTS: Final = ("np:hasAssertion", "np:hasProvenance", "np:hasPublicationInfo")
_NPX: Final = "http://purl.org/nanopub/x/"
#: Names that are given until a nanopublication has its own, and where it stands then.
_TEMPORARY, _LASTING = "http://purl.org/nanopub/temp/", "https://w3id.org/np/"
#: What a nanopublication may be written in, by the suffix of its file.
FORMATS: Final = {".trig": RdfFormat.TRIG, ".nq": RdfFormat.N_QUADS, ".jsonld": RdfFormat.JSON_LD}
#: Stands where the artifact code will stand, until it is known.
BLANK: Final = "~~~ARTIFACTCODE~~~"


@dataclass(frozen=True)
class Parts:
    """What the head of a nanopublication names: itself, its head, and its three other graphs."""

    iri: str
    head: str
    assertion: str
    provenance: str
    publication: str

    @property
    def graphs(self) -> tuple[str, ...]:
        """Return its four graphs."""
        return (self.head, self.assertion, self.provenance, self.publication)

    @property
    def code(self) -> str:
        """Return the artifact code in its IRI, or nothing."""
        found = _CODE.findall(self.iri)
        return found[-1] if found else ""


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with the nanopublication in a file, in sentences; nothing where it is valid."""
    try:
        return problems(parse(path=str(path), format=FORMATS[path.suffix]))
    except SyntaxError as error:
        return [f"It does not parse: {syntax_reason(error)}."]


def problems(quads: Iterable[Quad]) -> list[str]:
    """Return what is wrong with a nanopublication, in sentences; nothing where it is valid."""
    stated = set(quads)
    try:
        parts = parts_of(stated)
    except CorpusError as error:
        return [error.message]
    found = [*_structure(parts, stated), *_literals(stated)]
    return found or [*_trusty(parts, stated), *_signatures(parts, stated)]


def parts_of(quads: Iterable[Quad]) -> Parts:
    """Read the head; raise CorpusError where there is none, several, or one that does not name three graphs."""
    stated = list(quads)
    kind, type_ = NamedNode(expand("np:Nanopublication")), NamedNode(expand("rdf:type"))
    heads = {
        (iri_of(quad.subject), iri_of(quad.graph_name)) for quad in stated if quad.predicate == type_ and quad.object == kind
    }
    if len(heads) != 1:
        raise CorpusError(f"It names {len(heads)} nanopublications instead of one.")
    ((iri, head),) = heads
    named: list[str] = []
    for curie in _PARTS:
        values = {
            iri_of(quad.object)
            for quad in stated
            if (iri_of(quad.subject), quad.predicate.value, iri_of(quad.graph_name)) == (iri, expand(curie), head)
        }
        if len(values) != 1:
            raise CorpusError(f"Its head has {len(values)} values of {curie} instead of one.")
        named += values
    return Parts(iri, head, *named)


def _structure(parts: Parts, quads: Iterable[Quad]) -> Iterator[str]:
    """Yield what the guidelines object to: graphs that are empty, the same, too many or misnamed, parts that are not about it."""
    if len(set(parts.graphs)) != len(parts.graphs):
        yield "Its head, assertion, provenance and publication info are not four different graphs."
    yield from (f"The graph {graph} does not bear its name." for graph in parts.graphs if not graph.startswith(parts.iri))
    by_graph: dict[str, set[str]] = {}
    for quad in quads:
        by_graph.setdefault(iri_of(quad.graph_name), set()).add(iri_of(quad.subject))
    yield from (f"The graph {graph} is empty." for graph in parts.graphs if graph not in by_graph)
    yield from (
        f"The graph {graph or 'without a name'} belongs to no part." for graph in sorted(by_graph.keys() - {*parts.graphs})
    )
    if parts.assertion not in by_graph.get(parts.provenance, {parts.assertion}):
        yield "Its provenance says nothing about its assertion."
    if parts.iri not in by_graph.get(parts.publication, {parts.iri}):
        yield "Its publication info says nothing about the nanopublication."


def _literals(quads: Iterable[Quad]) -> Iterator[str]:
    wrong = {quad.object for quad in quads if isinstance(quad.object, Literal) and ill_typed(quad.object)}
    yield from (f"{literal} is no value of its datatype." for literal in sorted(wrong, key=str))


def _trusty(parts: Parts, quads: Iterable[Quad]) -> Iterator[str]:
    if parts.code and (found := artifact_code(quads, parts.code)) != parts.code:
        yield f"Its trusty URI ends in {parts.code}, and what it states has the code {found}."


def _signatures(parts: Parts, quads: Iterable[Quad]) -> Iterator[str]:
    """Yield what is wrong with the signature of the nanopublication, where it has one (the signature itself is not signed)."""
    stated = list(quads)
    about: dict[str, dict[str, list[Any]]] = {}
    for quad in stated:
        if iri_of(quad.graph_name) == parts.publication:
            about.setdefault(iri_of(quad.subject), {}).setdefault(quad.predicate.value, []).append(quad.object)
    for said in about.values():
        given = {name: said.get(_NPX + name, []) for name in ("hasSignature", "hasPublicKey", "hasAlgorithm")}
        if not given["hasSignature"]:
            continue
        if any(len(values) != 1 for values in given.values()):
            yield "Its signature has not one value, one public key and one algorithm."
            continue
        signature, key, algorithm = (values[0].value for values in given.values())
        signed = digested((quad for quad in stated if quad.predicate.value != f"{_NPX}hasSignature"), parts.code)
        if wrong := verifies(signature, key, algorithm, signed.encode()):
            yield wrong


def transformed(quads: Iterable[Quad], signer: Signer | None = None) -> tuple[str, list[Quad]]:
    """Give a nanopublication that has none its trusty URI, below its own name or where temporary ones come to stand."""
    stated = list(quads)
    own = parts_of(stated).iri
    lasting = _LASTING if own.startswith(_TEMPORARY) else own

    def name(iri: str) -> str:
        if iri == own:
            return f"{lasting}{BLANK}"
        part = iri.removeprefix(own)
        # Another nanopublication below the same address keeps its name.
        return f"{lasting}{BLANK}/{part}" if iri.startswith(own) and not _CODE.match(part) else iri

    return finished((_renamed(quad, name) for quad in stated), signer)


def finished(quads: Iterable[Quad], signer: Signer | None = None) -> tuple[str, list[Quad]]:
    """Sign what is stated, where there is a signer, and put the code in its place; return the trusty URI and the statements."""
    stated = set(quads)
    parts = parts_of(stated)
    if signer:
        stated |= set(_signature(parts, stated, signer))
    code = artifact_code(stated, BLANK)
    named = (_renamed(quad, lambda iri: iri.replace(BLANK, code)) for quad in stated)
    return parts.iri.replace(BLANK, code), sorted(named, key=lambda quad: (iri_of(quad.graph_name), str(quad)))


def _signature(parts: Parts, quads: set[Quad], signer: Signer) -> Iterator[Quad]:
    """Yield the signature: what it says of itself is signed too, but for its value."""
    node = NamedNode(f"{parts.iri}{parts.head.removeprefix(parts.iri)[:1]}sig")
    said: dict[str, Literal | NamedNode] = {
        "hasAlgorithm": Literal("RSA"),
        "hasPublicKey": Literal(signer.public_key),
        "hasSignatureTarget": NamedNode(parts.iri),
        "signedBy": NamedNode(signer.agent),
    }
    graph = NamedNode(parts.publication)
    about = [Quad(node, NamedNode(_NPX + name), term, graph) for name, term in said.items()]
    yield from about
    signature = signer.sign(digested({*quads, *about}, BLANK))
    yield Quad(node, NamedNode(f"{_NPX}hasSignature"), Literal(signature), graph)


def _renamed(quad: Quad, name: Callable[[str], str]) -> Quad:
    def term(of: Any) -> Any:
        return NamedNode(name(of.value)) if isinstance(of, NamedNode) else of

    return Quad(term(quad.subject), term(quad.predicate), term(quad.object), term(quad.graph_name))


def artifact_code(quads: Iterable[Quad], own: str) -> str:
    """Return the artifact code of statements in which `own` stands for the code itself (Trusty URI, module RA)."""
    digest = hashlib.sha256(digested(quads, own).encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def digested(quads: Iterable[Quad], own: str) -> str:
    """Return the text of which the code is made, and which is signed.

    The statements are sorted by graph, subject, predicate and object, each term is a line, and the code in IRIs is a space.
    """
    rows = sorted({_row(quad, own) for quad in quads})
    return "".join(f"{graph}\n{subject}\n{predicate}\n{_object(key)}\n" for graph, subject, predicate, key in rows)


_Key = tuple[bool, str, bool, str, str]


def _row(quad: Quad, own: str) -> tuple[str, str, str, _Key]:
    def line(term: Any) -> str:
        return iri_of(term).replace(own, " ") if own else iri_of(term)

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
