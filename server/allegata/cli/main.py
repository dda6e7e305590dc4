"""The command line: one function per command; every failure is one message on standard error and an exit status."""

from __future__ import annotations

import re
import shlex
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from allegata import __version__, settings
from allegata.cli.bench import measure, over_http
from allegata.cli.links import link_group
from allegata.cli.releases import diff_command, export_group, releases_command, verify_command
from allegata.corpus.anchors import verify
from allegata.corpus.rdf import read_text
from allegata.corpus.reader import read
from allegata.corpus.scaffold import Scaffold, create_corpus
from allegata.corpus.sheet import import_sheet
from allegata.engine import Query, inspect, open_engine
from allegata.errors import AllegataError, AnchorError, UsageError, ValidationFailed
from allegata.model.formats import by_word
from allegata.release.build import build, check
from allegata.release.handle import Release
from allegata.release.site import current
from allegata.release.void import LICENCE

ROOT = click.option("--root", type=click.Path(path_type=Path), help="Folder with ontology/, shapes/ and data/.")
SITE = click.option("--site", type=click.Path(path_type=Path), help="Folder that holds the releases.  [default: build]")


class _Commands(click.Group):
    """A group whose commands end with the exit status and message of the project's errors."""

    def invoke(self, ctx: click.Context) -> Any:
        for name, nearest in settings.unknown():
            click.echo(f"allegata: {name} is no setting and changes nothing. The nearest setting is {nearest}.", err=True)
        try:
            return super().invoke(ctx)
        except AllegataError as error:
            click.echo(f"allegata: {error}", err=True)
            ctx.exit(error.exit_status)
        except OSError as error:
            # A folder that is none, a disk that is full, a file that is not ours: the system says which and why.
            click.echo(f"allegata: {error.filename or 'The system'}: {error.strerror or error}.", err=True)
            ctx.exit(UsageError.exit_status)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="allegata")
def main() -> None:
    """Publish attributed claims as linked data: check a corpus, build a release, serve and query it.

    Every setting can also be given in the environment as ALLEGATA_<NAME>; docs/settings.md lists them.
    """


def _progress() -> Callable[[str], None]:
    """Report each step with the seconds since the start, on standard error."""
    start = time.monotonic()
    return lambda step: click.echo(f"{time.monotonic() - start:6.1f} s  {step}", err=True)


@main.command("build")
@ROOT
@SITE
@click.option("--owlrl", "reference", is_flag=True, help="Infer with owlrl, the reference reasoner, which takes minutes.")
def build_command(root: Path | None, site: Path | None, reference: bool) -> None:
    """Build a release and make it the current one; the release before keeps serving if anything fails."""
    chosen = settings.load({"root": root, "site": site})
    release = build(chosen.root, chosen.site, _progress(), reference_reasoner=reference)
    click.echo(_summary(release))


def _summary(release: Release) -> str:
    manifest = release.manifest
    return (
        f"Release {release.version}: {manifest['quads']:,} statements in {len(manifest['graphs'])} graphs.\n"
        f"RDFC-1.0 {release.hash}\n{release.folder}"
    )


