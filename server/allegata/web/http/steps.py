"""Lists what is done with every request: the steps before its view, and those by which an answer is finished, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from flask import Flask, Response
from flask.typing import ResponseReturnValue

from allegata.web.http import compression, headers, metrics, page_cache, shares, slashes, whole
from allegata.web.i18n import gettext, links


class Check(NamedTuple):
    """A step before the view; one that answers ends the way of the request."""

    does: Callable[[], ResponseReturnValue | None]
    why: str


class Step(NamedTuple):
    """A step by which an answer is finished, and the condition on which it is taken."""

    does: Callable[[Response], Response]
    when: Callable[[Response], bool]
    why: str


def _always(_response: Response) -> bool:
    return True


def _is_fresh(_response: Response) -> bool:
    """Return whether the answer was made for this request; one from the cache has been through these steps."""
    return not page_cache.is_cached()


BEFORE: Final = (
    Check(metrics.start_clock, "the time of an answer counts from here"),
    Check(gettext.forget_language, "the thread may have answered in another language before"),
    Check(compression.strip_encodings, "the tags of encodings are compared as plain ones"),
    Check(headers.check_sizes, "nothing is read of a request with too long a head"),
    Check(headers.refuse_packed, "nothing is unpacked: a packed body would be read as something else"),
    Check(slashes.lead_on, "people and programs put slashes at the end of addresses"),
    Check(headers.ignore_dates, "the framework stumbles over a year that no date has"),
    Check(shares.begin_budget, "what is not finished yet takes work, which has bounds"),
    Check(page_cache.cached_page, "a finished page is given only to a request that is in order"),
)
FINISH: Final = (
    Step(headers.set_headers, _is_fresh, "who may read it, what it may load, which release it is of, how long it lasts"),
    Step(headers.vary_by_format, _is_fresh, "its type was a choice"),
    Step(headers.add_signposts, _is_fresh, "programs find what belongs to it"),
    Step(links.name_language, _is_fresh, "what has words is in a language; it follows which caches may give it to whom"),
    Step(headers.tag, _is_fresh, "the body is final: its strong tag is of these bytes"),
    Step(page_cache.cache_page, _is_fresh, "all headers but those of the encoding are there; it may be given as it is"),
    Step(compression.encode, _always, "the body is packed last, under a tag of its own"),
    Step(whole.measure, whole.lacks_length, "nothing partial looks whole to a client that is sent no chunks"),
    Step(metrics.count_answer, _always, "the answer is counted as it is sent"),
)


def register(app: Flask) -> None:
    """Take these steps with every request of an application."""
    for check in BEFORE:
        app.before_request(check.does)
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    for step in FINISH:
        if step.when(response):
            response = step.does(response)
    return response
