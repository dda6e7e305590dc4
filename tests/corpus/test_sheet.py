"""Curation sheets: offsets and digests are computed, the passages stay outside, mistakes name the record."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

import hypothesis
import pytest
import rdflib
import yaml
from hypothesis import strategies
from jsonschema import Draft202012Validator
from rdflib import RDF, XSD, Literal

from allegata.corpus.anchors import passage_digest
from allegata.corpus.importers import CorpusFile
from allegata.corpus.sheet import import_sheet
from allegata.corpus.sheet_schema import SCHEMA_TEXT
from allegata.corpus.workbook.names import Names, read_names
from allegata.errors import AllegataError, CorpusSyntaxError, SheetError
from allegata.model.namespaces import PREFIXES
from support import ROOT

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


def test_what_is_said_of_speech_is_taken_over(tmp_path: Path) -> None:
    change = {
        "polarity": "leavesOpen",
        "certainty": "possible",
        "relayManner": "distances",
        "date": "2017-05",
        "relays": ["others-doubt"],
        "repliesTo": ["source/report-2025", "claim/camp-holds-200"],
    }
    claims = {**SHEET["claims"], "part": {"statement": "Somebody is held.", "partOf": ["camp-holds-200"]}}
    found = graph(imported(tmp_path, {**SHEET, "claims": claims, "assertions": [{**SHEET["assertions"][0], **change}]}))
    said = dict(found.predicate_objects(rdflib.URIRef(f"{BASE}assertion/letter/guards-say-200")))
    for name, path in {
        "polarity": "polarity/leavesOpen",
        "certainty": "certainty/possible",
        "relayManner": "relay-manner/distances",
    }.items():
        assert str(said[ALG[name]]) == f"https://w3id.org/allegata/scheme/{path}"
    assert said[rdflib.DCTERMS.date] == Literal("2017-05", datatype=XSD.gYearMonth)
    assert str(said[ALG.relays]) == f"{BASE}assertion/letter/others-doubt"
    answered = found.objects(rdflib.URIRef(f"{BASE}assertion/letter/guards-say-200"), ALG.repliesTo)
    assert {str(thing) for thing in answered} == {f"{BASE}source/report-2025", f"{BASE}claim/camp-holds-200"}
    whole = found.value(rdflib.URIRef(f"{BASE}claim/part"), ALG.partOfClaim)
    assert str(whole) == f"{BASE}claim/camp-holds-200"


def test_concepts_are_those_of_the_model_and_things_those_of_the_corpus(tmp_path: Path) -> None:
    found = graph(imported(tmp_path, SHEET))
    claim, assertion = (rdflib.URIRef(f"{BASE}{path}") for path in ("claim/camp-holds-200", "assertion/letter/guards-say-200"))
    concepts = rdflib.Namespace("https://w3id.org/allegata/scheme/")
    assert set(found.objects(claim, ALG.topic)) == {concepts["topic/detention"]}
    assert set(found.objects(claim, ALG.about)) == {concepts["topic/detention"], rdflib.URIRef(f"{BASE}actor/camp")}
    assert found.value(assertion, ALG.protectionLevel) == concepts["protection-level/public"]
    assert found.value(assertion, ALG.polarity) == concepts["polarity/affirms"]


def test_lines_are_offered_for_what_is_said_or_as_their_key_says(tmp_path: Path) -> None:
    first, second = SHEET["assertions"]
    offering = {**first, "lines": "accounts", "linesAgainst": ["images"], "linesInconclusive": ["letters"]}
    doubting = {**second, "lines": ["accounts"], "linesFor": ["images"]}
    found = graph(imported(tmp_path, {**SHEET, "assertions": [offering, doubting]}))
    here, direction = f"{BASE}assertion/letter/", "https://w3id.org/allegata/scheme/direction/"
    offers = {
        (str(assertion).removeprefix(here), str(found.value(use, ALG.usedLine)).removeprefix(f"{BASE}evidence-line/"),
         str(found.value(use, ALG.direction)).removeprefix(direction))
        for assertion, use in found.subject_objects(ALG.evidenceUse)
    }  # fmt: skip
    assert offers == {
        ("guards-say-200", "accounts", "supports"),
        ("guards-say-200", "images", "disputes"),
        ("guards-say-200", "letters", "inconclusive"),
        ("others-doubt", "accounts", "disputes"),
        ("others-doubt", "images", "supports"),
    }


def test_a_standard_a_note_and_how_a_number_was_reached_are_taken_over(tmp_path: Path) -> None:
    claim = SHEET["claims"]["camp-holds-200"]
    quantity = {"min": 150, "max": 250, "unit": "persons", "measure": "peopleHeld"}
    quantity |= {"interval": "confidenceInterval", "coverage": 0.95, "method": "Two counts."}
    entry = {
        **SHEET["assertions"][0],
        "standardOfProof": "balanceOfProbabilities",
        "evidence": ["otherKind"],
        "note": "A drawing.",
    }
    found = graph(
        imported(tmp_path, {**SHEET, "claims": {"camp-holds-200": {**claim, "quantity": quantity}}, "assertions": [entry]})
    )
    concepts = rdflib.Namespace("https://w3id.org/allegata/scheme/")
    number, assertion = (
        rdflib.URIRef(f"{BASE}{p}") for p in ("claim/camp-holds-200/quantity", "assertion/letter/guards-say-200")
    )
    assert found.value(number, ALG.intervalKind) == concepts["interval-kind/confidenceInterval"]
    assert found.value(number, ALG.coverage) == Literal("0.95", datatype=XSD.decimal)
    assert found.value(number, ALG.estimationMethod) == Literal("Two counts.", lang="en")
    assert found.value(assertion, ALG.standardOfProof) == concepts["standard-of-proof/balanceOfProbabilities"]
    assert found.value(assertion, rdflib.SKOS.note) == Literal("A drawing.", lang="en")


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
        ({"phrase": "doubt it"}, "phrase: the phrase 'doubt it' is not in the passage"),  # in the text it is
        ({"verdict": "true"}, "verdict: the key is unknown"),
        ({"polarity": None}, "polarity"),
        ({"evidence": ["notStated", "otherKind"]}, "the key note is missing"),
        ({"evidence": "otherKind"}, "the key note is missing"),
    ],
)
def test_a_mistake_names_the_record(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    entry = {key: value for key, value in {**SHEET["assertions"][0], **change}.items() if value is not None}
    with pytest.raises(SheetError, match=rf"sheet\.yaml:\d+: assertion .*{message}"):
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
    with pytest.raises(CorpusSyntaxError, match=r"sheet\.yaml:1: this is not YAML"):
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
        ({"claims": 5}, "claims: '5' is not a mapping"),
        ({"claims": {"camp-holds-200": 5}}, "claim camp-holds-200: '5' is not a claim"),
        ({"claims": {"camp-holds-200": None}}, "claims: camp-holds-200|claim camp-holds-200"),
        ({"claims": {"Camp": {"statement": "x"}}}, "claim Camp: 'Camp' is not a slug"),
        ({"claims": {"camp-holds-200": {"statement": ["x"]}}}, "claim camp-holds-200: statement: a list is not a text"),
        (
            {"claims": {"camp-holds-200": {"statement": "x", "topic": ["a b"]}}},
            "claim camp-holds-200: topic: 1: 'a b' is not a name",
        ),
        ({"assertions": ["x"]}, "assertion 1: 'x' is not an assertion"),
        (
            {"assertions": [{**SHEET["assertions"][0], "evidence": []}]},
            "assertion guards-say-200: evidence: an empty list is not a name",
        ),
        (
            {"assertions": [{**SHEET["assertions"][0], "nth": 0}]},
            "assertion guards-say-200: nth: '0' is not a number that counts",
        ),
        ({"stances": "x"}, "stances: 'x' is not a list of stances"),
        ({"section": "../../x"}, "section: '../../x' is not a slug"),
        ({"document": ["letter"]}, "document: a list is not a slug"),
        ({"verdict": "x"}, "verdict: the key is unknown; known are assertions, claims"),
    ],
)
def test_a_value_of_another_kind_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(SheetError, match=rf"sheet\.yaml:\d+: {message}"):
        imported(tmp_path, {**SHEET, **change})


# -- scalars ----------------------------------------------------------------------------------------------------------------

WRITTEN = """\
document: letter
section: numbers
claims:
  camp:
    statement: {statement}
    topic: [detention]
    quantity: {{value: {value}, unit: persons, measure: peopleHeld}}
    period: {{start: {start}}}
