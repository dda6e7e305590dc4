"""The clients that researchers use, each run for real: libraries for Python, R and the JVM, JavaScript, the shell, an editor."""

from __future__ import annotations

import csv
import functools
import http.server
import importlib.util
import io
import json
import os
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from service import PATIENT, make_site, serve
from support import EX

HERE = Path(__file__).parent
NAMES = f"SELECT ?name {{ ?s <{EX}name> ?name }} ORDER BY ?name"
BOTH = ["Ada", "Ben <b>"]
JARS = Path("/usr/share/java")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the small release, and give the address of its endpoint."""
    with serve(make_site(tmp_path_factory.mktemp("clients")), **PATIENT) as running:
        yield f"{running.address}/sparql"


def library(name: str) -> Any:
    """Import a client, or skip."""
    return pytest.importorskip(name, reason=f"{name} is not installed: pip install --group clients")


def program(name: str, package: str) -> str:
    """Find a program, or skip."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: {package}")
    return found


def run(*command: str, **options: Any) -> str:
    """Run a client to its end and give what it writes; where it fails, what it says is the failure."""
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, **options)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return str(ended.stdout)


# -- Python --------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")  # what these libraries warn of is theirs
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper(endpoint: str, method: str) -> None:
    wrapper = library("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(endpoint)
    client.setMethod(method)
    client.setQuery(NAMES)
    client.setReturnFormat(wrapper.JSON)
    assert [row["name"]["value"] for row in client.queryAndConvert()["results"]["bindings"]] == BOTH
    client.setReturnFormat(wrapper.CSV)
    assert list(csv.reader(io.StringIO(client.queryAndConvert().decode(), newline=""))) == [["name"], *([name] for name in BOTH)]
    client.setReturnFormat(wrapper.XML)
    assert len(client.queryAndConvert().getElementsByTagName("result")) == 2
    client.setQuery(f"CONSTRUCT WHERE {{ ?s <{EX}name> ?name }}")
    for kind in (wrapper.TURTLE, wrapper.RDFXML, wrapper.JSONLD):
        client.setReturnFormat(kind)
        found = client.queryAndConvert()
        assert b"Ada" in (found if isinstance(found, bytes) else found.serialize(format="nt").encode())
    client.setQuery("ASK {}")
    client.setReturnFormat(wrapper.JSON)
    assert client.queryAndConvert()["boolean"] is True


@pytest.mark.filterwarnings("ignore")
def test_sparqlwrapper_gets_the_errors_that_it_knows(endpoint: str) -> None:
    wrapper = library("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(endpoint)
    client.setQuery("SELECT * { ?s ?p }")
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed, match="Line 1"):
        client.query()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_sparqlstore(endpoint: str, method: str) -> None:
    rdflib = library("rdflib")
    store = library("rdflib.plugins.stores.sparqlstore").SPARQLStore(endpoint, method=method)
    graph = rdflib.Graph(store)
    assert [str(row.name) for row in graph.query(NAMES)] == BOTH
    assert sorted(map(str, graph.objects(None, rdflib.URIRef(f"{EX}name")))) == BOTH
    assert bool(graph.query("ASK {}"))


def test_pandas_reads_csv_without_an_accept_header(endpoint: str) -> None:
    table = library("pandas").read_csv(f"{endpoint}?{urlencode({'query': NAMES, 'format': 'csv'})}")
    assert list(table["name"]) == BOTH


@pytest.mark.filterwarnings("ignore")
def test_sparql_dataframe(endpoint: str) -> None:
    library("pandas")
    assert list(library("sparql_dataframe").get(endpoint, NAMES)["name"]) == BOTH
    assert list(library("sparql_dataframe").get(endpoint, NAMES, post=True)["name"]) == BOTH


# -- shell, R, JVM -------------------------------------------------------------------------------------------------------


def test_curl(endpoint: str, tmp_path: Path) -> None:
    curl = program("curl", "apt-get install curl")
    asked = (curl, "--silent", "--fail", "--compressed", "--get", endpoint, "--data-urlencode", f"query={NAMES}")
    assert run(*asked, "-H", "Accept: text/csv").splitlines() == ["name", *BOTH]
    assert json.loads(run(*asked))["head"]["vars"] == ["name"]
    (tmp_path / "names.rq").write_text(NAMES, "utf-8")
    posted = (
        "--data-binary",
        f"@{tmp_path / 'names.rq'}",
        "-H",
        "Content-Type: application/sparql-query",
        "-H",
        "Accept: text/csv",
    )
    assert run(curl, "--silent", "--fail", endpoint, *posted).splitlines() == ["name", *BOTH]


R = """library(SPARQL)
found <- SPARQL({endpoint!r}, {query!r})
cat(found$results[, 1], sep = "\\n")
"""


def test_r(endpoint: str, tmp_path: Path) -> None:
    rscript = program("Rscript", "apt-get install r-cran-sparql")
    if subprocess.run([rscript, "-e", "library(SPARQL)"], capture_output=True).returncode:
        pytest.skip("R's SPARQL package is not installed: apt-get install r-cran-sparql")
    query = f"SELECT ?name ?s {{ ?s <{EX}name> ?name }} ORDER BY ?name"
    (tmp_path / "names.R").write_text(R.format(endpoint=endpoint, query=query), "utf-8")
    assert run(rscript, str(tmp_path / "names.R")).splitlines() == BOTH


@pytest.fixture(scope="module")
def jena(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the class path for Jena's commands as Debian packs them.

    Debian moved the schema classes in Jena's jar to another package and left their messages behind; they are put beside it.
    """
    program("java", "apt-get install default-jre-headless")
    if not (JARS / "jena-cmds.jar").exists():
        pytest.skip("Jena is not installed: apt-get install libapache-jena-java")
    folder = tmp_path_factory.mktemp("jena")
    with zipfile.ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith("org/apache/jena/ext/xerces/") and name.endswith(".properties"):
                target = folder / name.removeprefix("org/apache/jena/ext/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(name))
    wanted = """jena-arq jena-base jena-cmds jena-core jena-iri jena-rdfconnection jena-tdb jena-tdb2 jena-shacl jena-shex jena-dboe-base
        jena-dboe-index jena-dboe-storage jena-dboe-transaction jena-dboe-trans-data thrift libthrift protobuf commons-cli
        commons-codec commons-compress commons-csv commons-io commons-lang3 dexx.collection gson guava failureaccess httpclient
        httpcore jackson-core jackson-databind jackson-annotations jsonld-java jakarta.json-api titanium-json-ld slf4j-api slf4j-nop"""
    return os.pathsep.join([str(folder), *(str(JARS / f"{name}.jar") for name in wanted.split())])


def test_jena(endpoint: str, jena: str) -> None:
    asked = ("java", "-cp", jena, "arq.rsparql", "--service", endpoint)
    assert run(*asked, "--results=csv", NAMES).splitlines() == ["name", *BOTH]
    assert '"Ben <b>"' in run(*asked, f"CONSTRUCT WHERE {{ ?s <{EX}name> ?name }}")
    assert "Yes" in run(*asked, "ASK {}")


# -- JavaScript ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def modules() -> Path:
    """Return the folder with the clients from npm, installed from the lockfile beside this file."""
    folder = HERE / "node_modules"
    if not (folder / "@zazuko" / "yasgui" / "build" / "yasgui.min.js").is_file():
        npm = program("npm", "apt-get install npm")
        subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True, timeout=600)
    return folder


@pytest.mark.parametrize("source", ["sparql@{}", "{}"], ids=["told", "found out"])
def test_comunica(endpoint: str, modules: Path, source: str) -> None:
    node = program("node", "apt-get install nodejs")
    command = modules / ".bin" / "comunica-sparql"
    found = json.loads(run(node, str(command), source.format(endpoint), NAMES))
    assert [row["name"] for row in found] == [json.dumps(name) for name in BOTH]


PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="yasgui.min.css"><div id="here"></div>
<script src="yasgui.min.js"></script>
<script>gui = new Yasgui(document.getElementById("here"), {{requestConfig: {{endpoint: {endpoint}}}}})</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def editor(endpoint: str, modules: Path, tmp_path: Path) -> Iterator[str]:
    """Serve the editor YASGUI from another origin."""
    for name in ("yasgui.min.js", "yasgui.min.css"):
        shutil.copy(modules / "@zazuko" / "yasgui" / "build" / name, tmp_path / name)
    (tmp_path / "index.html").write_text(PAGE.format(endpoint=json.dumps(endpoint)), "utf-8")
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as files:
        thread = threading.Thread(target=files.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{files.server_address[1]}/"
        files.shutdown()
        thread.join()


def test_yasgui_in_a_browser(endpoint: str, editor: str) -> None:
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("playwright is not installed: pip install --group browser")
    chromium = program("chromium", "apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, chromium_sandbox=False)
        tab = browser.new_page()
        tab.goto(editor)
        tab.locator(".yasqe .CodeMirror").wait_for()
        tab.evaluate("query => { gui.getTab().setQuery(query) }", NAMES)
        tab.locator(".yasqe_queryButton").click()
        tab.locator(".yasr table tbody tr").first.wait_for()
        shown = tab.locator(".yasr table tbody").inner_text()
        browser.close()
    assert all(name in shown for name in BOTH)
