"""An open release: queries with typed rows, tables, checks, citations, the same over HTTP, and errors that say what to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

import allegata
from allegata.model.namespaces import sparql_prologue
from releases import BASE, build_versions
from service import PATIENT, serve

PROLOGUE = sparql_prologue()
CLAIMS = f"{PROLOGUE}SELECT ?claim ?text WHERE {{ ?claim alg:statement ?text }} ORDER BY ?claim"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site with two releases."""
    return build_versions(tmp_path_factory.mktemp("opened"), "1.0", "1.1")


@pytest.fixture(scope="module")
def release(place: Path) -> Iterator[allegata.Release]:
    """Return the later release, open, with limits that nothing comes near."""
    with allegata.open(place, query_timeout=PATIENT["query_timeout"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    """Return the address of a service of the site."""
    with serve(place, **PATIENT) as running:
        yield running.address


def test_a_release_is_opened_by_site_folder_or_version(place: Path) -> None:
    folder = next((place / "releases").glob("1.0+*"))
    opened = [allegata.open(place), allegata.open(site=place), allegata.open(folder), allegata.open("1.0", site=place)]
    assert [item.version for item in opened] == ["1.1", "1.1", "1.0", "1.0"]
    assert opened[0].hash == opened[0].manifest.rdfc10 and "1.1 of “Places”" in repr(opened[0])


def test_what_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(allegata.ReleaseError, match="allegata build"):
        allegata.open(site=tmp_path)
    with pytest.raises(allegata.UsageError, match="is not an address"):
        allegata.open("ftp://example.org/")


# -- queries ------------------------------------------------------------------------------------------------------------------


def test_rows_are_dictionaries_of_python_values(release: allegata.Release) -> None:
    rows = release.query(CLAIMS)
    assert rows.columns == ("claim", "text") and len(rows) == 2
    assert rows[0] == {"claim": f"{BASE}claim/closed", "text": "About half of the schools were shut."}
    assert [row["claim"] for row in rows] == [f"{BASE}claim/closed", f"{BASE}claim/visited"]
    assert rows.terms[0]["claim"] == NamedNode(f"{BASE}claim/closed")
    text = rows.terms[0]["text"]
    assert isinstance(text, Literal) and text.language == "en"


TYPED = f"""{PROLOGUE}SELECT * WHERE {{ VALUES (?whole ?exact ?real ?is ?day ?year ?wrong ?word ?none) {{
  (7 1.50 2.5e0 true "2020-02-29"^^xsd:date "2020"^^xsd:gYear "x"^^xsd:integer "말"@ko UNDEF)
  (UNDEF 2 3 false "2021-01-01"^^xsd:date "2021"^^xsd:gYear "1"^^xsd:integer "word" UNDEF) }} }}"""


def test_literals_become_python_values_by_their_datatype(release: allegata.Release) -> None:
    first, second = release.query(TYPED)
    assert first == {
        **{"whole": 7, "exact": Decimal("1.50"), "real": 2.5, "is": True, "day": date(2020, 2, 29), "year": "2020"},
        **{"wrong": "x", "word": "말", "none": None},
    }
    assert [type(first[name]) for name in ("whole", "exact", "real", "is")] == [int, Decimal, float, bool]
    assert second["whole"] is None and second["exact"] == 2 and second["wrong"] == 1


def test_rows_become_arrow_columns_and_a_data_frame(release: allegata.Release) -> None:
    rows = release.query(TYPED)
    table = rows.to_arrow()
    assert {name: str(table.schema.field(name).type) for name in table.column_names} == {
        **{"whole": "int64", "exact": "double", "real": "double", "is": "bool", "day": "date32[day]"},
        **{"year": "string", "wrong": "string", "word": "string", "none": "string"},
    }
    frame = rows.to_pandas()
    assert list(frame["whole"].dropna()) == [7] and str(frame["whole"].dtype) == "Int64"
    assert list(frame["exact"]) == [1.5, 2.0]


def test_a_number_that_no_column_of_integers_holds_is_text(release: allegata.Release) -> None:
    rows = release.query(f'SELECT ?n WHERE {{ VALUES ?n {{ "1{"0" * 30}"^^<http://www.w3.org/2001/XMLSchema#integer> }} }}')
    assert rows.to_arrow().to_pylist() == [{"n": "1" + "0" * 30}]


@pytest.mark.parametrize(
    ("word", "begin"), [("csv", "claim,text\r\n"), ("tsv", "?claim\t?text\n"), ("json", "{"), ("xml", "<?xml")]
)
def test_rows_are_written_in_each_format(release: allegata.Release, word: str, begin: str) -> None:
    text = release.query(CLAIMS).text(word)
    assert text.startswith(begin) and "claim/visited" in text


def test_ask_and_graph(release: allegata.Release) -> None:
    assert release.ask("ASK { ?s ?p ?o }") is True and release.ask("ASK { <urn:none> ?p ?o }") is False
    made = release.graph(f"CONSTRUCT WHERE {{ <{BASE}place/somewhere> ?p ?o }}")
    assert len(made) > 1 and all(triple.subject == NamedNode(f"{BASE}place/somewhere") for triple in made)
    assert '"Somewhere else"@en' in made.text() and made.text("ntriples").count(" .\n") == len(made)


def test_an_empty_answer_is_one(release: allegata.Release) -> None:
    rows = release.query("SELECT ?s WHERE { ?s <urn:none> ?o }")
    assert (len(rows), rows.columns, list(rows), rows.to_arrow().num_rows) == (0, ("s",), [], 0)
    assert rows.text() == "s\r\n"


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("SELECT ?s WHERE {", allegata.QuerySyntaxError, "ine 1"),
        ("ASK {}", allegata.BadRequest, r"release\.ask"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", allegata.BadRequest, r"release\.graph"),
        ("DROP ALL", allegata.QueryRefused, "(?i)change|write|update|reads"),
        ("SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }", allegata.QueryRefused, "SERVICE"),
    ],
)
def test_a_query_that_is_not_answered_says_why(
    release: allegata.Release, text: str, error: type[allegata.AllegataError], words: str
) -> None:
    with pytest.raises(error, match=words):
        release.query(text)


SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER(STR(?a) < STR(?l)) }"


