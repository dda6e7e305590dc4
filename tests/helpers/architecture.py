"""Reads how the package is put together: its rooms from the ground up, its modules, and what each of them imports."""

from __future__ import annotations

import ast
from pathlib import Path

from support import ROOT

PACKAGE = ROOT / "server" / "allegata"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: The rooms of the package from the ground up; a room imports from rooms below it and from itself.
ROOMS = (
    "errors",
    "settings",
    "turns",
    "budget",
    "model",
    "corpus",
    "release",
    "domain",
    "engine",
    "api",
    "web",
    "mcp_server",
    "cli",
    "__main__",
)


def room(path: Path) -> str:
    """Return the room of the package in which a module stands."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parsed(path: Path) -> ast.Module:
    """Return the tree of a module."""
    return ast.parse(path.read_text("utf-8"))


def imports(tree: ast.AST) -> set[str]:
    """Return the modules that a module imports, in full."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} if node.module != "allegata" else {f"allegata.{alias.name}" for alias in node.names}
    return found


def below(name: str) -> set[str]:
    """Return the other rooms that a room imports from."""
    named = {module for path in MODULES if room(path) == name for module in imports(parsed(path))}
    rooms = {module.split(".")[1] for module in named if module.startswith("allegata.")}
    return (rooms & set(ROOMS)) - {name}


def job(name: str) -> str:
    """Return what a room is for: the first line of its package, or of its one module."""
    path = PACKAGE / name / "__init__.py"
    return (ast.get_docstring(parsed(path if path.is_file() else PACKAGE / f"{name}.py")) or "").split("\n")[0]


def packages(name: str) -> list[str]:
    """Return the packages in a room."""
    return sorted(path.parent.name for path in (PACKAGE / name).glob("*/__init__.py"))
