"""The options that several commands share, and how they tell of their steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click

from allegata.cli.terminal import say

ROOT = click.option("--root", type=click.Path(path_type=Path), help="Folder with ontology/, shapes/ and data/.")
SITE = click.option("--site", type=click.Path(path_type=Path), help="Folder that holds the releases.  [default: build]")
RELEASE = click.option("--release", help="Folder, version or address of the release.  [default: the current one]")


def progress() -> Callable[[str], None]:
    """Report each step with the seconds since the start, on standard error."""
    start = time.monotonic()
    return lambda step: say(f"{time.monotonic() - start:6.1f} s  {step}", err=True)
