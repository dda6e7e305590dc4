"""The command that asks a release a query."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from allegata.api.release import open_release
from allegata.cli.options import RELEASE, SITE
from allegata.corpus.text_files import decode, read_text
from allegata.errors import LimitExceeded


@click.command("query")
@SITE
@RELEASE
@click.option(
    "--format", "word", default="csv", show_default=True, help="csv, tsv, json, xml, turtle, ntriples, json-ld, rdf or trig."
)
@click.argument("query", type=click.Path(path_type=Path, allow_dash=True))
def query_command(site: Path | None, release: str | None, word: str, query: Path) -> None:
    """Ask a release the SPARQL query in the file QUERY (- for standard input)."""
    text = decode(sys.stdin.buffer.read(), Path("standard input")) if str(query) == "-" else read_text(query)
    with open_release(release, site=site) as opened:
        answer = opened.answer(text, word)
        for chunk in answer.chunks:
            sys.stdout.buffer.write(chunk)
        if answer.truncated:
            raise LimitExceeded(
                "The answer was cut off at the limit of bytes.", remedy="Add LIMIT, or raise ALLEGATA_RESULT_BYTES."
            )
