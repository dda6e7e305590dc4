"""The query page: a query with its answer as a table, the questions that the data was made for, and code that asks the same."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, render_template, request, url_for

from allegata.corpus.questions import Parameter, Question
from allegata.engine import ANNOUNCED, Form
from allegata.errors import AllegataError, BadRequest
from allegata.model.formats import BINDING_FORMATS, CSV_RESULTS, GRAPH_FORMATS, HTML, TURTLE
from allegata.web.http.views import view
from allegata.web.i18n.links import escaped
from allegata.web.sparql.asking import by_theme, folder, given_values, inspected, question_named, whole_answer, with_given_values
from allegata.web.state import script_address, state

blueprint = Blueprint("query", __name__)
#: Rows that the page shows; the download has all.
SHOWN = 200

FIRST = """PREFIX alg: <https://w3id.org/allegata/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?says ?statement ?polarity WHERE {
  ?assertion alg:assertedBy/rdfs:label ?says ;
             alg:asserts/alg:statement ?statement ;
             alg:polarity/skos:prefLabel ?polarity .
}
LIMIT 20
"""


@view(
    blueprint,
    "/query",
    formats=(HTML,),
    parameters={
        "query": "a SPARQL 1.1 query",
        "example": "name of a question that comes with the release; values of its parameters stand beside it by their names",
    },
    in_sitemap=True,
    further=True,
)
def page() -> tuple[str, int]:
    """Show the query of the address with its answer; the address is the permalink."""
    name = request.args.get("example", "")
    asked = with_given_values(question_named(name)) if name and not request.args.get("query") else None
    text = asked.text if asked else request.args.get("query", "")
    if len(text) > state().settings.address_bytes:
        raise BadRequest("The query is too long for an address.", remedy="Send it to /sparql by POST.")
    return query_page(text, asked)


def query_page(text: str, asked: Question | None = None) -> tuple[str, int]:
    """Render the page for a query, or for none; an error stands on the page, with its status."""
    answer, problem = None, None
    if text.strip():
        try:
            answer = _answer(text)
        except AllegataError as error:
            problem = error
    query = text if text.strip() else FIRST
    body = render_template(
        "sparql.html",
        settings=state().settings,
        query=query,
        answer=answer,
        problem=problem,
        asked=asked,
        given=given_values(asked) if asked else {},
        parameters=_fields(asked) if asked else (),
        examples=by_theme(folder()),
        code=code(url_for("sparql.by_get", _external=True), query),
        link=escaped(url_for("query.page", query=query)),
        cite=escaped(url_for("citations.query", query=query)),
        download=lambda word: escaped(url_for("sparql.by_get", query=query, format=word)),
        shown=SHOWN,
        departures=ANNOUNCED,
        script=script_address("query.js"),
    )
    return body, problem.status if problem else 200


def _answer(text: str) -> dict[str, object]:
    seen = inspected(text)
    tabular = CSV_RESULTS in seen.form.formats
    body = whole_answer(seen, CSV_RESULTS if tabular else TURTLE).decode()
    if not tabular:
        return {"form": "graph", "text": body, "rows": [], "head": [], "count": body.count("\n"), "formats": GRAPH_FORMATS}
    rows = list(csv.reader(io.StringIO(body, newline="")))
    form = "bindings" if seen.form is Form.SELECT else "boolean"
    head = rows[0] if rows else []
    return {"form": form, "text": "", "head": head, "rows": rows[1:], "count": len(rows) - 1, "formats": BINDING_FORMATS}


def _fields(asked: Question) -> list[tuple[Parameter, str]]:
    """Return the parameters of a question, each with the values that it has, as its field shows them."""
    base = state().base
    return [(item, " ".join(item.short(value, base) for value in asked.given(item))) for item in asked.parameters]


def code(endpoint: str, query: str) -> list[tuple[str, str]]:
    """Write programs that ask a query at an endpoint."""
    return [
        ("curl", _curl(endpoint, query)),
        ("Python", _PYTHON.format(endpoint=endpoint, query=_quoted(query, '"""'))),
        ("R", _R.format(endpoint=endpoint, query=_raw_r(query))),
        ("JavaScript", _JAVASCRIPT.format(endpoint=endpoint, query=_quoted(query, "`").replace("${", "\\${"))),
    ]


def _curl(endpoint: str, query: str) -> str:
    """Write a shell command with the query in a here-document whose end mark is no line of the query."""
    mark = "SPARQL"
    while mark in query.split("\n"):
        mark += "_"
    return f"curl --get '{endpoint}' -H 'Accept: text/csv' --data-urlencode query@- <<'{mark}'\n{query.rstrip()}\n{mark}\n"


def _quoted(query: str, mark: str) -> str:
    """Put a query into a string that takes lines, in Python and JavaScript alike."""
    return query.rstrip().replace("\\", "\\\\").replace(mark, "\\" + mark)


def _raw_r(query: str) -> str:
    """Choose dashes for an R raw string so that the query cannot end it."""
    dashes = "-"
    while f'){dashes}"' in query:
        dashes += "-"
    return f'r"{dashes}({query.rstrip()}\n){dashes}"'


_PYTHON = '''import csv, io, urllib.parse, urllib.request

query = """{query}
"""
address = "{endpoint}?" + urllib.parse.urlencode({{"query": query}})
request = urllib.request.Request(address, headers={{"Accept": "text/csv"}})
with urllib.request.urlopen(request) as answer:
    for row in csv.DictReader(io.TextIOWrapper(answer, "utf-8")):
        print(row)
'''
_R = """query <- {query}
address <- paste0("{endpoint}?format=csv&query=", URLencode(query, reserved = TRUE))
answer <- read.csv(address, encoding = "UTF-8")
print(answer)
"""
_JAVASCRIPT = """const query = `{query}
`;
const address = "{endpoint}?" + new URLSearchParams({{ query }});
const answer = await fetch(address, {{ headers: {{ Accept: "application/sparql-results+json" }} }});
for (const row of (await answer.json()).results.bindings) console.log(row);
"""
