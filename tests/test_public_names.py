"""The public names: a sorted list that is all there is, each described, and none of them costs anything before it is used."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import allegata
from allegata import errors
from support import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text("utf-8")


def test_the_list_is_sorted_and_each_name_is_there() -> None:
    assert allegata.__all__ == sorted(allegata.__all__)
    assert all(getattr(allegata, name) is not None for name in allegata.__all__)
    assert set(allegata.__all__) <= set(dir(allegata))


def test_every_error_is_public() -> None:
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.AllegataError)}
    assert kinds <= set(allegata.__all__)


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="absent"):
        allegata.absent  # noqa: B018


def test_importing_loads_nothing_but_the_names() -> None:
    code = "import sys; before = set(sys.modules); import allegata; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.startswith("allegata")}
    assert ours == {"allegata", "allegata.errors"}
    assert {name.partition(".")[0] for name in loaded} - {"allegata"} <= set(sys.stdlib_module_names)
    assert not {"importlib.metadata", "sqlite3", "http", "json"} & set(loaded)


CLASSES = ("Release", "Dataset", "Rows", "Table", "Triples", "Corpus")


def members(name: str) -> list[str]:
    """Return the public methods and properties that a class has of its own."""
    return [member for member in vars(getattr(allegata, name)) if not member.startswith("_")]


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_and_each_of_its_members_is_described(name: str) -> None:
    section = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert section, f"docs/python.md has no section {name}"
    for member in members(name):
        assert f"`{member}" in section or f".{member}" in section, f"docs/python.md does not describe {name}.{member}"


@pytest.mark.parametrize("name", [name for name in allegata.__all__ if not name.startswith("_")])
def test_each_public_name_has_a_docstring_and_stands_on_the_page(name: str) -> None:
    assert inspect.getdoc(getattr(allegata, name))
    assert name in PAGE


def test_the_notebook_of_the_tutorial_is_named() -> None:
    assert Path(ROOT / "docs" / "tutorial.ipynb").is_file() and "(tutorial.ipynb)" in PAGE
