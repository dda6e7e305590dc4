"""Architecture: imports point down, third-party packages stay where they belong, modules and functions stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from architecture import MODULES, PACKAGE, ROOMS, imports, room
from picture import TARGET, picture
from support import ROOT

TESTS = ROOT / "tests"
FLOOR = {room: number for number, room in enumerate(ROOMS)}

#: Third-party package → the rooms, or the modules in them, that may import it.
CONFINED = {
    "flask": {"web"},
    "werkzeug": {"web"},
    "waitress": {"web"},
    "babel": {"corpus.library.states", "model.languages", "web"},
    "brotli": {"web"},
    "PIL": {"web.sharing"},
    "prometheus_client": {"web.http"},
    "rapidfuzz": {"corpus.nearest", "domain.reconcile"},
    "openpyxl": {"corpus.workbook"},
    "docx": {"corpus.texts"},
    "lxml": {"corpus.texts"},
    "pypdfium2": {"corpus.texts"},
    "cachetools": {"engine.cache"},
    "stdnum": {"model.targets"},
    "zstandard": {"release.digests", "web"},
    "cryptography": {"release.signatures"},
    "click": {"cli"},
    "mcp": {"mcp_server"},
    "mcp_types": {"mcp_server"},
    "anyio": {"mcp_server"},
    "pyshacl": {"corpus.reference"},
    "pyshacl_turbo": {"corpus.validation"},
    "owlrl": {"corpus.reference"},
    "yaml": {"corpus.yaml_text"},
    "pandas": {"api.results"},
    "jsonschema": {"corpus.sheet_schema"},
    "pyarrow": {"api.results", "release.tables"},
    "rdflib": {"corpus"},
    "pyoxigraph": {"corpus", "release", "domain", "engine", "api", "web"},
}
MAX_MODULE, MAX_FUNCTION = 300, 40


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def within(path: Path, places: set[str]) -> bool:
    """Return whether a module is one of some rooms and modules, or stands in one."""
    own = path.relative_to(PACKAGE).with_suffix("").parts
    return any(own[: len(place.split("."))] == tuple(place.split(".")) for place in places)


class _WithoutTypes(ast.NodeTransformer):
    """Leaves out what stands under `if TYPE_CHECKING`, which no program runs."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node


def test_all_modules_are_read() -> None:
    assert len(MODULES) >= 100
    assert {room(path) for path in MODULES} - {"__init__"} == set(FLOOR)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_point_down(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    for module in imports(ast.parse(path.read_text("utf-8"))):
        if module.startswith("allegata."):
            target = module.split(".")[1]
            if target != room(path) and target in FLOOR:
                assert FLOOR[target] < FLOOR[room(path)], f"{name(path)} imports {module}, which is not below it"


def module_name(path: Path) -> str:
    """Return the name under which a module is imported."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def reached(start: set[str]) -> dict[str, str]:
    """Return what some modules import, by the way of any module of the package, each with a module that imports it."""
    paths = {module_name(path): path for path in MODULES}
    found, open_ = dict.fromkeys(start, ""), sorted(start)
    while open_:
        importer = open_.pop()
        tree = _WithoutTypes().visit(ast.parse(paths[importer].read_text("utf-8")))
        # A module brings the packages in which it stands; `from package import module` names a module or a member.
        members = {
            f"{node.module}.{alias.name}" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        named = {module for module in imports(tree) | members if module in paths}
        for module in {".".join(name.split(".")[:end]) for name in named for end in range(1, name.count(".") + 2)}:
            if module not in found:
                found[module] = importer
                open_.append(module)
    return found


#: The rooms that only read releases, and the modules of their own room with which they do.
READERS = (
    "release.handle",
    "release.site",
    "release.manifest",
    "release.verify",
    "release.diff",
    "domain",
    "engine",
    "api.release",
    "web",
    "mcp_server",
)
BUILDER = "allegata.release.build"


def test_nothing_that_only_reads_a_release_imports_the_builder() -> None:
    modules = {module_name(path) for path in MODULES if within(path, set(READERS))}
    assert BUILDER not in reached(modules), f"{reached(modules)[BUILDER]} imports the builder"
    assert BUILDER in reached({"allegata.cli.main"})  # so the walk finds what there is


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_third_party_packages_are_confined(path: Path) -> None:
    for module in imports(ast.parse(path.read_text("utf-8"))):
        package = module.split(".")[0]
        if package in CONFINED:
            assert within(path, CONFINED[package]), f"{name(path)} imports {package}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_the_environment_is_read_in_settings_alone_and_only_the_command_line_prints(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
            inside = isinstance(node.value, ast.Name) and node.value.id == "os"
            assert not inside or room(path) == "settings", f"{name(path)}:{node.lineno} reads the environment"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            assert room(path) == "cli", f"{name(path)}:{node.lineno} prints"


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


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=name)
def test_each_package_has_its_tests(folder: Path) -> None:
    tests = TESTS / folder.relative_to(PACKAGE)
    assert list(tests.glob("test_*.py")), f"{name(folder)} has no tests in {name(tests)}"


def test_the_picture_is_drawn_from_the_imports_as_they_are() -> None:
    assert TARGET.read_text("utf-8") == picture(), "make picture draws it anew"


def test_the_page_about_the_architecture_names_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert [name for name in ROOMS if name != "__main__" and f"`{name}" not in page] == []


#: Functions that remember every argument, which is one of few: languages of the site, parts of the grammar.
REMEMBER_ALL = {"catalogue", "words", "first"}


def test_nothing_remembers_without_bound_what_strangers_send() -> None:
    """A cache without a bound, on a function with arguments, grows with each request that has another one."""
    found = set()
    for folder in ("model", "domain", "engine", "mcp_server", "web"):
        for path in (PACKAGE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef) and node.args.args:
                    found |= {node.name for mark in node.decorator_list if ast.unparse(mark) in ("cache", "lru_cache(None)")}
    assert found == REMEMBER_ALL
