"""The command that takes over what was prepared elsewhere, with a form for each importer that is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from allegata import settings
from allegata.cli.extensions import RegistryGroup, parameters, values
from allegata.cli.options import ROOT
from allegata.cli.terminal import say
from allegata.corpus.importers import IMPORTERS, Importer, write_files
from allegata.corpus.reader import base_of

_REPLACE = click.option("--replace", is_flag=True, help="Write over the corpus file if it is there.")
_FILE = click.argument("file", type=click.Path(path_type=Path))


def _command(name: str, importer: Importer) -> click.Command:
    def take(root: Path | None, replace: bool, file: Path, **given: Any) -> None:
        folder = settings.load({"root": root}).root
        options = {**values(importer.options, given), "root": (str(folder),)}
        files = tuple(importer.read(file, base_of(folder), options))
        for path in write_files(folder, files, replace=replace):
            say(str(path))
        for note in (note for item in files for note in item.notes):
            say(note, err=True)

    command = click.command(name, help=importer.summary)(ROOT(_REPLACE(_FILE(take))))
    command.params += parameters(importer.options)
    if importer.schema:
        command.params.append(_schema_option(importer.schema))
    return command


def _schema_option(schema: str) -> click.Option:
    """Return the option that prints the schema of what is taken over, for editors."""

    def write(ctx: click.Context, _param: click.Parameter, given: bool) -> None:
        if given:
            say(schema, nl=False)
            ctx.exit()

    told = "Write the schema of the file (JSON Schema), for editors, and go."
    return click.Option(["--schema"], is_flag=True, is_eager=True, expose_value=False, callback=write, help=told)


import_group = RegistryGroup(
    IMPORTERS,
    _command,
    name="import",
    help="Turn what was prepared elsewhere into corpus files: sheets, and what other packages add.",
)
