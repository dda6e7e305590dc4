"""Every view says what it is: all rules are declared, each declared format is answered, each declared parameter is read, and no other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from flask import Flask, Request, request
from werkzeug.datastructures import ImmutableMultiDict

from allegata.engine import open_engine
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http.parameters import Parameters
from allegata.web.http.views import View, declared_views, main_rules
from allegata.web.i18n.gettext import PARAMETER
from page_types import BUILT, OTHERS, PAGES, saved_query

#: What is read though it is nothing to be given: parameter → the reason.
EXCUSED = {"update": "it is read to be refused", "release": "it stands in the path of the endpoint of a release"}
#: Endpoint → the parameters that it read, of the requests so far.
READ: dict[str, set[str]] = defaultdict(set)


def note(name: object) -> None:
    READ[request.endpoint or ""].add(str(name))


class Arguments(ImmutableMultiDict[str, str]):
    """Parameters that note which of them is asked for."""

    def __getitem__(self, key: str) -> Any:
        note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        note(key)
        return super().__contains__(key)

    def getlist(self, key: str, *rest: Any) -> list[Any]:
        note(key)
        return super().getlist(key, *rest)


class Noting(Request):
    """A request whose parameters note which of them is asked for."""

    parameter_storage_class = Arguments


def noting(method: Callable[..., Any]) -> Callable[..., Any]:
    """Note what a method of the endpoint's parameters, which reads the raw bytes, is asked for."""

    def noted(self: Parameters, *names: str) -> Any:
        for name in names:
            note(name)
        return method(self, *names)

    return noted


@pytest.fixture(scope="module")
def app(site: Any, release: Release) -> Iterator[Flask]:
    settings = Settings(site=site)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


def examples(app: Flask, release: Release) -> Iterator[tuple[str, View, list[str]]]:
    """Yield the endpoint of each view that answers GET, the view, and addresses of it."""
    names = {"version": release.version, "digest": saved_query(release)}
    for rule, view in main_rules(app):
        if "GET" in (rule.methods or ()):
            yield rule.endpoint, view, [address.format(**names) for address in {**OTHERS, **PAGES}[rule.rule]]


def test_every_rule_is_declared(app: Flask) -> None:
    rules = list(app.url_map.iter_rules())
    assert len(list(declared_views(app))) == len(rules) > 50
    for rule, view in declared_views(app):
        assert view.summary.endswith("."), rule
        assert set(view.required) <= {*view.parameters, *view.fields}, rule
        assert set(view.cached or ()) <= set(view.parameters), rule
        assert bool(view.body) == ("POST" in (rule.methods or ())), rule
        assert not view.in_sitemap or (view.is_page and not rule.arguments), rule


def test_every_declared_format_is_answered_and_what_is_no_format_is_not(app: Flask, release: Release) -> None:
    client = app.test_client()
    for _, view, addresses in examples(app, release):
        for form in view.formats:
            replies = [client.get(path, headers={"Accept": form.media_type}, buffered=True) for path in addresses]
            if view.redirects and {reply.status_code for reply in replies} == {303}:
                assert all(reply.location.startswith("/") for reply in replies), addresses
                continue
            given = {reply.mimetype for reply in replies if reply.status_code == 200}
            assert form.media_type in given or set(addresses) <= set(BUILT), (addresses, form.name, given)
        if len(view.formats) > 1:
            assert {client.get(path, headers={"Accept": "image/png"}).status_code for path in addresses} == {406}, addresses


def of_questions(release: Release) -> set[str]:
    """Return the parameters of the questions of a release, which their pages take by their names."""
    texts = (path.read_text("utf-8") for path in (release.folder / "questions").glob("*.rq"))
    return {name for text in texts for name in re.findall(r"^# Parameter: (\w+)", text, re.MULTILINE)}


def test_every_declared_parameter_is_read_and_no_other(app: Flask, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "request_class", Noting)
    for name in ("one", "all", "__contains__"):
        monkeypatch.setattr(Parameters, name, noting(getattr(Parameters, name)))
    client = app.test_client()
    for endpoint, view, addresses in examples(app, release):
        READ.clear()
        for path in addresses:
            client.get(path, headers={"Accept": "text/html, */*;q=0.5", "Host": "parameters.example"}).close()
        found = READ[endpoint] - {PARAMETER}
        assert set(view.parameters) - found == set(), endpoint
        of_question = of_questions(release) if endpoint in ("query.page", "questions.question") else set()
        assert found - set(view.parameters) <= {*EXCUSED, *of_question}, endpoint


def test_what_is_declared_to_be_cached_is_cached_and_nothing_else(app: Flask, release: Release) -> None:
    client = app.test_client()
    cache = app.extensions["allegata.pages"]
    for endpoint, view, addresses in examples(app, release):
        before = len(cache)
        for path in addresses:
            client.get(path, headers={"Accept": "text/html", "Host": "cache.example"}).close()
        grown = len(cache) - before
        assert bool(grown) == (view.cached is not None) or set(addresses) <= set(BUILT), endpoint
