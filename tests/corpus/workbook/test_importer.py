"""Workbooks become corpora: values by label or code, offsets computed, everything wrong told at once, files made anew."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner
from pyoxigraph import Literal

from allegata.cli.main import main
from allegata.corpus.anchors import verify
from allegata.corpus.reader import read
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.workbook.export import export_workbook
from allegata.corpus.workbook.importer import import_workbook
from allegata.corpus.workbook.names import Names, read_names
from allegata.corpus.workbook.sheets import Rows
from allegata.corpus.workbook.workbook_file import write_workbook
from allegata.errors import SheetError, UsageError
from allegata.model.namespaces import PREFIXES, SCHEMES
from allegata.release.closure import check_draft
from allegata.settings import default_root
from workbooks import BASE, EXAMPLE, changed, example_rows, new_corpus, rows_of

#: Nine words and more of the two documents.
ENGLISH = "We spoke with 240 dock workers in the three ports"
SPANISH = "Dice que no es cierto que ninguna grúa de Northport fuera inspeccionada"
ALG = rdflib.Namespace(PREFIXES["alg"])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus into which the example was taken over."""
    root = new_corpus(tmp_path_factory.mktemp("workbook") / "ports")
    import_workbook(EXAMPLE / "workbook", root).draft.commit()
    return root


@pytest.fixture(scope="module")
def names(corpus: Path) -> Names:
    return read_names(corpus)[0]


def files(root: Path) -> dict[str, str]:
    """Return the files of a corpus that are not its model."""
    found = (path for top in ("data", "restricted") for path in (root / top).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in found}


def problems(rows: Rows, tmp_path: Path, corpus: Path, names: Names) -> list[str]:
    """Return what is wrong with a workbook, line by line; nothing of the corpus is written."""
    root = tmp_path / "copy"
    shutil.copytree(corpus, root, symlinks=True)
    before = files(root)
    write_workbook(tmp_path / "workbook.xlsx", rows, names)
    with pytest.raises(SheetError) as caught:
        import_workbook(tmp_path / "workbook.xlsx", root)
    assert files(root) == before
    return caught.value.message.splitlines()[1:]


def test_a_workbook_becomes_a_corpus_that_conforms(tmp_path: Path) -> None:
    root = new_corpus(tmp_path / "ports")
    revision = import_workbook(EXAMPLE / "workbook", root)
    assert not (root / "data" / "workbooks").exists()
    assert check_draft(revision.draft, lambda _step: None).findings == ()
    revision.draft.commit()
    found = verify(read(root).quads, root / "texts")
    assert found.problems == [] and found.agreeing == 18
    graph = rdflib.Graph()
    for path in (root / "data" / "workbooks").rglob("*.ttl"):
        graph.parse(path)
    crane = rdflib.URIRef(f"{BASE}assertion/reply/inspected")
    assert graph.value(crane, ALG.polarity) == rdflib.URIRef(f"{SCHEMES}polarity/denies")
    assert graph.value(crane, ALG.asserts) == rdflib.URIRef(f"{BASE}claim/no-crane-inspected")
    own = rdflib.URIRef(f"{BASE}scheme/topic/safety-at-work")
    assert (rdflib.URIRef(f"{BASE}claim/no-crane-inspected"), ALG.topic, own) in graph


def test_no_passage_stands_in_the_corpus(corpus: Path) -> None:
    text = "".join(files(corpus).values())
    assert "We spoke with" not in text and "No es cierto" not in text


def test_statements_have_the_language_of_their_column(corpus: Path) -> None:
    said = {
        (text.value, text.language)
        for quad in (*read(corpus).quads, *read(corpus).translations)
        if isinstance(text := quad.object, Literal) and quad.predicate.value.endswith(("statement", "label"))
    }
    assert ("Ninguna grúa de Northport fue inspeccionada en 2020.", "es") in said
    assert ("معهد عمل الموانئ", "ar") in said


