"""Returns the stances that a picture shows as data, for those who walk through them with the script that `make web` builds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allegata.domain import Assertion, Stance, Value
from allegata.web.i18n.names import foreign_language, name_of
from allegata.web.i18n.phrases import assertion_plain_text
from allegata.web.state import script_address, state

Graph = dict[str, Any]


def stance_graph_data(assertions: Iterable[Assertion], stances: Iterable[Stance]) -> Graph | None:
    """Return assertions and the stances between them with the address of the script; nothing where it has not been built."""
    script = script_address("explore.js")
    if not script:
        return None
    things = {item.iri: _put(item) for item in assertions}
    edges = []
    for stance in stances:
        things[stance.source.iri] = _put(stance.source)
        things[stance.target.iri] = _put(stance.target_assertion) if stance.target_assertion else _named(stance.target)
        edges.append({"from": stance.source.iri, "to": stance.target.iri, "kind": name_of(stance.kind), "side": _side(stance)})
    return {"script": script, "data": {"base": state().base, "things": things, "stances": edges}}


def _put(assertion: Assertion) -> dict[str, str]:
    return {"said": assertion_plain_text(assertion), **_named(assertion.claim)}


def _named(value: Value) -> dict[str, str]:
    return {"name": name_of(value), "lang": foreign_language(value)}


def _side(stance: Stance) -> str:
    return stance.bearing if stance.bearing in ("for", "against") else "neither"
