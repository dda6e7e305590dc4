"""The command that withdraws a record wherever this machine has it, and says what it cannot reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from allegata import settings
from allegata.api.withdrawal import BEYOND, EngineAt, Plan, carry_out, plan
from allegata.cli.options import ROOT
from allegata.cli.progress import progress

_SITES = click.option(
    "--site",
    "sites",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Folder of releases; may be repeated.  [default: build]",
)
_CREDENTIALS = click.option(
    "--credentials", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="File with name:password for the engines."
)


@click.command("withdraw")
@ROOT
@_SITES
@click.option("--reason", required=True, help="Class of reason: a concept of the scheme redaction-reason, such as witnessSafety.")
@click.option(
    "--unnamed",
    is_flag=True,
    help="Leave a redaction that does not name the record: its address answers as if it had never been.",
)
@click.option("--version", default="", help="Version of the release that no longer holds it.  [default: the next number]")
@click.option(
    "--engine", "engines", multiple=True, metavar="URL", help="Engine pushed to, which is to hold it no more; may be repeated."
)
@click.option("--graph-store", default="", help="Address at which the engines take graphs, where their kind does not say it.")
@_CREDENTIALS
@click.option(
    "--purge-list", type=click.Path(path_type=Path, dir_okay=False), help="Write the addresses here that a proxy has to drop."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.argument("thing", metavar="IRI")
def withdraw_command(
    root: Path | None,
    sites: tuple[Path, ...],
    reason: str,
    unnamed: bool,
    version: str,
    engines: tuple[str, ...],
    graph_store: str,
    credentials: Path | None,
    purge_list: Path | None,
    dry_run: bool,
    thing: str,
) -> None:
    """Withdraw the record IRI from the corpus, with all that goes with it, and releases that hold it; build one without it."""
    chosen = settings.load({"root": root})
    word = credentials.read_text("utf-8").strip() if credentials else ""
    pushed = tuple(EngineAt(address, graph_store, word) for address in engines or chosen.engine.split())
    what = plan(chosen.root, thing, reason, sites or (chosen.site,), engines=pushed, named=not unnamed, version=version)
    for line in _planned(what):
        click.echo(line)
    if dry_run:
        click.echo("Nothing was changed.", err=True)
        return
    with progress() as tell:
        for line in carry_out(what, tell):
            click.echo(line)
    for line in _left(what):
        click.echo(line)
    if purge_list:
        purge_list.write_text("".join(f"{address}\n" for address in what.addresses), "utf-8")


def _planned(what: Plan) -> Iterator[str]:
    """Yield what a withdrawal does."""
    yield f"{len(what.removal.things)} records go with {what.removal.thing}:"
    yield from (f"  {iri}" for iri in sorted(what.removal.things))
    if what.effects:
        yield f"{len(what.effects.lost)} claims that stay lose their only named support:"
        yield from (f"  {support.claim.text} <{support.claim.iri}>" for support in what.effects.lost)
        yield f"{len(what.effects.kept)} lose some and keep some."
    for path, text in what.removal.texts.items():
        yield f"file: {path}{'' if text else ' (nothing is left of it)'}"
    for site in what.sites:
        yield from (f"{site.folder}: release {release.version} holds it" for release in site.holding)
        yield from (f"warning: {path} cannot be read and may hold it; remove it by hand" for path in site.unreadable)


def _left(what: Plan) -> Iterator[str]:
    """Yield what is left to be done by people."""
    if what.keys:
        yield f"caches before the service: drop the surrogate keys {' '.join(what.keys)}, or what --purge-list writes"
    if not what.engines:
        yield "engines pushed to: none was named; name each by --engine, or drop there every graph of the withdrawn releases"
    yield from (f"look here, it may still tell of the record: {place}" for place in what.removal.mentions)
    yield from BEYOND
