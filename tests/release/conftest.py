"""Fixtures: a small release, and a copy of it that a test may harm."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from releases import build_versions


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small release and give its folder."""
    return (build_versions(tmp_path_factory.mktemp("whole"), "1.0") / "current").resolve()


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """Give a copy of the release, in a folder of the same name."""
    return Path(shutil.copytree(whole, tmp_path / whole.name))
