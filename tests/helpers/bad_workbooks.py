"""Makes workbooks that something is wrong with, by seeds, and takes each over in a process with little memory and time.

Called with a folder and seeds, it writes a line of JSON for each: kind, error, message, remedy, whether anything was written, seconds.
"""

from __future__ import annotations

import io
import json
import random
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from allegata.corpus.workbook.importer import import_workbook
from allegata.corpus.workbook.names import Names, read_names
from allegata.corpus.workbook.workbook_file import write_workbook
from allegata.errors import AllegataError
from workbooks import example_rows, new_corpus

MEMORY, SECONDS = 2 << 30, 60
Rows = dict[str, list[dict[str, str]]]


@dataclass
class Bad:
    """A workbook under way: its random choices, the rows of the example, the names of the corpus, the folder it goes to."""

    rng: random.Random
    rows: Rows
    names: Names
    folder: Path
    root: Path

    def row(self, sheet: str) -> dict[str, str]:
        return self.rng.choice(self.rows[sheet])

    def xlsx(self) -> Path:
        return self.written("workbook.xlsx")

    def written(self, name: str) -> Path:
        write_workbook(self.folder / name, self.rows, self.names)
        return self.folder / name

    def either(self) -> Path:
        return self.written(self.rng.choice(["workbook.xlsx", "workbook"]))

    def edited(self, edit: Callable[[Any], None]) -> Path:
        """Write the workbook and edit it as a spreadsheet program would."""
        path = self.xlsx()
        book = openpyxl.load_workbook(path)
        edit(book)
        book.save(path)
        return path

    def patched(self, part: str, change: Callable[[bytes], bytes], more: dict[str, bytes] | None = None) -> Path:
        """Write the workbook and change the bytes of a part of it."""
        path = self.xlsx()
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts[part] = change(parts[part])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in (parts | (more or {})).items():
                archive.writestr(name, data)
        return path


Make = Callable[[Bad], Path]
KINDS: dict[str, tuple[Make, str]] = {}


def kind(expected: str) -> Callable[[Make], Make]:
    """Register a kind of mistake, with what its message has to say."""

    def add(make: Make) -> Make:
        KINDS[make.__name__] = make, expected
        return make

    return add


SHEET = "xl/worksheets/sheet8.xml"  # Claims


def cell(book: Any, sheet: str, column: str, row: int = 3) -> Any:
    """Return a cell by the name of its column."""
    found = book[sheet]
    return found.cell(row, next(item.column for item in found[1] if item.value == column))


@kind(r"declares a document type")
def xml_bomb(bad: Bad) -> Path:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>'.encode()
    part = bad.rng.choice([SHEET, "xl/workbook.xml", "xl/styles.xml"])
    return bad.patched(part, lambda data: head + data.partition(b"?>")[2] if data.startswith(b"<?xml") else head + data)


