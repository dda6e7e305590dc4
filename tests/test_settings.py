"""Settings: options before environment before defaults, and a bad value is named."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from allegata.errors import UsageError
from allegata.settings import Settings, default_root, load, unknown
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


NUMBERS = {item.name: item for item in fields(Settings) if item.type in ("int", "float")}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_below_the_least_is_refused_with_the_remedy(name: str) -> None:
    item, variable = NUMBERS[name], f"ALLEGATA_{name.upper()}"
    least = item.metadata["least"]
    assert least <= item.default
    assert getattr(load({}, {variable: str(least)}), name) == least
    below = str(least - 1 if item.type == "int" else least - 0.001)
    with pytest.raises(UsageError, match=f"{variable}='{below}' is not a (whole )?number from {least} on") as refused:
        load({}, {variable: below})
    assert refused.value.remedy and str(item.default) in refused.value.remedy


def test_each_least_number_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = re.findall(r"^- (.+?): ((?:`ALLEGATA_\w+`(?:, | and )?)+)\.?$", documented, re.MULTILINE)
    stated = {name: float(least.replace(" ", "")) for least, names in rows for name in re.findall(r"ALLEGATA_\w+", names)}
    others = {f"ALLEGATA_{name.upper()}": float(item.metadata["least"]) for name, item in NUMBERS.items()}
    assert len(NUMBERS) > 25 and "A number is at least 1, but at least" in documented
    assert stated == {name: least for name, least in others.items() if least != 1}


def test_a_variable_that_is_no_setting_is_told_with_the_nearest() -> None:
    environ = {"ALLEGATA_TREADS": "8", "ALLEGATA_THREADS": "8", "ALLEGATA_QUERY_TIME_OUT": "1", "HOME": "/", "THREADS": "1"}
    assert unknown(environ) == [
        ("ALLEGATA_QUERY_TIME_OUT", "ALLEGATA_QUERY_TIMEOUT"),
        ("ALLEGATA_TREADS", "ALLEGATA_THREADS"),
    ]
    assert unknown({}) == []


@pytest.mark.parametrize("value", ["-1", "nan", "inf", ""])
def test_a_limit_that_bounds_nothing_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="ALLEGATA_QUERY_TIMEOUT"):
        load({}, {"ALLEGATA_QUERY_TIMEOUT": value})
