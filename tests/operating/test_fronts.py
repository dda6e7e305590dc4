"""Several services on one site behind nginx with its cache: alike, one for another, and no answer of a release that was replaced."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from http_client import fetch
from ports import kept_port
from proxies import ASK, ask, certified, nginx_command, replaced
from service import Service, end, make_site, serve
from support import EX, STATEMENTS, until

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate, and a site with two releases of which the first is the current one."""
    made = certified(tmp_path_factory.mktemp("fronts"))
    site = make_site(made / "site")
    second = make_site(made / "second", [*STATEMENTS, f"<{EX}new> <{EX}value> <{EX}more> <{EX}graph/new> .\n"])
    release = (second / "current").resolve()
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    (release / "manifest.json").write_text(json.dumps({**manifest, "version": "2.0", "rdfc10": "1" * 64}), "utf-8")
    release.rename(site / "releases" / "2.0+test")
    return made


@pytest.fixture(scope="module")
def fronts(folder: Path) -> Iterator[list[Service]]:
    """Run two services on the site."""
    with ExitStack() as stack:
        yield [stack.enter_context(serve(folder / "site", trusted_proxies=1, query_timeout=60)) for _ in range(2)]


@pytest.fixture(scope="module")
def proxy(fronts: list[Service], folder: Path) -> Iterator[int]:
    """Yield the port of nginx before both."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    with ExitStack() as stack:
        plain, secure = stack.enter_context(kept_port()), stack.enter_context(kept_port())
        command = nginx_command(folder, fronts[0].port, plain, secure)
        config = folder / "allegata.conf"
        line = f"server 127.0.0.1:{fronts[0].port};"
        both = f"{line} server 127.0.0.1:{fronts[1].port};"
        config.write_text(replaced(config.read_text("utf-8"), **{line: both}), "utf-8")
        process = subprocess.Popen(command, cwd=folder, env={"HOME": str(folder), "PATH": "/usr/bin:/usr/sbin"})
        try:
            until(lambda: _is_up(process, secure))
            yield secure
        finally:
            end(process)


def _is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, "nginx has ended"
    try:
        return ask(port, "/readyz")[0] == 200
    except OSError:
        return False


def test_both_answer_alike(fronts: list[Service], proxy: int) -> None:
    """The same bytes and tag, whichever is asked."""
    heads = [ask(proxy, f"{ASK}%20%23{number}")[1] for number in range(6)]
    assert {head["allegata-current"] for head in heads} == {"1.0+test"}
    plain = [fetch(front.address, ASK) for front in fronts]
    assert plain[0].body == plain[1].body
    assert plain[0].headers["etag"] == plain[1].headers["etag"]


def test_a_new_release_is_asked_at_once_and_answers_are_not_mixed(fronts: list[Service], proxy: int, folder: Path) -> None:
    """Readers ask all the while: each answer is of one release, and once both have taken it over none is of the one before."""
    seen: list[tuple[str, bytes]] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            status, head, body = ask(proxy, ASK, {"Accept": "text/csv"})
            assert status == 200
            seen.append((head["allegata-current"], body))

    assert ask(proxy, ASK, {"Accept": "text/csv"})[0] == 200
    assert ask(proxy, ASK, {"Accept": "text/csv"})[1]["x-cache"] == "HIT"
    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    until(lambda: len(seen) > 20)
    aside = folder / "site" / "next"
    aside.symlink_to("releases/2.0+test")
    aside.rename(folder / "site" / "current")
    until(lambda: all(fetch(front.address, "/healthz").headers["allegata-current"] == "2.0+test" for front in fronts))
    mark = len(seen)
    until(lambda: len(seen) > mark + 20)
    over.set()
    for reader in readers:
        reader.join()
    bodies = {name: {body for current, body in seen if current == name} for name in ("1.0+test", "2.0+test")}
    assert all(len(found) == 1 for found in bodies.values())
    assert bodies["1.0+test"] != bodies["2.0+test"]
    # An answer that was asked for before the mark may have come behind it.
    assert {current for current, _ in seen[mark + len(readers) :]} == {"2.0+test"}
    assert ask(proxy, ASK, {"Accept": "text/csv"})[1]["x-cache"] == "HIT"


def test_one_answers_where_the_other_is_gone(fronts: list[Service], proxy: int) -> None:
    """Requests that would have gone to it go to the other."""
    end(fronts[1].process)
    assert {ask(proxy, f"{ASK}%20%23gone{number}")[0] for number in range(8)} == {200}
