"""The worked example of `allegata new`: twenty hard cases, valid, built and served, each with a question and its answer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, RDFS, URIRef

from allegata.cli.main import main
from allegata.corpus.anchors import verify
from allegata.corpus.reader import read
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.worked_example import BASE, TITLE, WORDS, worked_example
from allegata.domain import Descriptions
from allegata.engine import Engine, Query, inspect, open_engine
from allegata.model.formats import CSV_RESULTS
from allegata.model.kinds import KINDS
from allegata.release.build import build
from allegata.release.handle import Release
from allegata.settings import Settings, default_root
from allegata.web import create_app
from unanswered import WITHOUT_ANSWER

rdflib.NORMALIZE_LITERALS = False

FILES = dict(worked_example(BASE))
CASES = sorted(Path(path).stem for path in FILES if path.startswith("data/cases/"))
case = pytest.mark.parametrize("name", CASES)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked") / "arland"
    create_corpus(folder, Scaffold(TITLE, BASE, LICENCE, date(2026, 1, 1), worked=True), default_root())
    return folder


@pytest.fixture(scope="module")
def release(root: Path) -> Release:
    return build(root, root / "site", lambda _step: None)


@pytest.fixture(scope="module")
def engine(release: Release) -> Iterator[Engine]:
    with closing(open_engine(release.folder, Settings())) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(root: Path, release: Release, engine: Engine) -> FlaskClient:
    return create_app(Settings(root=root, site=root / "site"), release, engine).test_client()


def test_there_are_twenty_cases_each_with_a_question_and_an_answer() -> None:
    assert [name[:2] for name in CASES] == [f"{number:02d}" for number in range(1, 21)]
    for folder, suffix in (("data/questions", "rq"), ("answers", "csv")):
        found = sorted(Path(path).stem for path in FILES if path.startswith(f"{folder}/"))
        assert found == CASES and all(f"{folder}/{name}.{suffix}" in FILES for name in CASES)


def test_the_example_conforms_without_a_warning(release: Release) -> None:
    assert "0 Violation, 0 Warning" in release.read("reports/shacl.txt").decode()


def test_every_passage_stands_in_the_texts_that_come_with_it(root: Path) -> None:
    checked = verify(read(root).quads, root / "texts")
    assert checked.agreeing >= 45 and not checked.problems and not checked.without_text


@case
def test_the_answer_is_as_expected(name: str, engine: Engine) -> None:
    query = Query(inspect(FILES[f"data/questions/{name}.rq"].decode(), Settings()), CSV_RESULTS)
    expected = FILES[f"answers/{name}.csv"].decode()
    assert b"".join(engine.answer(query).chunks).decode() == expected
    assert len(list(csv.reader(io.StringIO(expected, newline="")))) > 1, "no row"


@case
def test_a_question_names_no_record_of_the_example(name: str) -> None:
    text = FILES[f"data/questions/{name}.rq"].decode()
    assert re.match(r"# [A-Z].*\?\n# Theme: hard cases\n", text)
    assert BASE not in text and "BASE" not in text


def test_everything_invented_says_so(root: Path) -> None:
    graph = rdflib.Graph()
    for path in sorted((root / "data").rglob("*.ttl")):
        graph.parse(path)
    labelled = {str(thing): str(label) for thing, label in graph.subject_objects(RDFS.label)}
    silent = {thing.removeprefix(BASE) for thing, label in labelled.items() if not label.endswith("(invented)")}
    assert silent <= {
        "dataset",
        "actor/curators",
        "contact/curators",
        "actor/protected-source-1",
        "source/commission-report/annex-author",
    }
    assert len(labelled) > 100
    assert WORDS["keyword"] in {str(word) for word in graph.objects(URIRef(f"{BASE}dataset"), DCAT.keyword)}
    texts = [content.decode() for path, content in FILES.items() if path.startswith("texts/")]
    assert all(re.search(r"Invented for this example\.|نص مختلق لهذا المثال\.", text) for text in texts) and len(texts) > 25


def test_its_documents_are_in_two_languages_one_of_them_from_right_to_left(root: Path) -> None:
    graph = rdflib.Graph()
    for path in sorted((root / "data" / "cases").glob("*.ttl")):
        graph.parse(path)
    assert {str(language) for language in graph.objects(None, DCTERMS.language)} == {"en", "ar"}


def test_every_thing_has_a_page(client: FlaskClient, release: Release) -> None:
    read_things = Descriptions(release.folder, BASE)
    things = {node.value for kind in KINDS if kind.page for node in read_things.instances(kind.curie)}
    own = sorted(thing.removeprefix(BASE) for thing in things if thing.startswith(BASE))
    assert len(own) > 150
    assert [path for path in own if client.get(f"/page/{path}").status_code != 200] == []


def test_the_pages_say_what_became_of_words(client: FlaskClient) -> None:
    retracted = client.get("/page/assertion/interviews/guards-on-night-work").text
    assert "What takes it back, revises it or disputes who said it" in retracted and "Said on" in retracted
    assert "leaves open: “" in client.get("/page/assertion/commission-report/no-evidence-of-night-work").text
    assert "distances" in client.get("/page/assertion/daily-example/witnesses-on-clearing").text
    assert "Claims that are part of it" in client.get("/page/claim/inquiry-and-report").text
    compared = client.get("/compare?claim=struck-in-custody").text
    assert ">sets aside</a>" in compared and "1 assertion leaves it open" in compared


def test_names_begin_with_the_base_that_was_asked_for(tmp_path: Path) -> None:
    base = "https://elsewhere.example/cases/"
    made = CliRunner().invoke(main, ["new", "--example", "--base", base, str(tmp_path / "cases")])
    assert made.exit_code == 0, made.output
    contents = [path.read_bytes() for path in (tmp_path / "cases" / "data").rglob("*") if path.is_file()]
    assert not any(BASE.encode() in content for content in contents)
    assert read(tmp_path / "cases").base == base
    readme = (tmp_path / "cases" / "README.md").read_text("utf-8")
    assert readme.startswith(f"# {TITLE}\n") and readme.count("\n1. ") == 1 and "\n20. " in readme


@pytest.mark.parametrize("name", sorted(WITHOUT_ANSWER))
def test_what_the_bundled_corpus_has_nothing_for_is_answered_here(name: str, release: Release, engine: Engine) -> None:
    text = (release.folder / "questions" / f"{name}.rq").read_text("utf-8")
    answer = b"".join(engine.answer(Query(inspect(text, Settings()), CSV_RESULTS)).chunks).decode()
    assert len(list(csv.reader(io.StringIO(answer, newline="")))) > 1
