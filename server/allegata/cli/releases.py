"""The commands about releases: list them, check one, compare two."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from allegata import settings
from allegata.api.release import open_release
from allegata.cli.options import SITE
from allegata.cli.terminal import say
from allegata.errors import ReleaseError
from allegata.release.diff import as_json
from allegata.release.site import Site, current
from allegata.release.verify import NAMES


@click.command("releases")
@SITE
@click.option("--json", "in_json", is_flag=True, help="Write JSON.")
def releases_command(site: Path | None, in_json: bool) -> None:
    """List the releases of a site, the current one last, with what is known of each."""
    releases = Site(current(settings.load({"site": site}).site))
    rows = list(_rows(releases))
    if in_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        say(f"{row['version']}\t{row['created']}\t{row['state']}\t{row['quads']} statements\t{row['rdfc10']}\t{row['folder']}")


def _rows(site: Site) -> Iterator[dict[str, object]]:
    """Yield what is known of each release, those first of which a tombstone alone is left."""
    for folder, stone in site.tombstones.items():
        known = {"version": stone.version, "created": stone.created, "quads": 0, "rdfc10": stone.rdfc10}
        yield {**known, "state": "withdrawn", "folder": str(folder)}
    for item in site.releases:
        yield {
            "version": item.version,
            "created": item.manifest.created,
            "quads": item.manifest.quads,
            "rdfc10": item.hash,
            "state": "current" if item is site.current else "offered" if item in site.offered else "withdrawn",
            "folder": str(item.folder),
        }


@click.command("verify")
@SITE
@click.option("--sources", type=click.Path(path_type=Path), help="Folder with the source texts, <slug>.txt, to check anchors.")
@click.option("--hash", "expected", help="The RDFC-1.0 hash that was published or cited.")
@click.option("--against", "other", help="Another build of the same release (folder, version or address), compared file by file.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Make this check alone; may be repeated.")
@click.argument("release")
def verify_command(
    site: Path | None, sources: Path | None, expected: str | None, other: str | None, only: tuple[str, ...], release: str
) -> None:
    """Check a RELEASE: a folder, a version in the site, or an address (http://…); nothing is taken on trust."""
    opened = open_release(release, site=site)
    checks = opened.verify(sources=sources, expected=expected, against=other or None, only=only or NAMES)
    say(f"Release {opened.version}, {opened.handle.location}")
    for made in checks:
        say(made.text())
    failed = [made.name for made in checks if made.problems]
    if failed:
        raise ReleaseError(f"Release {opened.version} does not hold: {', '.join(failed)}.")


@click.command("diff")
@SITE
@click.option("--json", "in_json", is_flag=True, help="Write JSON.")
@click.option("--count", is_flag=True, help="Count by document what was added, split, retyped and withdrawn, and list nothing.")
@click.argument("before")
@click.argument("after")
def diff_command(site: Path | None, in_json: bool, count: bool, before: str, after: str) -> None:
    """Say what changed from release BEFORE to AFTER in claims, assertions and stances."""
    opened = open_release(before, site=site)
    if count:
        counted = opened.count_changes(after)
        say(json.dumps(counted, ensure_ascii=False, indent=2) if in_json else "\n".join(counted))
        return
    differences = opened.diff(after)
    if in_json:
        say(json.dumps(as_json(differences), ensure_ascii=False, indent=2))
    else:
        say("\n".join(item.text() for item in differences))
