"""Reads the messages of an assistant line by line, and answers what is none: nobody waits for an answer that never comes."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, Final, cast

import anyio
from mcp.server import MCPServer
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp_types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError, jsonrpc_message_adapter

#: What is told of a line that cannot be parsed, and of one that says something else.
_NO_JSON: Final = "This is no JSON, or a text in it holds half a character (a lone surrogate)."
_NO_MESSAGE: Final = "This is no message of JSON-RPC 2.0."


class _Lines:
    """The lines of standard input that are messages; the others are answered with an error (JSON-RPC 2.0, section 5.1)."""

    def __init__(self) -> None:
        self._source = anyio.wrap_file(TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace"))
        self.answers: list[SessionMessage] = []
        self.ready = anyio.Event()
        self.write: Any = None

    async def __aiter__(self) -> AsyncIterator[str]:
        async for line in self._source:
            error = _fault(line) if line.strip() else None
            if error:
                await self.ready.wait()
                await self.write.send(SessionMessage(error))
            elif line.strip():
                yield line


def serve(server: MCPServer[Any]) -> None:
    """Serve an assistant over standard input and output until it hangs up."""
    anyio.run(_serve, server)


async def _serve(server: MCPServer[Any]) -> None:
    lines, inner = _Lines(), server._lowlevel_server
    async with stdio_server(stdin=cast(anyio.AsyncFile[str], lines)) as (read, write):
        lines.write = write
        lines.ready.set()
        await inner.run(read, write, inner.create_initialization_options())


def _fault(line: str) -> JSONRPCError | None:
    """Return the error for a line that is no message, with the id that it gives where it gives one; nothing for a message."""
    try:
        jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError as error:
        is_json = not any(item["type"] == "json_invalid" for item in cast(Any, error).errors(include_url=False))
        told = ErrorData(code=INVALID_REQUEST if is_json else PARSE_ERROR, message=_NO_MESSAGE if is_json else _NO_JSON)
        return JSONRPCError(jsonrpc="2.0", id=_id(line), error=told)
    return None


def _id(line: str) -> int | str | None:
    """Return the id of a message that is none, where it can be had and be given back."""
    with suppress(ValueError, RecursionError):
        said = json.loads(line)
        found = said.get("id") if isinstance(said, dict) else None
        if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 1 << 53:
            return found
        if isinstance(found, str) and found.encode():
            return found
    return None
