"""What is to be known of a kind of engine: how it is recognised, what it is put otherwise, how it says that an answer is cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message


def _as_it_is(text: str) -> str:
    return text


def _whole(_head: Message) -> str:
    return ""


@dataclass(frozen=True)
class Dialect:
    """A kind of engine.

    `server` is how its Server header begins, in small letters. `rewrite` writes a query so that the engine answers it as SPARQL
    has it, `partial` says by the head of an answer why it is not whole. `refuses` has the competency questions that it cannot
    answer equally, each with the reason. `graph_store` is the path at which it takes graphs.
    """

    name: str
    server: str
    rewrite: Callable[[str], str] = _as_it_is
    partial: Callable[[Message], str] = _whole
    refuses: Mapping[str, str] = field(default_factory=dict)
    graph_store: str = ""
