"""The command that says what claims lose where evidence is withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from allegata.api.release import open_release
from allegata.cli.options import RELEASE, SITE
from allegata.cli.terminal import say
from allegata.domain.what_if import Support, Withdrawal, as_dictionary


@click.command("what-if")
@SITE
@RELEASE
@click.option("--json", "in_json", is_flag=True, help="Write JSON.")
@click.argument("things", nargs=-1, required=True, metavar="IRI...")
def what_if_command(site: Path | None, release: str | None, in_json: bool, things: tuple[str, ...]) -> None:
    """Say which claims lose their only named support if sources or lines of evidence are withdrawn, and which keep some."""
    with open_release(release, site=site) as opened:
        answer = opened.dataset().what_if(*things)
    if in_json:
        say(json.dumps(as_dictionary(answer), ensure_ascii=False, indent=2))
    else:
        say("\n".join(_lines(answer)))


def _lines(answer: Withdrawal) -> Iterator[str]:
    """Yield an answer for people."""
    yield f"Withdrawn: {'; '.join(value.text for value in answer.withdrawn)}."
    yield f"{len(answer.lost)} claims lose their only named support:"
    yield from _claims(answer.lost)
    yield f"{len(answer.kept)} claims lose some support and keep some:"
    yield from _claims(answer.kept)


def _claims(supports: Iterable[Support]) -> Iterator[str]:
    for support in supports:
        kept = f" · keeps: {'; '.join(line.text for line in support.kept)}" if support.kept else ""
        yield f"  {support.claim.text} · loses: {'; '.join(line.text for line in support.lost)}{kept}"
