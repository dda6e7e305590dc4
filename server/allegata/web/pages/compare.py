"""Puts what is said about a topic, a claim or a measure side by side, at /compare, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from allegata.domain.comparisons import Comparison
from allegata.errors import BadRequest, NotFound
from allegata.model.formats import HTML, JSON
from allegata.model.namespaces import BASE
from allegata.web.http.views import choose_format, view
from allegata.web.i18n.names import name_of
from allegata.web.pages.compare_disputes import FILTERS, by_target, chosen_filters, documents_of, filtered
from allegata.web.pages.evidence_mix import evidence_picture
from allegata.web.pages.lists import by_effect
from allegata.web.sharing.shared import share_comparison
from allegata.web.state import state
from allegata.web.svg import intervals

blueprint = Blueprint("compare", __name__)
#: Parameter → the path below the base IRI, the corpus' or the model's, in which its values are.
SUBJECTS = {"topic": "scheme/topic/", "claim": "claim/", "measure": "scheme/measure/", "right": "scheme/right/"}
#: Contested things, claims, and lines of further stances that one page shows.
SHOWN, CLAIMS, LINES = 10, 40, 40


@view(
    blueprint,
    "/compare",
    formats=(HTML, JSON),
    parameters={
        **dict.fromkeys(SUBJECTS, "what is compared, one of the four"),
        **{name: says for name, (_, says) in FILTERS.items()},
        "page": "number of the page of disputes, from 1",
        "format": "word of a format, before the Accept header",
    },
    cached=True,
    in_sitemap=True,
)
def compare() -> Response:
    """Compare one subject, or list what can be compared."""
    choice = choose_format(request.args.get("format"))
    given = {name: request.args[name] for name in SUBJECTS if request.args.get(name)}
    if len(given) > 1:
        raise BadRequest("More than one subject is given.", remedy=f"Give one of {', '.join(SUBJECTS)}.")
    chosen, page = chosen_filters(request.args), page_number(request.args.get("page", "1"))
    comparison = next((compared(name, value) for name, value in given.items()), None)
    if comparison:
        comparison = replace(comparison, disputes=filtered(comparison.disputes, chosen))
    if choice.format is JSON:
        body = json.dumps(_data(comparison), ensure_ascii=False, indent=1) + "\n"
    else:
        body = _page(comparison, given, chosen, page) if comparison else _index()
    return Response(body, content_type=choice.content_type)


def compared(name: str, value: str) -> Comparison:
    """Return the comparison of a subject; raise NotFound where the release has none of the name."""
    bases, path = (state().base, BASE), SUBJECTS[name]
    iri = value if value.startswith(bases) else state().descriptions.iri_at(path + value)
    if not iri.startswith(tuple(base + path for base in bases)) or not state().descriptions.has(iri):
        raise NotFound(f"This release has no {name} {value}.", remedy="/compare lists what can be compared.")
    return state().dataset.comparisons.compare(iri)


def _page(comparison: Comparison, given: Mapping[str, str], chosen: Mapping[str, str], page: int) -> str:
    documents = documents_of(comparison.disputes, state().dataset.comparisons.read_through)
    targets = by_target(comparison.disputes, documents)

    def address(number: int) -> str:
        query: dict[str, Any] = {**given, **chosen, "page": number if number > 1 else None, "_anchor": "disputes"}
        return url_for("compare.compare", **query)

    return render_template(
        "compare.html",
        comparison=comparison,
        record=state().local(comparison.subject.iri).lstrip("/"),
        shared=share_comparison(comparison, given),
        pictures=[(measure, estimates, intervals(name_of(measure), estimates)) for measure, estimates in comparison.estimates],
        documents=documents,
        targets=targets[SHOWN * (page - 1) : SHOWN * page],
        count=len(targets),
        given=given,
        chosen=chosen,
        filters={name: values for name, (values, _) in FILTERS.items()},
        before=address(page - 1) if page > 1 else "",
        after=address(page + 1) if page * SHOWN < len(targets) else "",
        first=SHOWN * (page - 1) + 1,
        claims=comparison.claims[:CLAIMS],
        lines=LINES,
        others=by_effect(comparison.others),
        evidence=evidence_picture(comparison.evidence),
        **_choices(),
    )


def page_number(text: str) -> int:
    """Return the number of a page; raise BadRequest for what is none."""
    if not text.isdecimal() or len(text) > 6 or not int(text):
        raise BadRequest(f"page={text[:20]!r} is not a whole number above 0 and below a million.")
    return int(text)


def _index() -> str:
    return render_template("compare-index.html", **_choices())


def _choices() -> dict[str, Any]:
    comparisons = state().dataset.comparisons
    return {
        "topics": comparisons.subjects("topic"),
        "measures": comparisons.subjects("measure"),
        "rights": comparisons.subjects("right"),
    }


def _data(comparison: Comparison | None) -> Any:
    if comparison is None:
        return {
            name: [{"iri": value.iri, "label": value.text, "claims": n} for value, n in rows] for name, rows in _choices().items()
        }
    return asdict(comparison) | {"unanswered": [dispute.stance.iri for dispute in comparison.unanswered]}
