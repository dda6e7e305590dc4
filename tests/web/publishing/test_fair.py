"""The metrics of FAIRsFAIR 0.8, each asked as F-UJI asks: what the page carries, links, negotiation, and the data that is named.

Nothing is fetched from elsewhere. The dataset, a release and a claim are asked alike, by their IRIs, which lead to pages. What a
service cannot hold by itself is said where it is asked: that w3id.org leads from the IRIs to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from inspect import isfunction
from urllib.parse import urlsplit

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Node

from http_client import Reply, fetch

BASE = "https://w3id.org/allegata/"
SCHEMA = Namespace("https://schema.org/")
CLAIM = "claim/camps-hold-about-200000"
#: What is asked for: its path below the base.
ASKED = ("dataset", "release/{version}", CLAIM)
#: Vocabularies that say nothing about the field of a dataset, and so do not count as its own; those of registries that do.
DEFAULT = (
    "http://purl.org/dc/",
    "http://schema.org",
    "https://schema.org",
    "http://www.w3.org/1999/02/22",
    "http://www.w3.org/ns/dcat",
)
REGISTERED = ("http://www.w3.org/ns/prov#",)
#: Types of files that last and are open (FsF-R1.3-02D), packed or not.
OPEN_TYPES = {"text/csv", "text/turtle", "application/ld+json", "application/n-quads", "application/gzip", "application/json"}

# rdflib's own parsers use its deprecated names.
pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib"), pytest.mark.usefixtures("offline")]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no reader of RDF fetch anything."""

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a context was fetched")

    monkeypatch.setattr("rdflib.plugins.shared.jsonld.util.create_input_source", refuse)


def follow(server: str, path: str, accept: str, method: str = "GET") -> Reply:
    """Ask for an address as w3id.org leads to it, and follow where the service leads."""
    for _ in range(3):
        reply = fetch(server, path, method=method, headers={"Accept": accept})
        if reply.status != 303:
            return reply
        path = reply.headers["location"]
    raise AssertionError(f"{path} leads on and on")


@dataclass(frozen=True)
class Harvest:
    """What is found of one thing from its IRI alone."""

    server: str
    path: str

    @property
    def iri(self) -> str:
        return BASE + self.path

    @cached_property
    def page(self) -> Reply:
        """Return the landing page; that of the dataset is the home page."""
        return follow(self.server, "/" if self.path == "dataset" else f"/{self.path}", "text/html")

    @cached_property
    def graph(self) -> Graph:
        """Return the RDF that the page carries."""
        graph = Graph()
        for block in re.findall(r'<script type="application/ld\+json">\n(.*?)\n</script>', self.page.text, re.DOTALL):
            graph.parse(data=block, format="json-ld")
        return graph

    @cached_property
    def main(self) -> Node:
        """Return what the graph is about: what has many properties, and little of the rest leads to."""
        typed = set(self.graph.subjects(RDF.type, None))
        said = {node: len(list(self.graph.predicate_objects(node))) for node in typed}
        named = {node: len(list(self.graph.subjects(None, node))) for node in typed}
        most = max(named.values()) or 1
        return max(typed, key=lambda node: (said[node] / max(said.values()) + (1 - named[node] / most) / 4, str(node)))

    def values(self, *names: str) -> list[Node]:
        return [value for name in names for value in self.graph.objects(self.main, SCHEMA[name])]

    def links(self, relation: str) -> list[tuple[str, str]]:
        """Return what the typed links of the page lead to, each with its media type."""
        found = re.findall(r'<([^>]+)>((?:; \w[\w-]*="[^"]*")*)', self.page.headers["link"])
        return [(target, "".join(re.findall(r'type="([^"]*)"', more))) for target, more in found if f'rel="{relation}"' in more]

    @cached_property
    def negotiated(self) -> Graph:
        """Return the RDF that is there by negotiation at the IRI."""
        reply = follow(self.server, f"/{self.path}", "text/turtle")
        assert (reply.status, reply.type) == (200, "text/turtle")
        return Graph().parse(data=reply.body, format="turtle")

    @cached_property
    def downloads(self) -> dict[str, tuple[str, int]]:
        """Return the data that the page names: address → type and length."""
        found = {}
        for node in self.values("distribution"):
            (size,) = re.findall(r"^(\d+) B$", str(self.graph.value(node, SCHEMA.contentSize)))
            address = str(self.graph.value(node, SCHEMA.contentUrl))
            found[address] = (str(self.graph.value(node, SCHEMA.encodingFormat)), int(size))
        return found


