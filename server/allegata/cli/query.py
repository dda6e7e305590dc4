"""The command that asks a release a query, or one of the questions that come with it."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from allegata.api.release import Release, open_release
from allegata.cli.options import RELEASE, SITE
from allegata.cli.terminal import pour, say
from allegata.corpus.questions import Question
from allegata.corpus.text_files import decode, read_text
from allegata.errors import LimitExceeded, UsageError


@click.command("query", context_settings={"ignore_unknown_options": True})
@SITE
@RELEASE
@click.option(
    "--format", "word", default="csv", show_default=True, help="csv, tsv, json, xml, turtle, ntriples, json-ld, rdf or trig."
)
@click.option("--question", "name", help="A question of the release, by its name; its parameters are options.")
@click.option("--list", "listed", is_flag=True, help="List the questions of the release with their parameters.")
@click.argument("query", nargs=-1, type=click.UNPROCESSED)
def query_command(
    site: Path | None, release: str | None, word: str, name: str | None, listed: bool, query: tuple[str, ...]
) -> None:
    """Ask a release the SPARQL query in the file QUERY (- for standard input), or one of its own questions with values."""
    if not listed and name is None and (len(query) != 1 or query[0].startswith("--")):
        raise UsageError("Give one file with a query, or --question NAME.", remedy="allegata query --list names the questions.")
    with open_release(release, site=site) as opened:
        if listed:
            for line in _listing(opened.questions):
                say(line)
            return
        answer = opened.answer(_text(opened, name, query), word)
        pour(answer.chunks)
        if answer.truncated:
            raise LimitExceeded(
                "The answer was cut off at the limit of bytes.", remedy="Add LIMIT, or raise ALLEGATA_RESULT_BYTES."
            )


def _text(opened: Release, name: str | None, words: Sequence[str]) -> str:
    """Return the query that is asked: of a question with values, of a file, or of standard input."""
    if name is not None:
        return opened.question(name, **_values(words))
    if words[0] == "-":
        return decode(sys.stdin.buffer.read(), Path("standard input"))
    return read_text(Path(words[0]))


def _values(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read options that only a question knows: --state actor/x, --state=actor/x, once or several times."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    rest = iter(words)
    for word in rest:
        key, equals, value = word.partition("=")
        value = value if equals else next(rest, "")
        if not key.startswith("--") or not value:
            raise UsageError(f"{word!r} is no parameter with a value.", remedy="Write --state actor/x, or --state=actor/x.")
        found[key.removeprefix("--")] += (value,)
    return found


def _listing(asked: Sequence[Question]) -> Iterator[str]:
    theme = ""
    for question in asked:
        if question.theme != theme:
            theme = question.theme
            yield f"{theme}:"
        yield f"  {question.name}: {question.title}"
        for parameter in question.parameters if not question.asks else ():
            yield f"      --{parameter.name}: {parameter.says} ({parameter.kind})"