@kind(r"unpacks to more than|has more than")
def zip_bomb(bad: Bad) -> Path:
    size = bad.rng.choice([200, 400]) << 20
    content = bad.rng.choice([b" " * size, b"<c/>" * (size // 4)])
    return bad.patched(SHEET, lambda data: data.replace(b"</worksheet>", content + b"</worksheet>"))


@kind(r"holds a formula")
def formula(bad: Bad) -> Path:
    text = bad.rng.choice(["=1+1", "=HYPERLINK(A1)", '=CONCATENATE("a","b")', "=Claims!A3"])
    column = bad.rng.choice(["statement", "number", "topic"])
    return bad.edited(lambda book: setattr(cell(book, "Claims", column), "value", text))


@kind(r"are merged")
def merged(bad: Bad) -> Path:
    width = bad.rng.choice(["C4:D4", "B3:B5", "C3:E6"])
    return bad.edited(lambda book: book[bad.rng.choice(["Claims", "Actors"])].merge_cells(width))


@kind(r"is a number, as spreadsheet programs keep days. Write 20")
def serial_date(bad: Bad) -> Path:
    def edit(book: Any) -> None:
        if bad.rng.random() < 0.5:
            book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        found = cell(book, "Documents", "date")
        found.value, found.number_format = bad.rng.randint(41000, 44000), "General"

    return bad.edited(edit)


@kind(r"is not in the text")
def passage_elsewhere(bad: Bad) -> Path:
    row = bad.row("Assertions")
    words = row["passage"].split()
    row["passage"] = " ".join([*words[:3], bad.rng.choice(["perhaps", "never", "سفينة"]), *words[3:]])
    return bad.either()


@kind(r"lies outside of the text")
def offsets_outside(bad: Bad) -> Path:
    row = bad.row("Assertions")
    start = bad.rng.choice([0, 50, 10**6])
    row |= {"passage": "", "start": str(start), "end": str(bad.rng.choice([start, 10**7]))}
    return bad.either()


@kind(r"leads back to where it began")
def relay_cycle(bad: Bad) -> Path:
    rows = bad.rng.sample(bad.rows["Assertions"][:10], bad.rng.randint(1, 5))
    for one, other in zip(rows, rows[1:] + rows[:1], strict=True):
        one["relays"] = other["id"]
    return bad.either()


@kind(r"not UTF-8|in UTF-16")
def other_encoding(bad: Bad) -> Path:
    path = bad.written("workbook") / "documents.csv"
    path.write_bytes(
        path.read_text("utf-8-sig").encode(bad.rng.choice(["utf-16", "cp1256", "latin-1"]), "replace").replace(b"?", b"\xe9")
    )
    return path.parent


@kind(r"Claims, row 5, column topic: 'nothing of the kind' is no topic")
def other_separator(bad: Bad) -> Path:
    bad.rows["Claims"][2]["topic"] = "nothing of the kind"
    folder, separator = bad.written("workbook"), bad.rng.choice([";", "\t"])
    for path in folder.glob("*.csv"):
        import csv

        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, delimiter=separator).writerows(rows)
    return folder


@kind(r"holds a formula")
def csv_formula(bad: Bad) -> Path:
    path = bad.written("workbook") / "claims.csv"
    text = bad.rng.choice(["=1+1", "=cmd|' /C calc'!A0", "=A3"])
    path.write_text(path.read_text("utf-8").replace("spoke-with-240", text, 1), "utf-8")
    return path.parent


@kind(r"at most|cannot be read")
def huge_literal(bad: Bad) -> Path:
    if bad.rng.random() < 0.5:
        path = bad.written("workbook") / "claims.csv"
        with path.open("ab") as file:
            file.truncate(1 << 30)  # a cell of one gigabyte, most of which is no disk
        return path.parent
    path = bad.written("workbook") / "claims.csv"
    literal = "a" * bad.rng.choice([32_768, 1 << 20])
    path.write_text(path.read_text("utf-8").replace("The institute spoke", literal, 1), "utf-8")
    return path.parent


@kind(r"the id '[a-z0-9-]+' stands in row \d+ already")
def duplicate_id(bad: Bad) -> Path:
    sheet = bad.rng.choice(["Documents", "Actors", "Claims", "Places", "Concepts", "Stances"])
    one, other = bad.rng.sample(bad.rows[sheet], 2)
    other["id"] = one["id"]
    if sheet == "Concepts":
        other["scheme"] = one["scheme"]
    return bad.either()


@kind(r"is no [a-z ]+")
def unknown_code(bad: Bad) -> Path:
    sheet, column = bad.rng.choice(
        [
            ("Assertions", "polarity"),
            ("Assertions", "modality"),
            ("Assertions", "evidence"),
            ("Claims", "topic"),
            ("Stances", "basis"),
        ]
    )
    bad.row(sheet)[column] = bad.rng.choice(["maybe", "vrai", "مؤكد", "<b>", "affirm s"])
    return bad.either()


@kind(r"has to be filled in|is missing")
def missing_value(bad: Bad) -> Path:
    sheet, column = bad.rng.choice([("Claims", "statement"), ("Assertions", "speaker"), ("Actors", "name"), ("Claims", "id")])
    row = bad.row(sheet)
    row |= dict.fromkeys([name for name in row if name.partition("@")[0] == column], "")
    return bad.either()


@kind(r"has more than")
def far_cell(bad: Bad) -> Path:
    row = bad.rng.choice(
        [
            b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>',
            b'<row r="30000"/>',
            b'<row r="9"><c r="XFD9"><v>1</v></c></row>',
        ]
    )
    return bad.patched(SHEET, lambda data: data.replace(b"</sheetData>", row + b"</sheetData>"))


@kind(r"no workbook|damaged|old format|cannot be read|no CSV file|is one file")
def no_workbook(bad: Bad) -> Path:
    path = bad.folder / bad.rng.choice(["workbook.xlsx", "workbook.xlsm"])
    whole = bad.xlsx().read_bytes()
    (bad.folder / "workbook.xlsx").unlink()
    path.write_bytes(
        bad.rng.choice(
            [
                b"",
                b"%PDF-1.7",
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
                whole[: len(whole) // 2],
                b"PK\x03\x04" + bytes(50),
            ]
        )
    )
    return path


@kind(r"nested more than")
def deep_xml(bad: Bad) -> Path:
    depth = bad.rng.choice([200, 100_000])
    return bad.patched(SHEET, lambda data: data.replace(b"</worksheet>", b"<x>" * depth + b"</x>" * depth + b"</worksheet>"))


@kind(r"is no date|is no day")
def wrong_date(bad: Bad) -> Path:
    bad.row("Documents")["date"] = bad.rng.choice(["03/05/2021", "2021-13", "2021-02-30", "May 2021", "21", "2021-5-3", "٢٠٢١"])
    return bad.either()


@kind(r"still to be decided")
def to_be_decided(bad: Bad) -> Path:
    sheet, column = bad.rng.choice([("Claims", "topic"), ("Assertions", "evidence"), ("Actors", "kind"), ("Stances", "to")])
    bad.row(sheet)[column] = bad.rng.choice(["TODO", "TODO which one?", "TODO: ask"])
    return bad.either()


@kind(r"has a name that is not known|is none that is read")
def unknown_head(bad: Bad) -> Path:
    def edit(book: Any) -> None:
        if bad.rng.random() < 0.5:
            cell(book, "Claims", "topic", 1).value = bad.rng.choice(["topics", "verdict", "Thema"])
        else:
            book["Claims"].title = bad.rng.choice(["Claim", "Notes", "Tabelle1"])

    return bad.edited(edit)


@kind(r"leads back to where it began")
def other_cycle(bad: Bad) -> Path:
    sheet, column = bad.rng.choice(
        [("Places", "within"), ("Actors", "part of"), ("Claims", "part of"), ("Documents", "edition of")]
    )
    rows = bad.rng.sample(bad.rows[sheet], 2)
    for one, other in zip(rows, rows[::-1], strict=True):
        one[column] = f"{ {'Places': 'place', 'Actors': 'actor', 'Claims': 'claim', 'Documents': 'source'}[sheet] }/{other['id']}"
    return bad.either()


@kind(r"is no CSV|null character|is no id|stands in a column without a name")
def torn_csv(bad: Bad) -> Path:
    path = bad.written("workbook") / "claims.csv"
    tear = bad.rng.choice(['"open\n', '"a"b,c\n', "x\0y\n", "," * 50 + "late,late\n"])
    path.write_text(path.read_text("utf-8") + tear, "utf-8")
    return path.parent


@kind(r"is no id")
def wrong_id(bad: Bad) -> Path:
    bad.rows["Claims"][12]["id"] = bad.rng.choice(["Two Words", "../up", "a--b", "été", "a/b", "<x>", "a" * 200, "%2e%2e"])
    bad.rows["Assertions"] = [row for row in bad.rows["Assertions"] if row["claim"] != "records-will-be-published"]
    return bad.either()


@kind(r"is no number|is no whole number|is no share")
def wrong_number(bad: Bad) -> Path:
    column = bad.rng.choice(["number", "least", "coverage"])
    bad.rows["Claims"][0][column] = bad.rng.choice(["1,200", "١٢", "1e5", "NaN", "--3", "about 90", "½"])
    return bad.either()


@kind(r"is no tag of a language|have no language|is there twice")
def wrong_heading(bad: Bad) -> Path:
    head = bad.rng.choice(["statement@Spanish", "topic@es", "statement", "statement@"])
    return bad.edited(lambda book: setattr(book["Claims"].cell(1, 60), "value", head))


@kind(r"holds an error")
def error_cell(bad: Bad) -> Path:
    def edit(book: Any) -> None:
        found = cell(book, "Claims", "statement")
        found.value, found.data_type = bad.rng.choice(["#N/A", "#REF!", "#DIV/0!"]), "e"

    return bad.edited(edit)


@kind(r"cannot be read as a workbook|is damaged|is not in UTF-8")
def damaged_xml(bad: Bad) -> Path:
    def tear(data: bytes) -> bytes:
        at = bad.rng.randrange(len(data) // 3, len(data) - 40)
        return bad.rng.choice([data[:at], data[:at] + b"<" + data[at:], data[:at] + b"\0\0" + data[at:]])

    return bad.patched(SHEET, tear)


@kind(r"names \d things")
def ambiguous(bad: Bad) -> Path:
    bad.rows["Actors"][1]["other names"] = "The same"
    bad.rows["Actors"][3]["other names"] = "the  SAME"
    bad.row("Assertions")["speaker"] = "The Same"
    return bad.either()


@kind(r"is not there, and passages|is empty|not UTF-8")
def text_missing(bad: Bad) -> Path:
    text = bad.root / "texts" / "survey.txt"
    if bad.rng.random() < 0.4:
        text.unlink()
    else:
        text.write_bytes(bad.rng.choice([b"", b"\n \n", "été".encode("latin-1")]))
    return bad.either()


@kind(r"is no web address")
def wrong_address(bad: Bad) -> Path:
    bad.row("Documents")["address"] = bad.rng.choice(
        ["www.example.org", "javascript:alert(1)", "https://", "https://a b", 'https://a/"><']
    )
    return bad.either()


@kind(r"is described in data/actors/curators.ttl already")
def taken_name(bad: Bad) -> Path:
    bad.rows["Actors"].append({"id": "curators", "kind": "organization", "name": "Others"})
    return bad.either()


@kind(r"holds no records|is missing")
def nothing_in_it(bad: Bad) -> Path:
    if bad.rng.random() < 0.5:
        bad.rows.clear()
        return bad.either()
    return bad.edited(lambda book: book["Assertions"].delete_cols(1, 3))


def bad_workbook(seed: int, names: Names, folder: Path, root: Path) -> tuple[str, str, Path]:
    """Make the workbook of a seed; return its kind, what its message has to say, and where it is."""
    name = list(KINDS)[seed % len(KINDS)]
    make, expected = KINDS[name]
    return name, expected, make(Bad(random.Random(seed), example_rows(), names, folder, root))


def files(root: Path) -> dict[str, bytes]:
    """Return the files of a corpus below data/ and restricted/."""
    found = (path for top in ("data", "restricted") for path in (root / top).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def main(folder: Path, numbers: list[int]) -> None:
    """Take over the workbook of each seed, and write what came of it."""
    corpus = new_corpus(folder / "ports")
    names, _ = read_names(corpus)
    # Making a workbook takes no memory worth speaking of; reading one has to do with little more.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for seed in numbers:
        place = folder / str(seed)
        root = place / "ports"
        shutil.copytree(corpus, root)
        name, expected, path = bad_workbook(seed, names, place, root)
        before, start = files(root), time.process_time()
        told = {"error": "", "message": "", "remedy": ""}
        try:
            import_workbook(path, root)
        except AllegataError as error:
            told = {"error": type(error).__name__, "message": error.message, "remedy": error.remedy or ""}
        spent = time.process_time() - start
        result = {"seed": seed, "kind": name, "expected": expected, "written": files(root) != before, "seconds": spent}
        sys.stdout.write(json.dumps(told | result) + "\n")
        shutil.rmtree(place)


def outcomes(folder: Path, numbers: list[int]) -> dict[int, dict[str, Any]]:
    """Return what came of the workbooks of some seeds, which are taken over in a process of their own."""
    command = [sys.executable, __file__, str(folder), *map(str, numbers)]
    places = ":".join([str(Path(__file__).parent), str(Path(__file__).parents[1] / "tools")])
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env={"PYTHONPATH": places, "PATH": "/usr/bin:/bin"}, timeout=3600
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["seed"]: row for row in rows}


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(text) for text in sys.argv[2:]])
