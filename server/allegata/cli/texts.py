"""The commands about texts of sources: make one of a document, and place anchors anew after one changed."""

from __future__ import annotations

import re
from pathlib import Path

import click

from allegata import settings
from allegata.cli.options import ROOT
from allegata.cli.terminal import say
from allegata.corpus.anchor_edits import renew_anchors
from allegata.corpus.texts.document_text import UNKNOWN, DocumentText
from allegata.engine.extraction import extract_text
from allegata.errors import AnchorError, UsageError

_FOLDER = Path("texts")


@click.command("text")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here.  [default: texts/NAME.txt]")
@click.option("--replace", is_flag=True, help="Write over what is there.")
@click.argument("file", type=click.Path(path_type=Path))
def text_command(file: Path, out: Path | None, replace: bool) -> None:
    """Make the plain text of FILE (PDF, DOCX, EPUB, HTML) and beside it a map of its pages and paragraphs (CSV)."""
    target = out or _FOLDER / f"{re.sub(r'[^a-z0-9]+', '-', file.stem.lower()).strip('-') or 'document'}.txt"
    pages = target.with_suffix(".map.csv")
    for path in (target, pages):
        if path.exists() and not replace:
            raise UsageError(f"{path} is there already.", remedy="Give --replace to write over it, or --out.")
    found = extract_text(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    for path, text in ((target, found.text), (pages, found.map())):
        path.write_text(text, "utf-8", newline="")
        say(str(path))
    _notes(found)


def _notes(found: DocumentText) -> None:
    """Say what a reader has to look at beside the document."""
    if found.without_text:
        say(f"Without text, pictures perhaps: page {', '.join(map(str, found.without_text))}.", err=True)
    doubtful = sorted({item.page for item in found.stretches if UNKNOWN in found.text[item.start : item.end]})
    if doubtful:
        where = f" on page {', '.join(map(str, doubtful))}" if any(doubtful) else ""
        say(f"Signs for which the document gives no letter stand as {UNKNOWN}{where}: write them in by hand.", err=True)


@click.group("anchors")
def anchors_group() -> None:
    """Keep anchors with the texts of their sources."""


@anchors_group.command("renew")
@ROOT
@click.option("--before", required=True, type=click.Path(path_type=Path), help="Folder with the texts as they were, <slug>.txt.")
@click.option("--sources", required=True, type=click.Path(path_type=Path), help="Folder with the texts as they are now.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def renew_command(root: Path | None, before: Path, sources: Path, dry_run: bool) -> None:
    """Place the anchors of a corpus anew after texts changed; what cannot be placed is named, with the reason."""
    found = renew_anchors(settings.load({"root": root}).root, before, sources, dry_run=dry_run)
    for name in found.files:
        say(name)
    say(f"{found.placed} anchors placed anew, {found.unchanged} in texts that did not change.", err=True)
    if found.flagged:
        count = len(found.flagged)
        raise AnchorError(
            "\n".join([f"{count} anchors are not placed:", *found.flagged]),
            remedy="Look each of them up in the new text, and mend the sheet, the workbook or the file of the corpus.",
        )
