"""Counts answers and their times for Prometheus; no query, no client and no address is ever part of a number's name."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from allegata import __version__
from allegata.model.formats import TEXT
from allegata.web.http.views import Lifetime, view
from allegata.web.state import state

blueprint = Blueprint("metrics", __name__)

# Prometheus text format 0.0.4.
_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS: Final = (0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "OPTIONS"))
_KEY: Final = "allegata.metrics"
#: Where Linux gives the memory of a process in pages (proc(5)).
_MEMORY: Final = Path("/proc/self/statm")


class Counts:
    """What one application has answered since it started."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        answers = "Answers by method, route and status."
        self.answers = Counter("allegata_requests", answers, ("method", "route", "status"), registry=self.registry)
        seconds = "Seconds up to the first byte, by route."
        self.seconds = Histogram("allegata_request_seconds", seconds, ("route",), buckets=_BOUNDS, registry=self.registry)
        # Finding a number by its labels takes longer than counting.
        self._answers, self._seconds = lru_cache(512)(self.answers.labels), lru_cache(128)(self.seconds.labels)
        self.registry.register(_Figures())

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer and the time that it took."""
        self._answers(method, route, str(status)).inc()
        self._seconds(route).observe(seconds)


class _Figures(Collector):
    """The numbers that others keep: the release, the memory, the engine, the services of queries."""

    def collect(self) -> Iterator[Metric]:
        """Yield the families as they are now."""
        info = GaugeMetricFamily("allegata_info", "The release that is served, and the software.", labels=("release", "software"))
        info.add_metric((state().release.version, __version__), 1)
        yield info
        with suppress(OSError):  # not every system has the file
            pages = int(_MEMORY.read_text().split()[1])
            yield GaugeMetricFamily("allegata_resident_bytes", "Memory of the web process.", pages * resource.getpagesize())
        engine = GaugeMetricFamily("allegata_engine", "Queries by place, workers at rest, answers kept.", labels=("what",))
        services = CounterMetricFamily("allegata_service", "SERVICEs of queries by outcome.", labels=("outcome",))
        for family, figures in ((engine, state().engine.figures()), (services, state().engines.federation.figures())):
            for name, value in figures.items():
                family.add_metric((name,), value)
            yield family


def register(app: Flask) -> None:
    """Count the answers of an application."""
    disable_created_metrics()
    app.extensions[_KEY] = Counts()


def start_clock() -> None:
    """Note when the request came."""
    g.started = time.monotonic()


def count_answer(response: Response) -> Response:
    """Count an answer by route as it is written in the code: what a client puts in an address never becomes a name."""
    route = str(request.url_rule) if request.url_rule else "none"
    method = request.method if request.method in _METHODS else "other"
    counts().count(method, route, response.status_code, time.monotonic() - g.get("started", time.monotonic()))
    return response


def counts() -> Counts:
    """Return the counts of the application that answers the request."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Counts)
    return found


@view(blueprint, "/metrics", formats=(TEXT,), lifetime=Lifetime.NONE)
def metrics() -> Response:
    """Return all numbers."""
    return Response(generate_latest(counts().registry), content_type=_TYPE)
