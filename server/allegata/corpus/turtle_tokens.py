"""Finds where in a Turtle file something is written: the line of an IRI, of a blank node, of syntax that RDF 1.1 has not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

#: Tokens of Turtle (RDF 1.1 Turtle, section 6.5) and of what RDF 1.2 adds, told apart as far as places need it.
_TOKEN: Final = re.compile(
    r'''(?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<string>"""(?:"{0,2}(?:[^"\\]|\\.))*"""|\'\'\'(?:'{0,2}(?:[^'\\]|\\.))*\'\'\'|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<iri><[^\x00-\x20<>"{}|^`]*>)
    |(?P<new><<\(?|\)?>>|\{\||\|\}|~)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)
    |(?P<name>[\w.-]*:(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))*)
    |(?P<word>[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?|\w+)
    |(?P<mark>.)''',
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)")
#: What RDF 1.2 adds, by how it begins.
_NEW: Final = {"<<(": "a triple term", "<<": "a reified triple", "{|": "an annotation", "~": "a reifier"}


@dataclass(frozen=True)
class Token:
    """A piece of a Turtle file: of which kind, its text, the line in which it begins, and its place in the text."""

    kind: str
    text: str
    line: int
    start: int

    @property
    def end(self) -> int:
        """Return the place behind it."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Mention:
    """An IRI in a Turtle file: the line, and whether it is a subject there."""

    iri: str
    line: int
    is_subject: bool


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a Turtle file without space and comments; what is no token is yielded character by character."""
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "mark", match.group(), line, match.start())
        line += match.group().count("\n")


def newer_syntax(text: str) -> tuple[int, str] | None:
    """Return the line of the first thing that RDF 1.2 has and RDF 1.1 has not, and what it is; or nothing."""
    if not any(sign in text for sign in ("<<", "{|", "~", "--")):
        return None
    for token in tokens(text):
        if token.kind == "new" and token.text in _NEW:
            return token.line, f"{_NEW[token.text]} ({token.text})"
        if token.kind == "tag" and "--" in token.text:
            return token.line, f"a string with a direction ({token.text})"
    return None


def first_blank_node(text: str) -> int | None:
    """Return the line in which the first blank node is written, or nothing."""
    found = (t.line for t in tokens(text) if (t.kind == "mark" and t.text in "[(") or t.text.startswith("_:"))
    return next(found, None)


def mentions(text: str) -> Iterator[Mention]:
    """Yield the IRIs of a Turtle file, resolved by its prefixes and base as far as they are declared."""
    base, directive, prefix, before = "", "", "", "."
    prefixes: dict[str, str] = {}
    for token in tokens(text):
        if token.kind in ("tag", "word") and token.text.lower().lstrip("@") in ("prefix", "base"):
            directive = token.text.lower().lstrip("@")
        elif directive and token.kind == "name":
            prefix = token.text[:-1]
        elif directive:
            iri = resolve(token, base, prefixes)
            base = iri if directive == "base" else base
            prefixes |= {prefix: iri} if directive == "prefix" else {}
            directive, before = "", "."
        else:
            if iri := resolve(token, base, prefixes):
                yield Mention(iri, token.line, before == ".")
            before = token.text


def line_of(text: str, iri: str) -> int | None:
    """Return the line in which an IRI is described, else the first that mentions it, or nothing."""
    found = [item for item in mentions(text) if item.iri == iri]
    return next((item.line for item in found if item.is_subject), found[0].line if found else None)


def resolve(token: Token, base: str, prefixes: dict[str, str]) -> str:
    """Return the IRI that a token stands for, or nothing."""
    if token.kind == "iri":
        written = _plain(token.text[1:-1])
        joined = urljoin(base, written)
        return joined + "#" * (written.endswith("#") and not joined.endswith("#"))  # urljoin drops an empty fragment
    prefix, colon, local = token.text.partition(":") if token.kind == "name" else ("", "", "")
    return prefixes[prefix] + _plain(local) if colon and prefix in prefixes else ""


def _plain(text: str) -> str:
    """Resolve the escapes of an IRI or of the local part of a name."""
    return _ESCAPE.sub(lambda match: match[3] or chr(min(int(match[1] or match[2], 16), 0x10FFFF)), text)
