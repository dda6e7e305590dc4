"""Makes the server that an assistant talks to: tools, resources and prompts over one release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from allegata import __version__
from allegata.budget import Budget, within
from allegata.engine import Engine
from allegata.errors import AllegataError, BadRequest
from allegata.mcp_server.reading import add_prompts, add_resources
from allegata.mcp_server.tools import FOUND, ToolAnswer, Tools
from allegata.release.handle import Release
from allegata.settings import Settings

INSTRUCTIONS: Final = (
    "This data, “%(title)s”, records who says what, where, on what evidence, and who disputes it. It states"
    " no facts of its own. Quote what you find as attributions: name the speaker, whoever passes it on and the document, give the"
    " IRI, and say who disputes it and which gaps the evidence has. Counting assertions says nothing about who is right."
)
_READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def make_server(settings: Settings, release: Release, engine: Engine) -> MCPServer[Any]:
    """Make a server with the tools of a release."""
    tools = Tools(settings, release, engine)

    def told(work: Callable[[], ToolAnswer]) -> ToolAnswer:
        with within(Budget(settings.work_timeout)):
            return _told(work)

    instructions = INSTRUCTIONS % {"title": release.manifest.title}
    server: MCPServer[Any] = MCPServer(release.manifest.name, instructions=instructions, version=__version__, log_level="ERROR")

    @server.tool(annotations=_READ_ONLY, description=(tools.search.__doc__ or "").format(kinds=FOUND))
    def search(words: str, kind: str = "", limit: int = 10) -> ToolAnswer:
        return told(lambda: tools.search(words, kind, limit))

    @server.tool(annotations=_READ_ONLY, description=tools.claims_about.__doc__)
    def claims_about(topic: str = "", polarity: str = "", evidence: str = "", document: str = "", limit: int = 20) -> ToolAnswer:
        return told(lambda: tools.claims_about(topic, polarity, evidence, document, limit))

    @server.tool(annotations=_READ_ONLY, description=tools.describe.__doc__)
    def describe(iri: str) -> ToolAnswer:
        return told(lambda: tools.describe(iri))

    @server.tool(annotations=_READ_ONLY, description=tools.compare.__doc__)
    def compare(subject: str) -> ToolAnswer:
        return told(lambda: tools.compare(subject))

    @server.tool(annotations=_READ_ONLY, description=tools.sparql.__doc__)
    def sparql(query: str) -> ToolAnswer:
        return told(lambda: tools.sparql(query))

    add_resources(server, tools)
    add_prompts(server)
    return server


def _told(work: Callable[[], ToolAnswer]) -> ToolAnswer:
    """Tell the assistant of an error in the words that people get."""
    try:
        return work()
    except AllegataError as error:
        raise ToolError(str(error)) from None
    except ValueError as error:
        raise ToolError(str(BadRequest(f"That cannot be read: {error}"))) from None
