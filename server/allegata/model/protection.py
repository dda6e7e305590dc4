"""Tables of protection: the levels in their order, which of them a release may hold, and how one record bears on another."""

from __future__ import annotations

from typing import Final

from allegata.model.namespaces import SCHEMES

#: The levels, the least strict first; each is a concept of the scheme protection-level.
LEVELS: Final = ("public", "generalised", "restricted", "confidential", "withheld")
#: The strictest level that the public release holds, and the one for trusted users.
PUBLIC: Final = "generalised"
RESTRICTED: Final = "restricted"
#: What the IRI of a level begins with.
SPACE: Final = f"{SCHEMES}protection-level/"
#: The folder beside data/ whose files are restricted, whatever they say of themselves.
FOLDER: Final = "restricted"
#: Properties that lead to the source of a record, or to what it speaks of: what is withheld there withholds the record.
FOLLOWED: Final = (
    *(
        "rdf:type",
        "alg:statedIn",
        "alg:anchor",
        "oa:hasSource",
        "alg:restsOn",
        "alg:usedLine",
        "dct:source",
        "alg:assertedBy",
        "alg:relayedBy",
    ),
    *("prov:hadPrimarySource", "prov:wasDerivedFrom", "prov:wasQuotedFrom", "prov:wasAttributedTo", "alg:relays"),
    *(
        "alg:about",
        "schema:about",
        "alg:affects",
        "alg:dutyBearer",
        "alg:addressee",
        "alg:place",
        "alg:locates",
        "alg:ofEvent",
        "alg:allegedActor",
        "alg:subgroupOf",
    ),
    *("schema:containedInPlace", "schema:location", "schema:organizer", "alg:quantity", "dct:temporal", "org:member"),
)
#: Properties that lead from a record to what there is only for its sake: with the last that leads there, it is withheld too.
CARRIED: Final = (
    *(
        "alg:asserts",
        "alg:evidenceLine",
        "alg:evidenceUse",
        "alg:usedLine",
        "alg:anchor",
        "oa:hasSelector",
        "spdx:checksum",
        "alg:quantity",
        "dct:temporal",
    ),
    "org:hasMembership",
)


def level_name(iri: str) -> str | None:
    """Return the level that an IRI stands for, or nothing where it is none of them."""
    name = iri.removeprefix(SPACE)
    return name if iri.startswith(SPACE) and name in LEVELS else None
