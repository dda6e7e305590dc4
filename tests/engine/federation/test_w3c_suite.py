"""The W3C suite for SPARQL 1.1 Federated Query, over HTTP, with local instances in the place of the suite's endpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results
from rdflib import RDF, Graph, Namespace, URIRef

from http_client import ask, fetch
from ports import kept_port
from service import PATIENT, make_site, serve
from support import SHARED

SUITE = SHARED / "suites" / "w3c-rdf-tests" / "sparql" / "sparql11" / "service"
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/service/manifest"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
#: Cases that are refused, each with the reason.
REFUSED = {"service5": "SERVICE with a variable is refused: only addresses that stand in the query can be compared with the list"}
#: Endpoints that stand before others and ask them.
FRONT = "http://example1.org/sparql"
INVALID = "http://invalid.endpoint.org/sparql"

MANIFEST = Graph().parse(SUITE / "manifest.ttl", publicID=BASE) if SUITE.is_dir() else Graph()
NAMES = sorted(str(case).rsplit("#", 1)[1] for case in MANIFEST.subjects(RDF.type, MF.QueryEvaluationTest))


def file(node: object) -> Path:
    return SUITE / str(node).rsplit("/", 1)[1]


def lines(path: Path) -> list[str]:
    """Return a file of the suite as one graph, named for the file."""
    return [
        f"{triple.subject} {triple.predicate} {triple.object} <urn:{path.name}> .\n"
        for triple in parse(path.read_bytes(), RdfFormat.TURTLE)
    ]


@dataclass(frozen=True)
class Places:
    """Where the local instance is, and the places of the others."""

    here: str
    front: str
    back: str
    dead: str

    def endpoint(self, iri: str, data: str) -> str:
        return f"{self.front if iri == FRONT else self.back}/sparql?default-graph-uri=urn:{data}"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, suites: Path) -> Iterator[Places]:
    """Serve the data of the suite twice: behind, and before it an instance that may ask it; and the one that is asked."""
    site = make_site(tmp_path_factory.mktemp("suite"), [line for path in sorted(SUITE.glob("data*.ttl")) for line in lines(path)])
    graphs = [f"/sparql?default-graph-uri=urn:{path.name}" for path in sorted(SUITE.glob("data*endpoint*.ttl"))]
    with ExitStack() as stack:
        dead = f"http://127.0.0.1:{stack.enter_context(kept_port())}/sparql"
        back = stack.enter_context(serve(site, **PATIENT)).address
        front = stack.enter_context(
            serve(site, services=" ".join([dead, *(back + graph for graph in graphs)]), **PATIENT)
        ).address
        listed = [dead, *(place + graph for place in (back, front) for graph in graphs)]
        here = stack.enter_context(serve(site, services=" ".join(listed), **PATIENT)).address
        yield Places(here, front, back, dead)


def test_all_cases_are_there(suites: Path) -> None:
    assert len(NAMES) == 7 and set(REFUSED) < set(NAMES)


def question(name: str, places: Places) -> tuple[str, str, Path]:
    """Return the query of a case with local addresses, the graph that it is asked on, and its result."""
    case = URIRef(f"{BASE}#{name}")
    action = MANIFEST.value(case, MF.action)
    text = file(MANIFEST.value(action, QT.query)).read_text("utf-8").replace(f"<{INVALID}>", f"<{places.dead}>")
    for service in MANIFEST.objects(action, QT.serviceData):
        iri = str(MANIFEST.value(service, QT.endpoint))
        text = text.replace(f"<{iri}>", f"<{places.endpoint(iri, file(MANIFEST.value(service, QT.data)).name)}>")
    data = MANIFEST.value(action, QT.data)
    return text, f"urn:{file(data).name}" if data else "urn:nothing", file(MANIFEST.value(case, MF.result))


def solutions(data: bytes) -> Counter[tuple[str, ...]]:
    found = parse_query_results(data, QueryResultsFormat.XML)
    assert isinstance(found, QuerySolutions)
    return Counter(tuple(f"{name} {row[name]}" for name in found.variables if row[name] is not None) for row in found)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in REFUSED])
def test_a_case_of_the_w3c_suite(places: Places, name: str) -> None:
    text, graph, result = question(name, places)
    reply = ask(places.here, text, "application/sparql-results+xml", **{"default-graph-uri": graph})
    assert reply.status == 200, reply.text
    expected = solutions(result.read_bytes())
    assert expected and solutions(reply.body) == expected


@pytest.mark.parametrize("name", REFUSED)
def test_a_case_of_the_w3c_suite_that_is_refused(places: Places, name: str) -> None:
    text, graph, _ = question(name, places)
    reply = fetch(places.here, f"/sparql?{urlencode({'query': text, 'default-graph-uri': graph})}")
    assert reply.status == 403 and "variable" in reply.json["detail"]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_syntax_case_of_the_w3c_suite(places: Places, suites: Path, number: int) -> None:
    text = (SUITE.parent / "syntax-fed" / f"syntax-service-0{number}.rq").read_text("utf-8")
    assert "<g>" in text
    reply = ask(places.here, text.replace("<g>", f"<{places.endpoint('', 'data04endpoint.ttl')}>"))
    assert (reply.status, set(reply.json["head"]["vars"])) == (200, {"s", "p", "o"})
