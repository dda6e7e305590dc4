"""The MCP server: a real client over stdio finds the tools, and every answer is an attribution with a citation."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
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
    assert {tool.name for tool in tools} == {"search", "claims_about", "describe", "compare", "sparql"}
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


def test_claims_are_found_by_topic_polarity_evidence_and_document_however_they_are_named(site: Path) -> None:
    async def steps(session: ClientSession) -> dict[str, tuple[bool, Any]]:
        return {
            "all": await call(session, "claims_about", topic="sanctions"),
            "names": await call(
                session, "claims_about", topic="Political prison camps", evidence="not stated", document="Report-2025"
            ),
            "korean": await call(session, "claims_about", topic="정치범수용소"),
            "iri": await call(session, "claims_about", topic=f"{BASE}scheme/topic/politicalPrisonCamps"),
            "denied": await call(session, "claims_about", polarity="denies", limit=40),
            "kinds": await call(session, "search", words="camps", kind="Claims"),
        }

    answers = with_client(site, steps)
    assert not [name for name, (failed, _) in answers.items() if failed], answers
    bodies = {name: body for name, (_, body) in answers.items()}
    assert bodies["korean"]["claimsInAll"] == bodies["iri"]["claimsInAll"] > bodies["names"]["claimsInAll"] > 0
    assert bodies["names"]["narrowedBy"]["document"] == f"{BASE}source/report-2025"
    assert all("not stated" in item["evidence"] for item in bodies["names"]["assertions"])
    assert all("denied by" in item["quoteAs"] for item in bodies["denied"]["assertions"]) and bodies["denied"]["assertions"]
    assert bodies["all"]["cite"]["iris"] and all(hit["kind"] == "claim" for hit in bodies["kinds"]["hits"])


def test_what_can_be_read_before_asking_and_prompts_to_begin_with(site: Path) -> None:
    async def steps(session: ClientSession) -> dict[str, Any]:
        resources = [str(item.uri) for item in (await session.list_resources()).resources]
        texts = {uri: (await session.read_resource(uri)).contents[0].text for uri in resources}  # type: ignore[union-attr]
        query: Any = await session.read_resource("allegata://questions/votes-of-china")
        prompts = (await session.list_prompts()).prompts
        told: Any = await session.get_prompt("who_says_what", {"topic": "sanctions"})
        return {"texts": texts, "query": query.contents[0].text, "prompts": prompts, "told": told.messages[0].content.text}

    read = with_client(site, steps)
    texts = read["texts"]
    assert set(texts) == {"allegata://schema", "allegata://topics", "allegata://questions"}
    assert "alg:Assertion (owl:Class" in texts["allegata://schema"] and "PREFIX alg: <" in texts["allegata://schema"]
    assert any(row["name"] == "political prison camps" and row["claims"] > 5 for row in json.loads(texts["allegata://topics"]))
    listed = json.loads(texts["allegata://questions"])
    assert len(listed) > 150 and all(row["question"].endswith("?") for row in listed)
    assert "VALUES ?state { <https://w3id.org/allegata/actor/china> }" in read["query"]
    assert len(read["prompts"]) == 3 and "“sanctions”" in read["told"] and "Take no side" in read["told"]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("claims_about", {"topic": "camps"}, "Give one of: politicalPrisonCamps"),
        ("search", {"words": "x", "kind": "thing"}, "There is no kind"),
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


#: Lines that an assistant may send, each with the code of the error that answers it, or None where a tool tells of it.
LINES = {
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"describe","arguments":{"iri":"\ud800"}}}': (7, -32700),
    r'{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"search","arguments":{"words":"\udc00x"}}}': ("a", -32700),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"claims_about","arguments":{"topic":"\ud83d"}}}': (
        7,
        -32700,
    ),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"compare","arguments":{"subject":"\ud800"}}}': (7, -32700),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"sparql","arguments":{"query":"\ud800"}}}': (7, -32700),
    r'{"jsonrpc":"2.0","id":7,"method":"prompts/get","params":{"name":"who_says_what","arguments":{"topic":"\ud800"}}}': (
        7,
        -32700,
    ),
    r'{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"allegata://questions/\ud800"}}': (7, -32700),
    r'{"jsonrpc":"2.0","id":"\ud800","method":"tools/list"}': (None, -32700),
    "{": (None, -32700),
    "no JSON": (None, -32700),
    "[" * 100_000: (None, -32700),
    "[]": (None, -32600),
    '"text"': (None, -32600),
    '{"jsonrpc":"2.0","id":7}': (7, -32600),
    '{"jsonrpc":"1.0","id":7,"method":"tools/list"}': (7, -32600),
    '{"jsonrpc":"2.0","id":true,"method":7}': (None, -32600),
    '{"jsonrpc":"2.0","id":7,"method":"nothing/such"}': (7, -32601),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"sparql","arguments":{"query":"ASK { ?s ?p \"\\uD800\" }"}}}': (
        7,
        None,
    ),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"describe","arguments":{"iri":"\u0000"}}}': (7, None),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"describe","arguments":{"iri":7}}}': (7, None),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"compare","arguments":{"subject":"a b<>"}}}': (7, None),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search","arguments":{"words":"\u0000\"*("}}}': (7, None),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"claims_about","arguments":{"document":"\u0000"}}}': (
        7,
        None,
    ),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"nobody","arguments":{}}}': (7, None),
    r'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"arguments":7}}': (7, -32602),
}


def test_every_line_gets_an_answer_or_an_error(site: Path) -> None:
    """Nothing is passed over, and whatever comes next is answered too."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    begin = [
        json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
    ]
    command = [sys.executable, "-m", "allegata", "mcp", "--site", str(site)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        with ThreadPoolExecutor(1) as pool:

            def say(line: str) -> None:
                assert process.stdin
                process.stdin.write(f"{line}\n".encode())
                process.stdin.flush()

            def answer() -> dict[str, Any]:
                assert process.stdout
                found: dict[str, Any] = json.loads(pool.submit(process.stdout.readline).result(60))
                return found

            try:
                for line in begin:
                    say(line)
                assert answer()["result"]["serverInfo"]
                for line, (number, code) in LINES.items():
                    say(line)
                    told = answer()
                    assert told["id"] == number, line[:200]
                    assert (told["error"]["code"] == code) if code else ("result" in told or "error" in told), (line[:200], told)
                say("")
                say('{"jsonrpc":"2.0","id":99,"method":"ping"}')
                assert answer() == {"jsonrpc": "2.0", "id": 99, "result": {}}
            finally:
                process.kill()
