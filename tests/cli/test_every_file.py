"""Every file as every input: whatever a command is given, it ends with a message of ours, never with a library's words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from click.testing import CliRunner
from hypothesis import strategies

from allegata.cli.main import main
from allegata.release.build import build
from releases import HEAD
from series import seeds
from support import ROOT, SHARED

#: What only a library, or Python itself, would say; a word that the file itself has may be quoted from it.
FOREIGN = (
    *(
        "traceback",
        "yaml.",
        "pyyaml",
        "pyoxigraph",
        "oxigraph",
        "rdflib",
        "pyshacl",
        "jsonschema",
        "_csv",
        "csv.",
        "rocksdb",
        "db::",
    ),
    *("parser error", "expected one of", "codec can", "nonetype", "has no attribute", "[errno", "panicked", "recursionerror"),
    *("line 1 column", "while scanning", "while parsing", "valueerror", "keyerror", "typeerror", "unicodedecodeerror", "<class "),
    *("is not of type", "does not match", "is a required property", "additional properties", "invalid literal for"),
)
CORPUS = f"""{HEAD}\
<dataset> a dcat:Dataset ; dct:title "One actor"@en ; dcat:version "1.0" ; dct:issued "2026-01-01"^^xsd:date ;
    void:uriSpace "https://example.org/" .
<actor/somebody> a prov:Agent , schema:Organization ; rdfs:label "Somebody"@en .
"""
SHAPE = """\
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:shape> a sh:NodeShape ; sh:targetClass prov:Agent ; sh:property <urn:label> .
<urn:label> a sh:PropertyShape ; sh:path rdfs:label ; sh:minCount 1 .
"""
#: How many parts the files make, of which the tests try a tenth.
PARTS = 40
#: Way in → the command, with {file}, {folder} (of the file), {root} and {site} in it; where in the corpus the file stands for it.
WAYS = {
    "query": ("query --site {site} {file}", ""),
    "sheet": ("import sheet {file} --sources {folder} --root {root} --replace", ""),
    "extract": ("link suggest --site {site} {file}", ""),
    "verify": ("verify --site {site} {file}", ""),
    "diff": ("diff --site {site} {file} 1.0", ""),
    "sources": ("verify-anchors --sources {file} --root {root}", ""),
    "root": ("validate --root {file}", ""),
    "site": ("releases --site {file}", ""),
    "out": ("export rdf12 --site {site} --out {file}", ""),
    "data": ("link report --root {root}", "data/input.ttl"),
    "head": ("validate --root {root}", "data/corpus.ttl"),
    "table": ("link check --root {root}", "data/links/input.sssom.tsv"),
    "notes": ("link report --root {root}", "data/links/coverage.yaml"),
    "metadata": ("link check --root {root}", "data/links/input.sssom.yml"),
    "shape": ("validate --root {root}", "shapes/input.ttl"),
    "rule": ("validate --root {root}", "shapes/rules/input.rq"),
    "inference": ("validate --root {root}", "ontology/rules/input.rq"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a corpus of one actor, and with a release of it."""
    folder = tmp_path_factory.mktemp("every")
    for name in ("ontology/rules", "shapes/rules", "data/links"):
        (folder / "corpus" / name).mkdir(parents=True)
    shutil.copytree(ROOT / "ontology" / "reports", folder / "corpus" / "ontology" / "reports")
    (folder / "corpus" / "data" / "corpus.ttl").write_text(CORPUS, "utf-8")
    (folder / "corpus" / "shapes" / "shape.ttl").write_text(SHAPE, "utf-8")
    build(folder / "corpus", folder / "site", lambda _step: None)
    return folder


def files() -> list[Path]:
    """Return the files of the tests, and the cases beside this checkout where they are."""
    own = [path for path in (ROOT / "tests").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sorted([*own, *(path for path in (SHARED / "cases").rglob("*") if path.is_file())])


def foreign(place: Path, way: str, data: bytes, name: str = "input.txt") -> str:
    """Give a command a file, and return what it says that only a library would, or how it breaks; nothing where all is well."""
    template, stands = WAYS[way]
    folder = place / "given"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    root = place / "corpus"
    target = root / stands if stands else folder / name
    kept = target.read_bytes() if target.exists() else None
    target.write_bytes(data)
    if way == "metadata":
        (root / "data" / "links" / "input.sssom.tsv").write_text("subject_id\tpredicate_id\n", "utf-8")
    try:
        words = template.format(file=folder / name, folder=folder, root=root, site=place / "site")
        result = CliRunner().invoke(main, words.split(" "))
    finally:
        target.unlink(missing_ok=True)
        (root / "data" / "links" / "input.sssom.tsv").unlink(missing_ok=True)
        if kept is not None:
            target.write_bytes(kept)
        shutil.rmtree(root / "data" / "claims", ignore_errors=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return f"{way}: {type(result.exception).__name__}: {result.exception}"
    said, own = result.output.replace(name, "").lower(), data.decode("utf-8", "replace").lower()
    return next((f"{way}: {word!r} in {result.output[:300]}" for word in FOREIGN if word in said and word not in own), "")


def ways(path: Path) -> Iterator[str]:
    """Yield the ways in that a file is tried in: all, but for the many files of one kind those that tell them apart."""
    yield from WAYS if path.suffix not in (".ttl", ".csv", ".py") else ("query", "sheet", "extract", "data", "table", "shape")


@pytest.mark.series
@pytest.mark.parametrize("part", seeds(PARTS))
def test_every_file_is_read_or_refused_in_our_own_words(place: Path, part: int) -> None:
    found = []
    for path in files()[part::PARTS]:
        data = path.read_bytes()
        found += [
            f"{path.name}: {problem}" for way in ways(path) if (problem := foreign(place, way, data, f"input{path.suffix}"))
        ]
    assert found == []


SIGNS = "ab:<>[]{}()\"'\\#@^_?$%.;,|&*!~-=\n\r\t \ufeff\x00\x85\u2028é\u0301\U0001f600019ZT"
WORDS = (
    "<urn:a> ",
    "a ",
    "@prefix x: <urn:> .",
    "SELECT * ",
    "subject_id\t",
    "#curie_map:\n",
    "id: ",
    "- ",
    '"',
    "<<( ",
    "[",
    "\ufeff",
)


@pytest.mark.parametrize("way", [*(name for name in WAYS if name not in ("out", "root", "site", "sources", "diff", "verify"))])
def test_no_text_brings_out_a_librarys_words(place: Path, way: str) -> None:
    check_texts(lambda text: foreign(place, way, text.encode("utf-8", "surrogatepass")))


def check_texts(problem: Callable[[str], str]) -> None:
    """Try texts that are made of the signs and words of all formats."""
    pieces = strategies.sampled_from(WORDS) | strategies.text(alphabet=SIGNS, max_size=6)

    @hypothesis.settings(max_examples=60, derandomize=True, deadline=None, database=None)
    @hypothesis.given(strategies.lists(pieces, max_size=12).map("".join))
    def tried(text: str) -> None:
        assert problem(text) == ""

    tried()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf",
        b"[" * 1500,
        b"{" * 1500,
        b"(" * 5000,
        b"<<" * 5000,
        b'"' * 200_000,
        b"a:\n" * 3,
    ],
    ids=["empty", "null", "utf-16", "mark", "brackets", "braces", "parentheses", "angles", "quotes", "twice"],
)
def test_extremes_are_refused_in_our_own_words(place: Path, way: str, data: bytes) -> None:
    assert foreign(place, way, data) == ""
