"""Gathers the text of one Turtle file, and counts its statements; and draws from a seed what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final, TypeVar

from allegata.model.namespaces import PREFIXES, SCHEMES

_USED: Final = ("alg", "dct", "dcat", "oa", "org", "prov", "rdfs", "schema", "skos", "spdx", "xsd")
Item = TypeVar("Item")


class Draw:
    """Draws from a seed; only what Python promises to keep the same over versions is used (random.random)."""

    def __init__(self, *seed: object):
        self._random = Random(":".join(map(str, seed)))  # noqa: S311 - nothing is kept secret by it

    def below(self, limit: int) -> int:
        """Return a whole number from zero up to below a limit."""
        return int(self._random.random() * limit)

    def one(self, items: Sequence[Item]) -> Item:
        """Return one of some items."""
        return items[self.below(len(items))]

    def chance(self, share: float) -> bool:
        """Return whether something holds that holds for such a share."""
        return self._random.random() < share

    def digest(self) -> str:
        """Return 64 hexadecimal digits."""
        return "".join(f"{self.below(1 << 32):08x}" for _ in range(8))


class TurtleFile:
    """The text of a Turtle file below a base, thing after thing, with a count of its statements."""

    def __init__(self, base: str, says: str):
        prefixes = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in _USED)
        self._parts = [f"# {says}\n@base <{base}> .\n{prefixes}"]
        self.statements = 0

    def say(self, name: str, *pairs: str) -> None:
        """State of a thing some pairs of property and value."""
        self._parts.append(f"<{name}> " + " ;\n    ".join(pairs) + " .\n")
        self.statements += len(pairs)

    def to_bytes(self) -> bytes:
        """Return the file."""
        return "\n".join(self._parts).encode()


def concept(scheme: str, name: str) -> str:
    """Return a concept of a scheme of the model."""
    return f"<{SCHEMES}{scheme}/{name}>"


def text(words: str) -> str:
    """Return a text in English."""
    return f'"{words}"@en'


def year(number: int) -> str:
    """Return a year."""
    return f'"{number}"^^xsd:gYear'


def checksum(name: str, digest: str) -> tuple[str, ...]:
    """Return the name and the description of a digest."""
    return f"{name}/checksum", "a spdx:Checksum", "spdx:algorithm spdx:checksumAlgorithm_sha256", _value(digest)


def _value(digest: str) -> str:
    return f'spdx:checksumValue "{digest}"^^xsd:hexBinary'
