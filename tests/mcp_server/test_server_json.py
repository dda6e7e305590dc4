"""The description of the server for registries of MCP servers: as their schema has it, and true."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema

from allegata import __version__
from allegata.model.namespaces import BASE
from support import ROOT

DESCRIBED: dict[str, Any] = json.loads((ROOT / "server.json").read_text("utf-8"))
#: What the schema of 2025-12-11 asks of a server that has neither a package nor a remote (definition ServerDetail).
SCHEMA = {
    "type": "object",
    "required": ["name", "description", "version"],
    "properties": {
        "$schema": {"const": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"},
        "name": {"type": "string", "minLength": 3, "maxLength": 200, "pattern": "^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "minLength": 1, "maxLength": 100},
        "version": {"type": "string", "maxLength": 255},
        "websiteUrl": {"type": "string", "format": "uri"},
    },
    "additionalProperties": False,
}


def test_it_is_as_the_schema_of_the_registry_has_it() -> None:
    jsonschema.validate(DESCRIBED, SCHEMA)


def test_it_says_what_is_so() -> None:
    assert DESCRIBED["version"] == __version__ and DESCRIBED["websiteUrl"] == BASE
    domain = BASE.removeprefix("https://").split("/")
    assert DESCRIBED["name"] == f"{'.'.join(reversed(domain[0].split('.')))}/{domain[1]}"


def test_the_documentation_says_how_the_server_is_started_instead() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert re.search(r"`server\.json`.*names no package and no remote", page) and '"args": ["mcp"' in page
