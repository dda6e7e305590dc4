"""The prefix table: one prefix for one IRI, everywhere in the project."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import quote

BASE: Final = "https://w3id.org/allegata/"
ALG: Final = f"{BASE}ns#"
#: What the names of the model's schemes and concepts begin with; they keep it in a corpus with a base of its own.
SCHEMES: Final = f"{BASE}scheme/"
#: What the names of rules begin with where one stands for a shape in a finding.
RULES: Final = f"{BASE}shapes/rules/"

_RESERVED: Final = "/:@!$&'()*+,;=~"
_HEX: Final = re.compile("%[0-9A-F]{2}")
#: What stands in the path of an IRI as it is, besides letters of other scripts (RFC 3986, section 3.3).
_PLAIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/")

PREFIXES: Final[dict[str, str]] = {
    "alg": ALG,
    "adms": "http://www.w3.org/ns/adms#",
    "aif": "http://www.arg.dundee.ac.uk/aif#",
    "bibo": "http://purl.org/ontology/bibo/",
    "cito": "http://purl.org/spar/cito/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "np": "http://www.nanopub.org/nschema#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prof": "http://www.w3.org/ns/dx/prof/",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sepio": "http://purl.obolibrary.org/obo/SEPIO_",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "sssom": "https://w3id.org/sssom/",
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@lru_cache(4096)
def expand(curie: str) -> str:
    """Expand `prefix:local` to an IRI; raise KeyError for a prefix that the table does not have."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def split_name(iri: str) -> tuple[str, str]:
    """Split an IRI into a prefix of the table and what stands behind its namespace; no prefix where none fits."""
    return next(((prefix, iri.removeprefix(space)) for prefix, space in PREFIXES.items() if iri.startswith(space)), ("", iri))


def shorten(iri: str, base: str = "") -> str:
    """Shorten an IRI for people: by a prefix of the table, else by the base; one that neither fits stays as it is."""
    prefix, local = split_name(iri)
    return f"{prefix}:{local}" if prefix else iri.removeprefix(base) or iri


def slug(iri: str) -> str:
    """Return the last part of the path of an IRI, by which a thing is told from others of its kind."""
    return iri.rstrip("/").rpartition("/")[2]


def scheme_path(iri: str, base: str) -> str:
    """Return what stands behind `scheme/` in the name of a scheme or concept, the model's or a corpus' own; else nothing."""
    return next((iri.removeprefix(start) for start in (SCHEMES, f"{base}scheme/") if iri.startswith(start)), "")


def iri_path(path: str) -> str:
    """Write a path so that it can be part of an IRI: what has no place there is percent-encoded (RFC 3987, section 2.2).

    Nothing else is changed, so decoding gives the path again. What cannot be seen is encoded too.
    """
    return "".join(char if char in _PLAIN or (char > "\x7f" and _visible(char)) else quote(char, safe="") for char in path)


def iri_spellings(path: str) -> list[str]:
    """Return the ways in which a path that was decoded from an address can stand in an IRI, the likeliest first.

    What an IRI can have may be encoded in it all the same: letters of other scripts, slashes inside a name, and in small letters.
    """
    kind, slash, name = path.partition("/")
    usual = iri_path(path)
    ascii_only = quote(path, safe=_RESERVED)
    inner = f"{kind}{slash}{quote(name, safe=_RESERVED.replace('/', ''))}"
    found = [usual, ascii_only, inner, *(_HEX.sub(lambda hex_: hex_[0].lower(), item) for item in (ascii_only, inner))]
    as_it_is = "".join(char if char in "%?#" else iri_path(char) for char in path)
    return list(dict.fromkeys([*found, as_it_is]))


def uri(iri: str) -> str:
    """Write IRIs as URIs, as headers have them: what is not ASCII is percent-encoded (RFC 3987, section 3.1)."""
    return "".join(char if char.isascii() else quote(char, safe="") for char in iri)


def _visible(char: str) -> bool:
    return unicodedata.category(char)[0] not in "CZ"


def sparql_prologue() -> str:
    """Return the whole table as SPARQL PREFIX lines."""
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
