"""A release without its store, served before Oxigraph's server: every page, search and reconciliation is what the store gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse

from allegata.domain.things import SHOWN_INCOMING
from allegata.release.handle import STORE, Release
from engine_servers import oxigraph
from http_client import Reply, fetch
from page_types import OTHERS, addresses, saved_query
from service import PATIENT, Service, serve

pytestmark = pytest.mark.engines
#: What both services are called, so that addresses in their answers are the same.
ADDRESS = "https://data.example.org/"
#: Whatever is put to the engine as a query is compared elsewhere; these say what the service itself is doing.
QUERIES, OWN = ("/sparql", "/release/<version>/sparql"), ("/metrics", "/healthz")
#: These are files of the release, with new names for nodes each time; and what is put to the engine as a query.
FILES, ASKED = ("/shapes", "/profile"), ("/query", "/sparql")
THINGS = ("claim/camps-hold-about-200000", "actor/dprk", "instrument/iccpr", "graph/record/commitments", "source/factsheet")
NAMES = '{"q0": {"query": "Ministry of Foreign Affairs", "limit": 5}, "q1": {"query": "North Korea"}}'
DOCUMENT = "@prefix alg: <https://w3id.org/allegata/ns#> .\n<https://w3id.org/allegata/x> a alg:Stance ; alg:stance 0 ."


@dataclass(frozen=True)
class Both:
    """Two services of one release: one reads its store, the other has none."""

    store: Service
    engine: Service
    release: Release


@pytest.fixture(scope="module")
def both(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("without")
    site = folder / "site"
    shutil.copytree(release.folder, site / "releases" / release.folder.name, ignore=shutil.ignore_patterns(STORE))
    (site / "current").symlink_to(Path("releases") / release.folder.name)
    with ExitStack() as stack:
        address = stack.enter_context(oxigraph(release, folder))
        settings = {**PATIENT, "address": ADDRESS, "work_timeout": 120}
        with_store = stack.enter_context(serve(release.folder.parents[1], **settings))
        yield Both(with_store, stack.enter_context(serve(site, **settings, engine=address)), release)


def references(release: Release, path: str) -> int:
    """Return how much refers to the thing of a page."""
    node = NamedNode(release.manifest.base + path.removeprefix("/page/"))
    return sum(1 for _ in release.open_store().quads_for_pattern(None, None, node, DefaultGraph()))


def statements(service: Service, path: str) -> set[str]:
    """Return the statements of an answer in Turtle, whose order nobody promises."""
    return set(map(str, parse(fetch(service.address, path).body, RdfFormat.TURTLE)))


def differing(both: Both, paths: Iterable[str], **how: Any) -> list[str]:
    """Return the paths at which the two services do not answer alike."""

    def told(service: Service, path: str) -> tuple[int, str, bytes]:
        reply: Reply = fetch(service.address, path, **how)
        return reply.status, reply.type, reply.body

    return [path for path in paths if told(both.store, path) != told(both.engine, path)]


def test_every_page_is_the_same(both: Both) -> None:
    """Of things that more refer to than a page lists, others may be listed."""
    listed = [path for path in addresses(both.release.version, saved_query(both.release)) if not path.startswith(ASKED)]
    assert len(listed) > 80
    differ = differing(both, listed, headers={"Accept": "text/html"})
    crowded = [path for path in listed if path.startswith("/page/") and references(both.release, path) > SHOWN_INCOMING]
    assert not set(differ) - set(crowded) and len(crowded) < 10


def test_what_programs_read_is_the_same(both: Both) -> None:
    ways = [path for rule, paths in OTHERS.items() if rule not in (*QUERIES, *OWN) for path in paths]
    named = [path.format(version=both.release.version, digest=saved_query(both.release)) for path in ways]
    named += [f"/data/{thing}?format={word}" for thing in THINGS for word in ("ttl", "json", "nq")]
    differ = differing(both, [path for path in named if not path.startswith(FILES)])
    assert not [path for path in differ if statements(both.store, path) != statements(both.engine, path)]


@pytest.mark.parametrize("words", ["camps", "prisn testimny", "정치범수용소", "nothingofthiskind"])
def test_search_is_the_same(both: Both, words: str) -> None:
    assert not differing(both, [f"/search?q={quote(words)}&format=json"])


def test_reconciliation_and_the_validator_are_the_same(both: Both) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert not differing(both, ["/reconcile"], method="POST", headers=form, body=urlencode({"queries": NAMES}).encode())
    turtle = {"Content-Type": "text/turtle", "Accept": "application/json"}
    assert not differing(both, ["/validate"], method="POST", headers=turtle, body=DOCUMENT.encode())


def test_it_is_ready_and_says_so(both: Both) -> None:
    reply = fetch(both.engine.address, "/readyz")
    assert reply.status == 200 and reply.json["status"] == "ready"
