"""The commands about links to other datasets: check them, report on them, suggest new ones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from allegata import settings
from allegata.cli.options import ROOT, SITE
from allegata.cli.terminal import say
from allegata.corpus.link_coverage import read_notes, report
from allegata.corpus.reader import read
from allegata.corpus.sssom import read_links
from allegata.corpus.sssom_checks import STALE, check_links, unreachable
from allegata.corpus.statements import Statements
from allegata.domain.dataset import Dataset
from allegata.domain.reconcile import Matcher, Names
from allegata.domain.reconcile.suggest import LEAST, read_extract, suggest, table
from allegata.errors import LinkError, UsageError
from allegata.release.site import current


@click.group("link")
def link_group() -> None:
    """Look after the links to other datasets (data/links/*.sssom.tsv)."""


def _today() -> date:
    return datetime.now(UTC).date()


@link_group.command("check")
@ROOT
@click.option("--stale", type=int, default=STALE, show_default=True, help="Days after which a mapping is to be looked at again.")
@click.option("--visit", is_flag=True, help="Visit every target and report those that are unreachable; needs a network.")
def check_command(root: Path | None, stale: int, visit: bool) -> None:
    """Check form, duplicates, two-to-one, contradictions and age of every mapping."""
    checkup = check_links(read(settings.load({"root": root}).root), _today(), stale)
    findings = [*checkup.findings, *(unreachable(checkup.rows) if visit else ())]
    for finding in findings:
        if finding.warning:
            say(str(finding))
    if checkup.errors:
        raise LinkError(
            "\n".join(map(str, checkup.errors)), remedy=f"Mend {len(checkup.errors)} row(s), then run the command again."
        )
    say(f"{len(checkup.rows)} mappings hold.")


@link_group.command("report")
@ROOT
def report_command(root: Path | None) -> None:
    """Say how far the corpus is linked, and what is open."""
    corpus = read(settings.load({"root": root}).root)
    notes = read_notes(corpus.root, corpus.base)
    say(report(Statements([*corpus.quads, *read_links(corpus)]), corpus.base, notes), nl=False)


@link_group.command("suggest")
@SITE
@click.option("--name", default="name", show_default=True, help="Column of a CSV file with the names.")
@click.option("--id", "identifier", default="id", show_default=True, help="Column of a CSV file with the identifiers.")
@click.option("--least", type=float, default=LEAST, show_default=True, help="The least score of a suggestion, up to 100.")
@click.argument("extract", type=click.Path(path_type=Path))
def suggest_command(site: Path | None, name: str, identifier: str, least: float, extract: Path) -> None:
    """Write what in EXTRACT (Wikidata or ROR lines of JSON, or CSV) may be linked to standard output, for a person to confirm."""
    if not 0 <= least <= 100:
        raise UsageError(f"--least {least:g} is not a score from 0 to 100.")
    release = current(settings.load({"site": site}).site)
    matcher = Matcher(Names(Dataset(release).descriptions))
    say(table(suggest(matcher, read_extract(extract, name, identifier), least), _today()), nl=False)
