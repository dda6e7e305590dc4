"""What pages put together from data and words: numbers with their ends and units, alike in every language."""

from __future__ import annotations

from contextvars import copy_context

import pytest
from flask import Flask

from allegata.domain import Value
from allegata.domain.comparisons import Estimate, figure
from allegata.web.i18n import phrases

NOTHING = Value("")


def estimate(low: float, high: float, *, open_end: bool = False, approximate: bool = False) -> Estimate:
    return Estimate(NOTHING, (), NOTHING, low, high, open_end, approximate, "persons", "", "")


def written(language: str, given: Estimate) -> tuple[str, str]:
    """Return a number without its unit and with it, as a page in a language has them."""

    def within() -> tuple[str, str]:
        with Flask(__name__).test_request_context(f"/?lang={language}"):
            return phrases.number(given), phrases.quantity(given)

    return copy_context().run(within)


@pytest.mark.parametrize(
    ("number", "text"), [(0.0, "0"), (2.5, "2.5"), (200000.0, "200,000"), (1234567.5, "1,234,567.5"), (80000000.0, "80,000,000")]
)
def test_a_number_keeps_its_fraction_and_all_its_figures(number: float, text: str) -> None:
    assert figure(number) == text


@pytest.mark.parametrize(
    ("given", "english", "korean"),
    [
        (estimate(1.5, 2.5), ("1.5 to 2.5", "1.5 to 2.5 persons"), ("1.5–2.5", "1.5–2.5명")),
        (
            estimate(80000, 120000, approximate=True),
            ("about 80,000 to 120,000", "about 80,000 to 120,000 persons"),
            ("약 80,000–120,000", "약 80,000–120,000명"),
        ),
        (
            estimate(200000, 200000, open_end=True, approximate=True),
            ("about 200,000 or more", "about 200,000 or more persons"),
            ("약 200,000 이상", "약 200,000명 이상"),
        ),
        (estimate(15, 15), ("15", "15 persons"), ("15", "15명")),
    ],
    ids=["fractions", "interval", "open end", "one number"],
)
def test_both_ends_are_written_alike_in_every_language(
    given: Estimate, english: tuple[str, str], korean: tuple[str, str]
) -> None:
    assert written("en", given) == english
    assert written("ko", given) == korean
