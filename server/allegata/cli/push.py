"""The command that loads a release into an engine, from which `allegata serve --engine` answers queries."""

from __future__ import annotations

from pathlib import Path

import click

from allegata import settings
from allegata.cli.options import SITE
from allegata.cli.terminal import say
from allegata.engine.remote.push import Push, write_file
from allegata.errors import UsageError
from allegata.release.site import current, open_release


@click.command("push")
@click.argument("url", required=False)
@SITE
@click.option("--release", "name", help="Release to push, by version or folder.  [default: the current one]")
@click.option("--graph-store", default="", help="Address at which the engine takes graphs (SPARQL 1.1 Graph Store Protocol).")
@click.option("--credentials", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="File with name:password.")
@click.option("--again", is_flag=True, help="Load it anew where it is there already.")
@click.option("--remove", is_flag=True, help="Take the release out of the engine.")
@click.option("--to-file", type=click.Path(path_type=Path, dir_okay=False), help="Write N-Quads (.nq.gz) for its bulk loader.")
def push_command(
    url: str | None,
    site: Path | None,
    name: str | None,
    graph_store: str,
    credentials: Path | None,
    again: bool,
    remove: bool,
    to_file: Path | None,
) -> None:
    """Load a release into the engine at URL, its SPARQL endpoint, beside those that it holds, and verify it."""
    chosen = settings.load({"site": site})
    release = open_release(name, chosen.site) if name else current(chosen.site)
    if to_file:
        said = write_file(release, to_file)
        say(f"{to_file} holds release {release.version}: {said.quads:,} statements and their unions, for a bulk loader.")
        return
    if not url:
        raise UsageError("No engine is named.", remedy="Give the address of its SPARQL endpoint, or --to-file.")
    push = Push(release, url, graph_store, credentials.read_text("utf-8").strip() if credentials else "")
    if remove:
        say(f"Release {release.version} was {'taken out' if push.remove() else 'not there, or not whole'}.")
        return
    done = push.run(again=again)
    told = "was there and is verified" if done.was_there else "is loaded and verified"
    say(f"Release {release.version} {told}: {done.loaded.quads:,} statements in {done.graphs} graphs.")
