"""No page is forgotten: every view that declares pages has addresses that show them, and every template is shown by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered

from allegata.engine import open_engine
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http.views import main_rules
from page_types import BUILT, ERRORS, PAGES, addresses, saved_query

#: Templates that others are made of, that other pages take in, or that are no pages.
PARTS = {
    "_answer.html",
    "_parts.html",
    "_record.html",
    "_share.html",
    "_places.html",
    "base.html",
    "cite.html",
    "embed.html",
    "feed.xml",
    "home-cite.html",
    "home-head.html",
    "share-head.html",
    "thing.html",
}


@pytest.fixture(scope="module")
def app(site: Path, release: Release) -> Iterator[Flask]:
    settings = Settings(site=site)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


def test_every_view_that_declares_pages_has_addresses_and_no_other(app: Flask) -> None:
    pages = {rule.rule for rule, view in main_rules(app) if view.is_page and not view.redirects and "GET" in (rule.methods or ())}
    assert pages == set(PAGES) and len(PAGES) >= 20


def test_every_template_is_shown_by_an_address(app: Flask, release: Release) -> None:
    shown: set[str] = set()

    def note(_sender: Flask, template: Any, **_more: Any) -> None:
        shown.add(template.name)

    client = app.test_client()
    with template_rendered.connected_to(note, app):
        for address in addresses(release.version, saved_query(release)):
            reply = client.get(address, headers={"Accept": "text/html"})
            built = address not in BUILT or reply.status_code == 200
            assert reply.status_code == (200 if address not in ERRORS and built else reply.status_code), address
            assert reply.mimetype == "text/html", address
    missing = set(app.jinja_env.list_templates()) - shown - PARTS
    assert missing <= {"yasgui.html"}, missing


def test_errors_are_pages_too(app: Flask) -> None:
    client = app.test_client()
    assert {client.get(address, headers={"Accept": "text/html"}).status_code for address in ERRORS} == {400, 404}
