"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

ROOT = click.option("--root", type=click.Path(path_type=Path), help="Folder with ontology/, shapes/ and data/.")
SITE = click.option("--site", type=click.Path(path_type=Path), help="Folder that holds the releases.  [default: build]")
RELEASE = click.option("--release", help="Folder, version or address of the release.  [default: the current one]")
