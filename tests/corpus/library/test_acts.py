"""Acts from tables of participants: each date becomes the act that its letter means, and nothing is guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from allegata.corpus.importers import IMPORTERS, write_files
from allegata.corpus.library.acts import acts_file
from allegata.corpus.library.library import take
from allegata.corpus.library.participants import read_participants
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.errors import CorpusError, UsageError
from allegata.release.closure import check
from allegata.settings import default_root

OWN = "https://example.org/acts/"
TABLE = """Participant,Signature,"Ratification, Acceptance(A), Accession(a), Succession(d)"
Eritrea,20 Dec 1993,3 Aug 1994
Armenia,,23 Jun 1993 a
Croatia,,12 Oct 1992 d
Netherlands 4,26 Jan 1990,6 February 1995 A 2
United States of America,16 Feb 1995,
European Union,,23 Dec 2010 c
"""


def written(folder: Path, text: str, name: str = "crc.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_letters_say_which_act_it_was(tmp_path: Path) -> None:
    found = read_participants(written(tmp_path, TABLE))
    assert [(act.participant, act.act, act.day) for act in found.acts] == [
        ("Eritrea", "signature", "1993-12-20"),
        ("Eritrea", "ratification", "1994-08-03"),
        ("Armenia", "accession", "1993-06-23"),
        ("Croatia", "succession", "1992-10-12"),
        ("Netherlands", "signature", "1990-01-26"),
        ("Netherlands", "acceptance", "1995-02-06"),
        ("United States of America", "signature", "1995-02-16"),
    ]
    assert found.not_taken == ["line 7: European Union, 23 Dec 2010 c: the model has no act that is marked 'c'"]


def test_a_date_without_a_letter_is_no_ratification_where_the_heading_names_none(tmp_path: Path) -> None:
    text = 'Participant,"Signature, Succession to signature(d)","Accession(a), Definitive signature(s)"\nChad,1 May 1990 d,2 May 1990\n'
    found = read_participants(written(tmp_path, text + "Mali,,3 May 1990 s\n"))
    assert [(act.participant, act.act) for act in found.acts] == [("Mali", "definitiveSignature")]
    assert len(found.not_taken) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Country,Year\nChad,1990\n", r"crc.csv:1: this is no table of participants: its columns are Country, Year"),
        ("", r"crc.csv:1: this is no table of participants: its columns are none"),
        (TABLE + "Chad,31 Feb 1990,\n", r"crc.csv:8, column 'Signature': '31 Feb 1990' is no day"),
        (TABLE + "Chad,,1990\n", r"crc.csv:8, column 'Ratification.*': '1990' is no day"),
        (TABLE + 'Chad,"3 May\n', r"crc.csv:8: the row cannot be read"),
        (TABLE + "Chad,,\n" * 1100, r"more than 1,000 rows"),
    ],
)
def test_what_is_no_such_table_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CorpusError, match=says):
        read_participants(written(tmp_path, text))


def test_semicolons_and_tabs_of_spreadsheets_are_read(tmp_path: Path) -> None:
    for mark in ";\t":
        text = f"Participant{mark}Signature{mark}Ratification, Accession(a)\nChad{mark}{mark}9 Jun 1995 a\n"
        assert [act.act for act in read_participants(written(tmp_path, text)).acts] == ["accession"]


def test_acts_of_a_state_are_valid_beside_the_packs_that_they_need(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    create_corpus(root, Scaffold("Acts", OWN, LICENCE, date(2026, 2, 1)), default_root())
    take(root, "states", ("ERI", "TCD"))
    take(root, "treaties")
    table = written(tmp_path, TABLE)
    files = list(IMPORTERS.get("participants").read(table, OWN, {"treaty": ("IV-11",), "state": ("Eritrea", "TCD")}))
    assert [str(file.path) for file in files] == ["acts/crc.ttl"]
    # Chad is not in the table: its acts were looked up, and there are none.
    assert files[0].text.count("a alg:Commitment") == 2 and "actor/chad>" in files[0].text
    assert str(tmp_path) not in files[0].text and "# Not taken: line 7: European Union" in files[0].text
    write_files(root, files)
    checked = check(root, lambda _step: None)
    assert checked.report.conforms, checked.report.text()


def test_all_states_of_the_table_are_taken_where_none_is_named(tmp_path: Path) -> None:
    text = acts_file(written(tmp_path, TABLE), OWN, "crc", ()).text
    assert text.count("a alg:Commitment") == 7 and "European Union: no state of the library" in text


def test_a_treaty_that_the_library_lacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"The library has no treaty 'crx'.\nThere is: .*iccpr"):
        acts_file(written(tmp_path, TABLE), OWN, "crx", ())
