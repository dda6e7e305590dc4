"""Files that change while they are served: never sent, named in the one error shape, in the log and at /readyz."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from allegata.domain.dataset import Dataset
from allegata.errors import Busy
from allegata.release.handle import Release
from allegata.release.site import current
from http_client import fetch
from releases import build_versions
from service import serve
from support import until


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "site", symlinks=True))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_versions(tmp_path_factory.mktemp("damage"), "1.0", "1.1")


def flip(path: Path, chance: random.Random) -> int:
    """Turn a bit of a file over, and say which byte."""
    at = chance.randrange(path.stat().st_size)
    with path.open("r+b") as stream:
        stream.seek(at)
        byte = stream.read(1)[0]
        stream.seek(at)
        stream.write(bytes([byte ^ (1 << chance.randrange(8))]))
    return at


def served(release: Release) -> dict[str, str]:
    """Return the address of each file that is offered."""
    return {
        name: f"/dumps/{name.removeprefix('dumps/')}"
        for name in release.manifest.files
        if name.startswith("dumps/") or name == "search.sqlite"
    }


def test_no_flipped_bit_is_ever_sent(site: Path) -> None:
    chance, release = random.Random(7), current(site)
    addresses = served(release)
    chosen = [*chance.sample(sorted(addresses), 25), "dumps/allegata.nq.gz", "search.sqlite", "dumps/shapes.ttl"]
    with serve(site) as service:
        tags = {name: fetch(service.address, addresses[name]).headers["etag"] for name in chosen}
        for name in chosen:
            at = flip(release.folder / name, chance)
            known = {"If-None-Match": tags[name]}
            for headers in ({}, {"Range": f"bytes={at}-{at}"}, {"Range": "bytes=0-0"}, known):
                reply = fetch(service.address, addresses[name], headers=headers)
                assert (reply.status, reply.type) == (500, "application/problem+json"), name
                assert (reply.json["file"], reply.json["type"].rsplit("/", 1)[-1]) == (name, "release-damaged")
                assert tags[name] != reply.headers.get("etag") and "repr-digest" not in reply.headers
            assert fetch(service.address, addresses[name], method="HEAD").status == 500
            other = f"/release/{release.version}{addresses[name]}"
            assert fetch(service.address, other).status == 500
        intact = next(name for name in addresses if name not in chosen)
        assert fetch(service.address, addresses[intact]).status == 200


def test_what_is_damaged_is_told_at_readyz_and_in_the_log(site: Path) -> None:
    chance, folder = random.Random(8), current(site).folder
    with serve(site) as service:
        ready = fetch(service.address, "/readyz").json
        assert (ready["status"], ready["damaged"]) == ("ready", [])
        flip(folder / "dumps" / "shapes.ttl", chance)
        fetch(service.address, "/dumps/shapes.ttl")
        assert fetch(service.address, "/shapes").status == 500  # what is made of a file is not given either
        ready = fetch(service.address, "/readyz").json
        assert (ready["status"], ready["damaged"]) == ("damaged", ["dumps/shapes.ttl"])
        until(lambda: "shapes.ttl of release 1.1 has SHA-256" in service.log.read_text("utf-8"))
        assert fetch(service.address, "/search?q=school").status == 200
        flip(folder / "search.sqlite", chance)
        assert fetch(service.address, "/search?q=survey").status == 500
        reply = fetch(service.address, "/readyz")
        assert (reply.status, reply.json["file"]) == (503, "search.sqlite")


def test_an_index_that_cannot_be_read_is_told_at_readyz(site: Path) -> None:
    release = current(site)
    dataset = Dataset(release)
    dataset.index.probe()
    dataset.index.path = release.folder / "manifest.json"
    with pytest.raises(Busy, match="cannot be read"):
        dataset.index.probe()


def test_the_manifest_itself_is_sent_as_it_was_read(site: Path) -> None:
    folder = current(site).folder
    with serve(site) as service:
        assert fetch(service.address, "/dumps/manifest.json").status == 200
        flip(folder / "manifest.json", random.Random(9))
        reply = fetch(service.address, "/dumps/manifest.json")
        assert (reply.status, reply.json["file"]) == (500, "manifest.json")


def test_a_damaged_release_is_not_served_but_the_one_before(site: Path) -> None:
    flip(current(site).folder / "dumps" / "allegata.nq.gz", random.Random(10))
    with serve(site) as service:
        assert fetch(service.address, "/healthz").json["release"] == "1.0"
        assert "dumps/allegata.nq.gz of release 1.1 has SHA-256" in service.log.read_text("utf-8")
        until(lambda: "cannot be taken over" in service.log.read_text("utf-8"))  # nor is it while another is served
        assert fetch(service.address, "/healthz").json["release"] == "1.0"
