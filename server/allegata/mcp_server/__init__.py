"""Serves a release to assistants over the Model Context Protocol: tools, each answer with its citation, resources and prompts."""

from __future__ import annotations

from allegata.mcp_server.server import make_server

__all__ = ["make_server"]
