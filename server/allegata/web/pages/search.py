"""Searches the release at /search: words and facets, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from allegata.domain.search import SearchResults
from allegata.errors import BadRequest, LimitExceeded
from allegata.model.formats import CSV, HTML, JSON, Choice, Format
from allegata.release.search_index import FACETS
from allegata.web.http.csv_tables import write_table
from allegata.web.http.views import choose_format, view
from allegata.web.state import state

blueprint = Blueprint("search", __name__)
PAGE = 50
LONGEST = 500
#: Values of all facets that one search may choose.
CHOSEN = 100
#: Values of one facet that a page offers.
OFFERED = 12
#: The facet of which claims can have no other value than those chosen.
ONLY = "evidence"
#: Hits of one table.
ROWS = 5000


@view(
    blueprint,
    "/search",
    formats=(HTML, JSON, CSV),
    parameters={
        "q": "words; where nothing has all of them, what has most is found",
        "kind": "kind of thing; may be repeated",
        **dict.fromkeys(FACETS, "IRI of a value; may be repeated"),
        "only": f"{ONLY}: claims that are affirmed on the chosen evidence and on no other",
        "page": "number of the page, from 1",
        "format": "word of a format, before the Accept header",
    },
    cached=True,
    in_sitemap=True,
)
def search() -> Response:
    """Find what the words and facets of the address ask for."""
    text, page = request.args.get("q", ""), request.args.get("page", "1")
    if len(text) > LONGEST:
        raise BadRequest(f"The words are over {LONGEST} characters.", remedy="Search for fewer words.")
    if not page.isdecimal() or len(page) > 6 or not int(page):
        raise BadRequest(f"page={page[:20]!r} is not a whole number above 0 and below a million.")
    chosen = {name: _given(name) for name in ("kind", *FACETS)}
    if sum(map(len, chosen.values())) > CHOSEN:
        raise LimitExceeded(f"Over {CHOSEN} values are chosen.", remedy="Choose fewer.", limit="chosen", allowed=CHOSEN)
    only = request.args.get("only", "")
    if only not in ("", ONLY):
        raise BadRequest(f"only={only[:20]!r} is not {ONLY}.")
    choice = choose_format(request.args.get("format"))
    size = ROWS if choice.format is CSV else PAGE
    found = state().dataset.search(text, chosen, only=only, limit=size, offset=size * (int(page) - 1))
    writers: dict[Format, Callable[[SearchResults], str]] = {JSON: _json, CSV: partial(_csv, choice)}
    write = writers.get(choice.format)
    body = write(found) if write else _page(text, chosen, found, int(page), only)
    return Response(body, content_type=choice.content_type)


def _given(name: str) -> list[str]:
    values = [value for value in request.args.getlist(name) if value]
    return values if name == "kind" else [value if ":" in value else state().base + value for value in values]


def _json(found: SearchResults) -> str:
    data = {
        "total": found.total,
        "missing": found.missing,
        "hits": [asdict(hit) for hit in found.hits],
        "facets": {
            facet.name: [
                {"value": value, "label": label, "count": count, "chosen": on} for value, label, count, on in facet.values
            ]
            for facet in found.facets
        },
        "suggestions": found.suggestions,
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _csv(choice: Choice, found: SearchResults) -> str:
    rows = ((hit.iri, hit.kind, hit.label, hit.note, " ".join(hit.assertions)) for hit in found.hits)
    return write_table([("iri", "kind", "name", "speakers", "assertions"), *rows], choice)


def _page(text: str, chosen: dict[str, list[str]], found: SearchResults, page: int, only: str) -> str:
    def address(words: str, facets: dict[str, Sequence[str]], number: int = 1, **options: Any) -> str:
        values = {name: [value.removeprefix(state().base) for value in items] for name, items in facets.items()}
        query: dict[str, Any] = {
            "q": words or None,
            **values,
            "page": number if number > 1 else None,
            "only": only or None,
            **options,
        }
        return url_for("search.search", **query)

    def toggled(name: str, value: str) -> str:
        now = chosen[name]
        return address(text, {**chosen, name: [item for item in now if item != value] if value in now else [*now, value]})

    return render_template(
        "search.html",
        text=text,
        chosen={name: values for name, values in chosen.items() if values},
        found=found,
        offered=OFFERED,
        only=only,
        only_facet=ONLY,
        turned=address(text, dict(chosen), only=None if only else ONLY),
        toggled=toggled,
        suggestions=[(words, address(words, dict(chosen))) for words in found.suggestions],
        before=address(text, dict(chosen), page - 1) if page > 1 else "",
        after=address(text, dict(chosen), page + 1) if page * PAGE < found.total else "",
        first=PAGE * (page - 1) + 1,
        as_csv=address(text, dict(chosen), format=CSV.words[0]),
        as_json=address(text, dict(chosen), page, format=JSON.words[0]),
    )
