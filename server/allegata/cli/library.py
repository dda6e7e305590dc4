"""The commands about the library: what it holds, and taking a pack of it into a corpus."""

from __future__ import annotations

from pathlib import Path

import click

from allegata import settings
from allegata.cli.options import ROOT
from allegata.cli.terminal import say
from allegata.corpus.library.library import Library, take
from allegata.corpus.reader import check_root


@click.group("library")
def library_group() -> None:
    """Take records that any corpus may need: states, regions, treaties with their provisions, bodies."""


@library_group.command("list")
def list_command() -> None:
    """List the packs of the library, with how many records each has."""
    library = Library(settings.default_root())
    for pack in library.packs:
        say(f"{pack:10} {len(library.things(pack)):5}  {library.title(pack)}")


@library_group.command("add")
@ROOT
@click.option("--state", "states", multiple=True, help="Of states this one alone: a code of ISO 3166 or a name; several times.")
@click.option(
    "--language", "languages", multiple=True, help="Name states and regions in this language too (CLDR); several times."
)
@click.argument("pack")
def add_command(root: Path | None, states: tuple[str, ...], languages: tuple[str, ...], pack: str) -> None:
    """Write a PACK of the library into data/library of a corpus; what was taken of it before is written anew."""
    folder = settings.load({"root": root}).root
    check_root(folder)
    for path in take(folder, pack, states, languages):
        say(str(path))
