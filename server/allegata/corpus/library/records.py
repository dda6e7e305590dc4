"""Reads the records of the library: what the bundled corpus describes, and from the tables beside this what it does not."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from allegata.corpus.rdf import parse_turtle
from allegata.corpus.text_files import list_files
from allegata.errors import UsageError
from allegata.model.namespaces import BASE, expand

TYPE: Final = NamedNode(expand("rdf:type"))
COUNTRY: Final = NamedNode(expand("schema:Country"))
_LABEL: Final = "rdfs:label"


def region_iri(code: str) -> str:
    """Return the IRI of a region by its code of M49, three digits."""
    return f"{BASE}place/m49-{code}"


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of the library, cells by the names of their columns."""
    text = (resources.files("allegata.corpus.library") / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def read_records(package: Path, folders: Iterable[str]) -> Store:
    """Return what is said of records of the library, in one graph; raise UsageError where the package has no data."""
    if not (package / "data").is_dir():
        raise UsageError(f"{package} has no data, from which the library is taken.", remedy="Install Allegata again.")
    store = Store()
    for folder in folders:
        for path in list_files(package / "data" / folder, ".ttl", below=True):
            store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in parse_turtle(path))
    for triple in (*_regions(), *_further_states()):
        store.add(Quad(*triple))
    for state, region in _where_states_lie(store):
        store.add(Quad(state, NamedNode(expand("schema:containedInPlace")), NamedNode(region)))
    return store


def _regions() -> Iterator[Triple]:
    for row in table("regions.csv"):
        here = region_iri(row["code"])
        yield _says(here, "rdf:type", NamedNode(expand("schema:Place")))
        yield _says(here, _LABEL, Literal(row["name"], language="en"))
        yield _says(here, "dct:identifier", Literal(row["code"]))
        if row["within"]:
            yield _says(here, "schema:containedInPlace", NamedNode(region_iri(row["within"])))


def _further_states() -> Iterator[Triple]:
    for row in table("states.csv"):
        here = f"{BASE}actor/{row['slug']}"
        for curie in ("schema:Country", "prov:Agent"):
            yield _says(here, "rdf:type", NamedNode(expand(curie)))
        yield _says(here, _LABEL, Literal(row["name"], language="en"))
        yield _says(here, "dct:identifier", Literal(row["code"]))
        yield from (_says(here, "skos:altLabel", Literal(name, language="en")) for name in row["also"].split("|") if name)
        if row["comment"]:
            yield _says(here, "skos:scopeNote", Literal(row["comment"], language="en"))


def _where_states_lie(store: Store) -> list[tuple[NamedNode, str]]:
    by_code = state_nodes(store)
    return [(by_code[row["code"]], region_iri(row["region"])) for row in table("codes.csv") if row["region"]]


def state_nodes(store: Store) -> dict[str, NamedNode]:
    """Return the states by their codes, ISO 3166-1 alpha-3 or for former states ISO 3166-3."""
    identifier = NamedNode(expand("dct:identifier"))
    found: dict[str, NamedNode] = {}
    for quad in store.quads_for_pattern(None, TYPE, COUNTRY):
        for said in store.quads_for_pattern(quad.subject, identifier, None):
            if isinstance(quad.subject, NamedNode) and isinstance(said.object, Literal):
                found[said.object.value] = quad.subject
    return found


def _says(subject: str, curie: str, value: NamedNode | Literal) -> Triple:
    return Triple(NamedNode(subject), _term(curie), value)


@cache
def _term(curie: str) -> NamedNode:
    return NamedNode(expand(curie))
