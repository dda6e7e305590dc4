"""Sharing in a real browser: the fields and their buttons, without scripts too, and a page of ours in the frame of another."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CLAIM = "/page/claim/camps-hold-about-200000"


def test_the_button_copies_what_the_field_holds_and_says_so(tab: Any) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(CLAIM)
    for summary, number in (("Copy link", 0), ("Embed", 1)):
        tab.get_by_text(summary, exact=True).click()
        field = tab.locator(".actions textarea").nth(number)
        tab.locator(".actions button").nth(number).click()
        tab.get_by_text("Copied", exact=True).nth(number).wait_for()
        assert tab.evaluate("navigator.clipboard.readText()") == field.input_value()


def test_without_scripts_the_fields_can_be_selected(browser: Any, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    opened = context.new_page()
    opened.goto("/compare?topic=sanctions")
    opened.get_by_text("Embed", exact=True).click()
    field = opened.locator(".actions textarea").nth(1)
    assert field.is_visible() and field.input_value().startswith("<iframe src=") and not opened.locator(".actions button").count()
    context.close()


def test_cite_opens_what_is_to_be_cited(tab: Any) -> None:
    tab.goto(CLAIM)
    tab.locator(".actions").get_by_role("link", name="Cite").click()
    assert tab.locator("details.cite").get_by_text("Allegata curators").is_visible()


@contextmanager
def another_site(body: str) -> Iterator[str]:
    """Serve a page of somebody else's."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


def test_the_code_shows_the_claim_on_another_site_and_no_other_page_stands_there(browser: Any, server: str) -> None:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{server}{CLAIM}")
    code = opened.locator(".actions textarea").nth(1).input_value()
    with another_site(f'<!doctype html><title>x</title>{code}<iframe src="{server}{CLAIM}"></iframe>') as address:
        opened.goto(address)
        shown = opened.frame_locator("iframe").first
        shown.get_by_text("Who disputes it").wait_for()
        assert opened.frame_locator("iframe").nth(1).get_by_text("Who disputes it").count() == 0
        with context.expect_page() as followed:
            shown.get_by_role("heading", level=1).get_by_role("link").click()
        assert followed.value.url.startswith(f"{server}{CLAIM}")
    context.close()
