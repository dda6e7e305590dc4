"""Registers exporters: each writes a release in another form; nothing is sent anywhere."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allegata.corpus.extensions import Option, Registry, Values
from allegata.errors import UsageError
from allegata.release.handle import Release


@dataclass(frozen=True)
class Exporter:
    """A form of a release: what it is, its options, and the function that writes it.

    `write` takes the release, the path to write to, at which nothing is yet, and the values of the options; it returns what it
    wrote in words, such as "12 files". What it reads by `read_checked` is checked against the manifest.
    """

    summary: str
    write: Callable[[Release, Path, Values], str]
    options: tuple[Option, ...] = ()


EXPORTERS: Final = Registry("allegata.exporters", Exporter)


def export(exporter: Exporter, release: Release, out: Path, values: Values) -> str:
    """Write a release in another form; where anything fails, nothing is left at the target; nothing is written over."""
    with _written(out) as aside:
        return exporter.write(release, aside, values)


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
