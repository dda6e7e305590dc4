"""Gives what a new corpus says of itself, in the languages of a table beside it."""

from __future__ import annotations

import tomllib
from importlib import resources

from pyoxigraph import Literal

from allegata.model.labels import ENGLISH


def words_in(language: str) -> dict[str, Literal]:
    """Return description, rights, keyword and the names of its curators, in a language that the table has, else in English."""
    table = tomllib.loads(resources.files(__package__).joinpath("scaffold-words.toml").read_text("utf-8"))
    known = language if language in table else ENGLISH
    return {name: Literal(text, language=known) for name, text in table[known].items()}
