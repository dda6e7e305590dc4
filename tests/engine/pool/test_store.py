"""The store of a release: datasets as the standard has them, each format well-formed, errors that are honest."""

from __future__ import annotations

import csv
import gc
import io
import json
import sys
import threading
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import RdfFormat, parse

from allegata.engine.pool.store import Embedded, fits_memory, open_release
from allegata.engine.pool.writing import OutputLimitReached
from allegata.errors import BadRequest, LimitExceeded, NotAcceptable, QueryFailed, QuerySyntaxError, ReleaseError
from allegata.model.formats import (
    BINDING_FORMATS,
    CSV_RESULTS,
    GRAPH_FORMATS,
    JSON_LD,
    JSON_RESULTS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TSV_RESULTS,
    TURTLE,
    XML_RESULTS,
    Format,
)
from support import EX, make_release, query, smuggle

MUCH = 1 << 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module", params=[MUCH, 0], ids=["memory", "disk"])
def store(request: pytest.FixtureRequest, folder: Path) -> Embedded:
    return open_release(folder, request.param)


def run(store: Embedded, text: str, form: Format | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    store.answer(query(text, form, **options), out)
    return out.getvalue()


def number(store: Embedded, text: str, **options: object) -> int:
    return int(run(store, text, CSV_RESULTS, **options).split()[1])


def test_a_release_is_in_memory_up_to_the_size_of_its_quads(folder: Path) -> None:
    assert open_release(folder, MUCH).in_memory
    assert not open_release(folder, 100).in_memory
    assert fits_memory(folder, MUCH) and not fits_memory(folder, 100)


def test_a_folder_that_is_no_release_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=str(tmp_path)):
        open_release(tmp_path / "nothing", MUCH)


COUNT = "(COUNT(*) AS ?n)"
ONE, TWO, THREE = (f"{EX}graph/{name}" for name in ("one", "two", "three"))

# Query, default graphs and named graphs of the request → number of solutions (SPARQL 1.1 Query, section 13.2).
DATASETS = [
    ("{ ?s ?p ?o }", (), (), 3),
    ("{ GRAPH ?g { ?s ?p ?o } }", (), (), 4),
    (f"FROM <{ONE}> {{ ?s ?p ?o }}", (), (), 1),
    (f"FROM <{ONE}> FROM <{TWO}> {{ ?s ?p ?o }}", (), (), 2),
    (f"FROM <{ONE}> FROM <{TWO}> FROM <{ONE}> {{ ?s ?p ?o . ?s ?p ?o2 }}", (), (), 2),
    (f"FROM <{ONE}> FROM <{THREE}> {{ ?s ?p ?o }}", (), (), 2),
    (f"FROM <{ONE}> FROM <{TWO}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", (), (), 0),
    (f"FROM <{ONE}> FROM <{TWO}> FROM NAMED <{TWO}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", (), (), 2),
    (f"FROM NAMED <{TWO}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", (), (), 2),
    (f"FROM NAMED <{TWO}> {{ ?s ?p ?o }}", (), (), 0),
    ("FROM <https://elsewhere.example/> { ?s ?p ?o }", (), (), 0),
    ("{ ?s ?p ?o }", (ONE,), (), 1),
    ("{ ?s ?p ?o }", (ONE, TWO), (), 2),
    ("{ GRAPH ?g { ?s ?p ?o } }", (ONE, TWO), (), 0),
    ("{ GRAPH ?g { ?s ?p ?o } }", (ONE,), (TWO,), 2),
    ("{ GRAPH ?g { ?s ?p ?o } }", (), (ONE, TWO), 3),
    ("{ ?s ?p ?o }", (), (ONE,), 0),
    (f"FROM <{THREE}> {{ ?s ?p ?o }}", (ONE, TWO), (), 2),
    (f"FROM NAMED <{THREE}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", (ONE, TWO), (ONE,), 1),
]


@pytest.mark.parametrize(("text", "default", "named", "expected"), DATASETS)
def test_datasets_are_those_of_the_standard_and_sets(
    store: Embedded, text: str, default: tuple[str, ...], named: tuple[str, ...], expected: int
) -> None:
    assert number(store, f"SELECT {COUNT} {text}", default_graphs=default, named_graphs=named) == expected


def test_names_of_graphs_are_resolved_by_the_prologue(store: Embedded) -> None:
    text = f"BASE <{EX}> PREFIX g: <graph/> SELECT {COUNT} FROM g:one FROM <graph/two> {{ ?s ?p ?o }}"
    assert number(store, text) == 2
    assert number(store, f"SELECT {COUNT} FROM <graph/one> FROM <graph/two> {{ ?s ?p ?o }}", base_iri=EX) == 2


def test_a_graph_of_the_request_must_be_an_absolute_iri(store: Embedded) -> None:
    with pytest.raises(BadRequest, match="absolute"):
        run(store, "ASK {}", default_graphs=("no iri",))


NAMES = f"SELECT ?name {{ <{EX}b> <{EX}name> ?name }}"


def test_bindings_are_well_formed_in_each_format(store: Embedded) -> None:
    found = {form: run(store, NAMES, form) for form in BINDING_FORMATS}
    assert json.loads(found[JSON_RESULTS])["results"]["bindings"][0]["name"]["value"] == "Ben <b>"
    assert "".join(ElementTree.fromstring(found[XML_RESULTS]).itertext()).strip() == "Ben <b>"
    assert list(csv.reader(io.StringIO(found[CSV_RESULTS].decode()))) == [["name"], ["Ben <b>"]]
    assert found[TSV_RESULTS].decode().splitlines() == ["?name", '"Ben <b>"']


