"""Texts of documents: what a reader reads, paragraph by paragraph, in any script, with the place of each."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement

from allegata.corpus.passage_search import locate
from allegata.corpus.text_sections import Spot, TextSections
from allegata.corpus.texts.archives import open_archive
from allegata.corpus.texts.book import read_book
from allegata.corpus.texts.document_text import Block, TooLarge, Unreadable, bounded, put_together
from allegata.corpus.texts.kinds import KINDS, kind_of, text_of
from allegata.corpus.texts.pdf import read_pdf
from allegata.corpus.texts.samples import sample
from allegata.corpus.texts.web_page import read_web_page
from allegata.corpus.texts.word_file import read_word_file
from documents import archive, book, pdf, word_file

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Not this</title><style>p {}</style></head><body><nav>Home</nav>
<h1>A report</h1><p>The <b>fire</b>&nbsp;began in the &ldquo;old&rdquo; house.<br>It spread.</p><script>no()</script>
<ul><li>one<li>two</ul><p hidden>unseen</p><h2 dir="rtl">تقرير عن المدارس</h2><p dir="rtl">أُغلِق نصف المدارس.</p><p lang="ko">학교가 닫혔다.</p>
<table><tr><td>2019</td><td>forty</td></tr></table></body></html>"""
#: Texts that chromium sets as a PDF, and the paragraphs that are to be read from it.
SET = {
    "en": "The first finding of the office is that the fire started in the “old” warehouse – nobody was there when the efficient offices were closed.",
    "ar": "قال المعهد إن نصف المدارس في المحافظة أُغلِق في عام 2020، وإن ثلاثمئة شخص نزحوا من بيوتهم في تلك السنة بسبب الحريق الكبير.",
    "he": "המכון אמר כי מחצית מבתי הספר נסגרו בשנת 2020 וכי שלוש מאות בני אדם נעקרו מבתיהם.",
    "ko": "연구소는 2020년에 그 도의 학교 절반이 문을 닫았다고 말하였다. 삼백 명이 집을 떠나야 했으며 오래된 창고에서 불이 났다.",
}


def lines(data: bytes, read: Callable[[bytes], Iterator[Block]]) -> list[str]:
    return text_of(data, read).text.splitlines()[::2]


def test_a_page_gives_its_blocks_and_nothing_that_is_not_seen() -> None:
    assert lines(PAGE.encode(), read_web_page) == [
        *("# A report", "The fire began in the “old” house. It spread.", "one", "two"),
        *("## تقرير عن المدارس", "أُغلِق نصف المدارس.", "학교가 닫혔다.", "2019", "forty"),
    ]


def test_a_page_in_another_encoding_says_so_itself() -> None:
    korean = '<html><head><meta charset="euc-kr"></head><body><p>학교가 닫혔다.</p></body></html>'.encode("euc-kr")
    assert lines(korean, read_web_page) == ["학교가 닫혔다."]


def test_a_word_processor_file_gives_paragraphs_headings_and_tables_once_a_cell() -> None:
    assert lines(word_file(), read_word_file) == [
        *("# A report on schools", "# What was seen", "Half of the schools were closed.", "قال المعهد إن نصف المدارس أُغلِق."),
        *("## 무엇이 보였는가", "학교 절반이 문을 닫았다.", "Schools by year", "2019", "forty"),
    ]


def test_a_book_gives_its_chapters_in_the_order_of_the_spine() -> None:
    data = book({"b.xhtml": "<h1>Second</h1><p>After.</p>", "a%20b.xhtml": "<h1>First</h1><p>Before &amp; here.</p>"})
    with pytest.raises(Unreadable, match=r"OEBPS/a b\.xhtml"):
        lines(data, read_book)
    assert lines(book({"b.xhtml": "<h1>Second</h1>", "a.xhtml": "<p>Before &amp; here.</p>"}), read_book) == [
        "Before & here.",
        "# Second",
    ]


