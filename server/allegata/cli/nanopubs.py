"""The command that checks nanopublications, by whomever they were made."""

from __future__ import annotations

from pathlib import Path

import click

from allegata.errors import ReleaseError
from allegata.release.nanopub import FORMATS, problems_of


@click.command("verify-nanopubs")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def verify_nanopubs_command(paths: tuple[Path, ...]) -> None:
    """Check nanopublications in files, or in every file of a folder: form, trusty URI, signature."""
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
    checked = [file for file in files if file.suffix in FORMATS]
    failed = 0
    for file in checked:
        found = problems_of(file)
        failed += bool(found)
        for problem in found:
            click.echo(f"{file}: {problem}")
    click.echo(f"{len(checked) - failed} of {len(checked)} nanopublications hold")
    if failed or not checked:
        raise ReleaseError(f"{failed} nanopublications do not hold." if failed else "There is no TriG, N-Quads or JSON-LD file.")
