"""The command that writes the workbook of a corpus; `allegata import workbook` takes it over again."""

from __future__ import annotations

from pathlib import Path

import click

from allegata import settings
from allegata.cli.options import ROOT
from allegata.cli.terminal import say
from allegata.corpus.workbook.export import export_workbook


@click.command("workbook")
@ROOT
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Where to write: NAME.xlsx, or a folder for CSV files."
)
@click.option("--workbook", default="", help="Name of the workbook, where the corpus was made of several.")
@click.option(
    "--sources", type=click.Path(path_type=Path), help="Folder with the texts of documents.  [default: texts/ in the corpus]"
)
@click.option(
    "--language", type=click.Choice(["en", "ko"]), default="en", help="Language of headers and lists.", show_default=True
)
@click.option("--everything", is_flag=True, help="Write all records of the corpus that fit a sheet, those made by hand too.")
def export_workbook_command(
    root: Path | None, out: Path, workbook: str, sources: Path | None, language: str, everything: bool
) -> None:
    """Write a corpus, not a release of it, as a workbook: what is restricted and what is not published stands in it too."""
    folder = settings.load({"root": root}).root
    say(f"{export_workbook(folder, out, workbook, sources, language, everything=everything)} in {out}")
