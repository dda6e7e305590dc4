"""Serves feeds (Atom, RFC 4287): the releases, and what changed in each on a topic, in a document or about an actor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import NamedNode

from allegata.domain import Descriptions, Value
from allegata.errors import BadRequest, NotFound
from allegata.model.formats import ATOM
from allegata.release.diff import Difference
from allegata.release.handle import Release
from allegata.web.http.files import moment
from allegata.web.http.views import view
from allegata.web.i18n.gettext import SOURCE, language
from allegata.web.i18n.names import name_of
from allegata.web.publishing.changes import between
from allegata.web.state import state

blueprint = Blueprint("feeds", __name__)
#: Parameter → the path below the base IRI in which its values are, and the properties by which a thing has to do with one.
SUBJECTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "topic": (
        "scheme/topic/",
        ("alg:topic", "alg:asserts/alg:topic", "alg:from/alg:asserts/alg:topic", "alg:to/alg:asserts/alg:topic"),
    ),
    "document": ("source/", ("alg:statedIn", "alg:from/alg:statedIn", "alg:to/alg:statedIn")),
    "actor": (
        "actor/",
        (
            *("alg:assertedBy", "alg:relayedBy", "alg:dutyBearer", "alg:affects", "alg:about", "alg:addressee"),
            *("alg:from/alg:assertedBy", "alg:to/alg:assertedBy"),
        ),
    ),
}
#: Releases in a feed, the last first; and things of one release that are named.
_RELEASES, _THINGS = 20, 100


@dataclass(frozen=True)
class Changed:
    """A thing that a release added, changed or removed, with its name and the language of that, where it is not the feed's."""

    way: str
    iri: str
    label: str
    language: str = ""


@dataclass(frozen=True)
class Entry:
    """What a feed says of a release: what changed in it, as far as the feed is about it, and how much more there is."""

    release: Release
    updated: str
    things: tuple[Changed, ...]
    more: int


@view(
    blueprint,
    "/feed",
    formats=(ATOM,),
    parameters=dict.fromkeys(SUBJECTS, "what the changes are about, one of the three; all changes without it"),
    cached=True,
)
def feed() -> Response:
    """Return a feed of the releases, or of the changes on one subject."""
    asked = {name: request.args[name] for name in SUBJECTS if request.args.get(name)}
    if len(asked) > 1:
        raise BadRequest("More than one subject is given.", remedy=f"Give one of {', '.join(SUBJECTS)}.")
    name, value = next(iter(asked.items()), ("", ""))
    subject = _subject(name, value) if name else ""
    entries = list(_entries(subject, SUBJECTS[name][1] if name else ()))
    title = name_of(Value(state().descriptions.label_of(subject), subject)) if subject else ""
    root = url_for("home.home", _external=True, lang=None).rstrip("/").removesuffix(request.script_root)
    latest = _stamp(state().site.current)
    body = render_template("feed.xml", entries=entries, asked=asked, title=title, subject=subject, updated=latest, root=root)
    return Response(body, content_type=ATOM.content_type)


def _subject(name: str, value: str) -> str:
    path = SUBJECTS[name][0]
    iri = value if value.startswith(state().base) else state().descriptions.iri_at(path + value)
    if not state().descriptions.has(iri):
        raise NotFound(f"This release has no {name} {value}.", remedy="/search finds topics, documents and actors.")
    return iri


def _entries(subject: str, paths: tuple[str, ...]) -> Iterator[Entry]:
    """Yield an entry for each release, the last first; of those in which nothing on the subject changed, none."""
    for release in list(reversed(state().site.offered))[:_RELEASES]:
        before = state().site.before(release)
        found = [
            item
            for difference in between(before, release)
            for item in _changed(difference, release, before)
            if not subject or any(subject in _reached(_read(item, release, before), item.iri, path) for path in paths)
        ]
        if found or not subject:
            yield Entry(release, _stamp(release), tuple(found[:_THINGS]), max(len(found) - _THINGS, 0))


def _changed(difference: Difference, release: Release, before: Release | None) -> Iterator[Changed]:
    now, then = state().at(release).descriptions, state().at(before or release).descriptions
    yield from (_named("added", iri, now) for iri in difference.added)
    yield from (_named("changed", change.iri, now) for change in difference.changes)
    yield from (_named("removed", iri, then) for iri in difference.removed)


def _named(way: str, iri: str, read: Descriptions) -> Changed:
    """Name a thing in the language of the feed where the release does, else as the release has it."""
    own = state().release.manifest.text_language or SOURCE
    label = read.label_of(iri)
    if language() in (SOURCE, own):
        return Changed(way, iri, label, own if own != language() else "")
    known = read.names.known_in(NamedNode(iri), language())
    return Changed(way, iri, known or label, "" if known else own)


def _read(item: Changed, release: Release, before: Release | None) -> Descriptions:
    """Return what describes a thing: for one that was removed, the release before."""
    return state().at(before if before and item.way == "removed" else release).descriptions


def _reached(read: Descriptions, iri: str, path: str) -> set[str]:
    """Return where a path of properties leads from a thing."""
    nodes = {iri}
    for step in path.split("/"):
        nodes = {found.value for node in nodes for found in read.nodes(NamedNode(node), step)}
    return nodes


def _stamp(release: Release) -> str:
    """Return when a release was made, as RFC 3339 writes it."""
    return moment(release).isoformat()
