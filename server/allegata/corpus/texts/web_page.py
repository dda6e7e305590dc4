"""Reads the text of a web page (HTML): what a reader sees of it, block by block, headings with their levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from allegata.corpus.texts.document_text import Block, TooLarge, Unreadable

#: Elements that are no text of the page (HTML Living Standard, 4.2.5, 4.7, 4.10, 4.12), and such as lead around the site.
_LEFT_OUT: Final = frozenset(
    "head script style template noscript svg math iframe object audio video canvas button select textarea nav rt rp".split()
)
#: Elements that begin a block of their own (HTML Living Standard, 15.3.3 and following).
_BLOCKS: Final = frozenset(
    (
        "address article aside blockquote body caption dd details dialog div dl dt fieldset figcaption figure footer form header "
        "hr h1 h2 h3 h4 h5 h6 html legend li main ol optgroup option p pre section summary table tbody td tfoot th thead tr ul"
    ).split()
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_DEEPEST: Final = 500
#: The most attributes that an element may have.
MOST_ATTRIBUTES: Final = 1000


def read_web_page(data: bytes) -> Iterator[Block]:
    """Yield the blocks of a page; the encoding is the one that it says of itself, else UTF-8.

    Raises Unreadable for what is none, TooLarge for an element of too many attributes.
    """
    if not data.strip():
        raise Unreadable("it is empty")
    try:
        data.decode("utf-8")
        encoding: str | None = "utf-8"
    except UnicodeDecodeError:
        encoding = None  # the page says which
    try:
        etree.fromstring(data, etree.HTMLParser(target=_Attributes(), encoding=encoding, no_network=True, huge_tree=False))
        root = document_fromstring(data, parser=HTMLParser(encoding=encoding, no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise Unreadable("it is no page that can be read") from None
    yield from blocks(root)


class _Attributes:
    """Counts the attributes of each element as the parser finds them: a tree takes the square of their number."""

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element; raise TooLarge where it has too many."""
        if len(attributes) > MOST_ATTRIBUTES:
            raise TooLarge(f"an element of it has more than {MOST_ATTRIBUTES:,} attributes")

    def end(self, _tag: str) -> None:
        """Take the end of an element."""

    def close(self) -> None:
        """Take the end of the page."""


def blocks(root: etree._Element) -> Iterator[Block]:
    """Yield the blocks of a tree of HTML elements, in the order of the page."""
    current: list[str] = []
    heading = 0
    for kind, value, level in _walk(root):
        if kind == "text":
            current.append(value)
            continue
        if current and (text := "".join(current)).strip():
            yield Block(text, heading)
        current, heading = [], level
    if current and (text := "".join(current)).strip():
        yield Block(text, heading)


def _walk(root: etree._Element) -> Iterator[tuple[str, str, int]]:
    """Yield texts and the edges of blocks, each edge with the level of the heading that begins there.

    Elements are gone through on a stack: by recursion, what each holds would pass by all that are around it.
    """
    waiting: list[tuple[etree._Element, int, bool]] = [(root, 0, False)]
    while waiting:
        element, depth, is_over = waiting.pop()
        name = _shown(element) if depth < _DEEPEST else ""
        if name in _BLOCKS:
            yield "edge", "", 0 if is_over else _HEADINGS.get(name, 0)
        if name and not is_over:
            yield "text", "\n" if name == "br" else element.text or "", 0
            waiting.append((element, depth, True))
            waiting += [(child, depth + 1, False) for child in reversed(element)]
        elif depth:
            yield "text", element.tail or "", 0


def _shown(element: etree._Element) -> str:
    """Return the name of an element of which readers see the text, or nothing."""
    name = etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
    return name if name not in _LEFT_OUT and element.get("hidden") is None else ""
