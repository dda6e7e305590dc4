"""The list of endpoints that SERVICE may ask, and calls to them: each in a process that has ended when its time is over."""

from __future__ import annotations

import ipaddress
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from allegata import __version__
from allegata.engine.federation import fetch_process
from allegata.errors import Abandoned, Busy, LimitExceeded, RequestError, ServiceFailed, ServiceTimeout, UsageError
from allegata.settings import Settings

AGENT: Final = f"Allegata/{__version__} (+https://w3id.org/allegata/)"
_LISTED: Final = re.compile(r"https?://[!#-;=?-Z\[\]_a-z~]+")
_TICK: Final = 0.2
_ENDED: Final = {"failure": "malformed", "reason": "what it answered ended the process that read it"}
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Endpoint:
    """An entry of the list: the address as it has to stand in a query, and where that leads; nowhere for a mere name."""

    address: str
    host: str
    port: int
    tls: bool
    path: str
    reach: str
    is_name: bool


@dataclass(frozen=True)
class Call:
    """What one SERVICE is to be asked: queries over one connection, and the variables that its solutions may bind."""

    endpoint: Endpoint
    queries: Sequence[str]
    variables: Sequence[str]
    blank: str


@dataclass(frozen=True)
class Rows:
    """The solutions to one SERVICE as rows of a VALUES block, and the variables that hold blank nodes in them."""

    text: str
    count: int
    blank: tuple[str, ...]


class BlankNodes(Exception):
    """Blank nodes stand in several answers, of which each has its own; they have to be asked for in one."""


def endpoints(listed: str) -> dict[str, Endpoint]:
    """Read the list; raise UsageError for an entry that is no plain address."""
    return {entry: _endpoint(entry) for entry in listed.replace(",", " ").split()}


def _endpoint(entry: str) -> Endpoint:
    try:
        parts = urlsplit(entry)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise _no_endpoint(entry) from None
    if not _LISTED.fullmatch(entry) or not host or "@" in parts.netloc:
        raise _no_endpoint(entry)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Endpoint(entry, host, port, parts.scheme == "https", path, _reach(host), "#" in entry)


def _no_endpoint(entry: str) -> UsageError:
    return UsageError(
        f"ALLEGATA_SERVICES names {entry!r}, which is no address of an endpoint.",
        remedy="Give http:// or https:// addresses without user names, separated by spaces.",
    )


def _reach(host: str) -> str:
    """Return to which addresses an entry may lead: a name only to public ones, an address to itself."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "loopback" if host == "localhost" else "public"
    return "named"


def call(asked: Call, settings: Settings, seconds: float, is_disconnected: Callable[[], bool] | None = None) -> Rows:
    """Ask an endpoint; raise ServiceFailed, ServiceTimeout or LimitExceeded, each of which names it, or BlankNodes."""
    endpoint = asked.endpoint
    order = {
        **{name: getattr(endpoint, name) for name in ("host", "port", "tls", "path", "reach")},
        **{"queries": list(asked.queries), "variables": list(asked.variables), "blank": asked.blank},
        **{"bytes": settings.service_bytes, "rows": settings.service_rows, "seconds": seconds, "agent": AGENT},
        "authorities": str(settings.service_authorities) if settings.service_authorities else None,
    }
    outcome = _run(json.dumps(order).encode(), seconds, is_disconnected)
    if outcome is None:
        raise _too_slow(endpoint.address, seconds)
    if "failure" in outcome:
        raise _failed(endpoint.address, outcome, settings)
    return Rows(outcome["rows"], outcome["count"], tuple(outcome["blank"]))


def _run(order: bytes, seconds: float, is_disconnected: Callable[[], bool] | None) -> dict[str, Any] | None:
    """Run one process for one order; None when it took too long. It is over when this returns."""
    command = [sys.executable, "-I", "-S", str(Path(fetch_process.__file__).resolve())]
    pipe = subprocess.PIPE
    end = time.monotonic() + seconds
    try:
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env={}, cwd="/")
    except OSError as error:
        raise Busy("No endpoint can be asked now.", remedy="Ask again a little later.", retryAfter=1) from error
    with process:
        try:
            return _outcome(process, order, end, is_disconnected)
        finally:
            process.kill()


def _outcome(
    process: subprocess.Popen[bytes], order: bytes, end: float, is_disconnected: Callable[[], bool] | None
) -> dict[str, Any] | None:
    sent: bytes | None = order
    while (left := end - time.monotonic()) > 0:
        try:
            out, _ = process.communicate(sent, timeout=min(_TICK, left))
        except subprocess.TimeoutExpired:
            sent = None
            if is_disconnected and is_disconnected():
                raise Abandoned("Nobody waits for the answer any more.") from None
            continue
        if process.returncode == -signal.SIGALRM:
            return None
        found: dict[str, Any] = json.loads(out) if process.returncode == 0 else dict(_ENDED)
        return found
    return None


def _too_slow(address: str, seconds: float) -> ServiceTimeout:
    return ServiceTimeout(
        f"SERVICE <{address}> did not answer in {seconds:.3g} seconds.",
        remedy="Ask it for less, or write SERVICE SILENT to go on without it.",
        service=address,
        limit="service_timeout",
        allowed=round(seconds, 3),
    )


def _failed(address: str, outcome: dict[str, Any], settings: Settings) -> RequestError | BlankNodes:
    kind, reason = outcome["failure"], outcome["reason"]
    if kind == "blank":
        return BlankNodes()
    if kind in ("bytes", "rows"):
        limit = f"service_{kind}"
        return LimitExceeded(
            f"SERVICE <{address}> has more to say than {getattr(settings, limit)} {kind}.",
            remedy="Ask it for less: bind its variables before, or put LIMIT into a subquery inside of it.",
            service=address,
            limit=limit,
            allowed=getattr(settings, limit),
        )
    return ServiceFailed(
        f"SERVICE <{address}> failed: {reason}.",
        remedy="Ask again later, or write SERVICE SILENT to go on without it.",
        service=address,
    )
