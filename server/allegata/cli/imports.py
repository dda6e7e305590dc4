"""The command that takes over what was prepared elsewhere, with a form for each importer that is installed."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from allegata import settings
from allegata.cli.extensions import RegistryGroup, parameters, values
from allegata.cli.options import ROOT
from allegata.cli.progress import CHECKS, progress
from allegata.cli.terminal import say
from allegata.corpus.importers import IMPORTERS, Drafts, Importer, Revision, write_files
from allegata.corpus.reader import base_of
from allegata.corpus.validation import SHOWN
from allegata.errors import ValidationFailed
from allegata.release.closure import check_draft

_REPLACE = click.option("--replace", is_flag=True, help="Write over the corpus file if it is there.")
_FILE = click.argument("file", type=click.Path(path_type=Path))


def _command(name: str, importer: Importer) -> click.Command:
    if importer.drafts:
        return _drafting(name, importer, importer.drafts)

    def take(root: Path | None, replace: bool, file: Path, dry_run: bool = False, **given: Any) -> None:
        folder = settings.load({"root": root}).root
        options = {**values(importer.options, given), "root": (str(folder),)}
        if importer.revise:
            _revise(importer.revise(file, folder, options, replace=replace), folder, dry_run=dry_run)
            return
        files = tuple(importer.read(file, base_of(folder), options))
        for path in write_files(folder, files, replace=replace):
            say(str(path))
        for note in (note for item in files for note in item.notes):
            say(note, err=True)

    command = click.command(name, help=importer.summary)(ROOT(_REPLACE(_FILE(take))))
    command.params += parameters(importer.options)
    if importer.revise:
        command.params.append(
            click.Option(["--dry-run"], is_flag=True, help="Check all, say what would change, and write nothing.")
        )
    if importer.schema:
        command.params.append(_schema_option(importer.schema))
    return command


def _drafting(name: str, importer: Importer, drafts: Drafts) -> click.Command:
    """Return the command of an importer that drafts a workbook, or a map."""

    def take(root: Path | None, file: Path, out: Path, suggest: bool, **given: Any) -> None:
        drafted = drafts(file, settings.load({"root": root}).root, values(importer.options, given), suggest=suggest)
        drafted.write(out)
        say(str(out))
        for note in drafted.notes:
            say(note, err=True)

    told = "Where to write: NAME.xlsx, or a folder for CSV files; with --suggest a map, NAME.yaml."
    out = click.option("--out", required=True, type=click.Path(path_type=Path), help=told)
    suggest = click.option("--suggest", is_flag=True, help="Draft a map of the file instead, to be read and mended.")
    command = click.command(name, help=importer.summary)(ROOT(out(suggest(_FILE(take)))))
    command.params += parameters(importer.options)
    return command


def _revise(revision: Revision, root: Path, *, dry_run: bool) -> None:
    """Check a corpus as it will be, and make it so where nothing is wrong."""
    draft = revision.draft
    if not draft.changes:
        say("Nothing to change: the corpus is as this makes it.", err=True)
        return
    try:
        with progress(CHECKS) as tell:
            found = check_draft(draft, tell)
    except ValidationFailed as error:
        raise ValidationFailed(revision.locate(error.message), remedy=error.remedy) from None
    wrong = revision.explain(finding for finding in found.findings if finding.severity == "Violation")
    advice = _listed("Advice, which keeps nothing back", revision.explain(f for f in found.findings if f.severity != "Violation"))
    if wrong:
        raise ValidationFailed("\n".join([*_listed("To be mended, nothing is written", wrong), *advice]))
    if not dry_run:
        draft.commit()
    say("This would be written:" if dry_run else "This was written:", err=True)
    for line in draft.lines:
        say(line)
    for line in (*revision.notes, *advice):
        say(line, err=True)
    if dry_run:
        say("Nothing was written. To write it, run the same without --dry-run.", err=True)
    else:
        say(f"Next: allegata build --root {shlex.quote(str(root))}", err=True)


def _listed(heading: str, lines: list[str]) -> list[str]:
    """Return lines below a heading with their number, as many as are shown; nothing where there are none."""
    more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [f"{heading} ({len(lines)}):", *lines[:SHOWN], *more] if lines else []


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
