"""The commands that measure how long the questions of a corpus take, and that make a corpus of any size to measure on."""

from __future__ import annotations

import shlex
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
from allegata.cli.terminal import say
from allegata.corpus.generated.corpus import generate_corpus
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


class _Bench(click.Group):
    """A group whose first command is meant where no other one is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave all but a call for help to the commands."""
        return super().parse_args(ctx, args if args[:1] and args[0] in (*self.commands, "-h", "--help") else ["measure", *args])


@click.group("bench", cls=_Bench)
def bench_group() -> None:
    """Measure the questions of a corpus, or make a corpus of any size to measure on; without a command: measure."""


@bench_group.command("generate")
@click.option("--quads", type=click.IntRange(30_000, 100_000_000), default=300_000, show_default=True, help="How many, at least.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same files.")
@click.argument("folder", type=click.Path(path_type=Path))
def generate_command(quads: int, seed: int, folder: Path) -> None:
    """Write an invented corpus into FOLDER, a new one: documents that answer one another, treaties, acts and votes."""
    written = files = 0
    for files, (_, written) in enumerate(generate_corpus(folder, quads, seed, settings.default_root()), start=1):  # noqa: B007
        pass
    say(f"{written:,} statements in {files:,} files; the build adds those of the model and what follows.")
    say(f"Next: allegata build --root {shlex.quote(str(folder))} --site {shlex.quote(f'{folder}-site')}", err=True)


@bench_group.command("measure")
@ROOT
@SITE
@click.option("--rounds", type=click.IntRange(1, 1000), default=5, show_default=True, help="How often each question is put.")
@click.argument("address", required=False)
def measure_command(root: Path | None, site: Path | None, rounds: int, address: str | None) -> None:
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
            say(row.text())
