"""A running service takes over the release that its site points to, without a failed or mixed answer, and lets go of a withdrawn one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from pathlib import Path

import pytest

from allegata.engine import Engine, open_engine
from allegata.release.handle import Release
from allegata.release.site import current, read_release
from allegata.release.tombstone import entomb
from allegata.settings import Settings
from allegata.web.takeover import Serving, Takeover
from http_client import fetch
from releases import build_versions
from service import PATIENT, serve
from support import until


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site of three releases."""
    return build_versions(tmp_path_factory.mktemp("versions"))


@pytest.fixture
def site(versions: Path, tmp_path: Path) -> Path:
    """Return a copy of the site that serves the second release."""
    shutil.copytree(versions, tmp_path / "site", symlinks=True)
    point(tmp_path / "site", "1.1")
    return tmp_path / "site"


def folder_of(site: Path, version: str) -> Path:
    return next((site / "releases").glob(f"{version}+*"))


def point(site: Path, version: str) -> None:
    """Make a release the current one, as a build does."""
    aside = site / ".pointer"
    aside.symlink_to(folder_of(site, version).relative_to(site))
    aside.replace(site / "current")


PLACES = "/sparql?query=SELECT+%3Fs+%7B+%3Fs+a+%3Chttp%3A%2F%2Fschema.org%2FPlace%3E+%7D&format=csv"


def test_a_service_takes_over_the_current_release_and_mixes_no_answers(site: Path) -> None:
    with serve(site, **PATIENT) as service:
        assert fetch(service.address, "/place/secret").status == 303
        assert "secret" in fetch(service.address, PLACES).text
        seen: set[tuple[int, str, bool]] = set()
        stop = threading.Event()

        def ask() -> None:
            while not stop.is_set():
                reply = fetch(service.address, PLACES)
                seen.add((reply.status, reply.headers["allegata-release"], "secret" in reply.text))

        clients = [threading.Thread(target=ask) for _ in range(3)]
        for client in clients:
            client.start()
        point(site, "1.2")
        until(lambda: fetch(service.address, "/healthz").json["release"] == "1.2")
        until(lambda: (200, "1.2", False) in seen)
        stop.set()
        for client in clients:
            client.join()
        assert seen <= {(200, "1.1", True), (200, "1.2", False)}
        assert fetch(service.address, "/place/secret").status == 410
        assert "secret" not in fetch(service.address, PLACES).text
        assert fetch(service.address, "/release/1.1").status == 410
        children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children")
        until(lambda: len(children.read_text().split()) <= 1)


def test_nothing_of_a_withdrawn_release_is_served_where_none_can_be_taken_over(site: Path) -> None:
    with serve(site, **PATIENT) as service:
        for version in ("1.1", "1.2"):
            entomb(folder_of(site, version), read_release(folder_of(site, version)).manifest, "witness safety", "2026-03-01")
        until(lambda: fetch(service.address, "/").status == 503)
        reply = fetch(service.address, "/place/secret")
        assert reply.json["type"].endswith("/nothing-served") and reply.headers["retry-after"] == str(reply.json["retryAfter"])
        assert reply.status == 503 and reply.headers["cache-control"] == "no-store" and "secret" not in reply.text
        point(site, "1.0")
        until(lambda: fetch(service.address, "/").status == 200)
        assert fetch(service.address, "/release/1.1").status == 410


def test_a_release_ends_with_its_last_answer(site: Path) -> None:
    ended: list[str] = []

    def serving(release: Release) -> Serving:
        def app(_environ: object, _start: object) -> list[bytes]:
            return [release.version.encode()]

        return Serving(release, app, lambda: ended.append(release.version))

    takeover = Takeover(Settings(site=site), serving(current(site)), serving)
    answer = takeover({}, lambda *_: None)  # type: ignore[arg-type]
    point(site, "1.2")
    takeover.look()
    assert ended == [] and list(takeover({}, lambda *_: None)) == [b"1.2"]  # type: ignore[arg-type]
    assert list(answer) == [b"1.1"]
    answer.close()  # type: ignore[attr-defined]
    until(lambda: ended == ["1.1"])


def test_a_release_that_cannot_be_served_leaves_the_one_before(site: Path) -> None:
    with serve(site, **PATIENT) as service:
        for path in (folder_of(site, "1.2") / "store").iterdir():
            os.truncate(path, 0)
        point(site, "1.2")
        until(lambda: b"cannot be taken over" in service.log.read_bytes())
        assert fetch(service.address, "/healthz").json["release"] == "1.1"


def test_a_signal_has_the_site_looked_at_once_more(site: Path) -> None:
    store = folder_of(site, "1.2") / "store"
    with serve(site, **PATIENT) as service:
        store.rename(site / "store-aside")
        point(site, "1.2")
        until(lambda: b"cannot be taken over" in service.log.read_bytes())
        (site / "store-aside").rename(store)
        service.process.send_signal(signal.SIGHUP)  # without it the release would be left alone for ten seconds
        until(lambda: fetch(service.address, "/healthz").json["release"] == "1.2")


def test_what_an_answer_may_hold_is_named_for_caches(site: Path) -> None:
    with serve(site, **PATIENT) as service:
        assert fetch(service.address, "/").headers["surrogate-key"] == "release-1.1"
        assert fetch(service.address, "/release/1.0/manifest.json").headers["surrogate-key"] == "release-1.1 release-1.0"


def test_engines_of_the_pool_can_be_closed_twice(site: Path) -> None:
    engine: Engine = open_engine(current(site).folder, Settings(site=site))
    engine.close()
    engine.close()


def test_what_is_left_of_a_release_says_nothing_of_what_it_held(site: Path) -> None:
    folder = folder_of(site, "1.1")
    entomb(folder, read_release(folder).manifest, "witness safety", "2026-03-01")
    assert [path.name for path in folder.iterdir()] == ["withdrawn.json"]
    said = json.loads((folder / "withdrawn.json").read_bytes())
    assert said["version"] == "1.1" and said["reason"] == "witness safety"
