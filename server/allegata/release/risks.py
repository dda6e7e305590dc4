"""Holds a public release back while a finding of risk is neither mended nor accepted; `found` lists the findings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse

from allegata.corpus.partition import partition
from allegata.corpus.reader import Corpus, read
from allegata.corpus.risk import K, Risk, is_protected, risks
from allegata.corpus.risk_acceptance import check_risks
from allegata.errors import Gone, ReleaseError
from allegata.release.site import Site, current


def found(root: Path, site: Path | None = None, k: int = K) -> tuple[Risk, ...]:
    """Return what could make somebody known in the public part of a corpus, also beside the last release of a site."""
    whole = read(root)
    return _found(whole, partition(whole).corpus, site, k)


def hold_back(whole: Corpus, public: Corpus, site: Path | None) -> None:
    """Raise ValidationFailed where a finding is neither mended nor accepted."""
    check_risks(whole.root, _found(whole, public, site, K))


def _found(whole: Corpus, public: Corpus, site: Path | None, k: int) -> tuple[Risk, ...]:
    if not is_protected(public):
        return ()
    return risks(whole, public, _before(site, public.version) if site else (), k)


def _before(site: Path, version: str) -> Iterator[Quad]:
    """Yield what the last release of another version in a site states."""
    try:
        offered = [release for release in Site(current(site)).offered if release.version != version]
    except (ReleaseError, Gone):
        return
    if offered and not offered[-1].manifest.protection:
        yield from parse("\n".join(offered[-1].checked_lines), RdfFormat.N_QUADS)
