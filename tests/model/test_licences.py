"""Licences: those of Creative Commons and Open Data Commons are known by any form of their address, others are not guessed."""

from __future__ import annotations

import pytest

from allegata.model.licences import Licence, licence_of


@pytest.mark.parametrize(
    ("address", "identifier", "name", "kinds"),
    [
        (
            "https://creativecommons.org/licenses/by/4.0/",
            "CC-BY-4.0",
            "Creative Commons Attribution 4.0 International",
            ("Attribution",),
        ),
        (
            "http://creativecommons.org/licenses/by-nc-sa/3.0",
            "CC-BY-NC-SA-3.0",
            "Creative Commons Attribution-NonCommercial-ShareAlike 3.0 Unported",
            ("Attribution", "NonCommercialUseOnly", "ViralEffect-ShareAlike"),
        ),
        (
            "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
            "CC0-1.0",
            "Creative Commons Zero v1.0 Universal",
            ("PublicDomain",),
        ),
        (
            "https://opendatacommons.org/licenses/odbl/1-0/",
            "ODbL-1.0",
            "Open Data Commons Open Database License v1.0",
            ("Attribution", "ViralEffect-ShareAlike"),
        ),
    ],
)
def test_a_well_known_licence_has_its_identifier_name_and_kinds(
    address: str, identifier: str, name: str, kinds: tuple[str, ...]
) -> None:
    assert licence_of(address) == Licence(identifier, name, kinds)


@pytest.mark.parametrize(
    "address", ["", "https://example.org/terms", "https://creativecommons.org/licenses/sa/4.0/", "creativecommons.org"]
)
def test_any_other_address_has_no_name(address: str) -> None:
    assert licence_of(address) == Licence()
