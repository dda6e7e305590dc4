"""The commands about releases: list them, check one, compare two, write one in another form."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

import click

from allegata import settings
from allegata.errors import ReleaseError, UsageError
from allegata.release.diff import as_json, diff
from allegata.release.digests import CHECKSUMS, checksums
from allegata.release.export.nanopubs import write_nanopubs
from allegata.release.export.rdf12 import write_turtle
from allegata.release.export.rocrate import write_crate
from allegata.release.handle import Opened
from allegata.release.site import Site, current, open_release
from allegata.release.verify import NAMES, verify

_SITE = click.option("--site", type=click.Path(path_type=Path), help="Folder that holds the releases.  [default: build]")


@click.command("releases")
@_SITE
@click.option("--json", "in_json", is_flag=True, help="Write JSON.")
def releases_command(site: Path | None, in_json: bool) -> None:
    """List the releases of a site, the current one last, with what is known of each."""
    opened = Site(current(settings.load({"site": site}).site))
    rows = [
        {
            "version": item.version,
            "created": item.manifest["created"],
            "quads": item.manifest.get("quads"),
            "rdfc10": item.hash,
            "state": "current" if item is opened.current else "offered" if item in opened.offered else "withdrawn",
            "folder": str(item.folder),
        }
        for item in opened.releases
    ]
    if in_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(
            f"{row['version']}\t{row['created']}\t{row['state']}\t{row['quads']} statements\t{row['rdfc10']}\t{row['folder']}"
        )


@click.command("verify")
@_SITE
@click.option("--sources", type=click.Path(path_type=Path), help="Folder with the source texts, <slug>.txt, to check anchors.")
@click.option("--hash", "expected", help="The RDFC-1.0 hash that was published or cited.")
@click.option("--against", "other", help="Another build of the same release (folder, version or address), compared file by file.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Make this check alone; may be repeated.")
@click.argument("release")
def verify_command(
    site: Path | None, sources: Path | None, expected: str | None, other: str | None, only: tuple[str, ...], release: str
) -> None:
    """Check a RELEASE: a folder, a version in the site, or an address (http://…); nothing is taken on trust."""
    folder = settings.load({"site": site}).site
    opened = open_release(release, folder)
    against = open_release(other, folder) if other else None
    checks = verify(opened, sources=sources, expected=expected, against=against, only=only or NAMES)
    click.echo(f"Release {opened.name}, {opened.folder or opened.address}")
    for made in checks:
        click.echo(made.text())
    failed = [made.name for made in checks if made.problems]
    if failed:
        raise ReleaseError(f"Release {opened.name} does not hold: {', '.join(failed)}.")


@click.command("diff")
@_SITE
@click.option("--json", "in_json", is_flag=True, help="Write JSON.")
@click.argument("before")
@click.argument("after")
def diff_command(site: Path | None, in_json: bool, before: str, after: str) -> None:
    """Say what changed from release BEFORE to AFTER in claims, assertions and stances."""
    folder = settings.load({"site": site}).site
    differences = diff(*(open_release(word, folder).sound_lines for word in (before, after)))
    if in_json:
        click.echo(json.dumps(as_json(differences), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(item.text() for item in differences))


@click.group("export")
def export_group() -> None:
    """Write a release in another form: files, nanopublications, an RO-Crate, RDF 1.2. Nothing is sent anywhere.

    What is read is checked against the manifest first; where anything fails, nothing is left at the target.
    """


_RELEASE = click.option("--release", default=None, help="Folder, version or address of the release.  [default: the current one]")
_OUT = click.option("--out", required=True, type=click.Path(path_type=Path), help="Where to write; it must not be there yet.")


def _opened(site: Path | None, release: str | None) -> Opened:
    """Open the release for an export."""
    folder = settings.load({"site": site}).site
    return open_release(release or str(folder), folder)


@contextmanager
def _written(out: Path) -> Iterator[Path]:
    """Yield a place to write to that becomes the target when all is written; refuse to write over anything."""
    if out.exists():
        raise UsageError(f"{out} is there already.", remedy="Give --out a name that is not taken.")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"{out.absolute().parent} is no folder.", remedy="Make it first, or give --out another place.")
    aside = Path(tempfile.mkdtemp(prefix=".allegata-", dir=out.absolute().parent))
    try:
        yield aside / out.name
        (aside / out.name).rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@export_group.command("files")
@_SITE
@_RELEASE
@_OUT
@click.option(
    "--only", multiple=True, help="Take only files of this name, such as 'tables/*.csv' or '*.ttl.gz'; may be repeated."
)
def export_files_command(site: Path | None, release: str | None, out: Path, only: tuple[str, ...]) -> None:
    """Copy or fetch files of a release into a folder, each checked against the manifest, with their digests in SHA256SUMS."""
    opened = _opened(site, release)
    names = [name for name in opened.files if name.startswith("dumps/")]
    chosen = [name for name in names if not only or any(fnmatchcase(name.removeprefix("dumps/"), word) for word in only)]
    if not chosen:
        raise UsageError(
            f"No file of release {opened.name} is called {' or '.join(only)}.", remedy=f"There is, say, {names[0][6:]}."
        )
    with _written(out) as aside:
        for name in chosen:
            target = aside / name.removeprefix("dumps/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(opened.sound(name))
        listed = {name.removeprefix("dumps/"): opened.files[name] for name in chosen}
        (aside / CHECKSUMS).write_bytes(checksums(listed))
    click.echo(f"{len(chosen)} files and {CHECKSUMS} in {out}")


@export_group.command("nanopubs")
@_SITE
@_RELEASE
@_OUT
def export_nanopubs_command(site: Path | None, release: str | None, out: Path) -> None:
    """Write every assertion as a nanopublication with a trusty URI: one TriG file each, and index.tsv."""
    opened = _opened(site, release)
    with _written(out) as aside:
        count = write_nanopubs(opened.sound_lines, opened.manifest, aside)
    click.echo(f"{count} nanopublications in {out}")


@export_group.command("rocrate")
@_SITE
@_RELEASE
@_OUT
def export_rocrate_command(site: Path | None, release: str | None, out: Path) -> None:
    """Write the release as an RO-Crate with the metadata for Zenodo: a folder, or an archive where the name ends in .zip."""
    opened = _opened(site, release)
    with _written(out) as aside:
        count = write_crate(opened, aside)
    click.echo(f"{count} files in {out}")


@export_group.command("rdf12")
@_SITE
@_RELEASE
@_OUT
def export_rdf12_command(site: Path | None, release: str | None, out: Path) -> None:
    """Write who asserts what as RDF 1.2 triple terms, in Turtle."""
    opened = _opened(site, release)
    with _written(out) as aside:
        aside.write_bytes(write_turtle(opened.sound_lines, opened.name, str(opened.manifest["rdfc10"])))
    click.echo(str(out))
