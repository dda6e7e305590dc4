"""A restricted release is answered to who has a token alone; a public service of a corpus with witnesses knows none of them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from allegata.cli.main import main
from allegata.release.build import build
from allegata.release.digests import unpacked
from http_client import Reply, fetch
from other_corpus import BASE
from service import Service, serve
from witnesses import MARK, write_witnesses

TOKEN = "a-token-of-thirty-two-characters"
ROUTES = (
    *(
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/static/site.css",
        "/dumps/manifest.json",
        "/dumps/allegata.nq.gz",
        "/openapi.json",
    ),
    *(
        "/page/actor/arlandia",
        "/data/actor/arlandia",
        "/nowhere",
        "/sparql?query=ASK%7B%7D",
        "/reconcile",
        "/.well-known/void",
        "//",
    ),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_witnesses(tmp_path_factory.mktemp("guarded") / "corpus")


@pytest.fixture(scope="module")
def public(root: Path) -> Iterator[Service]:
    site = root.parent / "public"
    build(root, site, lambda _step: None)
    with serve(site) as service:
        yield service


@pytest.fixture(scope="module")
def site(root: Path) -> Path:
    site = root.parent / "restricted"
    build(root, site, lambda _step: None, restricted=True)
    return site


def authorised(address: str, path: str, value: str, **more: str) -> Reply:
    return fetch(address, path, headers={"Authorization": value, **more})


def test_a_restricted_release_is_not_served_without_tokens(site: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["serve", "--site", str(site), "--port", "0"])
    assert told.exit_code == 2 and "--token-file" in told.output
    (tmp_path / "short").write_text("short\n", "utf-8")
    told = CliRunner().invoke(main, ["serve", "--site", str(site), "--port", "0", "--token-file", str(tmp_path / "short")])
    assert told.exit_code == 2 and "too short" in told.output
    assert CliRunner().invoke(main, ["build", "--restricted"]).exit_code == 2
    told = CliRunner().invoke(main, ["mcp", "--site", str(site)])
    assert told.exit_code == 2 and "assistant" in told.output


def test_exports_of_a_restricted_release_say_so(site: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["export", "files", "--site", str(site), "--out", str(tmp_path / "files")])
    assert told.exit_code == 0 and "not to be published" in told.output


def test_every_answer_of_a_restricted_release_needs_a_token(site: Path, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(f"# who: the test\n{TOKEN}\n", "utf-8")
    basic = "Basic " + b64encode(f"anybody:{TOKEN}".encode()).decode()
    wrong = (
        "",
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Token {TOKEN}",
        "Basic ???",
        "Basic " + b64encode(b"x").decode(),
    )
    with serve(site, token_file=tmp_path / "tokens") as service:
        address = service.address
        for path in ROUTES:
            for value in wrong:
                reply = authorised(address, path, value) if value else fetch(address, path)
                assert reply.status == 401 and "www-authenticate" in reply.headers, (path, value)
                assert MARK.encode() not in reply.body and b"Arlandia" not in reply.body
            assert fetch(address, path, method="POST", body=b"x").status == 401
            for value in (f"Bearer {TOKEN}", basic):
                reply = authorised(address, path, value)
                assert reply.status != 401 and reply.headers["cache-control"] == "private, no-store", path
                assert reply.headers["allegata-protection"] == "restricted" and "access-control-allow-origin" not in reply.headers
        for path in ("/", f"/page/actor/{MARK}-restricted-person", "/method", "/search", "/nowhere"):
            page = authorised(address, path, basic, Accept="text/html")
            assert 'class="restricted"' in page.text and page.text.index('class="restricted"') < page.text.index("<header>")


def addresses(public: Service) -> Iterator[str]:
    """Yield addresses of the public service: its pages, its files, and whatever the release names."""
    lines = fetch(public.address, "/sparql?format=csv&query=" + quote("SELECT DISTINCT ?s { ?s ?p ?o }")).text.split()
    for iri in (line for line in lines[1:] if line.startswith(BASE)):
        path = quote(iri.removeprefix(BASE))
        yield from (f"/page/{path}", f"/data/{path}", f"/cite/{path}")
    names = re.findall(r'"(?:dumps/)?([\w./-]+)": \{\s*"sha256"', fetch(public.address, "/dumps/manifest.json").text)
    yield from (f"/dumps/{name}" for name in names)
    yield from (
        "/",
        "/compare",
        "/search",
        "/timeline",
        "/treaties",
        "/votes",
        "/places",
        "/evidence",
        "/what-if",
        "/method",
        "/ns",
        "/dumps",
    )
    yield from (
        "/sitemap.xml",
        "/sitemap/1.xml",
        "/catalog",
        "/.well-known/void",
        "/release",
        "/metrics",
        "/reconcile",
        "/openapi.json",
    )


def test_no_answer_of_a_public_service_names_a_witness(public: Service) -> None:
    seen = 0
    for path in addresses(public):
        reply = fetch(public.address, path)
        seen += reply.status == 200
        content = unpacked(reply.body, path) if reply.status == 200 else reply.body
        assert MARK.encode() not in content.lower(), path
        assert MARK not in str(reply.headers).lower(), path
    assert seen > 100
    assert MARK not in public.log.read_text("utf-8").lower()


#: A word that is in no record, as long as the mark of the witnesses.
OTHER = MARK[::-1]
#: Questions about a word: the answer may differ in the word alone, whether a witness bears it or nobody does.
QUESTIONS = (
    *(
        "/page/actor/{}-restricted-person",
        "/actor/{}-restricted-person",
        "/data/claim/{}-restricted-a",
        "/cite/source/{}-restricted-source",
    ),
    *("/page/graph/restricted/{}-apart", "/timemap/actor/{}-restricted-person", "/search?q={}-restricted-person", "/search?q={}"),
    *(
        "/reconcile/suggest/entity?prefix={}",
        "/reconcile/preview?id=actor/{}-restricted-person",
        "/compare?claim={}-restricted-a",
    ),
    "/reconcile?queries=" + quote('{"q0": {"query": "{} restricted person Name"}}').replace("%7B%7D", "{}"),
    "/sparql?query=" + quote(f"SELECT * {{ <{BASE}actor/WORD-restricted-person> ?p ?o }}").replace("WORD", "{}"),
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_about_a_witness_is_answered_as_one_about_nobody(public: Service, question: str) -> None:
    known, unknown = (fetch(public.address, question.replace("{}", word)) for word in (MARK, OTHER))
    assert known.status == unknown.status
    assert known.text.replace(MARK, OTHER) == unknown.text
