"""Lists the pages of the site that the search finds, by path and name, with the words that lead there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class SitePage:
    """A page: its path, its name as the head of every page has it, and further words for it."""

    path: str
    name: str
    words: str


@cache
def site_pages() -> tuple[SitePage, ...]:
    """Return the pages in the order of the table."""
    text = resources.files("allegata.model").joinpath("site-pages.toml").read_text("utf-8")
    return tuple(SitePage(**row) for row in tomllib.loads(text)["page"])
