"""Curation sheets: offsets and digests are computed, the passages stay outside, mistakes name the record."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import rdflib
import yaml
from rdflib import RDF, XSD, Literal

from allegata.corpus.anchors import passage_digest
from allegata.corpus.importers import CorpusFile
from allegata.corpus.sheet import import_sheet
from allegata.errors import SheetError
from allegata.model.namespaces import PREFIXES

BASE = "https://example.org/"
ALG = rdflib.Namespace(PREFIXES["alg"])
OA = rdflib.Namespace(PREFIXES["oa"])
TEXT = "The camp holds 200 people, say its guards.\n\nOthers doubt it. Others doubt it.\n"
SHEET: dict[str, Any] = {
    "document": "letter",
    "section": "numbers",
    "claims": {
        "camp-holds-200": {
            "statement": "Two hundred people are held in the camp.",
            "topic": ["detention"],
            "about": ["actor/camp", "topic/detention"],
            "quantity": {"value": 200, "approximate": True, "unit": "persons", "measure": "peopleHeld"},
            "period": {"start": "2004", "end": "2004-06-30"},
        }
    },
    "assertions": [
        {
            "id": "guards-say-200",
            "claim": "camp-holds-200",
            "passage": "The camp holds 200 people",
            "by": ["guards"],
            "relayedBy": ["author"],
            "polarity": "affirms",
            "modality": "estimate",
            "evidence": ["witnessTestimony"],
        },
        {
            "id": "others-doubt",
            "claim": "camp-holds-200",
            "passage": "Others doubt it",
            "nth": 2,
            "by": ["others"],
            "polarity": "doubts",
            "modality": "categorical",
            "evidence": ["notStated"],
            "phrase": "doubt it",
        },
    ],
}


def imported(tmp_path: Path, sheet: dict[str, Any]) -> CorpusFile:
    (tmp_path / "letter.txt").write_text(TEXT, "utf-8")
    (tmp_path / "sheet.yaml").write_text(yaml.safe_dump(sheet), "utf-8")
    return import_sheet(tmp_path / "sheet.yaml", tmp_path, BASE)


def graph(result: CorpusFile) -> rdflib.Graph:
    return rdflib.Graph().parse(data=result.text, format="turtle")


def test_a_sheet_becomes_a_file_of_its_section(tmp_path: Path) -> None:
    result = imported(tmp_path, SHEET)
    assert result.path == PurePosixPath("claims/letter/numbers.ttl")
    assert result.text.startswith("# ")
    assert len(set(graph(result).subjects(RDF.type, ALG.Assertion))) == 2


def test_offsets_and_digests_are_computed(tmp_path: Path) -> None:
    found = graph(imported(tmp_path, SHEET))
    anchor = rdflib.URIRef(f"{BASE}assertion/letter/others-doubt/anchor")
    position = rdflib.URIRef(f"{anchor}/position")
    start, end = (int(str(found.value(position, term))) for term in (OA.start, OA.end))
    assert (TEXT[start:end], start) == ("Others doubt it", TEXT.rindex("Others"))
    digest = found.value(rdflib.URIRef(f"{anchor}/digest"), rdflib.URIRef(PREFIXES["spdx"] + "checksumValue"))
    assert str(digest) == passage_digest("Others doubt it")


def test_no_passage_stands_in_the_file(tmp_path: Path) -> None:
    text = imported(tmp_path, SHEET).text
    assert "The camp holds" not in text
    assert "Others doubt" not in text


def test_dates_keep_their_precision(tmp_path: Path) -> None:
    found = graph(imported(tmp_path, SHEET))
    period = rdflib.URIRef(f"{BASE}claim/camp-holds-200/period")
    dates = {str(p).rsplit("#", 1)[-1]: o for p, o in found.predicate_objects(period) if isinstance(o, Literal)}
    assert (dates["startDate"].datatype, dates["endDate"].datatype) == (XSD.gYear, XSD.date)


def test_concepts_are_those_of_the_model_and_things_those_of_the_corpus(tmp_path: Path) -> None:
    found = graph(imported(tmp_path, SHEET))
    claim, assertion = (rdflib.URIRef(f"{BASE}{path}") for path in ("claim/camp-holds-200", "assertion/letter/guards-say-200"))
    concepts = rdflib.Namespace("https://w3id.org/allegata/scheme/")
    assert set(found.objects(claim, ALG.topic)) == {concepts["topic/detention"]}
    assert set(found.objects(claim, ALG.about)) == {concepts["topic/detention"], rdflib.URIRef(f"{BASE}actor/camp")}
    assert found.value(assertion, ALG.protectionLevel) == concepts["protection-level/public"]
    assert found.value(assertion, ALG.polarity) == concepts["polarity/affirms"]


def test_a_broken_passage_has_two_anchors(tmp_path: Path) -> None:
    entry = {**SHEET["assertions"][0], "passages": ["The camp holds", "say its guards"]}
    del entry["passage"]
    found = graph(imported(tmp_path, {**SHEET, "assertions": [entry]}))
    assert len(set(found.objects(rdflib.URIRef(f"{BASE}assertion/letter/guards-say-200"), ALG.anchor))) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"passage": "nowhere"}, "not in the text"),
        ({"passage": "Others doubt it"}, "2 times"),
        ({"id": "Not A Slug"}, "not a slug"),
        ({"verdict": "true"}, "unknown keys: verdict"),
        ({"polarity": None}, "polarity"),
    ],
)
def test_a_mistake_names_the_record(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    entry = {key: value for key, value in {**SHEET["assertions"][0], **change}.items() if value is not None}
    with pytest.raises(SheetError, match=rf"sheet\.yaml: assertion .*{message}"):
        imported(tmp_path, {**SHEET, "assertions": [entry]})


def test_a_date_that_is_none_is_refused(tmp_path: Path) -> None:
    claim = {**SHEET["claims"]["camp-holds-200"], "period": {"start": "last year"}}
    with pytest.raises(SheetError, match="last year"):
        imported(tmp_path, {**SHEET, "claims": {"camp-holds-200": claim}})


def test_a_file_that_is_no_sheet_is_named(tmp_path: Path) -> None:
    (tmp_path / "sheet.yaml").write_text("- a\n- b\n", "utf-8")
    with pytest.raises(SheetError, match=r"sheet\.yaml: a sheet is"):
        import_sheet(tmp_path / "sheet.yaml", tmp_path, BASE)
    (tmp_path / "sheet.yaml").write_text("a: [", "utf-8")
    with pytest.raises(SheetError, match="not YAML"):
        import_sheet(tmp_path / "sheet.yaml", tmp_path, BASE)


def test_stances_have_a_file_of_their_own(tmp_path: Path) -> None:
    stance = {
        "id": "doubt-meets-number",
        "from": "assertion/letter/others-doubt",
        "to": "assertion/letter/guards-say-200",
        "stance": "rebuts",
        "basis": "curatorInferred",
        "rationale": "The same number is doubted.",
        "by": "curators",
    }
    result = imported(tmp_path, {"section": "letter", "stances": [stance]})
    assert result.path == PurePosixPath("stances/letter.ttl")
    assert len(set(graph(result).subjects(RDF.type, ALG.Stance))) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"claims": 5}, "claims is no mapping"),
        ({"claims": {"camp-holds-200": 5}}, "claim camp-holds-200: a value is of another kind"),
        ({"claims": {"camp-holds-200": {"statement": 200}}}, "claim camp-holds-200: a value is of another kind"),
        ({"assertions": ["x"]}, "assertions is no list"),
        ({"stances": "x"}, "stances is no list"),
        ({"section": "../../x"}, "section: '../../x' is not a slug"),
        ({"document": ["letter"]}, "document: .* is not a slug"),
    ],
)
def test_a_value_of_another_kind_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(SheetError, match=rf"sheet\.yaml: {message}"):
        imported(tmp_path, {**SHEET, **change})
