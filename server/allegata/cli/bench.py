"""The command that measures how long the questions of a corpus take, as multiples of the smallest query."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import click

from allegata import settings
from allegata.api.release import open_release
from allegata.cli.options import ROOT, SITE
from allegata.corpus.questions import Question, questions
from allegata.corpus.reader import base_of
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


def measure(asked: Sequence[Question], ask: Ask, rounds: int) -> Iterator[Measurement]:
    """Put each question so many times, after the smallest query; each time anew, so that no kept answer counts."""
    if not asked:
        raise UsageError("The corpus has no question.", remedy="Give --root a corpus with data/questions/*.rq.")
    ask(SMALLEST)
    least, size = _median(ask, SMALLEST, rounds)
    yield Measurement("the smallest query", least, 1.0, size)
    for question in asked:
        seconds, size = _median(ask, question.text, rounds)
        yield Measurement(question.name, seconds, seconds / least, size)


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


@click.command("bench")
@ROOT
@SITE
@click.option("--rounds", type=click.IntRange(1, 1000), default=5, show_default=True, help="How often each question is put.")
@click.argument("address", required=False)
def bench_command(root: Path | None, site: Path | None, rounds: int, address: str | None) -> None:
    """Measure the questions of the corpus on the current release of a site, or on a running service at ADDRESS (http://…)."""
    chosen = settings.load({"root": root, "site": site})
    with ExitStack() as stack:
        if address:
            if not address.startswith(("http://", "https://")):
                raise UsageError(f"{address} is no web address.", remedy="Give one such as http://127.0.0.1:8000/, or --site.")
            ask = over_http(address)
        else:
            release = stack.enter_context(open_release(site=site))

            def ask(query: str) -> int:
                return sum(map(len, release.answer(query).chunks))

        for row in measure(questions(chosen.root, base_of(chosen.root)), ask, rounds):
            click.echo(row.text())
