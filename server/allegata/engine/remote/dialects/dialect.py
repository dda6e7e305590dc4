"""What is to be known of a kind of engine: how it is recognised, what it is put otherwise, how it says that an answer is cut."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from email.message import Message


def _as_it_is(text: str) -> str:
    return text


def _whole(_head: Message) -> str:
    return ""


@dataclass(frozen=True)
class Dialect:
    """A kind of engine.

    `server` is how its Server header begins, `field` a header that only it sends, in small letters; one that sends neither is
    named in its address. `rewrite` writes a query so that the engine answers it as SPARQL has it, `partial` says by the head of
    an answer why it is not whole. `refuses` has the competency questions that it cannot answer equally, each with the reason.
    `graph_store` is the path at which it takes graphs, or a name beside that of its endpoint.
    """

    name: str
    server: str | None = None
    rewrite: Callable[[str], str] = _as_it_is
    partial: Callable[[Message], str] = _whole
    refuses: Mapping[str, str] = dataclasses.field(default_factory=dict)
    graph_store: str = ""
    field: str = ""

    @property
    def word(self) -> str:
        """Return the word by which an address names it."""
        return self.name.lower().replace(" ", "-")

    def fits(self, server: str, fields: Container[str]) -> bool:
        """Return whether an answer comes from such an engine, by its Server header and the names of all."""
        return (bool(self.field) and self.field in fields) or (self.server is not None and server.lower().startswith(self.server))
