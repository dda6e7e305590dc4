"""Settings: options before environment before defaults, and a bad value is named."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from allegata.errors import UsageError
from allegata.settings import Settings, default_root, load
from support import ROOT


def test_options_come_before_the_environment_and_that_before_defaults() -> None:
    environ = {"ALLEGATA_PORT": "9000", "ALLEGATA_QUERY_TIMEOUT": "2.5", "ALLEGATA_SITE": "/srv/site"}
    found = load({"port": 9001, "host": None}, environ)
    assert (found.port, found.query_timeout, found.site, found.host) == (9001, 2.5, Path("/srv/site"), "127.0.0.1")


def test_a_bad_value_is_named() -> None:
    with pytest.raises(UsageError, match="ALLEGATA_PORT='high'"):
        load({}, {"ALLEGATA_PORT": "high"})


def test_the_root_is_the_checkout() -> None:
    assert default_root() == ROOT
    assert load({}, {}).root == ROOT


def test_each_setting_explains_itself_and_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert len(fields(Settings)) > 15
    for item in fields(Settings):
        assert item.metadata["help"], item.name
        assert f"`ALLEGATA_{item.name.upper()}`" in documented, item.name


@pytest.mark.parametrize("value", ["-1", "nan", "inf", ""])
def test_a_limit_that_bounds_nothing_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="ALLEGATA_QUERY_TIMEOUT"):
        load({}, {"ALLEGATA_QUERY_TIMEOUT": value})