def test_a_query_runs_in_a_process_that_is_ended_at_its_limit(release: allegata.Release) -> None:
    with pytest.raises(allegata.QueryTimeout):
        release.query(SLOW, timeout=0.3)
    assert release.ask("ASK {}"), "the next one is answered"


def test_an_answer_that_is_cut_off_is_none(place: Path) -> None:
    with allegata.open(place, result_bytes=1024) as opened, pytest.raises(allegata.LimitExceeded, match="result_bytes"):
        opened.query("SELECT * WHERE { ?s ?p ?o }")


def test_a_program_that_forgets_to_close_ends(place: Path) -> None:
    code = f"import allegata\nrelease = allegata.open({str(place)!r})\nprint(release.ask('ASK {{}}'))\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_a_release_that_was_closed_answers_anew(place: Path) -> None:
    opened = allegata.open(place)
    assert opened.ask("ASK {}")
    opened.close()
    assert opened.ask("ASK {}")
    opened.close()
    opened.close()


# -- over HTTP ----------------------------------------------------------------------------------------------------------------


@pytest.mark.server
def test_a_release_at_an_address_answers_alike(address: str, release: allegata.Release) -> None:
    with allegata.open(address) as far:
        assert (far.version, far.hash) == (release.version, release.hash)
        assert list(far.query(CLAIMS)) == list(release.query(CLAIMS))
        described = f"CONSTRUCT WHERE {{ <{BASE}place/somewhere> ?p ?o }}"
        assert set(far.graph(described)) == set(release.graph(described))
        assert far.ask("ASK { ?s ?p ?o }") is True
        assert list(far.table("claims")) == list(release.table("claims"))
        with pytest.raises(allegata.ReleaseError, match="copy the folder"):
            far.dataset()


@pytest.mark.server
def test_an_error_of_the_service_is_the_same_exception(address: str) -> None:
    with pytest.raises(allegata.QueryTimeout, match="limit"):
        allegata.open(address).query(SLOW, timeout=0.3)


@pytest.mark.server
def test_a_service_that_went_on_to_another_release_is_found_out(address: str) -> None:
    far = allegata.open(address)
    far.handle = replace(far.handle, manifest=replace(far.manifest, version="0.9"))
    with pytest.raises(allegata.ReleaseError, match=r"answers from release 1\.1, not from 0\.9"):
        far.query(CLAIMS)


# -- the rest -----------------------------------------------------------------------------------------------------------------


def test_tables_are_checked_and_named(release: allegata.Release) -> None:
    table = release.table("assertions")
    assert {"assertions", "claims", "stances"} <= set(release.tables)
    assert len(table) == 3 == table.to_arrow().num_rows and table.columns[0] == "id"
    assert {row["id"] for row in table} == set(table.to_pandas()["id"])
    with pytest.raises(allegata.NotFound, match="assertions"):
        release.table("assertion")


def test_a_table_is_read_without_threads_that_abort_a_program_at_its_end(place: Path) -> None:
    """Arrow's pools end with the process: where they had only just begun, it dies of it (SIGABRT)."""
    code = (
        "import os, pandas, pyarrow.parquet, allegata\n"
        f"release = allegata.open({str(place)!r})\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "for name in release.tables: release.table(name).to_pandas()\n"
        "print(len(os.listdir('/proc/self/task')) - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")


def test_a_dataset_stands_on_the_release(release: allegata.Release) -> None:
    assert len(release.dataset().claims()) == 2
    assert release.dataset("ko").language == "ko"


def test_a_release_is_verified_and_compared(place: Path, release: allegata.Release) -> None:
    before = allegata.open("1.0", site=place)
    assert not [check.name for check in before.verify() if check.problems]
    (failed,) = before.verify(only=["canonical hash"], expected="0" * 64)
    assert failed.problems
    claims = next(item for item in before.diff(release) if item.kind == "claims")
    assert claims.added == (f"{BASE}claim/visited",) and claims.removed == (f"{BASE}claim/counted",)
    back = release.diff(before.handle.folder)
    assert next(item for item in back if item.kind == "claims").added == (f"{BASE}claim/counted",)


def test_datasets_things_and_queries_are_cited(release: allegata.Release) -> None:
    assert f"{BASE}release/1.1" in release.cite().text()
    cited = release.cite("claim/closed")
    assert cited.url == f"{BASE}claim/closed" and "About half of the schools" in cited.text()
    assert release.query(CLAIMS).citation == release.cite_query(CLAIMS)
    with pytest.raises(allegata.NotFound):
        release.cite("claim/absent")


def test_exporters_write_other_forms(release: allegata.Release, tmp_path: Path) -> None:
    assert release.export("nanopubs", tmp_path / "nanopubs") == "3 nanopublications"
    assert release.export("files", tmp_path / "files", only=("tables/*.csv",)).endswith("SHA256SUMS")
    with pytest.raises(allegata.UsageError, match="rocrate"):
        release.export("rocrates", tmp_path / "crate")
