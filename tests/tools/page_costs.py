"""What pages cost: every type of page against a bare Flask route, over HTTP and by the same server, as ratios of one run."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

from allegata.release.build import build
from allegata.release.site import current
from page_types import ERRORS, addresses, saved_query
from service import running, serve
from support import ROOT

#: A page may cost so many times a bare route.
MOST = 3.0
ROUNDS = 41
BARE = """
import sys
from flask import Flask
from waitress import serve
app = Flask("bare")
app.add_url_rule("/bare", view_func=lambda: "A bare route.")
app.add_url_rule("/readyz", view_func=lambda: "ready", endpoint="ready")
serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8, ident=None)
"""


def once(connection: HTTPConnection, path: str, encoding: str) -> tuple[float, int]:
    """Ask for a page, and give the seconds and the bytes."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": encoding})
    response = connection.getresponse()
    size = len(response.read())
    taken = time.perf_counter() - began
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status}")
    return taken, size


def measured(connection: HTTPConnection, bare: HTTPConnection, path: str) -> tuple[float, float, float, float, int]:
    """Return the first answer and the ratios of later ones to the bare route: plain, compressed and revalidated in turn with it."""
    first, _ = once(connection, path, "identity")
    plain, packed, base, size = [], [], [], 0
    for _ in range(ROUNDS):
        base.append(once(bare, "/bare", "identity")[0])
        plain.append(once(connection, path, "identity")[0])
        taken, size = once(connection, path, "gzip, deflate, br, zstd")
        packed.append(taken)
    route = statistics.median(base)
    return first, route, statistics.median(plain) / route, statistics.median(packed) / route, size


def main(site: Path | None = None) -> None:
    """Print a row for each type of page; say which cost more than they may."""
    write = sys.stdout.write
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if site is None:
            site = folder
            build(ROOT, site, lambda _step: None)
        servers = (running(lambda port: ["-c", BARE, str(port)], folder), serve(site))
        bare, pages = (HTTPConnection("127.0.0.1", stack.enter_context(server).port, timeout=120) for server in servers)
        release = current(site)
        write(f"{'':62}{'first ms':>10}{'bare ms':>10}{'plain':>8}{'packed':>8}{'bytes':>9}\n")
        dear = []
        for path in addresses(release.version, saved_query(release)):
            if path in ERRORS or path == "/yasgui":
                continue
            first, route, plain, packed, size = measured(pages, bare, path)
            dear += [path] if max(plain, packed) > MOST else []
            write(f"{path[:60]:62}{first * 1000:10.1f}{route * 1000:10.2f}{plain:8.1f}{packed:8.1f}{size:9,}\n")
        write(f"{len(dear)} pages cost more than {MOST:g} times a bare route{': ' * bool(dear)}{', '.join(dear)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
