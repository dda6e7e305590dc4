"""The command that writes a release in another form, with a form for each exporter that is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from allegata.api.release import open_release
from allegata.cli.extensions import RegistryGroup, parameters, values
from allegata.cli.options import RELEASE, SITE
from allegata.cli.terminal import say
from allegata.cli.workbook import export_workbook_command
from allegata.release.export.exporters import EXPORTERS, Exporter

_OUT = click.option("--out", required=True, type=click.Path(path_type=Path), help="Where to write; it must not be there yet.")


def _command(name: str, exporter: Exporter) -> click.Command:
    def write(site: Path | None, release: str | None, out: Path, **given: Any) -> None:
        opened = open_release(release, site=site)
        if opened.manifest.protection:
            say(f"Release {opened.version} is {opened.manifest.protection}: what is written is not to be published.", err=True)
        told = opened.export(name, out, **values(exporter.options, given))
        say(f"{told} in {out}")

    command = click.command(name, help=exporter.summary)(SITE(RELEASE(_OUT(write))))
    command.params += parameters(exporter.options)
    return command


export_group = RegistryGroup(
    EXPORTERS,
    _command,
    name="export",
    help="Write a release in another form: files, nanopublications, an RO-Crate, RDF 1.2 and what other packages add.\n\n"
    "Nothing is sent anywhere. What is read is checked against the manifest first; where anything fails, nothing is left there.",
)
export_group.add_command(export_workbook_command)
