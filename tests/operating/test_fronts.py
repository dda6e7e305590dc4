"""Several services on one site behind nginx with its cache: alike, one for another, and no answer of a release that was replaced."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from http_client import fetch
from ports import kept_port
from proxies import ASK, ask, certified, nginx_command, run_nginx
from service import Service, end, make_site, serve
from support import EX, STATEMENTS, until

pytestmark = pytest.mark.server
#: The releases by their folders, and what readers ask, each with what they accept.
NAMED = ("1.0+test", "2.0+test")
ASKED = ((ASK, "text/csv"), (ASK, "application/sparql-results+json"), ("/", "text/html"))


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
    """Run three services on the site."""
    with ExitStack() as stack:
        yield [stack.enter_context(serve(folder / "site", trusted_proxies=1, query_timeout=60)) for _ in range(3)]


@pytest.fixture(scope="module")
def proxy(fronts: list[Service], folder: Path) -> Iterator[int]:
    """Yield the port of nginx before all of them."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    with ExitStack() as stack:
        plain, secure = stack.enter_context(kept_port()), stack.enter_context(kept_port())
        command = nginx_command(folder, fronts[0].port, plain, secure, [front.port for front in fronts[1:]])
        with run_nginx(command, folder, lambda: ask(secure, "/readyz")[0] == 200):
            yield secure


def test_all_answer_alike(fronts: list[Service], proxy: int) -> None:
    """The same bytes and tag, whichever is asked."""
    heads = [ask(proxy, f"{ASK}%20%23{number}")[1] for number in range(6)]
    assert {head["allegata-current"] for head in heads} == {"1.0+test"}
    plain = [fetch(front.address, ASK) for front in fronts]
    assert len({reply.body for reply in plain}) == len({reply.headers["etag"] for reply in plain}) == 1


def test_a_new_release_is_asked_at_once_and_answers_are_not_mixed(fronts: list[Service], proxy: int, folder: Path) -> None:
    """Readers ask all the while: each answer is of one release, and once all have taken it over none is of the one before.

    What they ask differs in the format alone, or is a page: every answer to the same request on the same release is the same.
    """
    seen: list[tuple[str, tuple[str, str], bytes]] = []
    over = threading.Event()

    def read(asked: tuple[str, str]) -> None:
        while not over.is_set():
            status, head, body = ask(proxy, asked[0], {"Accept": asked[1]})
            assert status == 200
            seen.append((head["allegata-current"], asked, body))

    assert ask(proxy, ASK, {"Accept": "text/csv"})[0] == 200
    assert ask(proxy, ASK, {"Accept": "text/csv"})[1]["x-cache"] == "HIT"
    readers = [threading.Thread(target=read, args=(asked,)) for asked in ASKED]
    for reader in readers:
        reader.start()
    until(lambda: all(sum(asked == one for _, one, _ in seen) > 10 for asked in ASKED))
    aside = folder / "site" / "next"
    aside.symlink_to("releases/2.0+test")
    aside.rename(folder / "site" / "current")
    until(lambda: all(fetch(front.address, "/healthz").headers["allegata-current"] == "2.0+test" for front in fronts))
    mark = len(seen)
    until(lambda: all(sum(asked == one for _, one, _ in seen[mark:]) > 10 for asked in ASKED))
    over.set()
    for reader in readers:
        reader.join()
    for asked in ASKED:
        before, after = ({body for current, one, body in seen if (current, one) == (name, asked)} for name in NAMED)
        assert len(before) == len(after) == 1 and before != after, asked
    # An answer that was asked for before the mark may have come behind it.
    assert {current for current, _, _ in seen[mark + len(readers) :]} == {NAMED[1]}
    assert ask(proxy, ASK, {"Accept": "text/csv"})[1]["x-cache"] == "HIT"


def test_one_answers_where_the_other_is_gone(fronts: list[Service], proxy: int) -> None:
    """Requests that would have gone to it go to the other."""
    end(fronts[1].process)
    assert {ask(proxy, f"{ASK}%20%23gone{number}")[0] for number in range(8)} == {200}