def test_running_it_again_changes_nothing_and_a_row_less_takes_its_records_out(
    corpus: Path, names: Names, tmp_path: Path
) -> None:
    root = tmp_path / "ports"
    shutil.copytree(corpus, root)
    assert import_workbook(EXAMPLE / "workbook", root).draft.changes == {}
    (root / "data" / "workbooks" / "workbook" / "own.ttl").write_text(f"@base <{BASE}> .\n", "utf-8")
    rows = example_rows()
    del rows["Stances"], rows["Evidence"]
    for row in rows["Assertions"]:
        row.pop("lines", None)
    write_workbook(tmp_path / "workbook.xlsx", rows, names)
    draft = import_workbook(tmp_path / "workbook.xlsx", root).draft
    gone = {name for name, data in draft.changes.items() if data is None}
    assert gone == {"data/workbooks/workbook/stances.ttl", "data/workbooks/workbook/evidence.ttl"}
    draft.commit()
    assert (root / "data" / "workbooks" / "workbook" / "own.ttl").exists()
    assert not any((root / name).exists() for name in gone)


def test_a_file_that_was_changed_by_hand_is_not_written_over(corpus: Path, tmp_path: Path) -> None:
    root = tmp_path / "ports"
    shutil.copytree(corpus, root)
    path = root / "data" / "workbooks" / "workbook" / "places.ttl"
    path.write_text(path.read_text("utf-8").replace("Northport", "North Port"), "utf-8")
    with pytest.raises(UsageError, match=r"places\.ttl: changed since"):
        import_workbook(EXAMPLE / "workbook", root)
    assert list(import_workbook(EXAMPLE / "workbook", root, replace=True).draft.changes) == ["data/workbooks/workbook/places.ttl"]


def test_another_workbook_with_the_same_records_is_told_how_to_take_their_place(corpus: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "workbook", tmp_path / "second")
    with pytest.raises(SheetError, match="--workbook workbook") as caught:
        import_workbook(tmp_path / "second", corpus)
    assert "one problem" in caught.value.message
    assert import_workbook(tmp_path / "second", corpus, workbook="workbook").draft.changes == {}


