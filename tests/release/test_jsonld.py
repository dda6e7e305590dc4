"""Compact JSON-LD: short and readable, and two independent processors read the same statements from it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse

from allegata.corpus.reader import nquads_lines
from allegata.model.namespaces import ALG
from allegata.release.digests import unpacked
from allegata.release.handle import Release
from allegata.release.jsonld import compact, write

BASE = "https://w3id.org/allegata/"
LINES = [
    f'<{BASE}claim/x> <{ALG}statement> "Short."@en <{BASE}graph/g> .',
    f"<{BASE}claim/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ALG}Claim> <{BASE}graph/g> .",
    f"<{BASE}claim/x> <{ALG}about> <{BASE}actor/y> <{BASE}graph/g> .",
    f'<{BASE}a/anchor> <http://www.w3.org/ns/oa#start> "9005"^^<http://www.w3.org/2001/XMLSchema#integer> <{BASE}graph/g> .',
    f'<{BASE}claim/x> <{ALG}approximate> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> <{BASE}graph/g> .',
    f'<{BASE}claim/x> <http://purl.org/dc/terms/date> "2017"^^<http://www.w3.org/2001/XMLSchema#gYear> <{BASE}graph/g> .',
    f'<{BASE}claim/x> <http://purl.org/dc/terms/date> "2017-01-01"^^<http://www.w3.org/2001/XMLSchema#date> <{BASE}graph/g> .',
    f"<{BASE}claim/x> <http://purl.obolibrary.org/obo/SEPIO_part> <urn:other> <{BASE}graph/g> .",
    f"<{BASE}claim/x> <urn:property> <{BASE}a:b> <{BASE}graph/g> .",
    f'<{BASE}claim/x> <http://www.w3.org/2000/01/rdf-schema#label> "same" <{BASE}graph/g> .',
    f'<{BASE}claim/x> <http://www.w3.org/2000/01/rdf-schema#label> "same"@de <{BASE}graph/g> .',
]


def compacted(lines: list[str]) -> bytes:
    """Write the statements of the one graph of some lines."""
    quads, out = list(parse("\n".join(lines), RdfFormat.N_QUADS)), io.StringIO()
    compact(quads, [(f"{BASE}graph/g", sorted(quads, key=lambda quad: quad.subject.value))], BASE, out)  # type: ignore[union-attr]
    return out.getvalue().encode()


def rdflib_lines(data: bytes) -> list[str]:
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format="json-ld")
    return nquads_lines(parse(dataset.serialize(format="nquads"), RdfFormat.N_QUADS))


def test_it_is_compact() -> None:
    document = json.loads(compacted(LINES))
    node = next(node for node in document["@graph"][0]["@graph"] if node["@id"] == "claim/x")
    assert document["@graph"][0]["@id"] == "graph/g"
    assert (node["@type"], node["statement"], node["about"], node["approximate"]) == ("Claim", "Short.", "actor/y", True)
    assert {value["@type"] for value in node["dct:date"]} == {"xsd:date", "xsd:gYear"}
    assert node["rdfs:label"] == [{"@value": "same"}, {"@value": "same", "@language": "de"}]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib's own parsers use its deprecated names
def test_two_processors_read_the_same_statements() -> None:
    data = compacted(LINES)
    assert nquads_lines(parse(data, RdfFormat.JSON_LD)) == sorted(LINES) == rdflib_lines(data)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib's own parsers use its deprecated names
def test_an_independent_processor_reads_the_master_from_the_dump(release: Release) -> None:
    folder: Path = release.folder / "dumps"
    master = unpacked((folder / "allegata.nq.gz").read_bytes(), "x.gz").decode().split("\n")[:-1]
    assert rdflib_lines(unpacked((folder / "allegata.jsonld.zst").read_bytes(), "x.zst")) == master


def test_json_is_written_as_the_standard_library_indents_it() -> None:
    odd = {"a": [1, -2.5, True, None, '\u2028 " \\ \x01 é'], "": {}, "b": [], "c": {"d": [[], [{"e": ()}]]}, "f": (1, "g")}
    assert write(odd).decode() == json.dumps(odd, ensure_ascii=False, indent=1) + "\n"
