"""Declares each view where it stands: addresses, formats, parameters, lifetime. Whatever is said of views is read from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, ParamSpec, TypeVar

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from allegata.model.formats import ATOM, HTML, Choice, Format, by_word
from allegata.web.http.csv_tables import safe_choice
from allegata.web.http.negotiation import negotiate
from allegata.web.http.signposts import licence_link, no_links
from allegata.web.state import state

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)


#: Types of what is in the language of whoever reads: pages, and feeds.
WORDED: Final = (HTML.media_type, ATOM.media_type)


class Lifetime(StrEnum):
    """For how long an answer may be kept (RFC 9111, section 5.2.2), short enough for a withdrawal to reach every cache."""

    MINUTES = "public, max-age=300"
    #: A release changes only by being withdrawn.
    DAY = "public, max-age=86400"
    NONE = "no-store"
    #: The view sets it, as it depends on what was asked.
    BY_ANSWER = ""


@dataclass(frozen=True, kw_only=True)
class View:
    """A view with what it says of itself: OpenAPI, sitemap, signposts, caches, negotiation and links are made from it."""

    answer: Callable[..., ResponseReturnValue]
    #: What it answers in, the first without a wish; none where the address names a file of any type.
    formats: tuple[Format, ...] = ()
    #: What may stand behind the question mark, with its meaning, and which of it has to.
    parameters: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    #: Media types of what may be sent to it.
    body: tuple[str, ...] = ()
    #: What a form that is sent to it holds, with its meaning.
    fields: Mapping[str, str] = field(default_factory=dict)
    lifetime: Lifetime = Lifetime.MINUTES
    #: Whether parameters of other names are read too, such as those of a question, which is data.
    further: bool = False
    #: The parameters with which its pages are cached: it follows from them, path, language and format alone. None: never.
    cached: tuple[str, ...] | None = None
    in_sitemap: bool = False
    #: Returns the Link header's values for what stands in the path (FAIR Signposting).
    signposts: Callable[..., Iterable[str]] = licence_link
    #: Whether it answers by leading (303) to where the format is.
    redirects: bool = False

    def __call__(self, **path: Any) -> ResponseReturnValue:
        """Answer the request."""
        return self.answer(**path)

    def reads(self, name: str) -> bool:
        """Return whether it reads a parameter."""
        return self.further or name in self.parameters

    @property
    def is_page(self) -> bool:
        """Return whether it gives or leads to a page where nothing else is asked for."""
        return self.formats[:1] == (HTML,)

    @property
    def is_worded(self) -> bool:
        """Return whether what it gives is in the language of whoever reads: a page, or a feed."""
        return bool(self.formats) and self.formats[0].media_type in WORDED

    @property
    def summary(self) -> str:
        """Return what it does, in a sentence."""
        return (self.answer.__doc__ or "").strip().split("\n")[0]


def view(
    blueprint: Blueprint,
    *rules: str,
    formats: Sequence[Format],
    name: str = "",
    methods: Sequence[str] = ("GET",),
    parameters: Mapping[str, str] | None = None,
    cached: bool | Sequence[str] = False,
    **declared: Any,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as the view at some addresses; `cached=True`: with all its parameters; the rest are fields of `View`."""
    known = dict(parameters or {})
    with_names = tuple(known) if cached is True else tuple(cached) if cached is not False else None

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        made = View(answer=function, formats=tuple(formats), parameters=known, cached=with_names, **declared)
        for rule in rules:
            blueprint.add_url_rule(rule, endpoint=name or function.__name__, view_func=made, methods=list(methods))
        return function

    return declare


def _nothing() -> str:
    return ""


#: What stands for the view where no rule fits the request.
NOWHERE: Final = View(answer=_nothing, signposts=no_links)


def declare_static(app: Flask) -> None:
    """Declare the framework's own view, which gives the files of the pages."""

    def files(filename: str) -> ResponseReturnValue:
        """Return a file of the pages."""
        return app.send_static_file(filename)

    app.view_functions["static"] = View(answer=files, signposts=no_links)


def view_at(endpoint: str | None) -> View:
    """Return the view at an endpoint of the application that answers."""
    found = current_app.view_functions.get(endpoint or "")
    return found if isinstance(found, View) else NOWHERE


def current_view() -> View:
    """Return the view that the request is for."""
    return view_at(request.endpoint)


def declared_views(app: Flask) -> Iterator[tuple[Rule, View]]:
    """Yield every address of an application with its view."""
    for rule in app.url_map.iter_rules():
        found = app.view_functions[rule.endpoint]
        if isinstance(found, View):
            yield rule, found


def main_rules(app: Flask) -> Iterator[tuple[Rule, View]]:
    """Yield each view with its shortest address; what else it answers at is another way to the same."""
    shortest: dict[str, tuple[Rule, View]] = {}
    for rule, found in sorted(declared_views(app), key=lambda row: len(row[0].rule)):
        shortest.setdefault(rule.endpoint, (rule, found))
    yield from shortest.values()


def choose_format(word: str | None = None, offered: Sequence[Format] = ()) -> Choice:
    """Choose among the formats that the view declares, or those of them that are offered: by a word, else by Accept."""
    formats = offered or current_view().formats
    if word:
        return safe_choice(word, formats) or by_word(word, formats)
    return negotiate(request.headers.get("Accept"), formats, state().settings.accept_ranges)