@pytest.mark.parametrize("name", ["workbook.xlsx", "workbook"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_corpus_becomes_the_same_workbook_again(corpus: Path, tmp_path: Path, name: str, language: str) -> None:
    told = export_workbook(corpus, tmp_path / name, language=language)
    assert "left out" not in told
    assert import_workbook(tmp_path / name, corpus).draft.changes == {}
    if language == "en" and name == "workbook":
        again = rows_of(tmp_path / name)
        assert {sheet: len(rows) for sheet, rows in again.items() if rows} == {
            sheet: len(rows) for sheet, rows in example_rows().items() if rows
        }
        assert [row["statement"] for row in again["Claims"]] == [row["statement"] for row in example_rows()["Claims"]]
        assert {row["passage"] for row in again["Assertions"]} == {row["passage"] for row in example_rows()["Assertions"]}


def test_without_the_texts_passages_are_numbers(corpus: Path, tmp_path: Path) -> None:
    export_workbook(corpus, tmp_path / "workbook", sources=tmp_path / "nowhere")
    row = rows_of(tmp_path / "workbook")["Assertions"][0]
    assert "passage" not in row and int(row["start"]) < int(row["end"])
    assert import_workbook(tmp_path / "workbook", corpus).draft.changes == {}


def test_restricted_rows_go_to_the_folder_that_git_ignores_with_all_that_rests_on_them(
    corpus: Path, names: Names, tmp_path: Path
) -> None:
    root = tmp_path / "ports"
    shutil.copytree(corpus, root)
    rows = changed("Assertions", 6, protection="restricted")
    write_workbook(tmp_path / "workbook.xlsx", rows, names)
    revision = import_workbook(tmp_path / "workbook.xlsx", root)
    assert check_draft(revision.draft, lambda _step: None).conforms
    revision.draft.commit()
    public = "".join(text for name, text in files(root).items() if name.startswith("data/"))
    closed = "".join(text for name, text in files(root).items() if name.startswith("restricted/"))
    for path in ("assertion/survey/treated>", "claim/workers-treated-31>"):
        assert path not in public and path in closed
    assert "claim/accidents-14>" in public
    (tmp_path / "again").mkdir()
    assert "left out" not in export_workbook(root, tmp_path / "again" / "workbook")
    assert import_workbook(tmp_path / "again" / "workbook", root).draft.changes == {}


def with_protected_speaker(level: str) -> Rows:
    """Return the rows of the example, one of them said by a protected person of a level."""
    rows = example_rows()
    rows["Actors"].append({"id": "witness", "kind": "protected person", "name": "Protected source 1", "protection": level})
    rows["Assertions"][3]["relayed by"] = "witness"
    return rows


@pytest.mark.parametrize("level", ["restricted", "confidential"])
def test_what_a_restricted_person_says_or_relays_is_restricted_as_strictly(
    corpus: Path, names: Names, tmp_path: Path, level: str
) -> None:
    root = tmp_path / "ports"
    shutil.copytree(corpus, root)
    write_workbook(tmp_path / "workbook.xlsx", with_protected_speaker(level), names)
    revision = import_workbook(tmp_path / "workbook.xlsx", root)
    assert check_draft(revision.draft, lambda _step: None).conforms
    assert revision.notes == (
        "1 row goes to restricted/, as marked: Actors, row 12.",
        "3 rows go to restricted/ because of them, which they rest on: Assertions, row 6; Stances, rows 3, 4.",
    )
    closed = revision.draft.changes["restricted/workbooks/workbook/assertions/survey.ttl"] or b""
    assert f"scheme/protection-level/{level}>".encode() in closed and b"protection-level/public" not in closed


def test_a_finding_of_risk_names_the_row_and_the_file_of_the_corpus(tmp_path: Path) -> None:
    root = new_corpus(tmp_path / "ports")
    write_workbook(tmp_path / "workbook", with_protected_speaker("generalised"), read_names(root)[0])
    told = CliRunner().invoke(main, ["import", "workbook", str(tmp_path / "workbook"), "--root", str(root)])
    assert f"accept it with a reason in {root / 'data' / 'risk.yaml'}:" in str(told.output)
    assert "noConsent: Assertions, row 6, assertion/survey/cranes: no consent is recorded." in told.output


def test_advice_is_counted_apart_from_what_is_wrong(tmp_path: Path) -> None:
    root = new_corpus(tmp_path / "ports")
    rows = example_rows()
    rows["Claims"][9]["addressee"] = ""
    for number in (0, 1):
        rows["Claims"][number]["topic"] = ""
    write_workbook(tmp_path / "workbook", rows, read_names(root)[0])
    told = CliRunner().invoke(main, ["import", "workbook", str(tmp_path / "workbook"), "--root", str(root)]).output
    wrong, _, advice = told.partition("Advice, which keeps nothing back (1):\n")
    assert "To be mended, nothing is written (1):\nClaims, row 12: Name with addressee who should act" in wrong
    assert advice.startswith("Claims, row 3, column topic: File the claim under at least one topic. (Also in row 4.)")


def test_a_trial_says_that_nothing_was_written_and_an_import_what_comes_next(tmp_path: Path) -> None:
    root = new_corpus(tmp_path / "ports")
    arguments = ["import", "workbook", str(EXAMPLE / "workbook"), "--root", str(root)]
    trial = CliRunner().invoke(main, [*arguments, "--dry-run"])
    assert "This would be written:\ndata/workbooks/workbook/actors.ttl: new\n" in trial.output
    assert trial.output.endswith("Nothing was written. To write it, run the same without --dry-run.\n")
    assert not (root / "data" / "workbooks").exists()
    done = CliRunner().invoke(main, arguments)
    assert "This was written:\ndata/workbooks/workbook/actors.ttl: new\n" in done.output
    assert done.output.endswith(f"Next: allegata build --root {root}\n")


@pytest.mark.parametrize(
    ("sheet", "row", "cells", "told"),
    [
        ("Claims", 0, {"topic": "labor"}, "Claims, row 3, column topic: 'labor' is no topic. The nearest is labour."),
        ("Claims", 0, {"about": "Institut of Harbour Work"}, "The nearest is Institute of Harbour Work."),
        ("Claims", 0, {"number": "1,200"}, "column number: '1,200' is no number. Write 1200."),
        ("Claims", 0, {"from": "03/05/2021"}, "column from: '03/05/2021' is no date. Write 2020"),
        ("Claims", 0, {"measure": ""}, "Claims, row 3, column measure: it is empty and has to be filled in."),
        ("Claims", 0, {"until": "2021-02"}, "column until: '2021-02' comes before '2021-03' in the column from. Put"),
        ("Claims", 2, {"least": "6000"}, "column most: '5000' comes before '6000' in the column least."),
        ("Claims", 0, {"from": "17.05.2021"}, "'17.05.2021' is no date. Write 2021-05-17: year, month, day."),
        ("Claims", 0, {"from": "31.02.2020"}, "'31.02.2020' is no date: February 2020 has no day 31. Write"),
        ("Claims", 0, {"from": "2020-13"}, "'2020-13' is no date: there is no month 13. Write"),
        ("Claims", 0, {"about": "CEDAW"}, "Or take it from the library: allegata library add states --state NAME / bodies"),
        ("Places", 1, {"within": "Ministry of Ports"}, "There is actor/ministry, which is of another kind: actor. Add a row to"),
        ("Assertions", 0, {"evidence": "rumour"}, "Take one of the list: witness testimony, satellite imagery,"),
        ("Assertions", 0, {"evidence": "testimony"}, "is no evidence kind. The nearest is witness testimony."),
        ("Assertions", 0, {"nth": "2"}, "column nth: the passage 'We spoke with 240 dock workers' occurs once, and nth is 2."),
        ("Actors", 0, {"kind": "protected person"}, "where the kind is protected person. Who may see it; of a protected"),
        ("Claims", 0, {"from": "44319"}, "'44319' is no date"),
        ("Claims", 0, {"about": "Arland"}, "'Arland' names 2 things. Write which: actor/arland or place/arland."),
        ("Claims", 0, {"statement": "TODO word it"}, "column statement: it is still to be decided: 'TODO word it'."),
        (
            "Claims",
            0,
            {"statement": "In it we spoke with 240 dock workers in the three ports of Arland."},
            "Claims, row 3, column statement: it repeats words of survey.txt: 'we spoke with 240 dock workers in the three'.",
        ),
        ("Claims", 1, {"id": "spoke-with-240"}, "column id: the id 'spoke-with-240' stands in row 3 already."),
        (
            "Claims",
            1,
            {"id": "Half Closed"},
            "'Half Closed' is no id. Write small letters, digits and single hyphens: half-closed.",
        ),
        ("Assertions", 0, {"passage": "We talked with 240 dock workers"}, "is not in the text survey.txt. The nearest"),
        (
            "Assertions",
            0,
            {"phrase": "three ports"},  # in the document, behind the passage
            "Assertions, row 3, column phrase: the phrase 'three ports' is not in the passage. Copy",
        ),
        ("Assertions", 0, {"phrase": "a b c d e f g h i"}, "column phrase: the phrase has 9 words, and at most 8 may stand."),
        ("Claims", 1, {"statement@es": SPANISH}, "Claims, row 4, column statement: it repeats words of reply.txt"),
        ("Assertions", 1, {"note": ENGLISH}, "Assertions, row 4, column note: it repeats words of survey.txt"),
        ("Stances", 1, {"rationale": ENGLISH}, "Stances, row 4, column rationale: it repeats words of survey.txt"),
        ("Actors", 1, {"note": ENGLISH}, "Actors, row 4, column note: it repeats words of survey.txt"),
        ("Assertions", 0, {"speaker": ""}, "Assertions, row 3, column speaker: it is empty and has to be filled in."),
        ("Assertions", 0, {"polarity": "maybe"}, "is no polarity."),
        (
            "Assertions",
            1,
            {"relays": "paid-late"},
            "column relays: the chain leads back to where it began: paid-late → paid-late.",
        ),
        ("Actors", 0, {"kind": "person"}, "named because: it is empty and has to be filled in where the kind is person."),
        ("Actors", 0, {"kind": "robot"}, "'robot' is no kind that there is. Write organization, person, state"),
        ("Documents", 0, {"address": "example.org"}, "'example.org' is no web address."),
        ("Documents", 0, {"language": "English"}, "'English' is no tag of a language."),
        ("Stances", 0, {"distance_in_time": "3 years"}, "'3 years' is no span of time."),
    ],
)
def test_what_is_wrong_is_told_with_place_and_remedy(
    corpus: Path, names: Names, tmp_path: Path, sheet: str, row: int, cells: dict[str, str], told: str
) -> None:
    found = problems(changed(sheet, row, **cells), tmp_path, corpus, names)
    assert any(told in line for line in found), found


def test_one_cause_is_one_message(corpus: Path, names: Names, tmp_path: Path) -> None:
    rows = example_rows()
    for row in rows["Assertions"]:
        row["document"] = {"survey": "surwey", "reply": "reply"}[row["document"]]
        row["modality"] = "plain"
    rows["Documents"] = [row for row in rows["Documents"] if row["id"] != "survey"]
    found = problems(rows, tmp_path, corpus, names)
    assert [line.partition(":")[0] for line in found if "surwey" in line] == ["Assertions, row 3, column document"]
    assert len([line for line in found if "'plain' is no modality" in line]) == 1


def test_a_text_that_is_missing_is_told_once(corpus: Path, names: Names, tmp_path: Path) -> None:
    root = tmp_path / "ports"
    shutil.copytree(corpus, root)
    (root / "texts" / "survey.txt").unlink()
    with pytest.raises(SheetError) as caught:
        import_workbook(EXAMPLE / "workbook", root)
    assert "one problem" in caught.value.message and "allegata text FILE --out" in caught.value.message


def test_what_the_shapes_find_is_told_by_row_and_column(corpus: Path, names: Names, tmp_path: Path) -> None:
    root = tmp_path / "ports"
    shutil.copytree(corpus, root)
    write_workbook(tmp_path / "workbook.xlsx", changed("Claims", 9, addressee=""), names)
    revision = import_workbook(tmp_path / "workbook.xlsx", root)
    (finding,) = check_draft(revision.draft, lambda _step: None).findings
    (line,) = revision.explain([finding])
    assert line.startswith("Claims, row 12: Name with addressee who should act") and "[" not in line
    (line,) = revision.explain([finding, replace(finding, focus=f"{BASE}claim/accidents-14")])
    assert line.startswith("Claims, row 7: ") and "(Also in row 12.)" in line


def test_texts_are_in_the_language_of_the_corpus_where_their_column_names_none(tmp_path: Path) -> None:
    root = tmp_path / "puertos"
    about = Scaffold("Puertos", BASE, LICENCE, date(2026, 1, 1), language="es", country="ERI", empty=True)
    create_corpus(root, about, default_root())
    said = {"polarity": "affirms", "modality": "categorical", "evidence": "notStated"}
    rows: Rows = {
        "Documents": [{"id": "carta", "name": "Carta", "name@ar": "رسالة"}],
        "Claims": [{"id": "puertos", "statement": "Los puertos están abiertos.", "topic": "economy", "about": ["ERI"]}],
        "Assertions": [
            {
                "id": "uno",
                "document": "Carta",
                "claim": "puertos",
                "speaker": "eritrea",
                "no passage because": "Es un ejemplo.",
                **said,
            }
        ],
        "Acts": [{"id": "firma", "state": "ERI", "act": "signature", "instrument": "acuerdo", "date": "2001", "source": "carta"}],
        "Instruments": [{"id": "acuerdo", "kind": "treaty", "name": "Acuerdo"}],
    }
    write_workbook(tmp_path / "workbook.xlsx", rows, read_names(root)[0])
    revision = import_workbook(tmp_path / "workbook.xlsx", root)
    assert check_draft(revision.draft, lambda _step: None).conforms
    text = "".join(data.decode() for data in revision.draft.changes.values() if data)
    for words in ('"Los puertos están abiertos."@es', '"رسالة"@ar', '"Es un ejemplo."@es', '"Eritrea: signature, Acuerdo"@es'):
        assert words in text
    assert "alg:about <https://w3id.org/allegata/actor/eritrea>" in text
