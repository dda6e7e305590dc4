"""A service before an engine that is slow, silent, lying, flapping or dead: each fault has its status and names the engine; pages do without it."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from allegata.engine.remote.contents import Contents
from allegata.release.site import current
from fake_engine import FakeEngine, fake_engine
from http_client import Reply, fetch
from releases import build_versions
from service import PATIENT, Service, serve
from support import until

#: What only these queries have, so that the service's own look at the engine succeeds.
MARK = "schema.org/Place"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_versions(tmp_path_factory.mktemp("behind"), "1.0")


@pytest.fixture(scope="module")
def both(site: Path) -> Iterator[tuple[FakeEngine, Service]]:
    """Serve a release whose queries an engine answers, which goes wrong as it is told."""
    contents = Contents(current(site))
    with ExitStack() as stack:
        fake = stack.enter_context(fake_engine())
        fake.load(contents.pieces())
        fake.load([(contents.names.about, contents.sign)])
        fake.only = MARK
        yield fake, stack.enter_context(serve(site, **PATIENT, engine=fake.address, engine_health=600.0, cache_bytes=0))


def asked(service: Service, number: int, timeout: str = "60") -> Reply:
    query = f"SELECT ?s {{ ?s a <http://{MARK}> }} # {number}"
    return fetch(service.address, f"/sparql?query={quote(query)}&format=csv&timeout={timeout}")


def told(reply: Reply, fake: FakeEngine) -> int:
    """Return the status of an error that names the engine."""
    assert reply.type == "application/problem+json" and reply.json["engine"] == fake.name and fake.name in reply.json["detail"]
    return reply.status


@pytest.mark.parametrize(
    ("wrong", "status"),
    [("silent", 504), ("slow", 504), ("cut", 502), ("torn", 502), ("page", 502), ("vain", 502)],
)
def test_each_fault_of_an_engine_has_its_status(both: tuple[FakeEngine, Service], wrong: str, status: int) -> None:
    fake, service = both
    fake.wrong = wrong
    try:
        assert told(asked(service, 1, "0.5" if status == 504 else "60"), fake) == status
    finally:
        fake.wrong = ""
    assert asked(service, 2).status == 200, "one that fails again and again would be let alone for a while"
    assert fetch(service.address, "/search?q=place").status == fetch(service.address, "/").status == 200


def test_a_flapping_engine_answers_rightly_or_is_named(both: tuple[FakeEngine, Service]) -> None:
    fake, service = both
    sound = asked(service, 0)
    for turn in range(8):
        fake.wrong = ("", "cut", "page")[turn % 3]
        reply = asked(service, turn)
        assert reply.text == sound.text if reply.status == 200 else told(reply, fake) in (502, 503)
    fake.wrong = ""


def test_pages_and_search_are_there_while_no_engine_is(site: Path) -> None:
    contents = Contents(current(site))
    with ExitStack() as stack:
        with fake_engine() as fake:
            fake.load(contents.pieces())
            fake.load([(contents.names.about, contents.sign)])
            service = stack.enter_context(serve(site, **PATIENT, engine=fake.address, engine_health=0.1, cache_bytes=0))
        reply = asked(service, 1)
        assert told(reply, fake) in (502, 503)
        assert {fetch(service.address, path).status for path in ("/", "/search?q=place", "/dumps/manifest.json")} == {200}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a site with two releases that have no store, of which the first is the current one."""
    site = build_versions(tmp_path, "1.0", "1.1")
    for store in list(site.glob("releases/*/store")):
        shutil.rmtree(store)
    point(site, "1.0")
    return site


def point(site: Path, version: str) -> None:
    """Make another release the current one, in one step."""
    (site / "next").symlink_to(next(site.glob(f"releases/{version}+*")).relative_to(site))
    (site / "next").rename(site / "current")


def push(site: Path, fake: FakeEngine) -> None:
    """Load the current release of a site into an engine."""
    contents = Contents(current(site))
    fake.load(contents.pieces())
    fake.load([(contents.names.about, contents.sign)])


def test_pages_without_a_store_name_the_engine_that_fails(bare: Path) -> None:
    with ExitStack() as stack:
        with fake_engine() as fake:
            push(bare, fake)
            service = stack.enter_context(serve(bare, **PATIENT, engine=fake.address, engine_health=0.1, cache_bytes=0))
            assert fetch(service.address, "/page/place/somewhere").status == 200
            fake.wrong, fake.only = "cut", "place/unheard"
            assert told(fetch(service.address, "/data/place/unheard"), fake) == 502
            fake.wrong = ""
            assert fetch(service.address, "/data/place/unheard").status == 404
        until(lambda: fetch(service.address, "/readyz").status == 503)
        assert told(fetch(service.address, "/data/place/nowhere"), fake) == 503
        assert fetch(service.address, "/dumps/manifest.json").status == 200


def test_a_release_without_a_store_is_taken_over_once_an_engine_holds_it(bare: Path) -> None:
    with fake_engine() as fake:
        push(bare, fake)
        with serve(bare, **PATIENT, engine=fake.address, engine_health=0.1) as service:
            point(bare, "1.1")
            until(lambda: "No engine holds release 1.1" in service.log.read_text("utf-8"))
            assert fetch(service.address, "/healthz").json["release"] == "1.0"
            push(bare, fake)
            service.process.send_signal(signal.SIGHUP)
            until(lambda: fetch(service.address, "/healthz").json["release"] == "1.1")
            assert "Somewhere else" in fetch(service.address, "/page/place/somewhere").text
            assert fetch(service.address, "/release/1.0/manifest.json").status == 200
