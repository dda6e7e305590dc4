"""Counts answers and their times for Prometheus; no query, no client and no address is ever part of a number's name."""

from __future__ import annotations

import resource
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, current_app, g, request

from allegata import __version__
from allegata.web.state import state

blueprint = Blueprint("metrics", __name__)

# Prometheus text format 0.0.4.
_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS: Final = (0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "OPTIONS"))
_KEY: Final = "allegata.metrics"
#: Where Linux gives the memory of a process in pages (proc(5)).
_MEMORY: Final = Path("/proc/self/statm")


@dataclass
class Counts:
    """What one application has answered since it started."""

    answers: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    buckets: Counter[tuple[str, float]] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Take in one answer."""
        with self.lock:
            self.answers[method, route, str(status)] += 1
            self.seconds[route] = self.seconds.get(route, 0.0) + seconds
            for bound in _BOUNDS:
                if seconds <= bound:
                    self.buckets[route, bound] += 1

    def lines(self) -> Iterator[str]:
        """Write the counts."""
        with self.lock:
            yield from _family("allegata_requests_total", "counter", "Answers by method, route and status.")
            for (method, route, status), count in sorted(self.answers.items()):
                yield f'allegata_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
            yield from _family("allegata_request_seconds", "histogram", "Seconds up to the first byte, by route.")
            for route, total in sorted(self.seconds.items()):
                yield from self._histogram(route, total)

    def _histogram(self, route: str, total: float) -> Iterator[str]:
        count = sum(number for (_, known, _), number in self.answers.items() if known == route)
        for bound in _BOUNDS:
            yield f'allegata_request_seconds_bucket{{route="{route}",le="{bound}"}} {self.buckets[route, bound]}'
        yield f'allegata_request_seconds_bucket{{route="{route}",le="+Inf"}} {count}'
        yield f'allegata_request_seconds_sum{{route="{route}"}} {total:.6f}'
        yield f'allegata_request_seconds_count{{route="{route}"}} {count}'


def register(app: Flask) -> None:
    """Count the answers of an application."""
    app.extensions[_KEY] = Counts()
    app.before_request(_start)
    app.after_request(_count)


def _start() -> None:
    g.started = time.monotonic()


def _count(response: Response) -> Response:
    """Count by route as it is written in the code: what a client puts in an address never becomes a name."""
    route = str(request.url_rule) if request.url_rule else "none"
    method = request.method if request.method in _METHODS else "other"
    _counts().add(method, route, response.status_code, time.monotonic() - g.get("started", time.monotonic()))
    return response


def _counts() -> Counts:
    """Return the counts of the application that answers the request."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Counts)
    return found


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return all numbers."""
    lines = [*_about(), *_engine(state().engine.figures()), *_services(state().engines.federation.figures()), *_counts().lines()]
    response = Response("\n".join(lines) + "\n", content_type=_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _about() -> Iterable[str]:
    yield from _family("allegata_info", "gauge", "The release that is served, and the software.")
    yield f'allegata_info{{release="{state().release.version}",software="{__version__}"}} 1'
    with suppress(OSError):  # not every system has the file
        pages = int(_MEMORY.read_text().split()[1])
        yield from _family("allegata_resident_bytes", "gauge", "Memory of the web process.")
        yield f"allegata_resident_bytes {pages * resource.getpagesize()}"


def _engine(figures: Mapping[str, int]) -> Iterable[str]:
    yield from _family("allegata_engine", "gauge", "Queries by place, workers at rest, answers kept.")
    for name, value in figures.items():
        yield f'allegata_engine{{what="{name}"}} {value}'


def _services(figures: Mapping[str, int]) -> Iterable[str]:
    yield from _family("allegata_service_total", "counter", "SERVICEs of queries by outcome.")
    for outcome, value in figures.items():
        yield f'allegata_service_total{{outcome="{outcome}"}} {value}'


def _family(name: str, kind: str, text: str) -> Iterable[str]:
    return (f"# HELP {name} {text}", f"# TYPE {name} {kind}")
