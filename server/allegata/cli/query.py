"""The command that asks a release a query."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from allegata import settings
from allegata.cli.options import SITE
from allegata.corpus.text_files import decode, read_text
from allegata.engine import Query, inspect, open_engine
from allegata.model.formats import by_word
from allegata.release.site import current


@click.command("query")
@SITE
@click.option(
    "--format", "word", default="csv", show_default=True, help="csv, tsv, json, xml, turtle, ntriples, json-ld, rdf or trig."
)
@click.argument("query", type=click.Path(path_type=Path, allow_dash=True))
def query_command(site: Path | None, word: str, query: Path) -> None:
    """Ask the current release the SPARQL query in the file QUERY (- for standard input)."""
    chosen = settings.load({"site": site})
    text = decode(sys.stdin.buffer.read(), Path("standard input")) if str(query) == "-" else read_text(query)
    inspected = inspect(text, chosen)
    choice = by_word(word, inspected.form.formats)
    with closing(open_engine(current(chosen.site).folder, chosen)) as engine:
        for chunk in engine.answer(Query(inspected, choice.format, client="command line")).chunks:
            sys.stdout.buffer.write(chunk)
