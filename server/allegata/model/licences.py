"""Knows well-known licences of data by their address: the identifier of SPDX, the name, and what kind of licence it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Licence:
    """A licence: its identifier in the SPDX License List, its name there, and the ADMS licence types that it is of."""

    identifier: str = ""
    name: str = ""
    kinds: tuple[str, ...] = ()


#: Address of a Creative Commons licence: its elements and version (https://creativecommons.org/licenses/list.en).
_CREATIVE_COMMONS: Final = re.compile(
    r"https?://creativecommons\.org/licenses/(by(?:-nc)?(?:-nd|-sa)?)/([1-4]\.\d)/?(?:legalcode)?"
)
#: Element of such a licence → its word in names, and its ADMS licence type (DCAT-AP 3.0.1, «Controlled vocabularies to be used»).
_ELEMENTS: Final = {
    "by": ("Attribution", "Attribution"),
    "nc": ("NonCommercial", "NonCommercialUseOnly"),
    "nd": ("NoDerivatives", "NoDerivativeWork"),
    "sa": ("ShareAlike", "ViralEffect-ShareAlike"),
}
_REACH: Final = {"1.0": "Generic", "2.0": "Generic", "2.5": "Generic", "3.0": "Unported", "4.0": "International"}
_OPEN_DATA: Final = "Open Data Commons"
#: Address without scheme and last slash → licence.
_OTHERS: Final = {
    "creativecommons.org/publicdomain/zero/1.0": Licence("CC0-1.0", "Creative Commons Zero v1.0 Universal", ("PublicDomain",)),
    "opendatacommons.org/licenses/pddl/1-0": Licence(
        "PDDL-1.0", f"{_OPEN_DATA} Public Domain Dedication & License 1.0", ("PublicDomain",)
    ),
    "opendatacommons.org/licenses/by/1-0": Licence("ODC-By-1.0", f"{_OPEN_DATA} Attribution License v1.0", ("Attribution",)),
    "opendatacommons.org/licenses/odbl/1-0": Licence(
        "ODbL-1.0", f"{_OPEN_DATA} Open Database License v1.0", ("Attribution", "ViralEffect-ShareAlike")
    ),
}


def licence_of(address: str) -> Licence:
    """Return the licence with an address; one that is not known has neither identifier nor name."""
    match = _CREATIVE_COMMONS.fullmatch(address)
    if not match:
        plain = address.partition("://")[2].removesuffix("legalcode").rstrip("/")
        return _OTHERS.get(plain, Licence())
    elements, version = match[1].split("-"), match[2]
    words, kinds = zip(*(_ELEMENTS[element] for element in elements), strict=True)
    name = f"Creative Commons {'-'.join(words)} {version} {_REACH.get(version, '')}".strip()
    return Licence(f"CC-{match[1].upper()}-{version}", name, kinds)
