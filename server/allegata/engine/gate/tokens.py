"""Splits the text of a query into SPARQL tokens, in one pass and in linear time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple, NoReturn

from allegata.errors import QuerySyntaxError

# SPARQL 1.2 Query, section 19.8, terminals. What can be read as < and an IRI is no <<.
# Possessive quantifiers keep the scan linear whatever the input is.
_TERMINALS: Final = {
    "space": r"[ \t\r\n]++|\#[^\r\n]*+",
    "string": r'"""(?:"{0,2}+(?:[^"\\]|\\.))*+"{3}|'
    r"'''(?:'{0,2}+(?:[^'\\]|\\.))*+'{3}|"
    r'"(?!"")(?:[^"\\\r\n]|\\.)*+"|'
    r"'(?!'')(?:[^'\\\r\n]|\\.)*+'",
    "iri": r'<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>',
    "variable": r"[?$]\w++",
    "blank": r"_:\w(?:\.*+[\w\-])*+",
    "tag": r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+",
    "pname": r"(?:[^\W\d_](?:\.*+[\w\-])*+)?+:(?:\.*+(?:[\w:\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]))*+",
    "word": r"[^\W\d_](?:\.*+[\w\-])*+",
    "number": r"(?:[0-9]++(?:\.[0-9]++|\.(?=[eE][+-]?[0-9]))?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+",
    "mark": r"<<(?![^<>\"{}|^`\\\x00-\x20]*+>)\(?+|\)?>>|\{\||\|\}|\^\^|&&|\|\||!=|<=|>=|[{}()\[\].;,*+\-/^|!=<>?~]",
}
_TOKEN: Final = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TERMINALS.items()), re.DOTALL)
_PART_OF_WORD: Final = re.compile(r"(?P<word>[^\W\d_]\w*+)|(?P<number>\d++)|(?P<mark>.)", re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
#: A string that is not closed, up to where that shows: searched for on from there, no character is looked at twice.
_UNCLOSED: Final = (
    r'"""(?:"{0,2}+(?:[^"\\]|\\.))*+|'
    r"'''(?:'{0,2}+(?:[^'\\]|\\.))*+|"
    r'"(?:[^"\\\r\n]|\\.)*+|'
    r"'(?:[^'\\\r\n]|\\.)*+"
)
#: Patterns of what can hold any word or mark, one by one, and of variables, which can be named as words are.
COMMENT: Final = r"\#[^\r\n]*+"
STRING: Final = _TERMINALS["string"]
IRI: Final = _TERMINALS["iri"]
VARIABLE: Final = _TERMINALS["variable"]
_OPAQUE_OR_ESCAPE: Final = re.compile(
    rf"(?P<opaque>{_TERMINALS['space']}|{_TERMINALS['string']}|{_TERMINALS['iri']}|{_UNCLOSED})|(?P<escape>{_ESCAPE.pattern})",
    re.DOTALL,
)
#: What can hold anything: comments, strings, closed or not, IRIs.
CONTENT: Final = re.compile(
    rf"(?P<comment>{COMMENT})|(?P<string>{_TERMINALS['string']}|{_UNCLOSED})|(?P<iri>{_TERMINALS['iri']})", re.DOTALL
)
_NEAR: Final = 40


class Token(NamedTuple):
    """A token: its kind (a key of the terminals above), its text, where it begins, and a word or mark as the grammar spells it.

    Keywords are case-insensitive (section 19.8, note 1); what is neither word nor mark has the empty keyword.
    """

    kind: str
    text: str
    at: int
    keyword: str


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens without spaces and comments; raise QuerySyntaxError at the first character that begins none."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            fail(text, at, "This begins no SPARQL token" if text[at] not in "\"'" else "This string is not closed")
        kind = match.lastgroup or ""
        if kind == "word" and not match.group().isalnum():
            yield from _parts(match.group(), at)
        elif kind != "space":
            yield _token(kind, match.group(), at)
        at = match.end()


def without_content(text: str) -> str:
    """Return a query with a letter for each string and each IRI, and without comments: what is left is marks and words."""
    return CONTENT.sub(lambda match: " " if match.lastgroup == "comment" else "i", text)


def _parts(run: str, at: int) -> Iterator[Token]:
    """Split a run such as `true.FILTER`, which has dots or hyphens but no colon and so is no prefixed name."""
    for match in _PART_OF_WORD.finditer(run):
        yield _token(match.lastgroup or "", match.group(), at + match.start())


def _token(kind: str, text: str, at: int) -> Token:
    return Token(kind, text, at, text.upper() if kind == "word" else text if kind == "mark" else "")


def decode_outside(text: str) -> str:
    r"""Replace \u escapes outside of strings, IRIs and comments, where the engine reads none (section 19.2)."""
    _refuse_surrogates(text)
    if "\\u" not in text and "\\U" not in text:
        return text
    return _OPAQUE_OR_ESCAPE.sub(lambda m: m.group() if m.group("opaque") else _decoded(m.group(), text, m.start()), text)


def decode_all(text: str) -> str:
    r"""Replace all \u escapes before anything else, as section 19.2 has it word for word."""
    return _ESCAPE.sub(lambda m: _decoded(m.group(), text, m.start()), text)


def _decoded(escape: str, text: str, at: int) -> str:
    code = int(escape[2:], 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        fail(text, at, "This escape names no character")
    return chr(code)


def _refuse_surrogates(text: str) -> None:
    found = _SURROGATE.search(text)
    if found:
        fail(text, found.start(), "This is half of a surrogate pair, which is no character")


def fail(text: str, at: int, reason: str) -> NoReturn:
    """Raise QuerySyntaxError for the text at an offset, with line and column counted from 1 in characters."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    near = place(text, line, column)
    shown = visible(near) if at < len(text) else "the end"
    raise QuerySyntaxError(f"Line {line}, column {column}: {reason}: {shown}", line=line, column=column, near=near)


def visible(text: str) -> str:
    """Return a text with each character that cannot be seen by its code point and name (Unicode Standard, section 4.8)."""
    return "".join(char if char == " " or char.isprintable() else _named(char) for char in text) or "the end of the line"


def _named(char: str) -> str:
    name = unicodedata.name(char, "")
    return f"[U+{ord(char):04X}{' ' + name if name else ''}]"


def place(text: str, line: int, column: int) -> str:
    """Return what stands at a place, up to the end of its line, in a length for people."""
    rows = text.split("\n")
    row = rows[line - 1] if line <= len(rows) else ""
    return row[column - 1 : column - 1 + _NEAR].rstrip("\r").encode("utf-8", "replace").decode()
