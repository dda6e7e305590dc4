"""Tells language models where things are, at /llms.txt (llmstxt.org): what this is, how to ask it, how to quote it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, url_for

from allegata.model.formats import CSV_RESULTS, TEXT
from allegata.release.handle import PLAIN_WORDS
from allegata.web.http.views import view
from allegata.web.sparql.asking import folder, questions_to_start_with
from allegata.web.state import state

blueprint = Blueprint("llms", __name__)
#: Questions that are listed with the address of their answer.
_LISTED = 20
#: Endpoint → its name and what is there.
_DATA = {
    "sparql.by_get": ("SPARQL endpoint", "read-only; without a query it describes itself, with example questions and prefixes"),
    "description.void": ("VoID", "classes and properties with their counts, and the example questions as queries"),
    "model.ontology": ("Model", "what each class, property and concept means"),
    "dumps.index": ("Downloads", "the whole as RDF and as tables, with SHA-256"),
    "croissant.current": ("Croissant", "the tables and their columns, for those who train and test with data"),
    "search.search": ("Search", "?q=WORDS, as JSON with &format=json"),
    "compare.compare": (
        "Comparisons",
        "?topic=NAME: who says what, who disputes it, what stays unanswered; as JSON with &format=json",
    ),
    "openapi.openapi": ("OpenAPI", "every address with its parameters"),
}


@view(blueprint, "/llms.txt", formats=(TEXT,))
def llms() -> Response:
    """Return what a language model has to know of the site."""
    return Response("\n".join(_lines()) + "\n", content_type=TEXT.content_type)


def _lines() -> Iterator[str]:
    manifest = state().release.manifest
    yield from (f"# {manifest.title}", "", f"> {manifest.description or manifest.title} Release {manifest.version}.", "")
    yield (
        "The data records who says what, where, on what evidence, and who disputes it. It states no facts of its own: quote what"
        " you find as attributions, name the speaker, whoever passes it on and the document, give the IRI, and say"
        " who disputes it."
    )
    yield from ("", "## Ask", "")
    yield from (f"- [{name}]({_address(endpoint)}): {says}" for endpoint, (name, says) in _DATA.items())
    yield from ("", "## Questions with their answers", "")
    if f"dumps/{PLAIN_WORDS}" in manifest.files:
        file = _address("dumps.dump", name=PLAIN_WORDS)
        yield f"- [Questions in plain words]({file}): each with a query and the expected rows, to measure text-to-SPARQL by"
    yield f"- [All questions]({_address('questions.index')})"
    for asked in questions_to_start_with(folder(), _LISTED):
        page, word = _address("questions.question", name=asked.name), CSV_RESULTS.words[0]
        yield f"- [{asked.title}]({page}): its query is on the page; [the answer]({page}?format={word})"


def _address(endpoint: str, **values: str) -> str:
    return url_for(endpoint, **{"lang": None}, **values, _external=True)