def test_a_pdf_gives_paragraphs_with_their_pages_and_says_which_hold_no_text() -> None:
    long = "This is a line of a paragraph that goes on to the next line of the page\nand ends there, soon."
    found = text_of(
        pdf(f"{long}\nA new one begins here and is as long as any other line of this page\nand ends.", "", "Last page."), read_pdf
    )
    assert found.text.splitlines()[::2] == [
        "This is a line of a paragraph that goes on to the next line of the page and ends there, soon.",
        "A new one begins here and is as long as any other line of this page and ends.",
        "Last page.",
    ]
    assert found.without_text == (2,)
    rows = list(csv.DictReader(io.StringIO(found.map())))
    assert [(row["page"], row["paragraph"]) for row in rows] == [("1", "1"), ("1", "2"), ("3", "1")]
    assert [found.text[int(row["start"]) : int(row["end"])] for row in rows] == found.text.splitlines()[::2]


def test_a_pdf_that_a_browser_made_is_read_in_every_script_in_the_order_of_reading(tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed")
    body = "".join(f'<p lang="{lang}" dir="{"rtl" if lang in ("ar", "he") else "ltr"}">{text}</p>' for lang, text in SET.items())
    page = tmp_path / "page.html"
    page.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><title>T</title><style>body {{ font-size: 14pt }}</style>{body}', "utf-8"
    )
    made = tmp_path / "page.pdf"
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--print-to-pdf={made}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    found = lines(made.read_bytes(), read_pdf)
    assert found[:3] == list(SET.values())[:3]
    # Korean lines break within words, and a PDF does not say whether there was a space; passages are found all the same.
    assert found[3].replace(" ", "") == SET["ko"].replace(" ", "")
    assert locate(found[3], SET["ko"]) == (0, len(found[3]))


def test_headings_of_a_text_number_its_sections() -> None:
    text = text_of(word_file(), read_word_file).text
    sections = TextSections(text)
    assert sections.at(text.index("학교 절반이")) == Spot("2.1", 1)
    assert sections.at(text.index("Half of")) == Spot("2", 1)


def test_every_kind_has_a_sample_that_it_reads() -> None:
    functions = {"PDF": read_pdf, "DOCX": read_word_file, "EPUB": read_book, "HTML": read_web_page}
    assert {kind.name for kind in KINDS} == set(functions)
    for kind in KINDS:
        assert text_of(sample(kind.name), functions[kind.name]).text
        assert all(kind_of(f"A{suffix.upper()}") is kind for suffix in kind.suffixes)
    assert kind_of("a.txt") is None


@pytest.mark.parametrize(
    ("data", "read", "says"),
    [
        (b"%PDF-1.4 nothing", read_pdf, "no PDF that can be read"),
        (b"no archive", read_word_file, "no archive"),
        (archive({"a.txt": "a"}), read_word_file, "no file of a word processor"),
        (archive({"a.txt": "a"}), read_book, "it has no META-INF/container.xml"),
        (archive({"META-INF/container.xml": "<a"}), read_book, "is no XML, in line 1"),
        (archive({"META-INF/container.xml": "<a/>"}), read_book, "names no book"),
        (book({"a.xhtml": "<p>a</p>"}, **{"META-INF/encryption.xml": "OEBPS/a.xhtml"}), read_book, "locked"),
        (b"  ", read_web_page, "empty"),
    ],
)
def test_what_is_no_document_is_told(data: bytes, read: Callable[[bytes], Iterator[Block]], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        text_of(data, read)


def test_entities_are_not_filled_in_and_no_file_is_read_for_them() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y SYSTEM "file:///etc/passwd">]>'
    inside = book({"a.xhtml": "<p>one</p>"})
    text = lines(inside, read_book)
    assert text == ["one"]
    page = f'{bomb}<html xmlns="http://www.w3.org/1999/xhtml"><body><p>a &x; &y; b</p></body></html>'
    files = {
        "META-INF/container.xml": archive_member(inside, "META-INF/container.xml"),
        "OEBPS/book.opf": archive_member(inside, "OEBPS/book.opf"),
    }
    assert "root:" not in "".join(lines(archive({**files, "OEBPS/a.xhtml": page}), read_book))


def archive_member(data: bytes, name: str) -> bytes:
    return open_archive(data).read(name)


