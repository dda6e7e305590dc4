"""The MCP server: a real client over stdio finds the tools, and every answer is an attribution with a citation."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra allegata[mcp] is not installed")
import anyio
from mcp import ClientSession, StdioServerParameters, stdio_client

from allegata.model.namespaces import BASE
from service import make_site

Steps = Callable[[ClientSession], Awaitable[Any]]


def with_client(site: Path, steps: Steps) -> Any:
    """Start `allegata mcp`, shake hands, take the steps."""

    async def main() -> Any:
        command = StdioServerParameters(command=sys.executable, args=["-m", "allegata", "mcp", "--site", str(site)])
        async with stdio_client(command) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await steps(session)

    return anyio.run(main)


async def call(session: ClientSession, tool: str, **arguments: Any) -> tuple[bool, Any]:
    """Call a tool and give whether it failed, and its answer: JSON, or the text of the error."""
    result: Any = await session.call_tool(tool, arguments)
    text = "".join(part.text for part in result.content)
    return bool(result.is_error), (text if result.is_error else json.loads(text))


def test_the_tools_are_read_only_and_say_what_they_do(site: Path) -> None:
    async def steps(session: ClientSession) -> Any:
        return (await session.list_tools()).tools

    tools = with_client(site, steps)
    assert {tool.name for tool in tools} == {"search", "describe", "compare", "sparql"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)


def test_an_assistant_is_told_which_data_it_asks(tmp_path: Path) -> None:
    async def steps(session: ClientSession) -> str:
        return str((await session.initialize()).instructions)

    told = with_client(make_site(tmp_path), steps)
    assert "“A small release”" in told and "North Korea" not in told and "attributions" in told


def test_answers_are_attributions_with_citations(site: Path) -> None:
    async def steps(session: ClientSession) -> dict[str, tuple[bool, Any]]:
        found = await call(session, "search", words="sanctions", kind="claim", limit=3)
        iri = found[1]["hits"][0]["assertions"][0]
        return {
            "search": found,
            "describe": await call(session, "describe", iri=iri),
            "actor": await call(session, "describe", iri="actor/human-rights-watch"),
            "compare": await call(session, "compare", subject=f"{BASE}scheme/topic/sanctions"),
            "sparql": await call(
                session, "sparql", query="SELECT (COUNT(*) AS ?n) WHERE { ?a a <https://w3id.org/allegata/ns#Assertion> }"
            ),
        }

    answers = with_client(site, steps)
    assert not [name for name, (failed, _) in answers.items() if failed], answers
    for _, answer in answers.values():
        assert answer["cite"]["version"] and len(answer["cite"]["rdfc10"]) >= 64
        assert "Attributions" in answer["note"]
    described = answers["describe"][1]
    assert "ed by " in described["quoteAs"] and described["claim"]["iri"].startswith(BASE)
    assert described["passages"] and len(described["passages"][0]["sha256"]) == 64
    assert answers["actor"][1]["asserts"]
    assert any(claim["affirms"] for claim in answers["compare"][1]["claims"])
    assert int(answers["sparql"][1]["result"]["results"]["bindings"][0]["n"]["value"]) > 300


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("sparql", {"query": "SELECT ?x WHERE {"}, "Line 1, column 18"),
        ("sparql", {"query": "INSERT DATA { <a:b> <a:b> <a:b> }"}, "does not write"),
        ("sparql", {"query": "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, "reaches out to none"),
        ("sparql", {"query": "SELECT * WHERE { ?s ?p ?o }"}, "over"),
        ("describe", {"iri": "actor/nobody"}, "says nothing of"),
        ("search", {"words": "x", "limit": 1000}, "limit"),
    ],
)
def test_errors_are_told_in_words(site: Path, tool: str, arguments: dict[str, Any], message: str) -> None:
    async def steps(session: ClientSession) -> tuple[bool, Any]:
        return await call(session, tool, **arguments)

    failed, text = with_client(site, steps)
    assert failed and message in str(text)
    assert "Traceback" not in str(text)