@pytest.fixture(scope="module")
def harvests(server: str) -> dict[str, Harvest]:
    version = fetch(server, "/dumps/manifest.json").json["version"]
    return {path: Harvest(server, path.format(version=version)) for path in ASKED}


@pytest.fixture
def found(harvests: dict[str, Harvest], asked: str) -> Harvest:
    return harvests[asked]


def metric(identifier: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Ask a metric, by its published identifier, of each of the things."""
    return pytest.mark.parametrize("asked", [pytest.param(path, id=f"{identifier}-{path.split('/')[0]}") for path in ASKED])


@metric("FsF-F1-01MD")
def test_metadata_and_data_have_identifiers_that_are_unique(found: Harvest) -> None:
    identifiers = [*found.values("identifier"), *map(URIRef, found.downloads)]
    assert found.iri in {str(value) for value in (found.main, *found.values("identifier", "about"))}
    assert all(isinstance(value, URIRef) and urlsplit(value).scheme == "https" for value in identifiers)


@metric("FsF-F1-02MD")
def test_the_identifiers_are_persistent_ones(found: Harvest) -> None:
    """That w3id.org leads from them to the service is registered there, and can be seen only where it is."""
    for identifier in (*map(str, found.values("identifier")), *found.downloads):
        assert identifier.startswith("https://w3id.org/")
        assert follow(found.server, f"/{identifier.removeprefix(BASE)}", "*/*", "HEAD").status == 200


@metric("FsF-F2-01M")
def test_core_metadata_is_there(found: Harvest) -> None:
    for name in ("creator", "name", "identifier", "datePublished", "publisher", "description", "keywords"):
        assert found.values(name), name
    assert (found.main, RDF.type, SCHEMA.Dataset) in found.graph
    assert all(found.graph.value(agent, SCHEMA.name) for agent in found.values("creator", "publisher"))


@metric("FsF-F3-01M")
def test_metadata_says_where_the_data_is(found: Harvest) -> None:
    assert len(found.downloads) >= 3 and all(address.startswith(BASE) for address in found.downloads)


@metric("FsF-F4-01M")
def test_search_engines_can_take_the_metadata_from_the_page(found: Harvest) -> None:
    assert (found.page.status, found.page.type) == (200, "text/html")
    assert "noindex" not in found.page.headers.get("x-robots-tag", "") and 'name="robots"' not in found.page.text
    assert (found.main, RDF.type, SCHEMA.Dataset) in found.graph


@metric("FsF-A1-01M")
def test_metadata_says_who_may_have_the_data(found: Harvest) -> None:
    (right,) = found.values("conditionsOfAccess")
    assert str(right) == "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
    assert [value.toPython() for value in found.values("isAccessibleForFree")] == [True]  # type: ignore[attr-defined]


@metric("FsF-A1-02MD")
def test_metadata_and_data_can_be_retrieved_by_their_identifiers(found: Harvest) -> None:
    assert (URIRef(found.iri), None, None) in found.negotiated
    for address in found.downloads:
        assert fetch(found.server, "/" + address.removeprefix(BASE), method="HEAD").status == 200


@metric("FsF-A1.1-01MD")
def test_the_protocol_is_a_standard_one(found: Harvest) -> None:
    assert {urlsplit(address).scheme for address in (found.iri, *found.downloads)} == {"https"}


@metric("FsF-A1.2-01MD")
def test_the_protocol_can_ask_who_somebody_is(found: Harvest) -> None:
    """HTTP can (RFC 9110, section 11); this data is for everybody, so that nobody is asked."""
    assert {urlsplit(address).scheme for address in (found.iri, *found.downloads)} == {"https"}
    assert "www-authenticate" not in found.page.headers


@metric("FsF-I1-01M")
def test_metadata_is_rdf_in_the_page_by_negotiation_and_by_links(found: Harvest) -> None:
    assert len(found.graph) > 20 and (URIRef(found.iri), None, None) in found.negotiated
    for address, form in found.links("describedby"):
        reply = fetch(found.server, address, headers={"Accept": form})
        assert (reply.status, reply.type) == (200, form)
        assert Graph().parse(data=reply.body, format={"text/turtle": "turtle"}.get(form, "json-ld"))


@metric("FsF-I2-01M")
def test_metadata_uses_vocabularies_that_are_registered(found: Harvest) -> None:
    used = {str(name) for name in found.graph.predicates()} | {str(name) for name in found.graph.objects(None, RDF.type)}
    own = {name for name in used if not name.startswith(DEFAULT)}
    assert any(name.startswith(REGISTERED) for name in own)


@metric("FsF-I3-01M")
def test_metadata_leads_to_what_is_related_and_says_how(found: Harvest) -> None:
    related = found.values("isPartOf", "isBasedOn", "includedInDataCatalog", "about", "sameAs")
    assert related
    for value in related:
        address = value if isinstance(value, URIRef) else found.graph.value(value, SCHEMA.url)
        assert follow(found.server, "/" + str(address).removeprefix(BASE), "text/html", "HEAD").status == 200, address


@metric("FsF-R1-01M")
def test_what_is_said_of_the_files_is_true(found: Harvest) -> None:
    for address, (form, size) in found.downloads.items():
        reply = fetch(found.server, "/" + address.removeprefix(BASE))
        assert (reply.type, len(reply.body)) == (form, size), address
        assert form != "application/gzip" or reply.body.startswith(b"\x1f\x8b")


@metric("FsF-R1.1-01M")
def test_the_licence_is_a_known_one_by_its_address(found: Harvest) -> None:
    licences = {str(value) for value in found.values("license")} | {target for target, _ in found.links("license")}
    assert licences == {"https://creativecommons.org/licenses/by/4.0/"}


@metric("FsF-R1.2-01M")
def test_metadata_says_who_made_it_when_and_of_what(found: Harvest) -> None:
    for name in ("creator", "publisher", "datePublished", "dateModified", "version"):
        assert found.values(name), name
    assert [name for name in found.graph.predicates(found.main) if str(name).startswith("http://www.w3.org/ns/prov#")]


@metric("FsF-R1.3-01M")
def test_metadata_follows_standards_of_many_fields(found: Harvest) -> None:
    """Schema.org in the page; DCAT and Dublin Core by a link or by negotiation, for what has no standard of its field alone."""
    named = {str(name) for graph in (found.graph, found.negotiated) for name in graph.predicates()}
    assert any(name.startswith("https://schema.org/") for name in named)
    assert any(name.startswith("http://purl.org/dc/terms/") for name in named)


@metric("FsF-R1.3-02D")
def test_data_is_in_formats_that_last(found: Harvest) -> None:
    forms = {form for form, _ in found.downloads.values()}
    assert forms & OPEN_TYPES


def test_variables_are_named_for_the_dataset(harvests: dict[str, Harvest]) -> None:
    """FsF-R1-01M-3, which is not scored."""
    found = harvests["dataset"]
    names = {str(found.graph.value(node, SCHEMA.name)) for node in found.values("variableMeasured")}
    assert {"statement", "speakers", "evidence", "disputed_by"} <= names


def test_every_metric_is_asked() -> None:
    asked = {"FsF-F1-01MD", "FsF-F1-02MD", "FsF-F2-01M", "FsF-F3-01M", "FsF-F4-01M", "FsF-A1-01M", "FsF-A1-02MD", "FsF-A1.1-01MD"}
    asked |= {"FsF-A1.2-01MD", "FsF-I1-01M", "FsF-I2-01M", "FsF-I3-01M", "FsF-R1-01M", "FsF-R1.1-01M", "FsF-R1.2-01M"}
    asked |= {"FsF-R1.3-01M", "FsF-R1.3-02D"}
    marks = [
        mark
        for value in globals().values()
        if isfunction(value)
        for mark in getattr(value, "pytestmark", [])
        if mark.name == "parametrize"
    ]
    assert {str(case.id).rsplit("-", 1)[0] for mark in marks for case in mark.args[1]} == asked
