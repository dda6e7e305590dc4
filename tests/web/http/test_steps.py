"""The steps around a view: all of them are in one list, and what has to come first does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from allegata.web import _register_views
from allegata.web.http import compression, headers, metrics, page_cache, steps
from allegata.web.i18n import links


def order(does: Callable[..., object]) -> int:
    """Return the place of a step among those that finish an answer."""
    return [step.does for step in steps.FINISH].index(does)  # type: ignore[arg-type]


def test_nothing_works_on_an_answer_but_the_steps_of_the_list() -> None:
    app = Flask("allegata.web")
    _register_views(app)
    steps.register(app)
    assert app.before_request_funcs == {None: [check.does for check in steps.BEFORE]}
    assert set(app.after_request_funcs) == {None} and len(app.after_request_funcs[None]) == 1


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (headers.set_headers, headers.tag),
        (links.name_language, page_cache.cache_page),
        (headers.add_signposts, page_cache.cache_page),
        (headers.vary_by_format, page_cache.cache_page),
        (headers.tag, page_cache.cache_page),
        (page_cache.cache_page, compression.encode),
        (compression.encode, metrics.count_answer),
    ],
)
def test_what_has_to_come_first_does(first: Callable[..., object], then: Callable[..., object]) -> None:
    assert order(first) < order(then)


def test_each_step_stands_once_and_says_why() -> None:
    done = [check.does for check in steps.BEFORE], [step.does for step in steps.FINISH]
    reasons = [*(check.why for check in steps.BEFORE), *(step.why for step in steps.FINISH)]
    assert all(len(set(names)) == len(names) for names in done)
    assert all(reasons) and len(set(reasons)) == len(reasons) == len(done[0]) + len(done[1])
