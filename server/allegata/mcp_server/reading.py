"""Gives an assistant what it can read before it asks: the model, the topics, the questions; and prompts to begin with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mcp.server import MCPServer

from allegata.corpus.questions import Question, find, read_questions
from allegata.errors import NotFound
from allegata.mcp_server.tools import Tools
from allegata.model.formats import JSON, SPARQL_QUERY, TEXT
from allegata.model.namespaces import ALG, PREFIXES, shorten


def add_resources(server: MCPServer[Any], tools: Tools) -> None:
    """Offer the model, the topics and the questions of a release as resources."""

    @server.resource("allegata://schema", description="Classes and properties, with what they mean.", mime_type=TEXT.media_type)
    def schema() -> str:
        return "\n".join([*_prefixes(), "", *_terms(tools)]) + "\n"

    @server.resource("allegata://topics", description="Topics, with the number of claims on each.", mime_type=JSON.media_type)
    def topics() -> str:
        rows = tools.dataset.comparisons.subjects("topic")
        return json.dumps([{"iri": value.iri, "name": value.text, "claims": count} for value, count in rows], ensure_ascii=False)

    @server.resource("allegata://questions", description="Questions that the data answers.", mime_type=JSON.media_type)
    def questions() -> str:
        return json.dumps([_told(item) for item in _questions(tools)], ensure_ascii=False)

    @server.resource("allegata://questions/{name}", description="A question as a query.", mime_type=SPARQL_QUERY.media_type)
    def question(name: str) -> str:
        found = find(_questions(tools), name)
        if found is None:
            raise NotFound(f"There is no question {name[:100]!r}.", remedy="allegata://questions lists them.")
        return found.text


def add_prompts(server: MCPServer[Any]) -> None:
    """Offer prompts that lead to attributions."""

    @server.prompt(description="Who says what on a topic, and who disputes it.")
    def who_says_what(topic: str) -> str:
        return (
            f"With claims_about and compare, find who says what on “{topic}”. Name for each claim who says it, through whom, in"
            " which document and on what evidence; then who disputes it, and whether the conclusion or the evidence. Say which"
            " gaps the evidence has and what stays unanswered. Take no side, and give the IRI of each assertion."
        )

    @server.prompt(description="What the data has on a statement that you read elsewhere.")
    def look_up_a_statement(statement: str) -> str:
        return (
            f"Search for claims near to: “{statement}”. For each that you find say whether it is the same, narrower, wider or"
            " another; who affirms, denies or doubts it; and what an official record in the data says to it. If nothing is near,"
            " say so."
        )

    @server.prompt(description="An answer by a query, when no tool has it.")
    def ask_by_query(question: str) -> str:
        return (
            f"Answer by SPARQL: “{question}”. Read allegata://schema and allegata://questions first: if a question there is near,"
            " begin from its query (allegata://questions/NAME). Say in the answer how you asked, and cite the release."
        )


def _questions(tools: Tools) -> tuple[Question, ...]:
    return read_questions(tools.release.folder / "questions")


def _told(asked: Question) -> dict[str, Any]:
    parameters = [{"name": item.name, "is": item.kind, "for": item.says} for item in asked.parameters]
    return {"name": asked.name, "question": asked.title, "theme": asked.theme, "parameters": parameters}


def _prefixes() -> Iterator[str]:
    yield from (f"PREFIX {prefix}: <{space}>" for prefix, space in PREFIXES.items())


def _terms(tools: Tools) -> Iterator[str]:
    """Yield a line for each term of the vocabulary: what it is, from what to what it leads, and what it means."""
    read = tools.dataset.descriptions
    for kind in ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty"):
        for node in sorted(read.instances(kind), key=str):
            if node.value.startswith(ALG):
                ends = [shorten(end.value) for curie in ("rdfs:domain", "rdfs:range") for end in read.nodes(node, curie)]
                meaning = read.text(node, "skos:definition")
                yield f"{shorten(node.value)} ({kind}{': ' + ' → '.join(ends) if ends else ''}): {meaning}"
