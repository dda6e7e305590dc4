"""Writes JSON-LD that people can read: short names from a context of its own, one node after the other, no form altered."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, TextIO

from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.rdf import iri_of, named
from allegata.model.namespaces import ALG, PREFIXES, expand, split_name

Json = Any
_XSD = PREFIXES["xsd"]
_TYPE, _STRING = expand("rdf:type"), f"{_XSD}string"
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_PLAIN = re.compile(r"[A-Za-z0-9][\w.~-]*(?:[/#][\w~-][\w.~-]*)*", re.ASCII)
_LOCAL = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


@dataclass(frozen=True)
class Context:
    """How IRIs and values are shortened: a base, a vocabulary, prefixes, and one kind of value per term (JSON-LD 1.1, 4.1)."""

    base: str
    kinds: dict[str, str | None]

    @classmethod
    def of(cls, quads: Iterable[Quad], base: str) -> Context:
        """Read from the statements which kind of value each property has, None where it has several."""
        found: dict[str, set[str | None]] = defaultdict(set)
        for quad in quads:
            if quad.predicate.value != _TYPE:
                found[quad.predicate.value].add(_kind(quad.object))
        return cls(base, {iri: next(iter(kinds)) if len(kinds) == 1 else None for iri, kinds in sorted(found.items())})

    def document(self) -> dict[str, Json]:
        """Return the context as JSON."""
        context: dict[str, Json] = {"@version": 1.1, "@base": self.base, "@vocab": ALG}
        context |= {prefix: _prefix(iri) for prefix, iri in PREFIXES.items() if prefix != "alg"}
        for iri, kind in self.kinds.items():
            if kind and kind not in ("@string", f"{_XSD}boolean"):
                way = {"@language": kind[1:]} if kind.startswith("@") and kind != "@id" else {"@type": self.term(kind)}
                name = self.term(iri)
                context[name] = {"@id": iri, **way} if ":" in name else way
        return context

    def term(self, iri: str) -> str:
        """Shorten an IRI that stands for a property, a class or a datatype."""
        return _term(iri)

    def reference(self, iri: str) -> str:
        """Shorten an IRI that stands for a thing, where resolving it against the base gives it back (RFC 3986, section 5.2)."""
        local = iri.removeprefix(self.base)
        return local if local != iri and _PLAIN.fullmatch(local) else iri

    def value(self, predicate: str, term: NamedNode | Literal) -> Json:
        """Return a value in the shortest form that means the same under this context."""
        if isinstance(term, NamedNode):
            short = self.reference(term.value)
            return short if self.kinds[predicate] == "@id" else {"@id": short}
        native = _native(term)
        if self.kinds[predicate]:
            return term.value if native is None else native
        if term.language:
            return {"@value": term.value, "@language": term.language}
        if term.datatype.value == _STRING:
            return {"@value": term.value}
        return native if native is not None else {"@value": term.value, "@type": self.term(term.datatype.value)}


@cache
def _term(iri: str) -> str:
    if iri.startswith("@"):
        return iri
    prefix, local = split_name(iri)
    if not prefix or not _LOCAL.fullmatch(local):
        return iri
    return local if prefix == "alg" else f"{prefix}:{local}"


def _prefix(iri: str) -> Json:
    """Define a prefix; one that does not end in a delimiter has to say that it is one (JSON-LD 1.1, section 4.4)."""
    return iri if iri.endswith(("/", "#", ":", "?")) else {"@id": iri, "@prefix": True}


def _kind(term: object) -> str | None:
    """Name the kind of a value: @id, @string, @<language>, or its datatype; None for a boolean in another form than JSON's."""
    if not isinstance(term, Literal):
        return "@id"
    if term.language:
        return f"@{term.language}"
    datatype = term.datatype.value
    if datatype == f"{_XSD}boolean" and _native(term) is None:
        return None
    return "@string" if datatype == _STRING else datatype


def _native(term: Literal) -> int | bool | None:
    """Return a JSON number or boolean where reading it gives the same literal back (JSON-LD 1.1 API, section 8.2)."""
    if term.datatype.value == f"{_XSD}boolean" and term.value in ("true", "false"):
        return term.value == "true"
    if term.datatype.value == f"{_XSD}integer" and _INTEGER.fullmatch(term.value):
        return int(term.value)
    return None


def _node(quads: Sequence[Quad], context: Context) -> dict[str, Json]:
    """Return what is stated of one thing, properties and values sorted."""
    properties: dict[str, list[NamedNode | Literal]] = defaultdict(list)
    for quad in quads:
        properties[quad.predicate.value].append(named(quad.object))
    node: dict[str, Json] = {"@id": context.reference(iri_of(quads[0].subject))}
    types = [context.term(term.value) for term in properties.pop(_TYPE, [])]
    if types:
        node["@type"] = types[0] if len(types) == 1 else sorted(types)
    for predicate, terms in sorted(properties.items()):
        values = [context.value(predicate, term) for term in sorted(terms, key=str)]
        node[context.term(predicate)] = values[0] if len(values) == 1 else values
    return node


def compact(quads: Iterable[Quad], graphs: Iterable[tuple[str, Iterable[Quad]]], base: str, out: TextIO) -> None:
    """Write the named graphs of a dataset as one compact JSON-LD document with its context inside it, node after node.

    `quads` are read once, for the context; `graphs` are sorted by name, and the statements of each by the IRI of their subject.
    """
    context = Context.of(quads, base)
    out.write(f'{{\n "@context": {_indented(context.document(), chr(10) + " ")},\n "@graph": [')
    end = "]"
    for number, (name, inside) in enumerate(graphs):
        out.write(f'{"," if number else ""}\n  {{\n   "@id": {encode_basestring(context.reference(name))},\n   "@graph": [')
        for place, (_, about) in enumerate(groupby(inside, key=attrgetter("subject"))):
            out.write(f"{',' if place else ''}\n    {_indented(_node(list(about), context), chr(10) + '    ')}")
        out.write("\n   ]\n  }")
        end = "\n ]"
    out.write(f"{end}\n}}\n")


def write(document: Json) -> bytes:
    """Write JSON in one form: UTF-8, one space of indentation, a line feed at the end."""
    return f"{_indented(document, chr(10))}\n".encode()


def _indented(value: Json, margin: str) -> str:
    """Write a value as json.dumps(indent=1) does, which is several times slower: it has no fast path for indentation."""
    if isinstance(value, str):
        return encode_basestring(value)
    inner = f"{margin} "
    if isinstance(value, dict) and value:
        parts = f",{inner}".join([f"{encode_basestring(key)}: {_indented(item, inner)}" for key, item in value.items()])
        return f"{{{inner}{parts}{margin}}}"
    if isinstance(value, list | tuple) and value:
        parts = f",{inner}".join([_indented(item, inner) for item in value])
        return f"[{inner}{parts}{margin}]"
    return json.dumps(value)
