"""Reads the parameters of a SPARQL Protocol request strictly from the raw bytes, which the framework would silently repair."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterable
from dataclasses import dataclass

from allegata.errors import BadRequest

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
FORM_TYPE = "application/x-www-form-urlencoded"
ONCE = ("query", "timeout", "release")


@dataclass(frozen=True)
class Parameters:
    """Parameters of a request in their order, names and values decoded."""

    pairs: tuple[tuple[str, str], ...]

    def one(self, *names: str) -> str | None:
        """Return the value of the first of several names that is there."""
        return next((value for name in names for key, value in self.pairs if key == name), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a name."""
        return tuple(value for key, value in self.pairs if key == name)

    def __contains__(self, name: object) -> bool:
        return any(key == name for key, _ in self.pairs)

    def __add__(self, other: Parameters) -> Parameters:
        return checked((*self.pairs, *other.pairs))


def parse(raw: str, where: str) -> Parameters:
    """Decode `application/x-www-form-urlencoded` text (URL Standard, section 5.1), given as Latin-1 for its bytes.

    Raises BadRequest for broken percent-encoding, for bytes that are not UTF-8, and for a parameter given twice.
    """
    pairs = [part.partition("=") for part in raw.split("&") if part]
    return checked((_decode(name, where), _decode(value, where)) for name, _, value in pairs)


def checked(pairs: Iterable[tuple[str, str]]) -> Parameters:
    """Take pairs as parameters; raise BadRequest where one that may stand once stands twice (SPARQL Protocol, section 2.1.4)."""
    found = tuple(pairs)
    for name in ONCE:
        if sum(key == name for key, _ in found) > 1:
            raise BadRequest(f"The parameter {name} is given more than once.", remedy=f"Give {name} once.")
    return Parameters(found)


def _decode(text: str, where: str) -> str:
    broken = _BROKEN_ESCAPE.search(text)
    if broken:
        raise BadRequest(f"The {where} has broken percent-encoding: {text[broken.start() : broken.start() + 3]!r}.")
    data = text.replace("+", " ").encode("latin-1")
    # Quoted-printable (RFC 2045, section 6.7) escapes in the same way behind another mark, and is decoded in one pass.
    return utf8(a2b_qp(data.replace(b"=", b"=3D").replace(b"%", b"=")) if b"%" in data else data, where)


def utf8(data: bytes, where: str) -> str:
    """Decode UTF-8; raise BadRequest with the place of the first byte that is not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The {where} is not UTF-8 at byte {error.start}.", remedy="Encode it as UTF-8.") from None