assertions:
- id: guards
  claim: camp
  passage: The camp holds 200 people
  by: [{by}]
  polarity: affirms
  modality: estimate
  evidence: [notStated]
"""
FITS = {"statement": "Many are held.", "value": "200", "start": "2004", "by": "guards"}


def written(tmp_path: Path, text: str) -> rdflib.Graph:
    (tmp_path / "letter.txt").write_text(TEXT, "utf-8")
    (tmp_path / "sheet.yaml").write_bytes(text.encode())
    return graph(import_sheet(tmp_path / "sheet.yaml", tmp_path, BASE))


CAMP = rdflib.URIRef(f"{BASE}claim/camp")


@pytest.mark.parametrize("statement", ["2014", "no", "1:30", "2004-06-30", "0120", "~", "3.10"])
def test_a_statement_keeps_what_stands_there(tmp_path: Path, statement: str) -> None:
    found = written(tmp_path, WRITTEN.format(**{**FITS, "statement": statement}))
    assert found.value(CAMP, ALG.statement) == Literal(statement, lang="en")


@pytest.mark.parametrize(
    ("value", "number", "datatype"),
    [
        ("0120", "120", XSD.integer),
        ("200", "200", XSD.integer),
        ("-0", "0", XSD.integer),
        ("1.50", "1.5", XSD.decimal),
        ("2.0", "2", XSD.integer),
        ("9" * 5000, "9" * 5000, XSD.integer),
    ],
)
def test_a_number_is_read_in_tens_and_written_in_its_canonical_form(
    tmp_path: Path, value: str, number: str, datatype: rdflib.URIRef
) -> None:
    found = written(tmp_path, WRITTEN.format(**{**FITS, "value": value})).value(
        rdflib.URIRef(f"{CAMP}/quantity"), rdflib.URIRef(PREFIXES["schema"] + "value")
    )
    assert isinstance(found, Literal) and (str(found), found.datatype) == (number, datatype)


@pytest.mark.parametrize("value", ["1:30", "1_000", "1,000", "1e3", "0x10", "many", "true", ".5", "٢"])
def test_what_is_no_number_is_named_with_line_and_key(tmp_path: Path, value: str) -> None:
    with pytest.raises(SheetError, match=rf"sheet\.yaml:7: claim camp: quantity: value: '{value}' is not a number in digits"):
        written(tmp_path, WRITTEN.format(**{**FITS, "value": f'"{value}"' if "," in value else value}))


@pytest.mark.parametrize("start", ["2004-13", "2004-02-30", "0000", "04", "2004-6-3", "2004-06-30T00:00:00"])
def test_what_is_no_date_is_named_with_line_and_key(tmp_path: Path, start: str) -> None:
    with pytest.raises(SheetError, match=rf"sheet\.yaml:8: claim camp: period: start: '{start}' is not a date"):
        written(tmp_path, WRITTEN.format(**{**FITS, "start": start}))


def test_a_key_that_stands_twice_is_named_with_its_line(tmp_path: Path) -> None:
    for again, words in (
        ("  by: [others]\n", "by stands twice, first in line 13"),
        ("section: x\n", "section stands twice, first in line 2"),
    ):
        with pytest.raises(CorpusSyntaxError, match=rf"sheet\.yaml:17: the key {words}"):
            written(tmp_path, (WRITTEN + again).format(**FITS))


def test_assertions_need_a_document_and_a_claim_something(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match=r"sheet\.yaml:1: the key document is missing, which assertions need"):
        written(tmp_path, WRITTEN.format(**FITS).partition("\n")[2])
    with pytest.raises(SheetError, match=r"sheet\.yaml:3: claim camp: nothing is not a claim"):
        written(tmp_path, "section: x\nclaims:\n  camp:\n")


def test_an_id_that_stands_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    again = WRITTEN + WRITTEN[WRITTEN.index("- id") :]
    with pytest.raises(SheetError, match=r"sheet\.yaml:17: assertion guards: id: the same id stands in line 10"):
        written(tmp_path, again.format(**FITS))


def test_all_mistakes_are_told_at_once_in_order(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as caught:
        written(tmp_path, WRITTEN.format(**{**FITS, "value": "1:30", "start": "x", "by": "a b"}))
    assert [line.partition("sheet.yaml:")[2].partition(":")[0] for line in caught.value.message.splitlines()] == ["7", "8", "13"]


def test_a_sheet_is_read_with_a_byte_order_mark_and_other_line_ends(tmp_path: Path) -> None:
    text = WRITTEN.format(**FITS)
    made = [written(tmp_path, form).serialize(format="nt") for form in (text, "\ufeff" + text, text.replace("\n", "\r\n"))]
    assert len(set(made)) == 1


def test_the_digest_is_that_of_what_the_text_has(tmp_path: Path) -> None:
    text = WRITTEN.replace("The camp holds 200 people", "The camp\n    holds 200 people").format(**FITS)
    (tmp_path / "sheet.yaml").write_text(text, "utf-8")
    (tmp_path / "letter.txt").write_text(TEXT.replace("camp holds", "camp\r\nholds"), "utf-8", newline="")
    found = graph(import_sheet(tmp_path / "sheet.yaml", tmp_path, BASE))
    digest = rdflib.URIRef(f"{BASE}assertion/letter/guards/anchor/digest")
    assert str(found.value(digest, rdflib.URIRef(PREFIXES["spdx"] + "checksumValue"))) == passage_digest(
        "The camp\r\nholds 200 people"
    )


def test_a_title_stays_in_its_comment(tmp_path: Path) -> None:
    made = imported(tmp_path, {**SHEET, "title": "Numbers\n<urn:a> <urn:b> <urn:c> ."})
    assert made.text.startswith("# Numbers <urn:a> <urn:b> <urn:c> .\n")


def test_words_are_in_the_language_that_the_sheet_names(tmp_path: Path) -> None:
    for language in ("es", "pt-br"):
        words = graph(imported(tmp_path, {**SHEET, "language": language}))
        tagged = {term.language for term in words.objects() if isinstance(term, rdflib.Literal) and term.language}
        assert tagged == {language}
    with pytest.raises(SheetError, match="a language tag such as"):
        imported(tmp_path, {**SHEET, "language": "Spanish"})


def test_the_schema_is_sound_and_documents_each_key() -> None:
    schema = json.loads(SCHEMA_TEXT)
    Draft202012Validator.check_schema(schema)
    keys = {key for part in (schema, *schema["$defs"].values()) for key in part.get("properties", {})}
    page = (ROOT / "docs" / "curating.md").read_text("utf-8")
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", page)] == []
    assert all("description" in part for part in schema["$defs"].values())


@hypothesis.settings(max_examples=200, derandomize=True, deadline=None)
@hypothesis.given(strategies.data())
def test_no_sheet_brings_out_another_error(data: strategies.DataObject) -> None:
    words = strategies.sampled_from(["camp", "letter", "2014", "", "a b", "1:30", "../x", "Others doubt it", "é\n", "%zz"])
    keys = strategies.sampled_from(
        ["document", "section", "title", "claims", "assertions", "stances", "id", "claim", "statement"]
    )
    more = strategies.sampled_from(["by", "nth", "passage", "passages", "quantity", "value", "period", "start", "evidence", "x"])
    values = strategies.recursive(
        strategies.none() | words,
        lambda inner: strategies.lists(inner, max_size=2) | strategies.dictionaries(keys | more, inner, max_size=6),
        max_leaves=12,
    )
    sheet = data.draw(strategies.dictionaries(keys, values, max_size=5))
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(AllegataError):
        imported(Path(folder), {"section": "numbers", **sheet})


# -- with the names of a corpus ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled() -> Names:
    return read_names(ROOT)[0]


def named(names: Names, tmp_path: Path, change: dict[str, Any]) -> CorpusFile:
    claims = {"camp-holds-200": {"statement": "Two hundred people are held in the camp.", "topic": ["education"]}}
    entry = {**SHEET["assertions"][0], "by": ["dprk-government"], "relayedBy": ["prk"], **change}
    (tmp_path / "letter.txt").write_text(TEXT, "utf-8")
    (tmp_path / "sheet.yaml").write_text(yaml.safe_dump({**SHEET, "claims": claims, "assertions": [entry]}), "utf-8")
    return import_sheet(tmp_path / "sheet.yaml", tmp_path, names.base, names)


def test_values_are_taken_by_label_or_code_where_the_corpus_is_known(bundled: Names, tmp_path: Path) -> None:
    found = graph(named(bundled, tmp_path, {"polarity": "긍정", "evidence": ["WitnessTestimony"]}))
    said = dict(found.predicate_objects(rdflib.URIRef(f"{bundled.base}assertion/letter/guards-say-200")))
    assert str(said[ALG.polarity]).endswith("/polarity/affirms") and str(said[ALG.evidenceKind]).endswith("/witnessTestimony")
    assert str(said[ALG.relayedBy]) == f"{bundled.base}actor/dprk"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"by": ["dprk-goverment"]},
            r"assertion guards-say-200: by: 'dprk-goverment' is no actor. The nearest is dprk-government",
        ),
        ({"polarity": "affirmss"}, r"polarity: 'affirmss' is no polarity. The nearest is affirms"),
        ({"cites": ["nowhere-at-all"]}, r"cites: 'nowhere-at-all' is no source. Mend the name, or describe it in the corpus"),
    ],
)
def test_what_the_corpus_does_not_have_is_told_with_the_nearest(
    bundled: Names, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(SheetError, match=told):
        named(bundled, tmp_path, change)
