"""Parts the pages into five sections, each with what stands in it; the head of every page leads there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import request, url_for

from allegata.web.i18n.gettext import N_, gettext

#: Name of a section → its pages, by endpoint and name; the first is where the section leads.
_SECTIONS: Final[dict[str, dict[str, str]]] = {
    N_("Disputes"): {"compare.compare": N_("Compare"), "overviews.evidence": N_("Evidence"), "what_if.what_if": N_("What if")},
    N_("Questions"): {"questions.index": N_("Questions"), "query.page": N_("SPARQL")},
    N_("Record"): {
        "overviews.treaties": N_("Treaties"),
        "votes.votes": N_("Votes"),
        "timeline.timeline": N_("Timeline"),
        "overviews.places": N_("Places"),
    },
    N_("Data"): {"dumps.index": N_("Downloads"), "releases.index": N_("Releases"), "model.ontology": N_("Model")},
    N_("About"): {"method.method": N_("Method")},
}
#: A page that stands below one of them → that one.
_BELOW: Final = {"questions.question": "questions.index"}


@dataclass(frozen=True)
class Entry:
    """A page of a section: its address, its name in the language of the page, whether it is the one shown."""

    address: str
    name: str
    is_current: bool


@dataclass(frozen=True)
class Section:
    """A section: its name and its pages."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def address(self) -> str:
        """Return where the section leads."""
        return self.entries[0].address

    @property
    def is_current(self) -> bool:
        """Return whether the page shown is one of it."""
        return any(entry.is_current for entry in self.entries)


def sections() -> Iterator[Section]:
    """Yield the sections in their order."""
    shown = _BELOW.get(request.endpoint or "", request.endpoint)
    for name, pages in _SECTIONS.items():
        entries = (Entry(url_for(endpoint), gettext(word), shown == endpoint) for endpoint, word in pages.items())
        yield Section(gettext(name), tuple(entries))
