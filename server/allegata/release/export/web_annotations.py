"""Writes each assertion that has a passage as a Web Annotation (W3C Recommendation, 2017), for readers and viewers of documents.

The target is the source with the position of the passage (section 4.2.4); the first body is the claim in words, the second the
assertion with all that is stated of it, so that nothing is lost on the way back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from allegata.corpus.extensions import Values
from allegata.corpus.rdf import iri_of
from allegata.corpus.statements import Statements
from allegata.model.namespaces import PREFIXES, expand, shorten
from allegata.release.export.exporters import Exporter
from allegata.release.handle import Release
from allegata.release.manifest import Manifest

Json = Any
_MADE: Final = ("graph/inferred", "graph/meta")
_CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
#: What the body leaves to the things that it refers to; of a claim more is stated than an annotation needs.
_OF_CLAIM: Final = ("rdf:type", "alg:statement")
_PREFIXES: Final = ("alg", "dct", "oa", "prov", "rdfs", "skos", "spdx", "xsd")
_STRING: Final = expand("xsd:string")


def collection(lines: Sequence[str], manifest: Manifest) -> Json:
    """Return the annotations of a release as a collection of one page (section 5), in the order of the assertions' names."""
    quads = parse("\n".join(lines), RdfFormat.N_QUADS)
    things = Statements(quad for quad in quads if not iri_of(quad.graph_name).endswith(_MADE))
    items = [
        _annotation(iri, things, manifest)
        for iri in sorted(things.instances("alg:Assertion"))
        if things.values(iri, "alg:anchor")
    ]
    name = f"{manifest.release_iri}#annotations"
    return {
        "@context": [_CONTEXT, {prefix: PREFIXES[prefix] for prefix in _PREFIXES}],
        "id": name,
        "type": "AnnotationCollection",
        "label": manifest.title,
        "total": len(items),
        "first": {"id": f"{name}-1", "type": "AnnotationPage", "partOf": name, "startIndex": 0, "items": items},
    }


def _annotation(iri: str, things: Statements, manifest: Manifest) -> Json:
    claim = next(iter(things.values(iri, "alg:asserts")), "")
    rights = {"rights": manifest.licence} if manifest.licence else {}
    return {
        "id": f"{iri}#annotation",
        "type": "Annotation",
        "motivation": "describing",
        "creator": {"id": manifest.publisher.iri, "type": manifest.publisher.kind, "name": manifest.publisher.name},
        **rights,
        "body": [*_words(claim, things), _object(iri, things)],
        "target": [_target(anchor, things) for anchor in things.values(iri, "alg:anchor")],
    }


def _words(claim: str, things: Statements) -> Iterator[Json]:
    for predicate, term in things.about(claim):
        if predicate == expand("alg:statement") and isinstance(term, Literal):
            language = {"language": term.language} if term.language else {}
            yield {"type": "TextualBody", "value": term.value, "format": "text/plain", **language}


def _target(anchor: str, things: Statements) -> Json:
    selector = next(iter(things.values(anchor, "oa:hasSelector")), "")
    start, end = (
        next(term.value for name, term in things.about(selector) if name == expand(curie)) for curie in ("oa:start", "oa:end")
    )
    return {
        "id": anchor,
        "type": "SpecificResource",
        "source": next(iter(things.values(anchor, "oa:hasSource")), ""),
        "selector": {"type": "TextPositionSelector", "start": int(start), "end": int(end)},
    }


def _object(iri: str, things: Statements, only: Sequence[str] = ()) -> Json:
    """Return a thing with what is stated of it; its parts, its claim and the uses of evidence stand within it."""
    found: dict[str, list[Json]] = {}
    for predicate, term in sorted(things.about(iri), key=lambda pair: (pair[0], str(pair[1]))):
        name = shorten(predicate)
        if not only or name in only:
            found.setdefault("type" if name == "rdf:type" else name, []).append(_value(iri, name, term, things))
    return {"id": iri, **{name: values[0] if len(values) == 1 else values for name, values in found.items()}}


def _value(iri: str, name: str, term: object, things: Statements) -> Json:
    if isinstance(term, NamedNode):
        if name == "rdf:type":
            return shorten(term.value)
        if name == "alg:asserts":
            return _object(term.value, things, _OF_CLAIM)
        return _object(term.value, things) if term.value.startswith(f"{iri}/") else {"id": term.value}
    if not isinstance(term, Literal):
        raise TypeError(f"no value of a statement: {term}")
    if term.language:
        return {"@value": term.value, "@language": term.language}
    return term.value if term.datatype.value == _STRING else {"@value": term.value, "@type": shorten(term.datatype.value)}


def _write(release: Release, target: Path, _values: Values) -> str:
    made = collection(release.checked_lines, release.manifest)
    target.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return f"{made['total']} annotations"


EXPORTER: Final = Exporter("Write each assertion that has a passage as a Web Annotation (JSON-LD), in one collection.", _write)
