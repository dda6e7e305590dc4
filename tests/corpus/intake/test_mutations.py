"""Files that were altered at random become a workbook or an error of ours, within bounds; where there is an error nothing is written."""

from __future__ import annotations

import copy
import random
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from allegata import settings
from allegata.corpus.importers import IMPORTERS
from allegata.corpus.intake import importer
from allegata.corpus.library.library import Library
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.workbook.names import read_names
from allegata.errors import AllegataError
from series import seeds, series
from support import ROOT

FILES: Final = ROOT / "tests" / "fixtures" / "formats"
CASES: Final = (
    ("acled", "acled.csv"),
    ("claimreview", "claimreview.json"),
    ("csv", "incidents.csv"),
    ("ftm", "entities.ftm.json"),
    ("uhri", "uhri.csv"),
    ("uhri", "uhri.json"),
    ("uwazi", "uwazi.csv"),
    ("webannotation", "webannotation.json"),
    ("wikidata", "sparql-results.json"),
    ("wikidata", "wikidata.json"),
)
SEEDS = seeds(800)
#: What is put in at random: marks of the syntaxes, numbers and texts that are hard to read, nothing where something is wanted.
PIECES: Final = [
    *(
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\x00",
        b"\xff",
        b"null",
        b"1e999999",
        b"[]",
        b"{}",
        b"\n",
        b";",
        b"TODO ",
        b"=1+1",
    ),
    *(b"@", b"{each}", b"<", b'"a":1,', "\u202e".encode(), b"true", b"-1", b"9" * 400, b'""'),
]
NAMES: Final = [
    b'"id"',
    b'"type"',
    b'"name"',
    b'"url"',
    b'"value"',
    b"title",
    b'"properties"',
    b'"author"',
    b'"target"',
    b"Countries",
]


def altered(chance: random.Random, data: bytes) -> bytes:
    """Cut out, put in, repeat or rename something, one to four times."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.randint(1, 40))
        middle = chance.choice([b"", chance.choice(PIECES), data[start:end] * chance.randint(2, 4)])
        data = data[:start] + middle + data[chance.choice([start, end]) :]
        if chance.random() < 0.2:
            data = data.replace(chance.choice(NAMES), chance.choice([b'"x"', b'"id": null, "y"', b"x"]), 1)
    return data


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mutations") / "arland"
    create_corpus(folder, Scaffold("Arland", "https://example.org/arland/", LICENCE, date(2026, 1, 1)), ROOT)
    return folder


@series
def test_altered_files_become_a_workbook_or_an_error_of_ours(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (names, corpus), library = read_names(root), Library(settings.default_root())
    monkeypatch.setattr(importer, "read_names", lambda _root: (copy.deepcopy(names), corpus))
    monkeypatch.setattr(importer, "Library", lambda _package: library)
    told = 0
    for seed in SEEDS:
        chance = random.Random(seed)
        name, file = chance.choice(CASES)
        (tmp_path / file).write_bytes(altered(chance, (FILES / file).read_bytes()))
        drafts, out = IMPORTERS.get(name).drafts, tmp_path / f"out-{seed}"
        assert drafts
        values = {"map": (str(FILES / "incidents.yaml"),)} if name == "csv" else {}
        try:
            drafts(tmp_path / file, root, values, suggest=False).write(out)
        except AllegataError as error:
            told += 1
            assert error.message and not out.exists(), f"{seed}: {error}"
    assert len(SEEDS) // 4 < told < len(SEEDS)