@main.command("new")
@click.option("--title", default="A new corpus", show_default=True, help="What the corpus is called.")
@click.option("--base", help="Address that all names begin with, ending in a slash.  [default: https://example.org/FOLDER/]")
@click.option("--licence", default=LICENCE, show_default=True, help="Address of the licence of the data.")
@click.argument("folder", type=click.Path(path_type=Path))
def new_command(title: str, base: str | None, licence: str, folder: Path) -> None:
    """Make a new corpus in FOLDER, with the model, the shapes and one small example; nothing is overwritten."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.absolute().name.lower()).strip("-") or "corpus"
    about = Scaffold(title, base or f"https://example.org/{name}/", licence, datetime.now(UTC).date())
    for path in create_corpus(folder, about, settings.default_root()):
        click.echo(str(path))
    click.echo(f"Next: allegata build --root {shlex.quote(str(folder))} && allegata serve", err=True)


@main.command("validate")
@ROOT
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as RDF (Turtle) here.")
def validate_command(root: Path | None, report: Path | None) -> None:
    """Check a corpus against its shapes and rules, without building anything."""
    chosen = settings.load({"root": root})
    checked = check(chosen.root, _progress())
    if report:
        report.write_text(checked.report.turtle(checked.corpus.base), "utf-8")
    if not checked.report.conforms:
        raise ValidationFailed(checked.report.text())
    click.echo(checked.report.text())


@main.command("query")
@SITE
@click.option(
    "--format", "word", default="csv", show_default=True, help="csv, tsv, json, xml, turtle, ntriples, json-ld, rdf or trig."
)
@click.argument("query", type=click.Path(path_type=Path, allow_dash=True))
def query_command(site: Path | None, word: str, query: Path) -> None:
    """Ask the current release the SPARQL query in the file QUERY (- for standard input)."""
    chosen = settings.load({"site": site})
    text = _standard_input() if str(query) == "-" else read_text(query)
    inspected = inspect(text, chosen)
    choice = by_word(word, inspected.form.formats)
    with closing(open_engine(current(chosen.site).folder, chosen)) as engine:
        for chunk in engine.answer(Query(inspected, choice.format, client="command line")).chunks:
            sys.stdout.buffer.write(chunk)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"The query on standard input is not UTF-8 at byte {error.start}.", remedy="Save it as UTF-8.") from None


@main.command("verify-anchors")
@ROOT
@click.option("--sources", required=True, type=click.Path(path_type=Path), help="Folder with the source texts, <slug>.txt.")
def verify_anchors_command(root: Path | None, sources: Path) -> None:
    """Check every anchor of the corpus against the source texts."""
    verdict = verify(read(settings.load({"root": root}).root).quads, sources)
    for source, count in sorted(verdict.without_text.items()):
        click.echo(f"{count} anchors into {source} are not checked: {sources} has no text of it.")
    if verdict.problems:
        raise AnchorError("\n".join([f"{len(verdict.problems)} anchors do not agree with the texts:", *verdict.problems]))
    click.echo(f"{verdict.agreeing} anchors agree with the texts.")


for command in (releases_command, verify_command, diff_command, export_group):
    main.add_command(command)
main.add_command(link_group)


@main.group("import")
def import_group() -> None:
    """Turn what was prepared elsewhere into corpus files."""


@import_group.command("sheet")
@ROOT
@click.option("--sources", required=True, type=click.Path(path_type=Path), help="Folder with the source texts, <slug>.txt.")
@click.option("--replace", is_flag=True, help="Write over the corpus file if it is there.")
@click.argument("sheet", type=click.Path(path_type=Path))
def import_sheet_command(root: Path | None, sources: Path, replace: bool, sheet: Path) -> None:
    """Take over a curation sheet (YAML): offsets and digests are computed, the passages stay outside."""
    chosen = settings.load({"root": root})
    imported = import_sheet(sheet, sources, read(chosen.root).base)
    target = chosen.root / "data" / imported.path
    if target.exists() and not replace:
        raise UsageError(f"{target} is there already.", remedy="Give --replace to write over it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(imported.text, "utf-8")
    click.echo(str(target))


@main.command("serve")
@SITE
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), envvar="PORT", help="Port to listen on.  [default: 8000]")
def serve_command(site: Path | None, host: str | None, port: int | None) -> None:
    """Serve the current release until interrupted."""
    from allegata.web.server import serve_forever

    chosen = settings.load({"site": site, "host": host, "port": port})
    release = current(chosen.site)
    _check_port(chosen.host, chosen.port)
    with closing(open_engine(release.folder, chosen)) as engine:
        address = f"http://{chosen.host}:{chosen.port}/"
        serve_forever(chosen, release, engine, lambda: click.echo(f"Allegata {release.version} at {address}  (Ctrl-C ends it)"))


@main.command("bench")
@ROOT
@SITE
@click.option("--rounds", type=click.IntRange(1, 1000), default=5, show_default=True, help="How often each question is put.")
@click.argument("address", required=False)
def bench_command(root: Path | None, site: Path | None, rounds: int, address: str | None) -> None:
    """Measure the questions of the corpus on the current release of a site, or on a running service at ADDRESS (http://…)."""
    chosen = settings.load({"root": root, "site": site})
    questions = chosen.root / "ontology" / "questions"
    with ExitStack() as stack:
        if address:
            if not address.startswith(("http://", "https://")):
                raise UsageError(f"{address} is no web address.", remedy="Give one such as http://127.0.0.1:8000/, or --site.")
            ask = over_http(address)
        else:
            engine = stack.enter_context(closing(open_engine(current(chosen.site).folder, chosen)))

            def ask(query: str) -> int:
                seen = inspect(query, chosen)
                return sum(map(len, engine.answer(Query(seen, seen.form.formats[0], client="command line")).chunks))

        for row in measure(questions, ask, rounds):
            click.echo(row.text())


@main.command("mcp")
@SITE
def mcp_command(site: Path | None) -> None:
    """Serve the current release to an assistant over standard input and output (Model Context Protocol)."""
    try:
        from allegata.mcp_server import make_server
    except ImportError:
        raise UsageError("The package mcp is not installed.", remedy="Install it with: pip install mcp") from None
    chosen = settings.load({"site": site})
    release = current(chosen.site)
    with closing(open_engine(release.folder, chosen)) as engine:
        make_server(chosen, release, engine).run()


def _check_port(host: str, port: int) -> None:
    wrong = f"Cannot listen on {host}:{port}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(f"{wrong}: {error.strerror}.", remedy="Choose another with --host or --port.") from None
        except (OverflowError, TypeError, ValueError):  # a port over 65535, a host that is no name
            raise UsageError(f"{wrong}: there is no such address.", remedy="Choose another with --host or --port.") from None
