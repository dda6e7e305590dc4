"""Readings: a table becomes data, the agreement that the report gives is that of the definition, and each file was read."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest
from pyoxigraph import Quad

from allegata.corpus.inference import union_store
from allegata.corpus.rdf import parse_turtle
from allegata.corpus.readings import FIELDS, IMPORTER, Row, read_table, turtle
from allegata.errors import SheetError
from allegata.release.reports import write_reports
from support import ROOT

BASE = "https://example.org/"
HEAD = "record,reader,field,value\n"


def alpha(pairs: Sequence[tuple[str, str]]) -> float:
    """Return Krippendorff's alpha for nominal values of two readers, from the coincidences (Krippendorff 2011)."""
    counts = Counter(value for pair in pairs for value in pair)
    total = sum(counts.values())
    expected = sum(n * m for one, n in counts.items() for other, m in counts.items() if one != other) / (total - 1)
    observed = 2 * sum(one != other for one, other in pairs)
    return 1 - observed / expected


def report(text: str, folder: Path) -> dict[str, dict[str, str]]:
    """Make the report on agreement of some data, and give its first table by property."""
    (folder / "data.ttl").write_text(text, "utf-8")
    quads = [Quad(t.subject, t.predicate, t.object) for t in parse_turtle(folder / "data.ttl")]
    write_reports(union_store(quads), ROOT / "ontology" / "reports", folder / "made", BASE)
    with (folder / "made" / "agreement" / "10-agreement.csv").open(encoding="utf-8", newline="") as file:
        return {row["property"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("seed", range(3))
def test_agreement_is_that_of_the_definition(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    words = ("rebuts", "supports", "supports", "qualifies", "restates")
    pairs = []
    for _ in range(60):
        one = dice.choice(words)
        pairs.append((one, one if dice.random() < 0.7 else dice.choice(words)))
    rows = [
        Row(f"{BASE}stance/{n}", reader, "stance", value)
        for n, pair in enumerate(pairs)
        for reader, value in zip(("blindReader-1", "blindReader-2"), pair, strict=True)
    ]
    made = report(turtle(rows, "stances", BASE, "2026-01-02", "automated"), tmp_path)
    assert float(made["stance"]["pairs"]) == 60
    assert float(made["stance"]["percent"]) == pytest.approx(100 * sum(one == two for one, two in pairs) / 60, abs=0.05)
    assert float(made["stance"]["alpha"]) == pytest.approx(alpha(pairs), abs=0.0005)


def test_what_nobody_measured_is_said_so(tmp_path: Path) -> None:
    rows = [Row(f"{BASE}assertion/a", reader, "polarity", "affirms") for reader in ("curator", "secondReader")]
    made = report(turtle(rows, "one", BASE, "2026-01-02", "byHand"), tmp_path)
    assert (made["polarity"]["percent"], made["polarity"]["alpha"]) == ("100", "not defined")
    for name in ("modality", "kind of evidence", "stance"):
        assert {made[name]["percent"], made[name]["alpha"]} == {"not measured in this release"}
        assert made[name]["pairs"] == "0"


def test_a_table_becomes_a_file(tmp_path: Path) -> None:
    table = tmp_path / "Blind reading.csv"
    table.write_text(f"{HEAD}{BASE}assertion/a,blindReader-1,evidenceKind,reasoning citationTargetLost\n", "utf-8")
    (made,) = IMPORTER.read(table, BASE, {"day": ("2026-01-02",), "means": ("automated",)})
    assert made.path == PurePosixPath("readings/blind-reading.ttl")
    assert '"citationTargetLost reasoning"' in made.text and "reader-role/blindReader>" in made.text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no iri,curator,polarity,affirms", "no IRI of a record"),
        (f"{BASE}a,Somebody,polarity,affirms", "no reader"),
        (f"{BASE}a,curator,colour,affirms", "no field"),
        (f"{BASE}a,curator,polarity,", "no value"),
        (f"{BASE}a,curator,polarity,affirms\n{BASE}a,curator,polarity,denies", "line 3: .*twice"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "t.csv").write_text(f"{HEAD}{line}\n", "utf-8")
    with pytest.raises(SheetError, match=rf"t\.csv, line .*{message}" if "line" not in message else message):
        read_table(tmp_path / "t.csv")


def test_means_and_day_are_known(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(HEAD, "utf-8")
    for day, means in (("yesterday", "byHand"), ("2026-01-02", "guessed")):
        with pytest.raises(SheetError, match="is no"):
            list(IMPORTER.read(tmp_path / "t.csv", BASE, {"day": (day,), "means": (means,)}))
    with pytest.raises(SheetError, match="no column"):
        (tmp_path / "t.csv").write_text("record,value\n", "utf-8")
        read_table(tmp_path / "t.csv")


def test_fields_are_properties_of_the_vocabulary() -> None:
    vocabulary = (ROOT / "ontology" / "allegata.ttl").read_text("utf-8")
    assert all(f"\nalg:{name} a owl:ObjectProperty" in vocabulary for name in FIELDS)


def test_each_file_has_a_curator_and_each_file_of_claims_a_second_reader() -> None:
    roles: dict[str, set[str]] = {}
    triples = [t for path in (ROOT / "data" / "readings").glob("*.ttl") for t in parse_turtle(path)]
    role_of = {str(t.subject): str(t.object) for t in triples if str(t.predicate).endswith("#readerRole>")}
    for triple in triples:
        if str(triple.predicate).endswith("#reads>"):
            roles.setdefault(str(triple.object), set()).add(role_of[str(triple.subject)].rsplit("/", 1)[-1].rstrip(">"))
    files = [path for folder in ("claims", "stances") for path in (ROOT / "data" / folder).rglob("*.ttl")]
    assert len(files) >= 20
    for path in files:
        graph = f"<https://w3id.org/allegata/graph/{path.relative_to(ROOT / 'data').with_suffix('').as_posix()}>"
        wanted = {"curator", "secondReader"} if "/claims/" in graph else {"curator"}
        assert wanted <= roles.get(graph, set()), graph
