"""Three small releases side by side, for the tests of releases, diffs and withdrawals; and how one is changed once it is built."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from allegata.release.build import build
from allegata.release.digests import sha256
from allegata.release.manifest import Manifest, parse_manifest
from support import ROOT

BASE = "https://example.org/"
#: What a small corpus begins with.
HEAD = """\
@base <https://example.org/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_SCHEME = "https://w3id.org/allegata/scheme"
NOTE = "The Ministry's denial was added."
_PLACES = {"somewhere": "Somewhere", "elsewhere": "Elsewhere"}
#: Version → day, places with their labels, whether the redaction of <place/secret> is in it.
VERSIONS: dict[str, tuple[str, dict[str, str], bool]] = {
    "1.0": ("2026-01-01", _PLACES, False),
    "1.1": ("2026-02-01", {"somewhere": "Somewhere else", "secret": "A place that is withdrawn later"}, False),
    "1.2": ("2026-03-01", {"somewhere": "Somewhere else"}, True),
}


def lay_out(root: Path, files: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Make a corpus of the model and of files below data/, and give its folder."""
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, root / name)
    (root / "data").mkdir()
    for name, text in files.items():
        (root / "data" / name).write_text(text, "utf-8")
    return root


def build_versions(folder: Path, *versions: str) -> Path:
    """Build the three releases, or those that are named, and give their site."""
    root, site = lay_out(folder / "corpus"), folder / "site"
    for version in versions or VERSIONS:
        day, places, redacted = VERSIONS[version]
        write(root / "data", version, day, places, redacted=redacted)
        build(root, site, lambda _step: None)
    return site


def minimal_manifest(**members: Any) -> dict[str, Any]:
    """Return the JSON of a manifest that says nothing but what is given."""
    words = ("title", "description", "base", "version", "created", "licence", "rights", "rdfc10", "language")
    publisher = {"iri": "https://example.org/", "name": ""}
    counts = {"quads": 0, "triples": 0, "graphs": {}}
    return {**dict.fromkeys(words, ""), "publisher": publisher, **counts, "keywords": [], "files": {}, **members}


def parsed(manifest: dict[str, Any]) -> Manifest:
    """Return the manifest that JSON is."""
    return parse_manifest(json.dumps(manifest).encode(), "a manifest")


def change_manifest(folder: Path, way: Callable[[dict[str, Any]], None]) -> None:
    """Change what the manifest of a release says."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    way(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def replace(folder: Path, name: str, data: bytes) -> None:
    """Put other bytes in the place of a file of a release, and let the manifest say that they are right."""
    (folder / name).write_bytes(data)
    change_manifest(folder, lambda manifest: manifest["files"][name].update(sha256=sha256(data), bytes=len(data)))


def write(data: Path, version: str, day: str, places: dict[str, str], *, redacted: bool) -> None:
    """Write the files of one version."""
    (data / "corpus.ttl").write_text(
        f'{HEAD}<dataset> a dcat:Dataset ; dct:title "Places"@en ; dct:description "Places, for tests of releases side by side."@en ;\n'
        f'    dct:rights "Written for tests."@en ; dcat:version "{version}" ; dct:issued "{day}"^^xsd:date ;\n'
        + (f'    adms:versionNotes "{NOTE}"@en ;\n' if version != "1.0" else "")
        + '    void:uriSpace "https://example.org/" .\n',
        "utf-8",
    )
    rows = (f'<place/{slug}> a schema:Place ; rdfs:label "{label}"@en .\n' for slug, label in places.items())
    (data / "places.ttl").write_text(HEAD + "".join(rows), "utf-8")
    (data / "record.ttl").write_text(HEAD + "".join(record(first=version == "1.0")), "utf-8")
    (data / "redactions.ttl").write_text(
        HEAD
        + "<redaction/1> a alg:Redaction ; alg:redacts <place/secret> ; alg:withheldClass schema:Place ;\n"
        + "    alg:redactionReason <https://w3id.org/allegata/scheme/redaction-reason/witnessSafety> ;\n"
        + '    dct:date "2026-03-01"^^xsd:date .\n'
        if redacted
        else HEAD,
        "utf-8",
    )


def record(*, first: bool) -> Iterator[str]:
    """Return claims, assertions and stances: those of the first release, or as they stand after it."""
    for slug in ("institute", "ministry", "curators"):
        yield f'<actor/{slug}> a prov:Agent , schema:Organization ; rdfs:label "{slug.capitalize()}"@en .\n'
    yield f'<source/survey> a alg:Source ; dct:title "Survey"@en ; rdfs:label "Survey"@en ; alg:targetStatus <{_SCHEME}/target-status/namedOnly> .\n'
    yield _claim(
        "closed", "Half of the schools were closed." if first else "About half of the schools were shut.", 2017 if first else 2018
    )
    yield _claim("counted", "The schools were counted.", 2017) if first else _claim("visited", "The schools were visited.", 2018)
    yield _assertion("institute", "affirms", "categorical", about="counted" if first else "visited")
    yield _assertion("institute", "affirms", "categorical" if first else "estimate")
    if not first:
        yield _assertion("ministry", "denies", "categorical")
        yield f"<stance/differs> a alg:Stance ; alg:from <assertion/ministry-closed> ; alg:to <assertion/institute-closed> ; alg:stance <{_SCHEME}/stance/rebuts> ;\n"
        yield f'    alg:basis <{_SCHEME}/basis/curatorInferred> ; alg:rationale "One says the opposite."@en ; prov:wasAttributedTo <actor/curators> .\n'


def _claim(slug: str, statement: str, year: int) -> str:
    return (
        f'<claim/{slug}> a alg:Claim ; alg:statement "{statement}"@en ; alg:topic <{_SCHEME}/topic/education> ; dct:temporal <claim/{slug}/period> .\n'
        f'<claim/{slug}/period> a dct:PeriodOfTime ; dcat:startDate "{year}"^^xsd:gYear ; dcat:endDate "{year}"^^xsd:gYear .\n'
    )


def _assertion(speaker: str, polarity: str, modality: str, about: str = "closed") -> str:
    return (
        f"<assertion/{speaker}-{about}> a alg:Assertion ; alg:asserts <claim/{about}> ; alg:assertedBy <actor/{speaker}> ;\n"
        f"    alg:polarity <{_SCHEME}/polarity/{polarity}> ; alg:modality <{_SCHEME}/modality/{modality}> ;\n"
        f"    alg:evidenceKind <{_SCHEME}/evidence-kind/notStated> ; alg:protectionLevel <{_SCHEME}/protection-level/public> ;\n"
        '    alg:statedIn <source/survey> ; alg:noAnchorBecause "It stands in a figure."@en .\n'
    )
