"""Puts what is said about a topic, a claim or a measure side by side, at /compare, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request

from allegata.domain import Assertion, Value
from allegata.domain.attributions import AGAINST
from allegata.domain.comparisons import Comparison, Dispute
from allegata.errors import BadRequest, NotFound
from allegata.model.formats import HTML, JSON
from allegata.model.namespaces import BASE
from allegata.web.http.views import choose_format, view
from allegata.web.i18n.names import name_of
from allegata.web.pages.evidence_mix import evidence_picture
from allegata.web.pages.lists import by_effect
from allegata.web.sharing.shared import share_comparison
from allegata.web.state import state
from allegata.web.svg import intervals

blueprint = Blueprint("compare", __name__)
#: Parameter → the path below the base IRI, the corpus' or the model's, in which its values are.
SUBJECTS = {"topic": "scheme/topic/", "claim": "claim/", "measure": "scheme/measure/", "right": "scheme/right/"}
#: Kinds of dispute whose heading is shown also where nothing is recorded.
_ALWAYS = ("rebuts", "undercuts")
#: Contested things of a kind of dispute that a page shows with all that bears on them; of the rest it has a line a stance.
SHOWN = 12


@view(
    blueprint,
    "/compare",
    formats=(HTML, JSON),
    parameters={
        **dict.fromkeys(SUBJECTS, "what is compared, one of the four"),
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
    comparison = next((compared(name, value) for name, value in given.items()), None)
    if choice.format is JSON:
        body = json.dumps(_data(comparison), ensure_ascii=False, indent=1) + "\n"
    else:
        body = _page(comparison, given) if comparison else _index()
    return Response(body, content_type=choice.content_type)


def compared(name: str, value: str) -> Comparison:
    """Return the comparison of a subject; raise NotFound where the release has none of the name."""
    bases, path = (state().base, BASE), SUBJECTS[name]
    iri = value if value.startswith(bases) else state().descriptions.iri_at(path + value)
    if not iri.startswith(tuple(base + path for base in bases)) or not state().descriptions.has(iri):
        raise NotFound(f"This release has no {name} {value}.", remedy="/compare lists what can be compared.")
    return state().dataset.comparisons.compare(iri)


@dataclass
class Contested:
    """What is contested, with all the disputes about it."""

    target: Value
    assertion: Assertion | None
    disputes: list[Dispute]


def by_target(disputes: Iterable[Dispute]) -> list[Contested]:
    """Return disputes by what they are about, each target once, in the order of its first dispute."""
    groups: dict[str, Contested] = {}
    for dispute in disputes:
        stance = dispute.stance
        groups.setdefault(stance.target.iri, Contested(stance.target, stance.target_assertion, [])).disputes.append(dispute)
    return list(groups.values())


def _page(comparison: Comparison, given: Mapping[str, str]) -> str:
    return render_template(
        "compare.html",
        comparison=comparison,
        record=state().local(comparison.subject.iri).lstrip("/"),
        shared=share_comparison(comparison, given),
        pictures=[(measure, estimates, intervals(name_of(measure), estimates)) for measure, estimates in comparison.estimates],
        disputes=[(word, groups) for word, groups in _by_word(comparison.disputes) if groups or word in _ALWAYS],
        shown=SHOWN,
        others=by_effect(comparison.others),
        evidence=evidence_picture(comparison.evidence),
        **_choices(),
    )


def _by_word(disputes: Sequence[Dispute]) -> Iterator[tuple[str, list[Contested]]]:
    """Yield each stance that speaks against something with what it speaks against."""
    for word in AGAINST:
        yield word, by_target(dispute for dispute in disputes if dispute.stance.word == word)


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
