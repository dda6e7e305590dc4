"""Wrong input is told: files that nothing reads, terms that there are not, words of documents, with the place and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from allegata.cli.main import main
from allegata.corpus.reader import read
from allegata.corpus.repetition import repeated, repetitions_in
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.sheet import import_sheet
from allegata.corpus.unread_files import unread_files
from allegata.errors import ReleaseError, SheetError, UsageError
from allegata.release.build import build
from allegata.release.site import current
from allegata.settings import default_root
from support import ROOT

TEXT = "In the winter the northern camp held two hundred people, so the guards' letters say. Résumé: nobody else was asked then."
#: Paths in a corpus that something reads, and such as nothing reads with what is to be done.
READ = (
    "data/a/b.ttl",
    "data/links/a.sssom.tsv",
    "data/questions/a.yaml",
    "data/map/a.geojson",
    "data/.DS_Store",
    "data/.git/a.csv",
    "data/README.md",
)
UNREAD = {
    "data/a.csv": "allegata import",
    "data/a/b.jsonld": "Turtle",
    "data/b.trig": "each graph as a Turtle file",
    "data/consents.yaml": "nearest that is read is data/consent.yaml",
    "data/links/a.tsv": "ends in .sssom.tsv",
    "data/links/deep/a.sssom.tsv": "stands in data/links/ itself",
    "data/sheet.yaml": "A sheet is imported",
    "data/a.TTL": "end in .ttl",
    "restricted/a.csv": "allegata import",
    "data/notes": "end in .ttl",
}


def corpus(folder: Path, name: str = "one") -> Path:
    create_corpus(folder, Scaffold("Claims", f"https://example.org/{name}/", LICENCE, date(2026, 2, 1)), default_root())
    return folder


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_every_file_that_nothing_reads_is_told_with_what_to_do(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    for name in (*READ, *UNREAD):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("", "utf-8")
    found = dict(line.split(": nothing reads it. ", 1) for line in unread_files(root))
    assert found.keys() == UNREAD.keys()
    assert all(UNREAD[name] in remedy for name, remedy in found.items()), found


def test_nothing_of_the_corpora_that_come_with_the_program_is_unread(tmp_path: Path) -> None:
    assert list(unread_files(ROOT)) == []
    create_corpus(
        tmp_path / "c", Scaffold("Cases", "https://example.org/c/", LICENCE, date(2026, 2, 1), worked=True), default_root()
    )
    assert list(unread_files(tmp_path / "c")) == []


def test_terms_that_the_model_lacks_are_told_by_file_and_line_with_the_nearest(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    (root / "data" / "table.csv").write_text("a\n", "utf-8")
    path = root / "data" / "claims" / "example.ttl"
    lines = path.read_text("utf-8").count("\n")
    path.write_text(
        path.read_text("utf-8") + '\n<claim/example> alg:statment "x"@en .\n<claim/two> a alg:Clam ; rdfs:label "x"@en .\n',
        "utf-8",
    )
    done = run("validate", "--root", str(root))
    assert done.exit_code == 1
    assert f"data/claims/example.ttl:{lines + 2}; the nearest term is alg:statement" in done.output
    assert f"data/claims/example.ttl:{lines + 3}; the nearest term is alg:Claim" in done.output
    assert "warning: data/table.csv: nothing reads it." in done.output


def test_any_finding_is_told_with_the_file_and_line_of_the_record(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    (root / "data" / "more.ttl").write_text(
        "# A comment.\n\n<https://example.org/one/actor/x> a <http://www.w3.org/ns/prov#Agent> .\n", "utf-8"
    )
    assert "    data/more.ttl:3" in run("validate", "--root", str(root)).output.splitlines()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "It is said that in the WINTER the Northern camp – held two hundred people.",
            "in the winter the northern camp held two hundred",
        ),
        ("The northern camp held two hundred people in winter.", ""),
        ("the guards' letters say resume nobody else was asked then", "the guards letters say resume nobody else was asked"),
        ("two hundred people", ""),
        ("", ""),
    ],
)
def test_nine_words_in_a_row_are_a_quotation(statement: str, words: str) -> None:
    assert repeated(statement, TEXT) == words


def test_statements_that_repeat_a_document_are_told_where_the_texts_are_at_hand(tmp_path: Path) -> None:
    root, texts = corpus(tmp_path / "corpus"), tmp_path / "texts"
    texts.mkdir()
    with pytest.raises(UsageError, match="holds no texts"):
        repetitions_in([], texts)
    (texts / "letter.txt").write_text(TEXT, "utf-8")
    assert run("validate", "--root", str(root), "--sources", str(texts)).exit_code == 0
    path = root / "data" / "claims" / "example.ttl"
    path.write_text(path.read_text("utf-8").replace("Half of the schools", f"{TEXT[:70]} Half of the schools"), "utf-8")
    done = run("validate", "--root", str(root), "--sources", str(texts))
    assert done.exit_code == 1
    assert (
        "data/claims/example.ttl:14: alg:statement of claim/example repeats 'in the winter the northern camp held two hundred'"
        in done.output
    )
    assert "Say it in your own words" in done.output


def test_no_statement_of_the_bundled_corpus_repeats_its_documents(sources: Path) -> None:
    assert repetitions_in(read(ROOT).quads, sources) == []


def test_a_sheet_that_repeats_its_document_is_told_by_record_and_key(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(TEXT, "utf-8")
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(
        "document: letter\nsection: a\nclaims:\n  c1: {statement: 'In the winter the northern camp held two hundred people.', topic: [education]}\n"
        "assertions:\n  - {id: a1, claim: c1, passage: two hundred people, by: [x], polarity: affirms, modality: categorical, evidence: [notStated]}\n",
        "utf-8",
    )
    with pytest.raises(SheetError, match=r"sheet.yaml:4: .*c1.*statement: it repeats 'in the winter") as told:
        import_sheet(sheet, tmp_path, "https://example.org/")
    assert told.value.remedy


def test_a_build_takes_the_place_of_another_corpus_only_when_it_is_told_to(tmp_path: Path) -> None:
    one, two, site = corpus(tmp_path / "one", "one"), corpus(tmp_path / "two", "two"), tmp_path / "site"
    build(one, site, lambda _step: None)
    done = run("build", "--root", str(two), "--site", str(site))
    assert done.exit_code == 1
    assert "holds releases of https://example.org/one/, and this one would be of https://example.org/two/" in done.output
    assert current(site).manifest.base == "https://example.org/one/"
    with pytest.raises(ReleaseError, match="holds releases of") as told:
        build(two, site, lambda _step: None)
    assert "--take-over" in str(told.value)
    assert run("build", "--root", str(two), "--site", str(site), "--take-over").exit_code == 0
    assert current(site).manifest.base == "https://example.org/two/"
    build(two, site, lambda _step: None)
