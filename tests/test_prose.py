"""The project's own words: no sentence of a source, no loaded word in a statement, neither side's vocabulary."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import Literal

from allegata.corpus.reader import read
from allegata.model.namespaces import ALG
from allegata.release.reports import loaded_words
from support import ROOT

RUN = 9
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
#: Words that judge by themselves; a source's own wording may stand as alg:phrase only. The build report counts the same list.
LOADED = re.compile(rf"\b({loaded_words(ROOT / 'ontology' / 'reports' / 'loaded-words.txt')})\b", re.IGNORECASE)
#: Lines of the sources that are names: headings, numbered addresses, and links.
NAMES = re.compile(r"^\s*(#|\d+\.\s+www\.|Fact Sheet:|References)|https?://")
#: Official names and titles, which anybody must write the same way.
OFFICIAL = re.compile(
    r"(UN |United Nations )?(Human Rights Council )?Commission of Inquiry( \(COI\))? on Human Rights in "
    r"(North Korea|the Democratic People.s Republic of Korea( \(DPRK\))?)"
    r"|Special Rapporteur on (the situation of )?human rights in (North Korea|the DPRK|the Democratic People.s Republic of Korea)"
    r"|International Covenant on (Civil and Political|Economic, Social and Cultural) Rights|Convention on the Rights of the Child"
    r"|Convention on the Elimination of All Forms of Discrimination against Women|Office of the High Commissioner for Human Rights"
    r"|Rome Statute of the International Criminal Court( \(ICC\))?",
    re.IGNORECASE,
)


def runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of nine words, in lower case, official names apart."""
    found: set[tuple[str, ...]] = set()
    for part in OFFICIAL.sub("§", text).split("§"):
        words = [word.lower().replace("’", "'") for word in WORD.findall(part)]
        found |= {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return found


def tracked() -> list[Path]:
    """Return the text files that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_nine_words_of_a_source_stand_in_the_repository(sources: Path) -> None:
    lines = [line for path in sources.glob("*.txt") for line in path.read_text("utf-8").splitlines() if not NAMES.search(line)]
    known = {run for line in lines for run in runs(line)}
    files = tracked()
    assert len(known) > 5000 and len(files) > 100
    for path in files:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found = sorted(runs(text) & known)
        assert not found, f"{path.relative_to(ROOT)}: {' '.join(found[0])}"


def statements() -> list[tuple[str, str]]:
    """Return every statement and rationale of the corpus with its subject."""
    words = {f"{ALG}statement", f"{ALG}rationale", "http://www.w3.org/2000/01/rdf-schema#comment"}
    return [
        (str(quad.subject), quad.object.value)
        for quad in read(ROOT).quads
        if quad.predicate.value in words and isinstance(quad.object, Literal) and "graph/ontology" not in str(quad.graph_name)
    ]


def test_the_list_of_loaded_words_is_read() -> None:
    assert LOADED.pattern.count("|") >= 20 and LOADED.search("a grim outlook") and not LOADED.search("a direct view")


def test_no_statement_uses_a_loaded_word() -> None:
    found = statements()
    assert len(found) > 300
    assert [(subject, text) for subject, text in found if LOADED.search(text)] == []


def test_a_phrase_has_at_most_eight_words() -> None:
    phrases = [quad.object for quad in read(ROOT).quads if quad.predicate.value == f"{ALG}phrase"]
    assert len(phrases) > 10
    for phrase in phrases:
        assert isinstance(phrase, Literal)
        assert len(WORD.findall(phrase.value)) <= 8, phrase.value


@pytest.mark.parametrize("folder", ["server", "ontology", "shapes", "docs"])
def test_neither_code_nor_pages_use_a_loaded_word(folder: str) -> None:
    written = (".py", ".ttl", ".rq", ".html", ".md", ".css", ".js")
    ours = [path for path in (ROOT / folder).rglob("*") if not {"node_modules", "built"} & set(path.parts)]
    files = [path for path in ours if path.suffix in written]
    assert files
    for path in files:
        found = LOADED.search(path.read_text("utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found.group() if found else ''}"
