"""Texts are made in a process of its own: whatever a document does there, what comes of it is a text or one error."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from allegata.cli.main import main
from allegata.engine.extraction import extract_text
from allegata.errors import CorpusError, UsageError
from documents import archive, book, pdf, without_styles, word_file


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("a.pdf", pdf("One page.", "Another."), "One page.\n\nAnother.\n"),
        ("plain.docx", without_styles(word_file()), "# A report on schools\n\n# What was seen\n\n"),
        ("A.DOCX", word_file(), "# A report on schools\n\n# What was seen\n\n"),
        ("a.epub", book({"a.xhtml": "<h1>A</h1><p>b</p>"}), "# A\n\nb\n"),
        ("a.html", b"<p>one<p>two", "one\n\ntwo\n"),
    ],
)
def test_each_kind_is_read_behind_the_wall(tmp_path: Path, name: str, data: bytes, text: str) -> None:
    assert extract_text(written(tmp_path, name, data)).text.startswith(text)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", b"<html>", "is no PDF: it begins as another kind"),
        ("a.docx", pdf("x"), "is no DOCX"),
        ("a.pdf", b"%PDF-1.4\n", "cannot be taken: it is no PDF"),
        ("a.pdf", pdf(""), "holds no text, only pictures perhaps"),
        ("a.epub", archive({"a": "b"}), "it has no META-INF/container.xml"),
        ("a.docx", archive({"word/document.xml": b" " * (300 << 20)}), "bytes unpacked"),
    ],
)
def test_what_cannot_be_taken_is_told_with_the_file_and_what_to_do(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    path = written(tmp_path, name, data)
    with pytest.raises(CorpusError, match=says) as told:
        extract_text(path)
    assert str(path) in str(told.value) and told.value.remedy


def test_a_file_of_no_known_kind_and_one_that_is_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="of no kind of which a text can be made") as told:
        extract_text(written(tmp_path, "a.odt", b"PK"))
    assert ".pdf, .docx, .epub, .html" in str(told.value)
    with pytest.raises(UsageError, match="cannot be read"):
        extract_text(tmp_path / "none.pdf")


def test_what_goes_on_for_too_long_or_takes_too_much_is_ended(tmp_path: Path) -> None:
    deep = written(tmp_path, "deep.html", b"<div>" * 200_000 + b"x")
    try:
        extract_text(deep)
    except CorpusError as error:
        assert error.remedy
    with pytest.raises(CorpusError, match=r"within 0\.01 seconds"):
        extract_text(written(tmp_path, "a.pdf", pdf("One page.")), seconds=0.01)
    # An archive that lies about its size unpacks to more than memory is given for.
    heavy = written(tmp_path, "heavy.epub", book({"a.xhtml": "<p>" + "many words " * 4_000_000 + "</p>"}))
    with pytest.raises(CorpusError, match=r"longer than|more memory"):
        extract_text(heavy, memory=64 << 20)


def test_the_command_writes_the_text_and_its_map_and_writes_over_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "My Report (2025).pdf", pdf("One page.", "", "Another."))
    done = CliRunner().invoke(main, ["text", "My Report (2025).pdf"])
    assert done.exit_code == 0, done.output
    assert Path("texts/my-report-2025.txt").read_text("utf-8") == "One page.\n\nAnother.\n"
    assert Path("texts/my-report-2025.map.csv").read_text("utf-8").splitlines() == [
        "page,paragraph,start,end",
        "1,1,0,9",
        "3,1,11,19",
    ]
    assert "Without text, pictures perhaps: page 2." in done.output
    again = CliRunner().invoke(main, ["text", "My Report (2025).pdf"])
    assert again.exit_code == 2 and "is there already" in again.output
    assert CliRunner().invoke(main, ["text", "My Report (2025).pdf", "--replace"]).exit_code == 0


def test_the_process_can_open_nothing(tmp_path: Path) -> None:
    inside = book({"a.xhtml": "<p>a</p>"})
    path = written(tmp_path, "a.epub", inside)
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("OEBPS/c.xhtml", f'<!DOCTYPE a SYSTEM "{tmp_path / "secret.dtd"}"><a>&x;</a>')
    assert extract_text(path).text == "a\n"
