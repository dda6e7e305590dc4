"""The commands that serve a release until they are ended: to the web, and to an assistant."""

from __future__ import annotations

import resource
import socket
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import click

from allegata import settings
from allegata.cli.options import SITE
from allegata.cli.terminal import say
from allegata.domain.contacts import contacts
from allegata.domain.dataset import Dataset
from allegata.engine import Engine, open_engine, statements_of
from allegata.errors import RequestError, UsageError
from allegata.release.handle import Release
from allegata.release.soundness import sound_release

#: Below this the libraries end the process without a word.
LEAST_MEMORY: Final = 768 * settings.MIB
_NO_ADDRESS: Final = (
    "No address for objections: set ALLEGATA_CONTACT, or give a dcat:contactPoint of the dataset vcard:hasEmail or vcard:hasURL."
)


@click.command("serve")
@SITE
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), envvar="PORT", help="Port to listen on.  [default: 8000]")
@click.option("--token-file", type=click.Path(path_type=Path), help="Answer only who has one of the tokens in this file.")
@click.option(
    "--engine", "engines", multiple=True, metavar="URL", help="SPARQL endpoint that answers queries; several are replicas."
)
@click.option("--show-config", is_flag=True, help="Write every setting with its value as a file of variables, and serve nothing.")
def serve_command(
    site: Path | None,
    host: str | None,
    port: int | None,
    token_file: Path | None,
    engines: tuple[str, ...],
    show_config: bool,
) -> None:
    """Serve the current release until interrupted."""
    from allegata.web.server import serve_forever

    chosen = settings.load(
        {"site": site, "host": host, "port": port, "token_file": token_file, "engine": " ".join(engines) or None}
    )
    if show_config:
        say(settings.shown(chosen), nl=False)
        return
    _check_memory()
    release = sound_release(chosen.site, _tell, needs_store=not chosen.engine)
    _check_port(chosen.host, chosen.port)
    with closing(open_engine(release.folder, chosen, swiftly=True)) as engine:
        _check_contact(release, engine, chosen.contact)
        host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host  # RFC 3986, section 3.2.2
        address = f"http://{host}:{chosen.port}/"
        serve_forever(chosen, release, engine, lambda: say(f"Allegata {release.version} at {address}  (Ctrl-C ends it)"))


@click.command("mcp")
@SITE
def mcp_command(site: Path | None) -> None:
    """Serve the current release to an assistant over standard input and output (Model Context Protocol)."""
    try:
        from allegata.mcp_server import make_server
        from allegata.mcp_server.framing import serve
    except ImportError:
        raise UsageError("The package mcp is not installed.", remedy="Install it with: pip install mcp") from None
    chosen = settings.load({"site": site})
    release = sound_release(chosen.site, _tell, needs_store=not chosen.engine)
    if release.manifest.protection:
        wrong = f"Release {release.version} is {release.manifest.protection}, and an assistant may pass on what it reads."
        raise UsageError(wrong, remedy="Give the site of a public release by --site.")
    with closing(open_engine(release.folder, chosen)) as engine:
        serve(make_server(chosen, release, engine))


def _tell(text: str) -> None:
    say(text, err=True)


def _check_contact(release: Release, engine: Engine, contact: str) -> None:
    """Say where nobody would know to whom to object; engines that do not answer yet are not waited for."""
    with suppress(RequestError):
        if not contacts(Dataset(release, store=statements_of(release, engine)).descriptions, contact):
            say(_NO_ADDRESS, err=True)


def _check_memory() -> None:
    """Raise UsageError where the system gives too little memory for the threads of the service, some of which cannot say so."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    if allowed != resource.RLIM_INFINITY and allowed < LEAST_MEMORY:
        given, least = allowed // settings.MIB, LEAST_MEMORY // settings.MIB
        wrong = f"The system gives this process {given} MiB of memory, and the service needs {least}."
        raise UsageError(wrong, remedy="Raise the limit (ulimit -v).")


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
