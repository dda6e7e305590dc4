"""Architecture: imports point down, third-party packages stay where they belong, modules and functions stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from support import ROOT

PACKAGE = ROOT / "server" / "allegata"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = ROOT / "tests"

#: Parts of the package from the ground up; a part imports from parts below it and from itself.
LAYERS = (
    ("errors", "namespaces"),
    ("settings", "formats", "link_targets"),
    ("rdf",),
    ("corpus", "anchors"),
    (
        "linking",
        "reasoning",
        "validation",
        "benching",
        "importing",
        "packing",
        "canonical",
        "columns",
        "apart",
        "founding",
        "manifests",
    ),
    ("compacting", "link_checks", "link_report"),
    ("dumping", "catalogue", "searching", "tables", "reporting", "dcat"),
    ("release",),
    ("shelving", "diffing", "citing"),
    ("fetching", "nanopubs", "triple_terms", "zenodo"),
    ("crate", "rebuilding"),
    ("verifying",),
    ("engine",),
    ("checking",),
    ("describing",),
    ("comparing", "reconciling"),
    ("suggesting",),
    ("web",),
    ("cli_links", "cli_releases", "mcp_server"),
    ("cli",),
    ("__main__",),
)
LAYER = {part: number for number, parts in enumerate(LAYERS) for part in parts}

#: Third-party package → the parts that may import it.
CONFINED = {
    "flask": {"web"},
    "werkzeug": {"web"},
    "waitress": {"web"},
    "babel": {"web"},
    "brotli": {"web"},
    "zstandard": {"web"},
    "click": {"cli", "cli_links", "cli_releases"},
    "mcp": {"mcp_server"},
    "pyshacl": set(),
    "pyshacl_turbo": {"validation"},
    "owlrl": {"reasoning"},
    "yaml": {"importing", "linking"},
    "pyarrow": {"packing", "tables"},
    "rdflib": {"rdf", "reasoning", "validation", "importing"},
    "pyoxigraph": {
        *("rdf", "corpus", "anchors", "linking", "reasoning", "validation", "dumping", "catalogue", "release"),
        *("link_checks", "link_report", "checking", "founding"),
        *(
            "canonical",
            "compacting",
            "tables",
            "reporting",
            "dcat",
            "shelving",
            "diffing",
            "verifying",
            "nanopubs",
            "triple_terms",
        ),
        *("engine", "describing", "comparing", "reconciling", "suggesting", "searching", "web"),
    },
}
MAX_MODULE, MAX_FUNCTION = 300, 40


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def part(path: Path) -> str:
    """Give the part of the package to which a module belongs."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(tree: ast.AST) -> set[str]:
    """Give the modules that a module imports, in full."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} if node.module != "allegata" else {f"allegata.{alias.name}" for alias in node.names}
    return found


def test_all_modules_are_read() -> None:
    assert len(MODULES) >= 30
    assert {part(path) for path in MODULES} - {"__init__"} == set(LAYER)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_point_down(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    for module in imports(ast.parse(path.read_text("utf-8"))):
        if module.startswith("allegata."):
            target = module.split(".")[1]
            if target != part(path) and target in LAYER:
                assert LAYER[target] < LAYER[part(path)], f"{name(path)} imports {module}, which is not below it"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_third_party_packages_are_confined(path: Path) -> None:
    for module in imports(ast.parse(path.read_text("utf-8"))):
        package = module.split(".")[0]
        if package in CONFINED:
            assert part(path) in CONFINED[package], f"{name(path)} imports {package}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_the_environment_is_read_in_settings_alone_and_only_the_command_line_prints(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
            inside = isinstance(node.value, ast.Name) and node.value.id == "os"
            assert not inside or part(path) == "settings", f"{name(path)}:{node.lineno} reads the environment"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            assert part(path) == "cli", f"{name(path)}:{node.lineno} prints"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_its_job_in_its_first_sentence(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]
    assert first.endswith(".") and len(first) > 20, name(path)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_and_functions_are_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_MODULE, name(path)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= MAX_FUNCTION, f"{name(path)}:{node.lineno} {node.name} has {lines} lines"


#: Modules without behaviour of their own, or tested through the module that is named.
TESTED_ELSEWHERE = {
    "namespaces": "test_ontology",
    "columns": "test_tables",
    "link_targets": "test_linking",
    "cli_links": "test_link_checks",
    "rdf": "test_dumping",
    "catalogue": "test_catalogue",
    "importing": "test_sheet",
    "engine": "test_workers",
    "web": "test_web",
    "__main__": "test_cli",
}


def test_each_part_has_its_tests() -> None:
    for item in LAYER:
        expected = TESTS / f"{TESTED_ELSEWHERE.get(item, f'test_{item}')}.py"
        assert expected.is_file(), f"{item} has no {expected.name}"
