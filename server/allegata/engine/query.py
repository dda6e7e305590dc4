"""What goes into an engine and what comes out: the forms of a query, a question, an answer, and the engine's contract."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Protocol

from allegata.errors import QueryRefused
from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS, Format


class Form(enum.Enum):
    """The four query forms (SPARQL 1.1 Query, section 16); each has the formats in which it can be answered."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def formats(self) -> tuple[Format, ...]:
        """Return the formats in the order of preference."""
        return BINDING_FORMATS if self in (Form.SELECT, Form.ASK) else GRAPH_FORMATS


@dataclass(frozen=True)
class Inspected:
    """A query text that the gate let through, as it is to be run, and what the gate learnt of it.

    `dataset` holds the FROM and FROM NAMED clauses as (is named, token), `prologue` what stands before the form,
    `services` the listed address behind each SERVICE, in the order of the text. `is_plain`: it is known that the engine answers
    it as it stands.
    """

    text: str
    form: Form
    prologue: str = ""
    dataset: tuple[tuple[bool, str], ...] = ()
    services: tuple[str, ...] = ()
    is_plain: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Query:
    """One question to an engine; graphs given here override FROM and FROM NAMED (SPARQL 1.1 Protocol, section 2.1.4).

    `timeout` can only lower the limit of the settings; `client` is any word by which one client is told from another;
    `is_disconnected` says, where it is known, that nobody waits for the answer any more. `whole`: the answer is to have its
    length, however long that takes within the limit.
    """

    inspected: Inspected
    format: Format
    base_iri: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout: float | None = None
    client: str = ""
    is_disconnected: Callable[[], bool] | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse graphs on the machine itself; any other graph that the release does not have is an empty one."""
        for iri in (*self.default_graphs, *self.named_graphs):
            refuse_file(iri)

    @property
    def text(self) -> str:
        """Return the text that is to be run."""
        return self.inspected.text


def refuse_file(iri: str) -> None:
    """Raise QueryRefused for the IRI of a file as a graph."""
    if iri.strip().lower().startswith("file:"):
        raise QueryRefused("A graph of the dataset is a file, and this service reads none.", remedy="Name graphs of the release.")


class Counted(Protocol):
    """A long answer whose bytes count for as long as they wait to be read."""

    def add(self, size: int) -> None:
        """Count bytes of a further file with it; raise RequestError where they are too many."""

    def when_ended(self, call: Callable[[], None]) -> None:
        """Have something be called, from any thread, where it is ended because others are in need of the room."""


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer: at once with their length, or as a stream of which only the end is unknown.

    A long answer that is complete can also be had as a file, which is then for the caller to close.

    A stream that breaks raises from `chunks`; one that reached the limit of bytes breaks, unless `truncated` says that it was
    cut behind a whole row. `close()` ends the query where it is still under way. `missing` names the endpoints that
    SERVICE SILENT asked and that did not answer; `engine` is the kind of engine behind the service, where there is one;
    `unread` is what counts the bytes of a long answer.
    """

    format: Format
    chunks: Iterator[bytes]
    length: int | None = None
    truncated: bool = False
    file: Callable[[], IO[bytes]] | None = None
    missing: tuple[str, ...] = ()
    engine: str = ""
    unread: Counted | None = None

    def close(self) -> None:
        """Let go of the answer, read or not."""
        close = getattr(self.chunks, "close", None)
        if close:
            close()


class Engine(Protocol):
    """Whatever can answer queries on one release.

    `order` is a word that changes when rows without ORDER BY may come in another order than before.
    """

    @property
    def order(self) -> str:
        """Return that word."""

    def answer(self, query: Query) -> Answer:
        """Answer a query or raise a RequestError; after the first chunk, the chunks raise it."""

    def close(self) -> None:
        """End all work and every process."""

    def figures(self) -> Mapping[str, int]:
        """Return numbers about the engine's present state, by name."""

    def healthy(self) -> bool:
        """Return whether the engine can take a query now."""
