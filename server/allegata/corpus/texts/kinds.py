"""The kinds of documents of which texts are made, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from allegata.corpus.texts.document_text import Block, DocumentText, bounded, put_together

#: The longest text, in code points, and the most paragraphs that are taken of one document.
MOST_CHARACTERS: Final = 20_000_000
MOST_BLOCKS: Final = 500_000


@dataclass(frozen=True)
class Kind:
    """A kind of document: the suffixes of its files, how these begin, and the module and function that read it."""

    name: str
    suffixes: tuple[str, ...]
    begins: tuple[bytes, ...]
    module: str
    function: str


KINDS: Final = (
    Kind("PDF", (".pdf",), (b"%PDF-",), "pdf", "read_pdf"),
    Kind("DOCX", (".docx",), (b"PK\x03\x04",), "word_file", "read_word_file"),
    Kind("EPUB", (".epub",), (b"PK\x03\x04",), "book", "read_book"),
    Kind("HTML", (".html", ".htm", ".xhtml"), (), "web_page", "read_web_page"),
)


def kind_of(name: str) -> Kind | None:
    """Return the kind of a document by the name of its file, or nothing."""
    return next((kind for kind in KINDS if name.lower().endswith(kind.suffixes)), None)


def text_of(data: bytes, read: Callable[[bytes], Iterator[Block]]) -> DocumentText:
    """Return the text of a document; raise TooLarge and Unreadable."""
    return put_together(bounded(read(data), MOST_BLOCKS, "paragraphs"), MOST_CHARACTERS)
