"""Behind a proxy with TLS, set up by the files that the documentation ships: nginx with its cache, and Caddy."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from ports import kept_port
from proxies import ASK, FILES, NAME, ask, certified, nginx_command, replaced
from service import Service, end, make_site, serve
from support import until

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate for the name of the example."""
    return certified(tmp_path_factory.mktemp("proxies"))


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Service]:
    site = make_site(folder / "site")
    with serve(site, trusted_proxies=1, query_timeout=60, query_per_client=1, query_queue=1) as running:
        yield running


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, service: Service, folder: Path) -> Iterator[int]:
    """Yield the port on which a proxy speaks TLS for the service."""
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    with ExitStack() as stack:
        plain, secure = stack.enter_context(kept_port()), stack.enter_context(kept_port())
        command = (nginx_command if request.param == "nginx" else _caddy)(folder, service.port, plain, secure)
        log = stack.enter_context((folder / f"{request.param}.log").open("wb"))
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={"HOME": str(folder), "PATH": "/usr/bin:/usr/sbin"}
        )
        try:
            until(lambda: _answers(process, secure))
            yield secure
        finally:
            end(process)


def _caddy(folder: Path, service: int, plain: int, secure: int) -> list[str]:
    tls = f"{NAME} {{\n\ttls {folder}/certificate.pem {folder}/key.pem"
    text = replaced((FILES / "Caddyfile").read_text("utf-8"), **{f"{NAME} {{": tls, "127.0.0.1:8000": f"127.0.0.1:{service}"})
    options = f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n\tdefault_bind 127.0.0.1\n}}\n"
    (folder / "Caddyfile").write_text(options + text, "utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, "the proxy has ended"
    try:
        return ask(port, "/readyz")[0] == 200
    except OSError:
        return False


def test_addresses_that_the_service_names_have_the_name_and_tls(proxy: int) -> None:
    status, _, body = ask(proxy, "/robots.txt")
    assert status == 200 and f"https://{NAME}/sitemap.xml".encode() in body


def test_queries_pass_both_ways(proxy: int) -> None:
    plain = ask(proxy, ASK, {"Accept": "text/csv"})
    posted = ask(
        proxy,
        "/sparql",
        {"Accept": "text/csv", "Content-Type": "application/sparql-query"},
        "POST",
        b"SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    )
    assert plain[0] == posted[0] == 200 and plain[2] == posted[2]


def test_a_header_of_a_client_does_not_count(proxy: int) -> None:
    asked = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Prefix": "/evil",
        "Accept": "text/turtle",
    }
    status, _, body = ask(proxy, "/robots.txt", asked)
    assert status == 200 and f"https://{NAME}/sitemap.xml".encode() in body


def test_it_is_the_service_that_explains_its_limits(proxy: int) -> None:
    status, _, body = ask(proxy, "/sparql?query=" + "x" * 9_000, {"Accept": "application/problem+json"})
    assert status == 414 and b"detail" in body
    status, _, body = ask(proxy, "/sparql", {"Content-Type": "application/sparql-query"}, "POST", b"#" * (1 << 20) + b"#")
    assert status == 413 and b"detail" in body


def test_answers_are_revalidated_by_their_tag(proxy: int) -> None:
    _, head, _ = ask(proxy, ASK)
    assert ask(proxy, ASK, {"If-None-Match": head["etag"]})[0] == 304


@pytest.mark.parametrize("proxy", ["nginx"], indirect=True)
def test_nginx_keeps_what_may_be_kept_and_tells_formats_apart(proxy: int, folder: Path) -> None:
    first, again = ask(proxy, ASK, {"Accept": "text/csv"}), ask(proxy, ASK, {"Accept": "text/csv"})
    other = ask(proxy, ASK, {"Accept": "application/sparql-results+json"})
    assert again[1]["x-cache"] == "HIT" and again[2] == first[2] and other[2] != first[2]
    never = "/sparql?query=" + quote("SELECT (NOW() AS ?n) {}")
    assert [ask(proxy, never)[1]["x-cache"] for _ in range(2)] == ["MISS", "MISS"]
    log = (folder / "access.log").read_text("utf-8")
    assert "/sparql" in log and "SELECT" not in log and "127.0.0.1" not in log
