"""Looks for two hundred invented witnesses in every public byte, and for any difference that a release without them would not show.

`make test` asks for some of the witnesses by name, `make red-team` for each.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from allegata.engine import open_engine
from allegata.errors import Gone
from allegata.release.export.exporters import EXPORTERS, export
from allegata.release.site import current, open_release
from allegata.settings import Settings
from allegata.web import create_app
from http_client import fetch
from red_team import ACCEPTED, EACH, IDENTITY, NAMES, YEAR, plain_requests, probing_requests, write_site
from service import PATIENT, serve
from witnesses import readings

#: Which witnesses are asked for by name, and which addresses: each in the long run, else some at every level, and one in three.
WHOLE = os.environ.get("RED_TEAM") == "all"
ASKED, STEP = (NAMES, 1) if WHOLE else (NAMES[:: EACH // 2], 3)
_UNNAMED = re.compile(rb"_:[0-9A-Za-z]+")
_VARYING = {"Date", "Last-Modified"}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the site of a corpus with witnesses, and the one of the same corpus without."""
    folder = tmp_path_factory.mktemp("red-team")
    return write_site(folder / "with", planted=True), write_site(folder / "without", planted=False)


@pytest.fixture(scope="module")
def clients(sites: tuple[Path, Path]) -> Iterator[tuple[FlaskClient, FlaskClient]]:
    """Return a client of each."""
    with ExitStack() as stack:
        made = []
        for site in sites:
            settings, release = Settings(site=site), current(site)
            engine = stack.enter_context(closing(open_engine(release.folder, settings)))
            made.append(create_app(settings, release, engine).test_client())
        yield made[0], made[1]


def answer(client: FlaskClient, path: str, accept: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body; nodes without a name have new names in each process, and are given the same."""
    with client.get(path, headers={"Accept": accept}) as reply:
        body, varying = reply.get_data(), _VARYING
        if _UNNAMED.search(body):
            lines = _UNNAMED.sub(b"_:x", body).splitlines()
            body, varying = b"\n".join(sorted(lines)), {*_VARYING, "ETag", "Content-Length"}
        return reply.status_code, sorted(pair for pair in reply.headers if pair[0] not in varying), body


def test_the_witnesses_are_where_they_were_planted(sites: tuple[Path, Path]) -> None:
    root = sites[0].parent / "corpus"
    held = b"".join(path.read_bytes() for folder in ("data", "restricted") for path in (root / folder).rglob("*.ttl"))
    assert {name for name in NAMES if name.encode() in held} == set(NAMES[EACH:])  # the first were withdrawn


def test_no_file_of_the_site_names_a_witness_or_differs(sites: tuple[Path, Path]) -> None:
    for path in (path for path in sites[0].rglob("*") if path.is_file()):
        name = path.relative_to(sites[0]).as_posix()
        assert not IDENTITY.search(name.encode()), name
        for data in readings(path):
            assert not IDENTITY.search(data), name
            assert not YEAR.search(data) or "/store/" in name, name
    releases = [current(site) for site in sites]
    assert releases[0].name == releases[1].name
    files = [{name: (release.folder / name).read_bytes() for name in release.manifest.files} for release in releases]
    assert files[0] == files[1] and len(files[0]) > 30


def test_no_answer_names_a_witness_or_differs(sites: tuple[Path, Path], clients: tuple[FlaskClient, FlaskClient]) -> None:
    asked = list(dict.fromkeys(plain_requests(sites[0])))
    assert asked == list(dict.fromkeys(plain_requests(sites[1]))) and len(asked) > 500
    statuses = set()
    for number, path in enumerate(asked[::STEP]):
        accept = ACCEPTED[number % len(ACCEPTED)]
        one, other = (answer(client, path, accept) for client in clients)
        statuses.add(one[0])
        if path not in ("/metrics", "/healthz"):
            assert one == other, path
        assert not IDENTITY.search(one[2]) and not IDENTITY.search(str(one[1]).encode()), path
        assert not YEAR.search(one[2]), path
    assert {200, 303, 404} | ({400, 410} if WHOLE else set()) <= statuses


def test_whoever_asks_by_name_learns_nothing(clients: tuple[FlaskClient, FlaskClient]) -> None:
    for name in ASKED:
        for path in probing_requests(name):
            one, other = (answer(client, path, "text/html") for client in clients)
            assert one == other, path


def test_no_export_names_a_witness_or_differs(sites: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("files", "nanopubs", "rocrate"):
        written = []
        for number, site in enumerate(sites):
            out = tmp_path / f"{name}-{number}"
            export(EXPORTERS.get(name), current(site), out, {})
            written.append({path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()})
        assert written[0] == written[1], name
        assert not any(IDENTITY.search(data) or IDENTITY.search(path.encode()) for path, data in written[0].items())


def test_the_release_that_held_witnesses_is_gone(sites: tuple[Path, Path], clients: tuple[FlaskClient, FlaskClient]) -> None:
    for word in ("2.0", str(next((sites[0] / "releases").glob("2.0+*")))):
        with pytest.raises(Gone, match="witness safety"):
            open_release(word, sites[0])
    assert clients[0].get("/release/2.0").status_code == 410
    assert clients[0].get("/source/archive").status_code == 404


def test_logs_and_figures_say_nothing_of_who_was_asked_for(sites: tuple[Path, Path]) -> None:
    with serve(sites[0], **PATIENT) as service:
        for name in ASKED[:5]:
            for path in probing_requests(name):
                fetch(
                    service.address,
                    path,
                    headers={"Authorization": name, "User-Agent": name, "Referer": f"https://x.example/{name}"},
                )
        figures = fetch(service.address, "/metrics").body
    assert b"allegata_requests" in figures and not IDENTITY.search(figures)
    assert not IDENTITY.search(service.log.read_bytes())
