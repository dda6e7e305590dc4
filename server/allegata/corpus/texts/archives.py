"""Opens documents that are ZIP archives within bounds, and parses XML of them without entities."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from lxml import etree

from allegata.corpus.texts.document_text import TooLarge, Unreadable

MOST_FILES: Final = 10_000
MOST_BYTES: Final = 256 * 1024 * 1024


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Open an archive; raise Unreadable for what is none, TooLarge for more files or bytes unpacked than are taken."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable("it is no archive that can be read") from None
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise TooLarge(f"it holds {len(entries):,} files, and at most {MOST_FILES:,} are read")
    if (size := sum(entry.file_size for entry in entries)) > MOST_BYTES:
        raise TooLarge(f"it has {size:,} bytes unpacked, and at most {MOST_BYTES:,} are read")
    return archive


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a file of an archive; raise Unreadable where it is not there, is locked or damaged."""
    try:
        with archive.open(name) as file:
            return file.read(MOST_BYTES)
    except KeyError:
        raise Unreadable(f"it has no {name}") from None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        raise Unreadable(f"{name} in it is damaged or locked") from None


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Parse XML, without entities and without asking anybody for anything; raise Unreadable with the line."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"{name} in it is no XML, in line {error.lineno}") from None
