"""Shows at /what-if what happens to the support of claims if evidence is withdrawn, as a page, as JSON and as a table."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, render_template, request, url_for

from allegata.domain.what_if import Withdrawal, as_dictionary
from allegata.errors import BadRequest
from allegata.model.formats import CSV, HTML, JSON, Choice, Format
from allegata.web.http.csv_tables import write_table
from allegata.web.http.views import choose_format, view
from allegata.web.state import state

blueprint = Blueprint("what_if", __name__)
#: Things that one request may withdraw.
MOST = 100


@view(
    blueprint,
    "/what-if",
    formats=(HTML, JSON, CSV),
    parameters={
        "without": f"source or line of evidence to be withdrawn, by IRI or by path; may be repeated, at most {MOST} times",
        "format": "word of a format, before the Accept header",
    },
    cached=True,
    in_sitemap=True,
)
def what_if() -> Response:
    """Say which claims lose their only named support, and which keep some, without sources and lines of evidence."""
    without = [value for value in dict.fromkeys(request.args.getlist("without")) if value]
    if len(without) > MOST:
        raise BadRequest(f"More than {MOST} things are to be withdrawn.", remedy="Withdraw fewer at once.")
    choice = choose_format(request.args.get("format"))
    answer = state().dataset.what_if(*without)
    writers: dict[Format, Callable[[Withdrawal], str]] = {JSON: _json, CSV: partial(_csv, choice)}
    write = writers.get(choice.format)
    return Response(write(answer) if write else _page(answer), content_type=choice.content_type)


def _json(answer: Withdrawal) -> str:
    return json.dumps(as_dictionary(answer), ensure_ascii=False, indent=1) + "\n"


def _csv(choice: Choice, answer: Withdrawal) -> str:
    rows = [("claim", "statement", "lost", "kept")]
    for support in (*answer.lost, *answer.kept):
        lost, kept = (" ".join(line.iri for line in group) for group in (support.lost, support.kept))
        rows.append((support.claim.iri, support.claim.text, lost, kept))
    return write_table(rows, choice)


def _page(answer: Withdrawal) -> str:
    paths = [value.iri.removeprefix(state().base) for value in answer.withdrawn]
    grounds = state().dataset.grounds()
    return render_template(
        "what-if.html",
        answer=answer,
        base=state().base,
        paths=paths,
        lines=[ground for ground in grounds if ground.is_line],
        sources=[ground for ground in grounds if not ground.is_line],
        as_csv=url_for("what_if.what_if", without=paths, format=CSV.words[0]),
        as_json=url_for("what_if.what_if", without=paths, format=JSON.words[0]),
    )
