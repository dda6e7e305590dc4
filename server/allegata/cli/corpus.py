"""The commands about a corpus: make one, check it, build a release of it."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import click

from allegata import settings
from allegata.cli.options import ROOT, SITE
from allegata.cli.progress import CHECKS, progress
from allegata.cli.terminal import say
from allegata.corpus.anchors import verify
from allegata.corpus.publishing.tracked_files import check_tracked
from allegata.corpus.reader import read
from allegata.corpus.scaffold import LICENCE, WORKBOOKS, Scaffold, create_corpus, title_of
from allegata.corpus.upgrade import upgrade
from allegata.corpus.worked_example import TITLE
from allegata.errors import AnchorError, UsageError, ValidationFailed
from allegata.release.build import build
from allegata.release.closure import check, check_own_words, report_text
from allegata.release.handle import Release
from allegata.release.staging import check_room

_REFERENCE = click.option(
    "--reference", is_flag=True, help="Run the standard engines too, owlrl and pySHACL: minutes; any difference is an error."
)


@click.command("new")
@click.option(
    "--title", help=f"What the corpus is called.  [default: the name of the state, or A new corpus; with --example: {TITLE}]"
)
@click.option("--base", help="Address that all names begin with, ending in a slash.  [default: https://example.org/FOLDER/]")
@click.option("--licence", default=LICENCE, show_default=True, help="Address of the licence of the data.")
@click.option("--country", default="", help="The state that it is about, by its code of ISO 3166 such as ERI, or by a name.")
@click.option(
    "--language", default="en", show_default=True, help="Language of its title and of texts without another: es, ar, ti."
)
@click.option("--empty", is_flag=True, help="Without the small example, as with --country: for whoever fills in the workbook.")
@click.option("--example", is_flag=True, help="Twenty worked cases of an invented country instead of one small example.")
@click.argument("folder", type=click.Path(path_type=Path))
def new_command(
    title: str | None, base: str | None, licence: str, country: str, language: str, empty: bool, example: bool, folder: Path
) -> None:
    """Make a new corpus in FOLDER, with the model, the shapes, a workbook and one small example; nothing is overwritten."""
    if example and (country or empty or language != "en"):
        raise UsageError(
            "The worked example is of an invented country, in English.", remedy="Leave --country, --language and --empty out."
        )
    name = re.sub(r"[^a-z0-9]+", "-", folder.absolute().name.lower()).strip("-") or "corpus"
    called = (TITLE if example else title_of(country, language, settings.default_root())) if title is None else title
    made_at = base or f"https://example.org/{name}/"
    about = Scaffold(called, made_at, licence, datetime.now(UTC).date(), example, language, country, empty, not example)
    for path in create_corpus(folder, about, settings.default_root()):
        say(str(path))
    where = shlex.quote(str(folder))
    if not example:
        say(f"Fill in {shlex.quote(str(folder / WORKBOOKS[0]))} (docs/your-own-corpus.md says how), then:", err=True)
        say(f"allegata import workbook {shlex.quote(str(folder / WORKBOOKS[0]))} --root {where}", err=True)
    say(f"Next: allegata build --root {where} && allegata serve", err=True)


@click.command("upgrade")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.argument("folder", type=click.Path(path_type=Path))
def upgrade_command(folder: Path, dry_run: bool) -> None:
    """Bring the corpus in FOLDER to the present model, and say each file that changes; what was edited by hand is left."""
    lines = upgrade(folder, settings.default_root(), dry_run=dry_run)
    for line in lines:
        say(line)
    if not lines:
        say("Nothing to change: the corpus follows the present model.", err=True)
    elif not dry_run:
        say(f"Next: allegata validate --root {shlex.quote(str(folder))}", err=True)


@click.command("validate")
@ROOT
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as RDF (Turtle) here.")
@_REFERENCE
@click.option(
    "--sources", type=click.Path(path_type=Path), help="Folder with the source texts: statements must not repeat their words."
)
@click.option("--tracked", is_flag=True, help="Refuse where git keeps a file that holds what is not for everybody.")
def validate_command(root: Path | None, report: Path | None, reference: bool, sources: Path | None, tracked: bool) -> None:
    """Check a corpus against its shapes and rules, without building anything."""
    chosen = settings.load({"root": root})
    if tracked:
        check_tracked(chosen.root)
    with progress(CHECKS) as tell:
        checked = check(chosen.root, tell, reference=reference)
    if report:
        report.write_text(checked.report.turtle(checked.corpus.base), "utf-8")
    if not checked.report.conforms:
        raise ValidationFailed(report_text(checked.report, checked.corpus))
    if sources:
        check_own_words(checked.corpus, sources)
    say(report_text(checked.report, checked.corpus))


@click.command("build")
@ROOT
@SITE
@_REFERENCE
@click.option("--restricted", is_flag=True, help="Hold restricted records too, for trusted users; needs --site, one of its own.")
@click.option("--take-over", is_flag=True, help="Put it in the place of releases of another corpus, where the site holds such.")
@click.option("--any-disk", is_flag=True, help="Build even where the disk seems to have too little room for it.")
def build_command(
    root: Path | None, site: Path | None, reference: bool, restricted: bool, take_over: bool, any_disk: bool
) -> None:
    """Build a release and make it the current one; the release before keeps serving if anything fails."""
    if restricted and site is None:
        raise UsageError("A restricted release goes to a site of its own.", remedy="Name its folder with --site.")
    chosen = settings.load({"root": root, "site": site})
    if not any_disk:
        check_room(chosen.root, chosen.site)
    with progress() as tell:
        release = build(chosen.root, chosen.site, tell, reference=reference, restricted=restricted, take_over=take_over)
    say(_summary(release))


def _summary(release: Release) -> str:
    manifest = release.manifest
    return (
        f"Release {release.version}: {manifest.quads:,} statements in {len(manifest.graphs)} graphs.\n"
        f"RDFC-1.0 {release.hash}\n{release.folder}"
    )


@click.command("verify-anchors")
@ROOT
@click.option("--sources", required=True, type=click.Path(path_type=Path), help="Folder with the source texts, <slug>.txt.")
def verify_anchors_command(root: Path | None, sources: Path) -> None:
    """Check every anchor of the corpus against the source texts."""
    verdict = verify(read(settings.load({"root": root}).root).quads, sources)
    for source, count in sorted(verdict.without_text.items()):
        say(f"{count} anchors into {source} are not checked: {sources} has no text of it.")
    if verdict.problems:
        raise AnchorError("\n".join([f"{len(verdict.problems)} anchors do not agree with the texts:", *verdict.problems]))
    say(f"{verdict.agreeing} anchors agree with the texts.")
