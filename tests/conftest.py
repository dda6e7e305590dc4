"""Fixtures: the bundled corpus built once, a server of it on a real port, and a corpus of three statements."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from allegata.release.build import build
from allegata.release.handle import Release
from allegata.release.site import current
from service import PATIENT, serve
from support import ROOT, SHARED

#: Fixtures and helpers whose tests stand on a running service, on processes of their own, or on the whole bundled corpus.
_WHOLE = {"site", "release", "server", "browser", "corpus"}
_SERVING = {"service", "http_client", "attacks", "subprocess", "allegata.engine.pool.pool"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a service, processes or a whole release, so that `-m "not server"` leaves those that answer soon."""
    for item in items:
        module = getattr(item, "module", None)
        values = vars(module).values() if module else ()
        origins = {getattr(value, "__module__", None) or getattr(value, "__name__", "") for value in values}
        if _WHOLE & set(getattr(item, "fixturenames", ())) or _SERVING & origins:
            item.add_marker(pytest.mark.server)


@pytest.fixture(autouse=True)
def _bound_on_cells() -> Iterator[None]:
    """Set the bound of the csv module back, which is that of the whole process, and which a table with long cells raises."""
    before = csv.field_size_limit()
    yield
    csv.field_size_limit(before)


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the temporary folder that all processes of this run of the tests share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site with a release of the bundled corpus, which the first process that asks builds."""
    folder = shared_folder(tmp_path_factory) / "bundled-site"
    with FileLock(f"{folder}.lock"):
        if not (folder / "current").exists():
            build(ROOT, folder, lambda _step: None)
    return folder


@pytest.fixture(scope="session")
def release(site: Path) -> Release:
    """Return the release of the bundled corpus."""
    return current(site)


@pytest.fixture(scope="session")
def sources() -> Path:
    """Return the folder with the source texts, or skip: they are not ours to publish, so a clone alone has none."""
    folder = SHARED / "sources"
    if not folder.is_dir():
        pytest.skip("the source texts are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def suites() -> Path:
    """Return the folder with the public conformance suites, or skip."""
    folder = SHARED / "suites"
    if not folder.is_dir():
        pytest.skip("the conformance suites are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """Serve the bundled corpus with the command that people use, and give the address."""
    with serve(site, **PATIENT) as running:
        yield running.address


SMALL = """\
@base <https://example.org/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<dataset> a dcat:Dataset ; dct:title "Three statements"@en ; dcat:version "1.0" ; dct:issued "2026-01-01"^^xsd:date ;
    void:uriSpace "https://example.org/" .
"""


@pytest.fixture
def small_root(tmp_path: Path) -> Path:
    """Return a corpus of three statements in a folder of its own, with the project's ontology and shapes."""
    root = tmp_path / "corpus"
    (root / "data").mkdir(parents=True)
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, root / name)
    (root / "data" / "corpus.ttl").write_text(SMALL, "utf-8")
    (root / "data" / "place.ttl").write_text(
        "@base <https://example.org/> .\n@prefix schema: <http://schema.org/> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<place/somewhere> a schema:Place ; rdfs:label "Somewhere"@en .\n',
        "utf-8",
    )
    return root
