"""Names where objections and replies go: what the description of the dataset gives, or whoever runs the service."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from allegata.domain.things import Descriptions
from allegata.errors import UsageError

_SCHEMES: Final = ("mailto:", "https://", "http://")


def contacts(descriptions: Descriptions, configured: str = "") -> tuple[str, ...]:
    """Return the addresses for objections and replies, as mailto: or https: IRIs; none where nobody gave one.

    What whoever runs the service configured (a mail address or the address of a page) stands before what the dataset says of
    itself by dcat:contactPoint (DCAT 3, section 6.4.3). Raise UsageError where the configured one is neither.
    """
    read, dataset = descriptions, NamedNode(f"{descriptions.base}dataset")
    points = read.nodes(dataset, "dcat:contactPoint")
    stated = [node.value for point in points for curie in ("vcard:hasEmail", "vcard:hasURL") for node in read.nodes(point, curie)]
    own = [_address(configured)] if configured else []
    return tuple(dict.fromkeys(address for address in (*own, *stated) if address.startswith(_SCHEMES)))


def _address(text: str) -> str:
    given = text if text.startswith(_SCHEMES) else f"mailto:{text}"
    if any(character.isspace() for character in given) or (given.startswith("mailto:") and "@" not in given):
        raise UsageError(
            f"contact is {text[:100]!r}.", remedy="Give a mail address, or the address of a page that begins with https://."
        )
    return given
