"""Says in words what is shared of a claim or a comparison: a title, a few lines, a sentence for whoever sees the link alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import request, url_for

from allegata.domain import Assertion, Value
from allegata.domain.comparisons import Comparison
from allegata.domain.summaries import Summary
from allegata.web.i18n.gettext import PARAMETER, gettext, language, ngettext
from allegata.web.i18n.names import model_text, name_of
from allegata.web.sharing.card import Card
from allegata.web.state import state

#: Speakers that are named; of more, their number is said.
_NAMED = 3


@dataclass(frozen=True)
class Shared:
    """What is shared: its kind, its words, lines with a head each, its address behind the root, and the parameters of that."""

    kind: str
    title: str
    lines: tuple[tuple[str, str], ...]
    sentence: str
    path: str
    parameters: Mapping[str, str]

    @property
    def picture(self) -> str:
        """Return the address of the picture, whole: services that show links ask for no other."""
        return self._address(f"/picture/{self._name}.png", {}, chosen=True)

    @property
    def embed(self) -> str:
        """Return the address of the page that others can embed, whole."""
        return self._address(f"/embed/{self._name}", {}, chosen=True)

    @property
    def page(self) -> str:
        """Return the address of the page, whole, in no language unless one was chosen."""
        return self._address(self.path, self.parameters, chosen=PARAMETER in request.args)

    @property
    def card(self) -> Card:
        """Return what the picture says."""
        note = gettext("The data records who says what; it does not say who is right.")
        return Card(self.kind, self.title, self.lines, state().release.manifest.brand, note)

    @property
    def _name(self) -> str:
        """Return what stands for it in the addresses of its picture and of what is embedded: its path, then its parameters."""
        parts = (self.path.removeprefix("/page").strip("/"), *(f"{name}/{value}" for name, value in self.parameters.items()))
        return quote("/".join(parts))

    def _address(self, path: str, parameters: Mapping[str, str], *, chosen: bool) -> str:
        query = urlencode({**parameters, **({PARAMETER: language()} if chosen else {})})
        root = url_for("home.home", _external=True, lang=None).rstrip("/")
        return f"{root}{path}?{query}" if query else f"{root}{path}"


def share_claim(summary: Summary) -> Shared:
    """Return what is shared of a claim: its words, who says it, who disputes it, who denies it."""
    said, disputes = _speakers(summary.said), _speakers(dispute.stance.source for dispute in summary.disputes)
    denied, claim = _speakers(summary.denied), summary.sides.claim
    lines = [
        (gettext("Who says it"), said or gettext("Nobody in this release affirms it.")),
        (gettext("Who disputes it"), disputes or gettext("Nobody recorded in this release.")),
        *([(gettext("Denied outright"), denied)] if denied else []),
    ]
    path = claim.iri.removeprefix(state().base)
    kind, title = gettext("Claim, in the curators' words"), f"“{name_of(claim)}”"
    return Shared(kind, title, tuple(lines), _sentence(lines), f"/page/{path}", {})


def share_comparison(comparison: Comparison, parameters: Mapping[str, str]) -> Shared:
    """Return what is shared of a comparison: its subject, how much there is on it, and in which documents."""
    claims, disputes = len(comparison.claims), len(comparison.disputes)
    documents = [document for document, _ in comparison.evidence if document.iri]
    counted = "; ".join(
        (
            ngettext("%(num)s claim", "%(num)s claims", claims) % {"num": claims},
            ngettext("%(num)s dispute", "%(num)s disputes", disputes) % {"num": disputes},
        )
    )
    compared, sources = (gettext("Compared"), counted), gettext("Sources")
    lines = [compared, *((sources if not at else "", name_of(document)) for at, document in enumerate(documents[:_NAMED]))]
    told = _sentence([compared, *([(sources, _named(documents))] if documents else [])])
    sentence = f"{model_text(comparison.definition)} {told}".strip()
    return Shared(gettext("Comparison"), name_of(comparison.subject), tuple(lines), sentence, "/compare", parameters)


def _speakers(assertions: Iterable[Assertion]) -> str:
    return _named(speaker for item in assertions for speaker in item.asserters)


def _named(things: Iterable[Value]) -> str:
    """Name some things once each; of many, the first and how many more there are."""
    names = list(dict.fromkeys(map(name_of, things)))
    more = len(names) - _NAMED
    kept = ", ".join(names[:_NAMED])
    return kept if more <= 0 else f"{kept} {ngettext('and %(num)s more', 'and %(num)s more', more) % {'num': more}}"


def _sentence(lines: Iterable[tuple[str, str]]) -> str:
    return " · ".join(f"{head}: {words}" for head, words in lines)
