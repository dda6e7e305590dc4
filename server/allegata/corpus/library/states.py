"""Finds states by what people call them: codes of ISO 3166 and M49, and names in any language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from allegata.corpus.library.records import state_nodes, table
from allegata.corpus.nearest import nearest
from allegata.errors import UsageError
from allegata.model.namespaces import expand


@dataclass(frozen=True)
class State:
    """A state: its IRI, its codes (ISO 3166-1 alpha-3 and alpha-2, M49), its English name, and all names by language."""

    iri: str
    code: str
    alpha2: str
    m49: str
    name: str
    names: Mapping[str, tuple[str, ...]]


class States:
    """The states of the library, to be found by any code or name."""

    def __init__(self, store: Store):
        rows = {row["code"]: row for row in table("codes.csv")}
        nodes = state_nodes(store)
        self.all = tuple(_state(store, nodes[code], rows[code]) for code in sorted(nodes))
        self._by_code = {code: state for state in self.all for code in (state.code, state.alpha2, state.m49) if code}
        self._by_iri = {state.iri: state for state in self.all}
        self._by_name: dict[str, State] = {}
        for state in self.all:
            for name in _names(state, rows[state.code]["also"]):
                self._by_name.setdefault(folded(name), state)

    def by_iri(self, iri: str) -> State:
        """Return the state with an IRI; raise KeyError where it is of none."""
        return self._by_iri[iri]

    def find(self, text: str) -> State:
        """Return the state that a code or a name means; raise UsageError with the nearest where there is none."""
        wanted = text.strip()
        found = self._by_code.get(wanted.upper()) or self._by_name.get(folded(wanted))
        if found:
            return found
        near = self._by_name.get(nearest(folded(wanted), self._by_name))
        said = f"The nearest is {near.name} ({near.code})." if near else ""
        raise UsageError(f"There is no state {text!r}.", remedy=f"{said} Give a code of ISO 3166 such as ERI, or a name.".strip())


def folded(name: str) -> str:
    """Return a name without case, accents, spaces and marks, as it is looked up."""
    return "".join(char for char in unicodedata.normalize("NFKD", name).casefold() if char.isalnum())


def cldr_name(state: State, language: str) -> str:
    """Return the name of a state in a language by the Unicode CLDR, or nothing where that has none."""
    return territory_name(state.alpha2, language)


def territory_name(code: str, language: str) -> str:
    """Return the name of a territory (alpha-2, or M49) in a language by the Unicode CLDR; raise UsageError for no language."""
    from babel import Locale, UnknownLocaleError  # loaded where names are asked for

    try:
        return str(Locale.parse(language, sep="-").territories.get(code, ""))
    except (UnknownLocaleError, ValueError):
        raise UsageError(f"--language {language!r} is no language.", remedy="Give a tag such as ar, es or ti.") from None


def _state(store: Store, node: NamedNode, row: Mapping[str, str]) -> State:
    names: dict[str, list[str]] = {}
    for curie in ("rdfs:label", "skos:altLabel"):
        said = (quad.object for quad in store.quads_for_pattern(node, NamedNode(expand(curie)), None))
        for value in sorted((item for item in said if isinstance(item, Literal)), key=lambda item: item.value):
            names.setdefault(value.language or "", []).append(value.value)
    kept = {language: tuple(values) for language, values in names.items()}
    return State(node.value, row["code"], row["alpha2"], row["m49"], kept["en"][0], kept)


def _names(state: State, also: str) -> Iterable[str]:
    yield from (name for names in state.names.values() for name in names)
    yield from filter(None, also.split("|"))
