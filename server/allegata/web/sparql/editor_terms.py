"""Serves what the editors of queries need beside their scripts: the dataset's own terms, and a page for YASGUI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from flask import Blueprint, Response, render_template
from pyoxigraph import NamedNode

from allegata.domain import Descriptions
from allegata.errors import NotFound
from allegata.model.formats import HTML, JSON
from allegata.model.labels import NAMES
from allegata.model.namespaces import PREFIXES
from allegata.web.http.headers import policy
from allegata.web.http.views import view
from allegata.web.sparql.query_page import FIRST
from allegata.web.state import script_address, state

blueprint = Blueprint("editors", __name__)
#: The two style sheets that YASGUI writes at run time, for the handles of its table's columns and for the pointer that drags
#: them, by their digests (CSP Level 3, section 2.3.1).
YASGUI_STYLES: Final = (
    "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='",
    "'sha256-c0O6TmFAkgpNbHxKAa1BrveWHHopjEtC47i0PzMudxg='",
)
_DEFINITIONS: Final = ("skos:definition", "rdfs:comment")


@view(blueprint, "/query/terms", formats=(JSON,))
def terms() -> Response:
    """Return what queries over this dataset are made of: prefixes, the classes and properties that it uses, its concepts."""
    return Response(_terms(state().descriptions), content_type=JSON.content_type)


@lru_cache(2)
def _terms(descriptions: Descriptions) -> str:
    """Gather the terms once; a release does not change."""
    data = {
        "prefixes": PREFIXES,
        "classes": list(_used(descriptions, "class")),
        "properties": list(_used(descriptions, "property")),
        "concepts": list(_concepts(descriptions)),
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def _used(descriptions: Descriptions, kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, label and definition of what the dataset says it uses (VoID, section 4.5), as far as it has a prefix."""
    dataset = NamedNode(f"{descriptions.base}dataset")
    for part in descriptions.nodes(dataset, f"void:{kind}Partition"):
        for term in descriptions.nodes(part, f"void:{kind}"):
            name = descriptions.names.short(term.value)
            if name.partition(":")[0] in PREFIXES:
                yield name, descriptions.text(term, *NAMES), descriptions.text(term, *_DEFINITIONS)


def _concepts(descriptions: Descriptions) -> Iterator[tuple[str, str, str, str]]:
    """Return IRI, label, scheme and definition of each concept."""
    for node in sorted(descriptions.instances("skos:Concept"), key=str):
        scheme = descriptions.node(node, "skos:inScheme")
        label = descriptions.text(node, *NAMES) or node.value
        yield node.value, label, descriptions.text(scheme, *NAMES), descriptions.text(node, *_DEFINITIONS)


@view(blueprint, "/yasgui", formats=(HTML,))
def yasgui() -> Response:
    """Show YASGUI, for those who expect it, on this endpoint alone."""
    script = script_address("yasgui.js")
    if not script:
        raise NotFound("YASGUI has not been built here.", remedy="Ask at /query, or build it with `make web`.")
    response = Response(render_template("yasgui.html", script=script, style=script_address("yasgui.css"), query=FIRST))
    response.headers["Content-Security-Policy"] = policy(*YASGUI_STYLES)
    return response
