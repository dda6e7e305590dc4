"""Behind a proxy with TLS, set up by the files that the documentation ships: nginx with its cache, and Caddy."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import quote

import pytest

from ports import kept_port
from service import Service, end, make_site, serve
from support import ROOT, until

FILES = ROOT / "docs" / "operating"
NAME = "data.example.org"
ASK = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate for the name of the example."""
    made = tmp_path_factory.mktemp("proxies")
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -keyout key.pem -out certificate.pem"
    subprocess.run([*words.split(), "-addext", f"subjectAltName=DNS:{NAME}"], cwd=made, check=True, capture_output=True)
    (made / "cache").mkdir()
    return made


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Service]:
    site = make_site(folder / "site")
    with serve(site, trusted_proxies=1, query_timeout=60, query_per_client=1, query_queue=1) as running:
        yield running


def replaced(text: str, **changes: str) -> str:
    """Return the text of a shipped file with the places of this test; each has to stand in it."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, service: Service, folder: Path) -> Iterator[int]:
    """Yield the port on which a proxy speaks TLS for the service."""
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    with ExitStack() as stack:
        plain, secure = stack.enter_context(kept_port()), stack.enter_context(kept_port())
        command = (_nginx if request.param == "nginx" else _caddy)(folder, service.port, plain, secure)
        log = stack.enter_context((folder / f"{request.param}.log").open("wb"))
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={"HOME": str(folder), "PATH": "/usr/bin:/usr/sbin"}
        )
        try:
            until(lambda: _answers(process, secure))
            yield secure
        finally:
            end(process)


def _nginx(folder: Path, service: int, plain: int, secure: int) -> list[str]:
    places = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "127.0.0.1:8000": f"127.0.0.1:{service}",
        "/etc/ssl/data.example.org.pem": str(folder / "certificate.pem"),
        "/etc/ssl/private/data.example.org.key": str(folder / "key.pem"),
        "/var/cache/nginx/allegata": str(folder / "cache"),
        "/var/log/nginx/allegata.log": str(folder / "access.log"),
    }
    (folder / "allegata.conf").write_text(replaced((FILES / "nginx.conf").read_text("utf-8"), **places), "utf-8")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    main = f"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temporary} include {folder}/allegata.conf; }}"
    (folder / "main.conf").write_text(f"user root;\n{main}\n", "utf-8")
    return ["nginx", "-c", str(folder / "main.conf"), "-e", str(folder / "error.log"), "-g", "daemon off;"]


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


def ask(
    port: int, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Ask the proxy by the name of the example."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = _Named("127.0.0.1", port, context=context, timeout=120)
    try:
        connection.request(method, path, body, {"Host": NAME, **(headers or {})})
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    finally:
        connection.close()


class _Named(HTTPSConnection):
    """A connection that says by TLS which name it wants."""

    def connect(self) -> None:
        """Connect, and wrap what there is."""
        super(HTTPSConnection, self).connect()
        self.sock = self._context.wrap_socket(self.sock, server_hostname=NAME)  # type: ignore[attr-defined]


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
