"""Three small releases side by side, for the tests of releases, diffs and withdrawals."""

from __future__ import annotations

import shutil
from pathlib import Path

from allegata.release import build
from support import ROOT

BASE = "https://example.org/"
_HEAD = """\
@base <https://example.org/> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_PLACES = {"somewhere": "Somewhere", "elsewhere": "Elsewhere"}
#: Version → day, places with their labels, whether the redaction of <place/secret> is in it.
VERSIONS: dict[str, tuple[str, dict[str, str], bool]] = {
    "1.0": ("2026-01-01", _PLACES, False),
    "1.1": ("2026-02-01", {"somewhere": "Somewhere else", "secret": "A place that is withdrawn later"}, False),
    "1.2": ("2026-03-01", {"somewhere": "Somewhere else"}, True),
}


def build_versions(folder: Path) -> Path:
    """Build the three releases and give their site."""
    root, site = folder / "corpus", folder / "site"
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, root / name)
    (root / "data").mkdir()
    for version, (day, places, redacted) in VERSIONS.items():
        write(root / "data", version, day, places, redacted=redacted)
        build(root, site, lambda _step: None)
    return site


def write(data: Path, version: str, day: str, places: dict[str, str], *, redacted: bool) -> None:
    """Write the files of one version."""
    (data / "corpus.ttl").write_text(
        f'{_HEAD}<dataset> a dcat:Dataset ; dct:title "Places"@en ; dct:description "Places, for tests of releases side by side."@en ;\n'
        f'    dcat:version "{version}" ; dct:issued "{day}"^^xsd:date ; void:uriSpace "https://example.org/" .\n',
        "utf-8",
    )
    rows = (f'<place/{slug}> a schema:Place ; rdfs:label "{label}"@en .\n' for slug, label in places.items())
    (data / "places.ttl").write_text(_HEAD + "".join(rows), "utf-8")
    (data / "redactions.ttl").write_text(
        _HEAD
        + "<redaction/1> a alg:Redaction ; alg:redacts <place/secret> ; alg:withheldClass schema:Place ;\n"
        + "    alg:redactionReason <https://w3id.org/allegata/scheme/redaction-reason/witnessSafety> ;\n"
        + '    dct:date "2026-03-01"^^xsd:date .\n'
        if redacted
        else _HEAD,
        "utf-8",
    )
