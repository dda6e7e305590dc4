"""A release in an engine: loaded beside others, verified, whole or not there, taken out; and served from there."""

from __future__ import annotations

import base64
import gzip
import json
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat, Store

from allegata.cli.main import main
from allegata.engine import RemoteEngine
from allegata.engine.remote import contents as contents_module
from allegata.engine.remote.dialects import DIALECTS, dialect_of
from allegata.engine.remote.push import Push, write_file
from allegata.engine.remote.refusals import Questions, shape
from allegata.errors import BadRequest, EngineFailed, ReleaseError
from allegata.model.formats import CSV_RESULTS
from allegata.release.handle import Release
from fake_engine import FakeEngine, fake_engine, graphs_of, pushable
from http_client import Reply, fetch
from http_client import ask as ask_service
from service import serve
from support import EX, STATEMENTS, ask, numbers, settings

NAMES = f"SELECT ?name {{ ?s <{EX}name> ?name }} ORDER BY ?name"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return pushable(tmp_path_factory.mktemp("push"), (*STATEMENTS, *numbers(30)))


def push(release: Release, fake: FakeEngine, credentials: str = "") -> Push:
    return Push(release, fake.address, fake.graph_store, credentials)


def test_a_push_loads_graphs_unions_and_the_sign(release: Release) -> None:
    with fake_engine() as fake:
        done = push(release, fake).run()
        assert (done.loaded.quads, done.loaded.union, done.loaded.stated, done.was_there) == (35, 34, 34, False)
        assert done.loaded.overlaps == ((f"{EX}graph/one", f"{EX}graph/two"),)
        assert len(graphs_of(fake.store)) == done.graphs + 3


def test_what_is_there_is_only_verified(release: Release) -> None:
    with fake_engine() as fake:
        first = push(release, fake).run()
        written = len(fake.written)
        again = push(release, fake).run()
        assert (again.loaded, again.was_there) == (first.loaded, True)
        assert len(fake.written) == written
        assert push(release, fake).run(again=True).was_there is False
        assert len(fake.written) > written


def test_releases_stand_side_by_side_and_are_taken_out_one_by_one(release: Release, tmp_path: Path) -> None:
    other = pushable(tmp_path, (f'<{EX}z> <{EX}name> "Zoe" <{EX}graph/one> .\n',))
    with fake_engine() as fake:
        push(release, fake).run()
        before = graphs_of(fake.store)
        push(other, fake).run()
        for one, names in ((release, b"Ada\r\n"), (other, b"Zoe\r\n")):
            with closing(RemoteEngine(one.folder, settings(engine=fake.address))) as engine:
                assert names in ask(engine, NAMES, CSV_RESULTS)
        assert push(other, fake).remove()
        assert graphs_of(fake.store) == before
        assert not push(other, fake).remove()


def test_a_push_that_breaks_off_leaves_no_sign_and_is_made_up_for(release: Release) -> None:
    with fake_engine() as fake:
        fake.refuses_after = 4
        with pytest.raises(EngineFailed, match="answers 507 to POST"):
            push(release, fake).run()
        with closing(RemoteEngine(release.folder, settings(engine=fake.address))) as engine:
            assert not engine.healthy()
        fake.refuses_after = None
        push(release, fake).run()
        with closing(RemoteEngine(release.folder, settings(engine=fake.address))) as engine:
            assert engine.healthy()


def test_what_differs_is_found_by_counts_and_by_a_sample(release: Release) -> None:
    with fake_engine() as fake:
        push(release, fake).run()
        fake.store.update('DELETE { GRAPH ?g { ?s ?p "Ada" } } WHERE { GRAPH ?g { ?s ?p "Ada" } }')
        with pytest.raises(EngineFailed, match="statements instead of"):
            push(release, fake).run()
        fake.store.update(f'INSERT {{ GRAPH ?g {{ <{EX}a> <{EX}name> "Eve" }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}')
        fake.store.update('DELETE { GRAPH ?g { ?s ?p "Ben <b>" } } WHERE { GRAPH ?g { ?s ?p "Ben <b>" } }')
        push(release, fake).run(again=True)
        for graph in graphs_of(fake.store):
            fake.store.update(
                f'DELETE {{ GRAPH <{graph}> {{ ?s ?p "Ada" }} }} INSERT {{ GRAPH <{graph}> {{ ?s ?p "Eve" }} }} '
                f'WHERE {{ GRAPH <{graph}> {{ ?s ?p "Ada" }} }}'
            )
        with pytest.raises(EngineFailed, match="it lacks"):
            push(release, fake).run()


def test_a_password_is_given_where_it_is_asked_for(release: Release) -> None:
    with fake_engine() as fake:
        fake.password = "Basic " + base64.b64encode(b"me:secret").decode()
        with pytest.raises(EngineFailed, match="answers 401"):
            push(release, fake).run()
        with pytest.raises(EngineFailed, match="answers 401"):
            push(release, fake, "me:wrong").run()
        assert not push(release, fake, "me:secret").run().was_there
    with fake_engine() as fake:
        assert not push(release, fake, "me:unneeded").run().was_there


