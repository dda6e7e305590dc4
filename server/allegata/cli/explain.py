"""The command that says why an inferred statement holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from allegata.api.release import open_release
from allegata.cli.options import RELEASE, ROOT, SITE
from allegata.cli.terminal import say


@click.command("explain")
@SITE
@RELEASE
@ROOT
@click.option("--json", "in_json", is_flag=True, help="Write JSON.")
@click.argument("subject")
@click.argument("predicate")
@click.argument("object", metavar="OBJECT")
def explain_command(
    site: Path | None, release: str | None, root: Path | None, in_json: bool, subject: str, predicate: str, object: str
) -> None:
    """Say why a statement holds: by which rule and from what, down to the files of the corpus, with --root to their lines."""
    with open_release(release, site=site) as opened:
        found = opened.explain(subject, predicate, object, root=root)
    say(json.dumps(found.as_dictionary(), ensure_ascii=False, indent=2) if in_json else "\n".join(found.lines()))