@pytest.mark.parametrize("form", BINDING_FORMATS, ids=lambda form: form.name)
def test_a_boolean_comes_in_each_format(store: Embedded, form: Format) -> None:
    assert b"true" in run(store, "ASK { ?s ?p ?o }", form)
    assert b"false" in run(store, "ASK { ?s ?p 0 }", form)


PARSERS = {
    TURTLE: RdfFormat.TURTLE,
    N_TRIPLES: RdfFormat.N_TRIPLES,
    JSON_LD: RdfFormat.JSON_LD,
    RDF_XML: RdfFormat.RDF_XML,
    TRIG: RdfFormat.TRIG,
}


@pytest.mark.parametrize("form", GRAPH_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("text", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", f"DESCRIBE <{EX}a> <{EX}b>"])
def test_a_graph_reads_back_from_each_format(store: Embedded, text: str, form: Format) -> None:
    assert len({str(quad.triple) for quad in parse(run(store, text, form), PARSERS[form])}) == 3


def test_a_small_graph_declares_the_prefixes_that_it_uses(store: Embedded) -> None:
    text = "CONSTRUCT { ?s <http://purl.org/dc/terms/title> ?o } WHERE { ?s ?p ?o }"
    assert run(store, text, TURTLE).decode().splitlines()[0] == "@prefix dct: <http://purl.org/dc/terms/> ."
    assert b"@prefix skos" not in run(store, text, TURTLE)


def test_a_large_graph_declares_the_whole_table(store: Embedded) -> None:
    values = " ".join(map(str, range(1_500)))
    text = f"CONSTRUCT {{ <{EX}a> <{EX}value> ?n }} WHERE {{ VALUES ?n {{ {values} }} }}"
    answer = run(store, text, TURTLE)
    assert b"@prefix skos: <http://www.w3.org/2004/02/skos/core#> ." in answer
    assert len(list(parse(answer, RdfFormat.TURTLE))) == 1_500


@pytest.mark.parametrize("property_", [f"{EX}1", f"{EX}a/", "urn:x:"])
def test_what_rdf_xml_cannot_write_is_told(store: Embedded, property_: str) -> None:
    text = f"CONSTRUCT {{ ?s <{property_}> ?o }} WHERE {{ ?s ?p ?o }}"
    with pytest.raises(NotAcceptable, match="RDF/XML cannot write the property"):
        run(store, text, RDF_XML)
    assert run(store, text, TURTLE)


def test_an_answer_that_ends_early_is_freed_in_the_thread_that_asked(store: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda event: told.append(event.exc_value))

    def ask() -> None:
        with suppress(NotAcceptable):
            run(store, f"CONSTRUCT {{ ?s <{EX}1> ?o }} WHERE {{ ?s ?p ?o }}", RDF_XML)
        with suppress(OutputLimitReached):
            store.answer(query("CONSTRUCT WHERE { ?s ?p ?o }", TURTLE), Full())

    gc.disable()
    try:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        gc.collect()
    finally:
        gc.enable()
    assert told == []


class Full:
    """A sink that takes nothing."""

    def write(self, data: bytes) -> int:
        raise OutputLimitReached


@pytest.mark.parametrize("property_", [f"{EX}1a", f"{EX}a-b", "urn:x:y.z", f"{EX}é"])
def test_what_rdf_xml_can_write_is_written(store: Embedded, property_: str) -> None:
    answer = run(store, f"CONSTRUCT {{ ?s <{property_}> ?o }} WHERE {{ ?s ?p ?o }}", RDF_XML)
    ElementTree.fromstring(answer)
    assert {quad.predicate.value for quad in parse(answer, RdfFormat.RDF_XML)} == {property_}


@pytest.mark.parametrize("character", ["\\u0001", "\\uFFFE"])
def test_characters_that_xml_cannot_write_are_told(store: Embedded, character: str) -> None:
    with pytest.raises(NotAcceptable, match="XML cannot write"):
        run(store, f'SELECT ("{character}" AS ?x) {{}}', XML_RESULTS)
    assert run(store, f'SELECT ("{character}" AS ?x) {{}}', JSON_RESULTS)


def test_a_query_that_does_not_parse_is_told(store: Embedded) -> None:
    with pytest.raises(QuerySyntaxError):
        store.answer(smuggle("SELECT * { ?s ?p }"), io.BytesIO())


def test_a_query_that_cannot_be_evaluated_is_told(store: Embedded) -> None:
    with pytest.raises(QueryFailed):
        store.answer(smuggle("SELECT * { SERVICE ?unbound { ?s ?p ?o } }"), io.BytesIO())


def test_what_the_sink_raises_ends_the_query(store: Embedded) -> None:
    class Full:
        def write(self, data: bytes, /) -> int:
            raise LimitExceeded("full", limit="result_bytes", allowed=len(data))

    with pytest.raises(LimitExceeded, match="full"):
        store.answer(query("SELECT * { ?s ?p ?o }"), Full())


@pytest.mark.parametrize("damage", ["cut", "flipped", "none"])
def test_damaged_quads_are_told_before_anything_is_loaded(folder: Path, tmp_path: Path, damage: str) -> None:
    (tmp_path / "dumps").mkdir()
    data = bytearray((folder / "dumps" / "allegata.nq.gz").read_bytes())
    data[len(data) // 2] ^= 1
    damaged = {"cut": bytes(data[: len(data) // 2]), "flipped": bytes(data), "none": b"no gzip"}[damage]
    (tmp_path / "dumps" / "allegata.nq.gz").write_bytes(damaged)
    for look in (fits_memory, open_release):
        with pytest.raises(ReleaseError, match="cannot be opened"):
            look(tmp_path, 1 << 30)
