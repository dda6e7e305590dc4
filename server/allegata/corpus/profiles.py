"""Finds the profiles that a corpus names, and the folders of shapes that it is checked against: the core, and one a profile.

A profile is a folder below `shapes/profiles/`; it says its IRI as a prof:Profile (W3C, The Profiles Vocabulary). A corpus
keeps to one where its description names it by dct:conformsTo.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from allegata.corpus.quad_file import naming
from allegata.corpus.rdf import iri_of, parse_turtle
from allegata.corpus.text_files import list_files
from allegata.errors import CorpusError
from allegata.model.namespaces import expand

#: The folder of profiles among the shapes, and the file in which each says its IRI.
FOLDER: Final = "profiles"
_CONFORMS_TO = NamedNode(expand("dct:conformsTo"))
_TYPE, _PROFILE = NamedNode(expand("rdf:type")), NamedNode(expand("prof:Profile"))
#: What stands in the IRI of a profile: what is named so and is not there is a mistake, and no other standard.
_PART: Final = "/profile/"


def shape_folders(quads: Iterable[Quad], shapes: Path) -> list[Path]:
    """Return the folders of shapes for a corpus: the core, and that of each profile that it names.

    Raises CorpusError where it names a profile that is not there.
    """
    said = naming(quads, _CONFORMS_TO)
    named = {quad.object.value for quad in said if quad.predicate == _CONFORMS_TO and isinstance(quad.object, NamedNode)}
    there = known_profiles(shapes)
    if missing := sorted(iri for iri in named - there.keys() if _PART in iri):
        raise CorpusError(
            f"The corpus names the profile {missing[0]}, and there is none in {shapes / FOLDER}.",
            remedy=f"There is: {', '.join(sorted(there)) or 'no profile'}. Mend dct:conformsTo in data/corpus.ttl.",
        )
    return [shapes, *sorted({there[iri] for iri in named & there.keys()} - {shapes})]


def known_profiles(shapes: Path) -> dict[str, Path]:
    """Return the profiles by IRI, each with its folder: that of the core itself where a release has joined them to it."""
    return {
        iri_of(triple.subject): path.parent
        for path in list_files(shapes, ".ttl", below=True)
        for triple in parse_turtle(path)
        if triple.predicate == _TYPE and triple.object == _PROFILE
    }
