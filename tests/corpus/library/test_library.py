"""The library: packs are valid in any corpus, keep their IRIs, and are the bundled corpus' own records."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from allegata.corpus.library.library import Library, take
from allegata.corpus.library.records import table
from allegata.corpus.reader import read
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.engine import open_engine
from allegata.errors import UsageError
from allegata.model.namespaces import BASE, expand
from allegata.release.build import build
from allegata.release.closure import check
from allegata.settings import Settings, default_root
from allegata.web import create_app
from support import ROOT, SHARED

OWN = "https://example.org/eritrea/"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(default_root())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new corpus that took a state, treaties, bodies and regions."""
    folder = tmp_path_factory.mktemp("library") / "corpus"
    create_corpus(folder, Scaffold("Claims", OWN, LICENCE, date(2026, 2, 1)), default_root())
    take(folder, "states", ("ERI", "Ethiopia"), ("ti", "ar"))
    for pack in ("treaties", "bodies", "regions"):
        take(folder, pack)
    return folder


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[FlaskClient]:
    release = build(root, root.parent / "site", lambda _step: None)
    settings = Settings(root=root, site=root.parent / "site")
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine).test_client()


def said(quads: Iterator[Quad], subject: str, curie: str) -> set[str]:
    return {str(quad.object) for quad in quads if (quad.subject, quad.predicate.value) == (NamedNode(subject), expand(curie))}


def test_every_pack_is_valid_in_a_corpus_of_another_base(root: Path) -> None:
    checked = check(root, lambda _step: None)
    assert checked.report.conforms and "0 Warning" in checked.report.text(), checked.report.text()


@pytest.mark.parametrize("pack", ["states", "treaties", "bodies"])
def test_a_pack_says_nothing_that_the_bundled_corpus_does_not_say(library: Library, pack: str) -> None:
    ours = {quad.triple for quad in read(ROOT).quads}
    named = {row["slug"] for row in table("states.csv")}
    for file in library.files(pack):
        if file.path.suffix == ".ttl":
            triples = [quad.triple for quad in parse(file.text, RdfFormat.TURTLE)]
            assert len(triples) > 50
            for triple in triples:
                is_further = str(triple.subject.value).rpartition("/")[2] in named or "/m49-" in str(triple)
                assert is_further or triple in ours or triple.object.language not in ("", "en"), triple
        else:
            there = (ROOT / "data" / "links" / file.path.name.removeprefix(f"library-{pack}-")).read_text("utf-8")
            assert set(file.text.splitlines()) <= set(there.splitlines())


def test_a_state_alone_is_taken_with_its_regions_and_names(library: Library) -> None:
    file = next(library.files("states", ("ERI",), ("ti",)))
    quads = list(parse(file.text, RdfFormat.TURTLE))
    assert {quad.subject.value for quad in quads} == {
        f"{BASE}actor/eritrea",
        *(f"{BASE}place/m49-{code}" for code in ("202", "002", "001")),
    }
    assert said(iter(quads), f"{BASE}actor/eritrea", "rdfs:label") == {'"Eritrea"@en', '"ኤርትራ"@ti'}


def test_nothing_of_one_corpus_is_in_a_pack(library: Library) -> None:
    text = "".join(file.text for pack in ("treaties", "bodies", "regions") for file in library.files(pack))
    assert "actsRecordedFor" not in text and "North Korea" not in text and "dprk" not in text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("ERI", "ERI"), ("er", "ERI"), ("232", "ERI"), ("eritrea", "ERI"), ("에리트리아", "ERI"), ("NA", "NAM")),
        *(("Viet Nam", "VNM"), ("Côte d'Ivoire", "CIV"), ("St. Lucia", "LCA"), ("Swaziland", "SWZ"), ("DD", "DDR")),
    ],
)
def test_a_state_is_found_by_what_people_call_it(library: Library, text: str, code: str) -> None:
    assert library.state(text).code == code


def test_a_name_that_is_none_is_told_with_the_nearest(library: Library) -> None:
    with pytest.raises(UsageError, match=r"no state 'Eritria'.\nThe nearest is Eritrea \(ERI\)"):
        library.state("Eritria")


def test_states_have_codes_of_one_form_and_regions_are_one_tree(library: Library) -> None:
    states = library.states()
    assert len(states) == 202 and len({state.iri for state in states}) == 202
    assert all(len(state.code) == 3 and len(state.alpha2) == 2 for state in states)
    rows = {row["code"]: row["within"] for row in table("regions.csv")}
    assert [code for code, within in rows.items() if not within] == ["001"]
    assert all(within in rows for within in rows.values() if within)
    assert {row["region"] for row in table("codes.csv") if row["region"]} <= set(rows)


def test_codes_and_regions_are_those_of_the_open_table(library: Library) -> None:
    path = SHARED / "reference" / "extracts" / "country_codes_all.csv"
    if not path.is_file():
        pytest.skip("the table of country codes is not at hand")
    with path.open(encoding="utf-8") as stream:
        rows = {row["ISO3166-1-Alpha-3"]: row for row in csv.DictReader(stream)}
    names = {row["code"]: row["name"] for row in table("regions.csv")}
    ours = {row["code"]: row for row in table("codes.csv")}
    for state in library.states():
        if row := rows.get(state.code):
            assert state.alpha2 == row["ISO3166-1-Alpha-2"] and state.m49 in (row["M49"].zfill(3), "")
            assert names.get(ours[state.code]["region"], row["Sub-region Name"]) == row["Sub-region Name"]


def test_every_name_and_code_of_the_roll_calls_is_one_state(library: Library) -> None:
    path = SHARED / "data" / "ga-votes.csv.gz"
    if not path.is_file():
        pytest.skip("the table of roll calls is not at hand")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        pairs = {(row["country"], row["country_code"]) for row in csv.DictReader(stream)}
    assert len(pairs) == 199
    assert all(library.state(name) == library.state(code or name) for name, code in pairs)


def test_a_pack_taken_again_leaves_nothing_of_the_time_before(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    create_corpus(folder, Scaffold("Claims", OWN, LICENCE, date(2026, 2, 1)), default_root())
    take(folder, "states", ("PRK",))
    assert (folder / "data/links/library-states-un.sssom.tsv").is_file()
    written = take(folder, "states", ("ERI",))
    assert set((folder / "data").rglob("*library*/*")) | set((folder / "data/links").iterdir()) == set(written)


def test_pages_show_records_of_the_library_on_the_host_of_the_corpus(client: FlaskClient) -> None:
    page = client.get("/page/actor/eritrea")
    assert page.status_code == 200 and "Eritrea" in page.text and "Sub-Saharan Africa" in page.text
    assert 'href="/place/m49-202"' in page.text
    assert client.get("/actor/eritrea").status_code == 303
    assert client.get("/page/instrument/iccpr").status_code == 200
    data = client.get("/data/actor/eritrea", headers={"Accept": "text/turtle"})
    assert f"{BASE}actor/eritrea" in data.text or "actor/eritrea>" in data.text
    assert client.get("/page/actor/nowhere").status_code == 404
