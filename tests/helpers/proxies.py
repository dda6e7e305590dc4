"""nginx as the documentation ships it, before services of a test: its configuration, a certificate, and requests by TLS."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import quote

from service import end
from support import ROOT, until

FILES = ROOT / "docs" / "operating"
NAME = "data.example.org"
ASK = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


def certified(made: Path) -> Path:
    """Put a certificate into a folder, and a place for what nginx keeps."""
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -keyout key.pem -out certificate.pem"
    subprocess.run([*words.split(), "-addext", f"subjectAltName=DNS:{NAME}"], cwd=made, check=True, capture_output=True)
    (made / "cache").mkdir()
    return made


def replaced(text: str, **changes: str) -> str:
    """Return the text of a shipped file with the places of this test; each has to stand in it."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx_command(folder: Path, service: int, plain: int, secure: int, further: Sequence[int] = ()) -> list[str]:
    """Write what nginx needs into a folder, before one service or several, and return its command."""
    services = " ".join(f"server 127.0.0.1:{port};" for port in (service, *further))
    places = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "server 127.0.0.1:8000;": services,
        "/etc/ssl/data.example.org.pem": str(folder / "certificate.pem"),
        "/etc/ssl/private/data.example.org.key": str(folder / "key.pem"),
        "/var/cache/nginx/allegata": str(folder / "cache"),
        "/var/lib/allegata/site": str(folder / "site"),
        "/var/log/nginx/allegata.log": str(folder / "access.log"),
    }
    (folder / "allegata.conf").write_text(replaced((FILES / "nginx.conf").read_text("utf-8"), **places), "utf-8")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    main = f"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temporary} include {folder}/allegata.conf; }}"
    (folder / "main.conf").write_text(f"user root;\n{main}\n", "utf-8")
    return ["nginx", "-c", str(folder / "main.conf"), "-e", str(folder / "error.log"), "-g", "daemon off;"]


def plain_command(folder: Path, services: Sequence[int], unused: int, port: int, *, kept: bool) -> list[str]:
    """Write the same with a port that is asked without TLS, with or without the cache, which is empty; return its command."""
    command = nginx_command(folder, services[0], unused, port, services[1:])
    path = folder / "allegata.conf"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.strip().startswith("ssl_")]
    changes = {f"listen 127.0.0.1:{port} ssl http2": f"listen 127.0.0.1:{port}"}
    changes |= {} if kept else {"proxy_cache allegata;": "proxy_cache off;"}
    path.write_text(replaced("\n".join(lines), **changes), "utf-8")
    shutil.rmtree(folder / "cache", ignore_errors=True)
    (folder / "cache").mkdir()
    return command


@contextmanager
def run_nginx(command: list[str], folder: Path, is_up: Callable[[], bool]) -> Iterator[None]:
    """Run nginx until it is no longer needed."""
    process = subprocess.Popen(command, cwd=folder, env={"HOME": str(folder), "PATH": "/usr/bin:/usr/sbin"})

    def answers() -> bool:
        assert process.poll() is None, "nginx has ended"
        try:
            return is_up()
        except OSError:
            return False

    try:
        until(answers)
        yield
    finally:
        end(process)


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
