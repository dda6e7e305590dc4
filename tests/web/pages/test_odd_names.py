"""Names with other scripts, spaces and signs: each thing and each file's graph is found at its address, and at nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask
from pyoxigraph import RdfFormat, parse

from allegata.engine import open_engine
from allegata.model.namespaces import uri
from allegata.release.build import build
from allegata.settings import Settings
from allegata.web import create_app
from releases import BASE, HEAD, lay_out

DATASET = f"""\
<{BASE}dataset> a dcat:Dataset ; dct:title "Odd names"@en ; dcat:version "1.0" ; dct:issued "2026-01-01"^^xsd:date ;
    void:uriSpace "{BASE}" .
"""
#: What stands behind the base in an IRI → how a client that has read the IRI may ask for it (RFC 3987, section 3.1).
NAMES = {
    "actor/학교": ("actor/학교", "actor/%ED%95%99%EA%B5%90"),
    "actor/a%20b": ("actor/a%20b",),
    "actor/x%3Fy": ("actor/x%3Fy",),
    "actor/%ED%95%99": ("actor/%ED%95%99",),
    "actor/%ed%95%98": ("actor/%ed%95%98", "actor/%ED%95%98"),
    "actor/a%2Fb": ("actor/a%2Fb",),
    "actor/50%25": ("actor/50%25",),
    "actor/it's(1);x=1,2": ("actor/it's(1);x=1,2", "actor/it%27s%281%29%3Bx%3D1%2C2"),
    "graph/curators%20(1)": ("graph/curators%20(1)", "graph/curators%20%281%29"),
    "graph/목록%20100%25": ("graph/목록%20100%25", "graph/%EB%AA%A9%EB%A1%9D%20100%25"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("odd")
    actors = [f'<{BASE}{name}> a prov:Agent , schema:Organization ; rdfs:label "x"@en .\n' for name in NAMES if "actor/" in name]
    files = {
        "corpus.ttl": HEAD + DATASET,
        "curators (1).ttl": HEAD + "".join(actors),
        "목록 100%.ttl": f"<{BASE}actor/a%20b> <http://schema.org/url> <https://example.com/> .\n",
    }
    release = build(lay_out(folder / "corpus", files), folder / "site", lambda _step: None)
    settings = Settings(site=folder / "site")
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


@pytest.mark.parametrize(("name", "address"), [(name, address) for name, asked in NAMES.items() for address in asked])
def test_each_name_dereferences_to_its_data_and_its_page(app: Flask, name: str, address: str) -> None:
    client = app.test_client()
    answer = client.get(f"/{address}", headers={"Accept": "application/n-triples"}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert list(parse(answer.data, RdfFormat.N_TRIPLES))
    assert answer.headers["Link"].startswith(f'<{uri(BASE + name)}>; rel="describes"')
    page = client.get(f"/{address}", headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200 and f'<{uri(BASE + name)}>; rel="cite-as"' in page.headers["Link"]
    assert client.get(f"/timemap/{address}").status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_the_links_of_a_page_lead_on(app: Flask, name: str) -> None:
    client = app.test_client()
    page = client.get(f"/{quote(name, safe='/%')}", headers={"Accept": "text/html"}, follow_redirects=True).text
    links = {unescape(link) for link in re.findall(r'href="(/(?:page|data|actor|graph|timemap|cite)[^"]*)"', page)}
    assert links and not [link for link in links if " " in link]
    for link in sorted(links):
        assert client.get(link, headers={"Accept": "*/*"}, follow_redirects=True).status_code == 200, link


@pytest.mark.parametrize(
    "path", ["actor/nobody", "actor/a b", "actor/%00", "actor/%FF", "graph/%", "actor/<>", "actor/a%2520c", "page/actor/ "]
)
def test_what_there_is_not_is_said_to_be_absent(app: Flask, path: str) -> None:
    answer = app.test_client().get(f"/{path}", headers={"Accept": "application/json"}, follow_redirects=True)
    assert answer.status_code in ((200,) if path == "actor/a b" else (400, 404)), answer.text
    assert "Traceback" not in answer.text
