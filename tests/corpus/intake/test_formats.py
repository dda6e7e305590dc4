"""Formats of others: each file becomes rows of a workbook, what is to be decided is marked, what is not taken is counted."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from allegata.corpus.importers import IMPORTERS
from allegata.corpus.intake import reading
from allegata.corpus.intake.dates import iso_date
from allegata.corpus.intake.draft import slug
from allegata.corpus.intake.mapping import default_map, read_map
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.workbook.importer import IMPORTER as WORKBOOK
from allegata.errors import AllegataError, SheetError
from allegata.release.closure import check_draft
from support import ROOT

FILES = ROOT / "tests" / "fixtures" / "formats"
MAPS = sorted(path.stem for path in (ROOT / "server" / "allegata" / "corpus" / "intake" / "maps").glob("*.yaml"))
Rows = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("intake") / "arland"
    create_corpus(folder, Scaffold("Arland", "https://example.org/arland/", LICENCE, date(2026, 1, 1)), ROOT)
    return folder


def drafted(name: str, path: Path, root: Path, out: Path, **values: str) -> tuple[Rows, tuple[str, ...]]:
    """Draft a workbook, as CSV, and return its rows by sheet, with what is told."""
    drafts = IMPORTERS.get(name).drafts
    assert drafts
    made = drafts(path, root, {key: (value,) for key, value in values.items()}, suggest=False)
    made.write(out)
    rows: Rows = {}
    for sheet in out.glob("*.csv"):
        with sheet.open(encoding="utf-8-sig", newline="") as lines:
            found = [{key: cell for key, cell in row.items() if cell} for row in csv.DictReader(lines)]
        rows[sheet.stem] = [row for row in found if not row["id"].startswith("#")]
    return rows, made.notes


def test_a_fact_check_is_two_assertions_and_no_verdict(root: Path, tmp_path: Path) -> None:
    rows, notes = drafted("claimreview", FILES / "claimreview.json", root, tmp_path / "out")
    claimed, rated, relayed, _ = rows["assertions"]
    assert [row["kind"] for row in rows["actors"]] == ["organization", "organization", "person"]
    assert claimed["speaker"] == "dockers-league" and claimed["document"] == "https-league-example-org-leaflet"
    assert rated["speaker"] == "arland-checks" and rated["replies to"] == claimed["id"]
    assert (rated["polarity"], rated["modality"]) == ("affirms", "evaluative")
    rating = next(row for row in rows["claims"] if row["id"] == rated["claim"])
    assert "“Mostly wrong”" in rating["statement"] and rating["about"] == claimed["claim"]
    assert not rows["stances"]
    assert relayed["relayed by"] == "arland-checks" and relayed["relay manner"] == "reports"  # no place of the claim is given
    assert next(row for row in rows["actors"] if row["id"] == "a-speaker")["named because"].startswith("TODO")
    assert any("reviewRating.worstRating" in note and "in 1 records" in note for note in notes)


def test_an_annotation_of_others_is_a_passage_whose_words_are_to_be_found(root: Path, tmp_path: Path) -> None:
    rows, _ = drafted("webannotation", FILES / "webannotation.json", root, tmp_path / "out")
    first, second = rows["assertions"]
    assert first["passage"] == "forty schools stayed shut" and "start" not in first
    assert first["speaker"].startswith("TODO") and second["no passage because"].startswith("TODO")
    assert rows["claims"][0]["topic"] == "education" and "puts a figure on it" in rows["claims"][0]["statement"]
    assert [row["address"] for row in rows["documents"]] == [
        "https://union.example.org/letter",
        "https://ministry.example.org/answer",
    ]


def test_entities_become_actors_documents_and_what_an_authority_states(root: Path, tmp_path: Path) -> None:
    rows, notes = drafted("ftm", FILES / "entities.ftm.json", root, tmp_path / "out")
    assert [row["kind"] for row in rows["actors"]] == ["person", "organization", "organization"]
    (claim,), (assertion,) = rows["claims"], rows["assertions"]
    assert claim["about"] == "a-director" and "A. Director" in claim["statement"] and claim["from"] == "2019-06-02"
    assert assertion["speaker"] == "office-of-lists"
    assert "Not taken: 1 records of the kind Ownership." in notes and "Not taken: birthDate, in 1 records." in notes


def test_entities_of_uwazi_become_documents_in_their_languages(root: Path, tmp_path: Path) -> None:
    rows, notes = drafted("uwazi", FILES / "uwazi.csv", root, tmp_path / "out")
    letter, answer = rows["documents"]
    assert letter["name@es"] == "Carta del sindicato" and letter["date"] == "2020-05-17" and "name@es" not in answer
    assert "Not taken: theme, in 2 records." in notes


def test_annotations_of_the_index_become_recommendations_and_observations(root: Path, tmp_path: Path) -> None:
    rows, notes = drafted("uhri", FILES / "uhri.json", root, tmp_path / "out")
    first, second = rows["assertions"]
    assert first["modality"] == "recommendation" and second["modality"].startswith("TODO")
    assert rows["claims"][0]["addressee"] == rows["claims"][1]["duty bearer"] == "https://w3id.org/allegata/actor/eritrea"
    assert rows["claims"][0]["statement"] == "TODO say in your own words: Reopen the schools of the coast"
    assert "allegata library add states --state ERI" in notes[-1]
    table, _ = drafted("uhri", FILES / "uhri.csv", root, tmp_path / "table")
    assert (
        table["claims"][0]["topic"].startswith("education; TODO which topic is 'health'? The nearest")
        and "; all of them" in table["claims"][0]["statement"]
    )


def test_events_are_told_by_their_dataset_with_its_sources(root: Path, tmp_path: Path) -> None:
    rows, notes = drafted("acled", FILES / "acled.csv", root, tmp_path / "out")
    event, riot, deaths = rows["assertions"]
    assert {row["speaker"] for row in rows["assertions"]} == {"acled"}
    assert event["cites"] == "port-gazette; coast-radio" and riot["cites"] == "port-gazette"
    assert deaths["modality"] == "estimate" and [row.get("number") for row in rows["claims"]] == [None, None, "3"]
    assert rows["claims"][0]["from"] == "2020-05-17"
    assert rows["places"][1]["within"] == rows["places"][0]["id"] == "coast-arland"
    assert "Invented" not in str(rows) and any("prose of the dataset" in note for note in notes)


def test_items_of_wikidata_become_persons_and_places_with_names_in_every_language(root: Path, tmp_path: Path) -> None:
    rows, notes = drafted("wikidata", FILES / "wikidata.json", root, tmp_path / "out")
    (person,), (place,) = rows["actors"], rows["places"]
    assert (
        person["kind"] == "person" and person["name@es"] == "A. Ejemplo" and person["other names"] == "Example, A.; The Example"
    )
    assert "name@mul" not in person and place["note"] == "10.5, 20.25, by Wikidata."
    assert "Not taken: P569, in 1 records." in notes
    found, _ = drafted("wikidata", FILES / "sparql-results.json", root, tmp_path / "results")
    assert found["actors"][0]["name"] == "Sandbox Institute"


def test_a_table_by_a_map_becomes_a_corpus(root: Path, tmp_path: Path) -> None:
    rows, notes = drafted("csv", FILES / "incidents.csv", root, tmp_path / "out", map=str(FILES / "incidents.yaml"))
    assert [row["topic"] for row in rows["claims"]] == ["Education", "education"]
    assert "Not taken: Remarks, in 1 records." in notes and notes[1] == "To be decided, marked TODO: 0 cells."
    assert WORKBOOK.revise
    revision = WORKBOOK.revise(tmp_path / "out", root, {"sources": (str(tmp_path),)}, replace=False)
    found = check_draft(revision.draft, lambda _step: None)
    assert found.conforms, found.text()


def test_what_is_marked_stops_the_import_of_the_workbook(root: Path, tmp_path: Path) -> None:
    drafted("claimreview", FILES / "claimreview.json", root, tmp_path / "out")
    assert WORKBOOK.revise
    with pytest.raises(AllegataError, match="TODO"):
        WORKBOOK.revise(tmp_path / "out", root, {"sources": (str(tmp_path),)}, replace=False)


def test_a_map_is_drafted_and_drafts_a_workbook(root: Path, tmp_path: Path) -> None:
    drafts = IMPORTERS.get("csv").drafts
    assert drafts
    drafts(FILES / "incidents.csv", root, {}, suggest=True).write(tmp_path / "map.yaml")
    text = (tmp_path / "map.yaml").read_text("utf-8")
    assert '"Schooling": TODO which topic is it?' in text and '"Remarks": not decided' in text
    rows, _ = drafted("csv", FILES / "incidents.csv", root, tmp_path / "out", map=str(tmp_path / "map.yaml"))
    assert [row["statement"] for row in rows["claims"]] == ["Forty schools were closed in 2020.", "All schools are open."]
    assert rows["claims"][1]["topic"] == "TODO which topic is it?" and rows["assertions"][0]["speaker"] == "teachers-union"


@pytest.mark.parametrize("name", MAPS)
def test_each_map_that_comes_with_a_format_is_read(name: str) -> None:
    assert default_map(name).rows
    assert len(MAPS) == 8


#: Format, file, content, what is told.
BAD = [
    ("acled", "x.csv", "event_id_cnty,event_date\nA1,2020\n", "row 2: there is no event_type, location"),
    ("acled", "x.csv", "event_id_cnty,event_date,event_type,location,event_date\n", "row 1: the column event_date stands twice"),
    ("uwazi", "x.csv", "name\nA letter\n", "row 2: there is no title"),
    ("uwazi", "x.csv", 'title\n=HYPERLINK("x")\n', "row 2, title: the cell holds a formula"),
    ("uwazi", "x.csv", "title\nA letter,and more\n", "row 2: a cell stands behind the last column"),
    ("uwazi", "x.csv", 'title\n"A letter\n', "this is no CSV"),
    ("uwazi", "x.csv", "", "there are no names of columns"),
    ("uhri", "x.json", "[{}]", "record 1: there is no Symbol, Text, Body"),
    ("uhri", "x.json", "[1, 2", "line 1: this is no JSON"),
    ("uhri", "x.json", '"text"', "no list of records"),
    ("uhri", "x.json", "[" * 150, "nested more than 100 deep"),
    ("ftm", "x.json", '{"id": "a", "schema": "Person", "properties": {}}\n{"id": 5}\n', "line 2: this is no entity"),
    ("ftm", "x.json", '{"id": "a"\n', "x.json, line 1: this is no JSON"),
    ("claimreview", "x.json", '{"@type": "Article"}', "there is no ClaimReview"),
    ("claimreview", "x.json", '{"@type": "ClaimReview", "claimReviewed": "A"}', "ClaimReview 1: there is no author.name"),
    ("webannotation", "x.json", '{"type": "Annotation"}', "annotation 1: the annotation has no target"),
    ("webannotation", "x.json", '{"type": "Annotation", "body": {"type": "alg:Assertion"}}', "annotation 1: the body has no id"),
    (
        "webannotation",
        "x.json",
        '{"type": "Annotation", "body": {"id": "https://a.b/assertion/c", "type": "alg:Assertion", "x:y": 1}}',
        "x:y is no member",
    ),
    ("wikidata", "x.json", '{"labels": {}}', "neither entities nor results"),
    ("wikidata", "x.json", '{"entities": {"Q1": {}}}', "entity 1: this is no entity"),
    ("wikidata", "x.json", '{"results": {"bindings": [{"item": "Q1"}]}}', "result 1: this is no result"),
    ("nanopubs", "x.trig", "<a> <b> .", "this is no TriG"),
    ("nanopubs", "x.trig", "<https://a.b/c> <https://a.b/d> 1 .", "this is no nanopublication"),
    ("csv", "x.csv", "a,b\n1,2\n", "There is no map"),
]


@pytest.mark.parametrize(("name", "file", "text", "told"), BAD, ids=lambda value: str(value)[:30])
def test_what_is_none_of_the_format_is_told_with_its_place(
    name: str, file: str, text: str, told: str, root: Path, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(text, "utf-8")
    with pytest.raises(AllegataError) as caught:
        drafted(name, tmp_path / file, root, tmp_path / "out")
    assert told in str(caught.value) and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rows: []", "a map has rows"),
        ("row: []", "there is no key row here.\nDid you mean rows?"),
        ("rows:\n  - sheet: Claim\n    key: a\n", "line 2: a workbook has no sheet Claim.\nDid you mean Claims?"),
        ("rows:\n  - sheet: Claims\n    cells: {}\n", "a row has a key"),
        ("rows:\n  - sheet: Claims\n    key: a\n    cells: {statment: a}\n", "no column statment.\nDid you mean statement?"),
        ("rows:\n  - sheet: Claims\n    key: a\n    cells: {topic@es: a}\n", "es is no language of topic"),
        ("rows:\n  - sheet: Claims\n    key: [a]\n", "a text stands here"),
        ("rows:\n  - Claims\n", "a mapping stands here"),
    ],
)
def test_a_map_that_is_none_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(SheetError) as caught:
        read_map(text, Path("map.yaml"))
    assert told in str(caught.value) and "map.yaml, line" in str(caught.value)


def test_a_map_that_names_rows_and_makes_none_and_cells_that_are_too_long_are_told_together(root: Path, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(
        "rows:\n  - sheet: Claims\n    key: '{a}'\n    cells: {statement: '{a} {a} {a}', part of: {row: Claims, key: other}}\n"
    )
    (tmp_path / "x.csv").write_text(f"a\n{'b' * 20_000}\n", "utf-8")
    with pytest.raises(SheetError) as caught:
        drafted("csv", tmp_path / "x.csv", root, tmp_path / "out", map=str(tmp_path / "map.yaml"))
    assert "statement would have 60,002 characters" in str(caught.value) and "makes none" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2020", "2020"),
        ("2020-05", "2020-05"),
        ("2020/05/17", "2020-05-17"),
        ("2020-05-17T10:00:00Z", "2020-05-17"),
        ("17 May 2020", "2020-05-17"),
        ("May 17, 2020", "2020-05-17"),
        ("+1950-02-00T00:00:00Z", "1950-02"),
        ("1589673600", "2020-05-17"),
        ("05/06/2020", ""),
        ("2020-13-01", ""),
        ("17 Foo 2020", ""),
        ("yesterday", ""),
    ],
)
def test_dates_are_read_in_one_way_or_not_at_all(text: str, read: str) -> None:
    assert iso_date(text) == read


def test_ids_are_plain_and_tell_names_of_other_scripts_apart() -> None:
    assert slug("Teachers' Union (Coast)") == "teachers-union-coast" and slug("Société É") == "societe-e"
    assert slug("학교") != slug("항구") and slug("학교").startswith("x")
    assert len(slug("a" * 500)) <= 60 and slug("a" * 500) != slug("a" * 501)


def test_every_format_is_registered_and_documented() -> None:
    documented = (ROOT / "docs" / "formats.md").read_text("utf-8")
    modules = {entry.name for entry in entry_points(group="allegata.importers") if ".intake." in entry.value}
    assert len(modules) == 9
    for name in modules:
        assert f"allegata import {name}" in documented, name


def test_hostile_json_ends_in_an_error(root: Path, tmp_path: Path) -> None:
    wide: Mapping[str, object] = {"@type": "ClaimReview", "claimReviewed": "a", "author": {"name": [str(n) for n in range(6000)]}}
    (tmp_path / "wide.json").write_text(json.dumps(wide))
    with pytest.raises(SheetError, match="more than 5,000 values"):
        drafted("claimreview", tmp_path / "wide.json", root, tmp_path / "out")
    (tmp_path / "many.json").write_text(
        "\n".join(f'{{"id": "{n}", "schema": "Person", "properties": {{}}}}' for n in range(20_001))
    )
    with pytest.raises(SheetError, match="more than 20,000 records"):
        drafted("ftm", tmp_path / "many.json", root, tmp_path / "out")


def test_a_text_that_is_not_closed_is_looked_through_once() -> None:
    for torn in ('"' + '\\"' * 1000, '"' + '[\\"' * 1000 + "\\"):
        assert [found.span() for found in reading._TOKEN.finditer(torn)] == [(0, len(torn))]
        with pytest.raises(SheetError, match="no JSON"):
            reading.parse_json(torn, "torn.json")
