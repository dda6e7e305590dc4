"""A record is withdrawn in one step: from the corpus, the releases, a running service; what is left says why and nothing of what it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from allegata.api.withdrawal import EngineAt, carry_out, plan
from allegata.corpus.withdrawal import removal
from allegata.engine.remote.push import Push
from allegata.errors import Gone, NotFound, UsageError, ValidationFailed
from allegata.release.build import build
from allegata.release.site import Site, current, open_release
from fake_engine import fake_engine, graphs_of
from http_client import fetch
from other_corpus import _HEAD, BASE
from releases import build_versions
from service import PATIENT, serve
from support import until
from witnesses import MARK, assertion, claim, level, person, source, write_public

DAY = "2026-04-01"


def quiet(_step: str) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a corpus that holds a place and a site with two releases, the second of which holds it too."""
    folder = tmp_path_factory.mktemp("built")
    build_versions(folder, "1.0", "1.1")
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    shutil.copytree(built, tmp_path / "copy", symlinks=True)
    return tmp_path / "copy"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run([sys.executable, "-m", "allegata", *map(str, arguments)], capture_output=True, text=True, check=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_running_service_forgets_what_is_withdrawn(place: Path) -> None:
    site, root = place / "site", place / "corpus"
    call = ("withdraw", "place/secret", "--reason", "witnessSafety", "--root", root, "--site", site)
    left = site / ".building-left"
    left.mkdir()
    with serve(site, **PATIENT) as service:
        before = contents(place)
        dry = run(*call, "--dry-run")
        assert dry.returncode == 0 and "release 1.1 holds it" in dry.stdout and "Nothing was changed" in dry.stderr
        assert contents(place) == before and fetch(service.address, "/place/secret").status == 303
        done = run(*call, "--purge-list", place / "purge")
        assert done.returncode == 0, done.stderr
        until(lambda: fetch(service.address, "/place/secret").status == 410)
        for path in ("/place/secret", "/page/place/secret", "/release/1.1", "/release/1.1/dumps/manifest.json"):
            reply = fetch(service.address, path, headers={"Accept": "text/plain"})
            assert reply.status == 410 and "witness safety" in reply.text, path
        assert fetch(service.address, "/release/1.0").status == 200
        assert "A place that is" not in fetch(service.address, "/search?q=withdrawn+later").text
        assert "release-1.1" in done.stdout and "cannot be recalled" in done.stdout
    assert not left.exists()
    assert {"/place/secret", "/release/1.1", "/sparql"} <= set((place / "purge").read_text().split())
    kept = contents(place)
    assert not [name for name, data in kept.items() if b"withdrawn later" in data]
    folder = next((site / "releases").glob("1.1+*"))
    assert [path.name for path in folder.iterdir()] == ["withdrawn.json"] and b"secret" not in kept[
        f"site/releases/{folder.name}/withdrawn.json"
    ]


def test_no_command_reads_or_exports_a_withdrawn_release(place: Path) -> None:
    site = place / "site"
    old = next((site / "releases").glob("1.1+*"))
    list(carry_out(plan(place / "corpus", "place/secret", "familySafety", [site], day=DAY), quiet))
    for word in ("1.1", old.name, str(old)):
        done = run("export", "files", "--site", site, "--release", word, "--out", place / "out")
        assert done.returncode == 1 and "family safety" in done.stderr and not (place / "out").exists()
    with pytest.raises(Gone):
        open_release("1.1", site)
    listed = run("releases", "--site", site).stdout
    assert "1.1\t2026-02-01\twithdrawn" in listed


def test_a_release_with_a_redacted_record_is_not_exported_either(tmp_path: Path) -> None:
    site = build_versions(tmp_path)
    with pytest.raises(Gone, match="witness safety"):
        open_release("1.1", site)
    with pytest.raises(Gone, match="witness safety"):
        open_release(str(next((site / "releases").glob("1.1+*"))), site)


def test_an_engine_loses_what_is_withdrawn_and_one_that_fails_is_said(place: Path) -> None:
    site = place / "site"
    with fake_engine() as fake:
        for version in ("1.0", "1.1"):
            Push(open_release(version, site), fake.address, fake.graph_store).run()
        secret = NamedNode("https://example.org/place/secret")
        assert any(fake.store.quads_for_pattern(secret, None, None, None))
        engines = (EngineAt(fake.address, fake.graph_store), EngineAt("http://127.0.0.1:9/sparql", "http://127.0.0.1:9/store"))
        what = plan(place / "corpus", "place/secret", "privateData", [site], day=DAY, engines=engines)
        told = "\n".join(carry_out(what, quiet))
        assert f"{fake.address}: release 1.1 is taken out" in told and f"{fake.address}: holds release 1.2" in told
        assert "warning: http://127.0.0.1:9/sparql may still hold release 1.1" in told and "/release/1.1/" in told
        assert not any(fake.store.quads_for_pattern(secret, None, None, None))
        graphs = "\n".join(map(str, graphs_of(fake.store)))
        assert "/release/1.0/" in graphs and "/release/1.2/" in graphs and "/release/1.1/" not in graphs


def test_what_identifies_by_its_name_leaves_an_unnamed_redaction(place: Path) -> None:
    site = place / "site"
    list(carry_out(plan(place / "corpus", "place/secret", "privateData", [site], day=DAY, named=False), quiet))
    assert not [name for name, data in contents(place).items() if b"place/secret" in data]
    assert "place/secret" not in "\n".join(current(site).lines)
    with serve(site, **PATIENT) as service:
        assert fetch(service.address, "/place/secret").status == 404
        assert fetch(service.address, "/release/1.1").status == 410


def test_where_the_build_fails_nothing_is_changed(place: Path) -> None:
    (place / "corpus" / "data" / "broken.ttl").write_text(
        "@prefix schema: <http://schema.org/> .\n<https://example.org/actor/x> a schema:Person .\n", "utf-8"
    )
    before, site = contents(place / "corpus"), Site(current(place / "site"))
    with pytest.raises(ValidationFailed):
        list(carry_out(plan(place / "corpus", "place/secret", "witnessSafety", [place / "site"], day=DAY), quiet))
    assert contents(place / "corpus") == before
    assert [item.version for item in Site(current(place / "site")).offered] == [item.version for item in site.offered]


def test_what_cannot_be_withdrawn_is_said(place: Path) -> None:
    root, sites = place / "corpus", [place / "site"]
    with pytest.raises(NotFound):
        plan(root, "place/nowhere", "witnessSafety", sites)
    with pytest.raises(UsageError, match="no class of reason 'x'") as caught:
        plan(root, "place/secret", "x", sites)
    assert "witnessSafety" in (caught.value.remedy or "")
    with pytest.raises(UsageError, match="term of the model"):
        plan(root, "https://w3id.org/allegata/ns#Claim", "witnessSafety", sites)
    with pytest.raises(UsageError, match="is the version that holds it"):
        plan(root, "place/secret", "witnessSafety", sites, version="1.1")


def test_what_goes_with_a_record_and_what_still_tells_of_it(tmp_path: Path) -> None:
    root = write_public(tmp_path / "corpus")
    own = f"{MARK}-a"
    (root / "data" / "own.ttl").write_text(_HEAD + person(f"{MARK}-person", level("public")), "utf-8")
    rest = claim(own) + assertion(own, level("public"), claim=own, speaker=f"{MARK}-person")
    shared = claim("kept", "; alg:about <actor/arlandia> , <actor/instituto> ") + assertion("kept", level("public"), claim="kept")
    note = f'<actor/instituto> rdfs:comment "Asked {MARK}-person Name."@en .\n'
    (root / "data" / "rest.ttl").write_text(
        _HEAD + "# Kept as it is.\n" + rest + shared + source("s", level("public")) + note, "utf-8"
    )
    row = f"here:actor/{MARK}-person\tskos:exactMatch\twd:Q2\tsemapv:ManualMappingCuration\t2026-01-01\tx\n"
    table = root / "data" / "links" / "wikidata.sssom.tsv"
    table.write_text(table.read_text("utf-8") + row, "utf-8")
    found = removal(root, f"{BASE}actor/{MARK}-person", "consentWithdrawn", DAY)
    assert found.things == {f"{BASE}{path}" for path in (f"actor/{MARK}-person", f"assertion/{own}", f"claim/{own}")}
    assert found.texts[root / "data" / "own.ttl"] == ""
    left = found.texts[root / "data" / "rest.ttl"]
    assert "# Kept as it is." in left and "<claim/kept>" in left and f"<claim/{own}>" not in left
    assert "here:actor/arlandia" in found.texts[table] and MARK not in found.texts[table]
    assert [Path(place).name.split(":")[0] for place in found.mentions] == ["rest.ttl"]
    found.apply()
    assert not (root / "data" / "own.ttl").exists()
    build(root, tmp_path / "site", quiet)
