"""Knows the datasets that links lead to: under which address their things stand and what their identifiers look like."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stdnum import isni
from stdnum.iso7064 import mod_97_10

#: The figures and letters that ROR writes numbers with (Crockford's base 32), and those that Python reads.
_BASE32: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_READ_AS: Final = str.maketrans(_BASE32, "0123456789abcdefghijklmnopqrstuv")


def _ror_check(identifier: str) -> bool:
    """Check the last two figures of a ROR identifier (ISO/IEC 7064, MOD 97-10)."""
    number = int(identifier[1:7].translate(_READ_AS), 32)
    return bool(mod_97_10.calc_check_digits(str(number)) == identifier[7:])


def _always(_identifier: str) -> bool:
    return True


#: Hosts whose things have an address of one form, so that another form is a slip.
_ONE_FORM: Final = (
    "wikidata.org",
    "metadata.un.org",
    "ror.org",
    "geonames.org",
    "viaf.org",
    "isni.org",
    "undocs.org",
    "d-nb.info",
    "publications.europa.eu",
    "data.europa.eu",
    "opensanctions.org",
)


def _elsewhere(address: str) -> bool:
    """Refuse a page of a dataset whose things are linked by another address, such as a Wikidata page for an item."""
    host = address.split("//", 1)[-1].split("/", 1)[0]
    return not any(host == known or host.endswith(f".{known}") for known in _ONE_FORM)


@dataclass(frozen=True)
class Target:
    """A dataset that links lead to."""

    name: str
    title: str
    space: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = _always
    #: Whether one thing there may be linked from several of ours: a page or a list that names many.
    shared: bool = False

    def identifier(self, iri: str) -> str:
        """Return the identifier in an address."""
        return iri.removeprefix(self.space)

    def fits(self, iri: str) -> bool:
        """Return whether an address is well formed."""
        identifier = self.identifier(iri)
        return bool(self.pattern.fullmatch(identifier)) and self.check(identifier)


def _target(
    name: str, title: str, space: str, pattern: str, check: Callable[[str], bool] = _always, *, shared: bool = False
) -> Target:
    return Target(name, title, space, re.compile(pattern), check, shared)


_EU = "http://publications.europa.eu/resource"
#: The page that publishes the micro-thesauri; a code has no address of its own and stands as its fragment.
_MICRO_THESAURI = "https://huridocs.org/resource-library/monitoring-and-documenting-human-rights-violations/microthesauri/#"
#: The targets by name.
TARGETS: Final = {
    target.name: target
    for target in (
        _target("wikidata", "Wikidata", "http://www.wikidata.org/entity/", r"Q[1-9]\d*"),
        _target("unbis", "UNBIS Thesaurus", "http://metadata.un.org/thesaurus/", r"\d{6,8}"),
        _target(
            "sdg",
            "Sustainable Development Goals",
            "http://metadata.un.org/sdg/",
            r"\d{1,2}(\.[\da-z]{1,2}(\.\d{1,2})?)?",
            shared=True,
        ),
        _target("m49", "areas of M49 (UN Statistics Division)", "http://metadata.un.org/sdg/codes/geoArea/", r"\d{3}"),
        _target("undocs", "UN documents by symbol", "https://undocs.org/", r"[A-Z][A-Z0-9.]*(/[A-Za-z0-9.()-]+)+"),
        _target(
            "untc",
            "UN Treaty Collection",
            "https://treaties.un.org/pages/ViewDetails.aspx?src=TREATY&mtdsg_no=",
            r"[IVXL]+-\d+(-[a-z])?&chapter=\d+&lang=en",
        ),
        _target(
            "normlex",
            "labour standards (NORMLEX)",
            "https://www.ilo.org/dyn/normlex/en/f?p=NORMLEXPUB:12100:0::NO::P12100_ILO_CODE:",
            r"[CPR]\d{3}",
        ),
        _target("ror", "Research Organization Registry", "https://ror.org/", rf"0[{_BASE32}]{{6}}\d\d", _ror_check),
        _target("geonames", "GeoNames", "https://sws.geonames.org/", r"[1-9]\d*/"),
        _target("isni", "ISNI", "https://isni.org/isni/", r"\d{15}[\dX]", isni.is_valid),
        _target("viaf", "VIAF", "http://viaf.org/viaf/", r"[1-9]\d{3,21}"),
        _target(
            "gnd", "Integrated Authority File (GND)", "https://d-nb.info/gnd/", r"1[0-9X]{8,9}|[47]\d{6}-\d|[1-9]\d{0,7}-[0-9X]"
        ),
        _target("lcnaf", "Library of Congress names", "http://id.loc.gov/authorities/names/", r"n[a-z]?\d{8,10}"),
        _target("eu-country", "EU countries and territories", f"{_EU}/authority/country/", r"[A-Z0-9]{3}"),
        _target("eu-body", "EU corporate bodies", f"{_EU}/authority/corporate-body/", r"[A-Z][A-Z0-9_]+"),
        _target("celex", "EU law by CELEX number", f"{_EU}/celex/", r"[0-9CE]\d{4}[A-Z]{1,2}\d{4}"),
        _target("eli", "European Legislation Identifier", "http://data.europa.eu/eli/", r"[a-z_]+/\d{4}/\d+(/[a-z]+)*"),
        _target(
            "opensanctions",
            "OpenSanctions programmes",
            "https://www.opensanctions.org/programs/",
            r"[A-Z]{2,}(-[A-Z0-9]+)+/",
            shared=True,
        ),
        _target("huridocs", "Micro-thesauri (HURIDOCS)", _MICRO_THESAURI, r"\d{12}(0[1-9]|[1-4]\d)"),
        _target("website", "web pages", "http", r"s?://[a-z0-9.-]+(:\d+)?(/\S*)?", _elsewhere),
    )
}


def target_of(iri: str) -> Target | None:
    """Return the dataset in which an address stands: the one with the longest address that it begins with."""
    found = [target for target in TARGETS.values() if iri.startswith(target.space)]
    return max(found, key=lambda target: len(target.space), default=None)
