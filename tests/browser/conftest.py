"""Fixtures of the browser tests: Chromium, a tab that watches what the page asks for, the rules of axe."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from waiting import wait_until_complete

HERE = Path(__file__).parent
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install --group browser")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the rules of axe, installed from the lockfile beside this file."""
    script = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        if not shutil.which("npm"):
            pytest.skip("axe needs npm")
        with FileLock(tmp_path_factory.getbasetemp().parent / "axe.lock"):
            if not script.is_file():
                command = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
                subprocess.run(command, cwd=HERE, check=True, capture_output=True, timeout=300)
    return script.read_text("utf-8")


@pytest.fixture
def tab(browser: Any, server: str) -> Iterator[Any]:
    """Yield a fresh tab, and check afterwards that it asked nobody but the server and was refused nothing."""
    context = browser.new_context(base_url=server, accept_downloads=True)
    opened = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on(
        "requestfailed",
        # What a page has not yet got when it is left is aborted, which is no refusal.
        lambda request: (
            complaints.append(f"{request.url}: {request.failure}")
            if "/static/" in request.url and request.failure != "net::ERR_ABORTED"
            else None
        ),
    )
    opened.on(
        "response",
        lambda response: (
            complaints.append(f"{response.url}: {response.status}")
            if "/static/" in response.url and response.status >= 400
            else None
        ),
    )
    opened.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    assert asked and [url for url in asked if not url.startswith((f"{server}/", "data:"))] == []
    assert complaints == []
    assert context.cookies() == []
    context.close()


@pytest.fixture
def issues(axe: str) -> Callable[[Any], list[tuple[str, list[str]]]]:
    """Return what says which issues axe finds on a page once it is complete, minor ones left out."""

    def found(tab: Any) -> list[tuple[str, list[str]]]:
        wait_until_complete(tab)
        tab.evaluate(f"() => {{ {axe} }}")
        result = tab.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        assert len(result["passes"]) > 10
        return [
            (issue["id"], [node["html"][:160] for node in issue["nodes"][:3]])
            for issue in result["violations"]
            if issue["impact"] in ("serious", "critical", "moderate")
        ]

    return found


@pytest.fixture
def inked() -> Callable[[Any], int]:
    """Return what counts the pixels that are drawn on the canvas."""

    def count(tab: Any) -> int:
        tab.wait_for_function(
            "() => [...document.querySelectorAll('.canvas canvas')].some(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(Boolean))"
        )
        return int(
            tab.evaluate(
                """() => [...document.querySelectorAll(".canvas canvas")].reduce((sum, canvas) => {
                  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
                  return sum + data.filter((value, index) => index % 4 === 3 && value > 0).length;
                }, 0)"""
            )
        )

    return count