def test_what_is_over_a_bound_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooLarge, match="bytes unpacked"):
        open_archive(archive({f"{n}.xml": b"\0" * (100 << 20) for n in range(3)}))
    with pytest.raises(TooLarge, match="holds 10,001 files"):
        open_archive(archive({f"{n}": b"" for n in range(10_001)}))
    with pytest.raises(TooLarge, match="more than 2 paragraphs"):
        list(bounded((Block("a") for _ in range(3)), 2, "paragraphs"))
    with pytest.raises(TooLarge, match="longer than 5 characters"):
        put_together([Block("abcdef")], 5)


def takes_twice_for_twice(read: Callable[[bytes], Iterator[Block]], make: Callable[[int], bytes], number: int) -> None:
    """Read what is made of a number and of four times as much, and look that the time is no square of it."""

    def seconds(size: int) -> float:
        data = make(size)
        began = time.process_time()
        text_of(data, read)
        return time.process_time() - began

    assert seconds(4 * number) < 10 * max(seconds(number), 0.05)


def test_a_million_attributes_of_one_element_are_refused_at_once() -> None:
    def page(number: int) -> bytes:
        return b"<p>A word.<p " + b" ".join(b"a%d='>'" % at for at in range(number)) + b">Another.</p>"

    assert lines(page(1000), read_web_page) == ["A word.", "Another."]
    began = time.process_time()
    with pytest.raises(TooLarge, match="more than 1,000 attributes"):
        lines(page(1_000_000), read_web_page)
    assert time.process_time() - began < 20


def test_what_stands_deep_is_passed_by_once() -> None:
    takes_twice_for_twice(read_web_page, lambda number: b"<b>" * 240 + b"<i>x</i>" * number, 10_000)


def test_a_chapter_that_is_named_over_and_over_is_read_once() -> None:
    def named(number: int) -> bytes:
        made = book({"a.xhtml": "<p>one</p>" + "<b></b>" * 20_000})
        package = archive_member(made, "OEBPS/book.opf").decode()
        further = "".join(f'<item id="x{at}" href="./a.xhtml" media-type="text/html"/>' for at in range(number))
        again = '<itemref idref="i0"/>' * number + "".join(f'<itemref idref="x{at}"/>' for at in range(number))
        package = package.replace("</manifest>", f"{further}</manifest>").replace("</spine>", f"{again}</spine>")
        names = ("META-INF/container.xml", "OEBPS/a.xhtml")
        return archive({"OEBPS/book.opf": package, **{name: archive_member(made, name) for name in names}})

    assert lines(named(5), read_book) == ["one"]
    takes_twice_for_twice(read_book, named, 500)
    with pytest.raises(TooLarge, match="encryption"):
        lines(book({"a.xhtml": "<p>a</p>"}, **{"META-INF/encryption.xml": "x" * ((1 << 22) + 1)}), read_book)


def test_a_merged_cell_is_read_once_however_far_it_goes() -> None:
    document, stream = docx.Document(), io.BytesIO()
    table = document.add_table(3, 2)
    table.cell(0, 0).merge(table.cell(2, 0)).text = "All three rows."
    for at in range(3):
        table.cell(at, 1).text = str(at)
    document.save(stream)
    assert lines(stream.getvalue(), read_word_file) == ["All three rows.", "0", "1", "2"]
    wide = archive_member(stream.getvalue(), "word/document.xml").replace(b"<w:vMerge/>", b'<w:gridSpan w:val="100000000"/>')
    with zipfile.ZipFile(stream) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    began = time.process_time()
    assert lines(archive({**files, "word/document.xml": wide}), read_word_file)[-1] == "2"
    assert time.process_time() - began < 20


def test_styles_are_looked_for_once_each() -> None:
    def styled(number: int) -> bytes:
        document, stream = docx.Document(), io.BytesIO()
        body = document.element.body
        for _ in range(number):
            body.insert(0, OxmlElement("w:p"))
        document.save(stream)
        with zipfile.ZipFile(stream) as whole:
            files = {name: whole.read(name) for name in whole.namelist()}
        more = b"".join(b'<w:style w:type="paragraph" w:styleId="s%d"/>' % at for at in range(number))
        styles = files["word/styles.xml"].replace(b"</w:styles>", more + b"</w:styles>")
        return archive({**files, "word/styles.xml": styles})

    takes_twice_for_twice(read_word_file, styled, 1500)
