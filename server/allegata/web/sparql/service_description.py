"""Describes the endpoint: what it answers, in which formats, over which graphs (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from allegata.engine.text_search import WORDS
from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS
from allegata.model.namespaces import expand
from allegata.web.sparql.examples import endpoint_examples
from allegata.web.state import State

#: Unique URIs for file formats.
_FORMATS = "http://www.w3.org/ns/formats/"


def service_description(state: State, endpoint: str = "sparql") -> list[Triple]:
    """Return the description of the endpoint with the counts of the release, which are kept in its meta graph."""
    described = state.descriptions.graph(f"{state.base}graph/meta")
    return [*_service(state, endpoint), *endpoint_examples(state, endpoint), *described]


def _service(state: State, endpoint: str) -> Iterator[Triple]:
    service, dataset = NamedNode(f"{state.base}{endpoint}#service"), NamedNode(f"{state.base}dataset")
    graphs = NamedNode(f"{state.base}{endpoint}#graphs")

    def say(subject: NamedNode, curie: str, value: str) -> Triple:
        return Triple(subject, NamedNode(expand(curie)), NamedNode(value))

    yield say(service, "rdf:type", expand("sd:Service"))
    yield say(service, "sd:endpoint", state.base + endpoint)
    yield say(service, "sd:supportedLanguage", expand("sd:SPARQL11Query"))
    # Section 3.2.8: the default graph is the merge of the named ones.
    yield say(service, "sd:feature", expand("sd:UnionDefaultGraph"))
    if state.engines.federation.addresses:
        yield say(service, "sd:feature", expand("sd:BasicFederatedQuery"))
    yield say(service, "sd:propertyFeature", WORDS)
    for item in (*BINDING_FORMATS, *GRAPH_FORMATS):
        yield say(service, "sd:resultFormat", _FORMATS + item.w3c)
    yield say(service, "sd:defaultDataset", graphs.value)
    yield say(service, "sd:availableGraphs", graphs.value)
    yield say(graphs, "rdf:type", expand("sd:Dataset"))
    yield say(graphs, "rdf:type", expand("sd:GraphCollection"))
    yield say(graphs, "sd:defaultGraph", dataset.value)
    yield say(dataset, "rdf:type", expand("sd:Graph"))
    for name in sorted(state.release.manifest.graphs):
        part = f"{state.base}dataset/graph/{name.removeprefix(state.base + 'graph/')}"
        yield say(graphs, "sd:namedGraph", part)
        yield say(NamedNode(part), "rdf:type", expand("sd:NamedGraph"))
        yield say(NamedNode(part), "sd:name", name)
