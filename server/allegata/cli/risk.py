"""The command that lists what could make somebody known, before there is a release."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from allegata import settings
from allegata.cli.options import ROOT, SITE
from allegata.corpus.risk import K
from allegata.corpus.risk_acceptance import FILE, acceptances
from allegata.errors import ValidationFailed
from allegata.release.risks import found


@click.command("risk")
@ROOT
@SITE
@click.option("--least", type=click.IntRange(2), default=K, show_default=True, help="Records that are to share a combination.")
@click.option("--json", "in_json", is_flag=True, help="Write JSON.")
def risk_command(root: Path | None, site: Path | None, least: int, in_json: bool) -> None:
    """List what could make a protected source known: unique combinations, fine dates and places, small numbers, telling words."""
    chosen = settings.load({"root": root, "site": site})
    accepted = {item.finding for item in acceptances(chosen.root)}
    risks = found(chosen.root, chosen.site, least)
    if in_json:
        rows = [{"finding": item.name, **asdict(item), "accepted": item.name in accepted} for item in risks]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for item in risks:
            click.echo(f"{'accepted' if item.name in accepted else 'open'}  {item.line()}")
        for name in sorted(accepted - {item.name for item in risks}):
            click.echo(f"gone  {name}: nothing is found under this name any more; take it out of {FILE}")
    left = sum(item.name not in accepted for item in risks)
    if left:
        raise ValidationFailed(f"{left} findings are open.", remedy=f"Mend each, or accept it with a reason in {FILE}.")
