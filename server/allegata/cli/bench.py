"""Measures how long a release takes to answer the questions that come with a corpus, as multiples of the smallest query."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from allegata.corpus.rdf import read_text
from allegata.errors import ReleaseError, UsageError

#: The smallest query: what is left is the way there and back.
SMALLEST: Final = "ASK {}"
_TIMEOUT: Final = 60
Ask = Callable[[str], int]


@dataclass(frozen=True)
class Measurement:
    """A question: its name, the median of its seconds, as a multiple of the smallest query, and the bytes of its answer."""

    name: str
    seconds: float
    ratio: float
    size: int

    def text(self) -> str:
        """Return the row for a terminal."""
        return f"{self.seconds * 1000:9.1f} ms {self.ratio:8.1f} x {self.size:9,} bytes  {self.name}"


def measure(questions: Path, ask: Ask, rounds: int) -> Iterator[Measurement]:
    """Put each question of a folder so many times, after the smallest query; each time anew, so that no kept answer counts."""
    paths = sorted(questions.glob("*.rq"))
    if not paths:
        raise UsageError(f"{questions} has no question.", remedy="Give --root a corpus with ontology/questions/*.rq.")
    ask(SMALLEST)
    least, size = _median(ask, SMALLEST, rounds)
    yield Measurement("the smallest query", least, 1.0, size)
    for path in paths:
        seconds, size = _median(ask, read_text(path), rounds)
        yield Measurement(path.stem, seconds, seconds / least, size)


def _median(ask: Ask, text: str, rounds: int) -> tuple[float, int]:
    times, size = [], 0
    for turn in range(rounds):
        began = time.perf_counter()
        size = ask(f"{text}\n# {turn} {time.monotonic_ns()}")
        times.append(time.perf_counter() - began)
    return statistics.median(times), size


def over_http(address: str) -> Ask:
    """Ask an endpoint by POST of a form (SPARQL 1.1 Protocol, section 2.1.2)."""

    def ask(query: str) -> int:
        data = urlencode({"query": query}).encode()
        headers = {"Accept": "application/sparql-results+json, text/turtle;q=0.9"}
        try:
            with urlopen(Request(f"{address.rstrip('/')}/sparql", data, headers), timeout=_TIMEOUT) as response:  # noqa: S310
                return len(response.read())
        except HTTPError as error:
            raise ReleaseError(f"{address} answers {error.code} to a query: {error.reason}.") from None
        except (OSError, ValueError, HTTPException) as error:
            raise ReleaseError(f"{address} cannot be asked: {getattr(error, 'reason', error)}.") from None

    return ask