def test_large_graphs_go_in_pieces(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents_module, "_TOGETHER", 7)
    monkeypatch.setattr(contents_module, "_HELD", 20)
    with fake_engine() as fake:
        assert push(release, fake).run().loaded.quads == 35
        assert max(fake.written.count(graph) for graph in fake.written) > 3


def test_the_file_for_a_bulk_loader_holds_the_same(release: Release, tmp_path: Path) -> None:
    write_file(release, tmp_path / "a.nq.gz")
    store = Store()
    store.load(gzip.decompress((tmp_path / "a.nq.gz").read_bytes()), RdfFormat.N_QUADS)
    with fake_engine() as fake:
        push(release, fake).run()
        assert set(map(str, store)) == set(map(str, fake.store))


def test_nodes_without_a_name_are_refused(tmp_path: Path) -> None:
    release = pushable(tmp_path, (f'_:x <{EX}name> "Ada" <{EX}graph/one> .\n',))
    with fake_engine() as fake, pytest.raises(ReleaseError, match="cannot be pushed"):
        push(release, fake).run()


def test_where_graphs_are_written_has_to_be_known(release: Release) -> None:
    with fake_engine() as fake, pytest.raises(EngineFailed, match="--graph-store"):
        Push(release, fake.address)
    assert [dialect.name for dialect in DIALECTS if dialect.graph_store] == ["Oxigraph", "Virtuoso", "Jena"]
    assert dialect_of("Virtuoso/07.20").name == "Virtuoso" and dialect_of("").name == "SPARQL 1.1"


def test_a_question_is_known_again_whatever_it_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "questions").mkdir()
    text = "# Who?\nSELECT ?x WHERE {\n  VALUES ?x { UNDEF }\n  ?x a <y> }"
    (tmp_path / "questions" / "distance-in-time.rq").write_text(text, "utf-8")
    questions, virtuoso = Questions(tmp_path), dialect_of("Virtuoso/7")
    with pytest.raises(BadRequest, match=r"Virtuoso cannot answer the question distance-in-time"):
        questions.refuse("SELECT ?x WHERE { VALUES ?x { <a> <b> } ?x a <y> }", virtuoso)
    questions.refuse("SELECT ?x WHERE { ?x a <y> }", virtuoso)
    questions.refuse(text, dialect_of("Oxigraph/0.5"))
    assert shape("SELECT 'open") == ""


# -- The service -------------------------------------------------------------------------------------------------------------


def test_the_commands_and_the_service(release: Release, tmp_path: Path) -> None:
    site = release.folder.parent.parent
    with fake_engine() as fake:
        run = CliRunner().invoke
        pushed = run(main, ["push", fake.address, "--graph-store", fake.graph_store, "--site", str(site)])
        assert (pushed.exit_code, "is loaded and verified: 35 statements in 5 graphs" in pushed.output) == (0, True)
        assert "was there" in run(main, ["push", fake.address, "--graph-store", fake.graph_store, "--site", str(site)]).output
        assert run(main, ["push", "--site", str(site)]).exit_code == 2
        written = run(main, ["push", "--site", str(site), "--to-file", str(tmp_path / "x.nq.gz")])
        assert "35 statements" in written.output
        with serve(site, engine=fake.address, engine_health=600.0) as service:
            _asked(service.address, fake)
        assert (
            "taken out"
            in run(main, ["push", fake.address, "--graph-store", fake.graph_store, "--site", str(site), "--remove"]).output
        )


def _asked(address: str, fake: FakeEngine) -> None:
    reply = ask_service(address, NAMES)
    assert [row["name"]["value"] for row in reply.json["results"]["bindings"]] == ["Ada", "Ben <b>"]
    assert (reply.headers["allegata-engine"], reply.headers["allegata-release"]) == ("SPARQL 1.1", "1.0")
    tag = reply.headers["etag"]
    assert tag.startswith('W/"') and reply.headers["cache-control"].startswith("public")
    assert _again(address, tag).status == 304
    assert ask_service(address, f"DROP GRAPH <{EX}x>").status == 403
    assert fetch(address, "/page/a").status in (200, 404)
    fake.wrong, fake.only = "torn", f"{EX}knows"
    broken = ask_service(address, f"SELECT * {{ ?s <{EX}knows> ?o }}")
    assert (broken.status, json.loads(broken.body)["engine"]) == (502, fake.name)
    assert broken.type == "application/problem+json"
    assert fetch(address, "/readyz").status == 200


def _again(address: str, tag: str) -> Reply:
    path = f"/sparql?{urlencode({'query': NAMES})}"
    return fetch(address, path, headers={"Accept": "application/sparql-results+json", "If-None-Match": tag})
