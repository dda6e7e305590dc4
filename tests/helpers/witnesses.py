"""A corpus about an invented country in which invented witnesses are planted, at every level and in every place where one can stand."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from allegata.release.digests import unpacked
from allegata.release.tables import read_parquet
from other_corpus import _HEAD, _SCHEME, BASE, write_other_corpus

#: What every planted name begins with; no other text has it, and it is too long for packed bytes to hold it by chance.
#: The planted years are those of one decade.
MARK = "zqxvjkwhq"
DECADE = "190"
_TABLE = """\
# curie_map:
#   here: {base}
#   wd: http://www.wikidata.org/entity/
#   semapv: https://w3id.org/semapv/vocab/
subject_id\tpredicate_id\tobject_id\tmapping_justification\tmapping_date\tcomment
here:actor/arlandia\tskos:exactMatch\twd:Q1\tsemapv:ManualMappingCuration\t2026-01-01\tpublic
{rows}"""


def level(name: str) -> str:
    """Write the statement of a level, to stand in a description."""
    return f"alg:protectionLevel <{_SCHEME}/protection-level/{name}>"


def person(slug: str, mark: str) -> str:
    """Describe an invented person with a level."""
    return (
        f'<actor/{slug}> a prov:Agent , schema:Person ; rdfs:label "{slug} Name"@en , "{slug} Nombre"@es ; {mark} ;\n'
        f"    alg:namedBecause <{_SCHEME}/ground/selfPublished> .\n"
    )


def claim(slug: str, more: str = "") -> str:
    """Describe an invented claim."""
    return f'<claim/{slug}> a alg:Claim ; alg:statement "{slug} was closed."@en ; alg:topic <{_SCHEME}/topic/education> {more}.\n'


def assertion(slug: str, mark: str, *, claim: str, speaker: str = "instituto", source: str = "informe", more: str = "") -> str:
    """Describe an invented assertion with a level."""
    return (
        f"<assertion/{slug}> a alg:Assertion ; alg:asserts <claim/{claim}> ; alg:assertedBy <actor/{speaker}> ; {mark} ;\n"
        f"    alg:polarity <{_SCHEME}/polarity/affirms> ; alg:modality <{_SCHEME}/modality/categorical> ;\n"
        f"    alg:evidenceKind <{_SCHEME}/evidence-kind/notStated> ; alg:statedIn <source/{source}> {more};\n"
        f'    alg:noAnchorBecause "Not kept: {slug}."@en .\n'
    )


def source(slug: str, mark: str) -> str:
    """Describe an invented document with a level."""
    return (
        f'<source/{slug}> a alg:Source ; rdfs:label "{slug} report"@en ; dct:title "{slug} report"@en ; {mark} ;\n'
        f"    alg:targetStatus <{_SCHEME}/target-status/namedOnly> .\n"
    )


def redaction(slug: str) -> str:
    """Describe the redaction of an invented person."""
    return (
        f"<redaction/{slug}> a alg:Redaction ; alg:redacts <actor/{slug}> ; alg:withheldClass schema:Person ;\n"
        f'    alg:redactionReason <{_SCHEME}/redaction-reason/witnessSafety> ; dct:date "{DECADE}3-01-01"^^xsd:date .\n'
    )


def marked(mark: str, name: str) -> str:
    """Describe records at one level, each in its own way, and records without a level that rest on them."""
    public, own = level("public"), level(name)
    end = f"{mark}-{name}"
    period = f'<claim/{end}-a/period> a dct:PeriodOfTime ; dcat:startDate "{DECADE}1"^^xsd:gYear ; dcat:endDate "{DECADE}2"^^xsd:gYear .\n'
    return "".join(
        (
            person(f"{end}-person", own),
            source(f"{end}-source", own),
            f'<place/{end}-place> a schema:Place ; rdfs:label "{end} Place"@en ; {own} .\n',
            # By itself: an assertion, the claim that nobody else makes, and its period.
            claim(f"{end}-a", f"; dct:temporal <claim/{end}-a/period> ") + period,
            assertion(f"informe/{end}-a", own, claim=f"{end}-a"),
            # By its source, its speaker, its claim.
            claim(f"{end}-b") + assertion(f"informe/{end}-b", public, claim=f"{end}-b", source=f"{end}-source"),
            claim(f"{end}-c") + assertion(f"informe/{end}-c", public, claim=f"{end}-c", speaker=f"{end}-person"),
            claim(f"{end}-d", f"; {own} ") + assertion(f"informe/{end}-d", public, claim=f"{end}-d"),
            # By what it speaks of.
            claim(f"{end}-e", f"; alg:place <place/{end}-place> ") + assertion(f"informe/{end}-e", public, claim=f"{end}-e"),
            claim(f"{end}-f", f"; alg:about <actor/{end}-person> , <actor/arlandia> ")
            + assertion(f"informe/{end}-f", public, claim=f"{end}-f"),
            # A stance that names it, and a line of evidence.
            f"<stance/{end}> a alg:Stance ; alg:from <assertion/informe/escuelas> ; alg:to <assertion/informe/{end}-a> ;\n"
            f'    alg:stance <{_SCHEME}/stance/supports> ; alg:basis <{_SCHEME}/basis/curatorInferred> ; alg:rationale "{end} agrees."@en ;\n'
            f"    prov:wasAttributedTo <actor/ana> .\n"
            f'<evidence-line/{end}> a alg:EvidenceLine ; rdfs:label "{end} line"@en ; dct:description "{end} saw it."@en ;\n'
            f"    alg:evidenceKind <{_SCHEME}/evidence-kind/witnessTestimony> ; alg:direction <{_SCHEME}/direction/supports> ;\n"
            f"    alg:restsOn <source/{end}-source> .\n",
        )
    )


def write_public(folder: Path) -> Path:
    """Write the corpus without any witness: the public records, one of them generalised."""
    root = write_other_corpus(folder)
    general = claim("general") + assertion("informe/general", level("generalised"), claim="general")
    (root / "data" / "mixed.ttl").write_text(_HEAD + general, "utf-8")
    write_consents(root, "assertion/informe/general")
    _write_table(root, "")
    return root


def write_consents(root: Path, *records: str) -> None:
    """Record that protected sources agreed to have records or sources published."""
    text = "- record: {0}\n  consent: public\n  given: 2026-01-01\n  family: noRisk\n  reviewed: 2026-01-02\n  by: protection officer\n"
    (root / "data" / "consent.yaml").write_text("".join(map(text.format, records)), "utf-8")


def _write_table(root: Path, rows: str) -> None:
    (root / "data" / "links").mkdir(exist_ok=True)
    (root / "data" / "links" / "wikidata.sssom.tsv").write_text(_TABLE.format(base=BASE, rows=rows), "utf-8")


def write_witnesses(folder: Path, mark: str = MARK, levels: tuple[str, ...] = ("restricted", "confidential", "withheld")) -> Path:
    """Write the corpus with witnesses in a file of their own, among public records, in a marked file, in restricted/, in a table."""
    root = write_public(folder)
    planted = [marked(mark, name) for name in levels]
    (root / "data" / f"{mark}.ttl").write_text(_HEAD + "".join(planted[1:]), "utf-8")
    with (root / "data" / "mixed.ttl").open("a", encoding="utf-8") as mixed:
        mixed.write(planted[0])
    file = f"{mark}-file"
    whole = f"<graph/{file}> {level('confidential')} .\n" + person(f"{file}-person", level("public"))
    (root / "data" / f"{file}.ttl").write_text(_HEAD + whole, "utf-8")
    (root / "restricted").mkdir()
    apart = claim(f"{mark}-apart") + assertion(f"informe/{mark}-apart", level("public"), claim=f"{mark}-apart")
    beside = (
        f'<actor/instituto> rdfs:comment "{mark} works there."@en .\n'
        + person(f"{mark}-hidden", level("restricted"))
        + redaction(f"{mark}-hidden")
    )
    (root / "restricted" / f"{mark}-apart.ttl").write_text(
        _HEAD + apart + person(f"{mark}-apart", level("public")) + beside, "utf-8"
    )
    row = f"here:actor/{mark}-{levels[0]}-person\tskos:exactMatch\twd:Q2\tsemapv:ManualMappingCuration\t2026-01-01\t{mark} row\n"
    _write_table(root, row)
    return root


def readings(path: Path) -> list[bytes]:
    """Return what a file holds: its bytes, and what they are packed from."""
    data = path.read_bytes()
    found = [data, unpacked(data, path.name)]
    if path.suffix == ".parquet":
        found.append(json.dumps(read_parquet(path.read_bytes(), path.name).to_pylist(), default=str).encode())
    if data.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as index:
            found.append("\n".join(index.iterdump()).encode())
    return found
