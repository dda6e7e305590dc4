"""The command that git calls where two branches changed one file of records."""

from __future__ import annotations

import subprocess
from pathlib import Path

import click

from allegata.cli.terminal import say
from allegata.corpus.publishing.record_merge import NotMergeable, merge
from allegata.corpus.text_files import read_text
from allegata.errors import CorpusError

_FILE = click.Path(path_type=Path)


@click.command("merge-driver")
@click.argument("base", type=_FILE)
@click.argument("ours", type=_FILE)
@click.argument("theirs", type=_FILE)
def merge_driver_command(base: Path, ours: Path, theirs: Path) -> None:
    """Merge THEIRS into OURS, two copies of the Turtle file BASE, record by record; git calls it (%O %A %B).

    Where both sides changed the same property of a record, it stands between conflict markers, and the command ends with 1.
    """
    try:
        found = merge(*(read_text(path) for path in (base, ours, theirs)))
    except (NotMergeable, CorpusError) as error:
        say(f"Merged line by line: {error}.", err=True)
        labels = [word for name in ("ours", "before", "theirs") for word in ("-L", name)]
        done = subprocess.run(["git", "merge-file", "--diff3", *labels, str(ours), str(base), str(theirs)], check=False)
        click.get_current_context().exit(1 if done.returncode else 0)
    ours.write_text(found.text, "utf-8", newline="")
    for subject in found.conflicts:
        say(f"Both sides changed {subject}.", err=True)
    if found.conflicts:
        click.get_current_context().exit(1)
