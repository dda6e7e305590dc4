"""Generated input: as much as fits a test; `make fuzz` goes on for as long as one likes. What was found once is not found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import fuzz_targets
from allegata.corpus import nearest
from allegata.errors import BadRequest
from fuzz_input import attempt
from fuzz_targets import TARGETS, run

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "fuzz-cases.yaml").read_text("utf-8"))
#: Inputs of each target.
EXAMPLES = 60


@pytest.mark.parametrize("name", TARGETS)
def test_generated_input_gives_a_result_or_an_error_of_the_project(name: str) -> None:
    assert attempt(name, 2026, EXAMPLES) == ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["was"]))
def test_what_was_found_is_mended(case: dict[str, Any]) -> None:
    run(TARGETS[case["target"]], case["given"])


def test_a_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> list[str]:
        if "%" in text:
            raise KeyError(text)
        return []

    monkeypatch.setattr(fuzz_targets, "asked", broken)
    found = attempt("words", 1, 500)
    assert "words, seed 1" in found and "KeyError" in found and "%" in found


def test_an_error_without_words_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_text: str) -> list[str]:
        raise BadRequest("")

    monkeypatch.setattr(fuzz_targets, "asked", silent)
    assert "an error says what is wrong" in attempt("words", 1, 5)


def test_the_nearest_part_is_no_word_where_there_is_none() -> None:
    found = nearest.nearest_part("0099999999999999999999999999999999999999999 said so.", '00"')
    assert found is None or found.start < found.end
